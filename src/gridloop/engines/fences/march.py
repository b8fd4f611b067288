"""Vehicles and fences marched through the table of stages, all pairs side by side, fix after fix."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.field import ON_BORDER
from gridloop.engines.fences.fixes import NEVER, Fixes
from gridloop.engines.fences.found import Pairs
from gridloop.engines.fences.index import Index, within_m
from gridloop.engines.fences.stages import CONFIRM_FIXES, EXIT_MARGIN_M, NEXT, TOLD, Kind, Seen, Stage
from gridloop.engines.fences.state import (
    EVENT,
    FENCE_BITS,
    NO_FIX,
    PAIR,
    UNSETTLED,
    Tracks,
    fence_of,
    key_of,
    vehicle_of,
)


class Watched(NamedTuple):
    """Fixes by vehicle and time, where they lie (metres, regions), which fences hold them, and which begin a new stretch (None: no one)."""

    fixes: Fixes
    points_m: NDArray[np.float64]
    region: NDArray[np.int32]
    pairs: Pairs
    afresh: NDArray[np.bool_] | None


class Rows(NamedTuple):
    """The vehicles of a window, ascending, and the rows of the first and the last fix of each."""

    who: NDArray[np.int64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


class Looks(NamedTuple):
    """Each pair of vehicle and fence at each fix of its vehicle: pair `p` holds the places first[p] to first[p] + size[p]."""

    first: NDArray[np.int64]
    size: NDArray[np.int64]
    fix: NDArray[np.int64]
    seen: NDArray[np.int8]


def marched(
    index: Index, tracks: Tracks, watched: Watched
) -> tuple[NDArray[np.void], NDArray[np.void], NDArray[np.int32]]:
    """(the pairs afterwards, the events, `settled` afterwards) of tracks after these fixes."""
    fixes = watched.fixes
    settled = tracks.settled
    if not len(fixes):
        return tracks.pairs, np.zeros(0, EVENT), settled
    ends = np.flatnonzero(np.concatenate([fixes.vehicle[1:] != fixes.vehicle[:-1], [True]]))
    begins = np.concatenate([[0], ends[:-1] + 1])
    who = fixes.vehicle[ends]
    old = _spans(tracks.pairs["key"], who)
    row, column = watched.pairs
    entered = key_of(fixes.vehicle[row], index.ids[column])
    pairs = _with_new(tracks.pairs[old], np.unique(entered))
    looks = _looks(index, watched, pairs, entered, Rows(who, begins, ends))
    pairs, events = _stepped(pairs, looks, watched)
    settled = settled.copy()
    calm = watched.region[ends].copy()
    last_seen = looks.seen[looks.first + looks.size - 1]
    restless = (pairs["stage"] != Stage.OUTSIDE) & ((pairs["stage"] != Stage.IN) | (last_seen != Seen.IN))
    calm[np.searchsorted(who, vehicle_of(pairs["key"][restless]))] = UNSETTLED
    settled[who] = np.where(calm == ON_BORDER, UNSETTLED, calm)
    kept = pairs[pairs["stage"] != Stage.OUTSIDE]
    return _replaced(tracks.pairs, old, kept), events, settled


def _spans(key: NDArray[np.int64], who: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the pairs of these vehicles (ascending) stand among all pairs."""
    first = np.searchsorted(key, who << FENCE_BITS)
    size = np.searchsorted(key, (who + 1) << FENCE_BITS) - first
    return np.repeat(first - np.cumsum(size) + size, size) + np.arange(int(size.sum()))


def _with_new(old: NDArray[np.void], entered: NDArray[np.int64]) -> NDArray[np.void]:
    """The pairs of before and those that a fix lies inside of for the first time, by key."""
    place = np.searchsorted(old["key"], entered)
    fresh = np.ones(len(entered), np.bool_)
    there = place < len(old)
    fresh[there] = old["key"][place[there]] != entered[there]
    new = np.zeros(int(fresh.sum()), PAIR)
    new["key"], new["deciding"] = entered[fresh], NO_FIX
    new["since"] = new["confirmed"] = new["left"] = NEVER
    both = np.concatenate([old, new])
    return both[np.argsort(both["key"], kind="stable")]


def _replaced(all_pairs: NDArray[np.void], old: NDArray[np.int64], kept: NDArray[np.void]) -> NDArray[np.void]:
    """All pairs with those at `old` replaced by `kept`, by key."""
    if len(old) == len(kept) and np.array_equal(all_pairs["key"][old], kept["key"]):
        same = all_pairs.copy()
        same[old] = kept
        return same
    rest = np.delete(all_pairs, old)
    return np.insert(rest, np.searchsorted(rest["key"], kept["key"]), kept)


def _looks(index: Index, watched: Watched, pairs: NDArray[np.void], entered: NDArray[np.int64], rows: Rows) -> Looks:
    """What each fix of a vehicle says of each of its pairs."""
    who, begins, ends = rows
    place = np.searchsorted(who, vehicle_of(pairs["key"]))
    size = ends[place] - begins[place] + 1
    first = np.cumsum(size) - size
    pair = np.repeat(np.arange(len(pairs)), size)
    fix = np.arange(int(size.sum())) - np.repeat(first - begins[place], size)
    seen = np.zeros(len(fix), np.int8)
    mine = np.searchsorted(pairs["key"], entered)
    row = watched.pairs[0]
    seen[first[mine] + row - begins[place[mine]]] = Seen.IN
    # Near or far matters only to a pair that is in, or can come in within these fixes.
    inside = np.bincount(mine, minlength=len(pairs))
    may_be_in = (pairs["stage"] >= Stage.IN) | (pairs["stage"] + inside >= CONFIRM_FIXES)
    doubtful = np.flatnonzero((seen == Seen.OUT) & may_be_in[pair])
    column = index.columns_of(fence_of(pairs["key"]))
    near = within_m(index, watched.points_m[fix[doubtful]], column[pair[doubtful]], EXIT_MARGIN_M)
    seen[doubtful[near]] = Seen.NEAR
    return Looks(first, size, fix, seen)


def _stepped(pairs: NDArray[np.void], looks: Looks, watched: Watched) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """All pairs taken through their looks, the first of all, the second of all, ...: (pairs afterwards, events)."""
    order = np.argsort(-looks.size, kind="stable")
    size = looks.size[order]
    now, first = pairs[order], looks.first[order]
    told = [np.zeros(0, EVENT)]
    for turn in range(int(size[0]) if len(size) else 0):
        count = int(np.searchsorted(-size, -turn, side="left"))
        look = first[:count] + turn
        told += _step(now[:count], looks.fix[look], looks.seen[look], watched)
    after = np.empty_like(now)
    after[order] = now
    return after, np.concatenate(told)


def _step(
    now: NDArray[np.void], fix: NDArray[np.int64], seen: NDArray[np.int8], watched: Watched
) -> list[NDArray[np.void]]:
    """Take pairs through one look each, in place: they are this window's own copy. Returns the events, if any."""
    if watched.afresh is not None:
        now["stage"] = np.where(watched.afresh[fix], Stage.OUTSIDE, now["stage"])
    stage = now["stage"]
    to, kind = NEXT[stage, seen], TOLD[stage, seen]
    changed = np.flatnonzero((to != stage) | (kind != Kind.NOTHING))
    if not len(changed):
        return []
    part, to, kind, at = now[changed], to[changed], kind[changed], fix[changed]
    time, name = watched.fixes.time[at], watched.fixes.name[at]
    part["since"] = np.where(kind == Kind.SUSPECTED_IN, time, part["since"])
    part["confirmed"] = np.where(kind == Kind.SUSPECTED_IN, NEVER, part["confirmed"])
    part["confirmed"] = np.where(kind == Kind.CONFIRMED_IN, time, part["confirmed"])
    part["left"] = np.where(kind == Kind.SUSPECTED_OUT, time, part["left"])
    part["left"] = np.where(kind == Kind.SUSPECTED_IN, NEVER, part["left"])
    deciding = np.column_stack([part["deciding"], name])
    events = _events(part, to, kind, time, deciding)
    part["deciding"] = deciding[:, 1:]
    over = (to == Stage.OUTSIDE) | (to == Stage.IN)
    part["deciding"][over] = NO_FIX
    part["left"][to == Stage.IN] = NEVER
    part["stage"] = to
    now[changed] = part
    return [events]


def _events(
    part: NDArray[np.void],
    to: NDArray[np.int8],
    kind: NDArray[np.int8],
    time: NDArray[np.int64],
    deciding: NDArray[np.int64],
) -> NDArray[np.void]:
    """What is told of pairs that changed."""
    tell = np.flatnonzero(kind != Kind.NOTHING)
    events = np.zeros(len(tell), EVENT)
    events["vehicle"], events["fence"] = vehicle_of(part["key"][tell]), fence_of(part["key"][tell])
    events["kind"], events["stage"], events["time"] = kind[tell], to[tell], time[tell]
    events["deciding"] = deciding[tell]
    for name in ("since", "confirmed", "left"):
        events[name] = part[name][tell]
    return events
