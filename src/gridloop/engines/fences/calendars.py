"""When a rule is in force: weekly hours and single spans of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEEK_MS = 7 * 86_400_000
MONDAY_MS = 4 * 86_400_000  # 1970-01-05 was the first Monday
CITY_EAST_MS = 8 * 3_600_000  # Asia/Shanghai has known no other offset since 1992


@dataclass(frozen=True, slots=True)
class Calendar:
    """weekly: (from, to) in ms since Monday 00:00 of the city, `to` may lie beyond Sunday; once: (from, to) in ms since 1970 UTC.

    Moments from `from` on and before `to` are in force; a calendar without any spans is always in force.
    """

    weekly: Sequence[tuple[int, int]] = ()
    once: Sequence[tuple[int, int]] = ()

    def in_force(self, time: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which moments (ms) lie in a span."""
        found = np.full(len(time), not (self.weekly or self.once))
        of_week = (time + CITY_EAST_MS - MONDAY_MS) % WEEK_MS
        for start, stop in self.weekly:
            found |= (of_week - start) % WEEK_MS < stop - start
        for start, stop in self.once:
            found |= (time >= start) & (time < stop)
        return found

    def first_in_force(self, since: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first moment in force from each moment on, FAR where there is none any more."""
        return np.where(self.in_force(since), since, self.next_start(since))

    def next_start(self, after: NDArray[np.int64]) -> NDArray[np.int64]:
        """When the next span starts after each moment, FAR where none does."""
        first = np.full(len(after), FAR)
        of_week = (after + CITY_EAST_MS - MONDAY_MS) % WEEK_MS
        for start, _ in self.weekly:
            first = np.minimum(first, after + (start - of_week - 1) % WEEK_MS + 1)
        for start, _ in self.once:
            first = np.where(start > after, np.minimum(first, start), first)
        return first


FAR = np.iinfo(np.int64).max
ALWAYS = Calendar()
