"""Gives places the names that people use."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, transaction
from shapely.geometry.base import BaseGeometry

from gridloop.audit import actions as ledger
from gridloop.kernel.caller import Caller
from gridloop.kernel.units import SRID_WGS84
from gridloop.places.actions.search import refresh_search
from gridloop.places.models import PlaceName
from gridloop.places.rules.names_en import spelt, station_name_en, street_name_en

METRO_SOURCE = "metromancn/MetroMapOpenMiniProgram (MIT)"
SPELT = {"street": street_name_en, "metro": station_name_en}


@dataclass(frozen=True, slots=True)
class NewName:
    """A name to be put on the map; `geometry` is a WGS-84 point or line."""

    kind: str
    name_zh: str
    geometry: BaseGeometry
    source: str
    synthetic: bool
    name_en: str = ""


def name_places(new: Iterable[NewName], *, by: Caller, now: dt.datetime) -> int:
    """Adds or renews names (one a kind, name and county) and returns their number."""
    found = [_row(name) for name in new]
    _locate(found)
    rows = {(row.kind, row.name_zh, row.area): row for row in found}
    with transaction.atomic():
        PlaceName.objects.bulk_create(
            rows.values(),
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["kind", "name_zh", "area"],
            update_fields=["name_en", "geom", "source", "synthetic"],
        )
        refresh_search("metro", "street", "estate", "poi")
        ledger.record(by, "places.named", "places:names", at=now, detail={"names": len(rows)})
    return len(rows)


def load_metro_stations(*, by: Caller, now: dt.datetime, data: Path | None = None) -> int:
    """Puts the real metro stations of Xiamen and Fuzhou on the map and returns their number."""
    folder = data or settings.ROOT / "data"
    collection = json.loads((folder / "geo" / "metro_stations.geojson").read_text("utf-8"))
    return name_places(
        (
            NewName(
                "metro",
                feature["properties"]["name"],
                shapely.from_geojson(json.dumps(feature["geometry"])),
                METRO_SOURCE,
                synthetic=False,
            )
            for feature in collection["features"]
        ),
        by=by,
        now=now,
    )


def _row(name: NewName) -> PlaceName:
    english = name.name_en or SPELT.get(name.kind, spelt)(name.name_zh)
    geom = GEOSGeometry(memoryview(shapely.to_wkb(name.geometry)), srid=SRID_WGS84)
    return PlaceName(
        kind=name.kind, name_zh=name.name_zh, name_en=english, geom=geom, source=name.source, synthetic=name.synthetic
    )


def _locate(rows: list[PlaceName]) -> None:
    """Writes into each name the county that its middle lies in; one statement."""
    middles = [row.geom.point_on_surface for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "select spot.at, left(places_at.place, 6) from unnest(%s::int[], %s::float8[], %s::float8[]) spot(at, lon, lat),"
            " lateral places_at(spot.lon, spot.lat)",
            [list(range(len(rows))), [middle.x for middle in middles], [middle.y for middle in middles]],
        )
        for at, area in cursor.fetchall():
            rows[at].area = area
