"""The writer: one window, one transaction. Runs in a thread of its own and speaks to PostgreSQL alone."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import psycopg

from gridloop.fleet import sql
from gridloop.fleet.gateway import columns, copying
from gridloop.fleet.gateway.reading import stored_moment

CONNECT_S = 5
COLUMNS = "received_at, at, vehicle_id, serial, lon_e7, lat_e7, alarm, status, speed, heading, altitude_m, marks, source, extras"
PLAIN_SQL = f"copy fleet_position ({COLUMNS}) from stdin (format binary)"
CHECKED_SQL = f"copy fleet_incoming ({COLUMNS}) from stdin (format binary)"
INSERT_SQL = f"insert into fleet_position ({COLUMNS}) select {COLUMNS} from fleet_incoming on conflict do nothing"  # noqa: S608 - constants
TEMPORARY_SQL = "create temp table if not exists fleet_incoming (like fleet_position) on commit delete rows"
REACHED_SQL = """
insert into fleet_gateway (name, number, at) values ('window', %s, %s)
on conflict (name) do update set number = excluded.number, at = excluded.at
"""
IDS_SQL = "select id, key, place from fleet_warning where key = any(%s)"
STORED_SQL = """
select o - 1 from unnest(%s::int[], %s::bigint[], %s::int[]) with ordinality as asked(vehicle, at_ms, serial, o)
where exists (
    select from fleet_position p
    where p.vehicle_id = vehicle and p.at = timestamptz 'epoch' + at_ms * interval '1 millisecond' and p.serial = asked.serial
)
"""
ORIGINAL_SQL = STORED_SQL.replace(
    "unnest(%s::int[], %s::bigint[], %s::int[]) with ordinality as asked(vehicle, at_ms, serial, o)",
    "unnest(%s::int[], %s::bigint[], %s::int[], %s::bigint[]) with ordinality as asked(vehicle, at_ms, serial, received_ms, o)",
).replace(
    "p.serial = asked.serial",
    "p.serial = asked.serial and p.received_at = timestamptz 'epoch' + received_ms * interval '1 millisecond'",
)
NOTIFY_SQL = "select pg_notify('fleet_warnings', '')"
Row = tuple[Any, ...]
Reach = Callable[[psycopg.Cursor[Row], int, dt.datetime], None]
"""Writes, in a window's own transaction, that it is committed: its number, and when its oldest fix came in."""


@dataclass(slots=True)
class Batch:
    """What one window stores.

    fixes: FIX rows; extras, sizes: where the further items of each lie in `data`; checked: which rows may be there already;
    warnings: rows of warnings_told.sql; last: fixes that become last positions. again: it may have been committed before.
    """

    number: int
    fixes: npt.NDArray[np.void]
    extras: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    data: bytes
    checked: npt.NDArray[np.bool_]
    last: npt.NDArray[np.void]
    received_ms: int
    warnings: list[dict[str, Any]] = field(default_factory=list)
    again: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit changed: (id, place) of each warning by key, how many positions were there already, seconds by phase."""

    warnings: dict[str, tuple[int, str]]
    repeated: int
    checked_way: bool
    spent_s: dict[str, float]


def reached(cursor: psycopg.Cursor[Row], number: int, at: dt.datetime) -> None:
    """How far the single process has come."""
    cursor.execute(REACHED_SQL, (number, at), prepare=True)


class Store:
    """Holds the one connection that writes positions; opened anew when it was lost."""

    def __init__(self, conninfo: str, clock: Callable[[], float], reach: Reach = reached) -> None:
        self._conninfo = conninfo
        self._clock = clock
        self.reach = reach
        self._connection: psycopg.Connection[Row] | None = None
        self._lock = threading.Lock()

    def open(self) -> psycopg.Connection[Row]:
        """The connection, made where there is none; raises psycopg.OperationalError."""
        if self._connection is None or self._connection.closed:
            made = psycopg.connect(self._conninfo, connect_timeout=CONNECT_S, application_name="gridloop-gateway")
            made.execute(TEMPORARY_SQL)
            made.commit()
            columns.taught(made)
            self._connection = made
        return self._connection

    def close(self) -> None:
        """Let the connection go."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def stored(self, fixes: npt.NDArray[np.void]) -> npt.NDArray[np.int64]:
        """Which rows of these are there already; raises psycopg.OperationalError."""
        return self._found(STORED_SQL, _keys(fixes))

    def originals(self, fixes: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
        """Which rows are stored as these very ones, and not as others that were sent before them; raises psycopg.OperationalError."""
        first = np.zeros(len(fixes), np.bool_)
        if len(fixes):
            first[self._found(ORIGINAL_SQL, (*_keys(fixes), fixes["received"].tolist()))] = True
        return first

    def _found(self, statement: str, keys: tuple[list[int], ...]) -> npt.NDArray[np.int64]:
        with self._lock:
            connection = self.open()
            try:
                found = connection.execute(statement, keys, prepare=True).fetchall()
                connection.commit()
            except psycopg.Error:
                connection.close()
                raise
        return np.array([row[0] for row in found], np.int64)

    def commit(self, batch: Batch) -> Committed:
        """Write a window; returns when it is safe. Raises psycopg.OperationalError when nobody knows whether it is."""
        with self._lock:
            connection = self.open()
            try:
                return self._written(connection, batch)
            except psycopg.errors.UniqueViolation:
                connection.rollback()
                batch.again = True
                return self._written(connection, batch)
            except Exception:
                connection.close()
                raise

    def _written(self, connection: psycopg.Connection[Row], batch: Batch) -> Committed:
        spent: dict[str, float] = {}
        begun = self._clock()
        with connection.cursor() as cursor:
            repeated = self._positions(cursor, batch)
            begun = self._spent(spent, "copy", begun)
            ids = self._warnings(cursor, batch)
            begun = self._spent(spent, "warnings", begun)
            if len(batch.last):
                cursor.execute(sql.text("last_positions"), copying.last_positions(batch.last), prepare=True)
            self.reach(cursor, batch.number, moment(batch.received_ms))
            begun = self._spent(spent, "last", begun)
        connection.commit()
        self._spent(spent, "commit", begun)
        return Committed(ids, repeated, bool(batch.again or batch.checked.any()), spent)

    def _spent(self, spent: dict[str, float], phase: str, begun: float) -> float:
        now = self._clock()
        spent[phase] = now - begun
        return now

    def _positions(self, cursor: psycopg.Cursor[Row], batch: Batch) -> int:
        """Store the fixes; returns how many were there already."""
        checked = np.ones(len(batch.fixes), np.bool_) if batch.again else batch.checked
        plain = np.flatnonzero(~checked)
        if len(plain):  # in the order of the key: neighbours in the index are written one after the other
            plain = plain[np.argsort(batch.fixes["vehicle"][plain], kind="stable")]
            with cursor.copy(PLAIN_SQL) as copy:
                copy.write(copying.positions(batch.fixes[plain], batch.extras[plain], batch.sizes[plain], batch.data))
        rest = np.flatnonzero(checked)
        if not len(rest):
            return 0
        with cursor.copy(CHECKED_SQL) as copy:
            copy.write(copying.positions(batch.fixes[rest], batch.extras[rest], batch.sizes[rest], batch.data))
        cursor.execute(INSERT_SQL, prepare=True)
        return len(rest) - cursor.rowcount

    def _warnings(self, cursor: psycopg.Cursor[Row], batch: Batch) -> dict[str, tuple[int, str]]:
        if not batch.warnings:
            return {}
        cursor.execute(sql.text("warnings_told"), (orjson.dumps(batch.warnings).decode(),), prepare=True)
        ids = {key: (number, place) for number, key, place in cursor.fetchall()}
        if batch.again:  # what an earlier try committed is to be told all the same
            cursor.execute(IDS_SQL, ([one["key"] for one in batch.warnings],))
            ids |= {key: (number, place) for number, key, place in cursor.fetchall()}
        cursor.execute(NOTIFY_SQL)
        return ids


def _keys(fixes: npt.NDArray[np.void]) -> tuple[list[int], ...]:
    return fixes["vehicle"].tolist(), stored_moment(fixes).tolist(), fixes["serial"].tolist()


def moment(ms: int) -> dt.datetime:
    """Milliseconds since 1970 as an aware moment."""
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC)
