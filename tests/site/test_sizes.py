"""The sizes of the demo city are what they say: ground, units, and streets that hold the components."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely

from gridloop.kernel.caller import system
from gridloop.kernel.clock import now
from gridloop.places import actions as places
from gridloop.site.basemap.ground import FRAME
from gridloop.site.demo import ground, organisation
from gridloop.site.demo.sizes import SIZES


def km2(area: shapely.Geometry) -> float:
    return float(shapely.area(shapely.transform(area, FRAME.to_metres))) / 1e6


@pytest.mark.parametrize("name", ["tenth", "city"])
def test_the_managed_area_is_as_large_as_told(name: str) -> None:
    assert km2(ground.managed_area(SIZES[name])) == pytest.approx(SIZES[name].area_km2, rel=1e-3)


def test_a_square_is_a_square() -> None:
    assert km2(ground.managed_area(SIZES["small"])) == pytest.approx(4.5**2, rel=1e-3)


def test_a_tenth_of_the_city_holds_its_components_inside_its_ground() -> None:
    size = SIZES["tenth"]
    stood = ground.place_furniture(ground.streets(1, size), size, seed=1)
    assert len(stood) == size.components
    assert shapely.contains_xy(shapely.buffer(ground.managed_area(size), 1e-6), stood.lonlat).all()
    assert len(np.unique(stood.subclass)) > 30


def test_a_large_city_has_so_many_units_each_with_its_own_code_and_a_parent_before_it(db: None) -> None:
    places.load_divisions(by=system("test"), now=now())
    rows = organisation.units_of(450)
    assert len(rows) == 450
    codes = [row["code"] for row in rows]
    assert len(set(codes)) == 450
    assert all(row["parent"] in codes[:at] for at, row in enumerate(rows) if at)
    assert organisation.units_of(40) == rows[:40]


def test_history_and_the_rounds_before_it_cover_three_years_and_a_half() -> None:
    city = SIZES["city"]
    days = city.days + city.rounds_before * (city.days // 2)
    assert days * city.cases_a_day == pytest.approx(3.3e6, rel=0.05)
    assert dt.timedelta(days=days) > dt.timedelta(days=3.5 * 365)
