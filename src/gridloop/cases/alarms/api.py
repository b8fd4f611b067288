"""How the web shows alarms, takes note of them and puts them aside."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime, ConfigDict, Field

from gridloop.cases.alarms import actions, queries
from gridloop.cases.alarms.queries.standing import PAGE_MAX
from gridloop.cases.alarms.rules import REASON_CHARS_MAX
from gridloop.cases.api.answers import written
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.errors import Malformed
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["alarms"])
READS = in_area(*sorted(DESK | {Duty.UNIT}), api_scope="cases:read")
WRITES = in_area(*sorted(DESK), api_scope="cases:write")
PERMITS: Permits = {
    ("GET", "/alarms"): READS,
    ("GET", "/alarms/past"): READS,
    ("GET", "/alarms/{alarm_id}"): READS,
    ("POST", "/alarms/{alarm_id}/acknowledge"): WRITES,
    ("POST", "/alarms/{alarm_id}/shelve"): WRITES,
    ("POST", "/alarms/{alarm_id}/unshelve"): WRITES,
}
BIGGEST_ID = 2**63 - 1
AlarmId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
Words = Annotated[str, Field(max_length=REASON_CHARS_MAX)]


class AlarmOut(Schema):
    """One cause: in which of the four states it stands, since when, who took note and how many seconds that took."""

    id: int
    key: str
    source: str
    source_zh: str
    source_en: str
    severity: str
    standing: str
    standing_zh: str
    standing_en: str
    title_zh: str
    title_en: str
    subject: str
    area: str
    unit_id: int | None
    unit_zh: str
    unit_en: str
    lon: float | None
    lat: float | None
    why: dict[str, Any]
    times: int
    raised_at: dt.datetime
    active_at: dt.datetime
    cleared_at: dt.datetime | None
    closed_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: str
    acknowledged_s: float | None
    false_because: str
    shelved_until: dt.datetime | None
    shelved_by: str
    shelf_reason: str
    shelf_hours_max: float
    sound: bool


class AlarmCounts(Schema):
    """How many stand in each state; `unacknowledged` counts both states that call for somebody, `critical` those that make a sound."""

    unacknowledged: int
    critical: int
    unacknowledged_active: int
    acknowledged_active: int
    unacknowledged_cleared: int
    shelved: int


class AlarmList(Schema):
    """Alarms that stand, those that call first."""

    items: list[AlarmOut]
    counts: AlarmCounts
    more: bool


class AlarmPage(Schema):
    """Alarms that are over, newest first."""

    items: list[AlarmOut]
    next: int | None


class AlarmAct(Schema):
    """Something that was done about an alarm, `after_s` seconds after it began to call."""

    at: dt.datetime
    verb: str
    by: str
    note: str
    after_s: float | None


class AlarmCard(AlarmOut):
    """One alarm with its whole history and the figures from which its source calls."""

    acts: list[AlarmAct]
    limits: dict[str, float]


class AlarmNoteForm(Schema):
    """Words beside the acknowledgement; `false_because` says why it should not have called."""

    model_config = ConfigDict(extra="forbid")
    note: Words = ""
    false_because: Words = ""


class AlarmShelfForm(Schema):
    """Why the alarm may wait, and until when."""

    model_config = ConfigDict(extra="forbid")
    reason: Words
    until: AwareDatetime


def in_utc(moment: dt.datetime) -> dt.datetime:
    """The same moment without an offset that PostgreSQL does not read; raises Malformed where the calendar ends."""
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise Malformed(
            "this moment lies outside the calendar; choose a nearer one", zh="该时刻超出日历范围,请选择较近的时刻"
        ) from None


@router.get("/alarms", response=AlarmList)
def standing(request: Asked, moment: AwareDatetime | None = None) -> HttpResponse:
    """Alarms that stand in the caller's area; with `moment`, those that stood then."""
    return written(queries.standing(by=request.caller, now=clock.now(), moment=in_utc(moment) if moment else None))


@router.get("/alarms/past", response=AlarmPage)
def past(
    request: Asked,
    before: Annotated[int | None, Query(ge=1, le=BIGGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> HttpResponse:
    """Alarms that are over, newest first, page by page."""
    return written(queries.past(by=request.caller, now=clock.now(), before=before, limit=limit))


@router.get("/alarms/{alarm_id}", response=AlarmCard)
def alarm(request: Asked, alarm_id: AlarmId) -> HttpResponse:
    """Why it calls, and everything that was done about it."""
    return written(queries.alarm(alarm_id, by=request.caller, now=clock.now()))


@router.post("/alarms/{alarm_id}/acknowledge", response=AlarmOut)
def acknowledge(request: Asked, alarm_id: AlarmId, form: AlarmNoteForm) -> HttpResponse:
    """Take note. Who, when and how long it took are kept."""
    now = clock.now()
    row = actions.acknowledge(alarm_id, by=request.caller, now=now, note=form.note, false_because=form.false_because)
    return written(queries.shown(row, now=now))


@router.post("/alarms/{alarm_id}/shelve", response=AlarmOut)
def shelve(request: Asked, alarm_id: AlarmId, form: AlarmShelfForm) -> HttpResponse:
    """Put it aside until a moment, with a reason."""
    now = clock.now()
    return written(
        queries.shown(actions.shelve(alarm_id, form.reason, form.until, by=request.caller, now=now), now=now)
    )


@router.post("/alarms/{alarm_id}/unshelve", response=AlarmOut)
def unshelve(request: Asked, alarm_id: AlarmId) -> HttpResponse:
    """Take it back from the shelf before its time."""
    now = clock.now()
    return written(queries.shown(actions.unshelve(alarm_id, by=request.caller, now=now), now=now))
