"""How the web asks what a verb would do to many cases, has it done, watches it, and takes it back."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.cases.api.answers import key_of, written
from gridloop.cases.api.shapes import FieldOut
from gridloop.cases.mass import actions, queries, rules
from gridloop.cases.mass.models import Mass
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["mass actions"])
DESK_WRITES = in_area(*sorted(DESK), api_scope="cases:write")
PERMITS: Permits = {
    ("POST", "/cases/mass/preview"): DESK_WRITES,
    ("POST", "/cases/mass"): DESK_WRITES,
    ("GET", "/cases/mass/{mass_id}"): in_area(*sorted(DESK), api_scope="cases:read"),
    ("POST", "/cases/mass/{mass_id}/undo"): DESK_WRITES,
}
BIGGEST_ID = 2**63 - 1
Number = Annotated[str, Field(max_length=40)]
MassId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]


class PreviewForm(Schema):
    """A verb, what is said with it, and the chosen cases. `unit` may be the word `suggested`: each case goes where the routing rules say."""

    model_config = ConfigDict(extra="forbid")
    verb: Annotated[str, Field(max_length=40)]
    fields: dict[str, Any] = {}
    numbers: Annotated[list[Number], Field(max_length=rules.CASES_MAX)]


class MassForm(PreviewForm):
    """The same, with the version of each case that the preview showed; a case that has moved since stays."""

    versions: Annotated[
        dict[Number, Annotated[int, Field(ge=1, le=BIGGEST_ID)]], Field(max_length=rules.CASES_MAX)
    ] = {}


class PreviewLine(Schema):
    """What would happen to one case, or why nothing would."""

    number: str
    version: int | None
    title: str
    outcome: str
    why_en: str
    why_zh: str
    from_state: str
    from_zh: str
    from_en: str
    to_state: str
    to_zh: str
    to_en: str
    unit_id: int | None
    unit_zh: str
    unit_en: str
    due_at: dt.datetime | None
    stage_due_at: dt.datetime | None


class PreviewAnswer(Schema):
    """Every case with its outcome, how many of each, and the form of the verb for these cases."""

    verb: str
    totals: dict[str, int]
    fields: list[FieldOut]
    items: list[PreviewLine]


class AccountLine(Schema):
    """How it went with one case, and with taking it back."""

    number: str
    outcome: str
    why_en: str
    why_zh: str
    version: int | None
    from_state: str
    from_zh: str
    from_en: str
    to_state: str
    to_zh: str
    to_en: str
    undo: str
    undo_en: str
    undo_zh: str


class Account(Schema):
    """How far a mass action has come: `done` of `of` cases were tried, `failed` of them stayed as they were; `can_undo` says whether taking back is offered."""

    id: int
    at: dt.datetime
    verb: str
    of: int
    done: int
    failed: int
    totals: dict[str, int]
    ended_at: dt.datetime | None
    undo_at: dt.datetime | None
    undone_at: dt.datetime | None
    undo_totals: dict[str, int]
    can_undo: bool
    items: list[AccountLine]


@router.post("/cases/mass/preview", response=PreviewAnswer)
def preview(request: Asked, form: PreviewForm) -> HttpResponse:
    """What the verb would do to each case: state, unit and deadlines after it, or the sentence why not. Nothing is written."""
    numbers = rules.checked_request(form.verb, form.numbers)
    lines, fields = queries.preview(form.verb, form.fields, numbers, by=request.caller, now=clock.now())
    totals = rules.totals(line.outcome for line in lines)
    items = [queries.line_shown(line) for line in lines]
    return written({"verb": form.verb, "totals": totals, "fields": fields, "items": items})


@router.post("/cases/mass", response={200: Account, 202: Account})
def mass(request: Asked, form: MassForm) -> HttpResponse:
    """Do it. Up to 50 cases are done when the answer comes (200), more go on by themselves (202). Needs an `Idempotency-Key`; the same request again goes on."""
    made = actions.mass(
        form.verb, form.fields, form.numbers, form.versions, by=request.caller, now=clock.now(), key=key_of(request)
    )
    return _account(made, status=200 if made.ended_at is not None else 202)


@router.get("/cases/mass/{mass_id}", response=Account)
def progress(request: Asked, mass_id: MassId) -> HttpResponse:
    """How far one's own mass action has come."""
    return _account(queries.mass_of(mass_id, by=request.caller))


@router.post("/cases/mass/{mass_id}/undo", response={200: Account, 202: Account})
def undo(request: Asked, mass_id: MassId) -> HttpResponse:
    """Take one's own mass action back within a quarter of an hour; cases on which somebody has acted since stay, and are named."""
    found = actions.undo(mass_id, by=request.caller, now=clock.now())
    return _account(found, status=200 if found.undone_at is not None else 202)


def _account(found: Mass, *, status: int = 200) -> HttpResponse:
    can_undo = rules.can_undo(found.verb, since=found.ended_at, now=clock.now(), undo_at=found.undo_at)
    return written(queries.account(found) | {"can_undo": can_undo}, status=status)
