"""Components by code and by nearness."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import connection

from gridloop.identity import queries as identity
from gridloop.kernel.errors import NotFound
from gridloop.places import models
from gridloop.places.queries.points import check_point
from gridloop.places.queries.views import ComponentView
from gridloop.places.rules import codes
from gridloop.places.rules.components import in_warranty


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


def owners(wanted: Iterable[str]) -> dict[str, int]:
    """The unit that owns each of these components, by code; unknown ones and those without an owner are left out. One statement."""
    found = models.Component.objects.filter(code__in=list(wanted), owner_unit_id__isnull=False)
    rows = found.values_list("code", "owner_unit_id")
    return {code: owner for code, owner in rows if owner is not None}


def nearest_component(lon: float, lat: float, subclass: str, within_m: float = 50) -> ComponentView | None:
    """The nearest component of a subclass within `within_m` (500 m at most), or None; one statement."""
    check_point(lon, lat)
    with connection.cursor() as cursor:
        cursor.execute(
            "select component.code, subclass, name, st_x(geom), st_y(geom), cell, place, component.state,"
            " owner_unit_id, maintain_unit_id, authority_unit_id, surveyed_on, changed_on, source, accuracy, note,"
            " synthetic, attributes::text, near.distance_m, installed_on, warranty_contractor, warranty_until"
            " from places_nearest_component(%s, %s, %s, %s) near join places_component component using (code)",
            [lon, lat, subclass, within_m],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    *columns, attributes, distance_m, installed_on, contractor, until = row
    return replace(
        ComponentView(*columns), attributes=json.loads(attributes), distance_m=distance_m,
        installed_on=installed_on, warranty_contractor=contractor, warranty_until=until,
    )  # fmt: skip


def standing(found: ComponentView, on: dt.date) -> dict[str, Any]:
    """Names of the owner and of who maintains it, and whether its warranty runs on that day; one statement."""
    wanted = {one for one in (found.owner_unit_id, found.maintain_unit_id) if one is not None}
    units = {unit.id: unit for unit in identity.units(wanted)} if wanted else {}
    owner, maintainer = units.get(found.owner_unit_id or 0), units.get(found.maintain_unit_id or 0)
    return {
        "owner": {"zh": owner.name_zh if owner else "", "en": owner.name_en if owner else ""},
        "maintainer": {"zh": maintainer.name_zh if maintainer else "", "en": maintainer.name_en if maintainer else ""},
        "in_warranty": in_warranty(found.warranty_until, on),
    }


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
        installed_on=found.installed_on,
        warranty_contractor=found.warranty_contractor,
        warranty_until=found.warranty_until,
    )
