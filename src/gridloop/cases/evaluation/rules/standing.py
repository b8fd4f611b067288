"""Comparing units fairly: how sure a share is, what it would be with everybody's mix of classes, and between which ranks a unit stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Z_95 = 1.959964
"""Two-sided 95 %."""
DRAWS = 1000
SEED = 20261122
"""Fixed, so that the same figures give the same ranks."""
PEERS_LEAST = 0.1
"""A unit of which others do less of the same work than this share has no corrected rank: nobody does what it does. Our own choice."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit: its raw share, the corrected one with its interval, and the best and worst rank that 90 % of the draws give.

    `peers` is which share of other cases of its classes is done by others; under PEERS_LEAST it does work that nobody else does: it cannot be
    compared and has no corrected rank. `raw_rank` is among all.
    """

    raw: float
    raw_low: float
    raw_high: float
    expected: float
    corrected: float
    corrected_low: float
    corrected_high: float
    rank: int | None
    raw_rank: int
    rank_best: int | None
    rank_worst: int | None
    peers: float


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which behaves at 0, at 1 and for few cases; (0, 1) of nothing."""
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, Z_95 * Z_95
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = Z_95 * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials)) / (1 + z2 / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def expected(trials: npt.NDArray[np.int64], successes: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """How many each unit would have reached, had it done as well in each class as the whole city: indirect standardisation.

    trials, successes: int64 (units, classes). Returns float64 (units,).
    """
    of_class = trials.sum(axis=0)
    rate = np.divide(successes.sum(axis=0), of_class, out=np.zeros(len(of_class)), where=of_class > 0)
    made: npt.NDArray[np.float64] = trials @ rate
    return made


def standings(
    trials: npt.NDArray[np.int64], successes: npt.NDArray[np.int64], *, high_is_good: bool = True
) -> list[Standing]:
    """Where each unit stands, in the order given. trials, successes: int64 (units, classes); every unit has a trial.

    Corrected = observed / expected x the city's share, at most 1. Ranks are drawn: each unit's share from its Beta posterior (Jeffreys),
    corrected by the same factor, ranked among those that can be compared; the middle 90 % of its ranks is its interval.
    """
    count = trials.sum(axis=1)
    done = successes.sum(axis=1)
    due = expected(trials, successes)
    overall = float(done.sum() / count.sum())
    factor = np.divide(count * overall, due, out=np.ones(len(due)), where=due > 0)
    raw = done / count
    corrected = np.minimum(1.0, raw * factor)
    drawn = np.random.default_rng(SEED).beta(done + 0.5, count - done + 0.5, size=(DRAWS, len(count))) * factor
    others = (trials * (1 - trials / np.maximum(trials.sum(axis=0), 1))).sum(axis=1) / count
    sign = -1 if high_is_good else 1
    raw_order = _ranks(sign * raw)
    ranked = _ranked(sign * corrected, sign * drawn, np.flatnonzero(others >= PEERS_LEAST))
    found = []
    for at in range(len(count)):
        low, high = wilson(int(done[at]), int(count[at]))
        scale = float(factor[at])
        rank, best, worst = ranked.get(at, (None, None, None))
        found.append(
            Standing(
                raw=_five(raw[at]), raw_low=_five(low), raw_high=_five(high), expected=_five(due[at] / count[at]),
                corrected=_five(corrected[at]), corrected_low=_five(min(1.0, low * scale)), corrected_high=_five(min(1.0, high * scale)),
                rank=rank, raw_rank=raw_order[at], rank_best=best, rank_worst=worst, peers=_five(others[at]),
            )
        )  # fmt: skip
    return found


def _ranked(
    keys: npt.NDArray[np.float64], drawn: npt.NDArray[np.float64], compared: npt.NDArray[np.intp]
) -> dict[int, tuple[int, int, int]]:
    """Rank and the interval of ranks of each unit that can be compared, by its place."""
    if len(compared) == 0:
        return {}
    ranks = np.argsort(np.argsort(drawn[:, compared], axis=1), axis=1) + 1
    best, worst = np.percentile(ranks, [5, 95], axis=0, method="nearest")
    order = _ranks(keys[compared])
    return {int(unit): (order[at], int(best[at]), int(worst[at])) for at, unit in enumerate(compared)}


def _ranks(keys: npt.NDArray[np.float64]) -> list[int]:
    """Ranks from 1; equal ones share the better rank."""
    ordered = sorted(keys)
    first: dict[float, int] = {}
    for at, key in enumerate(ordered, start=1):
        first.setdefault(float(key), at)
    return [first[float(key)] for key in keys]


def _five(number: float) -> float:
    """Rounded to a hundred-thousandth, the same everywhere."""
    return round(float(number), 5)


def curve(counts: Sequence[int], total: int) -> list[float]:
    """Cumulated shares of `total`: how much is finished by the end of each step."""
    running, found = 0, []
    for one in counts:
        running += one
        found.append(_five(running / total) if total else 0.0)
    return found
