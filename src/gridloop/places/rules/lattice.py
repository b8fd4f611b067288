"""How cells become the cells of communities: small parts join a neighbour, communities are the nearest known point's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.frame import Frame
from gridloop.engines.nearest import NearestIndex
from gridloop.kernel.errors import Refused
from gridloop.kernel.units import CELL_SIDE_M
from gridloop.places.rules.codes import LAST_CELL, make_cell_code

SMALLEST_CELL_M2 = 2500.0  # a part smaller than a quarter of a cell joins its largest neighbour
FARTHEST_VILLAGE_M = 100_000.0
FRAMES = {
    "3501": Frame(119.3, 26.0),
    "3502": Frame(118.1, 24.5),
    "3503": Frame(119.0, 25.4),
}
"""The one lattice of each prefecture. Changing an origin would move every cell, so it is never changed."""

NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1))


@dataclass(frozen=True, slots=True)
class Village:
    """A community whose position is known."""

    code12: str
    lon: float
    lat: float


def frame_of(area: str) -> Frame:
    """The lattice of the prefecture of an area; Refused where none is laid down."""
    frame = FRAMES.get(area[:4])
    if frame is None:
        raise Refused(
            f"no lattice of cells is laid down for {area[:4]}; there is one for {', '.join(FRAMES)}",
            zh=f"尚未为 {area[:4]} 设定单元网格基准;已有:{'、'.join(FRAMES)}",
        )
    return frame


def circle_of_cells(lon: float, lat: float, cells: int) -> shapely.Polygon:
    """A WGS-84 circle that holds about this many cells."""
    frame = Frame(lon, lat)
    round_m = shapely.buffer(shapely.Point(0, 0), float(np.sqrt(cells * CELL_SIDE_M**2 / np.pi)), quad_segs=32)
    circle: shapely.Polygon = shapely.transform(round_m, frame.to_degrees)
    return circle


def joins(column: NDArray[np.int64], row: NDArray[np.int64], area_m2: NDArray[np.float64]) -> dict[int, int]:
    """For each part smaller than a quarter of a cell: the row of the largest neighbour that is not small itself, if there is one."""
    at = {(int(c), int(r)): index for index, (c, r) in enumerate(zip(column, row, strict=True))}
    joined = {}
    for small in np.flatnonzero(area_m2 < SMALLEST_CELL_M2):
        beside = [at.get((int(column[small]) + dc, int(row[small]) + dr)) for dc, dr in NEIGHBOURS]
        large = [index for index in beside if index is not None and area_m2[index] >= SMALLEST_CELL_M2]
        if large:
            joined[int(small)] = max(large, key=lambda index: (area_m2[index], -index))
    return joined


def nearest_villages(centre: NDArray[np.float64], villages: Sequence[Village], frame: Frame) -> NDArray[np.int64]:
    """The row of the nearest village for each centre (n, 2) lon/lat: int64 (n,)."""
    points_m = frame.to_metres(np.array([(village.lon, village.lat) for village in villages]))
    rows, _ = NearestIndex(points_m, within_m=FARTHEST_VILLAGE_M).nearest(frame.to_metres(centre))
    return rows


@dataclass(frozen=True, slots=True)
class Numbered:
    """A cell's code and how its community was chosen."""

    code: str
    village_by: str


def number(wanted: Sequence[str], used: Mapping[str, int], spare: Sequence[str], *, overflow: bool) -> list[Numbered]:
    """Codes for cells of the `wanted` communities, in this order, after the sequences `used` already.

    A community has 999 codes. Beyond them Refused, or with `overflow` codes of `spare` communities (same township first, then same
    county, no known point and no cells of their own), marked as such.
    """
    last = dict(used)
    free = [village for village in spare if not last.get(village)]
    taken_by: dict[str, str] = {}
    too_many: dict[str, int] = defaultdict(int)
    answer = []
    for village in wanted:
        holder = village
        while last.get(holder, 0) >= LAST_CELL:
            if holder not in taken_by:
                following = _spare_for(village, free) if overflow else None
                if following is None:
                    break
                taken_by[holder] = following
                free.remove(following)
            holder = taken_by[holder]
        if last.get(holder, 0) >= LAST_CELL:
            too_many[village] += 1
            continue
        last[holder] = last.get(holder, 0) + 1
        answer.append(
            Numbered(make_cell_code(holder, last[holder]), "nearest_point" if holder == village else "overflow")
        )
    if too_many:
        listed = ", ".join(f"{village} (+{count})" for village, count in sorted(too_many.items()))
        raise Refused(
            f"a community has at most 999 cell codes; too many for {listed}. "
            "Draw a smaller area, or allow codes of communities without a known position (overflow)",
            zh=f"每个社区最多 999 个单元网格代码;超出的社区:{listed}。请缩小范围,或允许借用位置不明社区的代码",
        )
    return answer


def _spare_for(village: str, free: Sequence[str]) -> str | None:
    near = [spare for spare in free if spare[:9] == village[:9]] or [
        spare for spare in free if spare[:6] == village[:6]
    ]
    return near[0] if near else None
