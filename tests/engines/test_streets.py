"""Invented streets: on their ground, off the blocks' buildings, the same for the same seed."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.engines.streets import (
    LANE,
    MAIN,
    SECONDARY,
    Lines,
    Plan,
    WarpField,
    along,
    blob,
    footprints,
    plan_streets,
    street_names,
)

GROUND = shapely.Polygon([(0, 0), (2600, 200), (2900, 1900), (1200, 2600), (-300, 1700)])
FIELD = WarpField.seeded(4, angle=0.3)


def network(seed: int = 4):
    return plan_streets(GROUND, field=FIELD, plan=Plan(), seed=seed)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), points=st.lists(st.tuples(st.floats(-2e4, 2e4), st.floats(-2e4, 2e4)), min_size=1))
def test_the_field_can_be_gone_there_and_back(seed, points):
    field = WarpField.seeded(seed, angle=seed / 1000)
    ground = np.array(points)
    assert np.abs(field.to_ground(field.to_plan(ground)) - ground).max() < 1e-3


def test_streets_of_all_ranks_stay_on_their_ground():
    made = network()
    assert set(made.lines.rank.tolist()) == {MAIN, SECONDARY, LANE}
    assert GROUND.buffer(1.0).covers(shapely.multilinestrings(made.lines.shapes()))


def test_no_two_main_streets_run_beside_each_other():
    mains = network().lines.shapes()[network().lines.rank == MAIN]
    middles = shapely.line_interpolate_point(mains, 0.5, normalized=True)
    for middle, own in zip(middles, mains, strict=True):
        others = [line for line in mains if line is not own and not line.intersects(own)]
        assert all(line.distance(middle) > 150 for line in others)


def test_the_same_seed_gives_the_same_city_and_another_seed_another():
    one, same, other = network(), network(), network(5)
    assert np.array_equal(one.lines.points, same.lines.points)
    assert not np.array_equal(one.lines.points[:50], other.lines.points[:50])


def test_buildings_stand_on_the_ground_and_off_the_streets():
    made = network()
    houses, parks = footprints(made, GROUND, seed=1)
    assert len(houses) > 1000
    assert len(parks) > 5
    roads = shapely.buffer(shapely.multilinestrings(made.lines.shapes()), 4.0)
    shapely.prepare(roads)
    assert shapely.contains_xy(GROUND, houses.reshape(-1, 2)).all()
    assert shapely.intersects(roads, shapely.polygons(houses)).mean() < 0.001


def test_finer_streets_stay_in_towns_where_towns_are_given():
    town = np.array([[1300.0, 1300.0, 500.0]])
    made = plan_streets(GROUND, field=FIELD, plan=Plan(), seed=4, towns_m=town)
    lanes = made.lines.shapes()[made.lines.rank == LANE]
    assert len(lanes)
    assert shapely.distance(lanes, shapely.Point(1300, 1300)).max() < 500 + 1100


def test_places_stand_beside_their_street_at_the_distance_asked_for():
    lines = network().lines
    places = along(lines, every_m=30.0, aside_m=6.0, seed=2)
    owners = lines.shapes()[places.line]
    away = shapely.distance(owners, shapely.points(places.points))
    assert away.max() <= 6.0 + 1e-6
    assert np.median(away) == pytest.approx(6.0, abs=1e-6)
    length_m = shapely.length(lines.shapes()).sum()
    assert len(places.points) == pytest.approx(length_m / 30.0, rel=0.25)


def test_a_street_shorter_than_the_step_bears_nothing():
    short = Lines.of(
        np.array([shapely.LineString([(0, 0), (10, 0)]), shapely.LineString([(0, 5), (70, 5)])]),
        np.array([0, 0]),
        np.array([0, 1]),
    )
    assert along(short, every_m=30.0, aside_m=2.0, seed=1).line.tolist() == [1, 1]


def test_names_are_of_two_languages_and_no_two_are_the_same():
    names = street_names([MAIN] * 60 + [SECONDARY] * 500 + [LANE] * 4000, seed=1)
    assert len({zh for zh, _ in names}) == len(names)
    assert all(zh and english.isascii() and english[0].isupper() for zh, english in names)
    assert names == street_names([MAIN] * 60 + [SECONDARY] * 500 + [LANE] * 4000, seed=1)


def test_more_streets_than_names_are_refused_in_words():
    with pytest.raises(ValueError, match="there are names for"):
        street_names([LANE] * 100_000, seed=1)


@given(seed=st.integers(0, 1000), stretch=st.floats(1.0, 6.0))
def test_a_hill_is_one_simple_shape_round_its_centre(seed, stretch):
    hill = shapely.Polygon(blob((100.0, 50.0), 500.0, seed=seed, stretch=stretch, turn=1.0))
    assert hill.is_valid
    assert hill.contains(shapely.Point(100, 50))
