"""How the web asks what the history tells; every answer stays within the caller's areas and units."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from gridloop.cases.api.answers import written
from gridloop.cases.evaluation.queries import scope
from gridloop.cases.insight.queries import returns, rulings, silence
from gridloop.cases.insight.queries.asking import About
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permit, Permits, in_area

router = Router(tags=["insight"])
READERS: Permit = in_area(*sorted(scope.DUTIES), api_scope="cases:read")
WATCHERS: Permit = in_area(*sorted(scope.BY_AREA), api_scope="cases:read")
PERMITS: Permits = {
    ("GET", "/insight/returns"): READERS,
    ("GET", "/insight/returns.csv"): READERS,
    ("GET", "/insight/returns/pairs"): READERS,
    ("GET", "/insight/rulings"): READERS,
    ("GET", "/insight/silence"): WATCHERS,
}
BIGGEST_ID = 2**63 - 1
RULING_DAYS = 180
"""Rulings are rare, so that half a year is looked at unless somebody asks for another period."""
Pair = list[str]
"""Chinese, English."""


class InsightQuery(Schema):
    """A period in days of the city, both included (the present month without one), and whose cases."""

    from_: Annotated[dt.date | None, Field(alias="from")] = None
    to: dt.date | None = None
    place: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""
    class_: Annotated[str, Field(alias="class", pattern=r"^((component|event):)?[0-9]{0,4}$")] = ""

    def about(self, request: Asked, *, days: int = 0) -> About:
        """The same within what the caller may see; `days` is the period when none is named, else the month."""
        last = self.to or clock.in_city(clock.now()).date()
        # a day near the beginning of the calendar has none so long before it; it is refused with the period
        first = last.replace(day=1) if not days else last - min(dt.timedelta(days=days - 1), last - dt.date.min)
        kind, _, code = self.class_.rpartition(":")
        return About(self.from_ or first, last, scope.reach(request.caller), self.place, kind, code)


class Returning(InsightQuery):
    """Returns by one unit (with all under it), or under one cited clause."""

    unit: Annotated[int, Field(ge=1, le=BIGGEST_ID)] | None = None
    rule: Annotated[str, Field(pattern=r"^[a-z0-9_]{0,40}$")] = ""

    def read(self, request: Asked) -> list[Any]:
        """What was asked for, newest first."""
        return returns.read(self.about(request), unit=self.unit, rule=self.rule)


class Paged(Returning):
    """A page; `cursor` is the `next` of the page before."""

    cursor: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{0,60}$")] = ""
    limit: Annotated[int, Field(ge=1, le=returns.LIMIT_MAX)] = 100


class Ruled(InsightQuery):
    """By how many digits of the place, and how many rulings make a suggestion."""

    level: Annotated[int, Field(ge=4, le=12, description="4, 6, 9 or 12")] = 6
    least: Annotated[int, Field(ge=1, le=1000)] = 2


class Watching(Schema):
    """Which places, how finely, and how many whole days up to yesterday."""

    level: Literal["finest", "cell", "village", "township"] = "finest"
    days: Annotated[int, Field(ge=1, le=silence.DAYS_MAX)] = 7
    place: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""


class ReturnOut(Schema):
    """One return: by whom, under which clause, who had sent it there, where it went next, how long until a unit accepted it."""

    key: str
    number: str
    title: str
    class_: Annotated[str, Field(alias="class")]
    place: str
    state: str
    at: dt.datetime
    unit_id: int | None
    by: str
    rule: str
    note: str
    to_arbiter: bool
    sent_verb: str | None
    sent_at: dt.datetime | None
    sent_by: str | None
    onward_verb: str | None
    onward_at: dt.datetime | None
    onward_unit_id: int | None
    accepted_at: dt.datetime | None
    accepted_unit_id: int | None
    wait_hours: float | None
    hours_lost: float


class TotalOut(Schema):
    """What one unit (id) returned, or what was returned under one clause (code)."""

    group: str
    returns: int
    cases: int
    to_arbiter: int
    back_again: int
    hours_lost: float
    accepted: int
    median_wait_hours: float | None


class ReturnLedger(Schema):
    """A page of returns, the totals of all (with the first page), and the names of what they speak of."""

    count: int
    cases: int
    hours_lost: float
    items: list[ReturnOut]
    next: str | None
    by_unit: list[TotalOut]
    by_rule: list[TotalOut]
    names: dict[str, dict[str, Pair]]


class CountOut(Schema):
    """How often a unit."""

    unit_id: int | None
    count: int


class PairOut(Schema):
    """Two units between which cases went to and fro."""

    low: int
    high: int
    cases: int
    numbers: list[str]
    low_first: int
    back: int
    arbiter: int
    hours_lost: float
    ruled: list[CountOut]


class MoveOut(Schema):
    """How often what one unit returned was sent to another."""

    from_: Annotated[int, Field(alias="from")]
    to: int
    count: int


class PairsOut(Schema):
    """Pairs, most cases first, and every hand-over for the picture."""

    returns: int
    hours_lost: float
    pairs: list[PairOut]
    moves: list[MoveOut]
    names: dict[str, dict[str, Pair]]


class RouteBody(Schema):
    """What `POST /masters/routes` takes."""

    area: str
    class_kind: str
    class_prefix: str
    unit_id: int | None
    dept_kind: str
    priority: int
    note_zh: str
    note_en: str


class RulingOut(Schema):
    """Rulings of one class in one area for one kind of unit; `body` is the rule they suggest, or `why` says why there is none."""

    class_: Annotated[str, Field(alias="class")]
    area: str
    kind: str
    count: int
    total: int
    units: list[CountOut]
    today: list[CountOut]
    today_rule: int | None
    today_why_zh: str
    today_why_en: str
    right_today: int
    right_then: int | None
    replaces: int | None
    last_at: dt.datetime
    numbers: list[str]
    why: str
    sentence_zh: str
    sentence_en: str
    body: RouteBody | None


class RulingsOut(Schema):
    """Those with a suggestion first; `door` is where its body is posted to."""

    rulings: int
    door: str
    items: list[RulingOut]
    names: dict[str, dict[str, Pair]]


class SilentOut(Schema):
    """Something that reports far below its own history: `rest` of a place means without the parts that are watched on their own.

    `usual` is what its history gives, `expected` the same when the rest of the city is quieter too; `counts` are reports a day from `counts_from` on.
    """

    kind: Literal["all", "place", "class", "patrol", "unit"]
    code: str
    rest: bool
    zh: str
    en: str
    observed: int
    expected: float
    usual: float
    p: float
    q: float
    since: dt.date
    last_day: dt.date | None
    counts: list[int]
    counts_from: dt.date
    sentence_zh: str
    sentence_en: str


class SilenceOut(Schema):
    """The alarms, surest first. `enough` says whether there was history to judge by; `promise` is the expected share of false alarms."""

    from_: Annotated[dt.date, Field(alias="from")]
    to: dt.date
    days: int
    blocks: int
    enough: bool
    tested: int
    untested: int
    promise: float
    observed: int
    usual: float
    items: list[SilentOut]
    names: dict[str, dict[str, Pair]]


@router.get("/insight/returns", response=ReturnLedger, by_alias=True)
def list_returns(request: Asked, asking: Query[Paged]) -> HttpResponse:
    """Who returned what, citing which rule: the returns made in the period, newest first, with totals by unit and by rule."""
    return written(returns.ledger(asking.read(request), now=clock.now(), cursor=asking.cursor, limit=asking.limit))


@router.get("/insight/returns.csv", response={200: bytes})
def returns_file(request: Asked, asking: Query[Returning]) -> StreamingHttpResponse:
    """The same as a file for office programs, all of it."""
    found = asking.read(request)
    parts = returns.as_csv(found, now=clock.now(), language=request.caller.language)
    response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="returns.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.get("/insight/returns/pairs", response=PairsOut, by_alias=True)
def pairs(request: Asked, asking: Query[InsightQuery]) -> HttpResponse:
    """Between which units cases went to and fro, and what it cost."""
    found = returns.read(asking.about(request))
    return written(returns.to_and_fro(found, now=clock.now()))


@router.get("/insight/rulings", response=RulingsOut, by_alias=True)
def list_rulings(request: Asked, asking: Query[Ruled]) -> HttpResponse:
    """What arbiters decided, by class, area and kind of unit, with the routing rule that would have spared it."""
    about = asking.about(request, days=RULING_DAYS)
    return written(rulings.suggested(about, level=asking.level, least=asking.least, now=clock.now()))


@router.get("/insight/silence", response=SilenceOut, by_alias=True)
def list_silence(request: Asked, asking: Query[Watching]) -> HttpResponse:
    """Places, classes, patrols and units from which far fewer reports come than usual, with few false alarms."""
    seen = silence.reach(request.caller)
    return written(silence.silent(seen, place=asking.place, level=asking.level, days=asking.days, now=clock.now()))
