"""How the web asks about places and fetches map tiles."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed, NotSignedIn
from gridloop.kernel.permits import Permits, in_area, public
from gridloop.places import queries

router = Router(tags=["places"])

STAFF = frozenset(Duty) - {Duty.CITIZEN}
PERMITS: Permits = {
    ("GET", "/places/at"): public(),
    ("GET", "/places/search"): public(),
    ("GET", "/places/locate"): public(),
    ("GET", "/places/box"): public(),
    ("GET", "/places/divisions"): public(),
    ("GET", "/places/resolve"): public(),
    ("GET", "/places/components/{code}"): in_area(*STAFF, api_scope="places:read"),
    ("GET", "/tiles/{layer}/{z}/{x}/{y}.mvt"): public(),
}
"""Divisions and names are for everybody; cells, grids and components need a duty, in boxes and tiles too (`_areas` looks)."""

TILE_TYPE = "application/vnd.mapbox-vector-tile"


class NamedAnswer(Schema):
    """A place by code and name."""

    code: str
    zh: str
    en: str


class AddressAnswer(Schema):
    """An address in words."""

    zh: str
    en: str


class PlaceAnswer(Schema):
    """What is at a point."""

    lon: float
    lat: float
    cell: NamedAnswer | None
    grid: NamedAnswer | None
    village: NamedAnswer | None
    township: NamedAnswer | None
    county: NamedAnswer | None
    city: NamedAnswer | None
    chain_zh: str
    chain_en: str
    place: str
    village_by: str
    unit_id: int | None
    address: AddressAnswer


class FoundAnswer(Schema):
    """One answer of the search box."""

    kind: str
    code: str
    name: AddressAnswer
    within: AddressAnswer
    lon: float | None
    lat: float | None
    area: str
    now_code: str


class PartsAnswer(Schema):
    """What an address says; empty where it says nothing. `unknown` are names that no register has."""

    relation: str
    divisions: list[str]
    street: str
    number: str
    building: str
    cross: str
    until: str
    place: str
    place_kind: str
    exit: str
    bearing: float | None
    distance_m: float | None
    unknown: list[str]


class LocatedAnswer(Schema):
    """A place that an address may mean."""

    lon: float
    lat: float
    label_zh: str
    label_en: str
    precision_m: float
    confidence: float
    area: str
    why: list[str]
    why_zh: list[str]


class LocationAnswer(Schema):
    """An address understood, and where it may be, likeliest first."""

    parts: PartsAnswer
    candidates: list[LocatedAnswer]


class DivisionAnswer(Schema):
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
    children: int | None


class ResolutionAnswer(Schema):
    """What a code or name meant, and what it is today."""

    then: list[DivisionAnswer]
    today: list[DivisionAnswer]
    method: str
    confidence: str
    note_zh: str
    note_en: str


class ComponentAnswer(Schema):
    """A component as it stands."""

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
    installed_on: dt.date | None
    warranty_contractor: str
    warranty_until: dt.date | None
    in_warranty: bool
    source: str
    accuracy: str
    note: str
    synthetic: bool
    attributes: dict[str, Any]
    owner: AddressAnswer
    maintainer: AddressAnswer


class FeaturesAnswer(Schema):
    """A GeoJSON FeatureCollection of one layer."""

    type: str
    features: list[dict[str, Any]]
    truncated: bool


Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


@router.get("/places/at", response=PlaceAnswer)
def at(request: Asked, lon: Degrees, lat: Latitude) -> dict[str, Any]:  # noqa: ARG001 - Ninja passes it
    """Cell, grid, divisions, responsible unit and address at a WGS-84 point."""
    return asdict(queries.at(lon, lat))


@router.get("/places/search", response=list[FoundAnswer])
def search(
    request: Asked, q: Annotated[str, Field(max_length=200)], limit: Annotated[int, Field(ge=1, le=50)] = 20
) -> list[dict[str, Any]]:
    """Places by Chinese name, pinyin, initials, English name or code; staff find cells and components too."""
    found = queries.search(q, limit)
    if not request.caller.duties & STAFF:
        found = [answer for answer in found if answer.kind not in {"cell", "component", "grid"}]
    return [asdict(answer) for answer in found]


@router.get("/places/locate", response=LocationAnswer)
def locate(
    request: Asked,  # noqa: ARG001 - Ninja passes it
    text: Annotated[str, Field(min_length=1, max_length=1000)],
    near_lon: Degrees | None = None,
    near_lat: Latitude | None = None,
) -> dict[str, Any]:
    """Up to five places that an address in Chinese or English words may mean, with parts, precision and confidence."""
    near = (near_lon, near_lat) if near_lon is not None and near_lat is not None else None
    return asdict(queries.locate(text, near))


@router.get("/places/box", response=dict[str, FeaturesAnswer])
def box(
    request: Asked,
    w: Degrees,
    s: Latitude,
    e: Degrees,
    n: Latitude,
    layers: Annotated[str, Field(max_length=100)] = "divisions",
) -> dict[str, Any]:
    """GeoJSON of the named layers (comma-separated) inside a box, 500 features a layer at most."""
    wanted = [layer.strip() for layer in layers.split(",") if layer.strip()]
    return queries.in_box(w, s, e, n, wanted, areas=_areas(request, set(wanted) - queries.PUBLIC_BOX_LAYERS))


@router.get("/places/divisions", response=list[DivisionAnswer])
def divisions(
    request: Asked,  # noqa: ARG001 - Ninja passes it
    under: Annotated[str, Field(max_length=12)] = "",
    level: Annotated[int | None, Field(ge=1, le=5)] = None,
) -> list[dict[str, Any]]:
    """The divisions directly below `under`, or all of one level inside it (1,000 at most)."""
    return [asdict(division) for division in queries.divisions(under, level)]


@router.get("/places/resolve", response=list[ResolutionAnswer])
def resolve(
    request: Asked,  # noqa: ARG001 - Ninja passes it
    q: Annotated[str, Field(min_length=1, max_length=100)],
    on: dt.date | None = None,
) -> list[dict[str, Any]]:
    """What a code or full name of a division meant (on a day), and what it is today."""
    return [asdict(resolution) for resolution in queries.resolve(q, on)]


@router.get("/places/components/{code}", response=ComponentAnswer)
def component(request: Asked, code: str) -> dict[str, Any]:
    """One component by its 16 digits, for those who have a duty in its county."""
    found = queries.component(code)
    areas = _areas(request, {"components"})
    if areas is not None and not any(found.place.startswith(area[:6]) for area in areas):
        raise NotAllowed(
            f"component {found.code} lies in {found.place[:6]}; you have no duty there, an administrator of that area can grant one",
            zh=f"部件 {found.code} 位于 {found.place[:6]},您在该区域没有职责;请由该区域管理员授权",
        )
    return asdict(found) | queries.standing(found, clock.in_city(clock.now()).date())


@router.get(
    "/tiles/{layer}/{z}/{x}/{y}.mvt",
    openapi_extra={
        "responses": {
            200: {"description": "a vector tile", "content": {TILE_TYPE: {}}},
            304: {"description": "unchanged"},
        }
    },
)
def tile(
    request: Asked,
    layer: str,
    z: int,
    x: int,
    y: int,
    subclass: Annotated[str, Query(alias="class", max_length=4)] = "",
) -> HttpResponse:
    """One vector tile of a layer; `class` narrows components to a class or subclass."""
    private = layer not in queries.PUBLIC_LAYERS
    drawn = queries.tile(
        layer,
        z,
        x,
        y,
        areas=_areas(request, {layer} if private and layer in queries.LAYERS else set()),
        subclass=subclass,
    )
    if request.headers.get("If-None-Match") == drawn.etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(drawn.body, content_type=TILE_TYPE)
    response.headers["ETag"] = drawn.etag
    response.headers["Cache-Control"] = f"{'private' if private else 'public'}, max-age=30"
    return response


def _areas(request: Asked, private: set[str]) -> list[str] | None:
    """The areas of the caller's duties where `private` layers are asked for, None for no limit; NotAllowed without a duty."""
    if not private:
        return None
    caller = request.caller
    areas = [grant.area for grant in caller.grants if grant.duty in STAFF]
    if areas:
        return None if "" in areas else areas
    listed = ", ".join(sorted(private))
    if caller.person_id is None and caller.key_id is None:
        raise NotSignedIn(
            f"the layer {listed} is for people with a duty; sign in first",
            zh=f"图层 {listed} 仅供工作人员查看;请先登录",
        )
    raise NotAllowed(
        f"the layer {listed} is for people with a duty in an area; an administrator can grant one",
        zh=f"图层 {listed} 仅供有职责的工作人员查看;请由管理员授权",
    )
