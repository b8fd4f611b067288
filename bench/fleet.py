"""How many positions a second the gateway takes in: real JT/T 808 over real sockets, fenced, stored in PostgreSQL, acknowledged after the commit.

A database of its own beside the configured one, dropped afterwards. `--sockets` connections stand for `--vehicles` terminals, each of which signed in
by itself; `--batch` frames (1) go into one write of a socket. Star-shaped polygons of 20 to 50 corners; a no-go rule over all of them for one vehicle in twenty (hazardous
goods), while being inside is followed for all. Gateway, database, load and reader share this machine. Warning latency: from writing the deciding frame to
its socket to reading the warning on the live stream, which is what `live` does. Sustained: at least 98 % of what was asked for is acknowledged in the measured
seconds. `--minutes` goes on at the second rate and tells latency, memory and index bytes a row by slices. Last line: one JSON object.
With `--shards N` (and `--gateways M`) the same loads then go through M gateways, N evaluators and a NATS server of their own on this machine; the names of these figures end with `_shards`. `cores` has each process by its name; memory and phases are added up.

    ./gridloop bench fleet [--rate 30000] [--rate-many 20000] [--seconds 30] [--sockets 2000] [--vehicles 60000] [--batch 1] [--minutes 0] [--only 1000|10000]
                           [--shards 2] [--gateways 2]
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()

import numpy as np  # noqa: E402 - after django.setup()

from bench import false_alarms, jt808  # noqa: E402
from bench.fleet_load import RING  # noqa: E402
from bench.fleet_parts import Parts  # noqa: E402
from bench.fleet_parts import parts as taking_in  # noqa: E402
from bench.fleet_town import town  # noqa: E402
from bench.yardstick import yardstick_ms  # noqa: E402
from gridloop.fleet.gateway import reading  # noqa: E402
from gridloop.fleet.gateway.register import Terminals  # noqa: E402
from gridloop.fleet.jt808 import Splitter  # noqa: E402

WARM_S = 12.0
SUSTAINED = 0.98
FEW, MANY = 1_000, 10_000
SLICE_S = 30
LATE_MS = 300
"""A second whose 99th percentile is above this is named: the bar of a warning."""
PHASES = ("decode", "read", "judge", "prepare", "copy", "warnings", "last", "commit", "acks", "stream")


def main() -> None:
    """Measure, print."""
    asked = arguments()
    figures: dict[str, Any] = {
        "yardstick_ms": yardstick_ms(), "cpus": os.cpu_count(), "sockets": asked.sockets, "vehicles": asked.vehicles, "batch": asked.batch,
    }  # fmt: skip
    print(f"yardstick {figures['yardstick_ms']} ms")
    for shards, gateways, of in taken_in_by(asked):
        told = {"shards": shards, "gateways": gateways}
        figures |= told if of else {}
        for fences, rate, suffix in ((FEW, asked.rate, ""), (MANY, asked.rate_many, "_10000")):
            if asked.only in (0, fences):
                found = measured(asked, fences, rate, asked.seconds, slices=False, **told)
                figures[f"positions_per_s_{fences}{of}"] = found.pop("positions_per_s")
                figures |= {f"{name}{suffix}{of}": value for name, value in found.items()}
        if asked.minutes:
            figures[f"endurance{of}"] = measured(asked, FEW, asked.rate_many, asked.minutes * 60.0, slices=True, **told)
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
    parser.add_argument("--shards", type=int, default=1, help="measure so many evaluators with a NATS server too")
    parser.add_argument("--gateways", type=int, default=1, help="gateways in front of them")
    parser.add_argument("--quick", action="store_true", help="leave false alarms out")
    return parser.parse_args()


def taken_in_by(asked: argparse.Namespace) -> list[tuple[int, int, str]]:
    """Evaluators, gateways, and how the keys of their figures end: the single process, and where they are asked for several."""
    several = asked.shards > 1 or asked.gateways > 1
    return [(1, 1, ""), *([(asked.shards, asked.gateways, "_shards")] if several else [])]


def measured(
    asked: argparse.Namespace,
    fences: int,
    rate: int,
    seconds: float,
    *,
    slices: bool,
    shards: int = 1,
    gateways: int = 1,
) -> dict[str, Any]:
    """One load against one number of fences, taken in by one process or by several."""
    with town(asked.vehicles, fences) as (url, first), tempfile.TemporaryDirectory() as var:
        ring = Path(var) / "ring"
        np.memmap(ring, np.float64, "w+", shape=(asked.vehicles, RING)).flush()
        shared = ["--memory", str(ring), "--vehicles", str(asked.vehicles), "--first", str(first)]
        pace = ["--rate", str(rate), "--sockets", str(asked.sockets), "--batch", str(asked.batch)]
        with taking_in(url, var, shards=shards, gateways=gateways, window_ms=asked.window_ms) as taking:
            heard = ["--port", *(str(port) for port in taking.streams)]
            told = [*pace, "--port", str(taking.config.gateway.port)]
            with part("stream", [*shared, *heard]) as stream, part("load", [*shared, *told]) as load:
                whole = replace(taking, more={"load": load.pid, "reader": stream.pid})
                figures = driven(whole, load, stream, rate=rate, seconds=seconds, slices=slices)
    title = f"{fences:>6} fences" + (f" {shards} shards {gateways} gateways" if taking.config.gateway.shared else "")
    for name, figure in figures.items():
        print(f"{title}  {name:<28}{figure}")
    return figures


def driven(
    taking: Parts,
    load: subprocess.Popen[str],
    stream: subprocess.Popen[str],
    *,
    rate: int,
    seconds: float,
    slices: bool,
) -> dict[str, Any]:
    """Let it run and look at it."""
    assert load.stdout is not None
    load.stdout.readline()
    say(load, "go\n")
    seen = until(load, WARM_S)
    before, phases_before, cpu_before = seen, taking.phases(), taking.spent_s()
    taken: list[dict[str, Any]] = []
    end_s = seen["at_s"] + seconds
    p99: list[tuple[str, int]] = []
    while seen["at_s"] < end_s:
        start = seen
        seen = until(load, min(start["at_s"] + (SLICE_S if slices else 5), end_s), p99)
        taken.append(sliced(taking, start, seen) if slices else {})
        print(
            f"{seen['at_s']:>6.0f} s  sent {rate_of(start, seen, 'sent'):>7}/s  acked {rate_of(start, seen, 'acked'):>7}/s  {taken[-1]}"
        )
    cpu = {name: used - cpu_before[name] for name, used in taking.spent_s().items()}
    phases = taking.phases()
    spent = {name: phases[name] - phases_before.get(name, 0.0) for name in phases}
    finish(load)
    latencies, last = finished(stream)
    gateways = sum(used for name, used in cpu.items() if name.startswith("gateway"))
    positions = max(seen["acked"] - before["acked"], 1)
    figures = {
        "positions_per_s": rate_of(before, seen, "acked"),
        "asked_per_s": rate,
        "sustained": rate_of(before, seen, "acked") >= SUSTAINED * rate,
        "warning_p50_ms": percentile(latencies, 50),
        "warning_p99_ms": percentile(latencies, 99),
        "warnings": last["warnings"],
        "ack_p99_ms": int(np.median([took for _, took in p99])) if p99 else None,
        "late_seconds": {at: took for at, took in p99 if took > LATE_MS},
        "cores": {name: round(used / (seen["at_s"] - before["at_s"]), 2) for name, used in cpu.items()},
        "gateway_cpu_us_a_position": round(gateways / positions * 1e6, 1),
        "us_a_position": {name: round(spent[name] / positions * 1e6, 2) for name in PHASES if name in spent},
        "memory_mb": taking.memory_mb(),
        **taking.stored(),
    }
    if taking.config.gateway.shared:
        figures["all_cpu_us_a_position"] = round(sum(cpu[name] for name in taking.running) / positions * 1e6, 1)
    if slices:
        figures["slices"] = taken
    return figures


def until(load: subprocess.Popen[str], at_s: float, p99: list[tuple[str, int]] | None = None) -> dict[str, Any]:
    """What the load says at this second of its run; the 99th percentile of each second until then, with its time of day (UTC), goes into `p99`."""
    assert load.stdout is not None
    while True:
        line = load.stdout.readline()
        if not line:
            raise SystemExit("the load has ended")
        said: dict[str, Any] = json.loads(line)
        if p99 is not None:
            p99.append((f"{dt.datetime.now(dt.UTC):%H:%M:%S}", said["ack_p99_ms"]))
        if said["at_s"] >= at_s:
            return said


def sliced(parts: Parts, start: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    """What must not drift."""
    return {
        "acked_per_s": rate_of(start, seen, "acked"),
        "ack_p99_ms": seen["ack_p99_ms"],
        "memory_mb": parts.memory_mb(),
        **parts.stored(),
    }


def rate_of(start: dict[str, Any], end: dict[str, Any], name: str) -> int:
    """How many a second between two looks."""
    return round((end[name] - start[name]) / max(end["at_s"] - start["at_s"], 0.001))


def percentile(values: list[float], share: int) -> float | None:
    """A percentile, None of nothing."""
    return round(float(np.percentile(values, share)), 1) if values else None


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
