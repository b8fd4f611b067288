"""How the web looks back: the axis at the foot of the desk, and the desk as it stood at a moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime

from gridloop.cases.api.answers import written
from gridloop.cases.api.shapes import CaseRow
from gridloop.cases.timeline import queries
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["looking back"])
READS = in_area(*sorted(DESK | {Duty.UNIT}), api_scope="cases:read")
PERMITS: Permits = {("GET", "/cases/at"): READS, ("GET", "/cases/timeline"): READS}


class AlarmMark(Schema):
    """One alarm on the axis."""

    id: int
    severity: str
    title_zh: str
    title_en: str
    subject: str
    raised_at: dt.datetime
    cleared_at: dt.datetime | None


class Axis(Schema):
    """Counts by stretch of `stretch_s` seconds from `since` on, and the alarms of the span."""

    since: dt.datetime
    until: dt.datetime
    stretch_s: int
    opened: list[int]
    closed: list[int]
    late: list[int]
    alarms: list[AlarmMark]


class CountsThen(Schema):
    """How many cases were open, late, due within half an hour, and paused; by state."""

    open: int
    late: int
    due: int
    paused: int
    states: dict[str, int]


class DeskThen(Schema):
    """The desk at a moment. A point is [number, lon, lat, state, urgency, late, class as `kind:code` or empty]; with `more` there were further ones."""

    moment: dt.datetime
    counts: CountsThen
    items: list[CaseRow]
    points: list[list[Any]]
    more: bool


@router.get("/cases/timeline", response=Axis)
def axis(request: Asked, since: AwareDatetime, until: AwareDatetime) -> HttpResponse:
    """What happened when: cases opened, closed and late, and alarms."""
    return written(queries.axis(since, until, by=request.caller, now=clock.now()))


@router.get("/cases/at", response=DeskThen)
def then(request: Asked, moment: AwareDatetime) -> HttpResponse:
    """The cases that were open at a moment of the last 31 days, as they stood then. Nothing is written."""
    return written(queries.desk_then(moment, by=request.caller, now=clock.now()))
