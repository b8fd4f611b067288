"""Whatever is killed while positions stream in: what was acknowledged is stored once, and no warning is lost or told twice."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import random
import shutil
import signal
import socket
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

from gridloop.fleet.jt808 import Header, Message, Splitter, decode, encode
from gridloop.site.conninfo import conninfo
from ops import accounts, cluster
from tests import city as cities
from tests.fleet.gateway.conftest import CODE, Town
from tests.fleet.gateway.terminal import frame, position
from tests.platform.conftest import Server
from tests.running import free_ports

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
DATABASE = "gridloop_fleet_killed"
PHONES = [f"1390000{number:04d}" for number in range(12)]
IN, OUT = (118.1195, 24.51), (118.1205, 24.51)
ROUND = [OUT] * 3 + [IN] * 6 + [OUT] * 6
"""One visit of the forbidden square: suspected, confirmed, ended."""
ROUNDS = 4
EVERY_S = 5
READY_S_MAX = 120.0
FINISH_S_MAX = 240.0
RESEND_S = 3.0
PAUSE_S = 0.02


@dataclass
class Ground:
    """A database server of its own, and a gateway on it."""

    server: Server
    url: str
    var: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the gateway; it need not be ready."""
        env = cities.environment(self.url, self.var, port=str(self.port), gateway_window_ms="50", log_level="warning")
        with (self.var / "gateway.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gridloop.site.manage", "gateway"],
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Until it can serve."""
        until = time.monotonic() + READY_S_MAX
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{self.port + 4}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            assert time.monotonic() < until, (self.var / "gateway.log").read_text()[-3000:]
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL, and start it again as a supervisor does."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.start()

    def stop(self) -> None:
        """The end."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Truck(threading.Thread):
    """A terminal that sends its whole way, a position every few milliseconds, and sends again what is not acknowledged, until all is or `given_up` is set."""

    port: int
    phone: str
    begin: dt.datetime
    acked: set[int] = field(default_factory=set)
    lines: int = 0
    given_up: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.way = [
            (
                number + 1,
                frame(
                    self.phone,
                    0x0200,
                    number + 1,
                    position(self.begin + dt.timedelta(seconds=EVERY_S * number), *place),
                ),
            )
            for number, place in enumerate(ROUND * ROUNDS)
        ]

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while self._open():
            try:
                self._line()
            except OSError:
                time.sleep(0.1)

    def _open(self) -> bool:
        return len(self.acked) < len(self.way) and not self.given_up.is_set()

    def _line(self) -> None:
        """One connection: sign in, then send what is open, in order, and listen; what stays unanswered is sent again on the same line."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
            self.lines += 1
            splitter = Splitter()
            line.sendall(encode(Message(Header(0x0102, self.phone.zfill(12), 60_000), {"code": CODE})))
            line.settimeout(RESEND_S)
            self._hear(line, splitter, 60_000)
            while self._open():
                for serial, sent in self.way:
                    if serial not in self.acked:
                        line.sendall(sent)
                        self._hear_for(line, splitter, PAUSE_S)
                quiet_from = time.monotonic()
                while self._open() and time.monotonic() - quiet_from < RESEND_S:
                    self._hear_for(line, splitter, RESEND_S)

    def _hear_for(self, line: socket.socket, splitter: Splitter, seconds: float) -> None:
        line.settimeout(seconds)
        with contextlib.suppress(TimeoutError):
            self._hear(line, splitter)

    def _hear(self, line: socket.socket, splitter: Splitter, wanted: int | None = None) -> None:
        chunk = line.recv(65_536)
        if not chunk:
            raise ConnectionError("the gateway has gone")
        for one in splitter.feed(chunk):
            body = decode(one).body
            if body.get("acked_id") == 0x0200 and body["result"] == 0:
                self.acked.add(int(body["acked_serial"]))
            elif body.get("result") and body.get("acked_serial") == wanted:
                raise ConnectionError("not let in")


@pytest.fixture
def ground() -> Iterator[Ground]:
    folder = Path(tempfile.mkdtemp(prefix="gridloop-fleet-"))
    folder.chmod(0o755)
    server = Server(cluster.at(folder, accounts.unprivileged()))
    cluster.prepare(server.ours)
    server.start()
    made = None
    try:
        cluster.create_database(server.ours, DATABASE)
        url, var = server.ours.url(DATABASE), folder / "var"
        var.mkdir()
        schema_of_the_test_database(url)
        made = Ground(server, url, var, free_ports())
        yield made
    finally:
        if made is not None:
            made.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def schema_of_the_test_database(url: str) -> None:
    """Tables and functions as the migrations made them, which is quicker than running them again."""
    dump = subprocess.run(
        ["pg_dump", "--schema-only", "--no-owner", "--dbname", conninfo()], capture_output=True, check=True
    )
    put = subprocess.run(["psql", "--quiet", "--dbname", url], input=dump.stdout, capture_output=True, check=True)
    assert b"FATAL" not in put.stderr


def driven(ground: Ground, harm: Any) -> tuple[list[Truck], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Let all trucks drive while `harm` is done; (trucks, stored positions, warnings)."""
    with psycopg.connect(ground.url, autocommit=True) as connection:
        town = Town(connection)
        town.a_no_go()
        for number, phone in enumerate(PHONES):
            town.a_vehicle(f"闽D{number:05d}", phone)
    ground.start()
    ground.wait_ready()
    begin = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(minutes=6)
    trucks = [Truck(ground.port + 6, phone, begin) for phone in PHONES]
    for truck in trucks:
        truck.start()
    harm(random.Random(5))
    until = time.monotonic() + FINISH_S_MAX  # from now on: how long the harm itself takes is the machine's matter
    for truck in trucks:
        truck.join(max(0.0, until - time.monotonic()))
        truck.given_up.set()
        truck.join()
    with psycopg.connect(ground.url, autocommit=True) as connection:
        town = Town(connection)
        stored = town.rows("select vehicle_id, serial, count(*) from fleet_position group by 1, 2")
        warnings = town.rows(
            "select vehicle_id, stage, confirmed_at is not null, count(*) from fleet_warning group by 1, 2, 3"
        )
    return trucks, stored, warnings


def as_if_nothing_had_happened(
    trucks: list[Truck], stored: list[tuple[Any, ...]], warnings: list[tuple[Any, ...]]
) -> None:
    """Every position acknowledged and stored once; one warning a visit and vehicle, told to its end."""
    whole = len(ROUND) * ROUNDS
    assert [len(truck.acked) for truck in trucks] == [whole] * len(PHONES)
    assert len(stored) == whole * len(PHONES)
    assert {count for _, _, count in stored} == {1}
    assert sorted((stage, confirmed, count) for _, stage, confirmed, count in warnings) == [
        ("ended", True, ROUNDS)
    ] * len(PHONES)


def test_a_gateway_that_is_killed_again_and_again_loses_and_doubles_nothing(ground):
    def harm(chance: random.Random) -> None:
        for _ in range(2):
            time.sleep(chance.uniform(0.4, 0.9))
            ground.kill()
            ground.wait_ready()

    trucks, stored, warnings = driven(ground, harm)
    assert max(truck.lines for truck in trucks) >= 2
    as_if_nothing_had_happened(trucks, stored, warnings)


def test_a_database_that_is_killed_loses_and_doubles_nothing(ground):
    def harm(chance: random.Random) -> None:
        for _ in range(2):
            time.sleep(chance.uniform(0.3, 0.6))
            ground.server.kill()
            ground.server.start()

    trucks, stored, warnings = driven(ground, harm)
    as_if_nothing_had_happened(trucks, stored, warnings)
