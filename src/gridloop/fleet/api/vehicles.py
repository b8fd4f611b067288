"""How the web asks for vehicles, terminals and strangers, and changes the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from gridloop.fleet import actions
from gridloop.fleet.actions.once import once
from gridloop.fleet.api.answers import written
from gridloop.fleet.api.asking import (
    BIGGEST_ID,
    CHANGES,
    LOOKS,
    Code,
    Codes,
    Cursor,
    Id,
    IdCursor,
    Limit,
    Search,
    Text,
    file_of,
    key_of,
    seen_version,
)
from gridloop.fleet.queries import exports
from gridloop.fleet.queries import vehicles as queries
from gridloop.fleet.queries.vehicles import Wanted
from gridloop.fleet.rules.areas import PERMIT_KINDS
from gridloop.fleet.rules.kinds import RULE_KINDS, VEHICLE_KINDS, Protocol, Severity
from gridloop.fleet.rules.params import SHAPES
from gridloop.fleet.rules.plates import PLATE_COLOURS
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.errors import Malformed
from gridloop.kernel.permits import Permits

router = Router(tags=["vehicles"])
PERMITS: Permits = {
    ("GET", "/fleet/kinds"): LOOKS,
    ("GET", "/fleet/vehicles"): LOOKS,
    ("POST", "/fleet/vehicles"): CHANGES,
    ("GET", "/fleet/vehicles/export.{kind}"): LOOKS,
    ("GET", "/fleet/vehicles/{vehicle_id}"): LOOKS,
    ("PATCH", "/fleet/vehicles/{vehicle_id}"): CHANGES,
    ("GET", "/fleet/terminals"): LOOKS,
    ("POST", "/fleet/terminals"): CHANGES,
    ("PATCH", "/fleet/terminals/{terminal_id}"): CHANGES,
    ("POST", "/fleet/terminals/{terminal_id}/code"): CHANGES,
    ("POST", "/fleet/terminals/{terminal_id}/unbind"): CHANGES,
    ("GET", "/fleet/strangers"): LOOKS,
    ("DELETE", "/fleet/strangers/{stranger_id}"): CHANGES,
}


class VehicleQuery(Schema):
    """Part of a plate or firm, kinds (a comma list), firm, list, area; vehicles out of service only when asked for."""

    q: Search = ""
    kind: Annotated[str, Field(max_length=300, pattern=r"^[a-z_,]*$")] = ""
    firm: Text = ""
    on_list: Code = ""
    area: Annotated[str, Field(pattern=r"^[0-9]{0,15}$")] = ""
    service: Literal["in", "out", "any"] = "in"
    terminal: Literal["", "with", "without"] = ""

    def wanted(self) -> Wanted:
        """The same for the query."""
        return Wanted(self.q, self.kind, self.firm, self.on_list, self.area, self.service, self.terminal)


class VehiclePage(VehicleQuery):
    """One page of it."""

    limit: Limit = 50
    cursor: Cursor = ""


class VehicleListOut(Schema):
    """Rows, and the cursor of the next page."""

    items: list[dict[str, Any]]
    next: str | None = None


class VehicleForm(Schema):
    """A vehicle to register."""

    model_config = ConfigDict(extra="forbid")
    plate: Search
    kind: Code
    plate_colour: Annotated[int, Field(ge=0, le=99)] = 2
    firm: Text = ""
    firm_unit_id: Annotated[int, Field(ge=1, le=BIGGEST_ID)] | None = None
    area: Code = ""
    vin: Code = ""
    lists: Codes = []
    in_service: bool = True
    speed_limit_kmh: Annotated[int, Field(ge=0, le=1_000)] | None = None
    note: Text = ""


class VehicleChange(Schema):
    """What shall be different."""

    model_config = ConfigDict(extra="forbid")
    plate: Search | None = None
    kind: Code | None = None
    plate_colour: Annotated[int, Field(ge=0, le=99)] | None = None
    firm: Text | None = None
    firm_unit_id: Annotated[int, Field(ge=1, le=BIGGEST_ID)] | None = None
    area: Code | None = None
    vin: Code | None = None
    lists: Codes | None = None
    in_service: bool | None = None
    speed_limit_kmh: Annotated[int, Field(ge=0, le=1_000)] | None = None
    note: Text | None = None


class TerminalForm(Schema):
    """A terminal and the vehicle it sits in."""

    model_config = ConfigDict(extra="forbid")
    protocol: Code = "jt808"
    name: Search
    plate: Search
    maker: Text = ""
    model: Text = ""
    device: Text = ""
    edition: Annotated[int, Field(ge=2000, le=2100)] | None = None
    frames_per_min_max: Annotated[int, Field(ge=0, le=1_000_000)] = 600


class TerminalChange(Schema):
    """Blocking (with the reason) or another limit of frames a minute."""

    model_config = ConfigDict(extra="forbid")
    blocked: bool | None = None
    why: Text = ""
    frames_per_min_max: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class TerminalQuery(Schema):
    """Part of a number or plate."""

    q: Search = ""
    blocked: bool | None = None
    limit: Limit = 50
    cursor: IdCursor = 0


class StrangerQuery(Schema):
    """Why they were not let in."""

    reason: Code = ""
    limit: Limit = 50
    cursor: Cursor = ""


@router.get("/fleet/kinds", response=dict[str, Any])
def kinds(request: Asked) -> HttpResponse:  # noqa: ARG001 - Ninja's signature
    """The tables that the forms are made of: kinds of vehicles, rules with their numbers, permits, colours, protocols, severities."""
    pairs: dict[str, Mapping[Any, tuple[str, str]]] = {
        "vehicles": VEHICLE_KINDS,
        "permits": PERMIT_KINDS,
        "colours": PLATE_COLOURS,
    }
    body: dict[str, Any] = {
        name: [{"code": code, "zh": zh, "en": en} for code, (zh, en) in found.items()] for name, found in pairs.items()
    }
    body["rules"] = [
        {"code": kind, "zh": zh, "en": en, "fences": SHAPES[kind].fences, "params": [
            {"name": one.name, "zh": one.zh, "en": one.en, "unit": one.unit, "least": one.least, "most": one.most, "usual": one.usual,
             "needed": one.needed, "source": one.source, "confidence": one.confidence, "form": one.form, "choices": one.choices}
            for one in SHAPES[kind].params
        ]}
        for kind, (zh, en) in RULE_KINDS.items()
    ]  # fmt: skip
    body["protocols"], body["severities"] = list(Protocol), list(Severity)
    return written(body)


@router.get("/fleet/vehicles", response=VehicleListOut)
def vehicles(request: Asked, asked: Query[VehiclePage]) -> HttpResponse:
    """One page of the register in the order of plates, of the caller's area."""
    page = queries.vehicles(asked.wanted(), by=request.caller, limit=asked.limit, cursor=asked.cursor)
    body = {"items": page.items, "next": page.next}
    return written(body if asked.cursor else body | {"counts": queries.count_by_kind(by=request.caller)})


@router.get("/fleet/vehicles/export.{kind}", response={200: bytes})
def export(
    request: Asked, kind: Annotated[Literal["csv", "xlsx"], Path()], asked: Query[VehicleQuery]
) -> StreamingHttpResponse:
    """The same list as a file."""
    by, wanted = request.caller, asked.wanted()
    rows = exports.paged(lambda cursor: queries.vehicles(wanted, by=by, limit=queries.LIMIT_MAX, cursor=cursor))
    return file_of("vehicles", kind, exports.table(kind, rows, exports.VEHICLE_HEADS, by.language))


@router.post("/fleet/vehicles", response={201: dict[str, Any]})
def register(request: Asked, form: VehicleForm) -> HttpResponse:
    """Register a vehicle; the same words again are the same vehicle."""
    by, now = request.caller, clock.now()

    def act() -> tuple[Any, int]:
        row = actions.NewVehicle(**(form.dict() | {"lists": tuple(form.lists)}))
        made = actions.register_vehicle(row, by=by, now=now)
        return queries.vehicle(made, by=by, now=now), 201

    body, status = once(key_of(request), ["register", form.dict()], act, by=by, now=now)
    return written(body, status=status, version=body["version"])


@router.get("/fleet/vehicles/{vehicle_id}", response=dict[str, Any])
def card(request: Asked, vehicle_id: Id) -> HttpResponse:
    """One vehicle with its terminals, permits, declared routes and last position; its version as ETag."""
    body = queries.vehicle(vehicle_id, by=request.caller, now=clock.now())
    return written(body, version=body["version"])


@router.patch("/fleet/vehicles/{vehicle_id}", response=dict[str, Any])
def change(request: Asked, vehicle_id: Id, form: VehicleChange) -> HttpResponse:
    """Say something else of a vehicle; `If-Match` names the version that was seen."""
    now, said = clock.now(), form.dict(exclude_unset=True)
    keeps_null = {"speed_limit_kmh", "firm_unit_id"}
    said = {
        name: tuple(value) if name == "lists" else value
        for name, value in said.items()
        if value is not None or name in keeps_null
    }
    actions.change_vehicle(vehicle_id, said, by=request.caller, now=now, version=seen_version(request))
    body = queries.vehicle(vehicle_id, by=request.caller, now=now)
    return written(body, version=body["version"])


@router.get("/fleet/terminals", response=VehicleListOut)
def terminals(request: Asked, asked: Query[TerminalQuery]) -> HttpResponse:
    """Terminals, newest first."""
    page = queries.terminals(
        by=request.caller, q=asked.q, blocked=asked.blocked, limit=asked.limit, cursor=asked.cursor
    )
    return written({"items": page.items, "next": page.next})


@router.post("/fleet/terminals", response={201: dict[str, Any]})
def bind(request: Asked, form: TerminalForm) -> HttpResponse:
    """Put a terminal into a vehicle; one that sat in another moves and loses its code."""
    by, now = request.caller, clock.now()

    def act() -> tuple[Any, int]:
        return queries.terminal_shown(actions.bind_terminal(actions.NewTerminal(**form.dict()), by=by, now=now)), 201

    body, status = once(key_of(request), ["bind", form.dict()], act, by=by, now=now)
    return written(body, status=status)


@router.patch("/fleet/terminals/{terminal_id}", response=dict[str, Any])
def change_terminal(request: Asked, terminal_id: Id, form: TerminalChange) -> HttpResponse:
    """Block a terminal (with the reason), take it again, or set its limit of frames a minute."""
    by, now = request.caller, clock.now()
    found = None
    if form.frames_per_min_max is not None:
        found = actions.limit_terminal(terminal_id, form.frames_per_min_max, by=by, now=now)
    if form.blocked is not None:
        found = actions.block_terminal(terminal_id, blocked=form.blocked, why=form.why, by=by, now=now)
    if found is None:
        raise Malformed("say 'blocked' or 'frames_per_min_max'", zh="须指定 blocked 或 frames_per_min_max")
    return written(queries.terminal_shown(found))


@router.post("/fleet/terminals/{terminal_id}/code", response=dict[str, str])
def new_code(request: Asked, terminal_id: Id) -> HttpResponse:
    """A fresh authentication code, shown this once."""
    return written({"code": actions.new_code(terminal_id, by=request.caller, now=clock.now())})


@router.post("/fleet/terminals/{terminal_id}/unbind", response=dict[str, Any])
def unbind(request: Asked, terminal_id: Id) -> HttpResponse:
    """The terminal sits in no vehicle any more."""
    return written(queries.terminal_shown(actions.unbind_terminal(terminal_id, by=request.caller, now=clock.now())))


@router.get("/fleet/strangers", response=VehicleListOut)
def strangers(request: Asked, asked: Query[StrangerQuery]) -> HttpResponse:  # noqa: ARG001 - Ninja's signature
    """Who knocked and was not let in, with the reason, latest first."""
    page = queries.strangers(reason=asked.reason, limit=asked.limit, cursor=asked.cursor)
    return written({"items": page.items, "next": page.next})


@router.delete("/fleet/strangers/{stranger_id}", response={204: None})
def forget(request: Asked, stranger_id: Id) -> HttpResponse:
    """Take somebody off the list; whoever knocks again stands on it again."""
    actions.forget_stranger(stranger_id, by=request.caller, now=clock.now())
    return HttpResponse(status=204)
