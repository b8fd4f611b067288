"""One case: report it at the desk, open its card, take a step, see its ledger."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from django.http import HttpResponse
from ninja import Body, Path, Query, Schema
from pydantic import BaseModel, ConfigDict, Field

from gridloop.audit.queries import EntryView
from gridloop.cases import actions
from gridloop.cases.api.answers import key_of, seen_version, written
from gridloop.cases.api.lists import router
from gridloop.cases.api.shapes import CaseCard, LedgerPage
from gridloop.cases.rules.intake import Contact, Report
from gridloop.cases.rules.loop import VERBS
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.permits import Permits, in_area, signed_in

PERMITS: Permits = {
    ("POST", "/cases"): in_area(*sorted(DESK), Duty.COLLECTOR, Duty.UNIT, Duty.INTEGRATOR, api_scope="cases:write"),
    ("GET", "/cases/{number}"): signed_in("cases:read"),
    ("POST", "/cases/{number}/steps"): signed_in("cases:write"),
    ("GET", "/cases/{number}/ledger"): signed_in("cases:read"),
}
BESIDE_THE_LOOP = {
    "look": ("查看", "look"),
    "root_cause": ("发现反复损坏", "found its component failing again and again"),
    "grouped": ("归并为一个事件", "merged cases into one incident"),
    "ungrouped": ("撤销事件归并", "took the incident apart"),
    "told_everybody": ("答复所有上报人", "told everybody who reported"),
}
"""Chinese and English words for what the ledger says of a case beside the steps of the loop."""
Number = Annotated[str, Path(max_length=40)]
Text = Annotated[str, Field(max_length=200)]
Short = Annotated[str, Field(max_length=60)]


class ContactForm(Schema):
    """How the person on the telephone can be reached."""

    name: Short = ""
    phone: Short = ""
    email: Short = ""
    language: Literal["zh", "en"] = "zh"


class ReportForm(Schema):
    """What somebody of the city reports, for themselves or for a caller."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-85, le=85)]
    class_kind: Literal["component", "event"] | None = None
    class_code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    rule_no: Annotated[int, Field(ge=1, le=99)] | None = None
    title: Annotated[str, Field(max_length=80)] = ""
    address: Text = ""
    photos: Annotated[list[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]], Field(max_length=9)] = []
    source: Literal["collector", "hotline", "desk", "video", "leader", "media", "letter", "sensor", "system"] = "desk"
    contact: ContactForm | None = None
    synthetic: bool = False


class StepForm(BaseModel):
    """A verb of the loop; whatever else it needs stands beside it (see the card's `actions`). No Ninja Schema, because those lose what is extra."""

    model_config = ConfigDict(extra="allow")
    verb: Annotated[str, Field(max_length=40)]


class CaseLedgerQuery(Schema):
    """Which page."""

    before: Annotated[int, Field(ge=0, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


@router.post("/cases", response={201: CaseCard})
def report(request: Asked, form: ReportForm) -> HttpResponse:
    """Take a report. With an `Idempotency-Key` a repeated request is the same report."""
    said = Report(
        text=form.text, lon=form.lon, lat=form.lat, source=form.source, class_kind=form.class_kind, class_code=form.class_code,
        rule_no=form.rule_no, title=form.title, address=form.address, photos=tuple(dict.fromkeys(form.photos)),
        contact=Contact(form.contact.name, form.contact.phone, form.contact.email, form.contact.language) if form.contact else None,
        own=not request.caller.holds(*DESK, Duty.INTEGRATOR), synthetic=form.synthetic,
    )  # fmt: skip
    by, now = request.caller, clock.now()
    made = actions.report(said, by=by, now=now, key=key_of(request))
    card = actions.card_of(made, by=by, now=now)
    return written(card, status=201, version=card["version"])


@router.get("/cases/{number}", response=CaseCard)
def open_card(request: Asked, number: Number) -> HttpResponse:
    """The card; that it was opened is written to the ledger."""
    card = actions.open_card(number, by=request.caller, now=clock.now())
    return written(card, version=card["version"])


@router.post("/cases/{number}/steps", response=CaseCard)
def step(request: Asked, number: Number, form: Annotated[StepForm, Body()]) -> HttpResponse:
    """Take one step. `If-Match` names the version that the caller has seen; `Idempotency-Key` makes a repeated request the same step."""
    by, now = request.caller, clock.now()
    said = {
        name: value for name, value in orjson.loads(request.body).items() if name != "verb"
    }  # Ninja keeps declared fields only
    moved = actions.take_step(
        number, form.verb, said, by=by, now=now, version=seen_version(request), key=key_of(request)
    )
    card = actions.card_after(moved.number, by=by, now=now)
    return written(card, version=card["version"])


@router.get("/cases/{number}/ledger", response=LedgerPage)
def ledger(request: Asked, number: Number, wanted: Query[CaseLedgerQuery]) -> HttpResponse:
    """Who did what to this case, and who looked at it."""
    entries = actions.see_ledger(number, by=request.caller, now=clock.now(), limit=wanted.limit, before=wanted.before)
    following = entries[-1].position if len(entries) == wanted.limit else None
    return written({"items": [_line(entry) for entry in entries], "next": following})


def _line(entry: EntryView) -> dict[str, Any]:
    verb = entry.action.removeprefix("case.")
    zh, en = VERBS.get(verb) or BESIDE_THE_LOOP.get("look" if entry.looked else verb, (verb, verb))
    return {
        "position": entry.position,
        "at": entry.at,
        "actor": entry.actor_name,
        "action": entry.action,
        "action_zh": zh,
        "action_en": en,
        "looked": entry.looked,
        "detail": {name: value for name, value in entry.detail.items() if name not in {"people", "said"}},
    }
