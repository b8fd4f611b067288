"""How the web asks which cases can still be saved, and how far the forecast can be believed."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from gridloop.cases.api.answers import written
from gridloop.cases.api.shapes import CaseRow
from gridloop.cases.evaluation.queries import scope
from gridloop.cases.forecast import queries
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permit, Permits, in_area

router = Router(tags=["forecast"])
READERS: Permit = in_area(*sorted(scope.DUTIES), api_scope="cases:read")
PERMITS: Permits = {("GET", "/forecast/cases"): READERS, ("GET", "/forecast/model"): READERS}
BIGGEST_ID = 2**63 - 1
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class ForecastQuery(Schema):
    """Which cases: `from` and `to` are probabilities; a page after `cursor`."""

    place: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""
    unit: Annotated[int, Field(ge=1, le=BIGGEST_ID)] | None = None
    from_: Annotated[Share, Field(alias="from")] = queries.SAVEABLE[0]
    to: Share = queries.SAVEABLE[1]
    limit: Annotated[int, Field(ge=1, le=queries.LIMIT_MAX)] = 50
    cursor: Annotated[str, Field(max_length=100)] = ""


class ForecastReason(Schema):
    """One reason that raises the probability, in words."""

    code: str
    zh: str
    en: str


class ForecastRow(CaseRow):
    """A case with the probability that its unit finishes it late, what weighs most, and when that was worked out."""

    late_probability: Share
    why: list[ForecastReason]
    forecast_at: dt.datetime


class ForecastPage(Schema):
    """The likeliest to be late first; `next` goes into `cursor`."""

    items: list[ForecastRow]
    next: str | None


class ReliabilityLine(Schema):
    """Of the held-back rows said to lie between two shares: how many, what was said on average, how many were late."""

    from_share: float
    to_share: float
    rows: int
    said: float
    late: float


class StageLine(Schema):
    """Marks at one share of the limit."""

    share: float
    rows: int
    late: float
    brier: float
    brier_base: float
    brier_stage: float


class ForecastTraining(Schema):
    """One training with its marks on the newest 30 %; a smaller Brier score is better.

    `brier_base` is what the class's base rate scores on the same rows, `brier_stage` the base rate of class and share of the limit.
    """

    id: int
    trained_at: dt.datetime
    since: dt.datetime
    until: dt.datetime
    samples: int
    tested: int
    brier: float
    brier_base: float
    brier_stage: float
    reliability: list[ReliabilityLine]
    stages: list[StageLine]
    current: bool
    reason: str


class ForecastModelAnswer(Schema):
    """The model that stands (none before the first one that beats the base rate), the last training, the usual thresholds of the list."""

    current: ForecastTraining | None
    last: ForecastTraining | None
    saveable: list[float]


@router.get("/forecast/cases", response=ForecastPage)
def cases(request: Asked, wanted: Query[ForecastQuery]) -> HttpResponse:
    """Cases in hand within the caller's areas and units that may still be saved, the likeliest to be late first."""
    asked = queries.Wanted(wanted.place, wanted.unit, wanted.from_, wanted.to, wanted.limit, wanted.cursor)
    return written(queries.cases(asked, scope.reach(request.caller), now=clock.now()))


@router.get("/forecast/model", response=ForecastModelAnswer)
def model(request: Asked) -> dict[str, Any]:  # noqa: ARG001 - Ninja passes it
    """How good the forecast is on cases that it had not seen."""
    return queries.model()
