"""Places along streets: where lamps, trees, manholes and bins stand."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.streets.lines import Lines


@dataclass(frozen=True)
class Places:
    """points: float64 (n, 2) metres; line: int64 (n,) row of the street; bearing: float64 (n,) radians of the street there."""

    points: NDArray[np.float64]
    line: NDArray[np.int64]
    bearing: NDArray[np.float64]


def along(lines: Lines, *, every_m: float, aside_m: float, seed: int, jitter: float = 0.2) -> Places:
    """Places every `every_m` metres on alternate sides of each street, `aside_m` from its middle.

    jitter: share of the distance by which a place is moved along the street, so that no two cities look ruled.
    """
    rng = np.random.default_rng(seed)
    step_m = np.hypot(*np.diff(lines.points, axis=0).T)
    step_m[lines.starts[1:-1] - 1] = 0.0
    run_m = np.concatenate([[0.0], np.cumsum(step_m)])
    first_m, last_m = run_m[lines.starts[:-1]], run_m[lines.starts[1:] - 1]
    count = np.floor((last_m - first_m) / every_m).astype(np.int64)
    line = np.repeat(np.arange(len(lines)), count)
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    at_m = first_m[line] + (number + 0.5 + rng.uniform(-jitter, jitter, len(number))) * every_m
    left = np.clip(np.searchsorted(run_m, at_m, side="right") - 1, lines.starts[line], lines.starts[line + 1] - 2)
    ahead = lines.points[left + 1] - lines.points[left]
    length_m = np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)
    share = ((at_m - run_m[left]) / length_m)[:, None]
    side = np.where(number % 2 == 0, 1.0, -1.0) * aside_m / length_m
    beside = np.column_stack([-ahead[:, 1], ahead[:, 0]]) * side[:, None]
    return Places(
        points=lines.points[left] + ahead * share + beside,
        line=line,
        bearing=np.arctan2(ahead[:, 1], ahead[:, 0]),
    )
