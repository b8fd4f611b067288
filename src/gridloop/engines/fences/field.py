"""Where the answer is known without asking: the city in small squares, cut into regions by the borders of all fences.

A square that no border touches lies as a whole inside or outside of every fence, and so do squares that hang together. Each
region is asked once, when the field is made; a position in a region has its answer. Only positions in squares on a border are left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.fences.found import Pairs

SIDE_M_MIN = 25.0  # of the order of what a position is wrong by; smaller squares cost memory and save little
SQUARES_MAX = 4_000_000  # 16 MB
ON_BORDER = -1
NOWHERE = 0


@dataclass(frozen=True, slots=True)
class Field:
    """Squares of `side_m` from the south-west corner; `region` (rows * columns,) int32 says of each its region or ON_BORDER.

    start (regions + 1,), column: which fences hold the region, one list after the other; region NOWHERE lies in none.
    beyond: the region of what lies outside of all squares.
    """

    west_m: float
    south_m: float
    side_m: float
    columns: int
    rows: int
    region: NDArray[np.int32]
    start: NDArray[np.int64]
    column: NDArray[np.int64]
    beyond: int

    def region_of(self, points_m: NDArray[np.float64]) -> NDArray[np.int32]:
        """The region of each point (n, 2), or ON_BORDER where it must be asked."""
        across = (points_m[:, 0] - self.west_m) / self.side_m
        up = (points_m[:, 1] - self.south_m) / self.side_m
        within = (across >= 0) & (across < self.columns) & (up >= 0) & (up < self.rows)
        if within.all():
            return self.region[up.astype(np.int64) * self.columns + across.astype(np.int64)]
        found = np.full(len(points_m), self.beyond, np.int32)
        found[within] = self.region[up[within].astype(np.int64) * self.columns + across[within].astype(np.int64)]
        return found

    def fences_of(self, region: NDArray[np.int32]) -> Pairs:
        """The fences that hold each of these regions: pairs (place in `region`, fence column), in order."""
        first, count = self.start[region], self.start[region + 1] - self.start[region]
        total = int(count.sum())
        row = np.repeat(np.arange(len(region)), count)
        within = np.arange(total) - np.repeat(np.cumsum(count) - count, count)
        return row, self.column[np.repeat(first, count) + within]

    def unsure(self, boxes_m: NDArray[np.float64]) -> Field:
        """The field in which everything within these boxes (n, 4: west, south, east, north) must be asked."""
        region = self.region.copy().reshape(self.rows, self.columns)
        corner, beyond = np.array([self.west_m, self.south_m] * 2), self.beyond
        places = np.floor((boxes_m - corner) / self.side_m).astype(np.int64)
        for west, south, east, north in places.tolist():
            region[max(south, 0) : max(north + 1, 0), max(west, 0) : max(east + 1, 0)] = ON_BORDER
            if west < 0 or south < 0 or east >= self.columns or north >= self.rows:
                beyond = ON_BORDER
        return replace(self, region=region.ravel(), beyond=beyond)


def field_of(polygons: NDArray[np.object_], ask: Callable[[NDArray[np.float64]], Pairs]) -> Field:
    """The field of these polygons in metres; `ask` gives the fences at points, in order of points and columns."""
    if not len(polygons):
        nothing = np.zeros(2, np.int64)
        return Field(0.0, 0.0, SIDE_M_MIN, 1, 1, np.zeros(1, np.int32), nothing, nothing[:0], NOWHERE)
    west, south, east, north = shapely.total_bounds(polygons)
    side_m = max(SIDE_M_MIN, float(np.sqrt((east - west) * (north - south) / SQUARES_MAX)))
    # A very long and narrow extent would still make too many squares along its length.
    side_m = max(side_m, (east - west) / SQUARES_MAX * 3, (north - south) / SQUARES_MAX * 3)
    columns, rows = int((east - west) / side_m) + 3, int((north - south) / side_m) + 3
    corner = np.array([west - side_m, south - side_m])
    border = _border(polygons, corner, side_m, columns, rows)
    run, root, first = _runs(border)
    centres = corner + (np.column_stack([first % columns, first // columns]) + 0.5) * side_m
    set_of_root, start, column = _sets(len(centres), *ask(centres))
    region = np.full(rows * columns, ON_BORDER, np.int32)
    free = np.flatnonzero(~border.ravel())
    region[free] = set_of_root[root[run[free]]]
    return Field(float(corner[0]), float(corner[1]), side_m, columns, rows, region, start, column, NOWHERE)


def _border(
    polygons: NDArray[np.object_], corner: NDArray[np.float64], side_m: float, columns: int, rows: int
) -> NDArray[np.bool_]:
    """Which squares a border may touch, bool (rows, columns).

    Between two points of a border lies at most half a side, so each place on it has one of the points within a quarter: the
    squares that a box of a quarter round each point touches hold the whole border.
    """
    points = shapely.get_coordinates(shapely.segmentize(shapely.boundary(polygons), side_m / 2)) - corner
    border = np.zeros(rows * columns, np.bool_)
    for east in (-0.2501, 0.2501):
        across = ((points[:, 0] / side_m) + east).astype(np.int64)
        for north in (-0.2501, 0.2501):
            border[((points[:, 1] / side_m) + north).astype(np.int64) * columns + across] = True
    return border.reshape(rows, columns)


def _runs(border: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Free squares side by side, hung onto a run of the row below where they touch.

    Returns of each square its run (-1 + the last run before, on a border), of each run the number of its root, of each root its first square.
    """
    free = ~border
    begins = free.copy()
    begins[:, 1:] &= border[:, :-1]
    run = np.cumsum(begins.ravel()) - 1
    parent = np.arange(int(begins.sum()))
    touching = np.flatnonzero((free[1:] & free[:-1]).ravel())
    columns = border.shape[1]
    parent[run[touching + columns]] = run[touching]
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            break
        parent = further
    kept, root = np.unique(parent, return_inverse=True)
    return run, root.ravel(), np.flatnonzero(begins.ravel())[kept]


def _sets(
    count: int, row: NDArray[np.int64], column: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Equal answers under one number: (number of each row, where its columns start, the columns); 0 is the empty answer."""
    edge = np.searchsorted(row, np.arange(count + 1))
    known: dict[bytes, int] = {b"": NOWHERE}
    number = np.zeros(count, np.int32)
    for place in np.flatnonzero(np.diff(edge)).tolist():
        held = column[edge[place] : edge[place + 1]].tobytes()
        number[place] = known.setdefault(held, len(known))
    lists = [np.frombuffer(held, np.int64) for held in known]
    start = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    return number, start, np.concatenate(lists)
