"""How the web reads the masters row by row, asks what a change would do, proposes it, and has it confirmed or rejected."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.cases.api.answers import written
from gridloop.cases.proposals.actions import proposing
from gridloop.cases.proposals.actions.proposing import Wanted
from gridloop.cases.proposals.models import MastersProposal
from gridloop.cases.proposals.queries import proposals as queries
from gridloop.cases.proposals.queries import rows
from gridloop.cases.proposals.rules.tables import SECOND, WIDE, table_named
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.permits import Permit, Permits, Scope, in_area

router = Router(tags=["masters"])
READERS = Permit(Scope.SIGNED_IN, frozenset(DESK | {Duty.ADMIN, Duty.AUDITOR}))
PERMITS: Permits = {
    ("GET", "/masters/tables"): READERS,
    ("GET", "/masters/tables/{table}"): READERS,
    ("GET", "/masters/tables/{table}/versions"): READERS,
    ("GET", "/masters/proposals"): READERS,
    ("GET", "/masters/proposals/waiting"): READERS,
    ("POST", "/masters/rules/{kind}/{code}/{rule_no}"): in_area(Duty.ADMIN),
    ("POST", "/masters/proposals/preview"): in_area(*WIDE),
    ("POST", "/masters/proposals"): in_area(*WIDE),
    ("PATCH", "/masters/proposals/{proposal_id}"): in_area(*WIDE),
    ("POST", "/masters/proposals/{proposal_id}/confirm"): in_area(*SECOND),
    ("POST", "/masters/proposals/{proposal_id}/reject"): in_area(*SECOND),
    ("POST", "/masters/proposals/{proposal_id}/withdraw"): in_area(*WIDE),
}
BIGGEST_ID = 2**62
CLEAN = r"^[^\x00]*$"
TableName = Annotated[str, Path(max_length=40)]
ProposalId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]
Key = Annotated[str, Field(max_length=80, pattern=CLEAN)]
Limit = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]


class WantedForm(Schema):
    """A row of a table, its new values or its end; from which day, and why."""

    model_config = ConfigDict(extra="forbid")
    table: Annotated[str, Field(max_length=40)]
    key: Key
    values: dict[str, Any] = {}
    ends: bool = False
    valid_from: dt.date | None = None
    why: Annotated[str, Field(max_length=500, pattern=CLEAN)] = ""


class LimitForm(Schema):
    """New limits of a filing rule, from which day and why; a tier that is not named gets the limit itself."""

    model_config = ConfigDict(extra="forbid")
    valid_from: dt.date
    limit: Limit
    unit: Literal["natural_hour", "working_hour", "working_day"]
    tiers: dict[Literal["A", "B", "C"], Limit] = {}
    why: Annotated[str, Field(min_length=1, max_length=500, pattern=CLEAN)]


class NoteForm(Schema):
    """What is said with a decision."""

    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, Field(max_length=500, pattern=CLEAN)] = ""


class ChoiceOut(Schema):
    """One of a list."""

    code: str
    zh: str
    en: str


class MasterFieldOut(Schema):
    """A column: its kind, names, choices, and whether it moves deadlines."""

    name: str
    kind: str
    zh: str
    en: str
    moves: bool
    may_be_empty: bool
    most: float
    choices: list[ChoiceOut]


class TableOut(Schema):
    """A master table and what the caller may do with it."""

    name: str
    zh: str
    en: str
    key: list[MasterFieldOut]
    fields: list[MasterFieldOut]
    moves: bool
    may_add: bool
    may_end: bool
    may_propose: bool
    may_confirm: bool
    waiting: int


class TableList(Schema):
    """All of them."""

    items: list[TableOut]


class MasterVersionOut(Schema):
    """What a row says from a day until a day, where it comes from and how sure that is."""

    id: int | None
    values: dict[str, Any]
    version: int
    valid_from: dt.date
    valid_to: dt.date | None
    confidence: str
    source: str


class RowOut(MasterVersionOut):
    """A row with what is announced to follow it, and the proposal that waits for it."""

    key: str
    title_zh: str
    title_en: str
    in_force: bool
    announced: MasterVersionOut | None
    waiting: int | None


class RowList(Schema):
    """The rows of a table."""

    items: list[RowOut]


class MadeOut(Schema):
    """Who made a version, who confirmed it, and why."""

    proposal: int
    by: str
    decided_by: str
    why: str
    note: str
    at: dt.datetime
    decided_at: dt.datetime | None


class FormerOut(MasterVersionOut):
    """A version with the proposal that made it, if one did."""

    made: MadeOut | None


class FormerList(Schema):
    """The versions of a row, newest first."""

    items: list[FormerOut]


class EffectLine(Schema):
    """One line of a preview; `kind` is count, share (0 to 1), text or moment."""

    code: str
    zh: str
    en: str
    kind: str
    before: int | float | str | None
    after: int | float | str | None


class EffectNote(Schema):
    """What was counted, or what to think of."""

    zh: str
    en: str


class EffectCase(Schema):
    """A case that would go elsewhere."""

    number: str
    title: str
    before_zh: str
    before_en: str
    after_zh: str
    after_en: str


class Effect(Schema):
    """What a change would do."""

    lines: list[EffectLine]
    notes: list[EffectNote]
    sample: list[EffectCase]


class EffectAnswer(Effect):
    """The same before it is proposed, with the values as they would be kept."""

    four_eyes: bool
    before: dict[str, Any] | None
    values: dict[str, Any]


class ProposalOut(Schema):
    """A proposal: `state` is proposed, scheduled, in_force, rejected, withdrawn or replaced."""

    id: int
    table: str
    key: str
    ends: bool
    values: dict[str, Any]
    before: dict[str, Any] | None
    valid_from: dt.date
    why: str
    four_eyes: bool
    preview: Effect
    state: str
    by_id: int
    by: str
    at: dt.datetime
    decided_by: str
    decided_at: dt.datetime | None
    note: str


class ProposalList(Schema):
    """The newest first."""

    items: list[ProposalOut]


class Waiting(Schema):
    """How many proposals wait for the caller's eyes."""

    count: int


@router.get("/masters/tables", response=TableList)
def tables(request: Asked) -> HttpResponse:
    """The master tables with their columns and what the caller may do."""
    return written({"items": queries.tables(request.caller)})


@router.get("/masters/tables/{table}", response=RowList)
def table_rows(request: Asked, table: TableName) -> HttpResponse:  # noqa: ARG001 - Ninja's signature
    """The rows of a table in force, and announced ones."""
    return written({"items": rows.rows(table_named(table), clock.now())})


@router.get("/masters/tables/{table}/versions", response=FormerList)
def versions(request: Asked, table: TableName, key: Annotated[str, Query(max_length=80)]) -> HttpResponse:  # noqa: ARG001
    """The versions of a row: what each said, from when until when, who changed it and why."""
    return written({"items": rows.versions(table_named(table), key)})


@router.get("/masters/proposals", response=ProposalList)
def listed(
    request: Asked,  # noqa: ARG001 - Ninja's signature
    state: Literal["", "open", "proposed", "confirmed", "rejected", "withdrawn", "replaced"] = "",
    table: Annotated[str, Query(max_length=40)] = "",
    key: Annotated[str, Query(max_length=80)] = "",
) -> HttpResponse:
    """Proposals, newest first, 100 at most; `open` are those that wait or are scheduled."""
    return written({"items": queries.proposals(clock.now(), state=state, table=table, key=key)})


@router.get("/masters/proposals/waiting", response=Waiting)
def waiting(request: Asked) -> HttpResponse:
    """How many proposals wait for the caller's eyes."""
    return written({"count": queries.waiting_for(request.caller)})


@router.post("/masters/proposals/preview", response=EffectAnswer)
def preview(request: Asked, form: WantedForm) -> HttpResponse:
    """What a change would do to the cases of the last 30 days; nothing is written."""
    return written(proposing.preview(_wanted(form), by=request.caller, now=clock.now()))


@router.post("/masters/proposals", response={201: ProposalOut, 202: ProposalOut})
def propose(request: Asked, form: WantedForm) -> HttpResponse:
    """Propose a change. 201: it moves no deadline and holds from its day; 202: it waits for a second pair of eyes."""
    made = proposing.propose(_wanted(form), by=request.caller, now=clock.now())
    return _shown(made, status=202 if made.four_eyes else 201)


@router.post("/masters/rules/{kind}/{code}/{rule_no}", response={202: ProposalOut})
def propose_limit(
    request: Asked,
    kind: Annotated[Literal["component", "event"], Path()],
    code: Annotated[str, Path(pattern=r"^[0-9]{4}$")],
    rule_no: Annotated[int, Path(ge=1, le=99)],
    form: LimitForm,
) -> HttpResponse:
    """Propose new limits of a filing rule from a later day on; a second person has to confirm them. Cases opened before keep theirs."""
    limits: dict[str, Any] = {"limit_value": form.limit, "limit_unit": form.unit}
    tiers = {str(tier): value for tier, value in form.tiers.items()}
    limits |= {f"tier_{tier.lower()}": tiers.get(tier, form.limit) for tier in ("A", "B", "C")}
    made = proposing.propose_limit(
        f"{kind}:{code}:{rule_no}", limits, form.valid_from, form.why, by=request.caller, now=clock.now()
    )
    return _shown(made, status=202)


@router.patch("/masters/proposals/{proposal_id}", response=ProposalOut)
def change(request: Asked, proposal_id: ProposalId, form: WantedForm) -> HttpResponse:
    """Say something else in one's own proposal while it waits."""
    return _shown(proposing.change(proposal_id, _wanted(form), by=request.caller, now=clock.now()))


@router.post("/masters/proposals/{proposal_id}/confirm", response=ProposalOut)
def confirm(request: Asked, proposal_id: ProposalId, form: NoteForm) -> HttpResponse:
    """The second pair of eyes says yes: the change holds from its day."""
    return _shown(proposing.confirm(proposal_id, note=form.note, by=request.caller, now=clock.now()))


@router.post("/masters/proposals/{proposal_id}/reject", response=ProposalOut)
def reject(request: Asked, proposal_id: ProposalId, form: NoteForm) -> HttpResponse:
    """The second pair of eyes says no, with a note."""
    return _shown(proposing.reject(proposal_id, note=form.note, by=request.caller, now=clock.now()))


@router.post("/masters/proposals/{proposal_id}/withdraw", response=ProposalOut)
def withdraw(request: Asked, proposal_id: ProposalId, form: NoteForm) -> HttpResponse:
    """Take back one's own proposal that waits, or a confirmed change that does not hold yet."""
    return _shown(proposing.withdraw(proposal_id, note=form.note, by=request.caller, now=clock.now()))


def _wanted(form: WantedForm) -> Wanted:
    return Wanted(form.table, form.key, form.values, form.valid_from, form.why, form.ends)


def _shown(proposal: MastersProposal, *, status: int = 200) -> HttpResponse:
    return written(queries.one(proposal, clock.now()), status=status)
