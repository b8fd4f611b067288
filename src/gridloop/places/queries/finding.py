"""Where many points lie, without asking the database for each: the outlines are read once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.kernel.statements import run

CELLS_SQL = "select code::text, st_asbinary(geom) from places_cell where valid_to is null order by code"
GRIDS_SQL = """
select village12::text, st_asbinary(geom) from places_grid where valid_to is null and geom is not null order by code
"""
COUNTIES_SQL = """
select area::text, st_asbinary(geom) from places_division
where level = 3 and valid_to is null and geom is not null order by area
"""


@dataclass(frozen=True)
class Layer:
    """Outlines of one kind in the order of their codes, with a tree to find them by."""

    code: NDArray[np.str_]
    tree: shapely.STRtree

    def at(self, points: NDArray[np.object_]) -> NDArray[np.str_]:
        """The first code at each point, empty where there is none."""
        found = np.full(len(points), "", dtype=self.code.dtype if len(self.code) else np.dtype("<U1"))
        if len(self.code) and len(points):
            asked, outline = self.tree.query(points, predicate="intersects")
            order = np.lexsort((outline, asked))
            rows, first = np.unique(asked[order], return_index=True)
            found[rows] = self.code[outline[order][first]]
        return found


@dataclass(frozen=True)
class Finder:
    """All cells, grids and counties of a moment; answers like the database's `places_at`."""

    cells: Layer
    grids: Layer
    counties: Layer

    def places(self, lonlat: NDArray[np.float64]) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        """Cell (empty where none) and finest place (empty outside every county) of WGS-84 points (n, 2)."""
        points = np.asarray(shapely.points(lonlat), dtype=object)
        cell = self.cells.at(points)
        place = cell.astype("<U15")
        for layer in (self.grids, self.counties):
            missing = np.flatnonzero(place == "")
            if len(missing):
                place[missing] = layer.at(points[missing])
        return cell, place


def finder() -> Finder:
    """The outlines as they stand now; three statements."""
    return Finder(_layer(CELLS_SQL), _layer(GRIDS_SQL), _layer(COUNTIES_SQL))


def _layer(statement: str) -> Layer:
    rows = run(statement)
    outlines = shapely.from_wkb([bytes(outline) for _, outline in rows])
    return Layer(np.array([code for code, _ in rows], dtype=np.str_), shapely.STRtree(outlines))
