"""Processor seconds that a load has cost: those of our own web processes and those of the database's, where it runs on this machine."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from django.db import connection

BACKENDS_SQL = "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
PROC = Path("/proc")


def web_cpu_s(port: int) -> float:
    """CPU seconds that the web processes of our own port have used; 0 where we measure somebody else's."""
    mark = f"--port\0{port}\0".encode()
    used = 0.0
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (folder / "cmdline").read_bytes():
                used += _used_s(folder)
    return used


def database_cpu_s() -> float:
    """CPU seconds of the backends that serve this database now; 0 where it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute(BACKENDS_SQL)
        pids = [row[0] for row in cursor.fetchall()]
    used = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            if b"postgres" in (PROC / str(pid) / "cmdline").read_bytes():
                used += _used_s(PROC / str(pid))
    return used


def _used_s(folder: Path) -> float:
    """User and system time of one process."""
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
