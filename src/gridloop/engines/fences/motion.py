"""Rules over how vehicles move: speed inside a fence, two that gather, and how long until a border is reached."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import NEVER, Fixes, turns
from gridloop.engines.fences.index import Index, inside
from gridloop.engines.fences.state import fence_of, key_of, vehicle_of
from gridloop.engines.fences.stays import Breaches

NEIGHBOURS = ((0, 0), (1, 0), (-1, 1), (0, 1), (1, 1))


class Runs(NamedTuple):
    """How many fixes running a vehicle was too fast in a fence: key (vehicle << 32 | fence id) ascending, running."""

    key: NDArray[np.int64]
    running: NDArray[np.int64]


class Meetings(NamedTuple):
    """Pairs of vehicles that are close: the lower row, the higher row, ms since when, whether that was told; sorted by rows."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    since: NDArray[np.int64]
    told: NDArray[np.bool_]


NO_RUNS = Runs(np.zeros(0, np.int64), np.zeros(0, np.int64))
NO_MEETINGS = Meetings(*(np.zeros(0, np.int64),) * 3, np.zeros(0, np.bool_))


def speeding(
    index: Index,
    fixes: Fixes,
    speed_kmh: NDArray[np.float64],
    limit_kmh: NDArray[np.float64],
    runs: Runs,
    *,
    fixes_min: int,
) -> tuple[Breaches, Runs]:
    """Who was faster than a fence's limit (by column, inf for none) for `fixes_min` fixes running; told once a run.

    fixes: good ones, in any order; a fix that is slower or outside ends the run. Returns the breaches and the runs to be given with the next window.
    """
    order = np.lexsort((fixes.time, fixes.vehicle))
    fixes, speed_kmh = fixes.of(order), np.asarray(speed_kmh, np.float64)[order]
    carried = np.isin(fixes.vehicle, vehicle_of(runs.key))
    fast = speed_kmh > limit_kmh.min(initial=np.inf)
    mine = np.isin(fixes.vehicle, fixes.vehicle[fast]) | carried
    fixes, speed_kmh = fixes.of(mine), speed_kmh[mine]
    turn = turns(fixes.vehicle)
    row, column = inside(index, fixes.lonlat)
    over = speed_kmh[row] > limit_kmh[column]
    row, column = row[over], column[over]
    key = key_of(fixes.vehicle[row], index.ids[column])
    by_key = np.lexsort((row, key))
    key, row = key[by_key], row[by_key]
    follows = np.zeros(len(key), np.bool_)
    follows[1:] = (key[1:] == key[:-1]) & (row[1:] == row[:-1] + 1)
    begins = np.flatnonzero(~follows)
    stretch = np.cumsum(~follows) - 1
    count = np.arange(len(key)) - begins[stretch] + 1 if len(key) else np.zeros(0, np.int64)
    earlier = dict(zip(runs.key.tolist(), runs.running.tolist(), strict=True))
    first = turn[row[begins]] == 0
    head = np.array([earlier.get(one, 0) for one in key[begins].tolist()], np.int64) * first
    count = count + head[stretch] if len(key) else count
    told = count == fixes_min
    last = np.append(fixes.vehicle[1:] != fixes.vehicle[:-1], True)[row] if len(fixes) else np.zeros(0, np.bool_)
    untouched = ~np.isin(vehicle_of(runs.key), fixes.vehicle)
    new_key, new_count = np.append(key[last], runs.key[untouched]), np.append(count[last], runs.running[untouched])
    sort = np.argsort(new_key)
    return Breaches(fixes.vehicle[row[told]], fence_of(key[told]), fixes.time[row[told]]), Runs(
        new_key[sort], new_count[sort]
    )


def close_pairs(points_m: NDArray[np.float64], within_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of points (n, 2) no further apart than `within_m`, lower row first, sorted: each square of a grid is compared with its neighbours alone."""
    square = np.floor(points_m / within_m).astype(np.int64)
    square -= square.min(axis=0) - 1 if len(square) else 0
    stride = int(square[:, 0].max(initial=0)) + 2
    number = square[:, 1] * stride + square[:, 0]
    order = np.argsort(number, kind="stable")
    sorted_number = number[order]
    ones, others = [], []
    for east, north in NEIGHBOURS:
        wanted = number + north * stride + east
        first, last = np.searchsorted(sorted_number, wanted), np.searchsorted(sorted_number, wanted, side="right")
        size = last - first
        one = np.repeat(np.arange(len(number)), size)
        other = order[np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size - first, size)]
        kept = one < other if (east, north) == (0, 0) else np.ones(len(one), np.bool_)
        ones.append(one[kept])
        others.append(other[kept])
    one, other = np.concatenate(ones), np.concatenate(others)
    near = np.hypot(*(points_m[one] - points_m[other]).T) <= within_m
    low, high = np.minimum(one, other)[near], np.maximum(one, other)[near]
    sort = np.lexsort((high, low))
    return low[sort], high[sort]


def gathering(
    points_m: NDArray[np.float64],
    time: NDArray[np.int64],
    marked: NDArray[np.bool_],
    meetings: Meetings,
    *,
    within_m: float,
    lasting_ms: int,
    now: int,
    fresh_ms: int,
) -> tuple[Meetings, Meetings]:
    """Marked vehicles that have been within `within_m` of each other for `lasting_ms`: (those told now, all that are close now).

    points_m (v, 2), time (v,) ms: the last good fix of each vehicle; older than `fresh_ms` says nothing of where it is now. Give the second answer with
    the next question, which tells of each meeting once.
    """
    chosen = np.flatnonzero(marked & (time != NEVER) & (time >= now - fresh_ms) & (time <= now))
    low, high = close_pairs(points_m[chosen], within_m)
    low, high = chosen[low], chosen[high]
    known = key_of(meetings.one, meetings.other)
    key = key_of(low, high)
    since, told = np.maximum(time[low], time[high]), np.zeros(len(key), np.bool_)
    if len(known):
        place = np.minimum(np.searchsorted(known, key), len(known) - 1)
        same = known[place] == key
        since[same], told[same] = meetings.since[place[same]], meetings.told[place[same]]
    due = ~told & (np.maximum(time[low], time[high]) - since >= lasting_ms)
    close = Meetings(low, high, since, told | due)
    return Meetings(low[due], high[due], since[due], close.told[due]), close


def seconds_to_border(
    index: Index,
    lonlat: NDArray[np.float64],
    speed_kmh: NDArray[np.float64],
    course_deg: NDArray[np.float64],
    *,
    horizon_s: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Which fences will be entered by whom (row, column) in how many seconds, if speed and course (clockwise from north) stay as they are.

    Only within the horizon, and never of fences that the vehicle is in already.
    """
    points_m = index.flat.to_metres(np.asarray(lonlat, np.float64).reshape(-1, 2))
    m_per_s = np.asarray(speed_kmh, np.float64) / 3.6
    moving = np.flatnonzero(m_per_s > 0)
    course = np.radians(np.asarray(course_deg, np.float64))
    ahead = points_m + (m_per_s * horizon_s)[:, None] * np.column_stack([np.sin(course), np.cos(course)])
    paths = np.asarray(shapely.linestrings(np.stack([points_m, ahead], axis=1)[moving]), dtype=object)
    standing = np.flatnonzero(index.alive)
    tree = shapely.STRtree(index.polygons[standing])
    path, place = tree.query(paths, predicate="intersects")
    row, column = moving[path], standing[place]
    crossing = shapely.intersection(paths[path], index.polygons[column])
    away_m = np.asarray(shapely.distance(shapely.points(points_m[row]), crossing))
    coming = away_m > 0
    row, column, seconds = row[coming], column[coming], away_m[coming] / m_per_s[row[coming]]
    order = np.lexsort((column, row))
    return row[order], column[order], seconds[order]
