"""The one place that runs hand-written SQL of the measured hot paths.

Statements go to psycopg directly on Django's connection: rows come in binary through the C loaders, while Django's own cursor would load
every time through Python. Placeholders are numbered here once for each text, because psycopg does so anew at every use of a statement
with more than 50 parameters (1 ms).

`prepare=True` is for texts that never change: PostgreSQL plans them once a connection (the connection asks for generic plans, see the
settings), which saves 0.5-2.6 ms of planning each time. The others are sent with their values written in, so that the planner sees
how rare they are.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import ExecStatus
from psycopg.rows import tuple_row

PLACEHOLDER = re.compile(r"%%|%s|%\((\w+)\)s")
Rows = list[tuple[Any, ...]]


def run(statement: str, params: Sequence[Any] | dict[str, Any] = (), *, prepare: bool = False) -> Rows:
    """Run one statement and return its rows; seen by Django's execute wrappers and query log like any other."""
    connection.ensure_connection()
    execute: Any = _prepared if prepare else _written_in
    for wrapper in reversed(connection.execute_wrappers):
        execute = partial(wrapper, execute)
    started = time.monotonic()
    with connection.wrap_database_errors:
        rows: Rows = execute(statement, params, False, {"connection": connection, "cursor": None})
    if connection.queries_logged:
        connection.queries_log.append({"sql": statement, "time": f"{time.monotonic() - started:.3f}"})
    return rows


def _prepared(statement: str, params: Any, _many: object, _context: dict[str, Any]) -> Rows:
    numbered, names = _numbered(statement)
    values = [params[name] for name in names] if isinstance(params, dict) else list(params)
    return _rows(numbered, values, prepare=True)


def _written_in(statement: str, params: Any, _many: object, _context: dict[str, Any]) -> Rows:
    """Values quoted by psycopg; without parameters the statement is planned for these very values."""
    raw: psycopg.Connection[tuple[Any, ...]] = connection.connection
    with psycopg.ClientCursor(raw) as cursor:
        text = cursor.mogrify(statement, params)
    return _rows(text.encode(), None, prepare=False)


def _rows(statement: bytes, values: list[Any] | None, *, prepare: bool) -> Rows:
    raw: psycopg.Connection[tuple[Any, ...]] = connection.connection
    with psycopg.RawCursor(raw, row_factory=tuple_row) as cursor:
        cursor.execute(statement, values, prepare=prepare, binary=True)
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
