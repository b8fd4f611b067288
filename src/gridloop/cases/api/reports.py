"""The residents' door: report without an account, follow by the report's secret or as oneself, rate, dispute, withdraw, appeal, comment."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Path, Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.cases.actions.join import join
from gridloop.cases.actions.report import report
from gridloop.cases.actions.step import take_step
from gridloop.cases.queries import reports as queries
from gridloop.cases.rules.intake import Contact, Report
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.permits import Permits, own, public
from gridloop.notices import actions as notices

router = Router(tags=["reports"])
PERMITS: Permits = {
    ("POST", "/reports"): public(),
    ("GET", "/reports/mine"): own(),
    ("GET", "/reports/near"): public(),
    ("GET", "/reports/{number}"): public(),
    ("POST", "/reports/{number}/steps"): public(),
    ("POST", "/reports/{number}/push"): public(),
}
STEPS_PER_HOUR = 60
LOOKS_PER_HOUR = 600  # a guessed secret has 80 bits; the limit keeps the trying cheap for us
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-85, le=85)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=100)]
Secret = Annotated[str, Query(max_length=100)]
Number = Annotated[str, Path(max_length=40)]


class ResidentReportForm(Schema):
    """What a resident says; `contact` is a number or mail address, kept for the desk alone. With `same_as` they join that case."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]
    lon: Lon
    lat: Lat
    class_kind: Literal["component", "event"] | None = None
    class_code: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    address: Annotated[str, Field(max_length=200)] = ""
    photos: Annotated[list[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]], Field(max_length=9)] = []
    contact: Annotated[str, Field(max_length=60)] = ""
    name: Annotated[str, Field(max_length=60)] = ""
    same_as: Annotated[
        str, Field(pattern=r"^([0-9]{8}-[0-9]{6})?$", description="an open case near that this is the same as")
    ] = ""


class Taken(Schema):
    """The number to speak of, and the secret to follow it by; no secret for somebody who is signed in."""

    number: str
    secret: str | None


class StepForm(Schema):
    """One of the reporter's own steps."""

    verb: Literal["rate", "dispute", "withdraw", "appeal", "comment"]
    note: Annotated[str, Field(max_length=2000)] = ""
    rating: Annotated[int, Field(ge=1, le=5)] | None = None
    photos: Annotated[list[Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]], Field(max_length=9)] = []


class NearReport(Schema):
    """An open case nearby, as anybody may see it."""

    number: str
    title: str
    class_zh: str
    class_en: str
    state: str
    state_zh: str
    state_en: str
    urgency: str
    address: str | None
    place_zh: str
    place_en: str
    lon: float
    lat: float
    distance_m: float
    opened_at: dt.datetime
    due_at: dt.datetime | None
    closed_at: dt.datetime | None
    photo: str | None
    reports: int


class NearPage(Schema):
    """What lies near."""

    items: list[NearReport]


class ReportRow(Schema):
    """One report in a list."""

    number: str
    version: int
    state: str
    state_zh: str
    state_en: str
    class_code: str | None
    class_kind: str | None
    class_zh: str
    class_en: str
    urgency: str
    title: str
    place: str
    place_zh: str
    place_en: str
    address: str
    unit_zh: str
    unit_en: str
    lon: float
    lat: float
    opened_at: dt.datetime
    due_at: dt.datetime | None
    stage_due_at: dt.datetime | None
    closed_at: dt.datetime | None
    paused: bool
    late: bool
    acknowledged: bool
    photo: str | None
    reports: int
    synthetic: bool


class ReportPage(Schema):
    """The caller's reports."""

    items: list[ReportRow]


class ReportCard(ReportRow):
    """A report as its reporter sees it."""

    text: str
    photos: list[dict[str, Any]]
    history: list[dict[str, Any]]
    loop: list[dict[str, Any]]
    actions: list[dict[str, Any]]
    chain_zh: str
    chain_en: str
    merged_into: str | None
    rating: int | None
    joined: bool


class ReaderKeys(Schema):
    """The keys of a `PushSubscription`."""

    p256dh: Annotated[str, Field(max_length=120)]
    auth: Annotated[str, Field(max_length=60)]


class PushForm(Schema):
    """`PushSubscription.toJSON()` of the browser that is to hear of a report."""

    endpoint: Annotated[str, Field(min_length=1, max_length=1000)]
    keys: ReaderKeys


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.caller  # type: ignore[attr-defined]  # set by CallerMiddleware
    return caller


def _limit(request: HttpRequest, by: Caller, what: str, per_hour: int, now: dt.datetime) -> None:
    """Counts by person, or by network address where nobody is signed in."""
    who = f"p{by.person_id}" if by.person_id is not None else identity.client_ip(request)
    identity.count_rate(f"{what}:{who}", limit=per_hour, per_s=3600, now=now)


@router.post("/reports", response={201: Taken})
def send(request: HttpRequest, form: ResidentReportForm, key: Key = "") -> Status[Taken]:
    """Report something; nobody needs an account. With `same_as` (an open case within 300 m) no second case is made: its number comes back."""
    by, now = _caller(request), clock.now()
    _limit(request, by, "report", int(getattr(settings, "GRIDLOOP_REPORTS_PER_HOUR", 30)), now)
    own_report = by.person_id is not None and by.via == "session"
    contact = Contact(
        name=form.name,
        phone="" if "@" in form.contact else form.contact.strip(),
        email=form.contact.strip() if "@" in form.contact else "",
        language=by.language,
    )
    said = Report(
        text=form.text,
        lon=form.lon,
        lat=form.lat,
        source="citizen",
        class_kind=form.class_kind,
        class_code=form.class_code,
        address=form.address,
        photos=tuple(form.photos),
        contact=contact if form.contact or form.name else None,
        own=own_report,
    )
    done = join(form.same_as, said, by=by, now=now, key=key) if form.same_as else report(said, by=by, now=now, key=key)
    return Status(201, Taken(number=done.number, secret=done.secret or None))


@router.get("/reports/mine", response=ReportPage)
def mine(request: HttpRequest) -> dict[str, Any]:
    """The caller's own reports."""
    return {"items": queries.mine(by=_caller(request), now=clock.now())}


@router.get("/reports/near", response=NearPage)
def near(
    request: HttpRequest,
    lon: Annotated[Lon, Query()],
    lat: Annotated[Lat, Query()],
    class_kind: Annotated[str, Query(max_length=20)] = "",
    class_code: Annotated[str, Query(max_length=4)] = "",
) -> dict[str, Any]:
    """What has been reported here already."""
    now = clock.now()
    _limit(request, _caller(request), "near", LOOKS_PER_HOUR, now)
    return {"items": queries.nearby(lon, lat, class_kind, class_code, now=now)}


@router.get("/reports/{number}", response={200: ReportCard, 304: None})
def follow(request: HttpRequest, response: HttpResponse, number: Number, secret: Secret = "") -> Any:
    """Follow a report: as its reporter, or by its secret. `If-None-Match` with the card's `ETag` is answered 304 while nothing has changed."""
    by, now = _caller(request), clock.now()
    if by.person_id is None:
        _limit(request, by, "follow", LOOKS_PER_HOUR, now)
    card = queries.report_card(number, secret, by=by, now=now)
    tag = _tag(card)
    seen = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    answer = HttpResponse(status=304) if tag in seen else response
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer if tag in seen else card


def _tag(card: dict[str, Any]) -> str:
    """The card's version; lateness comes with time and merged reports without a step, so they stand in it too."""
    parts = [
        str(card["version"]),
        *(["late"] if card["late"] else []),
        *([str(card["reports"])] if card["reports"] > 1 else []),
    ]
    return f'"{"-".join(parts)}"'


@router.post("/reports/{number}/steps", response=ReportCard)
def step(request: HttpRequest, number: Number, form: StepForm, secret: Secret = "", key: Key = "") -> dict[str, Any]:
    """Rate, dispute, withdraw, appeal or comment."""
    by, now = _caller(request), clock.now()
    _limit(request, by, "step", STEPS_PER_HOUR, now)
    queries.report_card(number, secret, by=by, now=now)  # NotFound for everybody but the reporter
    said = {"note": form.note, "rating": form.rating, "photos": tuple(form.photos)}
    given = {name: value for name, value in said.items() if value}
    take_step(number, form.verb, given, by=by, now=now, key=key, as_reporter=queries.holds_secret(number, secret))
    return queries.report_card(number, secret, by=by, now=now)


@router.post("/reports/{number}/push", response={204: None})
def push(request: HttpRequest, number: Number, form: PushForm, secret: Secret = "") -> Status[None]:
    """Push to this browser what its reporter is told of a report that was sent without an account; the secret proves it."""
    by, now = _caller(request), clock.now()
    _limit(request, by, "push", STEPS_PER_HOUR, now)
    reader = queries.reader_of(number, secret)
    browser = notices.Browser(form.endpoint, form.keys.p256dh, form.keys.auth)
    notices.subscribe(browser, reader=reader, language=by.language, now=now)
    return Status(204, None)
