"""The demo city's ground: real divisions, cells over a part of the island, names of streets and stations, components along the streets."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.streets import LANE, Lines
from gridloop.kernel.caller import Caller
from gridloop.places import actions as places
from gridloop.site.basemap.demo_streets import demo_streets
from gridloop.site.basemap.ground import FRAME
from gridloop.site.basemap.sources import counties
from gridloop.site.demo.furniture import Furniture, furnish
from gridloop.site.demo.organisation import FOLDER

STANDARDS = FOLDER.parent / "standards"
MANAGED = "筼筜片区(示范)"
MANAGED_EN = "Yundang quarter (demo)"
CENTRE = (118.118, 24.4795)
"""Middle of the managed area, on the line between Siming and Huli (WGS-84)."""
SYNTHETIC_SOURCE = "synthetic: made from a seed for the demo city"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a city: side of the managed square in metres, components, days of history, cases a day."""

    side_m: float
    components: int
    days: int
    cases_a_day: int


SIZES = {
    "tiny": Size(side_m=1_000, components=800, days=3, cases_a_day=40),
    "small": Size(side_m=4_500, components=20_000, days=60, cases_a_day=200),
}
"""`tiny` is for tests; `small` is the demo city: about 2,000 cells."""


def managed_square(side_m: float) -> shapely.Polygon:
    """A square of this side round the centre, in degrees."""
    half = side_m / 2
    middle = FRAME.to_metres(np.array(CENTRE))
    corners = middle + np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    return shapely.Polygon(FRAME.to_degrees(corners))


def lay_cells(size: Size, *, by: Caller, now: dt.datetime) -> int:
    """Cut the managed area into cells; returns how many there are."""
    return places.make_cells(
        MANAGED, managed_square(size.side_m), by=by, now=now, name_en=MANAGED_EN, overflow=True
    ).cells


@dataclass(frozen=True)
class Streets:
    """The island's streets in degrees, and their names (zh, en) by name number."""

    lines: Lines
    names: list[tuple[str, str]]


def streets(seed: int) -> Streets:
    """The invented streets of the island, as on the base map of that seed."""
    return Streets(*demo_streets(seed))


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


def stand_components(
    city: Streets, size: Size, units: dict[str, int], *, seed: int, by: Caller, now: dt.datetime
) -> int:
    """Register the components along the streets, each with its owner; returns how many."""
    stood = furnish(city.lines, managed_square(size.side_m), FRAME, count=size.components, seed=seed)
    codes = places.register_components(_components(stood, units, now), by=by, now=now)
    places.refresh_tiles()
    return len(codes)


def _components(stood: Furniture, units: dict[str, int], now: dt.datetime) -> list[places.NewComponent]:
    classes = {row["code"]: row for row in standard("components.csv")}
    owners = owners_by_kind(units)
    county = _county_of(stood.lonlat)
    surveyed = now.date() - dt.timedelta(days=400)
    return [
        places.NewComponent(
            lon=lon,
            lat=lat,
            subclass=subclass,
            name=classes[subclass]["name_zh"],
            owner_unit_id=owner_at(owners, classes[subclass]["dept_kind"], area),
            surveyed_on=surveyed,
            source="other",
            accuracy="B",
            note=SYNTHETIC_SOURCE,
            synthetic=True,
        )
        for subclass, area, (lon, lat) in zip(stood.subclass.tolist(), county, _pairs(stood.lonlat), strict=True)
    ]


Owners = dict[tuple[str, str], int]
"""Unit by kind of department and area."""


def owners_by_kind(units: dict[str, int]) -> Owners:
    """Every unit by its kind and area."""
    with (FOLDER / "units.csv").open(encoding="utf-8", newline="") as file:
        return {(row["kind"], row["area"]): units[row["code"]] for row in csv.DictReader(file)}


def owner_at(owners: Owners, kind: str, county: str) -> int | None:
    """The county's own unit of a kind, else the city's, else nobody."""
    return owners.get((kind, county)) or owners.get((kind, county[:4]))


def _county_of(lonlat: NDArray[np.float64]) -> list[str]:
    """The six-digit county of each point (n, 2), the city's own four digits where none holds it."""
    found = np.full(len(lonlat), "3502", dtype="<U6")
    for county in counties():
        if county.code.startswith("3502"):
            found[shapely.contains_xy(county.shape, lonlat)] = county.code
    return [str(code) for code in found]


def _pairs(lonlat: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lon, lat in lonlat]


def standard(name: str) -> list[dict[str, str]]:
    """The rows of one of the standards' tables."""
    with (STANDARDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
