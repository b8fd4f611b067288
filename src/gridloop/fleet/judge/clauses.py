"""The clauses of the rest rule and their numbers: law as data, each with its source; a rule's params replace the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.calendars import FAR
from gridloop.fleet.judge.lines import Line


class Clause(NamedTuple):
    """A number of the rest rule: the parameter that sets it, its default, what it says, where that stands and how sure it is."""

    name: str
    param: str
    default: float | str
    says: str
    source: str
    confidence: str


REST_CLAUSES = (
    Clause(
        "continuous",
        "continuous_h",
        4.0,
        "hours of driving without a rest",
        "vehicle_rules.json day_continuous: 道路运输车辆动态监督管理办法",
        "high",
    ),
    Clause(
        "night_continuous",
        "night_h",
        2.0,
        "the same in the night (22:00-06:00)",
        "vehicle_rules.json day_continuous: by night (coach)",
        "high",
    ),
    Clause("day_total", "day_h", 8.0, "hours of driving in 24 hours", "vehicle_rules.json day_total (coach)", "high"),
    Clause(
        "week_total",
        "week_h",
        44.0,
        "hours of driving in 7 days",
        "vehicle_rules.json week_total: 道路旅客运输企业安全管理规范 Art. 38",
        "high",
    ),
    Clause(
        "night_stop",
        "stop",
        "02:00-05:00",
        "hours in which a long-distance coach stands",
        "vehicle_rules.json night_stop: Art. 38",
        "high",
    ),
)
"""In the order of their numbers. A rule's parameter replaces the default, null switches the clause off; `clauses` lists those in force (without it all but night_stop)."""
CLAUSES = tuple(clause.name for clause in REST_CLAUSES)
DAY_TOTAL, WEEK_TOTAL, NIGHT_STOP = 2, 3, 4
REST_MIN_MS = 20 * 60_000  # vehicle_rules.json, rest: 道路交通安全法实施条例 Art. 62 (high confidence)
HOUR_MS = 3_600_000
NO_LIMIT_MS = FAR // 4  # a moment may be added to it


class Limits(NamedTuple):
    """One version of one rest rule in numbers: NO_LIMIT_MS where a clause is off; stop_ms: ms of the day, (0, 0) for none; mask (v,): whom it concerns."""

    code: str
    mask: NDArray[np.bool_]
    from_ms: int
    to_ms: int
    continuous_ms: int
    night_ms: int
    day_ms: int
    week_ms: int
    stop_ms: tuple[int, int]


def limits_of(lines: Iterable[Line]) -> list[Limits]:
    """All versions of these rules."""
    found = []
    for line in lines:
        for version in line.versions:
            row = version.row
            said = [_number(row.params, clause) for clause in REST_CLAUSES]
            until = FAR if row.valid_to_ms is None else row.valid_to_ms
            day, night, total, week = (
                NO_LIMIT_MS if one is None else round(float(one) * HOUR_MS) for one in said[:NIGHT_STOP]
            )
            stop_ms = _span(said[NIGHT_STOP])
            found.append(Limits(line.code, version.mask, row.valid_from_ms, until, day, night, total, week, stop_ms))
    return found


def _number(params: Mapping[str, Any], clause: Clause) -> float | str | None:
    """The number of a clause in force in these params, None where it is off."""
    if clause.param in params:
        said = params[clause.param]
        return said if isinstance(said, (int, float, str)) else None
    chosen = params.get("clauses", CLAUSES[:NIGHT_STOP])
    return clause.default if clause.name in chosen else None


def _span(said: float | str | None) -> tuple[int, int]:
    if not isinstance(said, str):
        return 0, 0
    start, stop = (round((int(text[:2]) + int(text[3:]) / 60) * HOUR_MS) for text in said.split("-"))
    return start, stop
