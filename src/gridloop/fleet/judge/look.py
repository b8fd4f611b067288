"""One window as the rules see it: the fixes, what the fence engine said of them, and the good fixes of a vehicle in their order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import Mark
from gridloop.engines.fences.state import State
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.teller import Spot
from gridloop.fleet.judge.told import Position, position

BAD = Mark.PLACE | Mark.TIME | Mark.REPEAT | Mark.JUMP | Mark.TOO_LATE


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """fixes: FIX rows as offered; vehicle (n,) rows of the masters, -1 for unknown ones; time (n,) ms; marks (n,); events: EVENT, `deciding` by row.

    good, late (n,): which are judged in their order, and which apart because they came late. known: positions by row as far as they were asked for: many rules look
    at the same fix.
    """

    masters: Masters
    fixes: NDArray[np.void]
    vehicle: NDArray[np.int64]
    time: NDArray[np.int64]
    marks: NDArray[np.uint8]
    good: NDArray[np.bool_]
    late: NDArray[np.bool_]
    events: NDArray[np.void]
    before: State
    after: State
    now_ms: int
    known: dict[int, Position] = field(default_factory=dict)

    def spot(self, row: int) -> Spot:
        """When and where a fix was."""
        return Spot(*self.position(row)[:3])

    def position(self, row: int) -> Position:
        """A fix as a position."""
        found = self.known.get(row)
        if found is None:
            found = self.known[row] = position(self.fixes[row])
        return found

    def rows_of(self, vehicles: Collection[int], *, late: bool) -> dict[int, Sights]:
        """The good (or the late) fixes of these vehicles by time; vehicles without any are left out."""
        found: dict[int, Sights] = {}
        if not vehicles:
            return found
        wanted = np.zeros(len(self.masters.whom), np.bool_)
        wanted[list(vehicles)] = True
        rows = np.flatnonzero((self.late if late else self.good) & wanted[self.vehicle])
        rows = rows[np.lexsort((self.time[rows], self.vehicle[rows]))]
        for who, at_ms, row in zip(self.vehicle[rows].tolist(), self.time[rows].tolist(), rows.tolist(), strict=True):
            sights = found.setdefault(who, Sights([], []))
            sights.times.append(at_ms)
            sights.rows.append(row)
        return found

    def positions(self, sights: Sights, until_ms: int, earlier: tuple[Position, ...]) -> tuple[Position, ...]:
        """The last three good fixes of a vehicle up to a moment; `earlier` ones came in windows before."""
        stop = bisect_left(sights.times, until_ms + 1)
        return (earlier + tuple([self.position(row) for row in sights.rows[max(0, stop - 3) : stop]]))[-3:]


@dataclass(slots=True)
class Sights:
    """Good fixes of one vehicle in a window: their moments, ascending, and their rows."""

    times: list[int]
    rows: list[int]

    def first_from(self, at_ms: int) -> int:
        """The place of the first one not before this moment; as many as there are, if there is none."""
        return bisect_left(self.times, at_ms)
