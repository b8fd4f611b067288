"""How good probabilities are: the Brier score, and whether what was said came true as often as it was said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BINS = 10


@dataclass(frozen=True, slots=True)
class Reliability:
    """One tenth of the scale: how many rows were said to lie in it, what was said of them on average, how many of them were late."""

    from_share: float
    to_share: float
    rows: int
    said: float
    late: float


def brier(said: Floats, late: npt.NDArray[np.bool_]) -> float:
    """Mean squared distance between probabilities float64 (rows,) and what happened; 0 is perfect, nan without rows."""
    return float(np.mean((said - late) ** 2)) if len(said) else float("nan")


def reliability(said: Floats, late: npt.NDArray[np.bool_], bins: int = BINS) -> list[Reliability]:
    """One line for each equal part of 0..1 that has rows, lowest first."""
    part = np.minimum((said * bins).astype(np.int64), bins - 1)
    rows = np.bincount(part, minlength=bins)
    sums = np.bincount(part, weights=said, minlength=bins)
    came = np.bincount(part, weights=late.astype(np.float64), minlength=bins)
    return [
        Reliability(at / bins, (at + 1) / bins, int(rows[at]), float(sums[at] / rows[at]), float(came[at] / rows[at]))
        for at in np.flatnonzero(rows)
    ]
