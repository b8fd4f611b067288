"""A logistic regression with ridge, fitted by Newton's steps, and a straight line that makes its log odds honest (Platt)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RIDGE = 10.0  # drawing of every weight towards none; from 0.5 to 100 the Brier score of the demo city stays within 0.1030 and 0.1031
LINE_RIDGE = 1.0
STEPS_MAX = 50
SMALL_STEP = 1e-8
ODDS_MAX = 30.0
SHARE_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Chances:
    """What was learnt. `mean`, `scale`, `weights`: float64 (features,); log odds = offset + slope * (intercept + weights . standardised)."""

    mean: Floats
    scale: Floats
    weights: Floats
    intercept: float
    slope: float = 1.0
    offset: float = 0.0

    def standardised(self, features: Floats) -> Floats:
        """(rows, features) with the mean row at zero, each column in its own spread."""
        return (features - self.mean) / self.scale

    def probabilities(self, features: Floats) -> Floats:
        """float64 (rows,) in (0, 1) for features float64 (rows, features)."""
        raw = self.standardised(features) @ self.weights + self.intercept
        return expit(self.offset + self.slope * raw)

    def contributions(self, features: Floats) -> Floats:
        """float64 (rows, features): what each feature adds to the log odds of a mean row."""
        return self.slope * self.standardised(features) * self.weights

    def written(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "mean": self.mean.tolist(), "scale": self.scale.tolist(), "weights": self.weights.tolist(),
            "intercept": self.intercept, "slope": self.slope, "offset": self.offset,
        }  # fmt: skip

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Chances:
        """What was written; KeyError or ValueError for anything else."""
        mean, scale, weights = (np.array(kept[name], dtype=np.float64) for name in ("mean", "scale", "weights"))
        if not mean.shape == scale.shape == weights.shape:
            raise ValueError("mean, scale and weights differ in length")
        return cls(mean, scale, weights, float(kept["intercept"]), float(kept["slope"]), float(kept["offset"]))


def learnt(features: Floats, late: npt.NDArray[np.bool_], *, apart: npt.NDArray[np.bool_]) -> Chances:
    """Fit the weights on the rows that are not `apart`, then the honest line on those that are.

    features: float64 (rows, features); late, apart: bool (rows,). Without rows apart the line stays as it is. ValueError without rows to learn from.
    """
    if not (~apart).any():
        raise ValueError("there are no rows to learn from")
    mean = features[~apart].mean(axis=0)
    spread = features[~apart].std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    table = np.column_stack([np.ones(len(features)), (features - mean) / scale])
    fitted = newton(table[~apart], late[~apart], ridge=RIDGE)
    plain = Chances(mean, scale, fitted[1:], float(fitted[0]))
    if not apart.any():
        return plain
    raw = table[apart] @ fitted
    offset, change = newton(
        np.column_stack([np.ones(len(raw)), raw]), late[apart], ridge=LINE_RIDGE, start=np.array([0.0, 1.0])
    )
    return Chances(mean, scale, fitted[1:], float(fitted[0]), float(change), float(offset))


def newton(table: Floats, late: npt.NDArray[np.bool_], *, ridge: float, start: Floats | None = None) -> Floats:
    """float64 (columns,): the weights of the largest likelihood, drawn towards `start` (zeros) by `ridge`; the first column is free."""
    towards = np.zeros(table.shape[1]) if start is None else start
    weights = towards.copy()
    drawn = np.full(table.shape[1], ridge)
    drawn[0] = SMALL_STEP  # the level of all rows is what the rows say

    def cost(at: Floats) -> float:
        odds = table @ at
        return float(np.logaddexp(0, odds).sum() - odds[late].sum() + (drawn * (at - towards) ** 2).sum() / 2)

    for _ in range(STEPS_MAX):
        chance = expit(table @ weights)
        slope = table.T @ (late - chance) - drawn * (weights - towards)
        bend = (table * (chance * (1 - chance))[:, None]).T @ table + np.diag(drawn)
        step = np.linalg.solve(bend, slope)
        loss = cost(weights)
        while cost(weights + step) > loss and np.abs(step).max() > SMALL_STEP:
            step /= 2  # far from the goal a whole step may lead away from it
        weights = weights + step
        if np.abs(step).max() < SMALL_STEP:
            break
    return weights


def expit(odds: Floats) -> Floats:
    """The probability of log odds, without overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -ODDS_MAX, ODDS_MAX)))


def log_odds(share: Floats) -> Floats:
    """The log odds of shares in 0..1, kept finite."""
    kept = np.clip(share, SHARE_LEAST, 1 - SHARE_LEAST)
    return np.log(kept / (1 - kept))
