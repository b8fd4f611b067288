"""Millions of closed cases at once: their indexes are laid aside and built again over the whole, which is three times less work than row by row.

While they are aside the partition of closed cases stands apart: nobody finds a closed case. So this is for filling an empty city only; one
that was broken off is begun anew (the launcher's note on the database says which those are).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

CLOSED = "cases_case_closed"
TABLES = (CLOSED, "cases_text", "cases_event")
INDEXES_SQL = """
select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
from pg_index i where i.indrelid = %s::regclass and not i.indisunique order by pg_relation_size(i.indexrelid) desc, 1
"""
BOUND_SQL = "select pg_get_expr(relpartbound, oid) from pg_class where oid = %s::regclass"
BUILDING = "set local maintenance_work_mem = '512MB'"


@contextmanager
def without_indexes(tick: Callable[[int, int], None]) -> Iterator[None]:
    """Closed cases, words and events without their indexes but those that keep keys unique; `tick` tells how many are built again."""
    with transaction.atomic(), connection.cursor() as cursor:
        aside: list[tuple[str, str]] = []
        for table in TABLES:
            cursor.execute(INDEXES_SQL, [table])
            aside += cursor.fetchall()
        cursor.execute(BOUND_SQL, [CLOSED])
        bound = cursor.fetchone()[0]
        cursor.execute(f"alter table cases_case detach partition {CLOSED}")
        for name, _ in aside:
            cursor.execute(f"drop index {name}")
    yield
    for done, (_, definition) in enumerate(aside):
        tick(done, len(aside))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(BUILDING)
            cursor.execute(definition)
    with connection.cursor() as cursor:
        cursor.execute(f"alter table cases_case attach partition {CLOSED} {bound}")
    tick(len(aside), len(aside))
