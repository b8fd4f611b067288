"""Addresses made from the streets and stations of this city, each with the point that it means; all of them made up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from django.db import connection
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from gridloop.engines.frame import Frame
from gridloop.places import queries as places

CROSSINGS_SQL = """
select first.name_zh, first.name_en, st_asbinary(first.geom), other.name_zh, other.name_en, st_asbinary(other.geom)
from places_placename first join places_placename other on st_intersects(first.geom, other.geom) and first.id <> other.id
where first.kind = 'street' and other.kind = 'street' order by md5(first.id::text || other.id::text || %s) limit %s
"""
STATIONS_SQL = """
select name_zh, name_en, st_x(geom), st_y(geom) from places_placename where kind = 'metro' order by md5(id::text || %s) limit %s
"""
COMPASS = (
    ("北", "north"), ("东北", "northeast"), ("东", "east"), ("东南", "southeast"), ("南", "south"), ("西南", "southwest"), ("西", "west"),
    ("西北", "northwest"),
)  # fmt: skip
NEAR_M, ROUND_M = 50, 200
STEP_M = 25


@dataclass(frozen=True, slots=True)
class Address:
    """An address in words, its form, and the points (lon, lat) that are right; two streets may cross twice."""

    form: str
    text: str
    right: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """How many of a form were found: first answer within 50 and 200 m, any of five within 50 m."""

    asked: int
    near: int
    round: int
    any_near: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two streets that meet, in metres about the first meeting point."""

    first: tuple[str, str, BaseGeometry]
    other: tuple[str, str, BaseGeometry]
    points: tuple[Point, ...]
    frame: Frame


def made(count: int, seed: int) -> Iterator[Address]:
    """`count` crossings and stations, each said in several forms."""
    rng = Random(seed)  # noqa: S311 - reproducible, nothing secret
    for crossing in _crossings(count, seed):
        yield from _of_crossing(crossing, rng)
    for zh, en, lon, lat in _rows(STATIONS_SQL, str(seed), count):
        yield from _of_station(zh, en, (lon, lat), rng)


def tried(addresses: Iterator[Address]) -> dict[str, Found]:
    """Asks each address and measures how far the answers are from what was meant."""
    counts: dict[str, list[int]] = {}
    for address in addresses:
        found = counts.setdefault(address.form, [0, 0, 0, 0])
        distances = [_off(one.lon, one.lat, address.right) for one in places.locate(address.text).candidates]
        best = distances[0] if distances else math.inf
        for at, hit in enumerate((True, best <= NEAR_M, best <= ROUND_M, min(distances, default=math.inf) <= NEAR_M)):
            found[at] += hit
    return {form: Found(*found) for form, found in counts.items()}


def told(found: Mapping[str, Found]) -> str:
    """The shares as a table."""
    lines = [f"{'form':<26}{'asked':>7}{'<= 50 m':>9}{'<= 200 m':>10}{'any of 5':>10}"]
    total = Found(
        *(sum(getattr(one, name) for one in found.values()) for name in ("asked", "near", "round", "any_near"))
    )
    for form, one in [*found.items(), ("all", total)]:
        shares = [part / max(1, one.asked) for part in (one.near, one.round, one.any_near)]
        lines.append(f"{form:<26}{one.asked:>7}{shares[0]:>9.1%}{shares[1]:>10.1%}{shares[2]:>10.1%}")
    return "\n".join(lines)


def _rows(statement: str, seed: str, count: int) -> list[tuple[str, str, float, float]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [seed, count])
        return list(cursor.fetchall())


def _crossings(count: int, seed: int) -> Iterator[Crossing]:
    with connection.cursor() as cursor:
        cursor.execute(CROSSINGS_SQL, [str(seed), count])
        rows = cursor.fetchall()
    for first_zh, first_en, first_wkb, other_zh, other_en, other_wkb in rows:
        first, other = shapely.from_wkb(bytes(first_wkb)), shapely.from_wkb(bytes(other_wkb))
        meeting = first.intersection(other).centroid
        frame = Frame(meeting.x, meeting.y)
        first, other = shapely.transform(first, frame.to_metres), shapely.transform(other, frame.to_metres)
        shared = first.intersection(other)
        points = tuple(piece.centroid for piece in getattr(shared, "geoms", [shared]))
        yield Crossing((first_zh, first_en, first), (other_zh, other_en, other), points, frame)


def _of_crossing(crossing: Crossing, rng: Random) -> Iterator[Address]:
    (a_zh, a_en, shape), (b_zh, b_en, _) = crossing.first, crossing.other
    right = tuple(_degrees(crossing.frame, point) for point in crossing.points)
    zh = rng.choice(("{a}与{b}交叉口", "{a}和{b}路口", "{a}{b}交汇处", "市民反映{a}与{b}交叉口有一处破损"))
    en = rng.choice(("corner of {a} and {b}", "broken lamp at {a} and {b}", "intersection of {a} & {b}"))
    yield Address("junction zh", zh.format(a=a_zh, b=b_zh), right)
    yield Address("junction en", en.format(a=a_en.replace("Road", "Rd"), b=b_en), right)
    metres = rng.choice((20, 40, 80))
    moved = _along(shape, crossing.points[0], metres)
    if moved is not None and len(crossing.points) == 1:
        side_zh, side_en = _side(crossing.points[0], moved)
        there = (_degrees(crossing.frame, moved),)
        yield Address("junction and offset zh", f"{a_zh}{b_zh}路口往{side_zh}{metres}米", there)
        yield Address("junction and offset en", f"{metres} m {side_en} of the corner of {a_en} and {b_en}", there)
    number = rng.randint(1, 300)
    lines = getattr(shape, "geoms", [shape])
    whole = tuple(
        _degrees(crossing.frame, line.interpolate(metres))
        for line in lines
        for metres in np.arange(0, line.length, STEP_M)
    )
    if whole:
        county = places.at(*whole[0]).county
        yield Address("number (right street)", f"{county.zh if county else ''}{a_zh}{number}号", whole)


def _of_station(zh: str, en: str, at: tuple[float, float], rng: Random) -> Iterator[Address]:
    said = zh if zh.endswith("站") else f"{zh}站"
    yield Address("station zh", rng.choice((f"地铁{said}附近", f"{said}3号口", f"在{said}门口")), (at,))
    side, metres = rng.randrange(8), rng.choice((25, 60, 150))
    frame = Frame(*at)
    angle = math.radians(45 * side)
    there = (_degrees(frame, Point(metres * math.sin(angle), metres * math.cos(angle))),)
    yield Address("station and offset zh", f"{said}{COMPASS[side][0]}侧{metres}米", there)
    station = en if en.endswith("Station") else f"{en} Station"
    yield Address("station and offset en", f"{metres} metres {COMPASS[side][1]} of {station}", there)


def _along(street: BaseGeometry, start: Point, metres: float) -> Point | None:
    """A point of the street that is this far away as the crow flies."""
    crossing = street.intersection(start.buffer(metres, quad_segs=32).exterior)
    points = [piece.centroid for piece in getattr(crossing, "geoms", [crossing]) if not piece.is_empty]
    return points[0] if points else None


def _side(start: Point, end: Point) -> tuple[str, str]:
    return COMPASS[round(math.degrees(math.atan2(end.x - start.x, end.y - start.y)) / 45) % 8]


def _degrees(frame: Frame, point: Point) -> tuple[float, float]:
    lon, lat = frame.to_degrees(np.array([point.x, point.y]))
    return float(lon), float(lat)


def _off(lon: float, lat: float, right: Sequence[tuple[float, float]]) -> float:
    """Metres to the nearest of the right points."""
    measure: Callable[[tuple[float, float]], float] = lambda point: float(  # noqa: E731 - one line, used once
        np.hypot(*Frame(lon, lat).to_metres(np.array(point)))
    )
    return min(measure(point) for point in right)
