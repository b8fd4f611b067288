"""Lists of cases: the queue, counts, candidates, tiles, files."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from gridloop.cases import queries
from gridloop.cases.api.answers import written
from gridloop.cases.api.shapes import Candidates, CasePage, Counts
from gridloop.cases.queries.export import FORMATS
from gridloop.cases.queries.filters import QUERY_CHARS_MAX, Filter
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.errors import Malformed
from gridloop.kernel.permits import Permits, signed_in
from gridloop.places import queries as places

router = Router(tags=["cases"])
PERMITS: Permits = {
    ("GET", "/cases"): signed_in("cases:read"),
    ("GET", "/cases/counts"): signed_in("cases:read"),
    ("GET", "/cases/near"): signed_in("cases:read"),
    ("GET", "/cases/export.{kind}"): signed_in("cases:read"),
    ("GET", "/cases/tiles/{z}/{x}/{y}.mvt"): signed_in("cases:read"),
}
BIGGEST_ID = 2**63 - 1


class QueueQuery(Schema):
    """What a list asks for; `state` is a comma list of states or of the words open, closed, any; `box` is west,south,east,north.

    `within` are the corners `lon lat,lon lat,...` of a drawn shape and goes before the box.
    """

    view: Literal["all", "mine", "unacknowledged", "due", "late"] = "all"
    state: Annotated[str, Field(max_length=300)] = ""
    unit: Annotated[int, Field(ge=1, le=BIGGEST_ID)] | None = None
    place: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""
    class_: Annotated[str, Field(alias="class", pattern=r"^((component|event):)?[0-9]{0,4}$")] = ""
    urgency: Literal["", "emergency", "urgent", "normal", "planned"] = ""
    q: Annotated[str, Field(max_length=QUERY_CHARS_MAX)] = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    box: Annotated[str, Field(max_length=120)] = ""
    within: Annotated[str, Field(max_length=6000)] = ""
    parent: Annotated[str, Field(pattern=r"^([0-9]{8}-[0-9]{6})?$")] = ""
    sort: Literal["-id", "id", "due"] = "-id"

    def filter(self) -> Filter:
        """The same for the query."""
        kind, _, code = self.class_.rpartition(":")
        return Filter(
            view=self.view,
            states=tuple(one.strip() for one in self.state.split(",") if one.strip()),
            unit=self.unit,
            place=self.place,
            class_kind=kind,
            class_code=code,
            q=self.q,
            since=_aware(self.since, "since"),
            until=_aware(self.until, "until"),
            box=_box(self.box),
            within=places.shape("", self.within).wkt if self.within.strip() else "",
            urgency=self.urgency,
            parent=self.parent,
            sort=self.sort,
        )


class WantedPage(QueueQuery):
    """One page of it."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=300)] = ""


class NearQuery(Schema):
    """A spot, and what is known of the report."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-85, le=85)]
    class_kind: Literal["", "component", "event"] = ""
    class_code: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""
    text: Annotated[str, Field(max_length=4000)] = ""


@router.get("/cases", response=CasePage)
def page(request: Asked, wanted: Query[WantedPage]) -> HttpResponse:
    """A page of the cases that the caller may see: open ones unless `state` says otherwise."""
    found = queries.queue(wanted.filter(), by=request.caller, now=clock.now(), limit=wanted.limit, cursor=wanted.cursor)
    return written({"items": found.items, "next": found.next})


@router.get("/cases/counts", response=Counts)
def counts(request: Asked) -> HttpResponse:
    """The figures at the head of the desk."""
    return written(queries.desk_counts(by=request.caller, now=clock.now()))


@router.get("/cases/near", response=Candidates)
def near(request: Asked, spot: Query[NearQuery]) -> HttpResponse:
    """Cases near a spot that may be the same problem."""
    items = queries.near(
        spot.lon,
        spot.lat,
        class_kind=spot.class_kind,
        class_code=spot.class_code,
        text=spot.text,
        by=request.caller,
        now=clock.now(),
    )
    return written({"items": items})


@router.get("/cases/export.{kind}", response={200: bytes})
def export(
    request: Asked, kind: Annotated[Literal["csv", "xlsx", "geojson"], Path()], wanted: Query[QueueQuery]
) -> StreamingHttpResponse:
    """The same list as a file, without personal data."""
    now = clock.now()
    parts = queries.exported(wanted.filter(), kind, by=request.caller, now=now)
    response = StreamingHttpResponse(parts, content_type=FORMATS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="cases-{clock.in_city(now):%Y%m%d-%H%M}.{kind}"'
    return response


@router.get("/cases/tiles/{z}/{x}/{y}.mvt", response={200: bytes})
def tile(
    request: Asked,
    z: Annotated[int, Path(ge=0, le=22)],
    x: Annotated[int, Path(ge=0, lt=2**22)],
    y: Annotated[int, Path(ge=0, lt=2**22)],
) -> HttpResponse:
    """Open cases of one map tile, within the caller's scope."""
    data = queries.tile(z, x, y, by=request.caller, now=clock.now())
    response = HttpResponse(data, content_type="application/vnd.mapbox-vector-tile")
    response.headers["Cache-Control"] = "private, max-age=5"
    return response


def _aware(moment: dt.datetime | None, name: str) -> dt.datetime | None:
    """A time without a zone is the city's."""
    if moment is None or moment.tzinfo is not None:
        return moment
    try:
        return moment.replace(tzinfo=clock.CITY_ZONE)
    except OverflowError:
        raise Malformed(
            f"'{name}' is out of reach; choose a nearer moment",
            zh=f"“{name}”超出范围,请选择较近的时刻",
            fields={name: "out of reach"},
        ) from None


def _box(text: str) -> Any:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise Malformed(
            "box is west,south,east,north in WGS-84 degrees",
            zh="box 应为 西,南,东,北 的 WGS-84 经纬度",
            fields={"box": "w,s,e,n"},
        ) from None
    return west, south, east, north
