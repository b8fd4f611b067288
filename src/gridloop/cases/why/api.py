"""How the web asks why a case went where it went."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router, Schema

from gridloop.cases.api.answers import written
from gridloop.cases.why import queries
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["why"])
PERMITS: Permits = {
    ("GET", "/cases/{number}/why"): in_area(*sorted(DESK | {Duty.UNIT, Duty.ADMIN}), api_scope="cases:read")
}


class SentOut(Schema):
    """Somebody gave the case to a unit, under a grant as it held then."""

    at: dt.datetime
    verb: str
    by: str
    duty_zh: str
    duty_en: str
    note: str
    unit_id: int
    unit_zh: str
    unit_en: str
    grant_id: int | None
    grant_area: str | None
    grant_from: dt.datetime | None
    grant_to: dt.datetime | None


class WayOut(Schema):
    """One way by which today's rules could send it; the one that `decides` comes first in their order, `chosen` is where it is."""

    kind: str
    decides: bool
    chosen: bool
    rule: int | None
    version: int | None
    priority: int | None
    area: str
    pattern: str
    dept_kind: str
    note_zh: str
    note_en: str
    unit_id: int | None
    unit_zh: str
    unit_en: str


class WhyAnswer(Schema):
    """Everything that led the case to where it is."""

    number: str
    title: str
    at: dt.datetime
    masters_version: int
    sent: list[SentOut]
    ways: list[WayOut]
    segments: list[dict[str, Any]]
    forecast: dict[str, Any] | None
    replays: list[dict[str, Any]]


@router.get("/cases/{number}/why", response=WhyAnswer)
def why(request: Asked, number: Annotated[str, Path(max_length=40)]) -> HttpResponse:
    """Rule, version, grant, who else was possible, clock segments, forecast, and simulations that would send it elsewhere."""
    return written(queries.why(number, by=request.caller, now=clock.now()))
