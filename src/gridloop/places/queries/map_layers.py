"""What the one map shows of places: how much of each layer is in a piece of it, a list of that, and one of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gridloop.kernel import statements
from gridloop.kernel.errors import Malformed, NotFound, Refused
from gridloop.places.queries.boxes import patterns
from gridloop.places.queries.statements import statement
from gridloop.places.rules.codes import digits
from gridloop.places.rules.shapes import Shape

COUNTED_MAX = 20_000
LISTED_MAX = 1001  # a page of 1,000, and one to know whether there is more
SQUARES_ACROSS = 128
SQUARE_ZOOMS = range(15, 9, -1)
SQUARES_A_TILE = 64
BIG_CLASSES = ("01", "02", "03", "04", "05")
WIDEST_DEG = {"divisions": 360.0, "stations": 360.0, "grids": 2.0, "cells": 0.25, "components": 0.06}
"""How wide a piece may be for a list of a layer: about the screen on which it is first drawn singly."""
PUBLIC = frozenset({"divisions", "stations"})

COLUMNS = "code, zh, en, state, kind, place, area_m2, st_x(spot), st_y(spot)"
ROWS = {
    "divisions": "select area as code, name_zh as zh, name_en as en, '' as state, 'division' as kind, area as place, null::int as area_m2,"
    " coalesce(centre, st_pointonsurface(geom)) as spot from places_division where valid_to is null",
    "grids": "select code, name_zh as zh, coalesce(nullif(name_en, ''), name_zh) as en, '' as state, 'grid' as kind, village12 as place,"
    " null::int as area_m2, st_pointonsurface(geom) as spot from places_grid where valid_to is null",
    "cells": "select code, '' as zh, '' as en, '' as state, 'cell' as kind, village12 as place, area_m2, centre as spot"
    " from places_cell where valid_to is null",
    "components": "select code, name as zh, '' as en, state, subclass as kind, place, null::int as area_m2, geom as spot"
    " from places_component where state <> 'abandoned'",
    "stations": "select name_zh as code, name_zh as zh, name_en as en, '' as state, 'metro' as kind, area as place, null::int as area_m2,"
    " st_centroid(geom) as spot from places_placename where kind = 'metro'",
}
CODE_COLUMN = {"divisions": "area", "stations": "name_zh"}
ONLY = {"divisions": " and level = 3"}


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of a layer: `more` where only so many were counted, `about` where squares may reach over the edge."""

    n: int
    more: bool = False
    about: bool = False
    states: dict[str, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapped:
    """One thing of a layer as a list or a card names it; `kind` is the subclass of a component."""

    code: str
    zh: str
    en: str
    state: str
    kind: str
    place: str
    area_m2: int | None
    lon: float | None
    lat: float | None


def counted(
    shape: Shape, layers: Iterable[str], *, areas: Sequence[str] | None, subclass: str = ""
) -> dict[str, Counted]:
    """How much of each layer touches the shape; one statement, and one or two more for components.

    What is not public is limited to the counties round `areas` (None: everywhere); components may be narrowed to a class.
    """
    wanted = _known(layers)
    limited = patterns(areas)
    found: dict[str, Counted] = {}
    simple = [layer for layer in wanted if layer != "components"]
    if simple:
        params = {"shape": shape.wkt, "layers": simple, "areas": _listed(limited), "most": COUNTED_MAX + 1}
        for layer, n in statements.run(statement("map_counts"), params):
            if layer in simple:
                found[layer] = Counted(min(n, COUNTED_MAX), more=n > COUNTED_MAX)
    if "components" in wanted:
        found["components"] = _components(shape, limited, _class(subclass))
    return found


def listed(
    layer: str, shape: Shape, *, areas: Sequence[str] | None, subclass: str = "", after: str = "", limit: int = 100
) -> list[Mapped]:
    """What of a layer touches the shape, by code from `after` on; one statement. Refused for a piece too wide to be read as a list."""
    _known([layer])
    if shape.width_deg > WIDEST_DEG[layer]:
        raise Refused(
            f"a list of {layer} takes a piece of {WIDEST_DEG[layer]} degrees at most; zoom in, or draw a smaller shape",
            zh=f"图层 {layer} 的列表范围最大为 {WIDEST_DEG[layer]} 度;请放大地图或画小一些的范围",
            fields={"box": "too wide"},
        )
    column = CODE_COLUMN.get(layer, "code")
    geometry = "geom"
    terms = [f"st_intersects({geometry}, st_makevalid(st_geomfromtext(%(shape)s, 4326)))", f"{column} > %(after)s"]
    if layer not in PUBLIC and (limited := patterns(areas)) is not None:
        terms.append("code like any (%(areas)s)")
    else:
        limited = None
    if layer == "components" and subclass:
        terms.append("starts_with(subclass, %(class)s)")
    text = f"select {COLUMNS} from ({ROWS[layer]}{ONLY.get(layer, '')} and {' and '.join(terms)} order by {column} limit %(limit)s) found"  # noqa: S608 - put together from the tables above
    params = {
        "shape": shape.wkt, "after": after, "areas": _listed(limited), "class": _class(subclass), "limit": max(1, min(limit, LISTED_MAX)),
    }  # fmt: skip
    return [Mapped(*row) for row in statements.run(text, params)]


def mapped(layer: str, code: str, *, areas: Sequence[str] | None) -> Mapped:
    """One thing of a layer by its code; NotFound where there is none, or none within the counties round `areas`. One statement."""
    _known([layer])
    limited = None if layer in PUBLIC else patterns(areas)
    text = f"select {COLUMNS} from ({ROWS[layer]} and {CODE_COLUMN.get(layer, 'code')} = %(code)s order by 1 limit 1) found"  # noqa: S608 - as above
    rows = statements.run(text, {"code": code.replace("\x00", "")})
    if not rows or (limited is not None and not any(code.startswith(one.rstrip("%")) for one in limited)):
        raise NotFound(
            f"there is no '{code[:40]}' on the layer {layer}, or it lies outside your areas",
            zh=f"图层 {layer} 中没有“{code[:40]}”,或它不在您的辖区内",
        )
    return Mapped(*rows[0])


def _components(shape: Shape, limited: tuple[str, ...] | None, subclass: str) -> Counted:
    zoom, (left, right, top, bottom) = squares(shape)
    areas = _listed(limited)
    if zoom == SQUARE_ZOOMS[0] or shape.ring or len(subclass) == 4:
        params = {"shape": shape.wkt, "areas": areas, "class": subclass, "most": COUNTED_MAX + 1}
        rows = statements.run(statement("map_components"), params)
        n = sum(row[2] for row in rows)
        if n <= COUNTED_MAX or shape.ring or subclass:
            return _by_class(rows, n)
    params = {"zoom": zoom, "left": left, "right": right, "top": top, "bottom": bottom, "areas": areas}
    n, broken, *each = statements.run(statement("map_squares"), params)[0]
    classes = {name: count for name, count in zip(BIG_CLASSES, each, strict=True) if count}
    if subclass:
        return Counted(classes.get(subclass, 0), about=True, classes={subclass: classes.get(subclass, 0)})
    return Counted(n, about=True, states={"broken": broken} if broken else {}, classes=classes)


def _by_class(rows: Sequence[tuple[Any, ...]], n: int) -> Counted:
    classes: dict[str, int] = {}
    states: dict[str, int] = {}
    for name, state, count in rows:
        classes[name] = classes.get(name, 0) + count
        states[state] = states.get(state, 0) + count
    return Counted(min(n, COUNTED_MAX), more=n > COUNTED_MAX, states=states, classes=dict(sorted(classes.items())))


def squares(shape: Shape) -> tuple[int, tuple[int, int, int, int]]:
    """The finest zoom of which the box holds few squares, and their columns and rows from the north-west."""
    west, south, east, north = shape.box
    zoom = SQUARE_ZOOMS[0]
    while True:
        left, top = _square(west, north, zoom)
        right, bottom = _square(east, south, zoom)
        if zoom == SQUARE_ZOOMS[-1] or max(right - left, bottom - top) < SQUARES_ACROSS:
            return zoom, (left, right, top, bottom)
        zoom -= 1


def _square(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    across = SQUARES_A_TILE * 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return min(across - 1, int((lon + 180) / 360 * across)), min(across - 1, max(0, int(y * across)))


def _known(layers: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(layers))
    unknown = [layer for layer in wanted if layer not in ROWS]
    if unknown:
        raise Malformed(
            f"there is no layer {', '.join(unknown)[:60]}; the layers are {', '.join(ROWS)}",
            zh=f"没有图层 {'、'.join(unknown)[:60]};可用图层:{'、'.join(ROWS)}",
            fields={"layer": "unknown"},
        )
    return wanted


def _class(subclass: str) -> str:
    if subclass and not (digits(subclass) and len(subclass) in {2, 4}):
        raise Malformed(
            f"'{subclass[:10]}' is not a class of components; write two or four digits",
            zh=f"“{subclass[:10]}”不是部件类别;请填写两位或四位数字",
            fields={"class": "digits"},
        )
    return subclass


def _listed(limited: tuple[str, ...] | None) -> list[str] | None:
    return list(limited) if limited is not None else None
