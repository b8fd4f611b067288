"""How long questions about the past take on a day of positions: a vehicle's day, and who was in an area between two moments.

A database of its own beside the configured one, dropped afterwards. `--vehicles` drive there and back along their streets in 60 x 60 km, `--fixes` each, evenly over one
day, loaded by COPY in the order in which they would have come in; the ten-minute squares are filled by the job that fills them. Asked after a third of the day's hours and
after all, so that the growth is seen: 200 vehicles' tracks, and 10 areas each of 2 x 2 km in one hour and in the whole time, and of 10 x 10 km in one hour. Times in
milliseconds as a request would wait, without HTTP. Last line: one JSON object.

    ./gridloop bench tracks [--vehicles 60000] [--fixes 144]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import psycopg
import shapely

from bench import fleet
from bench.fences import CITY, DEGREES
from bench.fleet_load import CITY_M
from bench.yardstick import yardstick_ms
from gridloop.fleet import intake
from gridloop.fleet.actions.tracks import fill_presence
from gridloop.fleet.gateway import copying
from gridloop.fleet.gateway.store import PLAIN_SQL
from gridloop.fleet.queries import tracks
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import Duty
from gridloop.site.conninfo import conninfo

DAY_S, HOUR_S = 86_400, 3600
TRACKS, AREAS = 200, 10
SMALL_M, LARGE_M = 2_000.0, 10_000.0
PARTS = 3
DESK = Caller(None, "bench", (GrantView(1, Duty.SUPERVISOR),))
SIZE_SQL = "select coalesce(sum(pg_total_relation_size(inhrelid)), 0)::bigint from pg_inherits where inhparent = 'fleet_position'::regclass"


def main() -> None:
    """In a fresh database, or, started by that, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, default=60_000)
    parser.add_argument("--fixes", type=int, default=144)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.first:
        measure(asked.vehicles, asked.fixes, asked.first)
        return
    with fleet.town(asked.vehicles, 1) as (url, first):
        told = ["--vehicles", str(asked.vehicles), "--fixes", str(asked.fixes), "--first", str(first)]
        subprocess.run(
            [sys.executable, "-m", "bench.tracks", *told], env=os.environ | {"DATABASE_URL": url}, check=True
        )


def measure(vehicles: int, fixes: int, first: int) -> None:
    """Load a part of the day, ask, load the rest, ask again; print."""
    chance = np.random.default_rng(144)
    figures: dict[str, Any] = {"yardstick_ms": yardstick_ms(), "vehicles": vehicles, "every_s": DAY_S / fixes}
    begin = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(days=1)
    way = Ways(chance, vehicles, first, begin)
    with psycopg.connect(conninfo(), autocommit=True) as loading:
        loading.execute(
            "select fleet_make_days((now() at time zone 'UTC')::date - 2, (now() at time zone 'UTC')::date)"
        )
        for done, until in ((0, fixes // PARTS), (fixes // PARTS, fixes)):
            begun = time.perf_counter()
            for number in range(done, until):
                way.put(loading, number * DAY_S // fixes)
            loaded_s = time.perf_counter() - begun
            end = begin + dt.timedelta(seconds=until * DAY_S // fixes)
            begun = time.perf_counter()
            while fill_presence(end + dt.timedelta(hours=2)):
                continue
            filled_s = time.perf_counter() - begun
            loading.execute("analyze fleet_position, fleet_presence")
            rows = until * vehicles
            found = answers(chance, vehicles, first, begin, end) | {
                "load_us_a_row": round(loaded_s / ((until - done) * vehicles) * 1e6, 1),
                "squares_us_a_row": round(filled_s / ((until - done) * vehicles) * 1e6, 1),
                "bytes_a_row": round(int((loading.execute(SIZE_SQL).fetchone() or (0,))[0]) / rows, 1),
            }
            figures[f"{rows}"] = found
            print(f"{rows:>9} rows  {found}")
    figures["yardstick_after_ms"] = yardstick_ms()
    print(json.dumps(figures))


class Ways:
    """Where everybody is at a second of the day: there and back along one street."""

    def __init__(self, chance: np.random.Generator, vehicles: int, first: int, begin: dt.datetime) -> None:
        self.chance, self.first = chance, first
        self.begin_ms = round(begin.timestamp() * 1000)
        self.at = chance.uniform(0, CITY_M, (vehicles, 2))
        self.axis = chance.integers(0, 2, vehicles)
        self.speed = chance.uniform(2, 15, vehicles)

    def put(self, loading: psycopg.Connection[Any], second: int) -> None:
        """One fix of everybody."""
        count = len(self.at)
        at, every = self.at.copy(), np.arange(count)
        ahead = (at[every, self.axis] + self.speed * second) % (2 * CITY_M)
        at[every, self.axis] = np.minimum(ahead, 2 * CITY_M - ahead)
        rows = intake.fixes(count)
        rows["vehicle"] = self.first + every
        rows["at"] = self.begin_ms + second * 1000 + self.chance.integers(0, 60, count) * 1000
        rows["received"] = rows["at"] + 1000
        rows["serial"] = second // 60
        lonlat = CITY + (at / CITY_M - 0.5) * DEGREES
        rows["lon"], rows["lat"] = lonlat[:, 0], lonlat[:, 1]
        rows["speed"], rows["status"], rows["source"] = self.speed * 36, 3, intake.Source.JT808
        nothing = np.zeros(count, np.int64)
        with loading.cursor() as cursor, cursor.copy(PLAIN_SQL) as copy:
            copy.write(copying.positions(rows, nothing, nothing, b""))


def answers(
    chance: np.random.Generator, vehicles: int, first: int, begin: dt.datetime, end: dt.datetime
) -> dict[str, Any]:
    """Milliseconds of every question."""
    middle = begin + (end - begin) / 2
    hour = (middle, middle + dt.timedelta(seconds=HOUR_S))
    who = (first + chance.integers(0, vehicles, TRACKS)).tolist()
    ways = [timed(lambda one=one: len(tracks.track(one, begin, end))) for one in who]
    found: dict[str, Any] = {"track_ms": summed(ways), "fixes_a_track": ways[0][1]}
    for name, size_m, span in (
        ("small_hour", SMALL_M, hour), ("small_all", SMALL_M, (begin, end)), ("large_hour", LARGE_M, hour),
    ):  # fmt: skip
        squares = [square(chance, size_m) for _ in range(AREAS)]
        asked = [
            timed(lambda one=one, span=span: len(tracks.who_was_here(one, *span, by=DESK)["items"])) for one in squares
        ]
        found |= {f"{name}_ms": summed(asked), f"{name}_vehicles": int(np.median([count for _, count in asked]))}
    return found


def timed(work: Callable[[], int]) -> tuple[float, int]:
    """(milliseconds, what it counted)."""
    begun = time.perf_counter()
    count = work()
    return (time.perf_counter() - begun) * 1000, count


def summed(asked: Sequence[tuple[float, int]]) -> dict[str, float]:
    """Median and worst."""
    spent = [ms for ms, _ in asked]
    return {"p50": round(float(np.median(spent)), 1), "worst": round(max(spent), 1)}


def square(chance: np.random.Generator, size_m: float) -> shapely.Polygon:
    """Somewhere in the city."""
    corner = chance.uniform(0, CITY_M - size_m, 2)
    low, high = (CITY + (one / CITY_M - 0.5) * DEGREES for one in (corner, corner + size_m))
    return shapely.box(low[0], low[1], high[0], high[1])


if __name__ == "__main__":
    main()
