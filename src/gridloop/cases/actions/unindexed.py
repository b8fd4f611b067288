"""Millions of closed cases at once: their indexes are laid aside and built again over the whole.

While they are aside the partition of closed cases stands apart: nobody finds a closed case, and nothing but the building afterwards refuses an id that
stands twice. So this is for filling an empty city only; one that was broken off is begun anew (the launcher's note on the database says which those are).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from gridloop.kernel.indexes import build_again, lay_aside

CLOSED = "cases_case_closed"
TABLES = (CLOSED, "cases_text", "cases_event")
BOUND_SQL = "select pg_get_expr(relpartbound, oid) from pg_class where oid = %s::regclass"


@contextmanager
def without_indexes(tick: Callable[[int, int], None]) -> Iterator[None]:
    """Closed cases, words and events without any index; `tick` tells how many are built again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BOUND_SQL, [CLOSED])
        bound = cursor.fetchone()[0]
        cursor.execute(f"alter table cases_case detach partition {CLOSED}")
        aside = lay_aside(TABLES, keep_unique=False)
    yield
    build_again(aside, tick)
    with connection.cursor() as cursor:
        cursor.execute(f"alter table cases_case attach partition {CLOSED} {bound}")
