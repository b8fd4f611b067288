"""How the web sends one text to many vehicles: who would get it, sending, how far it came, and once more to those it did not reach."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Path, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.fleet.actions import orders as actions
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.asking import BIGGEST_ID, NO_NUL, Codes, Search, Text, key_of
from gridloop.fleet.queries import texts as queries
from gridloop.fleet.queries.scope import WATCHING
from gridloop.fleet.rules.kinds import VehicleKind
from gridloop.fleet.rules.orders import MANY_MAX
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["vehicle tracks"])
DESK = in_area(*sorted(WATCHING))
PERMITS: Permits = {
    ("GET", "/fleet/texts"): DESK,
    ("POST", "/fleet/texts"): DESK,
    ("POST", "/fleet/texts/preview"): DESK,
    ("GET", "/fleet/texts/{batch}"): DESK,
    ("POST", "/fleet/texts/{batch}/again"): DESK,
}
BatchName = Annotated[str, Path(max_length=160, pattern=NO_NUL)]


class WhomForm(Schema):
    """Which vehicles; what is left out names everybody."""

    model_config = ConfigDict(extra="forbid")
    kinds: Annotated[list[VehicleKind], Field(max_length=20)] = []
    firms: Annotated[list[Text], Field(max_length=200)] = []
    lists: Codes = []
    plates: Codes = []
    area: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""


class TextsForm(Schema):
    """One text to many vehicles; `typed` is their number, typed by the sender."""

    model_config = ConfigDict(extra="forbid")
    vehicles: Annotated[list[Annotated[int, Field(ge=1, le=BIGGEST_ID)]], Field(max_length=MANY_MAX)]
    text: Text
    urgent: bool = False
    typed: Search


class OrdersSentOut(Schema):
    """To how many it goes, and the name by which it is looked at."""

    batch: str
    sent: int


class TextListOut(Schema):
    """Texts, newest first, or vehicles; `more` where there are more than are shown."""

    items: list[dict[str, Any]]
    more: bool


@router.get("/fleet/texts", response=TextListOut)
def texts(request: Asked) -> HttpResponse:
    """Texts that went to many, with how many vehicles each reached."""
    return written({"items": queries.batches(by=request.caller), "more": False})


@router.post("/fleet/texts", response=OrdersSentOut)
def send(request: Asked, form: TextsForm) -> HttpResponse:
    """One text to many vehicles, once their number was typed; takes an `Idempotency-Key`."""
    batch, sent = actions.text_many(
        form.vehicles, form.text, typed=form.typed, urgent=form.urgent, key=key_of(request)[:100], by=request.caller, now=clock.now()
    )  # fmt: skip
    return written({"batch": batch, "sent": sent})


@router.post("/fleet/texts/preview", response=TextListOut)
def preview(request: Asked, form: WhomForm) -> HttpResponse:
    """Which vehicles of one's area a filter names; nothing is sent."""
    whom = queries.Whom(tuple(form.kinds), tuple(form.firms), tuple(form.lists), tuple(form.plates), form.area)
    return written(queries.recipients(whom, by=request.caller))


@router.get("/fleet/texts/{batch}", response=dict[str, Any])
def text(request: Asked, batch: BatchName) -> HttpResponse:
    """One text with how far it came at each vehicle."""
    return written(queries.batch(batch, by=request.caller))


@router.post("/fleet/texts/{batch}/again", response=OrdersSentOut)
def again(request: Asked, batch: BatchName) -> HttpResponse:
    """Once more to those who refused it or were not reached."""
    sent = actions.text_again(batch, by=request.caller, now=clock.now())
    return written({"batch": batch, "sent": sent})
