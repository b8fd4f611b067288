"""Imports are tried on a little real ground: divisions, cells in Siming, class tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from django.db import connection, transaction

from gridloop.cases import actions as cases
from gridloop.places import actions as places
from gridloop.places import queries as where
from gridloop.site.imports.order import Order
from tests.builders import BUILDER, NOW, SPOT


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Loaded once a module inside a transaction that is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        places.load_divisions(by=BUILDER, now=NOW)
        area = shapely.intersection(where.outline("350203"), where.circle_of_cells(*SPOT, 400))
        places.make_cells("试点区", area, by=BUILDER, now=NOW, name_en="Pilot area")
        cases.load_masters(by=BUILDER, now=NOW)
        with connection.cursor() as cursor:
            cursor.execute("analyze places_division, places_cell")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def town(ground: None, db: None) -> None:
    """The ground, with whatever a test changes rolled back after it."""


@pytest.fixture
def order(tmp_path: Path):
    """Writes a mapping and gives the order for a file."""

    def written(file: Path, mapping: str, **more: object) -> Order:
        path = tmp_path / "mapping.toml"
        path.write_text(mapping, encoding="utf-8")
        return Order(file=file, mapping=path, report=tmp_path / "report.csv", **more)

    return written


@pytest.fixture
def report(tmp_path: Path):
    """The rows of the report of the last import."""

    def lines() -> list[str]:
        return (tmp_path / "report.csv").read_text(encoding="utf-8-sig").splitlines()[1:]

    return lines
