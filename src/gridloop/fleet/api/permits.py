"""How the web asks for permits and declared routes, issues, revokes and declares them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.fleet import actions
from gridloop.fleet.actions.once import once
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.areas import EndForm, Geometry
from gridloop.fleet.api.asking import (
    CHANGES,
    LOOKS,
    Code,
    CodeInPath,
    Codes,
    IdCursor,
    Limit,
    Metres,
    Moment,
    Search,
    Text,
    file_of,
    key_of,
)
from gridloop.fleet.api.vehicles import VehicleListOut
from gridloop.fleet.queries import areas as queries
from gridloop.fleet.queries import exports
from gridloop.fleet.queries.vehicles import LIMIT_MAX, permit_line, route_line
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits

router = Router(tags=["permits and routes"])
PERMITS: Permits = {
    ("GET", "/fleet/permits"): LOOKS,
    ("POST", "/fleet/permits"): CHANGES,
    ("GET", "/fleet/permits/export.{kind}"): LOOKS,
    ("POST", "/fleet/permits/{number}/revoke"): CHANGES,
    ("GET", "/fleet/routes"): LOOKS,
    ("POST", "/fleet/routes"): CHANGES,
    ("GET", "/fleet/routes/export.geojson"): LOOKS,
    ("POST", "/fleet/routes/{number}/withdraw"): CHANGES,
}


class PermitQuery(Schema):
    """Part of a number or plate, a kind, a state."""

    q: Search = ""
    kind: Code = ""
    state: Literal["", "valid", "coming", "over", "revoked"] = ""


class PermitPage(PermitQuery):
    """One page of it."""

    limit: Limit = 50
    cursor: IdCursor = 0


class PermitForm(Schema):
    """A permit to issue."""

    model_config = ConfigDict(extra="forbid")
    number: Code
    kind: Code
    plate: Search
    valid_from: Moment
    valid_to: Moment
    fences: Codes = []
    weekly: Annotated[list[Any], Field(max_length=100)] = []
    issuer: Text = ""


class DeclaredRouteForm(Schema):
    """A route to declare: a GeoJSON line."""

    model_config = ConfigDict(extra="forbid")
    number: Code
    plate: Search
    line: Geometry
    starts_at: Moment
    ends_at: Moment
    width_m: Metres = 200.0
    document: Text = ""


class RouteQuery(Schema):
    """Part of a number or plate, a state."""

    q: Search = ""
    state: Literal["", "now", "coming", "over"] = ""


class RoutePage(RouteQuery):
    """One page of it."""

    limit: Limit = 50
    cursor: IdCursor = 0


@router.get("/fleet/permits", response=VehicleListOut)
def permits(request: Asked, asked: Query[PermitPage]) -> HttpResponse:
    """Permits of vehicles of the caller's area, newest first."""
    page = queries.permits(
        by=request.caller, now=clock.now(), q=asked.q, kind=asked.kind, state=asked.state, limit=asked.limit, cursor=asked.cursor
    )  # fmt: skip
    return written({"items": page.items, "next": page.next})


@router.get("/fleet/permits/export.{kind}", response={200: bytes})
def export(
    request: Asked, kind: Annotated[Literal["csv", "xlsx"], Path()], asked: Query[PermitQuery]
) -> StreamingHttpResponse:
    """The same list as a file."""
    by, now = request.caller, clock.now()
    rows = exports.paged(
        lambda cursor: queries.permits(
            by=by, now=now, q=asked.q, kind=asked.kind, state=asked.state, limit=LIMIT_MAX, cursor=int(cursor or 0)
        )
    )
    return file_of("permits", kind, exports.table(kind, rows, exports.PERMIT_HEADS, by.language))


@router.post("/fleet/permits", response={201: dict[str, Any]})
def issue(request: Asked, form: PermitForm) -> HttpResponse:
    """Issue a permit to a registered vehicle."""
    by, now = request.caller, clock.now()

    def act() -> tuple[Any, int]:
        said = form.dict() | {"fences": tuple(form.fences), "weekly": tuple(form.weekly)}
        return permit_line(actions.issue_permit(actions.NewPermit(**said), by=by, now=now), now), 201

    body, status = once(key_of(request), ["issue", form.dict()], act, by=by, now=now)
    return written(body, status=status)


@router.post("/fleet/permits/{number}/revoke", response=dict[str, Any])
def revoke(request: Asked, number: CodeInPath, form: EndForm) -> HttpResponse:
    """The permit lifts nothing any more; the reason stands with it."""
    now = clock.now()
    return written(permit_line(actions.revoke_permit(number, form.why, by=request.caller, now=now), now))


@router.get("/fleet/routes", response=VehicleListOut)
def routes(request: Asked, asked: Query[RoutePage]) -> HttpResponse:
    """Declared routes of vehicles of the caller's area, newest first."""
    page = queries.routes(
        by=request.caller, now=clock.now(), q=asked.q, state=asked.state, limit=asked.limit, cursor=asked.cursor
    )
    return written({"items": page.items, "next": page.next})


@router.get("/fleet/routes/export.geojson", response={200: bytes})
def export_routes(request: Asked, asked: Query[RouteQuery]) -> StreamingHttpResponse:
    """The same as GeoJSON lines."""
    by, now = request.caller, clock.now()
    rows = exports.paged(
        lambda cursor: queries.routes(
            by=by, now=now, q=asked.q, state=asked.state, limit=LIMIT_MAX, cursor=int(cursor or 0)
        )
    )
    return file_of("routes", "geojson", exports.shapes(exports.route_shapes(rows)))


@router.post("/fleet/routes", response={201: dict[str, Any]})
def declare(request: Asked, form: DeclaredRouteForm) -> HttpResponse:
    """Declare a route of a registered vehicle."""
    by, now = request.caller, clock.now()

    def act() -> tuple[Any, int]:
        return route_line(actions.declare_route(actions.NewRoute(**form.dict()), by=by, now=now)), 201

    body, status = once(key_of(request), ["declare", form.dict()], act, by=by, now=now)
    return written(body, status=status)


@router.post("/fleet/routes/{number}/withdraw", response={204: None})
def withdraw(request: Asked, number: CodeInPath) -> HttpResponse:
    """The route ends now, or is taken away where it has not begun."""
    actions.withdraw_route(number, by=request.caller, now=clock.now())
    return HttpResponse(status=204)
