"""Points that belong together: heaviest links first, and no group wider than it may be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK = 256


def near_pairs(
    points_m: NDArray[np.float64], *, within_m: float, most: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of points no further apart than `within_m`, of each point the `most` nearest; of points equally far those of the lowest rows.

    points_m: (n, 2). Returns rows (k, 2), the lower first, each pair once in the order of rows; and their distances in metres (k,).
    """
    points = np.asarray(points_m, dtype=np.float64).reshape(-1, 2)
    low, high = [], []
    for start in range(0, len(points), BLOCK):
        block = points[start : start + BLOCK]
        apart_m = np.hypot(*np.moveaxis(block[:, None, :] - points[None, :, :], -1, 0))
        apart_m[np.arange(len(block)), start + np.arange(len(block))] = np.inf
        order = np.argsort(apart_m, axis=1, kind="stable")[:, :most]
        row, rank = np.nonzero(np.take_along_axis(apart_m, order, axis=1) <= within_m)
        other = order[row, rank]
        low.append(np.minimum(row + start, other))
        high.append(np.maximum(row + start, other))
    pairs = np.column_stack([np.concatenate(low), np.concatenate(high)]) if low else np.empty((0, 2), dtype=np.int64)
    pairs = np.unique(pairs.astype(np.int64), axis=0)
    return pairs, np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)


def grouped(
    points_m: NDArray[np.float64], pairs: NDArray[np.int64], weights: NDArray[np.float64], *, within_m: float
) -> NDArray[np.int64]:
    """Which group each point belongs to, named by its lowest row; a point without links is a group of its own.

    points_m: (n, 2), pairs: rows (k, 2), weights: (k,). The heaviest link is looked at first, of equal ones that of the lowest rows; it
    joins two groups unless any two of their points lie further apart than `within_m`.
    """
    points = np.asarray(points_m, dtype=np.float64).reshape(-1, 2)
    label = np.arange(len(points), dtype=np.int64)
    members = {row: [row] for row in range(len(points))}
    too_wide: set[tuple[int, int]] = set()
    for at in np.lexsort((pairs[:, 1], pairs[:, 0], -np.asarray(weights, dtype=np.float64))):
        kept, gone = sorted((int(label[pairs[at, 0]]), int(label[pairs[at, 1]])))
        if kept == gone or (kept, gone) in too_wide:
            continue
        if _width_m(points[members[kept]], points[members[gone]]) > within_m:
            too_wide.add((kept, gone))
            continue
        joined = members.pop(gone)
        label[joined] = kept
        members[kept] += joined
        too_wide -= {pair for pair in too_wide if gone in pair}
    return label


def _width_m(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The longest distance between a point of the one and a point of the other."""
    return float(np.hypot(*np.moveaxis(one[:, None, :] - other[None, :, :], -1, 0)).max())
