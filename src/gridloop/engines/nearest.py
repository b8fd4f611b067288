"""Who is nearest: an index of points in buckets, asked for many points at once."""

import numpy as np
from numpy.typing import NDArray

NONE = -1


class NearestIndex:
    """Points in metres (n, 2), sorted into square buckets; an answer looks into nine of them at most."""

    def __init__(self, points_m: NDArray[np.float64], *, within_m: float) -> None:
        """Index `points_m` for questions that look no further than `within_m`; refuses a reach that is not positive."""
        if not within_m > 0:
            message = f"the reach must be a positive number of metres, not {within_m}"
            raise ValueError(message)
        self.within_m = float(within_m)
        points = np.asarray(points_m, dtype=np.float64).reshape(-1, 2)
        self._corner_m = points.min(axis=0) if len(points) else np.zeros(2)
        bucket = self._bucket(points)
        # Two empty buckets between rows keep a look beyond the end of one row from reaching into the next.
        self._stride = int(bucket[:, 0].max(initial=0)) + 3
        keys = bucket[:, 1] * self._stride + bucket[:, 0]
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        self._points = points[self._order]

    def nearest(self, asked_m: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """For each asked point (m, 2): row of the nearest indexed point or -1, and its distance in metres or inf.

        Of points equally near the one with the lowest row wins.
        """
        asked = np.asarray(asked_m, dtype=np.float64).reshape(-1, 2)
        best = np.full(len(asked), NONE, dtype=np.int64)
        best_m = np.full(len(asked), np.inf)
        question, candidate = self._candidates(asked)
        distance_m = np.hypot(*(asked[question] - self._points[candidate]).T)
        reached = distance_m <= self.within_m
        question, row, distance_m = question[reached], self._order[candidate[reached]], distance_m[reached]
        order = np.lexsort((row, distance_m, question))
        first_question, first = np.unique(question[order], return_index=True)
        best[first_question] = row[order][first]
        best_m[first_question] = distance_m[order][first]
        return best, best_m

    def _bucket(self, points_m: NDArray[np.float64]) -> NDArray[np.int64]:
        # Far-away questions are held at the rim: their distances are still measured, so nothing wrong is answered.
        buckets = np.clip(np.floor((points_m - self._corner_m) / self.within_m), -2, 2**30)
        return buckets.astype(np.int64)

    def _candidates(self, asked_m: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pairs (row of the question, position in the sorted points) from the three rows of buckets round each."""
        bucket = self._bucket(asked_m)
        bucket[:, 0] = np.minimum(bucket[:, 0], self._stride - 1)
        starts, stops = [], []
        for step in (-1, 0, 1):
            key = (bucket[:, 1] + step) * self._stride + bucket[:, 0]
            starts.append(np.searchsorted(self._keys, key - 1, side="left"))
            stops.append(np.searchsorted(self._keys, key + 1, side="right"))
        start, count = np.concatenate(starts), np.concatenate(stops) - np.concatenate(starts)
        question = np.repeat(np.tile(np.arange(len(asked_m)), 3), count)
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return question, np.repeat(start, count) + within
