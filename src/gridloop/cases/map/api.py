"""How the web asks for what the map shows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from gridloop.cases.api.answers import written
from gridloop.cases.api.lists import QueueQuery
from gridloop.cases.map.queries import ground, marks
from gridloop.cases.queries.export import FORMATS
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permit, Permits, in_area
from gridloop.places import queries as places

router = Router(tags=["map"])
READERS: Permit = in_area(*sorted(ground.STAFF), api_scope="places:read")
PERMITS: Permits = {
    ("GET", "/map/counts"): READERS,
    ("GET", "/map/marks"): in_area(*sorted(ground.STAFF), api_scope="cases:read"),
    ("GET", "/map/list/{layer}"): READERS,
    ("GET", "/map/export/{layer}.{kind}"): READERS,
    ("GET", "/map/cards/{layer}/{code}"): READERS,
}
Layer = Literal["divisions", "grids", "cells", "components", "stations"]


class PieceQuery(QueueQuery):
    """A piece of the map (a box, or a drawn shape) and the filters of its cases."""

    @property
    def shape(self) -> places.Shape:
        """The piece; Malformed without a box."""
        return places.shape(self.box, self.within)

    @property
    def subclass(self) -> str:
        """The class of components that the filter names, or none."""
        kind, _, code = self.class_.rpartition(":")
        return code if kind == "component" and len(code) in {2, 4} else ""


class PieceList(PieceQuery):
    """One page of it."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, Field(max_length=60)] = ""


class PartOut(Schema):
    """One part of a figure, named in both languages."""

    key: str
    zh: str
    en: str
    n: int


class FigureOut(Schema):
    """How many: `more` where only so many were counted, `about` where squares reach over the edge."""

    n: int
    more: bool
    about: bool
    parts: list[PartOut]
    late: int | None = None


class MarksOut(Schema):
    """Marks as [lon, lat, n, weight, number, title]; `cut` where only the newest cases were read."""

    marks: list[list[Any]]
    n: int
    cut: bool


class MapRowOut(Schema):
    """One thing of a layer."""

    code: str
    zh: str
    en: str
    detail_zh: str
    detail_en: str
    status: str | None
    state: str
    kind: str
    lon: float | None
    lat: float | None


class PageOut(Schema):
    """One page; `next` goes into `cursor`."""

    items: list[MapRowOut]
    next: str | None


class MapUnitOut(Schema):
    """A unit that answers for the place, by kind of department."""

    kind: str
    zh: str
    en: str


class StockOut(Schema):
    """What stands there."""

    n: int
    broken: int
    parts: list[PartOut]


class CardOut(MapRowOut):
    """Everything about one place; `within_m` is how far round a point is counted."""

    layer: str
    area_m2: int | None
    within_m: float | None
    units: list[MapUnitOut]
    components: StockOut | None
    cases: FigureOut
    newest: list[dict[str, Any]]


@router.get("/map/counts", response=dict[str, FigureOut])
def counts(request: Asked, piece: Query[PieceQuery]) -> HttpResponse:
    """How much of every layer is in a piece of the map, by class and state; bounded, whatever its size."""
    now = clock.now()
    found = ground.counted(
        piece.shape, sorted(places.MAPPED_LAYERS), subclass=piece.subclass, by=request.caller, now=now
    )
    return written(found | {"cases": marks.figures(piece.filter(), by=request.caller, now=now)})


@router.get("/map/marks", response=MarksOut)
def marked(
    request: Asked, piece: Query[PieceQuery], zoom: Annotated[int | None, Query(ge=0, le=24)] = None
) -> HttpResponse:
    """Cases of a piece of the map as marks; close ones stand together as one with their number."""
    return written(marks.marks(piece.filter(), piece.shape, zoom=zoom, by=request.caller, now=clock.now()))


@router.get("/map/list/{layer}", response=PageOut)
def listed(request: Asked, layer: Layer, piece: Query[PieceList]) -> HttpResponse:
    """What of a layer is in a piece of the map, by code."""
    return written(
        ground.page(
            layer, piece.shape, subclass=piece.subclass, after=piece.cursor, limit=piece.limit, by=request.caller, now=clock.now(),
        )
    )  # fmt: skip


@router.get("/map/export/{layer}.{kind}", response={200: bytes})
def export(
    request: Asked, layer: Layer, kind: Annotated[Literal["csv", "xlsx", "geojson"], Path()], piece: Query[PieceQuery]
) -> StreamingHttpResponse:
    """The same list as a file."""
    now = clock.now()
    parts = ground.exported(layer, piece.shape, kind, subclass=piece.subclass, by=request.caller, now=now)
    response = StreamingHttpResponse(parts, content_type=FORMATS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{layer}-{clock.in_city(now):%Y%m%d-%H%M}.{kind}"'
    return response


@router.get("/map/cards/{layer}/{code}", response=CardOut)
def card(request: Asked, layer: Layer, code: Annotated[str, Path(max_length=60)]) -> HttpResponse:
    """One division, grid, cell or station: who answers for it, what stands in it, and its cases."""
    return written(ground.card(layer, code, by=request.caller, now=clock.now()))
