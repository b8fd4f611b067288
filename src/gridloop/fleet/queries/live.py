"""What the live process asks of supervision, as statements for its own connections: the register, last positions, warnings that it missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.queries.scope import WATCHING, areas_of
from gridloop.fleet.rules.kinds import VehicleKind
from gridloop.kernel.caller import Caller

KIND_ORDER: tuple[str, ...] = tuple(VehicleKind)
"""A kind of vehicle is told to browsers by its number in this order."""
NOT_DRAWN = int(Mark.PLACE | Mark.TIME | Mark.JUMP | Mark.TOO_LATE)
"""Marks of fixes that say nothing of where a vehicle is now."""
MISSED_MAX = 500
REGISTER_SQL = "select id, area, kind, plate from fleet_vehicle where in_service order by id"
LAST_SQL = (
    "select vehicle_id, lon_e7, lat_e7, at, speed, heading, marks from fleet_last where vehicle_id = any(%(ids)s)"
)
DELIVERED_SQL = "update fleet_warning set delivered_at = %(now)s where id = any(%(ids)s) and delivered_at is null"
HEAD_SQL = "select coalesce(max(id), 0) from fleet_warning"
WARNING_COLUMNS = (
    "id", "key", "stage", "rule_code", "rule_version", "rule_kind", "severity", "fence_code", "vehicle_id", "plate", "kind", "lon", "lat",
    "place", "suspected_at_ms", "confirmed_at_ms", "ended_at_ms", "received_at_ms", "decided_at_ms", "late",
)  # fmt: skip
MISSED_SQL = """
select w.id, w.key, w.stage, w.rule_code, w.rule_version, w.rule_kind, w.severity, w.fence_code, w.vehicle_id, coalesce(v.plate, ''),
    coalesce(v.kind, 'other'), w.lon, w.lat, w.place, floor(extract(epoch from w.suspected_at) * 1000)::bigint,
    floor(extract(epoch from w.confirmed_at) * 1000)::bigint, floor(extract(epoch from w.ended_at) * 1000)::bigint,
    floor(extract(epoch from w.received_at) * 1000)::bigint, floor(extract(epoch from w.decided_at) * 1000)::bigint, w.late
from fleet_warning w left join fleet_vehicle v on v.id = w.vehicle_id
where w.id > %(after)s order by w.id limit %(limit)s
"""
CHANGED_SQL = MISSED_SQL.replace(
    "w.id > %(after)s order by w.id",
    "w.id <= %(after)s and w.id > %(after)s - 100000 and w.decided_at >= %(since)s order by w.id",
)
"""Warnings told before whose stage changed since a moment, among the newest hundred thousand."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A vehicle in service."""

    id: int
    area: str
    kind: str
    plate: str


def watched_areas(by: Caller) -> tuple[str, ...]:
    """Where the caller sees vehicles and warnings: prefixes, ("",) everywhere, () nowhere."""
    return areas_of(by, *WATCHING)


def sees_warning(areas: Sequence[str], place: str, vehicle_area: str) -> bool:
    """Whether somebody of these areas is told of a warning: it happened there, or to a vehicle of theirs."""
    wanted = tuple(areas)
    return place.startswith(wanted) or vehicle_area.startswith(wanted)


def missed(row: Sequence[Any]) -> dict[str, Any]:
    """A row of MISSED_SQL in the words of the gateway's stream."""
    return dict(zip(WARNING_COLUMNS, row, strict=True))


def moment_ms(at: datetime) -> int:
    """Milliseconds since 1970."""
    return int(at.timestamp() * 1000)
