"""Who is running: one small file per process with its id and start time, so that a reused id fools nobody."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from ops import paths

KILL_AFTER_S = 10.0
POLL_S = 0.1


@dataclass(frozen=True)
class Record:
    """A process that we started; `started` is field 22 of /proc/PID/stat, in clock ticks since boot."""

    name: str
    pid: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether exactly this process still runs."""
        return started_of(self.pid) == self.started


def started_of(pid: int) -> int | None:
    """When the process began, in clock ticks since boot; None when it is gone or only waits to be buried."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (OSError, UnicodeDecodeError):
        return None
    rest = text.rpartition(")")[2].split()  # the name before may hold blanks and brackets
    return None if rest[0] == "Z" else int(rest[19])


def _file(name: str) -> Path:
    return paths.RUN / f"{name}.json"


def write(name: str, pid: int) -> None:
    """Note that this process runs under this name."""
    paths.RUN.mkdir(parents=True, exist_ok=True)
    target = _file(name)
    fresh = target.with_suffix(".new")
    fresh.write_text(json.dumps({"name": name, "pid": pid, "started": started_of(pid), "at": time.time()}))
    fresh.replace(target)


def forget(name: str) -> None:
    """The process is gone."""
    _file(name).unlink(missing_ok=True)


def read(name: str) -> Record | None:
    """What is noted under this name; a torn file counts as nothing."""
    try:
        kept = json.loads(_file(name).read_text())
        return Record(kept["name"], int(kept["pid"]), int(kept["started"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def everything() -> list[Record]:
    """All that is noted, alive or not; the launcher itself is one of them."""
    found = [read(file.stem) for file in sorted(paths.RUN.glob("*.json"))]
    return [record for record in found if record]


def launcher() -> Record | None:
    """The launcher that is running now, if any."""
    record = read("launcher")
    return record if record and record.alive else None


def clear_orphans() -> list[str]:
    """Stop what a launcher left that was killed itself; the database last. The names of those found alive."""
    left = [record for record in everything() if record.name != "launcher"]
    left.sort(key=lambda record: record.name == "postgres")
    found = []
    for record in left:
        if record.alive:
            found.append(record.name)
            stop_group(record)
        forget(record.name)
    forget("launcher")
    return found


def stop_group(record: Record) -> None:
    """End the process and its children; each has a group of its own, named by its id."""
    # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for clients.
    _send(record.pid, signal.SIGINT if record.name == "postgres" else signal.SIGTERM, group=record.name != "postgres")
    end = time.monotonic() + KILL_AFTER_S
    while record.alive and time.monotonic() < end:
        time.sleep(POLL_S)
    if record.alive:
        _send(
            record.pid, signal.SIGQUIT if record.name == "postgres" else signal.SIGKILL, group=record.name != "postgres"
        )
    elif record.name != "postgres":
        _send(record.pid, signal.SIGKILL, group=True)  # workers that outlived their parent


def _send(pid: int, number: int, *, group: bool) -> None:
    try:
        if group:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except ProcessLookupError:
        return
