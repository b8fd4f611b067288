"""Tests of the loop have a little ground to stand on, the master tables and a crew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shapely
from django.db import connection, transaction

from gridloop.cases import actions
from gridloop.cases.alarms.actions import declare_own_sources
from gridloop.places import actions as places
from gridloop.places import queries as where
from tests.builders import BUILDER, NOW, SPOT, Crew, a_crew


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Divisions, cells round the usual spot and the masters, loaded once a module inside a transaction that is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        places.load_divisions(by=BUILDER, now=NOW)
        area = shapely.intersection(where.outline("350203"), where.circle_of_cells(*SPOT, 600))
        places.make_cells("试点区", area, by=BUILDER, now=NOW, name_en="Pilot area")
        actions.load_masters(by=BUILDER, now=NOW)
        declare_own_sources(NOW)
        with connection.cursor() as cursor:
            cursor.execute("analyze places_division, places_cell")
        yield
        transaction.set_rollback(True)


@pytest.fixture
def crew(ground: None, db: None) -> Crew:
    """One of each person whom a case meets."""
    return a_crew()
