"""The same lifecycles on a city with next to no cases, so that what the weight of the data costs can be said as a ratio of one run.

A database of its own beside the configured one, with the tiny demo city (about 120 cases), dropped afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection

LOADING = (["migrate", "--verbosity", "0"], ["demo_city", "--size", "tiny"])


def lifecycles(seconds: float, clients: int, workers: int, photos: int) -> dict[str, Any]:
    """What `bench cases --only lifecycle` says of the nearly empty city."""
    asked = ["--only", "lifecycle", "--seconds", str(seconds), "--clients", str(clients), "--workers", str(workers)]
    with _city() as environment:
        said = subprocess.run(
            [sys.executable, "-m", "bench.cases", *asked, "--photos", str(photos)],
            env=environment, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    answer: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return answer


@contextlib.contextmanager
def _city() -> Iterator[dict[str, str]]:
    """The environment of a process that works in the small database."""
    name = f"bench_empty_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f'create database "{name}"')
    try:
        with tempfile.TemporaryDirectory() as var:
            environment = os.environ | {"DATABASE_URL": _address(name), "GRIDLOOP_VAR": var}
            for command in LOADING:
                subprocess.run(
                    [sys.executable, "-m", "gridloop.site.manage", *command],
                    env=environment,
                    check=True,
                    stdout=sys.stderr,
                )
            yield environment
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'drop database if exists "{name}" with (force)')


def _address(name: str) -> str:
    """Another database on the same server."""
    kept = {key: str(value or "") for key, value in connection.settings_dict.items()}
    who = quote(kept["USER"], safe="") + (f":{quote(kept['PASSWORD'], safe='')}" if kept["PASSWORD"] else "")
    where = {key.lower(): kept[key] for key in ("HOST", "PORT") if kept[key]}
    return f"postgresql://{who}@/{name}?{urlencode(where)}"
