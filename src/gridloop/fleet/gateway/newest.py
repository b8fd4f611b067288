"""The newest position of every vehicle: which rows may be there already, and which last positions are to be written next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.gateway.reading import stored_moment
from gridloop.fleet.intake import FIX, NO_MOMENT

ROUND_MS = 10_000
"""Every last position is written once in so long, a share of them with each window: one flush of all would make a transaction wait."""
Numbers = npt.NDArray[Any]


class Newest:
    """Columns by vehicle id. `floor_ms`: what was stored before this process began; not newer rows are checked. `share`: one in so many is written a window."""

    def __init__(self, floor_ms: int, window_ms: int) -> None:
        self.floor_ms = floor_ms
        self.share = max(1, ROUND_MS // window_ms)
        self.turn = 0
        self.at = np.full(1024, floor_ms)
        self.fix = np.zeros(1024, FIX)
        self.changed = np.zeros(1024, np.bool_)

    def hold(self, vehicle: int) -> None:
        """Make room for this id."""
        room = len(self.at)
        while room <= vehicle:
            room *= 2
        more = room - len(self.at)
        if more:
            self.at = np.concatenate([self.at, np.full(more, self.floor_ms)])
            self.fix = np.concatenate([self.fix, np.zeros(more, FIX)])
            self.changed = np.concatenate([self.changed, np.zeros(more, np.bool_)])

    def ahead(self, rows: Iterable[tuple[int, int]]) -> None:
        """Vehicles (id, ms) whose stored positions are newer than the floor: their clocks run ahead of ours."""
        for vehicle, at_ms in rows:
            self.hold(vehicle)
            self.at[vehicle] = max(int(self.at[vehicle]), at_ms)

    def checked(self, fixes: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
        """Which of these may be stored already: not newer than the newest of their vehicle. Call before `take`."""
        if len(fixes):
            self.hold(int(fixes["vehicle"].max()))
        old: npt.NDArray[np.bool_] = stored_moment(fixes) <= self.at[fixes["vehicle"]]
        return old

    def take(self, fixes: npt.NDArray[np.void]) -> None:
        """These are on their way to the table; those without a mark become last positions."""
        np.maximum.at(self.at, fixes["vehicle"], stored_moment(fixes))
        good = fixes[(fixes["marks"] == 0) & (fixes["at"] != NO_MOMENT)]
        good = good[np.argsort(good["at"], kind="stable")]
        vehicle = good["vehicle"]
        newer = good["at"] >= self.fix["at"][vehicle]
        self.fix[vehicle[newer]] = good[newer]
        self.changed[vehicle[newer]] = True

    def next_last(self, *, everything: bool = False) -> npt.NDArray[np.void]:
        """The last positions whose turn it is; turns go on in windows without a frame, or who fell silent would never be written."""
        self.turn += 1
        if everything:
            rows = np.flatnonzero(self.changed)
        else:
            begins = self.turn % self.share
            rows = begins + self.share * np.flatnonzero(self.changed[begins :: self.share])
        self.changed[rows] = False
        return self.fix[rows]


def first_of_each(fixes: npt.NDArray[np.void]) -> npt.NDArray[np.int64]:
    """Rows of a window without those whose key (vehicle, moment, serial) stands in it before; in their order."""
    if len(fixes) < 2:
        return np.arange(len(fixes))
    columns = (fixes["serial"], stored_moment(fixes), fixes["vehicle"])
    order = np.lexsort(columns)
    same = np.ones(len(fixes) - 1, np.bool_)
    for column in columns:
        inside = column[order]
        same &= inside[1:] == inside[:-1]
    kept = np.ones(len(fixes), np.bool_)
    kept[order[1:][same]] = False
    return np.flatnonzero(kept)
