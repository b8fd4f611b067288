"""What is at a point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import Q

from gridloop.identity import queries as identity
from gridloop.kernel.errors import Malformed
from gridloop.places.models import AreaUnit
from gridloop.places.queries.statements import statement
from gridloop.places.queries.views import Named, PlaceAt
from gridloop.places.rules.address import Address, Nearby, address

AREA_KIND = "street"  # the subdistrict office or township answers for an area as a whole (department_kinds.json)


def at(lon: float, lat: float, kind: str = AREA_KIND) -> PlaceAt:
    """Cell, grid, division chain, unit of `kind` and address at a WGS-84 point; two statements at most. Malformed off the globe."""
    check_point(lon, lat)
    with connection.cursor() as cursor:
        cursor.execute(statement("at"), {"lon": lon, "lat": lat, "kind": kind})
        row = cursor.fetchone()
    found = _place(lon, lat, row)
    if found.unit_id is None and found.place:
        return replace(found, unit_id=_unit_of_area(found.place, kind))
    return found


def address_of(lon: float, lat: float) -> Address:
    """The point in words: street and landmark where known, else empty; one statement."""
    check_point(lon, lat)
    with connection.cursor() as cursor:
        cursor.execute(
            "select street_zh, street_en, near_zh, near_en, near_kind from places_address(%s, %s)", [lon, lat]
        )
        return address(Nearby(*cursor.fetchone()))


def responsible_unit(place: str, kind: str, *, on: dt.date) -> int | None:
    """The unit of a kind that answers on a day for the smallest area round `place`, or None; two statements at most.

    What was said of the area itself (`answer_for`) goes before the areas of the units.
    """
    areas = ["", *(place[:width] for width in (2, 4, 6, 9, 12, 15) if width <= len(place))]
    with connection.cursor() as cursor:
        cursor.execute(
            "select unit_id from places_areaunit where kind = %s and valid_from <= %s and (valid_to is null or valid_to > %s)"
            " and area = any(%s) order by length(area) desc limit 1",
            [kind, on, on, areas],
        )
        row = cursor.fetchone()
    return row[0] if row else _unit_of_area(place, kind)


def area_units(on: dt.date) -> dict[str, tuple[tuple[str, int], ...]]:
    """What was said of areas and holds on a day: kind -> (area, unit), the longest area first; one statement."""
    found: dict[str, list[tuple[str, int]]] = {}
    rows = AreaUnit.objects.filter(Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on)))
    for kind, area, unit_id in rows.order_by("kind", "area").values_list("kind", "area", "unit_id"):
        found.setdefault(kind, []).append((area, unit_id))
    return {kind: tuple(sorted(said, key=lambda one: (-len(one[0]), one[0]))) for kind, said in found.items()}


def _unit_of_area(place: str, kind: str) -> int | None:
    unit = identity.unit_for_kind(kind, place)
    return unit.id if unit else None


def check_point(lon: float, lat: float) -> None:
    """Refuses what is not a position on the globe, NaN included."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Malformed(
            f"({lon}, {lat}) is not a position; longitude is -180 to 180 and latitude -90 to 90, WGS-84, longitude first",
            zh=f"({lon}, {lat})不是有效位置;经度应在 -180 至 180,纬度应在 -90 至 90,WGS-84 坐标,经度在前",
            fields={"lon": "-180..180", "lat": "-90..90"},
        )


def _place(lon: float, lat: float, row: Sequence[Any]) -> PlaceAt:
    cell, grid, place, village, village_by, grid_names, divisions, unit_id, *nearby = row
    by_level = {level: Named(area, zh, en) for level, area, zh, en in divisions or ()}
    chain = [by_level[level] for level in sorted(by_level)]
    village_named = by_level.get(5) if village else None
    return PlaceAt(
        lon=lon,
        lat=lat,
        cell=_cell(cell, village_named),
        grid=Named(grid, *grid_names) if grid else None,
        village=village_named,
        township=by_level.get(4),
        county=by_level.get(3),
        city=by_level.get(2),
        chain_zh="".join(step.zh for step in chain),
        chain_en=", ".join(step.en for step in reversed(chain)),
        place=place,
        village_by=village_by or ("grid" if village else ""),
        unit_id=unit_id,
        address=address(
            Nearby(*nearby), village_named.zh if village_named else "", village_named.en if village_named else ""
        ),
    )


def _cell(code: str | None, village: Named | None) -> Named | None:
    if code is None:
        return None
    sequence = code[-3:]
    return Named(
        code,
        f"{village.zh if village else ''}{sequence}号单元网格",
        f"{village.en if village else ''} cell {sequence}".strip(),
    )
