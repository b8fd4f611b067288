"""Declared routes and fences that may be entered soon, laid flat so that many fixes are asked at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import METRES_PER_DEGREE
from gridloop.engines.fences.index import GONE, Index
from gridloop.engines.fences.stages import EXIT_MARGIN_M
from gridloop.fleet.judge.lines import Line
from gridloop.fleet.judge.rows import RouteRow
from gridloop.fleet.judge.whom import Whom


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A declared route and its line in metres east and north of its first point; lengths are right to a hundredth within 100 km."""

    row: RouteRow
    line_m: shapely.LineString
    scale: NDArray[np.float64]

    def off(self, lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which places (n, 2) lie beyond the width and the exit margin."""
        points = shapely.points((lonlat - self.row.line[0]) * self.scale)
        near: NDArray[np.bool_] = shapely.dwithin(self.line_m, points, self.row.width_m / 2 + EXIT_MARGIN_M)
        return ~near

    def in_time(self, at_ms: int) -> bool:
        """Whether the route is declared for this moment."""
        return self.row.from_ms <= at_ms < self.row.to_ms

    def away_ms(self, at_ms: int) -> int:
        """How far a moment lies outside the declared time."""
        return max(self.row.from_ms - at_ms, at_ms - self.row.to_ms, 0)


def ways_of(whom: Whom, routes: Iterable[RouteRow]) -> dict[int, tuple[Way, ...]]:
    """The ways of each vehicle by row; refuses routes that are no lines."""
    row_of = {int(number): row for row, number in enumerate(whom.ids)}
    found: dict[int, list[Way]] = {}
    for one in sorted(routes, key=lambda route: (route.from_ms, route.number)):
        if one.line.ndim != 2 or len(one.line) < 2 or not one.width_m > 0:
            message = f"route {one.number}: a declared route is a line of at least two places and has a width in metres"
            raise ValueError(message)
        if one.vehicle in row_of:
            east = METRES_PER_DEGREE * np.cos(np.radians(one.line[:, 1].mean()))
            scale = np.array([east, METRES_PER_DEGREE])
            line_m = shapely.LineString((one.line - one.line[0]) * scale)
            shapely.prepare(line_m)
            found.setdefault(row_of[one.vehicle], []).append(Way(one, line_m, scale))
    return {row: tuple(ways) for row, ways in found.items()}


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """The fences that a rule looks ahead for: their ids, polygons in metres and a tree of them."""

    ids: NDArray[np.int64]
    polygons: NDArray[np.object_]
    tree: shapely.STRtree


def ahead_of(index: Index, line: Line) -> Ahead:
    """The fences of all versions of a rule."""
    ids = np.array(sorted(frozenset().union(*(version.fences for version in line.versions))), np.int64)
    column = index.columns_of(ids)
    ids, column = ids[column != GONE], column[column != GONE]
    polygons = index.polygons[column]
    return Ahead(ids, polygons, shapely.STRtree(polygons))
