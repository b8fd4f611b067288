"""When few reports are too few: each series of daily counts against its own history, with the false alarms of all tests together held down.

A window of N days is compared with the same days of the week in the blocks before it. Counts vary more than a Poisson would, so the variance
is estimated (negative binomial), pooled over all series because eight blocks of one say little. The lower tail then takes in, too, that the
mean is only an estimate. Benjamini and Hochberg (1995) over all tested series keeps the expected share of false ones among the alarms
at `FALSE_SHARE`; a further condition, that less than half of the usual came, keeps out what is real but does not matter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
BLOCKS = 8
"""How many earlier windows the usual is taken from."""
BLOCKS_LEAST = 4
"""With fewer the spread cannot be told from chance, and nothing is judged."""
WEEK = 7
EXPECTED_LEAST = 5.0
"""Where fewer are expected even no report at all is too likely (e^-5 = 0.7 %) to stand out among many."""
ALARM_SHARE = 0.5
"""Only what falls below this share of the usual is worth somebody's way."""
FALSE_SHARE = 0.05
"""The promise: the expected share of false alarms among all alarms."""
SPREAD_FLOOR = 0.01
"""Least over-dispersion: weekly rates that vary by a tenth; no city is steadier, and eight blocks may look so by chance."""
PRIOR_BLOCKS = 7
"""How many blocks the pooled spread weighs against a series' own."""
CITY_WEIGHT = 20.0
"""How many reports the assumption weighs that the rest of the city is as usual."""
LOOK_BACK_DAYS = 28
"""How far back the beginning of a silence is looked for."""


@dataclass(frozen=True, slots=True)
class Windows:
    """A window of `days` days at the end of the counted ones, and the blocks of the same days of the week before it."""

    days: int
    blocks: int = BLOCKS

    @property
    def step(self) -> int:
        """Days from one block to the next: whole weeks."""
        return WEEK * math.ceil(self.days / WEEK)

    @property
    def total(self) -> int:
        """Days that must be counted."""
        return self.days + self.blocks * self.step

    def known_from(self, first: int) -> Windows:
        """The same with only those blocks that lie after the first day (its index) on which anything was reported."""
        return Windows(self.days, max(0, min(self.blocks, (self.total - self.days - first) // self.step)))

    def history(self, counts: Counts) -> Counts:
        """Sums of the blocks, the newest first. counts: int64 (series, days), the last day last. Returns int64 (series, blocks)."""
        end = counts.shape[1]
        ends = [end - at * self.step for at in range(1, self.blocks + 1)]
        sums = [counts[:, stop - self.days : stop].sum(axis=1) for stop in ends]
        return np.stack(sums, axis=1) if sums else np.zeros((len(counts), 0), np.int64)

    def usual(self, counts: Counts) -> Floats:
        """The mean of the blocks. counts: int64 (series, days). Returns float64 (series,)."""
        if not self.blocks:
            return np.zeros(len(counts))
        made: Floats = self.history(counts).mean(axis=1)
        return made


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found about each series; arrays (series,), q is 1 for those that were not tested."""

    observed: Counts
    usual: Floats
    expected: Floats
    p: Floats
    q: Floats
    tested: npt.NDArray[np.bool_]
    alarm: npt.NDArray[np.bool_]


def spread(history: Counts) -> Floats:
    """The over-dispersion a of each series (variance = m + a m2), by moments, its own drawn towards the pooled one and never below it.

    history: int64 (series, blocks), at least two blocks. Returns float64 (series,).
    """
    blocks = history.shape[1]
    mean, variance = history.mean(axis=1), history.var(axis=1, ddof=1)
    excess, square = variance - mean, mean * mean - variance / blocks
    total = float(square.sum())
    pooled = max(SPREAD_FLOOR, float(excess.sum()) / total) if total > 0 else SPREAD_FLOOR
    own = np.divide(np.maximum(excess, 0), square, out=np.full(len(mean), pooled), where=square > 0)
    drawn = (PRIOR_BLOCKS * pooled + (blocks - 1) * own) / (PRIOR_BLOCKS + blocks - 1)
    made: Floats = np.maximum(pooled, drawn)
    return made


def lower_tail(observed: int, mean: float, variance: float) -> float:
    """The chance of so few or fewer under a negative binomial (a Poisson when the variance is not larger than the mean); 1 from the mean on."""
    if observed >= mean:
        return 1.0
    steps = np.arange(observed, dtype=np.float64)
    if variance <= mean * (1 + 1e-9):
        first, ratios = -mean, np.log(mean / (steps + 1))
    else:
        size, share = mean * mean / (variance - mean), mean / variance
        first, ratios = size * math.log(share), np.log((steps + size) / (steps + 1) * (1 - share))
    logs = first + np.concatenate(([0.0], np.cumsum(ratios)))
    return float(min(1.0, np.exp(logs).sum()))


def false_shares(p: Floats) -> Floats:
    """The q value of each p value (Benjamini-Hochberg): the share of false ones to expect when everything up to it is told."""
    count = len(p)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * count / np.arange(1, count + 1)
    made = np.empty(count)
    made[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return made


def judged(counts: Counts, windows: Windows, city: Counts | None = None) -> Judged:
    """Which series report far below their own history.

    counts: int64 (series, days), as many days as `windows.total`. city: int64 (days,), all reports; when the rest of the city is quieter than
    usual too (a holiday, a storm), less is expected everywhere; a livelier city changes nothing.
    The whole itself has no rest, and is judged by its own history alone.
    """
    observed = counts[:, -windows.days :].sum(axis=1)
    usual = windows.usual(counts)
    tested = usual >= EXPECTED_LEAST if windows.blocks >= BLOCKS_LEAST else np.zeros(len(counts), bool)
    expected = usual * (_calm(counts, windows, city) if city is not None else 1.0)
    p, q = np.ones(len(counts)), np.ones(len(counts))
    if tested.any():
        a = spread(windows.history(counts)[tested])
        mean = expected[tested]
        # the second factor: the mean itself is known only from so many blocks
        variance = (mean + a * mean * mean) * (1 + 1 / windows.blocks)
        seen = observed[tested]
        p[tested] = [lower_tail(int(seen[at]), float(mean[at]), float(variance[at])) for at in range(len(mean))]
        q[tested] = false_shares(p[tested])
    alarm = tested & (q <= FALSE_SHARE) & (observed <= ALARM_SHARE * expected)
    return Judged(observed, usual, expected, p, q, tested, alarm)


def _calm(counts: Counts, windows: Windows, city: Counts) -> Floats:
    """How much of the usual the rest of the city has reported, at most 1: (series,)."""
    whole = np.vstack([city[None, :], counts])
    seen, usual = whole[:, -windows.days :].sum(axis=1), windows.usual(whole)
    rest_seen, rest_usual = seen[0] - seen[1:], usual[0] - usual[1:]
    made: Floats = np.clip((rest_seen + CITY_WEIGHT) / (rest_usual + CITY_WEIGHT), 0.0, 1.0)
    return made


def quiet_since(counts: Counts, windows: Windows) -> int:
    """The index of the day from which a series is most likely to report less: where the drop against its history is clearest.

    counts: int64 (days,). The day's usual is the mean of the same day of the week in the blocks.
    """
    end = len(counts)
    past = np.arange(max(0, end - windows.days - windows.blocks * windows.step), end - windows.days)
    by_weekday = np.array([counts[past[past % WEEK == rest]].mean() for rest in range(WEEK)])
    usual = by_weekday[np.arange(end) % WEEK]
    begin = max(0, end - max(LOOK_BACK_DAYS, windows.days))
    seen = np.cumsum(counts[begin:][::-1])[::-1].astype(np.float64)
    due = np.cumsum(usual[begin:][::-1])[::-1]
    likely = np.where(seen < due, due - seen + seen * np.log(np.maximum(seen, 1e-9) / np.maximum(due, 1e-9)), 0.0)
    return begin + int(np.argmax(likely))
