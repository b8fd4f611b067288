"""Finding the fences whose box holds a point: the part of the work that another finder may take over."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Two columns side by side: the row of a point, the column of a fence."""


class Finder(Protocol):
    """Gives at least all fences that hold a point, and few others."""

    def candidates(self, points_m: NDArray[np.float64]) -> Pairs:
        """Pairs of points (n, 2) and fences that may hold them, in any order."""
        ...


class TreeFinder:
    """The boxes of the fences in a tree (STRtree of GEOS)."""

    def __init__(self, polygons: NDArray[np.object_]) -> None:
        self._tree = shapely.STRtree(polygons)

    def candidates(self, points_m: NDArray[np.float64]) -> Pairs:
        """Points and fences whose box holds them."""
        row, column = self._tree.query(shapely.points(points_m))
        return row, column
