"""Days made ahead, days moved into the archive hour by hour, checked and let go, and what is too old forgotten; each step safe to repeat."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import connection, transaction

from gridloop.audit import actions as ledger
from gridloop.fleet.models import ArchivedDay, VehicleWarning
from gridloop.fleet.queries.archive import file_of
from gridloop.fleet.rules import retention as rules
from gridloop.fleet.rules.retention import Retention
from gridloop.kernel.caller import system
from gridloop.kernel.errors import Refused
from gridloop.kernel.statements import run

PLATFORM = system("fleet.retention")
BATCH = 50_000
ROW_GROUP = 20_000
"""Rows that are read together: small, so that one vehicle's hour touches few of them."""
PARTITIONS_SQL = """
select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
where i.inhparent = 'fleet_position'::regclass and c.relname ~ '^fleet_position_[0-9]{8}$' order by 1
"""
HOUR_SQL = """
select vehicle_id, (extract(epoch from at) * 1000)::bigint, (extract(epoch from received_at) * 1000)::bigint, serial, lon_e7, lat_e7, alarm,
    status, speed, heading, altitude_m, marks, source, extras
from fleet_position where at >= %s and at < %s order by vehicle_id, at, serial
"""
SCHEMA = pa.schema(
    [
        ("vehicle_id", pa.int32()), ("at_ms", pa.int64()), ("received_ms", pa.int64()), ("serial", pa.int32()), ("lon_e7", pa.int32()),
        ("lat_e7", pa.int32()), ("alarm", pa.int32()), ("status", pa.int32()), ("speed", pa.int16()), ("heading", pa.int16()),
        ("altitude_m", pa.int16()), ("marks", pa.int16()), ("source", pa.int16()), ("extras", pa.binary()),
    ]
)  # fmt: skip


def make_days(now: datetime) -> int:
    """Partitions for today and the days ahead; answers how many were missing."""
    return int(
        run(
            "select fleet_make_days(%(first)s, %(last)s)",
            {"first": now.date() - timedelta(days=1), "last": now.date() + timedelta(days=rules.DAYS_AHEAD)},
        )[0][0]
    )


def keep_in_order(retention: Retention, now: datetime) -> dict[str, int]:
    """Archive what the database need not keep, forget what nobody need keep; answers how many days and warnings."""
    asked = rules.checked(retention)
    utc = now.astimezone(UTC)
    days = [_day(row[0]) for row in run(PARTITIONS_SQL)]
    done = set(ArchivedDay.objects.filter(dropped_at__isnull=False).values_list("day", flat=True))
    moved = [archive_day(day, now=now) for day in rules.to_archive(days, done, retention=asked, now=utc)]
    kept = list(ArchivedDay.objects.filter(gone_at=None, dropped_at__isnull=False).values_list("day", flat=True))
    gone = [_forget(day, now=now) for day in rules.to_forget(kept, retention=asked, now=utc)]
    old = VehicleWarning.objects.filter(decided_at__lt=now - timedelta(days=asked.warning_days))
    return {"archived": len(moved), "forgotten": len(gone), "warnings": old.delete()[0]}


def archive_day(day: date, *, now: datetime) -> ArchivedDay:
    """Write a day as files, compare them with the table, and let its partition go. Refused, with the table untouched, where they differ."""
    start = datetime.combine(day, datetime.min.time(), UTC)
    files = {
        f"{hour:02d}": written
        for hour in range(24)
        if (written := _write_hour(day, hour, start + timedelta(hours=hour))) is not None
    }
    rows, size = sum(one["rows"] for one in files.values()), sum(one["bytes"] for one in files.values())
    with transaction.atomic():
        # Nobody may write into this day between the counting and the letting go: a late batch waits and finds the default partition.
        with connection.cursor() as cursor:
            cursor.execute(f"lock table fleet_position_{day:%Y%m%d} in access exclusive mode")
            cursor.execute(f"select count(*) from fleet_position_{day:%Y%m%d}")  # noqa: S608 - a date of ours
            there = int(cursor.fetchone()[0])
        if there != rows:
            raise Refused(
                f"the archive of {day} has {rows} positions and the table {there}; the day is archived again in the next run",
                zh=f"{day} 归档 {rows} 条、表中 {there} 条,不一致;下次运行将重新归档",
            )
        kept, _ = ArchivedDay.objects.update_or_create(
            day=day, defaults={"rows": rows, "bytes": size, "files": files, "archived_at": now, "dropped_at": now}
        )
        with connection.cursor() as cursor:
            cursor.execute(f"drop table fleet_position_{day:%Y%m%d}")
        detail = {"rows": rows, "bytes": size, "hours": len(files)}
        ledger.record(PLATFORM, "fleet.day_archived", f"fleet-day:{day}", at=now, detail=detail)
    return kept


def _write_hour(day: date, hour: int, start: datetime) -> Mapping[str, Any] | None:
    """One file, complete or not there: written beside and renamed. Read through a cursor, so that an hour need not fit into memory."""
    path = file_of(day, hour)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    beside = path.with_suffix(".part")
    count = 0
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(HOUR_SQL, [start, start + timedelta(hours=1)])
        with pq.ParquetWriter(beside, SCHEMA, compression="zstd") as writer:
            while rows := cursor.fetchmany(BATCH):
                columns = [
                    pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), SCHEMA, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), row_group_size=ROW_GROUP)
                count += len(rows)
    if count == 0:
        beside.unlink()
        return None
    with beside.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    beside.rename(path)
    return {"rows": count, "bytes": path.stat().st_size, "sha256": digest}


def _forget(day: date, *, now: datetime) -> date:
    """Remove the files of a day; that they were there, and when they went, stays known."""
    with transaction.atomic():
        ArchivedDay.objects.filter(day=day).update(gone_at=now)
        run("delete from fleet_presence where slot < %(slot)s", {"slot": _slot_after(day)})
        ledger.record(PLATFORM, "fleet.day_forgotten", f"fleet-day:{day}", at=now)
    folder = file_of(day, 0).parent
    for path in sorted(folder.glob("*.parquet")):
        path.unlink()
    if folder.exists():
        folder.rmdir()
    return day


def _slot_after(day: date) -> int:
    return int(datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC).timestamp()) // 600


def _day(name: str) -> date:
    return datetime.strptime(name[-8:], "%Y%m%d").replace(tzinfo=UTC).date()
