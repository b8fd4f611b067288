"""How the web asks where vehicles went, who was somewhere, which vehicles are in view; and asks something of their terminals."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Annotated, Any

import orjson
from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.fleet.actions import orders as ordering
from gridloop.fleet.actions import tracks as actions
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.areas import ShapeForm
from gridloop.fleet.api.asking import BIGGEST_ID, NO_NUL, Id, Moment, Search, Text
from gridloop.fleet.models import Vehicle
from gridloop.fleet.queries import orders as queries
from gridloop.fleet.queries import tracks
from gridloop.fleet.queries.scope import WATCHING
from gridloop.fleet.rules.kinds import VehicleKind
from gridloop.fleet.rules.tracks import REASON_CHARS_MAX, Track, span_of
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.errors import Malformed
from gridloop.kernel.permits import Permits, in_area

router = Router(tags=["vehicle tracks"])
DESK = in_area(*sorted(WATCHING))
READS = in_area(*sorted(WATCHING), api_scope="fleet:read")
PERMITS: Permits = {
    ("GET", "/fleet/in-view"): READS,
    ("GET", "/fleet/vehicles/{vehicle_id}/track"): READS,
    ("GET", "/fleet/vehicles/{vehicle_id}/track.{kind}"): READS,
    ("POST", "/fleet/who-was-here"): DESK,
    ("POST", "/fleet/fences/ask"): DESK,
    ("GET", "/fleet/vehicles/{vehicle_id}/orders"): READS,
    ("POST", "/fleet/vehicles/{vehicle_id}/orders"): DESK,
}
Reason = Annotated[str, Field(max_length=REASON_CHARS_MAX, pattern=NO_NUL)]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Day = Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), le=dt.date(2199, 12, 30))]


class TrackOut(Schema):
    """The fixes that the shape of a way needs, as columns; `fixes` is how many there were, `metres` how far it went."""

    vehicle_id: int
    plate: str
    since: dt.datetime
    until: dt.datetime
    fixes: int
    metres: int
    at_ms: list[int]
    lon: list[float]
    lat: list[float]
    speed_kmh: list[float]
    heading: list[int]


class InView(Schema):
    """Vehicles in the order of plates; `next` is the plate to ask after."""

    items: list[dict[str, Any]]
    next: str | None


class Found(Schema):
    """Vehicles that were there, with the first and the last fix inside."""

    items: list[dict[str, Any]]
    more: bool


class HereForm(Schema):
    """A ring of points (lon, lat), two moments, and what for."""

    model_config = ConfigDict(extra="forbid")
    area: Annotated[list[tuple[Degrees, Degrees]], Field(max_length=2_000)]
    since: Moment
    until: Moment
    purpose: Reason


class PastForm(ShapeForm):
    """A border that is drawn now, and the kinds of vehicles asked about; left out, all."""

    kinds: Annotated[list[VehicleKind], Field(max_length=20)] = []


class OrderForm(Schema):
    """What is asked of the terminal: text {text, urgent}, locate, track {minutes, interval_s}, picture {channel}; following needs a reason."""

    model_config = ConfigDict(extra="forbid")
    verb: Search
    text: Text = ""
    urgent: bool = False
    minutes: Annotated[int, Field(ge=0, le=10_000)] = 10
    interval_s: Annotated[int, Field(ge=0, le=10_000)] = 5
    channel: Annotated[int, Field(ge=0, le=255)] = 1
    reason: Reason = ""
    warning_id: Annotated[int | None, Field(ge=1, le=BIGGEST_ID)] = None


class OrderOut(Schema):
    """An order and what became of it."""

    items: list[dict[str, Any]]


@router.get("/fleet/in-view", response=InView)
def in_view(
    request: Asked,
    w: Degrees,
    s: Degrees,
    e: Degrees,
    n: Degrees,
    kinds: Annotated[str, Field(max_length=200, pattern=NO_NUL)] = "",
    after: Search = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> HttpResponse:
    """Vehicles of one's area whose last position lies in a box."""
    wanted = [one for one in kinds.split(",") if one]
    return written(queries.in_view((w, s, e, n), by=request.caller, kinds=wanted, limit=limit, after=after))


@router.get("/fleet/vehicles/{vehicle_id}/track", response=TrackOut)
def track(request: Asked, vehicle_id: Id, day: Day | None = None, reason: Reason = "") -> HttpResponse:
    """A vehicle's way on a day of the city (today when left out). The look stands in the ledger; days before today need a reason."""
    vehicle, found, (since, until) = _looked(request, vehicle_id, day, reason)
    head = {"vehicle_id": vehicle.pk, "plate": vehicle.plate, "since": since, "until": until}
    return written(head | tracks.shown(found))


@router.get("/fleet/vehicles/{vehicle_id}/track.{kind}", response={200: bytes})
def track_file(
    request: Asked, vehicle_id: Id, kind: Search, day: Day | None = None, reason: Reason = ""
) -> HttpResponse:
    """Every fix of the day as `csv` or `geojson`, with its marks."""
    if kind not in {"csv", "geojson"}:
        raise Malformed(
            "a track comes as csv or geojson", zh="轨迹可导出为 csv 或 geojson", fields={"kind": "csv or geojson"}
        )
    vehicle, found, (since, _) = _looked(request, vehicle_id, day, reason)
    body, content_type = (
        (as_csv(found), "text/csv; charset=utf-8")
        if kind == "csv"
        else (as_geojson(vehicle, found), "application/geo+json")
    )
    answer = HttpResponse(body, content_type=content_type)
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="track-{vehicle.pk}-{clock.in_city(since):%Y%m%d}.{kind}"'
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@router.post("/fleet/who-was-here", response=Found)
def who_was_here(request: Asked, form: HereForm) -> HttpResponse:
    """Which vehicles were inside a ring of points between two moments. Area, times and purpose are written to the ledger."""
    return written(
        actions.look_who_was_here(
            form.area, form.since, form.until, purpose=form.purpose, by=request.caller, now=clock.now()
        )
    )


@router.post("/fleet/fences/ask", response=Found)
def ask_past(request: Asked, form: PastForm) -> HttpResponse:
    """Who would have been warned of this border in the last two hours."""
    items = actions.ask_past(
        form.shape,
        form.geometry,
        radius_m=form.radius_m,
        width_m=form.width_m,
        kinds=form.kinds,
        by=request.caller,
        now=clock.now(),
    )
    return written({"items": items, "more": False})


@router.get("/fleet/vehicles/{vehicle_id}/orders", response=OrderOut)
def orders(request: Asked, vehicle_id: Id) -> HttpResponse:
    """What was asked of the vehicle's terminal, newest first."""
    return written({"items": queries.orders(vehicle_id, by=request.caller)})


@router.post("/fleet/vehicles/{vehicle_id}/orders", response={201: dict[str, Any]})
def ask(request: Asked, vehicle_id: Id, form: OrderForm) -> HttpResponse:
    """Ask something of the terminal; takes an `Idempotency-Key`."""
    said = {name: getattr(form, name) for name in ("text", "urgent", "minutes", "interval_s", "channel")}
    made = ordering.ask_terminal(
        vehicle_id, form.verb, said, reason=form.reason, warning_id=form.warning_id, key=_key(request), by=request.caller, now=clock.now()
    )  # fmt: skip
    return written(queries.shown(made, {made.asked_by_id or 0: request.caller.name}), status=201)


def _key(request: Asked) -> str:
    return request.headers.get("Idempotency-Key", "").strip()[:100]


def _looked(
    request: Asked, vehicle_id: int, day: dt.date | None, reason: str
) -> tuple[Vehicle, Track, tuple[dt.datetime, dt.datetime]]:
    now = clock.now()
    span = span_of(day or clock.in_city(now).date())
    vehicle, found = actions.look_at_track(vehicle_id, *span, by=request.caller, now=now, reason=reason)
    return vehicle, found, span


def _moments(found: Track) -> Sequence[str]:
    return [dt.datetime.fromtimestamp(at / 1000, clock.CITY_ZONE).isoformat() for at in found.at_ms.tolist()]


def as_csv(found: Track) -> bytes:
    """A row a fix; a byte order mark, for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["at", "lon", "lat", "speed_kmh", "heading", "marks"])
    columns = (
        found.lon.tolist(),
        found.lat.tolist(),
        (found.speed / 10).tolist(),
        found.heading.tolist(),
        found.marks.tolist(),
    )
    writer.writerows(zip(_moments(found), *columns, strict=True))
    return out.getvalue().encode("utf-8-sig")


def as_geojson(vehicle: Vehicle, found: Track) -> bytes:
    """One line with the moment of each of its points (RFC 7946)."""
    line = {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [list(one) for one in zip(found.lon.tolist(), found.lat.tolist(), strict=True)]},
        "properties": {"plate": vehicle.plate, "kind": vehicle.kind, "times": _moments(found), "marks": found.marks.tolist()},
    }  # fmt: skip
    return orjson.dumps({"type": "FeatureCollection", "features": [line]})
