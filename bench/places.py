"""How long places take: points, nearest components, tiles, scopes and search, at two sizes of the register.

Works in a database of its own beside the configured one (as tests do) and drops it afterwards. Last line: one JSON object.

    ./gridloop bench places [--sizes 143600,1436000] [--cells 33400]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable

import django
import numpy as np
import shapely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()

from django.db import connection  # noqa: E402 - after django.setup()

from gridloop.kernel import clock  # noqa: E402 - after django.setup()
from gridloop.kernel.caller import system  # noqa: E402 - after django.setup()
from gridloop.places import actions, queries  # noqa: E402 - after django.setup()
from gridloop.places.actions.components import NewComponent  # noqa: E402 - after django.setup()

CENTRE = (118.11, 24.51)
CHUNK = 50_000
BY = system("bench")
SCOPES = {"city": "3502", "county": "350203", "township": "350203008", "village": "350203008014", "cell": ""}
WORDS = ("思明", "siming", "社区", "sm", "350203008", "湖里", "wenzao", "新民镇", "tong'an", "厝")


def main() -> None:
    """Build, measure at each size, print."""
    asked = arguments()
    configured = str(connection.settings_dict["NAME"])
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(json.dumps(measured(sorted(asked.sizes), asked.cells, asked.rounds)))
    finally:
        connection.creation.destroy_test_db(configured, verbosity=0)


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[143_600, 1_436_000]
    )
    parser.add_argument("--cells", type=int, default=33_400, help="cells of 10,000 m2 (default: 334 km2)")
    parser.add_argument("--rounds", type=int, default=400)
    return parser.parse_args()


def measured(sizes: list[int], cells: int, rounds: int) -> dict[str, object]:
    """Every figure at every size, with how long loading took."""
    now = clock.now()
    result: dict[str, object] = {
        "at": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
    }
    started = time.perf_counter()
    actions.load_divisions(by=BY, now=now)
    actions.load_metro_stations(by=BY, now=now)
    result["load_divisions_s"] = round(time.perf_counter() - started, 1)
    started = time.perf_counter()
    area = queries.circle_of_cells(*CENTRE, cells)
    laid = actions.make_cells("bench", area, by=BY, now=now, overflow=True)
    result["cells"], result["make_cells_s"] = laid.cells, round(time.perf_counter() - started, 1)
    ground = shapely.intersection(
        area, shapely.union_all([queries.outline(code) for code in ("350203", "350206", "350211")])
    )
    rng = np.random.default_rng(20261122)
    have = 0
    for size in sizes:
        started = time.perf_counter()
        register(spots(rng, ground, size - have), now)
        squares = actions.refresh_tiles(reorder=True)
        vacuum()
        loaded_s = round(time.perf_counter() - started, 1)
        tell(f"{size} components in {loaded_s} s, {squares} squares")
        result[str(size)] = {"load_s": loaded_s, **figures(rng, ground, rounds)}
        have = size
    return result


def register(points: np.ndarray, now: dt.datetime) -> None:
    """Components at these points, in chunks; five in a row stand together, as lamps and lids do."""
    for at in range(0, len(points), CHUNK):
        chunk = points[at : at + CHUNK].tolist()
        actions.register_components(
            (
                NewComponent(lon, lat, f"0{1 + n % 5}{1 + n % 12:02d}", "bench", synthetic=True)
                for n, (lon, lat) in enumerate(chunk)
            ),
            by=BY,
            now=now,
        )


def spots(rng: np.random.Generator, ground: shapely.Geometry, count: int) -> np.ndarray:
    """`count` random points (n, 2) lon/lat on the ground."""
    west, south, east, north = shapely.bounds(ground)
    shapely.prepare(ground)
    found = np.empty((0, 2))
    while len(found) < count:
        points = rng.uniform((west, south), (east, north), (2 * count + 100, 2))
        found = np.concatenate([found, points[shapely.contains_xy(ground, points)]])
    return found[:count]


def figures(rng: np.random.Generator, ground: shapely.Geometry, rounds: int) -> dict[str, object]:
    """Milliseconds at the present size."""
    points = spots(rng, ground, rounds).tolist()
    wide = tiles_of(points, range(10, 16))
    near = tiles_of(points, range(16, 19))
    cell = queries.at(*CENTRE).place
    kept = (wide + near)[:: max(1, len(wide) // 200)]
    return {
        "at_ms": spread(queries.at, points),
        "places_at_ms": spread(lambda lon, lat: sql("select * from places_at(%s, %s)", lon, lat), points),
        "nearest_ms": spread(lambda lon, lat: queries.nearest_component(lon, lat, "0101", 50), points),
        "tile_wide_cold_ms": spread(cold, wide),
        "tile_near_cold_ms": spread(cold, near),
        "tile_cached_ms": spread(lambda z, x, y: queries.tile("components", z, x, y), kept, warm=len(kept)),
        "tile_cells_cold_ms": spread(lambda z, x, y: cold(z, x, y, "cells"), tiles_of(points, range(14, 17))),
        "search_ms": spread(queries.search, [(word,) for word in WORDS] * 10),
        "scope_50_ms": {name: spread(scope_page, [(prefix or cell,)] * 30)["p50"] for name, prefix in SCOPES.items()},
        "scope_count_ms": {
            name: spread(scope_count, [(prefix or cell,)] * 7)["p50"] for name, prefix in SCOPES.items()
        },
    }


def scope_page(prefix: str) -> None:
    """The first 50 components of an area."""
    sql(
        "select code from places_component where place >= %s and place < %s order by place, subclass limit 50",
        prefix,
        prefix + "~",
    )


def scope_count(prefix: str) -> None:
    """All components of an area, counted."""
    sql("select count(*) from places_component where place >= %s and place < %s", prefix, prefix + "~")


def cold(z: int, x: int, y: int, layer: str = "components") -> None:
    """A tile drawn by the database."""
    queries.forget_tiles()
    queries.tile(layer, z, x, y)


def tiles_of(points: Iterable[tuple[float, float]], zooms: range) -> list[tuple[int, int, int]]:
    """The tiles that hold the points, the zooms in turn."""
    found = []
    for n, (lon, lat) in enumerate(points):
        z = zooms[n % len(zooms)]
        y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
        found.append((z, int((lon + 180) / 360 * 2**z), int(y * 2**z)))
    return found


def spread(ask: Callable[..., object], questions: Iterable[tuple[object, ...]], warm: int = 3) -> dict[str, float]:
    """Median and 99th percentile in milliseconds, after the first `warm` questions were asked once."""
    listed = list(questions)
    for question in listed[:warm]:
        ask(*question)
    taken = []
    for question in listed:
        started = time.perf_counter()
        ask(*question)
        taken.append((time.perf_counter() - started) * 1000)
    return {"p50": round(float(np.percentile(taken, 50)), 2), "p99": round(float(np.percentile(taken, 99)), 2)}


def sql(statement: str, *values: str | float) -> None:
    """Runs one statement and reads its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.fetchall()


def vacuum() -> None:
    """Statistics and visibility as a running city has them."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze places_component")
        cursor.execute("vacuum analyze places_componentpoint")
        cursor.execute("vacuum analyze places_componentcluster")


def tell(line: str) -> None:
    """Progress, beside the result."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
