"""How fast cases are reported, listed and driven to their close: over HTTP, with real log-in, against the configured database.

Starts the web process on a free port (or measures `--url`), signs in people of its own, and prints one JSON object as the last
line. The cases it makes are marked synthetic. Photos of the lifecycle are put into the store before the clock starts, because
drawing a picture is not what is measured.

    ./gridloop bench cases [--seconds 20] [--clients 8] [--pages-per-s 200] [--only create|pages|lifecycle|tiles]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import multiprocessing
import os
import random
import statistics
import sys
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()

from django.db import connection, connections  # noqa: E402 - after django.setup()

from bench import empty, people  # noqa: E402 - after django.setup()
from bench.asking import Visitor, serving, signed_in  # noqa: E402
from bench.spent import database_cpu_s, web_cpu_s  # noqa: E402
from bench.yardstick import yardstick_ms  # noqa: E402

WARM_S = 4.0
PARTS = ("create", "pages", "lifecycle", "tiles")
TILES = 400
TILE_ZOOMS = range(12, 17)
SPREAD = 0.004  # degrees round the middle of the first cells


@dataclass(frozen=True)
class Task:
    """What one client process does."""

    url: str
    crew: people.BenchCrew
    seconds: float
    seed: int
    photos: tuple[str, ...] = ()
    pace_per_s: float = 0.0
    shapes: tuple[str, ...] = ()


def report(rng: random.Random, crew: people.BenchCrew) -> dict[str, Any]:
    """A report somewhere round the middle."""
    return {
        "text": f"道路上有暴露垃圾 {rng.randrange(10**6)} 号路口",
        "lon": crew.lon + rng.uniform(-SPREAD, SPREAD),
        "lat": crew.lat + rng.uniform(-SPREAD, SPREAD),
        "class_kind": "event",
        "class_code": "0102",
        "rule_no": 1,
        "address": f"测试路 {rng.randrange(999)} 号",
        "synthetic": True,
    }


def create(task: Task) -> dict[str, Any]:
    """Report as fast as the answers come."""
    rng, visitor = random.Random(task.seed), Visitor(task.url, task.crew.desk)
    times, until = [], time.perf_counter() + task.seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        visitor.ask("POST", "/cases", report(rng, task.crew))
        times.append(time.perf_counter() - began)
    return {"times": times, "statements": visitor.statements}


def pages(task: Task) -> dict[str, Any]:
    """Pages at a fixed rate; a page that is late on its schedule counts its waiting too."""
    rng, visitor = random.Random(task.seed), Visitor(task.url, task.crew.desk)
    for shape in task.shapes:
        visitor.ask("GET", shape)
    visitor.statements.clear()
    times: list[float] = []
    start = time.perf_counter()
    for turn in range(int(task.seconds * task.pace_per_s)):
        planned = start + turn / task.pace_per_s
        wait = planned - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
        visitor.ask("GET", rng.choice(task.shapes))
        times.append(time.perf_counter() - planned)
    return {"times": times, "statements": visitor.statements}


def lifecycle(task: Task) -> dict[str, Any]:
    """Report, register, file, dispatch, accept, finish, check, close, find again."""
    rng = random.Random(task.seed)
    desk, unit, collector = (Visitor(task.url, one) for one in (task.crew.desk, task.crew.unit, task.crew.collector))
    photos = iter(task.photos)
    times, until = [], time.perf_counter() + task.seconds
    while time.perf_counter() < until:
        pair = list(zip(range(2), photos, strict=False))
        if len(pair) < 2:
            break
        began = time.perf_counter()
        number = json.loads(desk.ask("POST", "/cases", report(rng, task.crew)))["number"]
        steps = (
            (desk, {"verb": "register"}),
            (desk, {"verb": "file"}),
            (desk, {"verb": "dispatch", "unit": task.crew.unit_id}),
            (unit, {"verb": "accept"}),
            (unit, {"verb": "finish", "note": "清理完毕", "photos": [pair[0][1]]}),
            (collector, {"verb": "pass", "photos": [pair[1][1]]}),
            (desk, {"verb": "close"}),
        )
        for visitor, body in steps:
            visitor.ask("POST", f"/cases/{number}/steps", body)
        desk.ask("GET", f"/cases?state=closed&q={number}")
        times.append(time.perf_counter() - began)
    return {"times": times, "statements": desk.statements + unit.statements + collector.statements}


def at_once(work: Any, tasks: list[Task]) -> tuple[list[float], list[int], float]:
    """Run the clients in processes of their own; all times, all statement counts, and the wall time."""
    connections.close_all()
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(len(tasks)) as pool:
        results = pool.map(work, tasks)
    wall = time.perf_counter() - began
    return (
        [one for result in results for one in result["times"]],
        [one for result in results for one in result["statements"]],
        wall,
    )


def shapes(crew: people.BenchCrew) -> tuple[str, ...]:
    """Fourteen kinds of first pages: state, unit, each level of area, class, newest and due first, open and closed."""
    area = crew.place
    return (
        "/cases?limit=100",
        "/cases?limit=100&sort=due",
        "/cases?limit=100&state=any",
        "/cases?limit=100&state=closed",
        f"/cases?limit=100&unit={crew.unit_id}",
        f"/cases?limit=100&unit={crew.unit_id}&state=closed",
        f"/cases?limit=100&place={area[:4]}&state=any",
        f"/cases?limit=100&place={area[:6]}&state=closed",
        f"/cases?limit=100&place={area[:9]}",
        f"/cases?limit=100&place={area[:12]}&state=any",
        "/cases?limit=100&class=event:0102",
        f"/cases?limit=100&class=event:0102&place={area[:6]}&state=closed",
        "/cases?limit=100&view=late&sort=due",
        "/cases?limit=100&state=reported,registered",
    )


def quantile_ms(times: list[float], share: float) -> float:
    """A quantile in milliseconds."""
    return round(sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000, 2)


def tiles(task: Task) -> dict[str, Any]:
    """Each tile once, so that none is in the memory of the web process: shapes are the addresses."""
    visitor = Visitor(task.url, task.crew.desk)
    times = []
    for address in task.shapes:
        began = time.perf_counter()
        visitor.ask("GET", address)
        times.append(time.perf_counter() - began)
    return {"times": times, "statements": visitor.statements}


def tile_addresses(count: int) -> list[str]:
    """Different tiles of single or counted components, as many of each zoom as there are, at most `count`; chosen by seeded chance."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select st_x(geom), st_y(geom) from places_component tablesample system (2) repeatable (1) limit 20000"
        )
        points = cursor.fetchall()
    rng, found = random.Random(7), []
    for zoom in TILE_ZOOMS:
        squares = sorted({_square(zoom, lon, lat) for lon, lat in points})
        rng.shuffle(squares)
        found += [f"/tiles/components/{zoom}/{x}/{y}.mvt" for x, y in squares[: count // len(TILE_ZOOMS)]]
    rng.shuffle(found)
    return found


def _square(zoom: int, lon: float, lat: float) -> tuple[int, int]:
    """The tile of the web map that holds a spot."""
    wide = 2**zoom
    return int((lon + 180) / 360 * wide), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * wide)


@dataclass(frozen=True)
class Load:
    """Where and how hard."""

    url: str
    crew: people.BenchCrew
    asked: argparse.Namespace

    def tasks(self, **more: Any) -> list[Task]:
        """One for each client."""
        return [Task(self.url, self.crew, self.asked.seconds, seed, **more) for seed in range(self.asked.clients)]

    @property
    def cpu_s(self) -> tuple[float, float]:
        """What the web processes and the database have used so far."""
        return web_cpu_s(urlsplit(self.url).port or 0), database_cpu_s()


def spent_ms(load: Load, before: tuple[float, float], count: int, name: str) -> dict[str, float]:
    """Processor milliseconds for each of `count` pieces of work since `before`."""
    web, database = (round((now - then) / count * 1000, 2) for now, then in zip(load.cpu_s, before, strict=True))
    return {f"{name}_web_cpu_ms": web, f"{name}_database_cpu_ms": database}


def warm(load: Load) -> None:
    """Let every worker read what it keeps, and every connection prepare its statements."""
    at_once(create, [replace(task, seconds=WARM_S) for task in load.tasks()])
    photos = people.photos(load.crew, 8 * load.asked.clients)
    at_once(lifecycle, [replace(one, photos=tuple(photos[at * 8 : at * 8 + 8])) for at, one in enumerate(load.tasks())])


def measure_create(load: Load) -> dict[str, Any]:
    """As many reports as go through."""
    before = load.cpu_s
    times, counts, _ = at_once(create, load.tasks())
    return {
        "create_per_s": round(len(times) / load.asked.seconds, 1),
        "create_p50_ms": quantile_ms(times, 0.5),
        "create_p99_ms": quantile_ms(times, 0.99),
        "create_sql": statistics.mode(counts),
        "create_sql_max": max(counts),
        **spent_ms(load, before, len(times), "create"),
    }


def measure_pages(load: Load) -> dict[str, Any]:
    """Fourteen shapes of first pages at a fixed rate."""
    pace = load.asked.pages_per_s / load.asked.clients
    before = load.cpu_s
    times, counts, _ = at_once(pages, load.tasks(pace_per_s=pace, shapes=shapes(load.crew)))
    return {
        "pages_offered_per_s": load.asked.pages_per_s,
        "page100_p50_ms": quantile_ms(times, 0.5),
        "page100_p99_ms": quantile_ms(times, 0.99),
        "page100_sql": max(statistics.multimode(counts)),
        **spent_ms(load, before, len(times), "page100"),
    }


def measure_lifecycle(load: Load) -> dict[str, Any]:
    """Whole lives of cases; with `--rise` also what they cost on a nearly empty city, before and in the same minutes."""
    asked = load.asked
    beside = empty.lifecycles(asked.seconds, asked.clients, asked.workers, asked.photos) if asked.rise else None
    share = asked.photos // asked.clients
    photos = people.photos(load.crew, asked.photos)
    tasks = [replace(one, photos=tuple(photos[at * share : (at + 1) * share])) for at, one in enumerate(load.tasks())]
    before = load.cpu_s
    times, counts, _ = at_once(lifecycle, tasks)
    result = {
        "lifecycle_per_s": round(len(times) / asked.seconds, 1),
        "lifecycle_p50_ms": quantile_ms(times, 0.5),
        "lifecycle_sql": round(sum(counts) / max(1, len(times)), 1),
        **spent_ms(load, before, len(times), "lifecycle"),
    }
    if beside is not None:
        here, there = (one["lifecycle_web_cpu_ms"] + one["lifecycle_database_cpu_ms"] for one in (result, beside))
        result |= {
            "lifecycle_empty_per_s": beside["lifecycle_per_s"],
            "lifecycle_empty_cpu_ms": round(there, 2),
            "lifecycle_cpu_rise_pct": round((here / there - 1) * 100, 1),
        }
    return result


def measure_tiles(load: Load) -> dict[str, Any]:
    """Tiles of components from zoom 12 to 16, one client, none asked before."""
    addresses = tile_addresses(TILES)
    if not addresses:
        return {}
    task = load.tasks(shapes=tuple(addresses))[0]
    times, counts, _ = at_once(tiles, [task])
    return {
        "tiles": len(times), "tile_p50_ms": quantile_ms(times, 0.5), "tile_p99_ms": quantile_ms(times, 0.99), "tile_sql": max(counts),
    }  # fmt: skip


MEASURES = {
    "create": measure_create,
    "pages": measure_pages,
    "lifecycle": measure_lifecycle,
    "tiles": measure_tiles,
}


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pages-per-s", type=float, default=200)
    parser.add_argument("--photos", type=int, default=8000)
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    parser.add_argument(
        "--no-rise",
        dest="rise",
        action="store_false",
        help="leave out the comparison with a nearly empty city (a minute)",
    )
    parser.add_argument(
        "--url", default="", help="measure this address instead of an own process; it gives no statement counts"
    )
    asked = parser.parse_args()
    asked.rise = asked.rise and asked.only is None
    return asked


def main() -> None:
    """Prepare, measure, print."""
    asked = arguments()
    crew = people.prepared()
    result: dict[str, Any] = {}
    with serving(asked.url, asked.workers) as url:
        load = Load(url, signed_in(url, crew), asked)
        warm(load)
        for part in (asked.only,) if asked.only else PARTS:
            result |= MEASURES[part](load)
            print(part, json.dumps(result), file=sys.stderr, flush=True)
    with connection.cursor() as cursor:
        cursor.execute("analyze cases_case")
        cursor.execute(
            "select sum(reltuples)::bigint from pg_class where relname in ('cases_case_open', 'cases_case_closed')"
        )
        cases = cursor.fetchone()[0]
    head = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "yardstick_ms": yardstick_ms(),
        "cases": cases,
    }
    print(json.dumps(head | result))


if __name__ == "__main__":
    main()
