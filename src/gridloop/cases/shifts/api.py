"""How the web shows the page of a hand-over, has it signed by both, and lists those before."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.cases.api.answers import written
from gridloop.cases.shifts import actions, queries
from gridloop.cases.shifts.actions import Signature
from gridloop.cases.shifts.rules import NOTE_CHARS_MAX
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["shifts"])
PEOPLE = in_area(*sorted(DESK))  # no keys: a page is signed by people
PERMITS: Permits = {
    ("GET", "/shifts/now"): PEOPLE,
    ("GET", "/shifts"): PEOPLE,
    ("POST", "/shifts"): PEOPLE,
    ("GET", "/shifts/{handover_id}"): PEOPLE,
    ("POST", "/shifts/{handover_id}/sign"): PEOPLE,
    ("POST", "/shifts/{handover_id}/withdraw"): PEOPLE,
}
BIGGEST_ID = 2**63 - 1
HandoverId = Annotated[int, Path(ge=1, le=BIGGEST_ID)]


class SignForm(Schema):
    """The signing person's own login and password, their second factor if they have one, and their notes."""

    model_config = ConfigDict(extra="forbid")
    login: Annotated[str, Field(max_length=100)]
    password: Annotated[str, Field(max_length=200)]
    otp: Annotated[str, Field(max_length=10)] = ""
    note: Annotated[str, Field(max_length=NOTE_CHARS_MAX)] = ""


class HandoverLine(Schema):
    """Who handed over to whom and when; `sha256` is the fingerprint that both signatures' ledger entries name."""

    id: int
    area: str
    sha256: str
    outgoing_id: int
    outgoing_name: str
    outgoing_at: dt.datetime
    incoming_name: str
    incoming_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    took_s: float | None


class HandoverOut(HandoverLine):
    """The same with its page; `intact` is false when the page is not the one that was signed."""

    page: dict[str, Any]
    note: str
    incoming_note: str
    intact: bool


class NowAnswer(Schema):
    """The page as it would be signed now, and the one that waits for its second signature."""

    page: dict[str, Any]
    waiting: HandoverOut | None


class HandoverList(Schema):
    """Hand-overs, newest first; `next` goes into `before` for the page after."""

    items: list[HandoverLine]
    next: int | None


@router.get("/shifts/now", response=NowAnswer)
def present(request: Asked) -> HttpResponse:
    """What would be handed over now."""
    waits = queries.waiting(by=request.caller)
    page = queries.page(by=request.caller, now=clock.now())
    return written({"page": page, "waiting": queries.shown(waits) if waits else None})


@router.get("/shifts", response=HandoverList)
def past(
    request: Asked,
    before: Annotated[int | None, Query(ge=1, le=BIGGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> HttpResponse:
    """Hand-overs of the caller's desk, newest first."""
    return written(queries.past(by=request.caller, before=before, limit=limit))


@router.post("/shifts", response={201: HandoverOut})
def hand_over(request: Asked, form: SignForm) -> HttpResponse:
    """Freeze the page and sign it as who goes."""
    made = actions.hand_over(
        _signature(form), form.note, by=request.caller, visitor=identity.visitor_of(request), now=clock.now()
    )
    return written(queries.shown(made), status=201)


@router.get("/shifts/{handover_id}", response=HandoverOut)
def handover(request: Asked, handover_id: HandoverId) -> HttpResponse:
    """One hand-over with its page."""
    return written(queries.shown(queries.handover(handover_id, by=request.caller)))


@router.post("/shifts/{handover_id}/sign", response=HandoverOut)
def take_over(request: Asked, handover_id: HandoverId, form: SignForm) -> HttpResponse:
    """Sign it as who comes, with one's own login, while the other is still signed in here."""
    found = actions.take_over(
        handover_id,
        _signature(form),
        form.note,
        by=request.caller,
        visitor=identity.visitor_of(request),
        now=clock.now(),
    )
    return written(queries.shown(found))


@router.post("/shifts/{handover_id}/withdraw", response=HandoverOut)
def withdraw(request: Asked, handover_id: HandoverId) -> HttpResponse:
    """Take one's own page back before the second signature."""
    return written(queries.shown(actions.withdraw(handover_id, by=request.caller, now=clock.now())))


def _signature(form: SignForm) -> Signature:
    return Signature(form.login, form.password, form.otp)
