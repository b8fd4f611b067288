"""A small real city for the tests of this room: divisions, stations, cells in Siming, components."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from django.db import connection, transaction

from gridloop.kernel.caller import system
from gridloop.places import actions, queries
from gridloop.places.actions.components import NewComponent
from gridloop.places.actions.divisions import Loaded

NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
CENTRE = (118.11, 24.475)


@dataclass(frozen=True)
class City:
    loaded: Loaded
    components: list[str]


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker) -> Iterator[City]:
    """Loaded once a module, inside a transaction that is rolled back after it."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            by = system("tests")
            loaded = actions.load_divisions(by=by, now=NOW)
            actions.load_metro_stations(by=by, now=NOW)
            area = shapely.intersection(queries.outline("350203"), queries.circle_of_cells(*CENTRE, 600))
            actions.make_cells("试点区", area, by=by, now=NOW, name_en="Pilot area")
            rng = np.random.default_rng(7)
            points = rng.uniform((118.09, 24.46), (118.13, 24.49), (3000, 2))
            points = points[shapely.contains_xy(area, points)]
            components = actions.register_components(
                [
                    NewComponent(lon, lat, f"0{1 + at % 5}0{1 + at % 3}", f"部件{at}", owner_unit_id=7, synthetic=True)
                    for at, (lon, lat) in enumerate(points.tolist())
                ],
                by=by,
                now=NOW,
            )
            actions.refresh_tiles()
            with connection.cursor() as cursor:
                cursor.execute("analyze places_division, places_cell, places_component, places_searchentry")
            yield City(loaded, components)
            transaction.set_rollback(True)
        queries.forget_tiles()


@pytest.fixture
def place(city: City, db: None) -> City:
    """The city, with whatever a test changes rolled back after it."""
    queries.forget_tiles()
    return city
