"""What might become of the on-time rate when cases go to another unit, whose handling time for them nobody can know: an estimate with an interval.

Cases that keep their unit keep their own duration. A finished case that changes hands is given one of the new unit's:

* `resampled`: the new unit finished at least `OWN_LEAST` cases of this class itself: one of those durations, drawn anew in each of `REPLICATES`
  rounds from a bootstrap of them;
* `shifted`: too few of this class, but enough cases of all: the case's own duration times the ratio of the two units' pace (the median over a
  unit's cases of duration by the class's median), each pace from a bootstrap;
* `kept`: nothing to go by: the case's own duration, and counted as such.

The figure is the mean of the rounds, the interval their 2.5 and 97.5 per cent points. What it cannot know: that a unit with more work gets slower,
that easy cases may have stayed and hard ones moved, and that people learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gridloop.cases.simulation.rules.columns import NONE, Bools, Floats, Ints, Told

REPLICATES = 200
OWN_LEAST = 20
"""Durations of a unit in a class, or of a unit's pace, below which they say nothing."""
KEPT_MOST = 400
"""Durations of one pool that are drawn from: its quantiles when it has more."""
SHORTEST_S = 60.0
LOW, HIGH = 2.5, 97.5
METHODS = ("resampled", "shifted", "kept")


@dataclass(frozen=True)
class Estimate:
    """rounds: bool (REPLICATES, n) whether each of the n finished moved cases `rows` was in time; `unknown` rows keep their own duration."""

    rows: Ints
    rounds: Bools
    unknown: Ints
    methods: Mapping[str, int]

    def rates(self, groups: Ints, wanted: int, kept_ontime: Floats, due: Floats) -> list[dict[str, float] | None]:
        """Share, low and high of each of `wanted` groups; `groups` numbers the group of every case, None of groups with nothing due.

        kept_ontime, due: float (wanted,), cases in time that are not estimated, and all that count.
        """
        sums = np.zeros((self.rounds.shape[0], wanted))
        mine = groups[self.rows]
        for at in range(self.rounds.shape[0]):
            sums[at] = np.bincount(mine[self.rounds[at]], minlength=wanted)
        touched = np.bincount(mine, minlength=wanted) > 0
        shares = (sums + kept_ontime) / np.maximum(due, 1)
        low, high = np.percentile(shares, [LOW, HIGH], axis=0)
        mean = shares.mean(axis=0)
        return [
            {"rate": _rounded(mean[at]), "low": _rounded(low[at]), "high": _rounded(high[at])} if touched[at] and due[at] else None
            for at in range(wanted)
        ]  # fmt: skip


def _rounded(share: float) -> float:
    return round(float(share), 5)


def estimated(told: Told, counted: Bools, *, seed: int) -> Estimate:
    """Rounds for the finished cases that change hands and count for the rate; the same seed gives the same rounds."""
    mine = np.flatnonzero(told.moved & told.finished & counted & (told.to_unit != NONE) & np.isfinite(told.allowed_s))
    random = np.random.default_rng(seed)
    finished = np.flatnonzero(told.finished & np.isfinite(told.used_s) & ~told.removed)
    pools = _pools(told, finished)
    paces = _Paces(told, finished, random)
    rounds = np.zeros((REPLICATES, len(mine)), bool)
    known = np.zeros(len(mine), bool)
    methods = dict.fromkeys(METHODS, 0)
    for (to_unit, from_unit, class_at, natural), rows in sorted(_grouped(told, mine).items()):
        pool = pools.get((to_unit, class_at, natural))
        at = np.searchsorted(mine, rows)
        method = "kept"
        if pool is not None and len(pool) >= OWN_LEAST:
            method = "resampled"
            rounds[:, at] = _drawn(pool, len(rows), random) <= told.allowed_s[rows]
        elif (ratio := paces.ratio(to_unit, from_unit)) is not None:
            method = "shifted"
            rounds[:, at] = told.used_s[rows][None, :] * ratio[:, None] <= told.allowed_s[rows]
        known[at] = method != "kept"
        methods[method] += len(rows)
    return Estimate(mine[known], rounds[:, known], mine[~known], methods)


def _grouped(told: Told, rows: Ints) -> dict[tuple[int, int, int, bool], Ints]:
    """Rows by new unit, the unit that really handled them, class, and whether natural seconds count."""
    found: dict[tuple[int, int, int, bool], list[int]] = {}
    for row in rows.tolist():
        key = (int(told.to_unit[row]), int(told.recorded[row]), int(told.class_of[row]), bool(told.natural[row]))
        found.setdefault(key, []).append(row)
    return {key: np.array(mine, np.int64) for key, mine in found.items()}


def _pools(told: Told, finished: Ints) -> dict[tuple[int, int, bool], Floats]:
    """Durations by the unit that really handled, class and how time counts; a long pool is cut to its quantiles."""
    found: dict[tuple[int, int, bool], list[float]] = {}
    for row in finished.tolist():
        key = (int(told.recorded[row]), int(told.class_of[row]), bool(told.natural[row]))
        found.setdefault(key, []).append(float(told.used_s[row]))
    return {key: _thinned(np.sort(np.array(used))) for key, used in found.items()}


def _thinned(pool: Floats) -> Floats:
    if len(pool) <= KEPT_MOST:
        return pool
    return np.quantile(pool, (np.arange(KEPT_MOST) + 0.5) / KEPT_MOST)


def _drawn(pool: Floats, wanted: int, random: np.random.Generator) -> Floats:
    """(REPLICATES, wanted) durations, each round from its own bootstrap of the pool."""
    boot = pool[random.integers(len(pool), size=(REPLICATES, len(pool)))]
    return np.take_along_axis(boot, random.integers(len(pool), size=(REPLICATES, wanted)), axis=1)


class _Paces:
    """How fast units are beside the others: bootstrapped medians of duration by the class's median, worked out when they are asked for."""

    def __init__(self, told: Told, finished: Ints, random: np.random.Generator) -> None:
        used = np.log(np.maximum(told.used_s[finished], SHORTEST_S))
        kind = told.class_of[finished] * 2 + told.natural[finished]
        usual = np.zeros_like(used)
        for one in np.unique(kind):
            usual[kind == one] = np.median(used[kind == one])
        self._units = told.recorded[finished]
        self._ratios = used - usual
        self._random = random
        self._kept: dict[int, Floats | None] = {}

    def _pace(self, unit: int) -> Floats | None:
        if unit not in self._kept:
            mine = _thinned(np.sort(self._ratios[self._units == unit]))
            self._kept[unit] = (
                np.median(_drawn(mine, len(mine), self._random), axis=1) if len(mine) >= OWN_LEAST else None
            )
        return self._kept[unit]

    def ratio(self, to_unit: int, from_unit: int) -> Floats | None:
        """(REPLICATES,) by how much longer the one takes than the other; None where one of them is not known well enough."""
        ours, theirs = self._pace(to_unit), self._pace(from_unit)
        return None if ours is None or theirs is None else np.exp(ours - theirs)
