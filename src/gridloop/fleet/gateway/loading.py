"""Reads the register and the masters of judging from the database, for the gateway's memory."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import chinese_calendar
import psycopg
import shapely

from gridloop.engines.fences.shapes import Area, Circle, Corridor, Shape
from gridloop.fleet import sql
from gridloop.fleet.judge.masters import Masters, masters_of, renewed
from gridloop.fleet.judge.rows import FenceRow, OccasionRow, PermitRow, RouteRow, RuleRow, VehicleRow
from gridloop.fleet.rules.kinds import ShapeKind

Row = tuple[Any, ...]
Connection = psycopg.Connection[Row]
KEPT_DAYS = 15  # versions that ended longer ago judge nothing that still comes in
VEHICLES_SQL = (
    "select id, plate, kind, firm, lists, area, speed_limit_kmh from fleet_vehicle where in_service order by id"
)
ALL_VEHICLES_SQL = "select id, plate, kind, plate_colour from fleet_vehicle"
FENCES_SQL = """
select id, code, version, shape, st_asbinary(geom), radius_m, width_m, valid_from, valid_to from fleet_fence
where valid_to is null or valid_to > %s order by id
"""
RULES_SQL = """
select id, code, version, kind, fences, kinds, firms, lists, plates, params, weekly, holidays, occasion, permit_kinds, severity,
    valid_from, valid_to
from fleet_rule where valid_to is null or valid_to > %s order by id
"""
PERMITS_SQL = """
select number, kind, vehicle_id, fences, weekly, valid_from, valid_to, revoked_at from fleet_permit where valid_to > %s order by id
"""
ROUTES_SQL = """
select number, vehicle_id, st_asbinary(line), width_m, starts_at, ends_at from fleet_declaredroute where ends_at > %s order by id
"""
OCCASIONS_SQL = "select code, spans from fleet_occasion order by id"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that NOTIFY fleet_masters may have changed. terminals: gateway_register.sql; vehicles: (id, plate, kind, plate colour)."""

    terminals: list[Row]
    vehicles: list[Row]
    in_service: list[VehicleRow]
    fences: list[FenceRow]
    rules: list[RuleRow]
    permits: list[PermitRow]
    routes: list[RouteRow]
    occasions: list[OccasionRow]

    def masters(self, before: Masters | None, version: int) -> Masters:
        """The masters of judging: new, or the earlier ones with what has changed."""
        if before is None:
            return masters_of(
                self.in_service, self.fences, self.rules, self.permits, self.routes, self.occasions,
                version=version, holidays=holidays(),
            )  # fmt: skip
        given = before.given
        return renewed(
            before,
            version=version,
            vehicles=self.in_service,
            fences=None if tuple(self.fences) == given.fences else self.fences,
            rules=self.rules,
            permits=self.permits,
            routes=self.routes,
            occasions=self.occasions,
        )


def load(connection: Connection, now: dt.datetime) -> Loaded:
    """Read all of it in one snapshot."""
    since = now - dt.timedelta(days=KEPT_DAYS)
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        ask = connection.execute
        return Loaded(
            ask(sql.text("gateway_register")).fetchall(),
            ask(ALL_VEHICLES_SQL).fetchall(),
            [_vehicle(row) for row in ask(VEHICLES_SQL)],
            [_fence(row) for row in ask(FENCES_SQL, (since,))],
            [_rule(row) for row in ask(RULES_SQL, (since,))],
            [_permit(row) for row in ask(PERMITS_SQL, (since,))],
            [_route(row) for row in ask(ROUTES_SQL, (since,))],
            [OccasionRow(code, tuple(_span(one) for one in spans)) for code, spans in ask(OCCASIONS_SQL)],
        )


def holidays() -> frozenset[dt.date]:
    """Public holidays as the calendar package knows them."""
    return frozenset(chinese_calendar.holidays)


def ms(moment: dt.datetime) -> int:
    """Milliseconds since 1970 UTC."""
    return round(moment.timestamp() * 1000)


def _maybe_ms(moment: dt.datetime | None) -> int | None:
    return None if moment is None else ms(moment)


def _span(pair: list[str]) -> tuple[int, int]:
    begins, ends = (dt.datetime.fromisoformat(text) for text in pair)
    return ms(begins), ms(ends)


def _weekly(rows: list[list[Any]]) -> tuple[tuple[int, str, str], ...]:
    return tuple((int(day), str(begins), str(ends)) for day, begins, ends in rows)


def _vehicle(row: Row) -> VehicleRow:
    number, plate, kind, firm, lists, area, limit_kmh = row
    return VehicleRow(number, plate, kind, firm, tuple(lists), area, limit_kmh)


def _fence(row: Row) -> FenceRow:
    number, code, version, shape, geom, radius_m, width_m, valid_from, valid_to = row
    return FenceRow(number, code, version, _shape(shape, geom, radius_m, width_m), ms(valid_from), _maybe_ms(valid_to))


def _shape(kind: str, geom: bytes, radius_m: float | None, width_m: float | None) -> Shape:
    drawn: Any = shapely.from_wkb(bytes(geom))
    if kind == ShapeKind.CIRCLE:
        return Circle(drawn.x, drawn.y, float(radius_m or 0))
    if kind == ShapeKind.CORRIDOR:
        return Corridor(drawn, float(width_m or 0))
    return Area(drawn)


def _rule(row: Row) -> RuleRow:
    number, code, version, kind = row[:4]
    who, rest = row[4:9], row[9:]
    params, weekly, holiday, occasion, permit_kinds, severity, valid_from, valid_to = rest
    fences, kinds, firms, lists, plates = (tuple(one) for one in who)
    return RuleRow(
        number,
        code,
        version,
        kind,
        fences=fences,
        kinds=kinds,
        firms=firms,
        lists=lists,
        plates=plates,
        params=params,
        weekly=_weekly(weekly),
        holidays=holiday,
        occasion=occasion,
        permit_kinds=tuple(permit_kinds),
        severity=severity,
        valid_from_ms=ms(valid_from),
        valid_to_ms=_maybe_ms(valid_to),
    )


def _permit(row: Row) -> PermitRow:
    number, kind, vehicle, fences, weekly, valid_from, valid_to, revoked_at = row
    times = (ms(valid_from), ms(valid_to), _maybe_ms(revoked_at))
    return PermitRow(number, kind, vehicle, tuple(fences), _weekly(weekly), *times)


def _route(row: Row) -> RouteRow:
    number, vehicle, line, width_m, starts_at, ends_at = row
    return RouteRow(
        number, vehicle, shapely.get_coordinates(shapely.from_wkb(bytes(line))), width_m, ms(starts_at), ms(ends_at)
    )
