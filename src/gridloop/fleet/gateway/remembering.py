"""The judge's state across restarts: written now and then, and brought up to the last committed window when the gateway starts.

The file stands beside the number of the window it belongs to; what came after that window is judged again from the stored positions.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import structlog

from gridloop.fleet.gateway.copying import EPOCH_MS, SIGNATURE
from gridloop.fleet.gateway.desk import Connection
from gridloop.fleet.gateway.drivers import began
from gridloop.fleet.gateway.judging import Judging
from gridloop.fleet.gateway.store import moment
from gridloop.fleet.intake import FIX
from gridloop.fleet.judge.held import Held
from gridloop.fleet.judge.keeping import dump, load
from gridloop.fleet.judge.masters import Masters

log = structlog.get_logger("gridloop.gateway")
FILE = "held"
ROWS_MAX = 3_000_000  # what is read again at most; about a minute of judging
CHUNK = 5_000
REACHED_SQL = "select number from fleet_gateway where name = 'window'"
TAIL_SQL = """
copy (
    select received_at, at, vehicle_id, serial, lon_e7, lat_e7, alarm, status, speed, heading, altitude_m, marks, source
    from fleet_position where at > '{since}' and received_at >= '{after}' order by received_at desc limit {most}
) to stdout (format binary)
"""
TAIL = np.dtype(
    [
        ("fields", ">i2"),
        *(
            pair
            for name, size in (
                ("received", 8), ("at", 8), ("vehicle", 4), ("serial", 4), ("lon_e7", 4), ("lat_e7", 4), ("alarm", 4), ("status", 4),
                ("speed", 2), ("heading", 2), ("altitude_m", 2), ("marks", 2), ("source", 2),
            )
            for pair in ((f"{name}_size", ">i4"), (name, f">i{size}"))
        ),
    ]
)  # fmt: skip
GIVEN_MARKS = 1 | 2 | 64
"""Marks that the gateway gave (place, time, clone); the judge gives its own again."""


Mine = Callable[[npt.NDArray[Any]], npt.NDArray[np.bool_]]
"""Which of these vehicles (ids) are judged here."""


def everybodys(vehicles: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """All of them."""
    return np.ones(len(vehicles), np.bool_)


@dataclass(frozen=True, slots=True)
class Kept:
    """A state that was kept: after which window, when its newest fix came in, what the number counts."""

    number: int
    received_ms: int
    of: str


def keep(folder: Path, held: Held, masters: Masters, number: int, received_ms: int, of: str = "") -> None:
    """Write the state after window `number`, whose newest fix came in at `received_ms`; the old file stays whole until the new one is.

    of: what the number counts, where it may begin anew.
    """
    folder.mkdir(parents=True, exist_ok=True)
    head = orjson.dumps({"number": number, "received_ms": received_ms, "of": of})
    fresh = folder / f".{FILE}.{os.getpid()}"
    with fresh.open("wb") as file:
        file.write(head + b"\n" + dump(held, masters))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(folder / FILE)


def recall(connection: Connection, folder: Path, judging: Judging, *, minutes: int, now: dt.datetime) -> int:
    """Bring `judging` to the last committed window; returns its number. What the rest of the stored positions tell waits in `judging`."""
    row = connection.execute(REACHED_SQL).fetchone()
    number = int(row[0]) if row else 0
    kept = take_up(folder, judging, number)
    if kept and kept.number == number:
        log.info("state taken up where it was", window=number)
    elif number:
        judge_stored(connection, judging, kept, minutes=minutes, now=now)
    return number


def judge_stored(
    connection: Connection,
    judging: Judging,
    kept: Kept | None,
    *,
    minutes: int,
    now: dt.datetime,
    mine: Mine = everybodys,
) -> None:
    """Judge the stored positions since the kept state, or of the last minutes where there is none."""
    after_ms = kept.received_ms if kept else round((now - dt.timedelta(minutes=minutes)).timestamp() * 1000)
    fixes, drove = tail(connection, after_ms, minutes), began(connection)
    fixes = fixes[mine(fixes["vehicle"])]
    if len(fixes):
        for part in parts(fixes):
            until_ms = int(part["received"][-1])
            judging.drivers |= {vehicle: token for vehicle, at_ms, token in drove if at_ms <= until_ms}
            drove = [one for one in drove if one[1] > until_ms]
            _, told = judging.judged(part, until_ms)
            judging.waiting += (
                told if kept else []
            )  # without a file nobody knows since when, and what was told stands in the table
    log.info("state made again from stored positions", positions=len(fixes), file=bool(kept))


def take_up(folder: Path, judging: Judging, number: int) -> Kept | None:
    """What is kept, loaded into `judging`; None where there is none that fits."""
    path = folder / FILE
    if not path.exists() or judging.masters is None:
        return None
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        said = orjson.loads(head)
        if said["number"] > number:  # an older backup of the database was put back
            return None
        judging.held = load(body, judging.masters)
    except (ValueError, KeyError, OSError) as wrong:
        log.warning("the kept state cannot be read and is made again", reason=str(wrong))
        return None
    return Kept(int(said["number"]), int(said["received_ms"]), str(said.get("of", "")))


def parts(fixes: npt.NDArray[np.void]) -> Iterator[npt.NDArray[np.void]]:
    """So many that they are judged together: not too many, and of one minute, as drivers that changed are known before each part."""
    minute = fixes["received"] // 60_000
    edges = np.unique(np.concatenate([np.arange(0, len(fixes), CHUNK), np.flatnonzero(minute[1:] != minute[:-1]) + 1]))
    for start, stop in zip(edges.tolist(), [*edges[1:].tolist(), len(fixes)], strict=False):
        yield fixes[start:stop]


def tail(connection: Connection, after_ms: int, minutes: int) -> npt.NDArray[np.void]:
    """Positions that came in since, in the order they came in."""
    since = moment(after_ms) - dt.timedelta(minutes=minutes)
    statement = TAIL_SQL.format(since=since.isoformat(), after=moment(after_ms).isoformat(), most=ROWS_MAX)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        whole = b"".join(bytes(part) for part in copy)
    rows = np.frombuffer(whole, TAIL, count=(len(whole) - len(SIGNATURE) - 2) // TAIL.itemsize, offset=len(SIGNATURE))
    return _fixes(rows[::-1])


def _fixes(rows: npt.NDArray[Any]) -> npt.NDArray[np.void]:
    fixes = np.zeros(len(rows), FIX)
    for name in ("vehicle", "serial", "speed", "heading", "altitude_m", "source"):
        fixes[name] = rows[name]
    for name in ("at", "received"):
        fixes[name] = rows[name] // 1000 + EPOCH_MS
    fixes["lon"], fixes["lat"] = rows["lon_e7"] / 1e7, rows["lat_e7"] / 1e7
    fixes["alarm"], fixes["status"] = (
        rows["alarm"].astype(np.int64) & 0xFFFFFFFF,
        rows["status"].astype(np.int64) & 0xFFFFFFFF,
    )
    fixes["marks"] = rows["marks"] & GIVEN_MARKS
    return fixes
