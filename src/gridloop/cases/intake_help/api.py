"""How the web asks what a text may be about: the desk while it types, residents before they send, and whoever wants to see the trainings."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from gridloop.cases.intake_help import queries
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.permits import Permits, in_area, public
from gridloop.places import queries as places

router = Router(tags=["intake help"])
PERMITS: Permits = {
    ("GET", "/cases/suggest"): in_area(
        *sorted(DESK), Duty.COLLECTOR, Duty.UNIT, Duty.INTEGRATOR, api_scope="cases:read"
    ),
    ("POST", "/reports/suggest"): public(),
    ("GET", "/classifier/models"): in_area(*sorted(DESK), Duty.ADMIN, Duty.AUDITOR, api_scope="cases:read"),
}
ASKED_PER_HOUR = 600
COMPONENT_WITHIN_M = 50
COUNTY_DIGITS = 6
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-85, le=85, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]


class SuggestForm(Schema):
    """What somebody is about to report."""

    text: Text
    lon: Lon | None = None
    lat: Lat | None = None


class NearbyComponent(Schema):
    """The nearest component of a suggested class."""

    code: str
    name: str
    distance_m: float


class SuggestedClass(Schema):
    """A class the text may be about; `why` are the words that weighed most."""

    class_kind: str
    code: str
    zh: str
    en: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    why: list[str]
    component: NearbyComponent | None = None


class SuggestAnswer(Schema):
    """Up to five classes, best first; `none` says that likely none of them is meant. `origin` is tables until a model was trained."""

    items: list[SuggestedClass]
    none: bool
    origin: str
    model_id: int | None


class TrainedModel(Schema):
    """One training: what it learnt from, its figures on cases that were held back, and whether its model answers now."""

    id: int
    made_at: dt.datetime
    origin: str
    current: bool
    reason: str
    masters_version: int
    rows: int
    labels: int
    marks: dict[str, Any]
    size_bytes: int | None


class TrainedPage(Schema):
    """The trainings, newest first."""

    items: list[TrainedModel]


@router.get("/cases/suggest", response=SuggestAnswer)
def suggest_at_desk(
    request: Asked,
    text: Annotated[str, Query(min_length=1, max_length=4000)],
    lon: Annotated[Lon | None, Query()] = None,
    lat: Annotated[Lat | None, Query()] = None,
) -> SuggestAnswer:
    """Classes that a text may be about; with a position also the nearest component of each class of components within 50 m, in counties of one's duties."""
    answer = _answer(text)
    if lon is not None and lat is not None:
        for one in answer.items:
            if one.class_kind == "component":
                one.component = _component(lon, lat, one.code, request.caller)
    return answer


@router.post("/reports/suggest", response=SuggestAnswer)
def suggest_to_residents(request: HttpRequest, form: SuggestForm) -> SuggestAnswer:
    """The same for anybody, 600 times an hour; nothing is kept of the text."""
    by: Caller = request.caller  # type: ignore[attr-defined]  # set by CallerMiddleware
    who = f"p{by.person_id}" if by.person_id is not None else identity.client_ip(request)
    identity.count_rate(f"suggest:{who}", limit=ASKED_PER_HOUR, per_s=3600, now=clock.now())
    return _answer(form.text)


@router.get("/classifier/models", response=TrainedPage)
def trained(request: Asked) -> dict[str, Any]:  # noqa: ARG001 - Ninja passes it
    """Every training of the classifier with its figures."""
    return {"items": queries.trained()}


def _answer(text: str) -> SuggestAnswer:
    found = queries.suggest(text, now=clock.now())
    items = [
        SuggestedClass(
            class_kind=one.class_kind, code=one.code, zh=one.zh, en=one.en, confidence=one.confidence, why=list(one.why)
        )
        for one in found.items
    ]
    return SuggestAnswer(items=items, none=found.none, origin=found.origin, model_id=found.model_id)


def _component(lon: float, lat: float, subclass: str, by: Caller) -> NearbyComponent | None:
    """The nearest component of a class, for those who have a duty in its county."""
    found = places.nearest_component(lon, lat, subclass, within_m=COMPONENT_WITHIN_M)
    if found is None or not any(
        found.place.startswith(grant.area[:COUNTY_DIGITS]) for grant in by.grants if grant.duty is not Duty.CITIZEN
    ):
        return None
    return NearbyComponent(code=found.code, name=found.name, distance_m=round(found.distance_m or 0.0, 1))
