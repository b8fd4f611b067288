"""The plain values that this room answers with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from gridloop.places.rules.address import Address


@dataclass(frozen=True, slots=True)
class Name:
    """What a place is called in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Named:
    """A place by its code (without filling zeros) and name."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class PlaceAt:
    """What is at a point; every part is None where it is not known, `place` is the finest known code or empty."""

    lon: float
    lat: float
    cell: Named | None
    grid: Named | None
    village: Named | None
    township: Named | None
    county: Named | None
    city: Named | None
    chain_zh: str
    chain_en: str
    place: str
    village_by: str  # how the community is known: nearest_point | overflow | survey | grid, empty where it is not
    unit_id: int | None
    address: Address


@dataclass(frozen=True, slots=True)
class ComponentView:
    """A component as it stands; `distance_m` only where one was measured."""

    code: str
    subclass: str
    name: str
    lon: float
    lat: float
    cell: str
    place: str
    state: str
    owner_unit_id: int | None
    maintain_unit_id: int | None
    authority_unit_id: int | None
    surveyed_on: dt.date | None
    changed_on: dt.date | None
    source: str
    accuracy: str
    note: str
    synthetic: bool
    attributes: Mapping[str, object] = field(default_factory=dict)
    distance_m: float | None = None
    installed_on: dt.date | None = None
    warranty_contractor: str = ""
    warranty_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class DivisionView:
    """A division for as long as it bore this code and name."""

    code12: str
    area: str
    level: int
    name_zh: str
    name_en: str
    parent_area: str
    valid_from: dt.date
    valid_to: dt.date | None
    urban_rural_code: str
    lon: float | None
    lat: float | None
    centre_precision: str
    source: str
    confidence: str
    children: int | None = None  # counted only in lists


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a code or name meant, and what it is today: chains from the widest division to the one asked for."""

    then: tuple[DivisionView, ...]
    today: tuple[DivisionView, ...]  # empty where no successor is known
    method: str
    confidence: str
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One answer of the search box; `code` is empty for places that have only a name."""

    kind: str
    code: str
    name: Name
    within: Name
    lon: float | None
    lat: float | None
    area: str
    now_code: str = ""
