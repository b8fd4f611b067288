"""Positions of days that lie in the archive: a folder a day, a Parquet file an hour (UTC), sorted by vehicle and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings

COLUMNS = ["at_ms", "lon_e7", "lat_e7", "speed", "heading", "marks", "source"]
WHOLE = [
    "vehicle_id", "at_ms", "received_ms", "lon_e7", "lat_e7", "serial", "speed", "heading", "altitude_m", "status", "marks", "source",
]  # fmt: skip


def folder() -> Path:
    """Where the archive lies."""
    return Path(settings.VAR) / "fleet" / "archive"


def file_of(day: date, hour: int) -> Path:
    """The file of an hour."""
    return folder() / f"{day:%Y-%m-%d}" / f"{hour:02d}.parquet"


def fixes(day: date, vehicle_id: int, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """The fixes of a vehicle on an archived day (UTC) between two moments, as track.sql answers them; row groups of others are skipped."""
    rows: list[tuple[Any, ...]] = []
    for path in _files(day, since, until):
        wanted = (pc.field("vehicle_id") == vehicle_id) & _between(since, until)
        found = pq.read_table(path, columns=COLUMNS, filters=wanted)
        rows += zip(*(found.column(name).to_pylist() for name in COLUMNS), strict=True)
    return rows


def fixes_in(day: date, since: datetime, until: datetime, box: Mapping[str, int]) -> list[tuple[Any, ...]]:
    """Fixes in a box of ten-millionths of a degree on an archived day, as presence_exact.sql answers them."""
    rows: list[tuple[Any, ...]] = []
    for path in _files(day, since, until):
        lon, lat = pc.field("lon_e7"), pc.field("lat_e7")
        inside = (lon >= box["west"]) & (lon <= box["east"]) & (lat >= box["south"]) & (lat <= box["north"])
        found = pq.read_table(
            path, columns=["vehicle_id", "at_ms", "lon_e7", "lat_e7"], filters=inside & _between(since, until)
        )
        vehicle, at_ms, x, y = (found.column(name).to_pylist() for name in ("vehicle_id", "at_ms", "lon_e7", "lat_e7"))
        moments = (datetime.fromtimestamp(one / 1000, UTC) for one in at_ms)
        rows += zip(vehicle, moments, x, y, strict=True)
    return rows


def rows_of(day: date, vehicles: Sequence[int], since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    """All fixes of these vehicles on an archived day, as replay_fixes.sql answers them."""
    rows: list[tuple[Any, ...]] = []
    for path in _files(day, since, until):
        wanted = pc.field("vehicle_id").isin(list(vehicles)) & _between(since, until)
        found = pq.read_table(path, columns=WHOLE, filters=wanted)
        rows += zip(*(found.column(name).to_pylist() for name in WHOLE), strict=True)
    return rows


def counts(day: date, vehicles: Sequence[int], since: datetime, until: datetime) -> Counter[int]:
    """How many fixes each of these vehicles told on an archived day."""
    found: Counter[int] = Counter()
    for path in _files(day, since, until):
        wanted = pc.field("vehicle_id").isin(list(vehicles)) & _between(since, until)
        told = pq.read_table(path, columns=["vehicle_id"], filters=wanted).column("vehicle_id")
        for one in pc.value_counts(told).to_pylist():
            found[one["values"]] += one["counts"]
    return found


def _files(day: date, since: datetime, until: datetime) -> list[Path]:
    start = datetime.combine(day, datetime.min.time(), UTC)
    hours = (
        hour
        for hour in range(24)
        if start + timedelta(hours=hour) < until and start + timedelta(hours=hour + 1) > since
    )
    return [path for hour in hours if (path := file_of(day, hour)).exists()]


def _between(since: datetime, until: datetime) -> Any:
    at = pc.field("at_ms")
    return (at >= int(since.timestamp() * 1000)) & (at < int(until.timestamp() * 1000))
