"""A platform on a database server of its own, so that the server too may be killed."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ops import accounts, cluster
from ops.cluster import Cluster
from tests import city as cities
from tests.running import Platform, free_ports

DATABASE = "gridloop_killed"
PARTS = ("web", "postgres", "worker", "live", "connection")
PAUSES_S = (0.5, 2.5)
TRIES = 3
WAITS = 0.8
"""The share of killings after which everything gets ready before the next one."""


@dataclass
class Server:
    """A PostgreSQL server with data checksums and fsync on, in a folder of its own."""

    ours: Cluster
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; after a crash through its recovery, and again while processes of the killed one still hold its memory."""
        until = time.monotonic() + cluster.START_S_MAX
        while True:
            who = (
                {"user": self.ours.account.uid, "group": self.ours.account.gid, "extra_groups": []}
                if self.ours.account
                else {}
            )
            self.process = subprocess.Popen(
                self.ours.command(),
                cwd="/",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                **who,
            )
            while self.process.poll() is None:
                if cluster.ready(self.ours):
                    return
                time.sleep(0.05)
            assert time.monotonic() < until, f"PostgreSQL did not start again; see {self.ours.logs}"
            time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL to the postmaster; its children see that it is gone and end."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def kill_one(self, rng: random.Random) -> None:
        """SIGKILL to the process of one connection, after which the server restarts itself through recovery."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        busy = [int(pid) for pid in children if b"gridloop" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        if busy:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(busy), signal.SIGKILL)

    def stop(self) -> None:
        """In good order."""
        self.ours.run("pg_ctl", "stop", "-D", str(self.ours.data), "-m", "immediate", "-w", "-s", check=False)


@dataclass
class Doomed:
    """A whole platform of which every part may be killed at any moment, and is started again at once."""

    platform: Platform
    server: Server
    killed: list[str] = field(default_factory=list)

    def kill_at_random(self, rng: random.Random, until: float) -> None:
        """Kill one part after another in random order, mostly when all are up again, at times while some are still starting."""
        victims: list[str] = []
        while time.monotonic() < until or set(self.killed) < set(PARTS):
            time.sleep(rng.uniform(*PAUSES_S))
            victims = victims or list(PARTS)
            name = victims.pop(rng.randrange(len(victims)))
            self.killed.append(name)
            if name == "postgres":
                self.server.kill()
                self.server.start()
            elif name == "connection":
                self.server.kill_one(rng)
            else:
                self.platform.kill(name)
            self.revive()
            if rng.random() < WAITS:
                self.wait_ready()

    def revive(self) -> None:
        """Start again what has ended, as a supervisor does."""
        for name in self.platform.processes():
            process = self.platform.running.get(name)
            if process is None or process.poll() is not None:
                self.platform.spawn(name)

    def wait_ready(self) -> None:
        """Until every process can serve; one that could not start without the database is started again."""
        for _ in range(TRIES):
            try:
                for process in self.platform.processes().values():
                    self.platform.wait_ready(process)
            except TimeoutError:
                self.revive()
            else:
                return
        raise TimeoutError(f"not everything came up again: {self.killed}")


@pytest.fixture(scope="module")
def doomed(city: cities.City) -> Iterator[Doomed]:
    """The tiny city on a server of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gridloop-kill-"))
    folder.chmod(0o755)
    server = Server(cluster.at(folder, accounts.unprivileged()))
    cluster.prepare(server.ours)
    server.start()
    platform = Platform("", folder / "var", free_ports(), {"ledger_interval_s": "0.3"})
    try:
        cluster.create_database(server.ours, DATABASE)
        platform.database_url = server.ours.url(DATABASE)
        cities.moved(city, platform.database_url, platform.var)
        platform.start()
        yield Doomed(platform, server)
    finally:
        platform.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
