"""Declared routes: off the way, or on the way at a time that was not declared."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.fleet.judge.gate import NO_FENCE
from gridloop.fleet.judge.limits import MOVING_TENTHS
from gridloop.fleet.judge.lines import Version
from gridloop.fleet.judge.look import Look
from gridloop.fleet.judge.runs import Raised
from gridloop.fleet.judge.watches import Key
from gridloop.fleet.judge.ways import Way
from gridloop.fleet.rules.kinds import RuleKind

AROUND_S = 43_200  # half a day before and after a declared trip belongs to it (a constructed default)


def off_route(look: Look, rows: NDArray[np.int64], *, late: bool) -> Raised:
    """Which of these fixes lie off every route that is declared for their moment."""
    masters = look.masters
    found: Raised = {}
    lines = masters.lines_of(RuleKind.OFF_ROUTE)
    if not lines:
        return found
    for row in rows[masters.routed[look.vehicle[rows]]].tolist():
        vehicle, at_ms = int(look.vehicle[row]), int(look.time[row])
        ways = [way for way in masters.ways[vehicle] if way.in_time(at_ms)]
        codes = [line.code for number, line in lines if masters.concern[number, vehicle] and line.at(at_ms)]
        lonlat = np.array([[look.fixes["lon"][row], look.fixes["lat"][row]]])
        if ways and codes and all(way.off(lonlat)[0] for way in ways):
            detail = {"routes": [way.row.number for way in ways], "width_m": ways[0].row.width_m}
            found[row] = {Key(code, NO_FENCE, late): detail for code in codes}
    return found


def off_time(look: Look, rows: NDArray[np.int64], *, late: bool) -> Raised:
    """Which of these fixes are driven at a moment for which nothing is declared."""
    masters = look.masters
    found: Raised = {}
    lines = masters.lines_of(RuleKind.OFF_TIME)
    moving = rows[look.fixes["speed"][rows] > MOVING_TENTHS]
    for number, line in lines:
        for row in moving[masters.concern[number][look.vehicle[moving]]].tolist():
            at_ms = int(look.time[row])
            version = line.at(at_ms)
            detail = _untimely(version, masters.ways.get(int(look.vehicle[row]), ()), at_ms) if version else None
            if detail is not None:
                found.setdefault(row, {})[Key(line.code, NO_FENCE, late)] = detail
    return found


def _untimely(version: Version, ways: tuple[Way, ...], at_ms: int) -> dict[str, Any] | None:
    """The declared time that comes nearest, if the moment lies outside of it; a vehicle that declared nothing is left alone unless the rule says it must."""
    params = version.row.params
    if not ways:
        return {"declared": None} if params.get("must_declare") else None
    nearest = min(ways, key=lambda way: way.away_ms(at_ms))
    away_ms = nearest.away_ms(at_ms)
    if nearest.in_time(at_ms):
        return None
    if away_ms > 1000 * float(params.get("around_s", AROUND_S)) and not params.get("must_declare"):
        return None
    return {"declared": [nearest.row.number, nearest.row.from_ms, nearest.row.to_ms]}
