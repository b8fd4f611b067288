"""Components by code and by nearness."""

from __future__ import annotations

import json
from dataclasses import replace

from django.db import connection

from gridloop.kernel.errors import NotFound
from gridloop.places import models
from gridloop.places.queries.points import check_point
from gridloop.places.queries.views import ComponentView
from gridloop.places.rules import codes


def component(code: str) -> ComponentView:
    """One component by its 16 digits; Malformed or NotFound otherwise. One statement."""
    wanted = str(codes.component_code(code))
    found = models.Component.objects.filter(code=wanted).first()
    if found is None:
        raise NotFound(
            f"component {wanted} is not in the register; check the digits or search near its place",
            zh=f"部件库中没有部件 {wanted};请核对代码或在其位置附近查找",
        )
    return view(found)


def nearest_component(lon: float, lat: float, subclass: str, within_m: float = 50) -> ComponentView | None:
    """The nearest component of a subclass within `within_m` (500 m at most), or None; one statement."""
    check_point(lon, lat)
    with connection.cursor() as cursor:
        cursor.execute(
            "select component.code, subclass, name, st_x(geom), st_y(geom), cell, place, component.state,"
            " owner_unit_id, maintain_unit_id, authority_unit_id, surveyed_on, changed_on, source, accuracy, note,"
            " synthetic, attributes::text, near.distance_m"
            " from places_nearest_component(%s, %s, %s, %s) near join places_component component using (code)",
            [lon, lat, subclass, within_m],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return replace(ComponentView(*row[:17]), attributes=json.loads(row[17]), distance_m=row[18])


def view(found: models.Component) -> ComponentView:
    """The plain values of a stored component."""
    return ComponentView(
        code=found.code,
        subclass=found.subclass,
        name=found.name,
        lon=found.geom.x,
        lat=found.geom.y,
        cell=found.cell,
        place=found.place,
        state=found.state,
        owner_unit_id=found.owner_unit_id,
        maintain_unit_id=found.maintain_unit_id,
        authority_unit_id=found.authority_unit_id,
        surveyed_on=found.surveyed_on,
        changed_on=found.changed_on,
        source=found.source,
        accuracy=found.accuracy,
        note=found.note,
        synthetic=found.synthetic,
        attributes=found.attributes,
    )
