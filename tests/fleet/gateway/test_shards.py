"""Two gateways and two evaluators: whatever is killed under load, the table says what a single process says, event for event."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from gridloop.site.conninfo import conninfo
from tests import city as cities
from tests.fleet.gateway.conftest import CODE, TABLES, Running, Town
from tests.fleet.gateway.terminal import Terminal, frame, position
from tests.fleet.gateway.test_kill import READY_S_MAX, Truck
from tests.running import free_ports

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PHONES = [f"1390001{number:04d}" for number in range(11)]
CONVOY = PHONES[:2]
"""Hazardous goods, which go side by side; what a rule on two vehicles says depends on who reports first, so they report by turns."""
IN, OUT = (118.1195, 24.51), (118.1205, 24.51)
ROUND = [OUT] * 3 + [IN] * 6 + [OUT] * 6
ROUNDS = 2
EVERY_S = 6
AHEAD_S = 100
"""Device clocks run ahead of ours, within what is allowed: nothing that is told hangs on how much time passed on this machine."""
WHOLE = len(ROUND) * ROUNDS * len(PHONES)
FINISH_S_MAX = 120.0
WARNINGS_SQL = """
select key, rule_code, fence_code, vehicle_id, other_vehicle_id, stage, suspected_at, confirmed_at, ended_at, late, lon, lat, positions
from fleet_warning order by key
"""
POSITIONS_SQL = (
    "select vehicle_id, at, serial, lon_e7, lat_e7, speed, marks, extras from fleet_position order by 1, 2, 3"
)


def way(number: int, phone: str, begin: dt.datetime) -> list[tuple[int, bytes]]:
    """Where one vehicle goes: in and out of the square, too fast in the second round."""
    return [
        (
            place + 1,
            frame(
                phone,
                0x0200,
                place + 1,
                position(
                    begin + dt.timedelta(seconds=EVERY_S * place + number % 3),
                    lon + number * 0.00001,
                    lat,
                    speed=900 if place // len(ROUND) == 1 else 300,
                    extras=((0x01, place),),
                ),
            ),
        )
        for place, (lon, lat) in enumerate(ROUND * ROUNDS)
    ]


class Convoy(threading.Thread):
    """Vehicles that report by turns: the next one when the one before is acknowledged."""

    def __init__(self, port: int, ways: dict[str, list[tuple[int, bytes]]]) -> None:
        super().__init__(daemon=True)
        self.port, self.ways = port, ways
        self.acked = 0
        self._lines: dict[str, Terminal] = {}

    def run(self) -> None:
        for turn in zip(*self.ways.values(), strict=True):
            for phone, (serial, sent) in zip(self.ways, turn, strict=True):
                while not self._told(phone, serial, sent):
                    time.sleep(0.1)
                self.acked += 1

    def _told(self, phone: str, serial: int, sent: bytes) -> bool:
        """Whether it was acknowledged; on a line of its own, a new one where the last one was lost."""
        try:
            if phone not in self._lines:
                self._lines[phone] = Terminal(self.port, phone)
                assert self._lines[phone].sign_in(CODE) == 0
            self._lines[phone].say_raw(sent)
            return self._lines[phone].hear(0x8001, acked_serial=serial, acked_id=0x0200).body["result"] == 0
        except (OSError, AssertionError):
            self._lines.pop(phone, None)
            return False


class Fleet:
    """Two gateways, two evaluators and their message server, on the test database."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port, self.shard_port = free_ports(), free_ports()
        while self.shard_port == self.port:
            self.shard_port = free_ports()
        told = {"port": str(self.port), "gateway_window_ms": "50", "log_level": "info", "feeds_push": "false"}
        told |= {"gateway_shards": "2", "gateway_gateways": "2", "gateway_shard_port": str(self.shard_port)}
        self.env = cities.environment(conninfo_url(), var, **told)
        first = self.shard_port
        self.commands = {
            "nats": (("nats",), first + 1),
            "evaluator-0": (("evaluator", "--shard", "0"), first + 2),
            "evaluator-1": (("evaluator", "--shard", "1"), first + 4),
            "gateway": (("gateway",), self.port + 4),
            "gateway-1": (("gateway", "--number", "1"), first + 6),
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        with (self.var / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "gridloop.site.manage", *self.commands[name][0]]
            self.running[name] = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, start_new_session=True)

    def wait_ready(self, name: str) -> None:
        until = time.monotonic() + READY_S_MAX
        path = "/healthz" if name == "nats" else "/readyz"
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{self.commands[name][1]}{path}", timeout=2).status_code == 200:
                    return
            assert time.monotonic() < until, (self.var / f"{name}.log").read_text()[-3000:]
            time.sleep(0.05)

    def kill(self, name: str) -> None:
        """SIGKILL, and start it again as a supervisor does."""
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait()
        self.start(name)

    def stop(self) -> None:
        for process in self.running.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def conninfo_url() -> str:
    """The test database as a process of its own is told of it."""
    told = psycopg.conninfo.conninfo_to_dict(conninfo())
    port = f"&port={told['port']}" if told.get("port") else ""
    return f"postgresql://{told.get('user', '')}@/{told['dbname']}?host={told.get('host', '')}{port}"


@pytest.fixture
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    with django_db_blocker.unblock(), psycopg.connect(conninfo(), autocommit=True) as connection:
        town = Town(connection)
        yield town
        empty(town)


def empty(town: Town) -> None:
    town.do(f"truncate {TABLES}, fleet_shard restart identity")


def masters(town: Town) -> None:
    """The same vehicles and rules with the same ids each time."""
    empty(town)
    town.a_no_go()
    for code, kind, kinds, params in (
        ("fast", "speed", [], '{"limit_kmh": 60}'),
        ("meet", "gathering", ["hazmat"], '{"within_m": 100, "for_s": 20}'),
    ):
        town.do(
            "insert into fleet_rule (code, kind, name_zh, fences, kinds, params, weekly, valid_from)"
            " values (%s, %s, %s, %s, %s, %s, '[]', now() - interval '1 day')",
            code, kind, code, ["square"], kinds, params,
        )  # fmt: skip
    for number, phone in enumerate(PHONES):
        town.a_vehicle(f"闽D{number:05d}", phone, kind="hazmat" if phone in CONVOY else "coach")


def driven(port: int, begin: dt.datetime, harm: Callable[[], None]) -> int:
    """Let all vehicles drive their way while `harm` is done; how many positions were acknowledged."""
    ways = {phone: way(number, phone, begin) for number, phone in enumerate(PHONES)}
    convoy = Convoy(port, {phone: ways[phone] for phone in CONVOY})
    trucks = [Truck(port, phone, begin) for phone in PHONES if phone not in CONVOY]
    for truck in trucks:
        truck.way = ways[truck.phone]
    for one in (convoy, *trucks):
        one.start()
    harm()
    until = time.monotonic() + FINISH_S_MAX
    convoy.join(FINISH_S_MAX)
    for truck in trucks:
        truck.join(max(0.0, until - time.monotonic()))
        truck.given_up.set()
        truck.join()
    return convoy.acked + sum(len(truck.acked) for truck in trucks)


Said = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]
"""Stored positions, and warnings with all their stages."""


def said(town: Town) -> Said:
    return town.rows(POSITIONS_SQL), town.rows(WARNINGS_SQL)


def alone(town: Town, var: Path, begin: dt.datetime) -> Said:
    """What a single process makes of it."""
    masters(town)
    running = Running(var, window_ms=50).start()
    try:
        running.wait_known(PHONES[-1])
        assert driven(running.settings.port, begin, lambda: None) == WHOLE
    finally:
        running.stop()
    return said(town)


def shared(town: Town, var: Path, begin: dt.datetime, harm: Callable[[Fleet], None]) -> Said:
    """What two gateways and two evaluators make of it while harm is done."""
    masters(town)
    var.mkdir()
    fleet = Fleet(var)
    try:
        for name in fleet.commands:
            fleet.start(name)
        for name in fleet.commands:
            fleet.wait_ready(name)
        assert driven(fleet.port + 6, begin, lambda: harm(fleet)) == WHOLE
        return said(town)
    finally:
        fleet.stop()


def test_two_gateways_and_two_evaluators_say_what_one_process_says_although_one_of_each_is_killed(city, tmp_path):
    begin = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=AHEAD_S)
    wanted = alone(city, tmp_path / "alone", begin)

    def harm(fleet: Fleet) -> None:
        time.sleep(0.4)
        fleet.kill("evaluator-0")
        time.sleep(0.3)
        fleet.kill("gateway-1")
        fleet.kill("nats")
        for name in fleet.commands:
            fleet.wait_ready(name)

    found = shared(city, tmp_path / "shared", begin, harm)
    assert len(wanted[0]) == WHOLE
    assert {row[1] for row in wanted[1]} == {"no-square", "fast", "meet"}
    assert found == wanted
    assert city.rows("select shard, epoch from fleet_shard order by 1") == [(0, 2), (1, 1)]
