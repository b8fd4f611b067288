"""Time to breach: who enters a fence soon if speed and course stay as they are."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.fleet.judge.limits import MOVING_TENTHS, TENTHS
from gridloop.fleet.judge.look import Look
from gridloop.fleet.judge.runs import Raised
from gridloop.fleet.judge.watches import Key
from gridloop.fleet.judge.ways import Ahead
from gridloop.fleet.rules.kinds import RuleKind

HORIZON_S = 90.0


def breach_ahead(look: Look, rows: NDArray[np.int64], *, late: bool) -> Raised:
    """Which of these fixes lead into a fence within the horizon; what has come late is not asked, it is past."""
    found: Raised = {}
    if late:
        return found
    moving = rows[look.fixes["speed"][rows] > MOVING_TENTHS]
    for number, line in look.masters.lines_of(RuleKind.BREACH_AHEAD):
        mine = moving[look.masters.concern[number][look.vehicle[moving]]]
        horizon_s = max(float(version.row.params.get("horizon_s", HORIZON_S)) for version in line.versions)
        for row, fence, seconds in _entering(look, mine, look.masters.ahead[number], horizon_s):
            version = line.at(int(look.time[row]))
            if version is not None and seconds <= float(version.row.params.get("horizon_s", HORIZON_S)):
                found.setdefault(row, {})[Key(line.code, fence, late)] = {"enters_in_s": round(seconds, 1)}
    return found


def _entering(look: Look, rows: NDArray[np.int64], ahead: Ahead, horizon_s: float) -> list[tuple[int, int, float]]:
    """(row, fence id, seconds) of fixes outside of a fence whose straight way meets it."""
    if not len(rows) or not len(ahead.ids):
        return []
    fixes = look.fixes[rows]
    points_m = look.masters.index.flat.to_metres(np.column_stack([fixes["lon"], fixes["lat"]]))
    m_per_s = fixes["speed"] / (3.6 * TENTHS)
    course = np.radians(fixes["heading"].astype(np.float64))
    way_m = (m_per_s * horizon_s)[:, None] * np.column_stack([np.sin(course), np.cos(course)])
    paths = np.asarray(shapely.linestrings(np.stack([points_m, points_m + way_m], axis=1)), dtype=object)
    path, place = ahead.tree.query(paths, predicate="intersects")
    crossing = shapely.intersection(paths[path], ahead.polygons[place])
    away_m = np.asarray(shapely.distance(shapely.points(points_m[path]), crossing))
    coming = away_m > 0
    seconds = away_m[coming] / m_per_s[path[coming]]
    found = zip(rows[path[coming]].tolist(), ahead.ids[place[coming]].tolist(), seconds.tolist(), strict=True)
    return sorted(found)
