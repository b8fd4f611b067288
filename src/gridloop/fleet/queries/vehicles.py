"""Lists of vehicles and terminals, one vehicle's card, and who knocked without being known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from gridloop.fleet.models import DeclaredRoute, Permit, Stranger, Terminal, Vehicle
from gridloop.fleet.queries.scope import LOOKING, areas_of, within
from gridloop.fleet.rules.kinds import VEHICLE_KINDS, VehicleKind
from gridloop.fleet.rules.plates import PLATE_COLOURS
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound
from gridloop.kernel.statements import run

LIMIT_MAX = 200
QUERY_CHARS_MAX = 60
LAST_SQL = """
select vehicle_id, at, lon_e7, lat_e7, speed, heading, marks from fleet_last where vehicle_id = any(%(ids)s)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which vehicles: part of a plate or firm, kind, exact firm, list, area (prefix); `terminal` with|without; out of service ones only when asked."""

    q: str = ""
    kind: str = ""
    firm: str = ""
    on_list: str = ""
    area: str = ""
    service: str = "in"
    terminal: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows and the cursor of the next page, None at the end."""

    items: list[dict[str, Any]]
    next: str | None


def version_of(row: Vehicle) -> int:
    """A number that is another one after each change, for ETag: the microsecond of the last change."""
    return int(row.changed_at.timestamp() * 1_000_000)


def vehicles(asked: Wanted, *, by: Caller, limit: int = 50, cursor: str = "") -> Page:
    """One page in the order of plates; three statements however many rows."""
    limit = max(1, min(limit, LIMIT_MAX))
    found = _filtered(asked, by)
    if cursor:
        found = found.filter(plate__gt=cursor)
    rows = list(found.order_by("plate")[: limit + 1])
    shown = rows[:limit]
    return Page(_shown(shown), shown[-1].plate if len(rows) > limit else None)


def count_by_kind(*, by: Caller) -> dict[str, int]:
    """How many vehicles in service of each kind the caller sees; one statement."""
    counts: dict[str, int] = {}
    seen = Vehicle.objects.filter(within(areas_of(by, *LOOKING)), in_service=True)
    for kind in seen.values_list("kind", flat=True):
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def vehicle(vehicle_id: int, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The card: the row with its terminals, permits, declared routes and last position; five statements. NotFound, also for another area's."""
    row = own_vehicle(vehicle_id, by)
    card = _shown([row])[0]
    card |= {
        "registered_at": row.registered_at, "changed_at": row.changed_at, "note": row.note, "vin": row.vin,
        "firm_unit_id": row.firm_unit_id, "version": version_of(row), "last": _last([row.pk]).get(row.pk),
        "terminals": [terminal_shown(one) for one in row.terminals.order_by("protocol", "name")],
        "permits": [permit_line(one, now) for one in Permit.objects.filter(vehicle_id=row.pk).order_by("-valid_to")[:50]],
        "routes": [route_line(one) for one in DeclaredRoute.objects.filter(vehicle_id=row.pk).order_by("-ends_at")[:50]],
    }  # fmt: skip
    return card


def own_vehicle(vehicle_id: int, by: Caller) -> Vehicle:
    """A vehicle of the caller's area; NotFound otherwise."""
    row = Vehicle.objects.filter(within(areas_of(by, *LOOKING)), pk=vehicle_id).first()
    if row is None:
        raise NotFound(
            f"there is no vehicle {vehicle_id} in your area", zh=f"您的管辖范围内没有编号为 {vehicle_id} 的车辆"
        )
    return row


def vehicle_by_plate(plate: str, by: Caller) -> Vehicle:
    """The vehicle with this plate in the caller's area; NotFound otherwise."""
    row = Vehicle.objects.filter(within(areas_of(by, *LOOKING)), plate=plate).first()
    if row is None:
        raise NotFound(f"there is no vehicle {plate} in your area", zh=f"您的管辖范围内没有车辆 {plate}")
    return row


def plates(ids: Iterable[int]) -> dict[int, str]:
    """Plates by id; one statement."""
    return dict(Vehicle.objects.filter(pk__in=set(ids)).values_list("pk", "plate"))


def terminals(*, by: Caller, q: str = "", blocked: bool | None = None, limit: int = 50, cursor: int = 0) -> Page:
    """Terminals in the vehicles that the caller sees, newest first; two statements."""
    limit = max(1, min(limit, LIMIT_MAX))
    seen = Q(vehicle__isnull=True) | within(areas_of(by, *LOOKING), "vehicle__area")
    found = Terminal.objects.filter(seen).select_related("vehicle")
    if q:
        found = found.filter(Q(name__contains=q.strip()) | Q(vehicle__plate__contains=q.strip().upper()))
    if blocked is not None:
        found = found.filter(blocked=blocked)
    if cursor:
        found = found.filter(pk__lt=cursor)
    rows = list(found.order_by("-pk")[: limit + 1])
    items = [terminal_shown(one) | {"plate": one.vehicle.plate if one.vehicle else ""} for one in rows[:limit]]
    return Page(items, str(rows[limit - 1].pk) if len(rows) > limit else None)


def terminal_shown(row: Terminal) -> dict[str, Any]:
    """A terminal for the web, without anything of its code."""
    return {
        "id": row.pk, "protocol": row.protocol, "name": row.name, "vehicle_id": row.vehicle_id, "maker": row.maker, "model": row.model,
        "device": row.device, "edition": row.edition, "blocked": row.blocked, "has_code": bool(row.auth_hash),
        "frames_per_min_max": row.frames_per_min_max, "last_seen_at": row.last_seen_at, "last_address": row.last_address,
    }  # fmt: skip


def strangers(*, reason: str = "", limit: int = 50, cursor: str = "") -> Page:
    """Who knocked and was not let in, latest first; one statement."""
    limit = max(1, min(limit, LIMIT_MAX))
    found = Stranger.objects.filter(reason=reason) if reason else Stranger.objects.all()
    if cursor:
        at, row_id = _moment_cursor(cursor)
        found = found.filter(Q(last_at__lt=at) | Q(last_at=at, pk__lt=row_id))
    rows = list(found.order_by("-last_at", "-pk")[: limit + 1])
    items = [
        {
            "id": row.pk, "protocol": row.protocol, "name": row.name, "address": row.address, "reason": row.reason, "said_zh": row.said_zh,
            "said_en": row.said_en, "first_at": row.first_at, "last_at": row.last_at, "times": row.times,
        }
        for row in rows[:limit]
    ]  # fmt: skip
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items, f"{last.last_at.isoformat()}|{last.pk}" if last else None)


def permit_line(row: Permit, now: datetime) -> dict[str, Any]:
    """A permit for the web; `state` is coming, valid, over or revoked."""
    state = (
        "revoked"
        if row.revoked_at
        else "coming"
        if now < row.valid_from
        else "over"
        if now >= row.valid_to
        else "valid"
    )
    return {
        "number": row.number, "kind": row.kind, "vehicle_id": row.vehicle_id, "fences": row.fences, "weekly": row.weekly, "issuer": row.issuer,
        "valid_from": row.valid_from, "valid_to": row.valid_to, "revoked_at": row.revoked_at, "revoked_why": row.revoked_why,
        "state": state, "synthetic": row.synthetic,
    }  # fmt: skip


def route_line(row: DeclaredRoute) -> dict[str, Any]:
    """A declared route for the web, its line as coordinates."""
    return {
        "number": row.number, "vehicle_id": row.vehicle_id, "width_m": row.width_m, "starts_at": row.starts_at, "ends_at": row.ends_at,
        "document": row.document, "line": [list(point) for point in row.line.coords], "synthetic": row.synthetic,
    }  # fmt: skip


def _filtered(asked: Wanted, by: Caller) -> QuerySet[Vehicle]:
    found = Vehicle.objects.filter(within(areas_of(by, *LOOKING)))
    if asked.service != "any":
        found = found.filter(in_service=asked.service != "out")
    if asked.kind:
        found = found.filter(kind__in=asked.kind.split(","))
    if asked.firm:
        found = found.filter(firm=asked.firm)
    if asked.on_list:
        found = found.filter(lists__contains=[asked.on_list])
    if asked.area:
        found = found.filter(area__gte=asked.area, area__lt=f"{asked.area}~")
    if asked.terminal:
        found = found.filter(terminals__isnull=asked.terminal == "without").distinct()
    if asked.q:
        word = asked.q.strip()[:QUERY_CHARS_MAX]
        found = found.filter(Q(plate__contains=word.upper()) | Q(firm__icontains=word))
    return found


def _shown(rows: Sequence[Vehicle]) -> list[dict[str, Any]]:
    """Rows for the web, with when each was last heard and whether it has a terminal."""
    last = _last([row.pk for row in rows])
    bound = set(Terminal.objects.filter(vehicle__in=[row.pk for row in rows]).values_list("vehicle_id", flat=True))
    return [
        {
            "id": row.pk, "plate": row.plate, "plate_colour": row.plate_colour, "colour_zh": PLATE_COLOURS.get(row.plate_colour, ("", ""))[0],
            "colour_en": PLATE_COLOURS.get(row.plate_colour, ("", ""))[1], "kind": row.kind, "kind_zh": VEHICLE_KINDS[VehicleKind(row.kind)][0],
            "kind_en": VEHICLE_KINDS[VehicleKind(row.kind)][1], "firm": row.firm, "area": row.area, "lists": row.lists,
            "in_service": row.in_service, "speed_limit_kmh": row.speed_limit_kmh, "synthetic": row.synthetic, "has_terminal": row.pk in bound,
            "last_at": last[row.pk]["at"] if row.pk in last else None,
        }
        for row in rows
    ]  # fmt: skip


def _last(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Last believed positions by vehicle; speed in km/h."""
    if not ids:
        return {}
    return {
        row[0]: {
            "at": row[1],
            "lon": row[2] / 1e7,
            "lat": row[3] / 1e7,
            "speed_kmh": row[4] / 10,
            "heading": row[5],
            "marks": row[6],
        }
        for row in run(LAST_SQL, {"ids": list(ids)})
    }


def _moment_cursor(cursor: str) -> tuple[datetime, int]:
    at, _, row_id = cursor.partition("|")
    try:
        return datetime.fromisoformat(at), int(row_id)
    except ValueError:
        raise Malformed("the cursor is not one of this list", zh="游标无效", fields={"cursor": "unknown"}) from None
