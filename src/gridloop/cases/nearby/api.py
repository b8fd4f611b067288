"""How a resident follows areas."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Path, Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.cases.nearby import actions, queries, rules
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, own

router = Router(tags=["reports"])
PERMITS: Permits = {
    ("GET", "/reports/areas"): own(),
    ("POST", "/reports/areas"): own(),
    ("DELETE", "/reports/areas/{watch_id}"): own(),
}
WatchId = Annotated[int, Path(ge=1, le=2**62)]


class AreaForm(Schema):
    """A division by its code, or a spot with a radius in metres; the spot is rounded to three decimals before it is kept."""

    place: Annotated[str, Field(max_length=12)] = ""
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-85, le=85)] | None = None
    radius_m: Annotated[int, Field(ge=1, le=100_000)] | None = None
    classes: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=rules.CLASSES_MAX)] = []


class AreaRow(Schema):
    """An area that the caller follows, as it is kept."""

    id: int
    place: str
    name_zh: str
    name_en: str
    lon: float | None
    lat: float | None
    radius_m: int | None
    classes: list[str]


class AreaPage(Schema):
    """All of them, and the hours of the city at which news go out."""

    items: list[AreaRow]
    hours: list[int]


@router.get("/reports/areas", response=AreaPage)
def areas(request: Asked) -> dict[str, Any]:
    """The areas that the caller follows."""
    return _page(identity.require_person(request.caller))


@router.post("/reports/areas", response={201: AreaPage})
def follow(request: Asked, form: AreaForm) -> Status[dict[str, Any]]:
    """Follow one more."""
    wanted = rules.Wanted(form.place, form.lon, form.lat, form.radius_m, tuple(form.classes))
    actions.follow(wanted, by=request.caller, now=clock.now())
    return Status(201, _page(identity.require_person(request.caller)))


@router.delete("/reports/areas/{watch_id}", response={204: None})
def stop(request: Asked, watch_id: WatchId) -> Status[None]:
    """Follow one no more."""
    actions.stop(watch_id, by=request.caller, now=clock.now())
    return Status(204, None)


def _page(person_id: int) -> dict[str, Any]:
    return {"items": queries.watches(person_id), "hours": list(rules.HOURS)}
