"""Indexes laid aside while a table is filled, and built again over the whole, which is several times less work than row by row.

Nobody should look at such a table meanwhile, and nothing is built when the filling breaks off: this is for filling an empty city, which is begun anew then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from django.db import connection, transaction

SESSIONS = 2
ASIDE_SQL = """
select i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), coalesce(kind.word, '')
from pg_index i
left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = i.indrelid
left join (values ('p', 'primary key'), ('u', 'unique')) kind (contype, word) on kind.contype = c.contype
where i.indrelid = any(%s::regclass[]) and not (i.indisunique and %s) order by pg_relation_size(i.indexrelid) desc, 2
"""
BUILDING = "set local maintenance_work_mem = '384MB'"


@dataclass(frozen=True, slots=True)
class Aside:
    """An index that was laid aside: its table, name, definition, and the kind of constraint that it serves, or empty."""

    table: str
    name: str
    definition: str
    constraint: str


def lay_aside(tables: Sequence[str], *, keep_unique: bool) -> list[Aside]:
    """Drop the indexes of these tables in the transaction that is open, largest first; `keep_unique` leaves those that keep keys apart."""
    with connection.cursor() as cursor:
        cursor.execute(ASIDE_SQL, [list(tables), keep_unique])
        aside = [Aside(*row) for row in cursor.fetchall()]
        for one in aside:
            named = f"alter table {one.table} drop constraint" if one.constraint else "drop index"
            cursor.execute(f"{named} {one.name}")
    return aside


def build_again(aside: Sequence[Aside], tick: Callable[[int, int], None]) -> None:
    """Build what was laid aside, the next one in whichever of two sessions is free; `tick` tells how many are built.

    Within a transaction, for whose end a second session would wait, one session builds them all.
    """
    if connection.in_atomic_block:
        for done, one in enumerate(aside, 1):
            _build(one)
            tick(done, len(aside))
    else:
        with ThreadPoolExecutor(SESSIONS, thread_name_prefix="indexes") as pool:
            for done, built in enumerate(as_completed([pool.submit(_build_apart, one) for one in aside]), 1):
                built.result()
                tick(done, len(aside))
    with connection.cursor() as cursor:
        for one in aside:
            if one.constraint:  # only now, for it locks out whoever builds another index of the table
                cursor.execute(
                    f"alter table {one.table} add constraint {one.name} {one.constraint} using index {one.name}"
                )


def _build_apart(one: Aside) -> None:
    """In a thread, which has a connection of its own."""
    try:
        _build(one)
    finally:
        connection.close()


def _build(one: Aside) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BUILDING)
        cursor.execute(one.definition)
