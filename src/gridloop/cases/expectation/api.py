"""How the web asks what a resident may expect."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from gridloop.cases.expectation import queries
from gridloop.cases.expectation.rules import DAYS
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.permits import Permits, public

router = Router(tags=["reports"])
PERMITS: Permits = {("GET", "/reports/expectation"): public()}
ASKED_PER_HOUR = 600


class Expectation(Schema):
    """Of the cases of the class that were reported in the area in the last `days`: how long half and nine tenths of them took to close.

    Natural seconds, night and holidays counted. `done` were closed, `waiting` are open and weigh in as not done yet;
    `duration_s_p90` is empty while too many wait to know it.
    """

    level: queries.Level
    area: str
    area_zh: str
    area_en: str
    days: int
    done: int
    waiting: int
    duration_s_p50: int
    duration_s_p90: int | None


class ExpectationAnswer(Schema):
    """Nothing is said where fewer than 20 were done in the whole city."""

    expectation: Expectation | None


@router.get("/reports/expectation", response=ExpectationAnswer)
def expect(
    request: HttpRequest,
    lon: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    lat: Annotated[float, Query(ge=-85, le=85, allow_inf_nan=False)],
    class_kind: Annotated[Literal["component", "event"], Query()],
    class_code: Annotated[str, Field(pattern=r"^[0-9]{4}$"), Query()],
) -> ExpectationAnswer:
    """How long cases of this class took here, from the city's own cases; for anybody, 600 times an hour."""
    by: Caller = request.caller  # type: ignore[attr-defined]  # set by CallerMiddleware
    now = clock.now()
    who = f"p{by.person_id}" if by.person_id is not None else identity.client_ip(request)
    identity.count_rate(f"expect:{who}", limit=ASKED_PER_HOUR, per_s=3600, now=now)
    found = queries.expectation(lon, lat, class_kind, class_code, now=now)
    if found is None:
        return ExpectationAnswer(expectation=None)
    seen = found.seen
    said = Expectation(
        level=found.level,
        area=found.area,
        area_zh=found.name.zh,
        area_en=found.name.en,
        days=DAYS,
        done=seen.done,
        waiting=seen.waiting,
        duration_s_p50=seen.duration_s_p50,
        duration_s_p90=seen.duration_s_p90,
    )
    return ExpectationAnswer(expectation=said)
