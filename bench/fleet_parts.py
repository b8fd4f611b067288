"""What `bench fleet` measures: one gateway, or gateways and evaluators with a NATS server, as the launcher would start them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bench.spent import _used_s as used_s
from gridloop.site.config import Config, read
from ops import processes

PORT = 31_400
READY_S_MAX = 120.0
STOP_S_MAX = 60.0
PHASE_HEAD = 'gridloop_gateway_phase_seconds_total{phase="'
STORED_NAME = 'gridloop_gateway_positions_total{source="jt808"}'
BACKENDS_SQL = "select pid from pg_stat_activity where (datname = current_database() or datname is null) and pid <> pg_backend_pid()"
SIZE_SQL = """
select coalesce(sum(pg_indexes_size(inhrelid)), 0)::bigint, coalesce(sum(pg_table_size(inhrelid)), 0)::bigint
from pg_inherits where inhparent = 'fleet_position'::regclass
"""


@dataclass(frozen=True)
class Parts:
    """The processes that take positions in, by name; `more`: those that share the machine with them."""

    config: Config
    url: str
    running: dict[str, subprocess.Popen[bytes]]
    more: dict[str, int] = field(default_factory=dict)

    @property
    def streams(self) -> list[int]:
        """Ports of what tells what is stored."""
        return [port for _, port in self.config.fleet_streams]

    def phases(self) -> dict[str, float]:
        """Seconds by phase so far, in all processes."""
        said = self._counted()
        return {
            name.removeprefix(PHASE_HEAD)[:-2]: value for name, value in said.items() if name.startswith(PHASE_HEAD)
        }

    def stored(self) -> dict[str, Any]:
        """Rows and bytes a row of table and indexes."""
        with psycopg.connect(self.url) as looking:
            indexes, table = looking.execute(SIZE_SQL).fetchone() or (0, 0)
            rows = int(self._counted()[STORED_NAME]) or 1
        sizes = {"table_bytes_a_row": round(table / rows, 1), "index_bytes_a_row": round(indexes / rows, 1)}
        return {"rows": rows, **sizes}

    def memory_mb(self) -> int:
        """Resident memory of all that take positions in."""
        found = 0
        for process in self.running.values():
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            found += int(status.partition("VmRSS:")[2].split()[0])
        return found // 1024

    def spent_s(self) -> dict[str, float]:
        """Processor seconds so far of each process, of the database (its backends here and what it does in the background) and of the whole machine."""
        with psycopg.connect(self.url) as looking:
            backends = [row[0] for row in looking.execute(BACKENDS_SQL)]
        busy = [int(one) for one in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
        pids = {name: process.pid for name, process in self.running.items()} | self.more
        return {name: used_s(Path(f"/proc/{pid}")) for name, pid in pids.items()} | {
            "database": sum(used_s(Path(f"/proc/{pid}")) for pid in backends if Path(f"/proc/{pid}").exists()),
            "machine": (sum(busy) - busy[3] - busy[4]) / os.sysconf("SC_CLK_TCK"),
        }

    def _counted(self) -> Counter[str]:
        """What gateways and evaluators count, added up."""
        found: Counter[str] = Counter()
        for one in processes.fleet(self.config):
            if one.name != "nats":
                with urllib.request.urlopen(f"http://127.0.0.1:{one.port}/metrics", timeout=10) as answer:
                    lines = [line for line in answer.read().decode().splitlines() if not line.startswith("#")]
                for line in lines:
                    name, value = line.rsplit(" ", 1)
                    found[name] += float(value)
        return found


@contextlib.contextmanager
def parts(url: str, var: str, *, shards: int, gateways: int, window_ms: int) -> Iterator[Parts]:
    """Everything that takes positions in, ready; ended afterwards, the gateways first."""
    told = {
        "DATABASE_URL": url, "GRIDLOOP_VAR": var, "GRIDLOOP_PORT": str(PORT), "GRIDLOOP_GATEWAY_WINDOW_MS": str(window_ms),
        "GRIDLOOP_GATEWAY_SHARDS": str(shards), "GRIDLOOP_GATEWAY_GATEWAYS": str(gateways), "GRIDLOOP_LOG_LEVEL": "warning",
    }  # fmt: skip
    env = os.environ | told
    config = read(env)
    wanted = processes.fleet(config)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for one in wanted:
            with (Path(var) / f"{one.name}.log").open("wb") as log:
                heard = log if one.name == "nats" else None
                running[one.name] = subprocess.Popen(one.command, env=env, stdout=heard, stderr=heard)
        for one in wanted:
            _wait_ready(running[one.name], one)
        yield Parts(config, url, running)
    finally:
        for one in reversed(wanted):
            if one.name in running:
                running[one.name].terminate()
                running[one.name].wait(STOP_S_MAX)


def _wait_ready(running: subprocess.Popen[bytes], one: processes.Process) -> None:
    """Until it says so."""
    end = time.monotonic() + READY_S_MAX
    address = f"http://127.0.0.1:{one.port}{one.ready_path}"
    while time.monotonic() < end and running.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        time.sleep(0.2)
    raise SystemExit(f"{one.name} did not get ready")
