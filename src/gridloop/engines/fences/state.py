"""What is held of all vehicles and fences between two windows: arrays that are never changed, only replaced."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import NEVER, Last
from gridloop.engines.fences.stages import CONFIRM_FIXES, Kind, Stage

UNSETTLED = -1
FENCE_BITS = 32
NO_FIX = -1
PAIR = np.dtype(
    [
        ("key", np.int64),  # vehicle << 32 | fence id
        ("stage", np.int8),  # Stage; a pair that is OUTSIDE is not kept
        ("since", np.int64),  # ms: the first fix inside
        ("confirmed", np.int64),  # ms: when that was confirmed, NEVER until then
        ("left", np.int64),  # ms: the first fix outside, NEVER while nothing speaks for it
        ("deciding", np.int64, (CONFIRM_FIXES - 1,)),  # the fixes of the suspicion so far, by name, the last one last
    ]
)
EVENT = np.dtype(
    [
        ("vehicle", np.int64),
        ("fence", np.int64),  # id
        ("kind", np.int8),  # Kind
        ("stage", np.int8),  # Stage after it
        ("time", np.int64),  # ms, by the device: of the fix that decided it
        ("since", np.int64),  # ms: the first fix inside
        ("confirmed", np.int64),  # ms: when being inside was confirmed, NEVER if it was not
        ("left", np.int64),  # ms: the first fix outside, NEVER if there is none
        ("deciding", np.int64, (CONFIRM_FIXES,)),  # names of the deciding fixes, the last one last, NO_FIX before them
        ("late", np.bool_),  # judged from fixes that came late
    ]
)


@dataclass(frozen=True, slots=True)
class Tracks:
    """One line of fixes a vehicle. settled (v,) int32: the region of the last fix if all is as the region says, else UNSETTLED; pairs: PAIR by key."""

    last: Last
    settled: NDArray[np.int32]
    pairs: NDArray[np.void]


@dataclass(frozen=True, slots=True)
class State:
    """All vehicles (rows 0 to v - 1): the fixes in their order, and the line of those that came late; base: whose regions `settled` names."""

    live: Tracks
    late: Tracks
    base: int

    @property
    def vehicles(self) -> int:
        """How many rows there are."""
        return len(self.live.settled)


def no_state(vehicles: int) -> State:
    """Nothing is known of so many vehicles."""
    return State(_no_tracks(vehicles), _no_tracks(vehicles), 0)


def widened(state: State, vehicles: int) -> State:
    """The state with room for more vehicles."""
    more = vehicles - state.vehicles
    return replace(state, live=_joined(state.live, more), late=_joined(state.late, more)) if more > 0 else state


def expired(state: State, ids: NDArray[np.int64], at: int) -> tuple[NDArray[np.void], State]:
    """The exits of everyone inside fences that end `at` ms, and the state without them; suspicions are withdrawn."""
    pairs = state.live.pairs
    ends = np.isin(fence_of(pairs["key"]), ids)
    gone = pairs[ends]
    events = np.zeros(len(gone), EVENT)
    events["vehicle"], events["fence"] = vehicle_of(gone["key"]), fence_of(gone["key"])
    events["kind"] = np.where(gone["stage"] >= Stage.IN, Kind.CONFIRMED_OUT, Kind.WITHDRAWN)
    events["time"], events["deciding"] = at, NO_FIX
    for name in ("since", "confirmed"):
        events[name] = gone[name]
    events["left"] = np.where(gone["left"] == NEVER, at, gone["left"])
    late = state.late.pairs
    still = ~np.isin(fence_of(late["key"]), ids)
    return events, replace(
        state, live=replace(state.live, pairs=pairs[~ends]), late=replace(state.late, pairs=late[still])
    )


def key_of(vehicle: NDArray[np.int64], fence: NDArray[np.int64]) -> NDArray[np.int64]:
    """Vehicle and fence as one number."""
    return vehicle << FENCE_BITS | fence


def vehicle_of(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """The vehicle in such a number."""
    return key >> FENCE_BITS


def fence_of(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """The fence's id in such a number."""
    return key & ((1 << FENCE_BITS) - 1)


def _no_tracks(vehicles: int) -> Tracks:
    never = np.full(vehicles, NEVER)
    last = Last(never, np.zeros((vehicles, 2)), never, np.zeros((vehicles, 2)), np.zeros(vehicles, np.int8))
    return Tracks(last, np.full(vehicles, UNSETTLED, np.int32), np.zeros(0, PAIR))


def _joined(tracks: Tracks, more: int) -> Tracks:
    blank = _no_tracks(more)

    def both(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([one, other])

    one, other = tracks.last, blank.last
    last = Last(
        both(one.time, other.time),
        both(one.lonlat, other.lonlat),
        both(one.doubt_time, other.doubt_time),
        both(one.doubt_lonlat, other.doubt_lonlat),
        both(one.doubts, other.doubts),
    )
    return Tracks(last, both(tracks.settled, blank.settled), tracks.pairs)
