"""How the web asks for figures; every answer is counted within the caller's areas and units."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

import orjson
from django.http import HttpResponse, StreamingHttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from gridloop.cases.api.answers import written
from gridloop.cases.api.shapes import CasePage
from gridloop.cases.evaluation.queries import answers, drill, opendata, scope
from gridloop.cases.evaluation.report import content, made_as
from gridloop.cases.evaluation.rules import question as questions
from gridloop.cases.evaluation.rules.indicators import BY_ID
from gridloop.cases.evaluation.rules.question import Question
from gridloop.cases.queries.filters import subtree
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.errors import NotFound
from gridloop.kernel.permits import Permit, Permits, in_area, public

router = Router(tags=["statistics"])
READERS: Permit = in_area(*sorted(scope.DUTIES), api_scope="cases:read")
PERMITS: Permits = {
    ("GET", "/statistics/indicators"): READERS,
    ("GET", "/statistics/indicators/{indicator}/cases"): READERS,
    ("GET", "/statistics/league"): READERS,
    ("GET", "/statistics/trend"): READERS,
    ("GET", "/statistics/heat"): READERS,
    ("GET", "/statistics/stopclock"): READERS,
    ("GET", "/statistics/punctuality"): READERS,
    ("GET", "/statistics/report.{kind}"): READERS,
    ("GET", "/opendata/cases.{kind}"): public(),
}
BIGGEST_ID = 2**63 - 1
CURSOR = r"^([1-9][0-9]{0,17})?$"


class FiguresQuery(Schema):
    """A period in days of the city, both included (the present month without one), and whose cases."""

    from_: Annotated[dt.date | None, Field(alias="from")] = None
    to: dt.date | None = None
    place: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""
    unit: Annotated[int, Field(ge=1, le=BIGGEST_ID)] | None = None
    class_: Annotated[str, Field(alias="class", pattern=r"^((component|event):)?[0-9]{0,4}$")] = ""
    save: bool = False

    def question(self, request: Asked, *, by: str = "all", level: int = 6, step: str = "") -> Question:
        """The same within what the caller may see."""
        today = clock.in_city(clock.now()).date()
        last = self.to or today
        reach = scope.reach(request.caller, people=by == "person")
        kind, _, code = self.class_.rpartition(":")
        return questions.checked(
            Question(
                first=self.from_ or last.replace(day=1), last=last, by=by, level=level, step=step, place=self.place,
                unit_ids=tuple(subtree(self.unit)) if self.unit else (), class_kind=kind, class_code=code,
                areas=reach.areas, units=reach.units,
            )
        )  # fmt: skip


class Grouped(FiguresQuery):
    """Grouped by something; `level` is how many digits of the place name an area."""

    by: Literal["all", "unit", "area", "class", "person"] = "all"
    level: Annotated[int, Field(ge=4, le=15, description="4, 6, 9, 12 or 15")] = 6


class Drilled(Grouped):
    """The cases behind one figure: `part` is numerator, denominator, or rest (counted below and not above)."""

    part: Literal["numerator", "denominator", "rest"] = "numerator"
    group: Annotated[str, Field(max_length=60)] = ""
    cursor: Annotated[str, Field(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Leagued(FiguresQuery):
    """Units by one indicator; those with fewer than `least` counted cases are left out."""

    indicator: Annotated[str, Field(max_length=40)] = "handle_ontime_rate"
    least: Annotated[int, Field(ge=1, le=100_000)] = 1


class Trended(Grouped):
    """By day, week (from Monday) or month."""

    step: Literal["day", "week", "month"] = "week"


class Heated(FiguresQuery):
    """By area or cell."""

    level: Annotated[int, Field(ge=4, le=15, description="4, 6, 9, 12 or 15")] = 15


class Cite(Schema):
    """What the figures can be held to."""

    ledger_position: int
    checkpoint_size: int | None
    checkpoint: str | None
    query_version: str
    from_: Annotated[str, Field(alias="from")]
    to: str
    computed_at: str


class Answer(Schema):
    """One answer: the question, the figures, names of the groups (Chinese, English), and the citation."""

    form: int
    kind: str
    question: dict[str, Any]
    more: dict[str, Any]
    cite: Cite
    figures: dict[str, Any]
    names: dict[str, list[str]]


def _answered(kind: str, asking: FiguresQuery, question: Question, more: dict[str, Any] | None = None) -> HttpResponse:
    now = clock.now()
    found = answers.answer(kind, question, at=now, more=more)
    if not asking.save:
        return written(found)
    response = HttpResponse(orjson.dumps(found, option=orjson.OPT_INDENT_2), content_type="application/json")
    response.headers["Content-Disposition"] = (
        f'attachment; filename="statistics-{kind}-{question.first}-{question.last}.json"'
    )
    return response


@router.get("/statistics/indicators", response=Answer, by_alias=True)
def indicators(request: Asked, asking: Query[Grouped]) -> HttpResponse:
    """All 24 indicators by unit, area, class or person; `save` sends a file for `./gridloop statistics verify`."""
    return _answered("indicators", asking, asking.question(request, by=asking.by, level=asking.level))


@router.get("/statistics/indicators/{indicator}/cases", response=CasePage)
def counted(request: Asked, indicator: Annotated[str, Path(max_length=40)], asking: Query[Drilled]) -> HttpResponse:
    """The very cases that a figure counted, newest first."""
    question = asking.question(request, by=asking.by, level=asking.level)
    cursor = int(asking.cursor) if asking.cursor else None
    wanted = drill.Drill(_known(indicator), asking.part, asking.group, cursor, asking.limit)
    return written(drill.cases(question, wanted, at=clock.now()))


@router.get("/statistics/league", response=Answer, by_alias=True)
def league(request: Asked, asking: Query[Leagued]) -> HttpResponse:
    """Units by one indicator: raw, corrected for the mix of classes, and the ranks between which each stands."""
    more = {"indicator_id": _known(asking.indicator).id, "least": asking.least}
    return _answered("league", asking, asking.question(request, by="unit"), more)


@router.get("/statistics/trend", response=Answer, by_alias=True)
def trend(request: Asked, asking: Query[Trended]) -> HttpResponse:
    """All 24 by day, week or month."""
    return _answered("trend", asking, asking.question(request, by=asking.by, level=asking.level, step=asking.step))


@router.get("/statistics/heat", response=Answer, by_alias=True)
def heat(request: Asked, asking: Query[Heated]) -> HttpResponse:
    """How many cases, and how many overdue ones, each area or cell has."""
    return _answered("heat", asking, asking.question(request, by="area", level=asking.level))


@router.get("/statistics/stopclock", response=Answer, by_alias=True)
def stopclock(request: Asked, asking: Query[FiguresQuery]) -> HttpResponse:
    """Hours that the limit clock stood still, by unit and reason."""
    return _answered("stopclock", asking, asking.question(request, by="unit"))


@router.get("/statistics/punctuality", response=Answer, by_alias=True)
def punctuality(request: Asked, asking: Query[Grouped]) -> HttpResponse:
    """Which share of the cases was finished by each twentieth of the limit."""
    return _answered("punctuality", asking, asking.question(request, by=asking.by, level=asking.level))


@router.get("/statistics/report.{kind}", response={200: bytes})
def report(
    request: Asked,
    kind: Annotated[Literal["pdf", "xlsx"], Path()],
    month: Annotated[str, Query(max_length=10)],
    language: Annotated[Literal["zh", "en"] | None, Query()] = None,
) -> HttpResponse:
    """The monthly report within the caller's areas and units, ready to print."""
    spoken = language or ("zh" if request.caller.language.startswith("zh") else "en")
    made = content.gathered(month, scope.reach(request.caller), language=spoken, at=clock.now())
    data, content_type = made_as(kind, made)
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="gridloop-{month}-{spoken}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.get("/opendata/cases.{kind}", response={200: bytes})
def open_data(
    request: Asked,  # noqa: ARG001 - Ninja's signature
    kind: Annotated[Literal["csv", "geojson"], Path()],
    month: Annotated[str, Query(max_length=10)],
) -> StreamingHttpResponse:
    """The month's cases for everybody: no person, no text, no place finer than about 200 m."""
    response = StreamingHttpResponse(opendata.feed(month, kind, now=clock.now()), content_type=opendata.FORMATS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="cases-{month}.{kind}"'
    response.headers["Access-Control-Allow-Origin"] = "*"  # open data; nothing here hangs on a cookie
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _known(indicator: str) -> Any:
    found = BY_ID.get(indicator)
    if found is None:
        raise NotFound(
            f"there is no indicator '{indicator[:40]}'; there are: {', '.join(BY_ID)}",
            zh=f"没有指标“{indicator[:40]}”;可用:{'、'.join(BY_ID)}",
        )
    return found
