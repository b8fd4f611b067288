"""How the web asks for a component: how it stands, its warranty, and what it has been through."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router, Schema

from gridloop.cases.api.answers import written
from gridloop.cases.components.queries import past
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["components"])
PERMITS: Permits = {("GET", "/cases/components/{code}"): in_area(*sorted(past.STAFF), api_scope="cases:read")}


class FixtureUnitOut(Schema):
    """A unit by its names."""

    id: int
    zh: str
    en: str


class WarrantyOut(Schema):
    """Who repairs free of charge, until when, and whether it still runs, also as a sentence."""

    contractor: str
    until: dt.date
    runs: bool
    zh: str
    en: str


class ComponentCard(Schema):
    """A component with its past: `repairs` are the last closed cases with what the unit said, `open` those that are not closed."""

    code: str
    subclass: str
    name: str
    state: str
    state_zh: str
    state_en: str
    lon: float
    lat: float
    owner: FixtureUnitOut | None
    maintainer: FixtureUnitOut | None
    installed_on: dt.date | None
    surveyed_on: dt.date | None
    warranty: WarrantyOut | None
    synthetic: bool
    failures_90_days: int
    failures_12_months: int
    open: list[dict[str, Any]]
    repairs: list[dict[str, Any]]
    root_cause: str | None


@router.get("/cases/components/{code}", response=ComponentCard)
def component(request: Asked, code: Annotated[str, Path(max_length=40)]) -> HttpResponse:
    """One component by its 16 digits with its past, for those who have a duty where it stands."""
    return written(past.component_card(code, by=request.caller, now=clock.now()))
