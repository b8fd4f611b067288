"""What is in a box of the map, as GeoJSON features a layer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from gridloop.kernel.errors import Malformed
from gridloop.places.queries.points import check_point

FEATURES_MAX = 500

BOX_SQL = {
    "divisions": "select code12 as code, json_build_object('code', area, 'level', level, 'name_zh', name_zh, 'name_en', name_en)"
    " as properties, geom from places_division where valid_to is null and level = 3 and geom && box and st_intersects(geom, box)",
    "grids": "select code, json_build_object('code', code, 'name_zh', name_zh, 'name_en', name_en, 'workers', workers)"
    " as properties, geom from places_grid where valid_to is null and geom && box and st_intersects(geom, box)",
    "cells": "select code, json_build_object('code', code, 'village', village12, 'village_by', village_by, 'area_m2', area_m2)"
    " as properties, geom from places_cell where valid_to is null and geom && box and st_intersects(geom, box)",
    "components": "select code, json_build_object('code', code, 'subclass', subclass, 'name', name, 'state', state,"
    " 'owner_unit_id', owner_unit_id) as properties, geom from places_component where geom && box",
    "names": "select name_zh as code, json_build_object('kind', kind, 'name_zh', name_zh, 'name_en', name_en,"
    " 'synthetic', synthetic) as properties, geom from places_placename where geom && box and st_intersects(geom, box)",
}
"""One bounded statement a layer; `box` is the envelope asked for."""


PUBLIC_LAYERS = frozenset({"divisions", "names"})


def patterns(areas: Sequence[str] | None) -> tuple[str, ...] | None:
    """What codes inside these areas look like; an area finer than a county shows its county, since pipes do not end at a kerb."""
    if areas is None or "" in areas:
        return None
    return tuple(sorted({f"{area[:6]}%" for area in areas}))


def in_box(
    west: float,
    south: float,
    east: float,
    north: float,
    layers: Iterable[str],
    *,
    areas: Sequence[str] | None = None,
    limit: int = FEATURES_MAX,
) -> dict[str, dict[str, Any]]:
    """A GeoJSON FeatureCollection a layer, 500 features each at most and `truncated` where there are more; a statement a layer.

    What is not public is limited to the counties round `areas` (None: everywhere).
    """
    check_point(west, south)
    check_point(east, north)
    if west >= east or south >= north:
        raise Malformed(
            "the box is empty; give west < east and south < north in degrees",
            zh="范围为空;请使 w < e 且 s < n(单位:度)",
        )
    wanted = list(dict.fromkeys(layers))
    unknown = [layer for layer in wanted if layer not in BOX_SQL]
    if unknown:
        raise Malformed(
            f"there is no layer {', '.join(unknown)}; the layers are {', '.join(BOX_SQL)}",
            zh=f"没有图层 {'、'.join(unknown)};可用图层:{'、'.join(BOX_SQL)}",
            fields={"layers": ", ".join(BOX_SQL)},
        )
    limit = max(1, min(limit, FEATURES_MAX))
    return {layer: _collection(layer, (west, south, east, north), patterns(areas), limit) for layer in wanted}


def _collection(
    layer: str, box: tuple[float, float, float, float], codes: tuple[str, ...] | None, limit: int
) -> dict[str, Any]:
    within = "" if layer in PUBLIC_LAYERS or codes is None else " and code like any (%s)"
    inside = [list(codes)] if within and codes else []
    with connection.cursor() as cursor:
        cursor.execute(
            "select properties::text, st_asgeojson(geom, 6) from (select spot.* from st_makeenvelope(%s, %s, %s, %s, 4326) box,"  # noqa: S608 - from the table above
            f" lateral ({BOX_SQL[layer]}{within} limit %s) spot) found order by code",
            [*box, *inside, limit + 1],
        )
        rows = cursor.fetchall()
    features = [
        {"type": "Feature", "geometry": json.loads(geometry), "properties": json.loads(properties)}
        for properties, geometry in rows[:limit]
    ]
    return {"type": "FeatureCollection", "features": features, "truncated": len(rows) > limit}
