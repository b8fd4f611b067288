"""The cells of the ten-thousand-metre city: squares of 100 m on one lattice, none across a county boundary."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.frame import Frame

CELL_SIDE_M = 100.0  # 10,000 m2 (GB/T 30428.1)
DUST_M2 = 1.0  # a part smaller than this comes from rounding, not from a map


@dataclass(frozen=True)
class Cells:
    """Cells of one county in rows from the south-west; `column` and `row` count squares of the city's lattice.

    corners: float64 (n, 4, 2) lon/lat, anticlockwise from the south-west; centre: float64 (n, 2) lon/lat of the square;
    area_m2: float64 (n,) of the part inside the county; whole: bool (n,), the square lies inside as a whole.
    """

    corners: NDArray[np.float64]
    centre: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    whole: NDArray[np.bool_]
    column: NDArray[np.int64]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.centre)


def cells_inside(
    county: shapely.Polygon | shapely.MultiPolygon,
    frame: Frame,
    *,
    side_m: float = CELL_SIDE_M,
    every_part: bool = False,
) -> Cells:
    """The cells of a county given in lon/lat, cut from the lattice of `frame`.

    Counties that share a frame share the lattice. By default a square belongs to the county that holds its centre, so no
    square is listed twice; with `every_part` each county also lists the squares of which it holds only a part, so that
    the outlines leave no gap. Either way `outlines` never cross the county boundary.
    """
    flat = shapely.transform(county, frame.to_metres)
    west, south, east, north = np.floor(np.asarray(flat.bounds) / side_m).astype(np.int64)
    columns, rows = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    column, row = columns.ravel(), rows.ravel()
    centre_m = (np.column_stack([column, row]) + 0.5) * side_m
    shapely.prepare(flat)
    squares = shapely.box(*_bounds(column, row, side_m))
    chosen = shapely.intersects(flat, squares) if every_part else shapely.contains_xy(flat, centre_m)
    squares, column, row, centre_m = squares[chosen], column[chosen], row[chosen], centre_m[chosen]
    whole = shapely.contains_properly(flat, squares)
    area_m2 = np.full(len(squares), side_m * side_m)
    area_m2[~whole] = shapely.area(shapely.intersection(squares[~whole], flat))
    kept = area_m2 > DUST_M2
    return Cells(
        corners=frame.to_degrees(_corners_m(column[kept], row[kept], side_m)),
        centre=frame.to_degrees(centre_m[kept]),
        area_m2=area_m2[kept],
        whole=whole[kept],
        column=column[kept],
        row=row[kept],
    )


def outlines(cells: Cells, county: shapely.Polygon | shapely.MultiPolygon) -> NDArray[np.object_]:
    """The true outline of each cell as a lon/lat geometry (n,): the square, cut where the county ends."""
    squares = np.asarray(shapely.polygons(cells.corners), dtype=object)
    cut = ~cells.whole
    squares[cut] = shapely.intersection(squares[cut], county)
    return squares


def _bounds(
    column: NDArray[np.int64], row: NDArray[np.int64], side_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    west, south = column.astype(np.float64) * side_m, row.astype(np.float64) * side_m
    return west, south, west + side_m, south + side_m


def _corners_m(column: NDArray[np.int64], row: NDArray[np.int64], side_m: float) -> NDArray[np.float64]:
    west, south, east, north = _bounds(column, row, side_m)
    x = np.stack([west, east, east, west], axis=1)
    y = np.stack([south, south, north, north], axis=1)
    return np.stack([x, y], axis=-1)
