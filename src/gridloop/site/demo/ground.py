"""The demo city's ground: real divisions, cells over a part of the island, names of streets and stations, components along the streets."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridloop.engines.streets import LANE, Lines
from gridloop.kernel.caller import Caller
from gridloop.places import actions as places
from gridloop.places import queries as found
from gridloop.site.basemap.demo_streets import demo_streets, mainland
from gridloop.site.basemap.ground import FRAME
from gridloop.site.basemap.sources import counties
from gridloop.site.demo.furniture import Furniture, furnish
from gridloop.site.demo.organisation import BUILT_UP, FOLDER, Unit
from gridloop.site.demo.sizes import Size
from gridloop.site.demo.warranty import built
from gridloop.site.imports.ahead import ahead

STANDARDS = FOLDER.parent / "standards"
MANAGED = "筼筜片区(示范)"
MANAGED_EN = "Yundang quarter (demo)"
WHOLE = "建成区(示范)"
WHOLE_EN = "Built-up area (demo)"
REACH_M, HALVINGS = 40_000.0, 40
BATCH = 50_000
"""Components that are registered in one transaction."""
CENTRE = (118.118, 24.4795)
"""Middle of the managed area, on the line between Siming and Huli (WGS-84)."""
SYNTHETIC_SOURCE = "synthetic: made from a seed for the demo city"


def managed_square(side_m: float) -> shapely.Polygon:
    """A square of this side round the centre, in degrees."""
    half = side_m / 2
    middle = FRAME.to_metres(np.array(CENTRE))
    corners = middle + np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    return shapely.Polygon(FRAME.to_degrees(corners))


def managed_area(size: Size) -> BaseGeometry:
    """The managed area in degrees: a square round the centre, or the island and as much of the mainland beside it as the size wants."""
    if size.side_m:
        return managed_square(size.side_m)
    land = shapely.union_all([county.shape for county in counties() if county.code in BUILT_UP])
    land_m = shapely.transform(land, FRAME.to_metres)
    middle = shapely.Point(FRAME.to_metres(np.array(CENTRE)))
    low, high = 0.0, REACH_M
    for _ in range(HALVINGS):  # the radius at which land and circle share the wanted area
        radius = (low + high) / 2
        low, high = (low, radius) if _shared(land_m, middle, radius).area > size.area_km2 * 1e6 else (radius, high)
    return shapely.transform(_shared(land_m, middle, high), FRAME.to_degrees)


def _shared(land: BaseGeometry, middle: shapely.Point, radius: float) -> BaseGeometry:
    return shapely.intersection(land, shapely.buffer(middle, radius, quad_segs=32))


def lay_cells(size: Size, *, by: Caller, now: dt.datetime) -> int:
    """Cut the managed area into cells; returns how many there are."""
    name, english = (MANAGED, MANAGED_EN) if size.side_m else (WHOLE, WHOLE_EN)
    return places.make_cells(name, managed_area(size), by=by, now=now, name_en=english, overflow=True).cells


@dataclass(frozen=True)
class Streets:
    """The island's streets in degrees, and their names (zh, en) by name number."""

    lines: Lines
    names: list[tuple[str, str]]


def streets(seed: int, size: Size) -> Streets:
    """The invented streets of the island, for larger sizes of the mainland too, as on the base map of that seed."""
    lines, names = demo_streets(seed)
    if size.side_m:
        return Streets(lines, names)
    beside = mainland(seed)
    both = Lines(
        points=np.concatenate([lines.points, beside.streets.points]),
        starts=np.concatenate([lines.starts, beside.streets.starts[1:] + len(lines.points)]),
        rank=np.concatenate([lines.rank, beside.streets.rank]),
        name=np.concatenate([lines.name, beside.streets.name + len(names)]),
    )
    return Streets(both, [*names, *beside.names])


def name_streets(city: Streets, *, by: Caller, now: dt.datetime) -> int:
    """Put the names of main and secondary streets on the map, one multi-line a name; lanes stay unnamed there. Returns how many."""
    named = city.lines.rank != LANE
    lines, numbers_of = city.lines.shapes()[named], city.lines.name[named]
    order = np.argsort(numbers_of, kind="stable")
    numbers, starts = np.unique(numbers_of[order], return_index=True)
    groups = np.split(lines[order], starts[1:])
    return places.name_places(
        (
            places.NewName(
                kind="street",
                name_zh=city.names[number][0],
                name_en=city.names[number][1],
                geometry=shapely.MultiLineString(list(group)),
                source=SYNTHETIC_SOURCE,
                synthetic=True,
            )
            for number, group in zip(numbers.tolist(), groups, strict=True)
            if city.names[number][0]
        ),
        by=by,
        now=now,
    )


Owners = dict[tuple[str, str], int]
"""Unit by kind of department and area."""


def place_furniture(city: Streets, size: Size, seed: int) -> Furniture:
    """Where this size's components stand; the same seed gives the same ones."""
    return furnish(city.lines, managed_area(size), FRAME, count=size.components, seed=seed, closer=size.closer)


def stand_components(
    stood: Furniture,
    owners: Owners,
    *,
    by: Caller,
    now: dt.datetime,
    tick: Callable[[int, int], None],
    index: Callable[[int, int], None],
) -> int:
    """Register the components along the streets, each with its owner; returns how many. `index`: their indexes are built."""
    total, finder = 0, found.finder()
    parts = (stood.part(start, start + BATCH) for start in range(0, len(stood), BATCH))
    with places.without_indexes(index):
        for prepared in ahead(places.prepare(_survey(part, owners, now), finder) for part in parts):
            total += places.register_survey(prepared, by=by, now=now)
            tick(total, len(stood))
    places.refresh_tiles()
    return total


def _survey(stood: Furniture, owners: Owners, now: dt.datetime) -> places.Survey:
    classes = {row["code"]: row for row in standard("components.csv")}
    count, subclasses = len(stood), stood.subclass.tolist()
    kinds = (
        (classes[subclass]["dept_kind"], area)
        for subclass, area in zip(subclasses, _county_of(stood.lonlat), strict=True)
    )
    owner = [owner_at(owners, kind, area) for kind, area in kinds]
    history = [
        built(lon, lat, subclass, now.date())
        for subclass, (lon, lat) in zip(subclasses, stood.lonlat.tolist(), strict=True)
    ]
    return places.Survey(
        foreign_id=[""] * count,
        fingerprint=[b""] * count,
        code=[""] * count,
        subclass=subclasses,
        name=[classes[subclass]["name_zh"] for subclass in subclasses],
        lonlat=stood.lonlat,
        state=["intact"] * count,
        owner_unit_id=owner,
        maintain_unit_id=owner,
        authority_unit_id=[None] * count,
        surveyed_on=[now.date() - dt.timedelta(days=400)] * count,
        source=["other"] * count,
        accuracy=["B"] * count,
        note=[SYNTHETIC_SOURCE] * count,
        attributes=["{}"] * count,
        installed_on=[installed for installed, _, _ in history],
        warranty_contractor=[contractor for _, contractor, _ in history],
        warranty_until=[until for _, _, until in history],
        synthetic=True,
    )


def owners_by_kind(rows: list[Unit], units: dict[str, int]) -> Owners:
    """Every unit by its kind and area."""
    return {(row["kind"], row["area"]): units[row["code"]] for row in rows}


def owner_at(owners: Owners, kind: str, county: str) -> int | None:
    """The county's own unit of a kind, else the city's, else nobody."""
    return owners.get((kind, county)) or owners.get((kind, county[:4]))


def _county_of(lonlat: NDArray[np.float64]) -> list[str]:
    """The six-digit county of each point (n, 2), the city's own four digits where none holds it."""
    at = np.full(len(lonlat), "3502", dtype="<U6")
    for county in counties():
        if county.code.startswith("3502"):
            at[shapely.contains_xy(county.shape, lonlat)] = county.code
    codes: list[str] = at.tolist()
    return codes


def standard(name: str) -> list[dict[str, str]]:
    """The rows of one of the standards' tables."""
    with (STANDARDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
