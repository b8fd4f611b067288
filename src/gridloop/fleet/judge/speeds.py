"""Speed: the limit of a rule, of the vehicle's own papers, at night a share of it; in fences or everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.index import inside
from gridloop.fleet.judge.gate import NO_FENCE
from gridloop.fleet.judge.limits import TENTHS, limit_of
from gridloop.fleet.judge.lines import Line
from gridloop.fleet.judge.look import Look
from gridloop.fleet.judge.runs import Raised
from gridloop.fleet.judge.watches import Key
from gridloop.fleet.rules.kinds import RuleKind


def speeding(look: Look, rows: NDArray[np.int64], *, late: bool) -> Raised:
    """Which of these fixes are faster than a rule allows."""
    masters = look.masters
    found: Raised = {}
    lines = masters.lines_of(RuleKind.SPEED)
    fast = rows[look.fixes["speed"][rows] > masters.floors[look.vehicle[rows]]]
    if not lines or not len(fast):
        return found
    lonlat = np.column_stack([look.fixes["lon"][fast], look.fixes["lat"][fast]])
    place, column = inside(masters.index, lonlat)
    fences: dict[int, list[int]] = {}
    for row, fence in zip(fast[place].tolist(), masters.index.ids[column].tolist(), strict=True):
        fences.setdefault(row, []).append(fence)
    for number, line in lines:
        anywhere = any(not version.row.fences for version in line.versions)
        for row in fast[masters.concern[number][look.vehicle[fast]]].tolist():
            broken = _broken(look, line, row, fences.get(row, []), late=late) if anywhere or row in fences else {}
            if broken:
                found.setdefault(row, {}).update(broken)
    return found


def _broken(look: Look, line: Line, row: int, fences: list[int], *, late: bool) -> dict[Key, dict[str, Any]]:
    at_ms, vehicle = int(look.time[row]), int(look.vehicle[row])
    version = line.at(at_ms)
    if version is None:
        return {}
    speed, limit = float(look.fixes["speed"][row]) / TENTHS, limit_of(look.masters.whom, version, vehicle, at_ms)
    if speed <= limit:
        return {}
    detail = {"speed_kmh": speed, "limit_kmh": round(limit, 1)}
    here = [fence for fence in fences if fence in version.fences] if version.row.fences else [NO_FENCE]
    return {Key(line.code, fence, late): detail for fence in here}
