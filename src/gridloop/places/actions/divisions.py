"""Loads the lists of divisions: today's, the older ones, what became of those, and the polygons of counties."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import connection, transaction
from shapely.geometry.base import BaseGeometry

from gridloop.audit import actions as ledger
from gridloop.engines.crs import gcj02_to_wgs84
from gridloop.kernel.caller import Caller
from gridloop.kernel.units import SRID_WGS84
from gridloop.places.actions.loading import copy_rows
from gridloop.places.actions.search import refresh_search
from gridloop.places.models import Division, DivisionAlias
from gridloop.places.rules import lists
from gridloop.places.rules.codes import area_of
from gridloop.places.rules.names_en import division_name_en
from gridloop.places.rules.succession import Entry, Fate, fates

COUNTY = 3
IMPORTED = "import:"
"""How the source of a division begins whose outline a city imported itself: the lists do not undo that."""
KEPT_FIELDS = (
    "level", "name_zh", "name_en", "parent_area", "valid_to", "urban_rural_code",
    "centre", "centre_precision", "geom", "source", "confidence",
)  # fmt: skip
COLUMNS = ("code12", "valid_from", "area", *KEPT_FIELDS)
STAGE = """
drop table if exists places_division_coming;
create temporary table places_division_coming (like places_division) on commit drop;
alter table places_division_coming drop column id
"""
RENEW = f"""
insert into places_division ({", ".join(COLUMNS)})
select {", ".join(COLUMNS)} from places_division_coming
on conflict (code12, valid_from) do update set {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[2:])}
"""  # noqa: S608 - the columns are named above


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many divisions stand today, stood once, and have no known successor."""

    today: int
    former: int
    unresolved: int
    polygons: int
    points: int


@dataclass(slots=True)
class OlderFacts:
    """What only the older lists tell: urban-rural code and published point (WGS-84) by the code of that time."""

    urban_rural: dict[str, str] = field(default_factory=dict)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)


def load_divisions(*, by: Caller, now: dt.datetime, data: Path | None = None) -> Loaded:
    """Loads or renews all divisions from `data` (the project's own by default); loading twice changes nothing."""
    folder = data or settings.ROOT / "data"
    today = list(_entries(folder, lists.TODAY_LISTS))
    older, facts = _older(folder)
    became = fates(older, today)
    with transaction.atomic():
        rows = _rows(today, became, facts, _county_polygons(folder))
        own = set(Division.objects.filter(source__startswith=IMPORTED, valid_to=None).values_list("area", flat=True))
        rows = [row for row in rows if row.valid_to is not None or row.area not in own]
        _keep(rows)
        unresolved = _keep_fates(became)
        refresh_search("division", "former")
        loaded = Loaded(
            today=sum(row.valid_to is None for row in rows) + len(own),
            former=sum(row.valid_to is not None for row in rows),
            unresolved=unresolved,
            polygons=sum(row.geom is not None for row in rows),
            points=sum(row.centre is not None and row.valid_to is None for row in rows),
        )
        ledger.record(
            by,
            "places.divisions_loaded",
            "places:divisions",
            at=now,
            detail={"today": loaded.today, "former": loaded.former, "unresolved": loaded.unresolved},
        )
    return loaded


def _keep(rows: Iterable[Division]) -> None:
    """New divisions inserted, those that stand there already renewed; by COPY, for there are thirteen thousand."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_rows("places_division_coming", COLUMNS, (_copied(row) for row in rows))
        cursor.execute(RENEW)


def _copied(row: Division) -> tuple[object, ...]:
    shapes = {name: shape.hexewkb.decode() for name in ("centre", "geom") if (shape := getattr(row, name)) is not None}
    return tuple(shapes.get(name) if name in {"centre", "geom"} else getattr(row, name) for name in COLUMNS)


def _entries(folder: Path, files: tuple[str, ...]) -> Iterator[Entry]:
    """Every division once; the province and prefectures stand in several files."""
    seen: set[str] = set()
    for row in _lines(folder, files):
        if row["code12"] not in seen:
            seen.add(row["code12"])
            yield Entry(row["code12"], row["name_zh"], int(row["level"]), row["parent_code12"])


def _older(folder: Path) -> tuple[list[Entry], OlderFacts]:
    facts, entries, codes, gcj02 = OlderFacts(), [], [], []
    for row in _lines(folder, lists.OLDER_LISTS):
        entries.append(Entry(row["code12"], row["name_zh"], int(row["level"]), row["parent_code12"]))
        facts.urban_rural[row["code12"]] = row["urban_rural_code"]
        if row["lon_gcj02"]:
            codes.append(row["code12"])
            gcj02.append((float(row["lon_gcj02"]), float(row["lat_gcj02"])))
    wgs84 = gcj02_to_wgs84(np.array(gcj02, dtype=np.float64).reshape(-1, 2))
    facts.points = {code: (float(lon), float(lat)) for code, (lon, lat) in zip(codes, wgs84, strict=True)}
    return entries, facts


def _lines(folder: Path, files: tuple[str, ...]) -> Iterator[dict[str, str]]:
    for name in files:
        with (folder / "standards" / name).open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


def _county_polygons(folder: Path) -> dict[str, MultiPolygon]:
    """County outlines in WGS-84 by their six digits, made valid."""
    collection = json.loads((folder / "geo" / "counties.geojson").read_text("utf-8"))
    polygons = {}
    for feature in collection["features"]:
        outline = shapely.make_valid(shapely.from_geojson(json.dumps(feature["geometry"])))
        parts = [part for part in shapely.get_parts(outline) if part.geom_type in {"Polygon", "MultiPolygon"}]
        polygons[feature["properties"]["code"]] = multipolygon(shapely.union_all(parts))
    return polygons


def multipolygon(shape: BaseGeometry) -> MultiPolygon:
    """A polygon or multipolygon as the database keeps it."""
    geometry = GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=SRID_WGS84)
    return geometry if isinstance(geometry, MultiPolygon) else MultiPolygon(geometry, srid=SRID_WGS84)


def _rows(
    today: list[Entry], became: list[Fate], facts: OlderFacts, polygons: Mapping[str, MultiPolygon]
) -> list[Division]:
    unchanged = {fate.old.code12 for fate in became if fate.method == "unchanged"}
    came_from = {
        fate.successor: fate.old.code12 for fate in became if fate.successor and fate.method in lists.KEEPS_POINT
    }
    rows = []
    for entry in today:
        row = _row(entry, lists.OLDER_SINCE if entry.code12 in unchanged else lists.TODAY_SINCE)
        origin = came_from.get(entry.code12, "")
        row.urban_rural_code = facts.urban_rural.get(origin, "")
        row.source = lists.TODAY_SOURCE
        row.geom = polygons.get(row.area) if row.level == COUNTY else None
        _centre(row, facts.points.get(origin))
        rows.append(row)
    for fate in became:
        if fate.method != "unchanged":
            row = _row(fate.old, lists.OLDER_SINCE)
            row.valid_to = lists.TODAY_SINCE
            row.urban_rural_code = facts.urban_rural[fate.old.code12]
            row.source = lists.OLDER_SOURCE
            _centre(row, facts.points.get(fate.old.code12))
            rows.append(row)
    return rows


def _row(entry: Entry, since: dt.date) -> Division:
    return Division(
        code12=entry.code12,
        area=area_of(entry.code12),
        level=entry.level,
        name_zh=entry.name,
        name_en=division_name_en(entry.name),
        parent_area=area_of(entry.parent12) if entry.parent12 else "",
        valid_from=since,
        confidence="high",
    )


def _centre(row: Division, published: tuple[float, float] | None) -> None:
    if published:
        row.centre, row.centre_precision = Point(*published, srid=SRID_WGS84), "published_point"
    elif row.geom:
        row.centre, row.centre_precision = row.geom.point_on_surface, "inside_polygon"


def _keep_fates(became: list[Fate]) -> int:
    """Writes what became of former divisions; returns how many have no known successor."""
    ids = {(code, since): pk for code, since, pk in Division.objects.values_list("code12", "valid_from", "pk")}
    todays = dict(Division.objects.filter(valid_to=None).values_list("code12", "pk"))
    DivisionAlias.objects.all().delete()
    kept = DivisionAlias.objects.bulk_create(
        DivisionAlias(
            old_id=ids[fate.old.code12, lists.OLDER_SINCE],
            successor_id=todays[fate.successor] if fate.successor else None,
            method=fate.method,
            confidence=fate.confidence,
            note_zh=fate.note_zh,
            note_en=fate.note_en,
        )
        for fate in became
        if fate.method != "unchanged"
    )
    return sum(fate.successor_id is None for fate in kept)
