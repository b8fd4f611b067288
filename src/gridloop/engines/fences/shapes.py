"""What a fence can look like: an area, a circle, a corridor; all given in lon/lat and laid flat as polygons of metres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.fences.flat import Flat

ROUNDING_M = 0.05  # how far the many-sided polygon may lie inside the round border it stands for
QUARTER_SIDES_MAX = 2_000
STRAIGHT_DEG = 0.02  # a side of 2 km that is straight in degrees bows by 4 cm on the flat map, one of 20 km by 4 m


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon with or without holes, or several of them, in lon/lat; its sides are straight in degrees."""

    outline: shapely.Polygon | shapely.MultiPolygon


@dataclass(frozen=True, slots=True)
class Circle:
    """Everything within `radius_m` of a place."""

    lon: float
    lat: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Corridor:
    """Everything within half of `width_m` of a line in lon/lat, round at both ends."""

    line: shapely.LineString | shapely.MultiLineString
    width_m: float


Shape = Area | Circle | Corridor


def laid_flat(shapes: Sequence[Shape], flat: Flat) -> NDArray[np.object_]:
    """The polygons of the shapes in metres (n,), prepared; refuses shapes that are empty, broken or without width."""
    polygons = np.empty(len(shapes), dtype=object)
    if not len(shapes):
        return polygons
    bones = np.array([bone(shape) for shape in shapes], dtype=object)
    broken = ~shapely.is_valid(bones)
    if broken.any():
        reason = shapely.is_valid_reason(bones[broken][0])
        message = (
            f"fence {int(np.flatnonzero(broken)[0])} has no proper outline: {reason}; draw it without crossing sides"
        )
        raise ValueError(message)
    polygons[:] = shapely.transform(shapely.segmentize(bones, STRAIGHT_DEG), flat.to_metres)
    for place, shape in enumerate(shapes):
        reach_m = reach(shape)
        if reach_m is not None:
            polygons[place] = polygons[place].buffer(reach_m, quad_segs=quarter_sides(reach_m))
    shapely.prepare(polygons)
    return polygons


def bone(shape: Shape) -> shapely.Geometry:
    """What of a shape is given in lon/lat: the outline, the line or the centre; refuses what has no extent."""
    if isinstance(shape, Circle):
        found: shapely.Geometry = shapely.Point(shape.lon, shape.lat)
    else:
        found = shape.outline if isinstance(shape, Area) else shape.line
    west, south, east, north = shapely.bounds(found) if not shapely.is_empty(found) else (np.nan,) * 4
    if not (west >= -180 and east <= 180 and south > -90 and north < 90):
        message = "a fence must have an outline in degrees of longitude and latitude (WGS-84)"
        raise ValueError(message)
    reach_m = reach(shape)
    if reach_m is not None and not 0 < reach_m < np.inf:
        message = f"a circle's radius and a corridor's width must be a positive number of metres, not {2 * reach_m}"
        raise ValueError(message)
    return found


def reach(shape: Shape) -> float | None:
    """How far a shape reaches round its line or centre, in metres; None for areas."""
    if isinstance(shape, Circle):
        return float(shape.radius_m)
    return float(shape.width_m) / 2 if isinstance(shape, Corridor) else None


def quarter_sides(radius_m: float) -> int:
    """With how many sides a quarter of a circle stays within ROUNDING_M."""
    if radius_m <= ROUNDING_M:
        return 2
    sides = np.pi / 2 / (2 * np.arccos(1 - ROUNDING_M / radius_m))
    return int(np.clip(np.ceil(sides), 2, QUARTER_SIDES_MAX))


def centre(shapes: Sequence[Shape]) -> tuple[float, float]:
    """The middle of all shapes (lon, lat)."""
    if not len(shapes):
        return 0.0, 0.0
    west, south, east, north = shapely.total_bounds(np.array([bone(shape) for shape in shapes], dtype=object))
    return float(west + east) / 2, float(south + north) / 2
