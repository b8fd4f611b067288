"""How the web asks which reports belong together, brings them together, undoes it, and sees and tells everybody who reported."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.cases.api.answers import key_of, written
from gridloop.cases.incidents import actions
from gridloop.cases.incidents.actions import Chosen
from gridloop.cases.incidents.models import Incident
from gridloop.cases.incidents.queries import account as accounts
from gridloop.cases.incidents.queries import answered, suggested
from gridloop.cases.incidents.rules.messages import CHARS_MAX, Message
from gridloop.cases.mass.rules import CASES_MAX
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["incidents"])
READS = in_area(*sorted(DESK), api_scope="cases:read")
WRITES = in_area(*sorted(DESK), api_scope="cases:write")
PERMITS: Permits = {
    ("GET", "/incidents/suggested"): READS,
    ("POST", "/incidents"): WRITES,
    ("GET", "/incidents/{incident_id}"): READS,
    ("POST", "/incidents/{incident_id}/undo"): WRITES,
    ("GET", "/cases/{number}/incident"): READS,
    ("POST", "/cases/{number}/incident/messages"): WRITES,
}
BIGGEST_ID = 2**63 - 1
Number = Annotated[str, Field(max_length=40)]
InPath = Annotated[str, Path(max_length=40)]
IncidentId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]


class SuggestedAnswer(Schema):
    """Groups that may be one incident, each with its leading case and every other member's weight."""

    items: list[dict[str, Any]]
    looked_at: int
    truncated: bool
    days: int
    within_m: float


class GroupForm(Schema):
    """The leading case, the cases that go into it, the version of each that was seen, and why."""

    model_config = ConfigDict(extra="forbid")
    into: Number
    numbers: Annotated[list[Number], Field(max_length=CASES_MAX)]
    versions: Annotated[dict[Number, Annotated[int, Field(ge=1, le=BIGGEST_ID)]], Field(max_length=CASES_MAX)] = {}
    note: Annotated[str, Field(max_length=500)] = ""


class UndoForm(Schema):
    """Why it is taken apart again."""

    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, Field(max_length=500)] = ""


class GroupAccount(Schema):
    """How it went with each case; `undone_at` is null while a further request has to go on with undoing."""

    id: int
    into: str
    at: dt.datetime
    note: str
    of: int
    done: int
    failed: int
    totals: dict[str, int]
    ended_at: dt.datetime | None
    undo_at: dt.datetime | None
    undone_at: dt.datetime | None
    back: int
    stays: int
    items: list[dict[str, Any]]


class AnsweredAccount(Schema):
    """Who reported an incident and how each stands at each stage; nothing personal is in it."""

    number: str
    reports: int
    reporters: int
    original: int
    joined: int
    merged: int
    unreachable: int
    cases: list[str]
    stages: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    more: int
    messages: list[dict[str, Any]]
    groupings: list[dict[str, Any]]


class MessageForm(Schema):
    """Words in Chinese or English or both, or the code of an answer template."""

    model_config = ConfigDict(extra="forbid")
    text_zh: Annotated[str, Field(max_length=CHARS_MAX)] = ""
    text_en: Annotated[str, Field(max_length=CHARS_MAX)] = ""
    template: Annotated[str, Field(max_length=60)] = ""


class MessageAnswer(Schema):
    """The words as they were told, to how many, and how many nobody could reach."""

    at: dt.datetime
    text_zh: str
    text_en: str
    told: int
    unreachable: int


@router.get("/incidents/suggested", response=SuggestedAnswer)
def suggestions(request: Asked, place: Annotated[str, Field(max_length=15)] = "") -> HttpResponse:
    """Open cases of one's area that may be one incident, largest group first."""
    return written(suggested.suggested(by=request.caller, now=clock.now(), place=place))


@router.post("/incidents", response={200: GroupAccount, 202: GroupAccount})
def group(request: Asked, form: GroupForm) -> HttpResponse:
    """Bring cases together into one. Needs an `Idempotency-Key`; up to 50 are done when the answer comes (200), more go on by themselves (202)."""
    chosen = Chosen(form.into, tuple(form.numbers), form.versions, form.note.strip())
    return _account(actions.group(chosen, by=request.caller, now=clock.now(), key=key_of(request)))


@router.get("/incidents/{incident_id}", response=GroupAccount)
def progress(request: Asked, incident_id: IncidentId) -> HttpResponse:
    """How far a grouping has come."""
    return _account(accounts.incident_of(incident_id, by=request.caller, now=clock.now()))


@router.post("/incidents/{incident_id}/undo", response={200: GroupAccount, 202: GroupAccount})
def undo(request: Asked, incident_id: IncidentId, form: UndoForm) -> HttpResponse:
    """Take exactly these merges back, 50 cases a request; ask again while `undone_at` is null."""
    return _account(actions.ungroup(incident_id, form.note, by=request.caller, now=clock.now()))


@router.get("/cases/{number}/incident", response=AnsweredAccount)
def incident(request: Asked, number: InPath) -> HttpResponse:
    """Who reported it, and whether each was answered."""
    return written(answered.account(number, by=request.caller, now=clock.now()))


@router.post("/cases/{number}/incident/messages", response=MessageAnswer)
def tell(request: Asked, number: InPath, form: MessageForm) -> HttpResponse:
    """Tell everybody who reported it the same words, once each. Needs an `Idempotency-Key`."""
    said = Message(form.text_zh, form.text_en, form.template)
    made = actions.tell_everybody(number, said, by=request.caller, now=clock.now(), key=key_of(request))
    return written(
        {
            "at": made.at,
            "text_zh": made.text_zh,
            "text_en": made.text_en,
            "told": made.told,
            "unreachable": made.unreachable,
        }
    )


def _account(found: Incident) -> HttpResponse:
    going = found.mass is None or found.mass.ended_at is None or (found.undo_at is not None and found.undone_at is None)
    return written(accounts.account(found), status=202 if going else 200)
