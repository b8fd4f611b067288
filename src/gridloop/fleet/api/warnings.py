"""How the web lists warnings, explains one, and does something about it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.fleet.actions import warnings as actions
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.asking import BIGGEST_ID, NO_NUL, CodeInPath, Moment
from gridloop.fleet.queries import warnings as queries
from gridloop.fleet.queries.scope import WATCHING
from gridloop.fleet.queries.warnings import LIMIT_MAX, RATE_DAYS
from gridloop.fleet.rules.warnings import NOTE_CHARS_MAX
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["vehicle warnings"])
DESK = in_area(*sorted(WATCHING))
READS = in_area(*sorted(WATCHING), api_scope="fleet:read")
PERMITS: Permits = {
    ("GET", "/fleet/warnings"): READS,
    ("GET", "/fleet/warnings/counts"): READS,
    ("GET", "/fleet/warnings/{warning_id}"): READS,
    ("POST", "/fleet/warnings/{warning_id}/acknowledge"): DESK,
    ("POST", "/fleet/warnings/{warning_id}/shelve"): DESK,
    ("POST", "/fleet/warnings/{warning_id}/false"): DESK,
    ("POST", "/fleet/warnings/{warning_id}/case"): DESK,
    ("GET", "/fleet/rules/{code}/rate"): READS,
}
WarningId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
Words = Annotated[str, Field(max_length=NOTE_CHARS_MAX, pattern=NO_NUL)]
Short = Annotated[str, Field(max_length=60, pattern=NO_NUL)]


class WarningOut(Schema):
    """One episode of one rule and one vehicle; its times are the device's, the gateway's, the decision's and the desk's."""

    id: int
    key: str
    stage: str
    stage_zh: str
    stage_en: str
    rule_code: str
    rule_version: int
    rule_zh: str
    rule_en: str
    rule_kind: str
    rule_kind_zh: str
    rule_kind_en: str
    severity: str
    fence_code: str
    fence_version: int | None
    fence_zh: str
    fence_en: str
    vehicle_id: int
    other_vehicle_id: int | None
    plate: str
    vehicle_kind: str
    kind_zh: str
    kind_en: str
    firm: str
    lon: float
    lat: float
    place: str
    place_zh: str
    place_en: str
    suspected_at: dt.datetime
    confirmed_at: dt.datetime | None
    ended_at: dt.datetime | None
    received_at: dt.datetime
    decided_at: dt.datetime
    delivered_at: dt.datetime | None
    late: bool
    acknowledged_at: dt.datetime | None
    acknowledged_by_id: int | None
    acknowledged_by: str
    shelved_until: dt.datetime | None
    shelf_reason: str
    false_reason: str
    false_note: str
    false_at: dt.datetime | None
    case_number: str
    synthetic: bool


class WarningPage(Schema):
    """Newest first; `next` is the id to ask before."""

    items: list[WarningOut]
    next: int | None


class WarningCounts(Schema):
    """Open ones by stage, and confirmed ones that nobody has noted."""

    suspected: int
    confirmed: int
    unacknowledged: int
    critical: int


class RateOut(Schema):
    """How often a rule warned and how often that was false, by version and reason; `share` is null before the first confirmed one."""

    code: str
    days: int
    confirmed: int
    false: int
    share: float | None
    versions: list[dict[str, Any]]
    reasons: list[dict[str, Any]]


class WarningCard(WarningOut):
    """Why it was given: rule in words, fence as it was, positions used, permit looked up, seconds on the way."""

    positions: list[dict[str, Any]]
    permit: dict[str, Any]
    detail: dict[str, Any]
    rule: dict[str, Any] | None
    fence: dict[str, Any] | None
    rate: RateOut
    false_reasons: list[dict[str, str]]
    times: dict[str, dt.datetime | None]
    took: dict[str, float | None]


class WarningNoteForm(Schema):
    """Words beside it."""

    model_config = ConfigDict(extra="forbid")
    note: Words = ""


class WarningShelfForm(Schema):
    """Why it may wait, and until when."""

    model_config = ConfigDict(extra="forbid")
    reason: Words
    until: Moment


class FalseForm(Schema):
    """Why it should not have been given."""

    model_config = ConfigDict(extra="forbid")
    reason: Short
    note: Words = ""


class CaseForm(Schema):
    """The class of the case ("event:0116"); left out, the rule's own."""

    model_config = ConfigDict(extra="forbid")
    class_code: Short = ""
    note: Words = ""


class WarningFilter(Schema):
    """Which warnings are listed; `rule` is a rule's code, `kind` a kind of vehicle, `area` a prefix of division codes."""

    stage: Short = ""
    rule: Short = ""
    rule_kind: Short = ""
    kind: Short = ""
    area: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""
    severity: Short = ""
    vehicle: Annotated[int | None, Field(ge=1, le=BIGGEST_ID)] = None
    open_only: bool = False
    unacknowledged: bool = False
    since: Moment | None = None
    until: Moment | None = None


@router.get("/fleet/warnings", response=WarningPage)
def warnings(
    request: Asked,
    wanted: Query[WarningFilter],
    before: Annotated[int | None, Query(ge=1, le=BIGGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = 50,
) -> HttpResponse:
    """Warnings in one's area, newest first, page by page."""
    asked = queries.Asked(**wanted.dict())
    return written(queries.warnings(asked, by=request.caller, limit=limit, before=before))


@router.get("/fleet/warnings/counts", response=WarningCounts)
def counts(request: Asked) -> HttpResponse:
    """How many are open."""
    return written(queries.counts(by=request.caller))


@router.get("/fleet/warnings/{warning_id}", response=WarningCard)
def warning(request: Asked, warning_id: WarningId) -> HttpResponse:
    """Why it was given. The look is written to the ledger, for the answer holds positions of a vehicle."""
    return written(actions.open_warning(warning_id, by=request.caller, now=clock.now()))


@router.post("/fleet/warnings/{warning_id}/acknowledge", response=WarningOut)
def acknowledge(request: Asked, warning_id: WarningId, form: WarningNoteForm) -> HttpResponse:
    """Take note."""
    actions.acknowledge(warning_id, by=request.caller, now=clock.now(), note=form.note)
    return written(queries.row_of(warning_id))


@router.post("/fleet/warnings/{warning_id}/shelve", response=WarningOut)
def shelve(request: Asked, warning_id: WarningId, form: WarningShelfForm) -> HttpResponse:
    """Put aside until a moment, with a reason."""
    actions.shelve(warning_id, form.reason, form.until, by=request.caller, now=clock.now())
    return written(queries.row_of(warning_id))


@router.post("/fleet/warnings/{warning_id}/false", response=WarningOut)
def false_alarm(request: Asked, warning_id: WarningId, form: FalseForm) -> HttpResponse:
    """Call it a false alarm, with a reason; it counts in the rule's rate."""
    actions.call_false(warning_id, form.reason, form.note, by=request.caller, now=clock.now())
    return written(queries.row_of(warning_id))


@router.post("/fleet/warnings/{warning_id}/case", response=WarningOut)
def case(request: Asked, warning_id: WarningId, form: CaseForm) -> HttpResponse:
    """Make a case of it, once."""
    actions.make_case(warning_id, by=request.caller, now=clock.now(), class_code=form.class_code, note=form.note)
    return written(queries.row_of(warning_id))


@router.get("/fleet/rules/{code}/rate", response=RateOut)
def rate(
    request: Asked,  # noqa: ARG001 - Ninja's signature
    code: CodeInPath,
    days: Annotated[int, Query(ge=1, le=730)] = RATE_DAYS,
) -> HttpResponse:
    """How often the rule warned, and how often that was false."""
    return written(queries.rate(code, now=clock.now(), days=days))
