"""A piece of the map that somebody asks about: a box, or a shape that was drawn. WGS-84, longitude first."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gridloop.kernel.errors import Malformed

CORNERS_MAX = 200  # a circle is drawn with 64
LAT_MAX = 85.0  # web Mercator ends there
M_PER_DEGREE = 111_320.0

Box = tuple[float, float, float, float]
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A box (west, south, east, north), and the corners of the drawn shape where there is one."""

    box: Box
    ring: Ring = ()

    @property
    def wkt(self) -> str:
        """The outline as PostGIS reads it."""
        west, south, east, north = self.box
        corners = self.ring or ((west, south), (east, south), (east, north), (west, north))
        listed = ",".join(f"{lon!r} {lat!r}" for lon, lat in (*corners, corners[0]))
        return f"POLYGON(({listed}))"

    @property
    def width_deg(self) -> float:
        """The longer side of the box, degrees."""
        west, south, east, north = self.box
        return max(east - west, north - south)


def shape(box: str, within: str = "") -> Shape:
    """Reads `west,south,east,north` or the corners `lon lat,lon lat,...` of a drawn shape, which goes before the box."""
    if within.strip():
        ring = _ring(within)
        lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
        return Shape((min(lons), min(lats), max(lons), max(lats)), ring)
    return Shape(_box(box))


def around(lon: float, lat: float, metres: float) -> Shape:
    """The square whose sides are `metres` away from a point."""
    high = metres / M_PER_DEGREE
    wide = high / max(0.01, math.cos(math.radians(lat)))
    return Shape((lon - wide, lat - high, lon + wide, lat + high))


def boxes_wkt(boxes: tuple[Box, ...]) -> str:
    """Boxes as one shape for PostGIS; two where a box was cut at the date line."""
    parts = (
        f"(({west!r} {south!r},{east!r} {south!r},{east!r} {north!r},{west!r} {north!r},{west!r} {south!r}))"
        for west, south, east, north in boxes
    )
    return f"MULTIPOLYGON({','.join(parts)})"


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (-180 <= west < east <= 180 and -LAT_MAX <= south < north <= LAT_MAX):
        raise Malformed(
            "box is west,south,east,north in WGS-84 degrees, west before east and south before north",
            zh="box 应为 西,南,东,北 的 WGS-84 经纬度,且西小于东、南小于北",
            fields={"box": "w,s,e,n"},
        )
    return west, south, east, north


def _ring(text: str) -> Ring:
    try:
        corners = tuple(_corner(one) for one in text.split(","))
    except ValueError:
        corners = ()
    if not 3 <= len(corners) <= CORNERS_MAX or not all(
        -180 <= lon <= 180 and -LAT_MAX <= lat <= LAT_MAX for lon, lat in corners
    ):
        raise Malformed(
            f"within is 3 to {CORNERS_MAX} corners 'lon lat' in WGS-84 degrees, with commas between them",
            zh=f"within 应为 3 至 {CORNERS_MAX} 个“经度 纬度”角点(WGS-84),以逗号分隔",
            fields={"within": "lon lat,lon lat,lon lat"},
        )
    return corners


def _corner(text: str) -> tuple[float, float]:
    lon, lat = (float(part) for part in text.split())
    return lon, lat
