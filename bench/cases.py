"""How fast cases are reported, listed and driven to their close: over HTTP, with real log-in, against the configured database.

Starts the web process on a free port (or measures `--url`), signs in people of its own, and prints one JSON object as the last
line. The cases it makes are marked synthetic. Photos of the lifecycle are put into the store before the clock starts, because
drawing a picture is not what is measured.

    ./gridloop bench cases [--seconds 20] [--clients 4] [--pages-per-s 200]
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import multiprocessing
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()

from django.db import connection, connections  # noqa: E402 - after django.setup()

from bench import people  # noqa: E402 - after django.setup()
from bench.yardstick import yardstick_ms  # noqa: E402

START_S_MAX = 120
WARM_S = 4.0
SPREAD = 0.004  # degrees round the middle of the first cells


class Visitor:
    """One browser with one kept connection."""

    def __init__(self, url: str, login: people.Login | None) -> None:
        parts = urlsplit(url)
        self.http = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self.headers = {"Content-Type": "application/json", "Accept-Language": "zh"}
        self.statements: list[int] = []
        if login is not None and login.headers:
            self.headers |= login.headers
        elif login is not None:
            self.headers |= self._sign_in(login)

    def _sign_in(self, login: people.Login) -> dict[str, str]:
        """As a browser does: the CSRF cookie first, then login and password; returns the headers of the session."""
        cookies = self._cookies(self.ask("GET", "/session", raw=True))
        self.headers |= {"X-CSRFToken": cookies["csrftoken"], "Cookie": f"csrftoken={cookies['csrftoken']}"}
        answer = self.ask("POST", "/session", {"login": login.name, "password": login.password}, raw=True)
        cookies |= self._cookies(answer)
        if "gl_session" not in cookies:
            raise RuntimeError(f"log-in failed: {answer.status} {answer.text[:300]}")
        self.statements.clear()
        return {
            "X-CSRFToken": cookies["csrftoken"],
            "Cookie": f"csrftoken={cookies['csrftoken']}; gl_session={cookies['gl_session']}",
        }

    @staticmethod
    def _cookies(answer: Any) -> dict[str, str]:
        found = {}
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                key, _, rest = value.strip().partition("=")
                found[key] = rest.split(";", 1)[0]
        return found

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, raw: bool = False) -> Any:
        """One request; raises on anything but success."""
        data = json.dumps(body).encode() if body is not None else None
        self.http.request(method, f"/api/v1{path}", data, self.headers)
        response = self.http.getresponse()
        text = response.read()
        self.statements.append(int(response.headers.get("X-SQL", "0")))
        if raw:
            return Answer(response.status, response.getheaders(), text.decode(errors="replace"))
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {text[:400].decode(errors='replace')}")
        return text


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    text: str


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


def signed_in(url: str, crew: people.BenchCrew) -> people.BenchCrew:
    """The crew with a session each, so that the clients together log in three times only and no limit of the log-in is reached."""
    names = ("desk", "unit", "collector")
    logins: dict[str, people.Login] = {name: getattr(crew, name) for name in names}
    kept = {name: replace(login, headers=_session(url, login)) for name, login in logins.items()}
    return replace(crew, desk=kept["desk"], unit=kept["unit"], collector=kept["collector"])


def _session(url: str, login: people.Login) -> dict[str, str]:
    headers = Visitor(url, login).headers
    return {name: headers[name] for name in ("X-CSRFToken", "Cookie")}


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


def web_cpu_s(port: int) -> float:
    """CPU seconds that the web processes of our own port have used; 0 where we measure somebody else's."""
    used = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if f"--port\0{port}\0".encode() in (folder / "cmdline").read_bytes():
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


@contextlib.contextmanager
def serving(url: str, workers: int) -> Iterator[str]:
    """The given address, or our own web process on a free port for the time of the measuring."""
    if url:
        yield url
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "2", "--no-access-log", "bench.counted:application"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # our own group only: granian's workers can outlive their parent


def _wait_for(port: int) -> None:
    for _ in range(START_S_MAX * 5):
        with contextlib.suppress(OSError):
            http = HTTPConnection("127.0.0.1", port, timeout=30)
            http.request("GET", "/api/v1/session")
            if http.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise SystemExit("the web process did not start")


def quantile_ms(times: list[float], share: float) -> float:
    """A quantile in milliseconds."""
    return round(sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000, 2)


def measured(url: str, crew: people.BenchCrew, asked: argparse.Namespace) -> dict[str, Any]:
    """The three loads one after the other."""
    port = urlsplit(url).port or 0
    tasks = [Task(url, crew, asked.seconds, seed) for seed in range(asked.clients)]
    at_once(
        create, [replace(task, seconds=WARM_S) for task in tasks]
    )  # every worker has imported and read what it keeps
    before = web_cpu_s(port)
    times, counts, _ = at_once(create, tasks)
    result: dict[str, Any] = {
        "create_web_cpu_ms": round((web_cpu_s(port) - before) / len(times) * 1000, 2),
        "create_per_s": round(len(times) / asked.seconds, 1),
        "create_p50_ms": quantile_ms(times, 0.5),
        "create_p99_ms": quantile_ms(times, 0.99),
        "create_sql": statistics.mode(counts),
        "create_sql_max": max(counts),
    }
    pace = asked.pages_per_s / asked.clients
    before = web_cpu_s(port)
    times, counts, _ = at_once(
        pages,
        [Task(url, crew, asked.seconds, seed, pace_per_s=pace, shapes=shapes(crew)) for seed in range(asked.clients)],
    )
    result |= {
        "pages_offered_per_s": asked.pages_per_s,
        "page100_web_cpu_ms": round((web_cpu_s(port) - before) / len(times) * 1000, 2),
        "page100_p50_ms": quantile_ms(times, 0.5),
        "page100_p99_ms": quantile_ms(times, 0.99),
        "page100_sql": max(statistics.multimode(counts)),
    }
    share = asked.photos // asked.clients
    photos = people.photos(crew, asked.photos)
    times, counts, _ = at_once(
        lifecycle,
        [
            Task(url, crew, asked.seconds, seed, tuple(photos[seed * share : (seed + 1) * share]))
            for seed in range(asked.clients)
        ],
    )
    result |= {
        "lifecycle_per_s": round(len(times) / asked.seconds, 1),
        "lifecycle_p50_ms": quantile_ms(times, 0.5),
        "lifecycle_sql": round(sum(counts) / max(1, len(times)), 1),
    }
    return result


def main() -> None:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pages-per-s", type=float, default=200)
    parser.add_argument("--photos", type=int, default=8000)
    parser.add_argument(
        "--url", default="", help="measure this address instead of an own process; it gives no statement counts"
    )
    asked = parser.parse_args()
    crew = people.prepared()
    with serving(asked.url, asked.workers) as url:
        result = measured(url, signed_in(url, crew), asked)
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
