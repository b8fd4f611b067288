"""Two gateways and two evaluators: whatever is killed under load, the table says what a single process says, event for event."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psycopg
import pytest

from gridloop.site.conninfo import conninfo
from tests import city as cities
from tests.fleet.gateway.conftest import Town
from tests.fleet.gateway.fleets import AHEAD_S, WHOLE, Said, alone, driven, masters, said
from tests.fleet.gateway.test_kill import READY_S_MAX
from tests.running import free_ports

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


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
