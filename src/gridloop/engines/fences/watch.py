"""One window of fixes against all fences: what happened, what is wrong with which fix, and the state afterwards.

Nothing that is given is changed: a caller who stores the events and then fails keeps the old state, and so has lost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.field import ON_BORDER
from gridloop.engines.fences.fixes import NEVER, Fixes, Mark, believed, plain_marks, turns
from gridloop.engines.fences.index import Index, asked, held
from gridloop.engines.fences.march import Watched, marched
from gridloop.engines.fences.state import UNSETTLED, State, Tracks

LATE_GAP_MS = 600_000
"""Fixes that came late belong to one stretch unless ten minutes lie between them (a constructed default)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """events: EVENT rows by time, vehicle and fence; marks: Mark of each fix given (n,) uint8; state: to be kept once the events are safe.

    asked: how many fixes had to be looked at with geometry.
    """

    events: NDArray[np.void]
    marks: NDArray[np.uint8]
    state: State
    asked: int


def advance(
    index: Index, state: State, fixes: Fixes, *, not_after: int | None = None, plainly: bool = False
) -> Outcome:
    """Judge a window of fixes in any order; `not_after` (ms): what claims to be newer has a wrong clock; `plainly`: every fix is asked.

    Refuses vehicles for which the state has no row.
    """
    if len(fixes) and not 0 <= int(fixes.vehicle.min()) <= int(fixes.vehicle.max()) < state.vehicles:
        message = f"the state has rows for vehicles 0 to {state.vehicles - 1}; widen it before judging fixes of others"
        raise ValueError(message)
    if state.base != index.base:
        state = _forgotten(state, index.base)
    marks = plain_marks(fixes, not_after)
    usable = marks == 0
    late = usable & (fixes.time < state.live.last.time[fixes.vehicle])
    order = np.lexsort((fixes.time, fixes.vehicle))
    live_rows = order[(usable & ~late)[order]]
    live, events, count = _followed(index, state.live, fixes, live_rows, marks, plainly=plainly)
    late_tracks = state.late
    if late.any():
        marks[late] |= np.uint8(Mark.LATE)
        late_tracks, more, late_count = _late(index, state.late, fixes, order[late[order]], marks, plainly=plainly)
        events, count = np.concatenate([events, more]), count + late_count
    events = events[np.lexsort((events["fence"], events["vehicle"], events["time"]))]
    return Outcome(events, marks, State(live, late_tracks, index.base), count)


def _forgotten(state: State, base: int) -> State:
    """The state for an index whose regions have other numbers."""
    blank = np.full(state.vehicles, UNSETTLED, np.int32)
    return State(replace(state.live, settled=blank), replace(state.late, settled=blank), base)


def _late(
    index: Index, tracks: Tracks, fixes: Fixes, rows: NDArray[np.int64], marks: NDArray[np.uint8], *, plainly: bool
) -> tuple[Tracks, NDArray[np.void], int]:
    """Fixes that came late, in a line of their own."""
    stale = fixes.time[rows] < tracks.last.time[fixes.vehicle[rows]]
    marks[rows[stale]] |= np.uint8(Mark.TOO_LATE)
    tracks, events, count = _followed(index, tracks, fixes, rows[~stale], marks, plainly=plainly, gap_ms=LATE_GAP_MS)
    events["late"] = True
    return tracks, events, count


def _followed(
    index: Index,
    tracks: Tracks,
    fixes: Fixes,
    rows: NDArray[np.int64],
    marks: NDArray[np.uint8],
    *,
    plainly: bool,
    gap_ms: int | None = None,
) -> tuple[Tracks, NDArray[np.void], int]:
    """Follow the vehicles along these rows (by vehicle and time); marks repeats and jumps."""
    vehicle, time = fixes.vehicle[rows], fixes.time[rows]
    repeat = time == tracks.last.time[vehicle]
    repeat[1:] |= (vehicle[1:] == vehicle[:-1]) & (time[1:] == time[:-1])
    marks[rows[repeat]] |= np.uint8(Mark.REPEAT)
    rows = rows[~repeat]
    before = tracks.last.time
    good, last = believed(fixes.of(rows), tracks.last)
    marks[rows[~good]] |= np.uint8(Mark.JUMP)
    kept = fixes.of(rows[good])
    points_m = index.flat.to_metres(kept.lonlat)
    region = np.full(len(kept), ON_BORDER, np.int32) if plainly else index.field.region_of(points_m)
    moving = (region == ON_BORDER) | (region != tracks.settled[kept.vehicle])
    if gap_ms is not None:
        moving[:] = True
    elif moving.any() and not moving.all():
        stirred = np.zeros(len(tracks.settled), np.bool_)
        stirred[kept.vehicle[moving]] = True
        moving = stirred[kept.vehicle]
    chosen = np.flatnonzero(moving)
    kept, points_m, region = kept.of(chosen), points_m[chosen], region[chosen]
    pairs = asked(index, points_m) if plainly else held(index, points_m, region)
    afresh = _afresh(kept, before, gap_ms) if gap_ms is not None else None
    pairs_after, events, settled = marched(index, tracks, Watched(kept, points_m, region, pairs, afresh))
    return Tracks(last, settled, pairs_after), events, int((region == ON_BORDER).sum())


def _afresh(fixes: Fixes, before: NDArray[np.int64], gap_ms: int) -> NDArray[np.bool_]:
    """Which fixes begin a new stretch: nothing that was held before them counts."""
    if not len(fixes):
        return np.zeros(0, np.bool_)
    then = before[fixes.vehicle]
    follows = np.flatnonzero(turns(fixes.vehicle) > 0)
    then[follows] = fixes.time[follows - 1]
    afresh: NDArray[np.bool_] = (then == NEVER) | (fixes.time - np.where(then == NEVER, 0, then) > gap_ms)
    return afresh
