"""What a fence may look like: rings that do not cross, sizes that a city has, inside the city's box or said so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from gridloop.fleet.rules.kinds import ShapeKind
from gridloop.kernel.errors import Malformed

VERTICES_MAX = 5_000
AREA_M2_MIN, AREA_M2_MAX = 100.0, 2.0e10  # constructed: a gate; a third more than the largest city of the province
RADIUS_M_MIN, RADIUS_M_MAX = 10.0, 50_000.0
WIDTH_M_MIN, WIDTH_M_MAX = 4.0, 5_000.0
LENGTH_M_MIN, LENGTH_M_MAX = 10.0, 1_000_000.0
DEGREE_M = 111_195.0  # of latitude, on a sphere of 6,371 km
DIGITS = 7
KINDS_OF: dict[ShapeKind, tuple[str, ...]] = {
    ShapeKind.AREA: ("Polygon", "MultiPolygon"),
    ShapeKind.CIRCLE: ("Point",),
    ShapeKind.CORRIDOR: ("LineString", "MultiLineString"),
}
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Border:
    """A checked shape: the geometry in WGS-84 to seven digits, radius or width where it has one, its size in square metres, and what is odd about it."""

    kind: ShapeKind
    geom: BaseGeometry
    radius_m: float | None
    width_m: float | None
    area_m2: float
    notes: tuple[tuple[str, str], ...] = ()


def checked_border(
    kind: ShapeKind, geometry: Mapping[str, Any] | BaseGeometry, *, radius_m: float | None, width_m: float | None, city: Box | None
) -> Border:  # fmt: skip
    """The shape as it will be kept; Malformed with a sentence for what cannot be a fence. Outside of the city's box it is kept and said."""
    geom = _rounded(_read(geometry))
    if geom.is_empty or geom.geom_type not in KINDS_OF[kind]:
        raise _wrong(
            f"a fence of shape {kind} is drawn as {' or '.join(KINDS_OF[kind])}, not as {'nothing' if geom.is_empty else geom.geom_type}",
            f"{kind} 围栏须为 {'或'.join(KINDS_OF[kind])}",
        )
    _on_earth(geom)
    if shapely.get_num_coordinates(geom) > VERTICES_MAX:
        raise _wrong(
            f"a fence has at most {VERTICES_MAX} corners; simplify it", f"围栏最多 {VERTICES_MAX} 个顶点,请先简化"
        )
    if not geom.is_valid:
        raise _crossing(geom)
    if kind is ShapeKind.AREA:
        area = _area_m2(geom)
        _between("area_m2", area, AREA_M2_MIN, AREA_M2_MAX, unit="m²", en="the fence's area", zh="围栏面积")
        found = Border(kind, shapely.orient_polygons(geom), None, None, area)
    elif kind is ShapeKind.CIRCLE:
        radius = _between(
            "radius_m", radius_m, RADIUS_M_MIN, RADIUS_M_MAX, unit="m", en="a circle's radius", zh="圆形半径"
        )
        found = Border(kind, geom, radius, None, float(np.pi) * radius**2)
    else:
        width = _between(
            "width_m", width_m, WIDTH_M_MIN, WIDTH_M_MAX, unit="m", en="a corridor's full width", zh="走廊全宽"
        )
        length = _length_m(geom)
        _between("geometry", length, LENGTH_M_MIN, LENGTH_M_MAX, unit="m", en="a corridor's length", zh="走廊长度")
        found = Border(kind, geom, None, width, length * width + float(np.pi) * width**2 / 4)
    return _noted(found, city)


def _read(geometry: Mapping[str, Any] | BaseGeometry) -> BaseGeometry:
    if isinstance(geometry, BaseGeometry):
        return shapely.force_2d(geometry)
    try:
        return shapely.force_2d(shapely.geometry.shape(dict(geometry)))
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError):
        raise _wrong("this is no GeoJSON geometry", "不是有效的 GeoJSON 几何") from None


def _rounded(geom: BaseGeometry) -> BaseGeometry:
    """Seven digits are a centimetre; corners that fall together there are one."""
    moved = shapely.transform(geom, lambda lonlat: np.round(lonlat, DIGITS))
    return shapely.remove_repeated_points(moved) if geom.geom_type != "Point" else moved


def _on_earth(geom: BaseGeometry) -> None:
    """Degrees, longitude first."""
    lonlat = shapely.get_coordinates(geom)
    if not np.isfinite(lonlat).all() or (np.abs(lonlat[:, 0]) > 180).any() or (np.abs(lonlat[:, 1]) > 85).any():
        swapped = (
            np.isfinite(lonlat).all() and (np.abs(lonlat[:, 1]) <= 180).all() and (np.abs(lonlat[:, 0]) <= 85).all()
        )
        hint = "; longitude comes first" if swapped else "; coordinates are degrees (WGS-84)"
        hint_zh = ";请先写经度后写纬度" if swapped else ";坐标应为 WGS-84 度数"
        raise _wrong(f"the fence leaves the globe{hint}", f"围栏超出经纬度范围{hint_zh}")


def _crossing(geom: BaseGeometry) -> Malformed:
    """Where the outline is broken, as a place that a map can show."""
    reason = shapely.is_valid_reason(geom)
    what, _, place = reason.partition("[")
    where = ", ".join(place.rstrip("]").split())
    at, at_zh = (f" near {where}", f"(约在 {where})") if where else ("", "")
    return Malformed(
        f"the fence's outline is broken: {what.strip()}{at}; draw it without sides that cross, and holes inside of it",
        zh=f"围栏边界无效{at_zh}:边线不得相交,孔洞须在边界内",
        fields={"geometry": what.strip() or "invalid"},
    )


def _between(field: str, value: float | None, least: float, most: float, *, unit: str, en: str, zh: str) -> float:
    if value is None or isinstance(value, bool) or not least <= value <= most:
        raise Malformed(
            f"{en} lies between {least:,.0f} and {most:,.0f} {unit}" + ("" if value is None else f", not {value:,.0f}"),
            zh=f"{zh}须在 {least:,.0f} 至 {most:,.0f} {unit} 之间",
            fields={field: f"{least:g} to {most:g}"},
        )
    return float(value)


def _noted(found: Border, city: Box | None) -> Border:
    """Says so where a fence lies outside of the city."""
    if city is None:
        return found
    west, south, east, north = found.geom.bounds
    inside = west >= city[0] and south >= city[1] and east <= city[2] and north <= city[3]
    apart = west > city[2] or east < city[0] or south > city[3] or north < city[1]
    if inside:
        return found
    note = (
        ("the fence lies outside of the city; is it where it should be?", "围栏位于本市之外,请核对位置")
        if apart
        else ("the fence reaches out of the city", "围栏超出本市范围")
    )
    return Border(found.kind, found.geom, found.radius_m, found.width_m, found.area_m2, (note,))


def flat(geom: BaseGeometry) -> BaseGeometry:
    """Laid flat in metres round its own middle; true to a thousandth over a city."""
    middle = np.radians((geom.bounds[1] + geom.bounds[3]) / 2)
    return shapely.transform(geom, lambda lonlat: lonlat * DEGREE_M * np.array([np.cos(middle), 1.0]))


def _area_m2(geom: BaseGeometry) -> float:
    return float(flat(geom).area)


def _length_m(geom: BaseGeometry) -> float:
    return float(flat(geom).length)


def _wrong(en: str, zh: str) -> Malformed:
    return Malformed(en, zh=zh, fields={"geometry": en})
