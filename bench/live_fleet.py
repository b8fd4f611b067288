"""What 60,000 moving vehicles cost on the way to browsers: bytes a second and processor milliseconds a frame, and a whole frame for who joins.

Needs no database. Vehicles drive at city speeds on a grid of streets, a quarter stands; each tells its place every `--every` seconds, and a
frame goes out every second. Beside our frames the same positions as GeoJSON, which is what many trackers send. Last line: one JSON object.

    ./gridloop bench live_fleet [--vehicles 60000] [--frames 60] [--every 1]
"""

from __future__ import annotations

import argparse
import json
import os
import time

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()  # the register's words stand in the rooms

from bench.yardstick import yardstick_ms  # noqa: E402 - settings come first
from gridloop.fleet.queries.live import Registered  # noqa: E402
from gridloop.site.live.vehicles.frames import Sent, key_frame  # noqa: E402
from gridloop.site.live.vehicles.source import Fixes  # noqa: E402
from gridloop.site.live.vehicles.table import Table  # noqa: E402

START_MS = 1_795_000_000_000
M_PER_DEGREE_LAT, M_PER_DEGREE_LON = 111_000.0, 101_000.0  # at 24.5 north


class Traffic:
    """Vehicles that drive along streets, turn now and then, and stand at times."""

    def __init__(self, count: int) -> None:
        self.random = np.random.default_rng(3)
        self.lon = self.random.uniform(117.9, 118.4, count)
        self.lat = self.random.uniform(24.4, 24.9, count)
        self.speed_ms = np.where(self.random.random(count) < 0.25, 0.0, self.random.uniform(3.0, 20.0, count))
        self.heading = self.random.integers(0, 4, count) * 90 + self.random.normal(0, 12, count)

    def drive(self, seconds: float) -> None:
        """One step."""
        count = len(self.lon)
        self.heading = np.where(self.random.random(count) < 0.03, self.heading + 90, self.heading)
        self.speed_ms = np.clip(
            np.where(self.speed_ms > 0, self.speed_ms + self.random.normal(0, 0.7, count), 0.0), 0.0, 25.0
        )
        way = self.speed_ms * seconds
        self.lon += np.sin(np.radians(self.heading)) * way / M_PER_DEGREE_LON
        self.lat += np.cos(np.radians(self.heading)) * way / M_PER_DEGREE_LAT

    def fixes(self, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]], at_ms: int) -> Fixes:
        """What these vehicles tell now."""
        rows = np.flatnonzero(chosen)
        return Fixes(
            (rows + 1).astype("i4"), np.round(self.lon[rows] * 1e7).astype("i4"), np.round(self.lat[rows] * 1e7).astype("i4"),
            np.full(len(rows), at_ms, "i8"), (self.speed_ms[rows] * 36).astype("u2"), (self.heading[rows] % 360).astype("u2"),
            np.zeros(len(rows), "u1"),
        )  # fmt: skip


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vehicles", type=int, default=60_000)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--every", type=int, default=1, help="seconds between two positions of one vehicle")
    asked = parser.parse_args()
    traffic, table = Traffic(asked.vehicles), Table()
    table.register([Registered(one + 1, "3502", "truck", f"{one}") for one in range(asked.vehicles)])
    table.take(traffic.fixes(np.ones(asked.vehicles, np.bool_), START_MS), now_ms=START_MS)
    table.forget_jumps()
    whose = table.chosen(("",))
    begun = time.process_time()
    whole = key_frame(table.rows(whose), seq=0, now_ms=START_MS)
    key_ms = (time.process_time() - begun) * 1000
    sent, sizes, took, took_in = Sent(table.rows(whose)), [], [], []
    for second in range(1, asked.frames + 1):
        traffic.drive(1.0)
        now_ms = START_MS + 1000 * second
        due = np.arange(asked.vehicles) % asked.every == second % asked.every
        fixes = traffic.fixes(due, now_ms)
        begun = time.process_time()
        table.take(fixes, now_ms=now_ms)
        took_in.append((time.process_time() - begun) * 1000)
        begun = time.process_time()
        sizes.append(len(sent.delta_frame(table.rows(whose), seq=second, now_ms=now_ms)))
        took.append((time.process_time() - begun) * 1000)
        table.forget_jumps()
    figures = {
        "vehicles": asked.vehicles, "every_s": asked.every, "bytes_per_s": round(float(np.mean(sizes))), "frame_ms": round(float(np.median(took)), 2),
        "take_ms": round(float(np.median(took_in)), 2), "key_bytes": len(whole), "key_ms": round(key_ms, 2), **geojson(traffic),
        "yardstick_ms": yardstick_ms(),
    }  # fmt: skip
    for name, value in figures.items():
        print(f"{name:16} {value}")
    print(json.dumps(figures))


def geojson(traffic: Traffic) -> dict[str, float]:
    """The same positions once as GeoJSON."""
    begun = time.process_time()
    features = [
        {"type": "Feature", "id": row, "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}, "properties": {}}
        for row, (lon, lat) in enumerate(zip(traffic.lon.tolist(), traffic.lat.tolist(), strict=True))
    ]  # fmt: skip
    whole = json.dumps({"type": "FeatureCollection", "features": features})
    return {"geojson_bytes": len(whole), "geojson_ms": round((time.process_time() - begun) * 1000)}


if __name__ == "__main__":
    main()
