"""The statements of the measured hot paths, one named file each, and the one place that runs them.

They go to psycopg directly on Django's connection: server-side binding, prepared after the first uses, rows in binary through the C
loaders. Django's own cursor would bind on the client and load every time through Python. Placeholders are numbered here once for
each text, because psycopg does so anew at every use of a statement with more than 50 parameters (1 ms).
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import ExecStatus
from psycopg.rows import tuple_row

HERE = Path(__file__).parent
PLACEHOLDER = re.compile(r"%%|%s|%\((\w+)\)s")


@cache
def text(name: str) -> str:
    """The statement in `name`.sql."""
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def run(
    statement: str, params: Sequence[Any] | dict[str, Any] = (), *, prepare: bool | None = None
) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows; seen by Django's execute wrappers and query log like any other."""
    connection.ensure_connection()
    execute: Any = partial(_execute, prepare=prepare)
    for wrapper in reversed(connection.execute_wrappers):
        execute = partial(wrapper, execute)
    started = time.monotonic()
    with connection.wrap_database_errors:
        rows: list[tuple[Any, ...]] = execute(statement, params, False, {"connection": connection, "cursor": None})
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - started:.3f}"})
    return rows


def _execute(
    statement: str, params: Any, _many: object, _context: dict[str, Any], *, prepare: bool | None
) -> list[tuple[Any, ...]]:
    raw: psycopg.Connection[tuple[Any, ...]] = connection.connection
    numbered, names = _numbered(statement)
    values = [params[name] for name in names] if isinstance(params, dict) else list(params)
    with psycopg.RawCursor(raw, row_factory=tuple_row) as cursor:
        cursor.execute(numbered, values, prepare=prepare, binary=True)
        answered = cursor.pgresult
        return cursor.fetchall() if answered is not None and answered.status == ExecStatus.TUPLES_OK else []


@lru_cache(maxsize=1024)
def _numbered(statement: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with $1, $2, ... for its placeholders, and their names in that order; a name that comes again keeps its number."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        name = found[1] or f"?{len(names)}"
        return f"${names.setdefault(name, len(names) + 1)}"

    return PLACEHOLDER.sub(number, statement).encode(), tuple(names)
