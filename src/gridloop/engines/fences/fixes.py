"""Fixes as they come in, and what is wrong with some of them: marked, kept out of the state, never dropped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.stages import CONFIRM_FIXES

JUMP_M_PER_S = 60.0  # 216 km/h: no road vehicle of the city
METRES_PER_DEGREE = 111_195.0  # mean radius of the earth; a jump is no matter of per mille
NEVER = np.iinfo(np.int64).min  # what NaT is as a number


class Mark(IntFlag):
    """What is special about a fix; only LATE ones are judged (apart), all others marked are kept out."""

    GOOD = 0
    PLACE = 1  # both coordinates zero, or none on earth
    TIME = 2  # no moment, or one in the future
    REPEAT = 4  # a second fix of the same vehicle and moment
    JUMP = 8  # faster than JUMP_M_PER_S from the last good fix
    LATE = 16  # older than the newest fix of its vehicle
    TOO_LATE = 32  # older than the newest late fix of its vehicle: stands in no order any more


@dataclass(frozen=True, slots=True)
class Fixes:
    """Fixes in the order of arrival: vehicle (n,) rows of the state, time (n,) ms since 1970 UTC by the device, lonlat (n, 2), name (n,).

    `name` is how the caller knows the fix (a row, a key); events name their deciding fixes by it.
    """

    vehicle: NDArray[np.int64]
    time: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    name: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.vehicle)

    def of(self, rows: NDArray[Any] | slice) -> Fixes:
        """Some of these fixes."""
        return Fixes(self.vehicle[rows], self.time[rows], self.lonlat[rows], self.name[rows])


def fixes_of(
    vehicle: NDArray[Any], time: NDArray[Any], lonlat: NDArray[Any], name: NDArray[Any] | None = None
) -> Fixes:
    """Fixes from columns; time as datetime64 of any unit (NaT: no moment) or as milliseconds; without `name`, their rows."""
    moments = np.asarray(time)
    if moments.dtype.kind == "M":
        moments = moments.astype("M8[ms]")
    return Fixes(
        np.asarray(vehicle, np.int64),
        moments.astype(np.int64),
        np.asarray(lonlat, np.float64).reshape(-1, 2),
        np.arange(len(moments)) if name is None else np.asarray(name, np.int64),
    )


def plain_marks(fixes: Fixes, not_after: int | None) -> NDArray[np.uint8]:
    """What is wrong with each fix by itself: its place or its time."""
    lon, lat = fixes.lonlat[:, 0], fixes.lonlat[:, 1]
    on_earth = (np.abs(lon) <= 180) & (np.abs(lat) < 90) & ~((lon == 0) & (lat == 0))
    untimely = fixes.time == NEVER
    if not_after is not None:
        untimely |= fixes.time > not_after
    marks: NDArray[np.uint8] = np.where(on_earth, 0, Mark.PLACE).astype(np.uint8)
    marks[untimely] |= np.uint8(Mark.TIME)
    return marks


@dataclass(frozen=True, slots=True)
class Last:
    """The last good fix of each vehicle, and the last one that was not believed: time (v,) ms or NEVER, lonlat (v, 2).

    doubts (v,): how many fixes, one after the other, agreed with each other but not with the last good one.
    """

    time: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    doubt_time: NDArray[np.int64]
    doubt_lonlat: NDArray[np.float64]
    doubts: NDArray[np.int8]


def believed(fixes: Fixes, last: Last) -> tuple[NDArray[np.bool_], Last]:
    """Which fixes (sorted by vehicle and time, no two at one moment) are no jumps, and the last ones after them.

    A place that CONFIRM_FIXES fixes running agree on is believed with the last of them: the vehicle was carried, or the earlier place was wrong.
    """
    vehicle = fixes.vehicle
    good = np.ones(len(fixes), np.bool_)
    if not len(fixes):
        return good, last
    begins = np.concatenate([[True], vehicle[1:] != vehicle[:-1]])
    time, place = last.time[vehicle], last.lonlat[vehicle]
    after = np.flatnonzero(~begins)
    time[after], place[after] = fixes.time[after - 1], fixes.lonlat[after - 1]
    strange = _too_fast(fixes.lonlat, fixes.time, place, time) | (last.doubts[vehicle] > 0)
    doubted = last
    if strange.any():
        good, doubted = _careful(fixes, last, np.isin(vehicle, vehicle[strange]), good)
    kept = np.flatnonzero(good)
    ends = kept[np.concatenate([vehicle[kept][1:] != vehicle[kept][:-1], [True]])] if len(kept) else kept
    new_time, new_place = last.time.copy(), last.lonlat.copy()
    new_time[vehicle[ends]], new_place[vehicle[ends]] = fixes.time[ends], fixes.lonlat[ends]
    return good, Last(new_time, new_place, doubted.doubt_time, doubted.doubt_lonlat, doubted.doubts)


def _careful(
    fixes: Fixes, last: Last, chosen: NDArray[np.bool_], good: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], Last]:
    """The same, fix after fix, for the vehicles among which something jumped."""
    rows = np.flatnonzero(chosen)
    vehicle, turn = fixes.vehicle[rows], turns(fixes.vehicle[rows])
    time, place = last.time.copy(), last.lonlat.copy()
    doubt_time, doubt_place, doubts = last.doubt_time.copy(), last.doubt_lonlat.copy(), last.doubts.copy()
    order = np.argsort(turn, kind="stable")
    edges = np.searchsorted(turn[order], np.arange(int(turn.max()) + 2))
    for start, stop in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        row, who = rows[order[start:stop]], vehicle[order[start:stop]]
        here, now = fixes.lonlat[row], fixes.time[row]
        agrees = ~_too_fast(here, now, place[who], time[who])
        again = (doubts[who] > 0) & ~_too_fast(here, now, doubt_place[who], doubt_time[who])
        running = np.where(again, doubts[who] + 1, 1)
        fine = agrees | (running >= CONFIRM_FIXES)
        good[row] = fine
        time[who[fine]], place[who[fine]] = now[fine], here[fine]
        doubts[who] = np.where(fine, 0, running)
        doubt_time[who[~fine]], doubt_place[who[~fine]] = now[~fine], here[~fine]
    return good, Last(time, place, doubt_time, doubt_place, doubts)


def turns(vehicle: NDArray[np.int64]) -> NDArray[np.int64]:
    """The how-manieth of its vehicle each row is, from 0, in rows sorted by vehicle."""
    if not len(vehicle):
        return np.empty(0, np.int64)
    begins = np.flatnonzero(np.concatenate([[True], vehicle[1:] != vehicle[:-1]]))
    size = np.diff(np.concatenate([begins, [len(vehicle)]]))
    return np.arange(len(vehicle)) - np.repeat(begins, size)


def _too_fast(
    here: NDArray[np.float64], now: NDArray[np.int64], there: NDArray[np.float64], then: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether it takes more than JUMP_M_PER_S to come from there to here; never from a place that is not known."""
    known = then != NEVER
    seconds = np.where(known, now - np.where(known, then, 0), 0) / 1000
    away_m = METRES_PER_DEGREE * np.hypot(
        (here[:, 0] - there[:, 0]) * np.cos(np.radians(here[:, 1])), here[:, 1] - there[:, 1]
    )
    fast: NDArray[np.bool_] = known & (away_m > JUMP_M_PER_S * seconds)
    return fast
