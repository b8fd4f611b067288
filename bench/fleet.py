"""How many positions a second the gateway takes in: real JT/T 808 over real sockets, fenced, stored in PostgreSQL, acknowledged after the commit.

A database of its own beside the configured one, dropped afterwards. `--sockets` connections stand for `--vehicles` terminals, each of which signed in
by itself; `--batch` frames (1) go into one write of a socket. Star-shaped polygons of 20 to 50 corners; a no-go rule over all of them for one vehicle in twenty (hazardous
goods), while being inside is followed for all. Gateway, database, load and reader share this machine. Warning latency: from writing the deciding frame to
its socket to reading the warning on the live stream, which is what `live` does. Sustained: at least 98 % of what was asked for is acknowledged in the measured
seconds. `--minutes` goes on at the second rate and tells latency, memory and index bytes a row by slices. Last line: one JSON object.

    ./gridloop bench fleet [--rate 30000] [--rate-many 20000] [--seconds 30] [--sockets 2000] [--vehicles 60000] [--batch 1] [--minutes 0] [--only 1000|10000]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()

import numpy as np  # noqa: E402 - after django.setup()
import psycopg  # noqa: E402
from django.db import connection  # noqa: E402

from bench import false_alarms, jt808  # noqa: E402
from bench.empty import _address as address_of  # noqa: E402
from bench.fences import areas  # noqa: E402
from bench.fleet_load import CODE, PHONE_FIRST, RING  # noqa: E402
from bench.spent import _used_s as used_s  # noqa: E402
from bench.yardstick import yardstick_ms  # noqa: E402
from gridloop.fleet.gateway import reading  # noqa: E402
from gridloop.fleet.gateway.register import Terminals  # noqa: E402
from gridloop.fleet.jt808 import Splitter  # noqa: E402

WARM_S = 12.0
SUSTAINED = 0.98
READY_S_MAX = 120.0
CONCERNED = 20
PORT = 31_400
FEW, MANY = 1_000, 10_000
SLICE_S = 30
PHASES = ("decode", "read", "judge", "prepare", "copy", "warnings", "last", "commit", "acks", "stream")
BACKENDS_SQL = "select pid from pg_stat_activity where (datname = current_database() or datname is null) and pid <> pg_backend_pid()"
SIZE_SQL = """
select coalesce(sum(pg_indexes_size(inhrelid)), 0)::bigint, coalesce(sum(pg_table_size(inhrelid)), 0)::bigint
from pg_inherits where inhparent = 'fleet_position'::regclass
"""


def main() -> None:
    """Measure, print."""
    asked = arguments()
    figures: dict[str, Any] = {
        "yardstick_ms": yardstick_ms(), "cpus": os.cpu_count(), "sockets": asked.sockets, "vehicles": asked.vehicles, "batch": asked.batch,
    }  # fmt: skip
    print(f"yardstick {figures['yardstick_ms']} ms")
    for fences, rate, suffix in ((FEW, asked.rate, ""), (MANY, asked.rate_many, "_10000")):
        if asked.only in (0, fences):
            found = measured(asked, fences, rate, asked.seconds, slices=False)
            figures[f"positions_per_s_{fences}"] = found.pop("positions_per_s")
            figures |= {f"{name}{suffix}": value for name, value in found.items()}
    if asked.minutes:
        figures["endurance"] = measured(asked, FEW, asked.rate_many, asked.minutes * 60.0, slices=True)
    figures["decode_per_s"] = decoding()
    if not asked.quick:
        chance = np.random.default_rng(34)
        found = false_alarms.parked(chance, 200, 5) | false_alarms.crossed(chance, 300)
        figures["false_per_1000_vehicle_hours"] = found["false_confirmed_per_1000_h"]
        figures["missed_crossings"] = {name: value for name, value in found.items() if "missed" in name}
    figures["yardstick_after_ms"] = yardstick_ms()
    print(json.dumps(figures))


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=30_000, help="positions a second against 1,000 fences")
    parser.add_argument(
        "--rate-many", type=int, default=20_000, help="positions a second against 10,000 fences, and of --minutes"
    )
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--sockets", type=int, default=2_000)
    parser.add_argument("--vehicles", type=int, default=60_000)
    parser.add_argument("--batch", type=int, default=1, help="frames that a socket sends together")
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--window-ms", type=int, default=100)
    parser.add_argument("--only", type=int, choices=(0, FEW, MANY), default=0)
    parser.add_argument("--quick", action="store_true", help="leave false alarms out")
    return parser.parse_args()


def measured(asked: argparse.Namespace, fences: int, rate: int, seconds: float, *, slices: bool) -> dict[str, Any]:
    """One load against one number of fences."""
    with town(asked.vehicles, fences) as (url, first), tempfile.TemporaryDirectory() as var:
        env = os.environ | {
            "DATABASE_URL": url, "GRIDLOOP_VAR": var, "GRIDLOOP_PORT": str(PORT), "GRIDLOOP_GATEWAY_WINDOW_MS": str(asked.window_ms),
            "GRIDLOOP_LOG_LEVEL": "warning",
        }  # fmt: skip
        gateway = subprocess.Popen([sys.executable, "-m", "gridloop.site.manage", "gateway"], env=env)
        try:
            wait_ready(gateway)
            ring = Path(var) / "ring"
            np.memmap(ring, np.float64, "w+", shape=(asked.vehicles, RING)).flush()
            shared = ["--memory", str(ring), "--vehicles", str(asked.vehicles), "--first", str(first)]
            told = [
                "--port",
                str(PORT + 6),
                "--rate",
                str(rate),
                "--sockets",
                str(asked.sockets),
                "--batch",
                str(asked.batch),
            ]
            with part("stream", [*shared, "--port", str(PORT + 5)]) as stream, part("load", [*shared, *told]) as load:
                return driven(gateway.pid, load, stream, url, rate=rate, seconds=seconds, slices=slices, fences=fences)
        finally:
            gateway.terminate()
            gateway.wait(60)


def driven(
    gateway: int,
    load: subprocess.Popen[str],
    stream: subprocess.Popen[str],
    url: str,
    *,
    rate: int,
    seconds: float,
    slices: bool,
    fences: int,
) -> dict[str, Any]:
    """Let it run and look at it."""
    assert load.stdout is not None
    load.stdout.readline()
    say(load, "go\n")
    seen = until(load, WARM_S)
    pids = {"gateway": gateway, "load": load.pid, "reader": stream.pid}
    before, phases_before, cpu_before = seen, phases(), spent_s(pids, url)
    taken: list[dict[str, Any]] = []
    end_s = seen["at_s"] + seconds
    p99: list[int] = []
    while seen["at_s"] < end_s:
        start = seen
        seen = until(load, min(start["at_s"] + (SLICE_S if slices else 5), end_s), p99)
        taken.append(sliced(gateway, start, seen, url) if slices else {})
        print(
            f"{fences:>6} fences  {seen['at_s']:>6.0f} s  sent {rate_of(start, seen, 'sent'):>7}/s  acked {rate_of(start, seen, 'acked'):>7}/s  {taken[-1]}"
        )
    cpu = {name: used - cpu_before[name] for name, used in spent_s(pids, url).items()}
    spent = {name: phases()[name] - phases_before[name] for name in phases()}
    finish(load)
    latencies, last = finished(stream)
    positions = seen["acked"] - before["acked"]
    figures = {
        "positions_per_s": rate_of(before, seen, "acked"),
        "asked_per_s": rate,
        "sustained": rate_of(before, seen, "acked") >= SUSTAINED * rate,
        "warning_p50_ms": percentile(latencies, 50),
        "warning_p99_ms": percentile(latencies, 99),
        "warnings": last["warnings"],
        "ack_p99_ms": int(np.median(p99)) if p99 else None,
        "cores": {name: round(used / (seen["at_s"] - before["at_s"]), 2) for name, used in cpu.items()},
        "gateway_cpu_us_a_position": round(cpu["gateway"] / max(positions, 1) * 1e6, 1),
        "us_a_position": {name: round(spent[name] / max(positions, 1) * 1e6, 2) for name in PHASES if name in spent},
        "memory_mb": memory_mb(gateway),
        **stored(url),
    }
    if slices:
        figures["slices"] = taken
    for name, figure in figures.items():
        print(f"{fences:>6} fences  {name:<28}{figure}")
    return figures


def spent_s(pids: dict[str, int], url: str) -> dict[str, float]:
    """Processor seconds so far of each process, of the database (its backends here and what it does in the background) and of the whole machine."""
    with psycopg.connect(url) as looking:
        backends = [row[0] for row in looking.execute(BACKENDS_SQL)]
    busy = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    return {name: used_s(Path(f"/proc/{pid}")) for name, pid in pids.items()} | {
        "database": sum(used_s(Path(f"/proc/{pid}")) for pid in backends if Path(f"/proc/{pid}").exists()),
        "machine": (sum(busy) - busy[3] - busy[4]) / os.sysconf("SC_CLK_TCK"),
    }


def until(load: subprocess.Popen[str], at_s: float, p99: list[int] | None = None) -> dict[str, Any]:
    """What the load says at this second of its run."""
    assert load.stdout is not None
    while True:
        line = load.stdout.readline()
        if not line:
            raise SystemExit("the load has ended")
        said: dict[str, Any] = json.loads(line)
        if p99 is not None:
            p99.append(said["ack_p99_ms"])
        if said["at_s"] >= at_s:
            return said


def sliced(gateway: int, start: dict[str, Any], seen: dict[str, Any], url: str) -> dict[str, Any]:
    """What must not drift."""
    return {
        "acked_per_s": rate_of(start, seen, "acked"),
        "ack_p99_ms": seen["ack_p99_ms"],
        "memory_mb": memory_mb(gateway),
        **stored(url),
    }


def stored(url: str) -> dict[str, Any]:
    """Rows and bytes a row of table and indexes."""
    with psycopg.connect(url) as looking:
        indexes, table = looking.execute(SIZE_SQL).fetchone() or (0, 0)
        rows = int(float(metrics().get('gridloop_gateway_positions_total{source="jt808"}', "0"))) or 1
    return {"rows": rows, "table_bytes_a_row": round(table / rows, 1), "index_bytes_a_row": round(indexes / rows, 1)}


def rate_of(start: dict[str, Any], end: dict[str, Any], name: str) -> int:
    """How many a second between two looks."""
    return round((end[name] - start[name]) / max(end["at_s"] - start["at_s"], 0.001))


def percentile(values: list[float], share: int) -> float | None:
    """A percentile, None of nothing."""
    return round(float(np.percentile(values, share)), 1) if values else None


def metrics() -> dict[str, str]:
    """The gateway's own figures."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT + 4}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))


def phases() -> dict[str, float]:
    """Seconds by phase so far."""
    head = 'gridloop_gateway_phase_seconds_total{phase="'
    return {name.removeprefix(head)[:-2]: float(value) for name, value in metrics().items() if name.startswith(head)}


def memory_mb(pid: int) -> int:
    """Resident memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024


def wait_ready(gateway: subprocess.Popen[bytes]) -> None:
    """Until it says so."""
    end = time.monotonic() + READY_S_MAX
    while time.monotonic() < end and gateway.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{PORT + 4}/readyz", timeout=5):
            return
        time.sleep(0.2)
    raise SystemExit("the gateway did not get ready")


@contextlib.contextmanager
def part(name: str, told: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A process of the load."""
    command = [sys.executable, "-m", "bench.fleet_load", name, *told]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def say(process: subprocess.Popen[str], words: str) -> None:
    """Tell a part of the load."""
    assert process.stdin is not None
    process.stdin.write(words)
    process.stdin.flush()


def finish(process: subprocess.Popen[str]) -> None:
    """Let the load wait for its last answers; what it said at the end stays unread."""
    process.communicate(timeout=120)


def finished(stream: subprocess.Popen[str]) -> tuple[list[float], dict[str, Any]]:
    """All latencies, and what the reader counted."""
    said, _ = stream.communicate(timeout=60)
    lines = [json.loads(line) for line in said.splitlines()]
    return [one for line in lines[:-1] for one in line], lines[-1]


@contextlib.contextmanager
def town(vehicles: int, fences: int) -> Iterator[tuple[str, int]]:
    """(address, id of the first vehicle) of a fresh database with vehicles, signed-up terminals, fences and one rule."""
    name = f"bench_fleet_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f'create database "{name}"')
    url = address_of(name)
    try:
        env = os.environ | {"DATABASE_URL": url}
        subprocess.run(
            [sys.executable, "-m", "gridloop.site.manage", "migrate", "--verbosity", "0", "--skip-checks"],
            env=env,
            check=True,
            stdout=sys.stderr,
        )
        with psycopg.connect(url) as filling:
            yield_first = filled(filling, vehicles, fences)
        yield url, yield_first
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'drop database if exists "{name}" with (force)')


def filled(filling: psycopg.Connection[Any], vehicles: int, fences: int) -> int:
    """Rows by hand; the id of the first vehicle."""
    auth = hashlib.sha256(CODE.encode()).digest()
    filling.execute(
        "insert into fleet_vehicle (plate, kind, registered_at, changed_at, synthetic)"
        " select 'B' || n, case when n %% %s = 0 then 'hazmat' else 'truck' end, now(), now(), true from generate_series(0, %s) n order by n",
        (CONCERNED, vehicles - 1),
    )
    first = filling.execute("select min(id), max(id) - min(id) from fleet_vehicle").fetchone()
    assert first is not None
    assert first[1] == vehicles - 1
    filling.execute(
        "insert into fleet_terminal (protocol, name, vehicle_id, auth_hash) select 'jt808', (%s + id - %s)::text, id, %s from fleet_vehicle",
        (PHONE_FIRST, first[0], auth),
    )
    shapes = areas(np.random.default_rng(fences), fences)
    with filling.cursor() as cursor:
        cursor.executemany(
            "insert into fleet_fence (code, name_zh, shape, geom, valid_from)"
            " values (%s, %s, 'area', st_geomfromwkb(%s, 4326), now() - interval '1 day')",
            [(f"F{number}", f"F{number}", shape.outline.wkb) for number, shape in shapes.items()],
        )
    filling.execute(
        "insert into fleet_rule (code, kind, name_zh, fences, kinds, params, weekly, valid_from)"
        " values ('NOGO', 'no_go', '禁行', %s, '{hazmat}', '{}', '[]', now() - interval '1 day')",
        ([f"F{number}" for number in shapes],),
    )
    filling.commit()
    filling.execute("analyze")
    return int(first[0])


def decoding() -> int:
    """Position frames a processor second through the gateway's own path: splitting, decoding, looking up, fixes."""
    sent = jt808.traffic(20_000)
    phones = {frame.header.phone.lstrip("0") for frame in map(jt808.decode, sent)}
    terminals = Terminals(lambda *_: None)
    rows = [
        ("jt808", phone, number, number, f"B{number}", "truck", b"", False, 600, "")
        for number, phone in enumerate(phones, 1)
    ]
    terminals.expect()
    terminals.adopt(terminals.prepared(rows, []))
    terminals.slots.speaker[:] = 1
    chunks = [b"".join(sent[start : start + 40]) for start in range(0, len(sent), 40)]

    def once() -> None:
        for start in range(0, len(chunks), 75):  # windows of 3,000 frames
            taken = reading.Taken()
            splitter = Splitter()
            for chunk in chunks[start : start + 75]:
                frames = splitter.feed(chunk)
                taken.frames += frames
                taken.numbers.append(1)
                taken.counts.append(len(frames))
                taken.received.append(0)
            found = reading.read(taken, terminals)
            may = reading.may_speak(found, terminals)
            reading.fixes_of(found, np.flatnonzero(may), terminals)

    return jt808.speed(once, len(sent), 5)


if __name__ == "__main__":
    main()
