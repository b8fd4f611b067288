"""Filling an empty register of components: the indexes that are not keys are laid aside and built again over the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from gridloop.kernel.indexes import build_again, lay_aside

TABLES = ("places_component", "places_componentpoint")


@contextmanager
def without_indexes(tick: Callable[[int, int], None]) -> Iterator[None]:
    """The register and what tiles are drawn from with their keys alone; `tick` tells how many indexes are built again, then the tables are counted."""
    with transaction.atomic():
        aside = lay_aside(TABLES, keep_unique=True)
    yield
    build_again(aside, tick)
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {', '.join(TABLES)}")
