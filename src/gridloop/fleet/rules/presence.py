"""The squares and slots by which it is known who was where, and which of them a question touches; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import shapely

from gridloop.kernel.errors import Malformed

SLOT_S = 600
TILE_E7 = 100_000  # a hundredth of a degree, about a kilometre
ROWS = 20_000  # more than the rows between the poles
TILES_MAX = 4_000
SPAN_MAX = timedelta(days=31)
POINTS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Touched:
    """Tiles that a shape touches, and whether each lies wholly inside it."""

    tiles: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]


def slot_of(moment: datetime) -> int:
    """The slot of ten minutes that holds a moment."""
    return int(moment.timestamp()) // SLOT_S


def tile_of(lon_e7: int, lat_e7: int) -> int:
    """The square of a place, as SQL counts it too (presence_fill.sql)."""
    return (lon_e7 + 1_800_000_000) // TILE_E7 * ROWS + (lat_e7 + 900_000_000) // TILE_E7


def touched(area: shapely.Polygon | shapely.MultiPolygon) -> Touched:
    """The squares that a shape touches; Malformed for one that touches too many."""
    west, south, east, north = (round(edge * 1e7) for edge in area.bounds)
    columns = np.arange((west + 1_800_000_000) // TILE_E7, (east + 1_800_000_000) // TILE_E7 + 1)
    rows = np.arange((south + 900_000_000) // TILE_E7, (north + 900_000_000) // TILE_E7 + 1)
    if len(columns) * len(rows) > 16 * TILES_MAX:
        raise _too_large()
    column, row = (grid.ravel() for grid in np.meshgrid(columns, rows))
    lon, lat = (column * TILE_E7 - 1_800_000_000) / 1e7, (row * TILE_E7 - 900_000_000) / 1e7
    squares = shapely.box(lon, lat, lon + TILE_E7 / 1e7, lat + TILE_E7 / 1e7)
    shapely.prepare(area)
    hit = shapely.intersects(area, squares)
    if int(hit.sum()) > TILES_MAX:
        raise _too_large()
    return Touched((column[hit] * ROWS + row[hit]).astype(np.int64), shapely.contains_properly(area, squares[hit]))


def checked_area(points: list[tuple[float, float]]) -> shapely.Polygon:
    """The polygon with this outer ring (lon, lat); Malformed for one that is none."""
    if not 3 <= len(points) <= POINTS_MAX or not all(-180 <= lon <= 180 and -85 <= lat <= 85 for lon, lat in points):
        raise Malformed(
            f"an area is a ring of 3 to {POINTS_MAX} points (longitude, latitude, WGS-84)",
            zh=f"区域应为 3 至 {POINTS_MAX} 个点(经度、纬度,WGS-84)围成的环",
            fields={"area": "a ring of points"},
        )
    area = shapely.Polygon(points)
    if not area.is_valid or area.area == 0:
        raise Malformed(
            "the area crosses itself or has no inside; draw it anew", zh="区域自相交或无面积,请重新绘制", fields={"area": "crosses itself"}
        )  # fmt: skip
    return area


def checked_span(since: datetime, until: datetime) -> None:
    """Raises Malformed for a span that ends before it begins or is longer than a month."""
    if not since < until <= since + SPAN_MAX:
        raise Malformed(
            f"the time asked about ends after it begins and lasts {SPAN_MAX.days} days at most",
            zh=f"结束时间须晚于开始时间,且最长 {SPAN_MAX.days} 天",
            fields={"until": f"at most {SPAN_MAX.days} days"},
        )


def _too_large() -> Malformed:
    return Malformed(
        f"the area touches more than {TILES_MAX} squares of a kilometre; ask about a smaller one",
        zh=f"区域过大(超过 {TILES_MAX} 个一公里方格),请缩小范围",
        fields={"area": "too large"},
    )
