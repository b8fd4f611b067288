"""Counts over queues at past moments: how many until then, and how many stood before one by their due time."""

from __future__ import annotations

from bisect import bisect_left, insort

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SPAN = 1 << 36
"""More tenths of a second than any moment is away from the first, so that group and time fit into one int64."""


class Tally:
    """Moments by group, sorted once, so that "how many of this group until then" is two binary searches."""

    def __init__(self, groups: Numbers, at_s: Floats) -> None:
        """groups: int64 (events,), not negative; at_s: float64 (events,), epoch seconds; moments that are not finite never come."""
        come = np.isfinite(at_s)
        self._keys = np.sort(_keyed(groups[come], at_s[come]))

    def until(self, groups: Numbers, at_s: Floats) -> Numbers:
        """int64 (asked,): how many events of each group came at this moment or before it."""
        first = np.searchsorted(self._keys, groups * SPAN, side="left")
        return np.searchsorted(self._keys, _keyed(groups, at_s), side="right") - first

    def between(self, groups: Numbers, at_s: Floats, back_s: float) -> Numbers:
        """int64 (asked,): how many came in the last `back_s` seconds before each moment, that moment included."""
        return self.until(groups, at_s) - self.until(groups, at_s - back_s)


def _keyed(groups: Numbers, at_s: Floats) -> Numbers:
    # a tenth of a second is finer than any two events of one queue need to be told apart
    return groups * SPAN + np.clip(np.round(at_s * 10) + 1, 0, SPAN - 1).astype(np.int64)


def ahead_by_due(stays: tuple[Numbers, Floats, Floats, Floats], asked: tuple[Numbers, Floats, Floats]) -> Numbers:
    """How many stays of the same group were going on at each asked moment with an earlier due time.

    stays: group int64 (stays,), start, end (inf while it goes on) and due float64 (stays,), epoch seconds; a stay goes on from its start until
    just before its end. asked: group, moment, due, each (asked,). Returns int64 (asked,).
    """
    groups, starts, ends, dues = stays
    wanted, moments, limits = asked
    over = np.flatnonzero(np.isfinite(ends))
    kinds = np.concatenate([np.zeros(len(over)), np.ones(len(groups)), np.full(len(wanted), 2)])
    rows = np.concatenate([over, np.arange(len(groups)), np.arange(len(wanted))])
    order = np.lexsort((kinds, np.concatenate([ends[over], starts, moments])))
    standing: dict[int, list[float]] = {}
    found = np.zeros(len(wanted), dtype=np.int64)
    begun = np.zeros(len(groups), dtype=np.bool_)
    for kind, row in zip(kinds[order].tolist(), rows[order].tolist(), strict=True):
        if kind == 2:
            found[row] = bisect_left(standing.get(int(wanted[row]), []), float(limits[row]))
            continue
        queue = standing.setdefault(int(groups[row]), [])
        if kind == 1:
            if starts[row] < ends[row]:
                insort(queue, float(dues[row]))
                begun[row] = True
        elif begun[row]:
            queue.pop(bisect_left(queue, float(dues[row])))
    return found
