"""Gateway and NATS, evaluators, and PostgreSQL on three machines: they meet over TCP, survive a pulled cable and a move, and say what one process says."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from gridloop.site.config import read
from gridloop.site.live.vehicles.source import Warned, heard
from ops import accounts, cluster
from tests import city as cities
from tests.fleet.gateway.conftest import Town
from tests.fleet.gateway.fleets import AHEAD_S, WHOLE, alone, driven, masters, said
from tests.fleet.gateway.machines import Machine, NoMachinesError, machines
from tests.fleet.gateway.test_kill import READY_S_MAX, schema_of_the_test_database
from tests.platform.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DATABASE = "gridloop_machines"
PASSWORD = "between-machines"
PULLED_S = 2.0


@pytest.fixture
def hosts() -> Iterator[list[Machine]]:
    try:
        with machines(3) as made:
            yield made
    except NoMachinesError as missing:
        pytest.skip(f"network namespaces cannot be made here: {missing}")


@pytest.fixture
def server(hosts: list[Machine]) -> Iterator[Server]:
    """PostgreSQL on the last machine: the others get in by its address and a password, this test by the socket."""
    folder = Path(tempfile.mkdtemp(prefix="gridloop-machines-"))
    folder.chmod(0o755)
    made = Server(cluster.at(folder, accounts.unprivileged()))
    cluster.prepare(made.ours)
    for name, line in (
        ("gridloop.conf", f"listen_addresses = '{hosts[-1].address}'\n"),
        ("pg_hba.conf", "host all all 10.71.0.0/24 scram-sha-256\n"),
    ):
        with (made.ours.data / name).open("a") as file:
            file.write(line)
    hosts[-1].does(made.start)
    try:
        cluster.create_database(made.ours, DATABASE)
        made.ours.sql(f"alter role gridloop password '{PASSWORD}'", DATABASE)
        schema_of_the_test_database(made.ours.url(DATABASE))
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Apart:
    """The processes, each on a machine; every machine has the same settings and a folder of its own."""

    hosts: list[Machine]
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, host: Machine) -> dict[str, str]:
        var = self.folder / host.name
        var.mkdir(exist_ok=True)
        front, middle, back = self.hosts
        told = {"secret_key": "the same on all", "gateway_window_ms": "50", "feeds_push": "false"}
        told |= {"gateway_shards": "2", "gateway_inner_bind": host.address, "gateway_nats_host": front.address}
        told |= {"gateway_stream_hosts": f"{middle.address},{middle.address}"}
        url = f"postgresql://gridloop:{PASSWORD}@{back.address}/{DATABASE}"
        return cities.environment(url, var, **told)

    def start(self, host: Machine, name: str, port: int, *words: str) -> None:
        """Start it there, and wait until it says at that machine's address that it is ready."""
        log = self.folder / host.name / f"{words[0]}{words[-1]}.log"
        env = self.environment(host)
        command = [sys.executable, "-m", "gridloop.site.manage", *words]

        def begin() -> subprocess.Popen[bytes]:
            with log.open("ab") as file:
                return subprocess.Popen(command, env=env, stdout=file, stderr=file, start_new_session=True)

        self.running[name] = host.does(begin)
        path = "healthz" if name == "nats" else "readyz"
        address = "127.0.0.1" if name == "nats" else host.address
        until = time.monotonic() + READY_S_MAX
        while not host.does(lambda: answers(f"http://{address}:{port}/{path}")):
            assert time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.1)

    def kill(self, name: str) -> None:
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running.pop(name).wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)


def answers(address: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(address, timeout=2).status_code == 200
    return False


class Listener(threading.Thread):
    """Hears a live stream as `live` does, and comes back when it is lost; `told`: key and stage of each warning."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(daemon=True)
        self.host, self.port = host, port
        self.told: list[tuple[str, str]] = []
        self.ended = False

    def run(self) -> None:
        while not self.ended:
            with contextlib.suppress(OSError, EOFError):
                asyncio.run(self._hear())
            time.sleep(0.2)

    async def _hear(self) -> None:
        async for one in heard(self.host, self.port):
            if isinstance(one, Warned):
                self.told += [(item["key"], item["stage"]) for item in one.items]


def test_on_three_machines_a_pulled_cable_and_a_move_change_nothing_of_what_is_stored_and_told(
    city: Town, hosts: list[Machine], server: Server, tmp_path: Path
) -> None:
    begin = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=AHEAD_S)
    wanted = alone(city, tmp_path / "alone", begin)
    front, middle, back = hosts
    apart = Apart(hosts, tmp_path)
    streams = read(apart.environment(front) | {"DATABASE_URL": ""}).fleet_streams
    listeners = [Listener(*streams[0]), Listener(*streams[1]), Listener(back.address, streams[0][1])]
    stored: list[int] = []

    def harm() -> None:
        time.sleep(0.5)
        stored.append(town.one("select count(*) from fleet_position"))
        middle.link("down")
        time.sleep(PULLED_S)
        middle.link("up")
        town.becomes("select count(*) > %s from fleet_position", True, stored[0])
        stored.append(town.one("select count(*) from fleet_position"))
        apart.kill("evaluator-0")
        apart.start(back, "evaluator-0", 8012, "evaluator", "--shard", "0")

    with psycopg.connect(server.ours.url(DATABASE), autocommit=True) as connection:
        town = Town(connection)
        masters(town)
        try:
            apart.start(front, "nats", 8011, "nats")
            apart.start(middle, "evaluator-0", 8012, "evaluator", "--shard", "0")
            apart.start(middle, "evaluator-1", 8014, "evaluator", "--shard", "1")
            apart.start(front, "gateway", 8004, "gateway")
            front.does(lambda: [one.start() for one in listeners])
            assert front.does(lambda: driven(8006, begin, harm)) == WHOLE
            found = said(town)
            came: list[Any] = town.rows(
                "select distinct host(client_addr) from pg_stat_activity where datname = %s and client_addr is not null",
                DATABASE,
            )
        finally:
            for one in listeners:
                one.ended = True
            apart.stop()
    assert 0 < stored[0] < stored[1] < WHOLE
    assert len(found[0]) == WHOLE
    assert found == wanted
    assert {row[0] for row in came} == {one.address for one in hosts}
    assert all(one.told for one in listeners)
    assert {key for one in listeners for key, _ in one.told} <= {row[0] for row in found[1]}
