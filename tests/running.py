"""The whole platform as real processes on real ports, which a test may kill and start again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from gridloop.site import config as configuration
from ops import processes
from ops.processes import Process
from tests import city as cities

READY_S_MAX = 60.0
STOP_S_MAX = 12.0
PORTS = (20_000, 32_000)  # below the range from which the system gives away ports of its own
ROOMY = {
    "limits_sign_in_per_minute": "100000",
    "limits_report_per_hour": "1000000",
    "limits_photo_per_hour": "1000000",
    "limits_phone_code_per_hour": "1000",
    "limits_phone_code_per_address": "1000000",
}
"""Everybody of a test knocks from the same address."""


@dataclass
class Platform:
    """web, live, worker and the SMS gateway on one database; `base` and `live` are their addresses for people."""

    database_url: str
    var: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """Where people go."""
        return f"http://localhost:{self.port}"

    @property
    def live(self) -> str:
        """Where browsers listen."""
        return f"http://localhost:{self.port + 1}"

    @property
    def phone_inbox(self) -> str:
        """Where text messages end up."""
        return f"http://localhost:{self.port + 2}"

    @property
    def env(self) -> dict[str, str]:
        """What every process is told."""
        sms = {"sms_url": self.phone_inbox, "sms_account": "gridloop-demo", "sms_signing_key": "gridloop-demo-key"}
        told = {"port": str(self.port), "log_level": "warning", **ROOMY, **sms, **self.settings}
        return cities.environment(self.database_url, self.var, **told)

    def processes(self) -> dict[str, Process]:
        """What the launcher would start, under the same commands."""
        config = configuration.read(self.env)
        wanted = [processes.sms_gateway(self.port + 2), *processes.city(config)]
        return {process.name: process for process in wanted}

    def start(self, *names: str) -> None:
        """Start these processes (all of them by default) and wait until each says that it is ready."""
        known = self.processes()
        for name in names or known:
            self.spawn(name)
        for name in names or known:
            self.wait_ready(known[name])

    def spawn(self, name: str) -> None:
        """Start a process without waiting for it, as a supervisor does."""
        process = self.processes()[name]
        env = self.env | process.env
        if process.scratch is not None:
            scratch = self.var / process.name
            scratch.mkdir(exist_ok=True)
            for left in scratch.iterdir():
                left.unlink()
            env |= dict.fromkeys(process.env, str(scratch))
        with self.log(process.name).open("ab") as log:
            self.running[process.name] = subprocess.Popen(
                process.command, env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def wait_ready(self, process: Process) -> None:
        """Wait for 200 on its /readyz; its last words when it ends or takes too long."""
        until = time.monotonic() + READY_S_MAX
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{process.port}{process.ready_path}", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self.running[process.name].poll() is not None or time.monotonic() > until:
                raise TimeoutError(f"{process.name} does not get ready:\n{self.log(process.name).read_text()[-3000:]}")
            time.sleep(0.1)

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return self.var / f"{name}.log"

    def kill(self, name: str) -> None:
        """SIGKILL to the process and all its workers."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def restart(self, name: str) -> None:
        """Kill it and start it again, as a supervisor would."""
        if name in self.running:
            self.kill(name)
        self.start(name)

    def stop(self) -> None:
        """End everything in good order, and by force what does not end."""
        left = list(self.running.values())
        for process in left:
            process.terminate()
        until = time.monotonic() + STOP_S_MAX
        for process in left:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running.clear()

    def manage(self, *arguments: str) -> str:
        """A management command on this platform's database."""
        return cities.manage(self.env, *arguments)


def free_ports() -> int:
    """The first of eight neighbouring ports on which nothing listens."""
    while True:
        first = random.randrange(*PORTS, 8)
        if not any(processes.taken(port) for port in range(first, first + 8)):
            return first
