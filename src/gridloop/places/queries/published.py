"""Places as features for everybody: divisions, cells, and of components what anybody may know; read by code, page after page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gridloop.kernel import statements
from gridloop.kernel.errors import Malformed
from gridloop.places.rules.shapes import Box, boxes_wkt

FEATURES_MAX = 2000
COUNTED_MAX = 100_000

ROWS: dict[str, tuple[str, str, str]] = {
    "divisions": (
        "places_division where valid_to is null", "area",
        "coalesce(geom, centre) as geom, json_build_object('code', code12, 'level', level, 'name_zh', name_zh, 'name_en', name_en, 'parent', parent_area)",
    ),
    "cells": (
        "places_cell where valid_to is null", "code",
        "geom, json_build_object('code', code, 'village', village12, 'area_m2', area_m2, 'whole', whole)",
    ),
    "components": (
        "places_component where state <> 'abandoned'", "code",
        "geom, json_build_object('code', code, 'class', left(subclass, 2), 'subclass', subclass, 'state', state, 'village', left(place, 12), 'synthetic', synthetic)",
    ),
}  # fmt: skip
"""Layer -> table with its condition, column of the code, geometry and properties. Owners, notes and attributes are not for everybody."""
GEOMETRY = {"divisions": "coalesce(geom, centre)"}


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its id, GeoJSON geometry (None where no position is known) and properties."""

    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


def features(layer: str, *, boxes: tuple[Box, ...] = (), after: str = "", limit: int = 100) -> list[Feature]:
    """The features of a layer that touch one of the boxes, by code from `after` on; one statement."""
    terms, params = _terms(layer, boxes)
    table, code, columns = ROWS[layer]
    text = (
        f"select id, st_asgeojson(geom, 6), properties::text from (select {code} as id, {columns} as properties from {table}"  # noqa: S608 - from the table above
        f" and {code} > %(after)s{terms} order by {code} limit %(limit)s) found"
    )
    rows = statements.run(text, params | {"after": after, "limit": max(1, min(limit, FEATURES_MAX))})
    return [_feature(row) for row in rows]


def feature(layer: str, code: str) -> Feature | None:
    """One of them by its code; one statement."""
    _terms(layer, ())
    table, column, columns = ROWS[layer]
    text = (
        f"select id, st_asgeojson(geom, 6), properties::text from (select {column} as id, {columns} as properties from {table}"  # noqa: S608 - as above
        f" and {column} = %(code)s limit 1) found"
    )
    rows = statements.run(text, {"code": code.replace("\x00", "")})
    return _feature(rows[0]) if rows else None


def features_counted(layer: str, *, boxes: tuple[Box, ...] = ()) -> int | None:
    """How many there are, or None above 100,000; one statement."""
    terms, params = _terms(layer, boxes)
    text = f"select count(*)::int from (select 1 from {ROWS[layer][0]}{terms} limit %(most)s) found"  # noqa: S608 - as above
    n = int(statements.run(text, params | {"most": COUNTED_MAX + 1})[0][0])
    return n if n <= COUNTED_MAX else None


def _terms(layer: str, boxes: tuple[Box, ...]) -> tuple[str, dict[str, Any]]:
    if layer not in ROWS:
        raise Malformed(
            f"there is no layer '{layer[:20]}'; there are {', '.join(ROWS)}",
            zh=f"没有图层“{layer[:20]}”;可用:{'、'.join(ROWS)}",
        )
    if not boxes:
        return "", {}
    geometry = GEOMETRY.get(layer, "geom")
    return f" and st_intersects({geometry}, st_geomfromtext(%(shape)s, 4326))", {"shape": boxes_wkt(boxes)}


def _feature(row: tuple[Any, ...]) -> Feature:
    code, geometry, properties = row
    return Feature(code, json.loads(geometry) if geometry else None, json.loads(properties))
