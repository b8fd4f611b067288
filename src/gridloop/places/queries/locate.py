"""Where an address in words may be: its names resolved to points, each candidate with how exact and how sure it is, and why."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from django.db import connection
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from gridloop.engines.addresses import Parts, read
from gridloop.engines.frame import Frame
from gridloop.places.queries.gazetteer import gazetteer
from gridloop.places.queries.points import check_point

CANDIDATES_MAX = 5
SAME_NAMES_MAX = 12  # places of one name that are looked at
CROSSING_GAP_M = 60.0  # two streets that come this close meet: their lines end at the kerb
SAME_SPOT_M = 30.0
NEAR_REACH_M = 3000.0
FAR_SHARE = 0.4  # of the confidence stays with a namesake beyond that
BESIDE_M = 300.0  # a landmark stands at a street when it is this close to it
NAMED_SQL = """
select name.kind, name.name_zh, name.name_en, name.area, st_asbinary(name.geom)
from places_placename name where name.name_zh = any(%s) and name.kind = any(array['street', 'metro', 'estate', 'poi'])
limit %s
"""
DIVISIONS_SQL = """
select name_zh, name_en, area, st_x(centre), st_y(centre), level from places_division
where valid_to is null and name_zh = any(%s) limit 200
"""
COMMITTEES = ("居委会", "村委会", "居民委员会", "村民委员会")


@dataclass(frozen=True, slots=True)
class Located:
    """One place that an address may mean; `precision_m` is about how far off it may be, `confidence` 0..1 whether this is the place at all."""

    lon: float
    lat: float
    label_zh: str
    label_en: str
    precision_m: float
    confidence: float
    area: str
    why: tuple[str, ...]
    why_zh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """What was understood, and where it may be, likeliest first."""

    parts: Parts
    candidates: tuple[Located, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Named:
    """A known name with its shape in metres about the frame's centre."""

    kind: str
    zh: str
    en: str
    area: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Spot:
    """A point in metres, with what it is called and why it was chosen."""

    at: Point
    zh: str
    en: str
    area: str
    precision_m: float
    confidence: float
    why: tuple[str, ...]
    why_zh: tuple[str, ...]


def locate(text: str, near: tuple[float, float] | None = None) -> Location:
    """Reads an address and finds it; `near` (lon, lat) prefers what is close. Three statements at most while the names stand."""
    if near is not None:
        check_point(*near)
    parts = read(text, gazetteer())
    if not parts.relation:
        return Location(parts)
    frame, named = _named(parts, near)
    areas = _areas(parts)
    spots = _spots(parts, named, _metres(frame, near))
    if not spots:
        spots = _division_spots(parts, areas, frame)
    ranked = _ranked(spots, areas, _metres(frame, near))
    return Location(parts, tuple(_located(spot, frame) for spot in ranked[:CANDIDATES_MAX]))


def _metres(frame: Frame, point: tuple[float, float] | None) -> Point | None:
    return Point(*frame.to_metres(np.array(point, dtype=np.float64))) if point else None


def _named(parts: Parts, near: tuple[float, float] | None) -> tuple[Frame, list[Named]]:
    wanted = [name for one in (parts.street, parts.cross, parts.until, parts.place) for name in _meant(parts, one)]
    with connection.cursor() as cursor:
        cursor.execute(NAMED_SQL, [wanted, SAME_NAMES_MAX * max(1, len(wanted))])
        rows = cursor.fetchall()
    shapes = [shapely.from_wkb(bytes(row[4])) for row in rows]
    centre = near or ((shapes[0].centroid.x, shapes[0].centroid.y) if shapes else (0.0, 0.0))
    frame = Frame(*centre)
    return frame, [
        Named(kind, zh, en, area, shapely.transform(shape, frame.to_metres))
        for (kind, zh, en, area, _), shape in zip(rows, shapes, strict=True)
    ]


def _meant(parts: Parts, name: str) -> tuple[str, ...]:
    """The name, and those that share its English one."""
    return next((names for names in parts.alike if names[0] == name), (name,) if name else ())


def _areas(parts: Parts) -> list[tuple[str, str, str, float | None, float | None, int]]:
    """The divisions that were named: (Chinese name, English name, area, lon, lat, level)."""
    if not parts.divisions:
        return []
    names = [name for one in parts.divisions for name in _full_names(one)]
    with connection.cursor() as cursor:
        cursor.execute(DIVISIONS_SQL, [names])
        return [(zh, en, area, lon, lat, int(level)) for zh, en, area, lon, lat, level in cursor.fetchall()]


def _full_names(name: str) -> Iterable[str]:
    """`莲花北社区` stands in the list as `莲花北社区居委会`."""
    yield name
    for ending in COMMITTEES:
        yield f"{name}{ending}"
        yield f"{name.removesuffix('社区').removesuffix('村')}{ending}"


def _spots(parts: Parts, named: Sequence[Named], near: Point | None) -> list[Spot]:
    """Every way to read the parts as a point, surest reading first that gives any."""
    streets, crosses, untils = (
        [one for one in named if one.kind == "street" and one.zh in _meant(parts, name)]
        for name in (parts.street, parts.cross, parts.until)
    )
    places = [one for one in named if one.kind != "street" and one.zh in _meant(parts, parts.place)]
    found: list[Spot] = []
    if parts.relation == "between":
        found = _between(streets, crosses, untils)
    if not found and parts.cross:
        found = [_moved(spot, parts, one.shape) for one in streets for spot in _crossings(one, crosses)]
    if not found and places:
        found = [_moved(_at_place(one, streets), parts, _street_of(one, streets)) for one in places]
    if not found and streets:
        found = [_on_street(one, parts, near) for one in streets]
    if not found and crosses:
        found = [_on_street(one, parts, near) for one in crosses]
    return found


def _crossings(street: Named, crosses: Sequence[Named]) -> list[Spot]:
    found = []
    for other in crosses:
        gap = street.shape.distance(other.shape)
        if gap > CROSSING_GAP_M:
            continue
        meeting = shapely.intersection(street.shape, other.shape)
        if meeting.is_empty:
            first, second = nearest_points(street.shape, other.shape)
            points = [Point((first.x + second.x) / 2, (first.y + second.y) / 2)]
        else:
            pieces = getattr(meeting, "geoms", [meeting])
            points = [piece.centroid for piece in list(pieces)[:CANDIDATES_MAX]]
        zh, en = f"{street.zh}与{other.zh}交叉口", f"corner of {street.en} and {other.en}"
        why, why_zh = (f"{street.en} and {other.en} meet here",), (f"{street.zh}与{other.zh}在此相交",)
        sure = 0.92 / len(points)
        found += [Spot(at, zh, en, street.area, 15 + gap / 2, sure, why, why_zh) for at in points]
    return found


def _between(streets: Sequence[Named], crosses: Sequence[Named], untils: Sequence[Named]) -> list[Spot]:
    """The middle of a street's stretch from one crossing to another."""
    found = []
    for street in streets:
        for first in _crossings(street, crosses):
            for last in _crossings(street, untils):
                middle = Point((first.at.x + last.at.x) / 2, (first.at.y + last.at.y) / 2)
                at = nearest_points(street.shape, middle)[0]
                half = first.at.distance(last.at) / 2
                zh = f"{street.zh}({crosses[0].zh}至{untils[0].zh}段)"
                en = f"{street.en} from {crosses[0].en} to {untils[0].en}"
                found.append(
                    Spot(
                        at, zh, en, street.area, max(20.0, half), 0.85, ("the middle of the stretch between both crossings",),
                        ("取两处路口之间路段的中点",),
                    )
                )  # fmt: skip
    return found


def _at_place(place: Named, streets: Sequence[Named]) -> Spot:
    at = place.shape.representative_point()
    street = next((one for one in streets if one.shape.distance(at) <= BESIDE_M), None)
    zh = f"{place.zh}站" if place.kind == "metro" and not place.zh.endswith("站") else place.zh
    en = f"{place.en} Station" if place.kind == "metro" and not place.en.endswith("Station") else place.en
    why = [f"{en} is known"]
    why_zh = [f"已知地点:{zh}"]
    if street:
        why.append(f"it lies at {street.en}")
        why_zh.append(f"位于{street.zh}旁")
    sure = 0.9 if street or not streets else 0.6
    return Spot(at, zh, en, place.area, 120.0 if place.kind == "metro" else 60.0, sure, tuple(why), tuple(why_zh))


def _street_of(place: Named, streets: Sequence[Named]) -> BaseGeometry | None:
    return next((one.shape for one in streets if one.shape.distance(place.shape) <= BESIDE_M), None)


def _on_street(street: Named, parts: Parts, near: Point | None) -> Spot:
    """Somewhere on a street: where it is nearest to `near`, else its middle; numbers are not known, so they say no more than the street."""
    line = _longest(street.shape)
    length = float(street.shape.length)
    why, why_zh = [f"{street.en} is known, {length:.0f} m long"], [f"已知道路:{street.zh},长 {length:.0f} 米"]
    if near is not None and street.shape.distance(near) <= NEAR_REACH_M:
        at = nearest_points(street.shape, near)[0]
        why.append("its point nearest to where you are")
        why_zh.append("取距当前位置最近的一点")
    else:
        at = line.interpolate(0.5, normalized=True)
        why.append("its middle")
        why_zh.append("取道路中点")
    if parts.number:
        why.append("house numbers are not in the register")
        why_zh.append("门牌库暂无此号")
    if parts.place:
        why.append(f"{parts.place} is not in the register")
        why_zh.append(f"地名库暂无“{parts.place}”")
    tail_zh = f"{parts.number}号" if parts.number else ""
    label_en = f"{parts.number} {street.en}".strip()
    sure = min(0.75, max(0.25, 0.85 - length / 4000))
    return Spot(
        at, f"{street.zh}{tail_zh}", label_en, street.area, max(30.0, length / 2), sure, tuple(why), tuple(why_zh)
    )


def _longest(shape: BaseGeometry) -> BaseGeometry:
    pieces: list[BaseGeometry] = list(getattr(shape, "geoms", [shape]))
    return max(pieces, key=lambda piece: float(piece.length))


def _moved(spot: Spot, parts: Parts, along: BaseGeometry | None) -> Spot:
    """The spot shifted by direction and distance: along the street where one is named and runs that way, else straight."""
    if parts.bearing is None and parts.distance_m is None:
        return spot
    if parts.bearing is None or parts.distance_m is None:
        return replace(spot, precision_m=spot.precision_m + (parts.distance_m or 30.0))
    metres, angle = parts.distance_m, math.radians(parts.bearing)
    straight = Point(spot.at.x + metres * math.sin(angle), spot.at.y + metres * math.cos(angle))
    at = _along(spot.at, straight, metres, along) or straight
    zh = f"{spot.zh}{_compass(parts.bearing)[0]}侧{metres:.0f}米"
    en = f"{metres:.0f} m {_compass(parts.bearing)[1]} of {spot.en}"
    return replace(
        spot, at=at, zh=zh, en=en, precision_m=spot.precision_m + 0.25 * metres, confidence=spot.confidence * 0.97,
        why=(*spot.why, f"moved {metres:.0f} m {_compass(parts.bearing)[1]}{'' if at is straight else ' along the street'}"),
        why_zh=(*spot.why_zh, f"{'' if at is straight else '沿路'}向{_compass(parts.bearing)[0]}移动 {metres:.0f} 米"),
    )  # fmt: skip


def _along(start: Point, straight: Point, metres: float, street: BaseGeometry | None) -> Point | None:
    """The point of the street that is `metres` away in about the wanted direction, or None where it runs another way."""
    if street is None or metres < 1:
        return None
    ring = start.buffer(metres, quad_segs=16).exterior
    crossing = shapely.intersection(ring, street)
    points = [piece.centroid for piece in getattr(crossing, "geoms", [crossing]) if not piece.is_empty]
    best = min(points, key=straight.distance, default=None)
    return best if best is not None and best.distance(straight) <= metres * 0.8 else None  # within about 47 degrees


def _compass(bearing: float) -> tuple[str, str]:
    names = (
        ("北", "north"), ("东北", "northeast"), ("东", "east"), ("东南", "southeast"), ("南", "south"), ("西南", "southwest"),
        ("西", "west"), ("西北", "northwest"),
    )  # fmt: skip
    return names[round(bearing / 45) % 8]


def _division_spots(
    parts: Parts, areas: Sequence[tuple[str, str, str, float | None, float | None, int]], frame: Frame
) -> list[Spot]:
    """The centres of the finest divisions that were named, where nothing else was found."""
    placed = [one for one in areas if one[3] is not None and one[4] is not None]
    finest = max((one[5] for one in placed), default=0)
    found = []
    for zh, en, area, lon, lat, level in placed:
        if level != finest or lon is None or lat is None:
            continue
        at = Point(*frame.to_metres(np.array([lon, lat])))
        reach = {2: 30_000.0, 3: 8000.0, 4: 2500.0, 5: 600.0}.get(level, 50_000.0)
        why: tuple[str, ...] = ("only the division is known",)
        why_zh: tuple[str, ...] = ("只识别到行政区划",)
        if parts.street:
            why, why_zh = (*why, f"{parts.street} is not in the register"), (*why_zh, f"地名库暂无“{parts.street}”")
        found.append(Spot(at, zh, en, area, reach, 0.3, why, why_zh))
    return found


def _ranked(
    spots: Sequence[Spot], areas: Sequence[tuple[str, str, str, float | None, float | None, int]], near: Point | None
) -> list[Spot]:
    """Likeliest first: inside the named divisions, near where one is; the same spot once."""
    prefixes = [area for _, _, area, _, _, _ in areas]
    judged = []
    for spot in spots:
        sure = spot.confidence
        if prefixes:
            inside = any(spot.area.startswith(area[:6]) or area.startswith(spot.area) for area in prefixes)
            sure *= 1.0 if inside else 0.35
        if near is not None:
            sure *= 1.0 if spot.at.distance(near) <= NEAR_REACH_M else FAR_SHARE
        judged.append(replace(spot, confidence=sure))
    judged.sort(key=lambda spot: (-spot.confidence, spot.precision_m))
    kept: list[Spot] = []
    for spot in judged:
        if all(spot.at.distance(other.at) > SAME_SPOT_M for other in kept):
            kept.append(spot)
    share = max(1.0, sum(spot.confidence for spot in kept))
    return [replace(spot, confidence=round(spot.confidence / share, 3)) for spot in kept]


def _located(spot: Spot, frame: Frame) -> Located:
    lon, lat = frame.to_degrees(np.array([spot.at.x, spot.at.y]))
    return Located(
        round(float(lon), 7), round(float(lat), 7), spot.zh, spot.en, round(spot.precision_m), spot.confidence, spot.area, spot.why,
        spot.why_zh,
    )  # fmt: skip
