"""The platform as a real process on a real port, for tests that come from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from django.conf import settings
from django.db import connection

KEEP = ("django_migrations", "cases_masters_version", "spatial_ref_sys", "procrastinate_")
START_S_MAX = 60


def environment(var: Path) -> dict[str, str]:
    """The environment of a process that works on the test database and keeps its files in `var`."""
    options = connection.settings_dict
    url = f"postgresql://{options['USER']}@/{options['NAME']}?host={options['HOST']}"
    return os.environ | {
        "DATABASE_URL": url,
        "GRIDLOOP_VAR": str(var),
        "GRIDLOOP_SECRET_KEY": settings.SECRET_KEY,
        "GRIDLOOP_LOG_LEVEL": "warning",
    }


@contextlib.contextmanager
def web(var: Path, **named: str) -> Iterator[str]:
    """granian with the WSGI application; gives its address. `named` are GRIDLOOP_* settings names without the prefix."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = environment(var) | {f"GRIDLOOP_{name.upper()}": value for name, value in named.items()}
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    command += [
        "--blocking-threads",
        "2",
        "--no-ws",
        "--no-access-log",
        "--workers-kill-timeout",
        "3",
        "gridloop.site.wsgi:application",
    ]
    log = (var / "web.log").open("ab")
    process = subprocess.Popen(command, env=env, start_new_session=True, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_S_MAX
        while True:
            try:
                if httpx.get(f"{address}/healthz", timeout=2).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.1)
            if process.poll() is not None or time.monotonic() > until:
                raise TimeoutError((var / "web.log").read_text()[-2000:])
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


def empty_everything() -> None:
    """Empty every table after a module whose tests left committed rows; the masters' version row stays."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(KEEP)]
        tables = [name for name in tables if not name.startswith("cases_case_")]  # partitions go with their table
        cursor.execute("alter table cases_event disable trigger cases_event_no_truncate")
        cursor.execute("set session_replication_role = replica")
        cursor.execute(f"truncate {', '.join(tables)} cascade")
        cursor.execute("set session_replication_role = default")
        cursor.execute("alter table cases_event enable trigger cases_event_no_truncate")
