"""Fences found fast are the fences found plainly; lengths on the flat map are lengths."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.engines.fences.field import ON_BORDER
from gridloop.engines.fences.flat import Flat
from gridloop.engines.fences.index import (
    CHANGES_MAX,
    GONE,
    border_distance_m,
    changed,
    index_of,
    inside,
    inside_plainly,
)
from gridloop.engines.fences.shapes import Area, Circle, Corridor

XIAMEN = (118.1, 24.5)


def some_shapes(chance, count, spread=0.05):
    """Areas with and without holes, multi-areas, circles and corridors, overlapping."""
    shapes = {}
    for number in range(count):
        lon, lat = XIAMEN + (chance.random(2) - 0.5) * spread
        size = chance.uniform(0.0005, 0.008)
        kind = number % 5
        square = shapely.box(lon - size, lat - size, lon + size, lat + size)
        hole = shapely.box(lon - size / 3, lat - size / 2, lon + size / 2, lat + size / 3)
        line = shapely.LineString(XIAMEN + (chance.random((4, 2)) - 0.5) * spread)
        shapes[number] = [
            Area(square),
            Area(square.difference(hole)),
            Area(shapely.MultiPolygon([hole, shapely.affinity.translate(hole, 2 * size, size)])),
            Circle(lon, lat, size * 50_000),
            Corridor(line, size * 20_000),
        ][kind]
    return shapes


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 60))
def test_what_is_known_of_squares_is_what_asking_says(seed, count):
    chance = np.random.default_rng(seed)
    index = index_of(some_shapes(chance, count))
    points = XIAMEN + (chance.random((3_000, 2)) - 0.5) * 0.08
    borders = shapely.get_coordinates([shape.outline for shape in index.shapes if isinstance(shape, Area)])
    points = np.concatenate([points, borders + chance.normal(0, 1e-5, borders.shape)])
    assert np.array_equal(inside(index, points), inside_plainly(index, points))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_an_index_changed_piece_by_piece_answers_like_one_made_at_once(seed):
    chance = np.random.default_rng(seed)
    shapes = some_shapes(chance, 30)
    far = Circle(XIAMEN[0] + 0.3, XIAMEN[1], 5_000.0)
    index = index_of(dict(list(shapes.items())[:20]))
    index = changed(index, added=dict(list(shapes.items())[20:]) | {99: far}, removed=[3, 4, 7])
    index = changed(index, removed=[21])
    left = {number: shape for number, shape in (shapes | {99: far}).items() if number not in {3, 4, 7, 21}}
    anew = index_of(left, flat=index.flat)
    points = XIAMEN + (chance.random((2_000, 2)) - 0.5) * [0.7, 0.1]
    row, column = inside(index, points)
    row_anew, column_anew = inside(anew, points)
    assert len(index) == len(left)
    assert {*zip(row, index.ids[column], strict=True)} == {*zip(row_anew, anew.ids[column_anew], strict=True)}
    assert np.array_equal(inside(index, points), inside_plainly(index, points))


def test_many_changes_are_merged_and_the_regions_named_anew():
    index = index_of({0: Circle(*XIAMEN, 100.0)})
    few = changed(index, added={1: Circle(*XIAMEN, 200.0)})
    many = changed(few, added={number + 2: Circle(*XIAMEN, 50.0) for number in range(CHANGES_MAX)})
    assert (few.base, few.first, few.version) == (index.base, 1, 2)
    assert (many.base, many.first, many.version) == (3, CHANGES_MAX + 2, 3)
    assert index.version == 1
    assert len(index) == 1


def test_a_changed_index_answers_by_id():
    index = changed(index_of({7: Circle(*XIAMEN, 100.0), 3: Circle(*XIAMEN, 90.0)}), removed=[7])
    assert index.columns_of(np.array([3, 7, 8])).tolist() == [1, GONE, GONE]


@pytest.mark.parametrize("away_km", [1, 30, 100])
def test_lengths_on_the_flat_map_are_right_to_a_tenth_of_a_per_cent(away_km):
    # A degree of the meridian and of the parallel at 24.5 north on WGS-84, by the textbook radii of curvature.
    lat = np.radians(24.5)
    bulge = 1 - 0.00669437999014 * np.sin(lat) ** 2
    north_m = np.radians(1) * 6_378_137 * (1 - 0.00669437999014) / bulge**1.5
    east_m = np.radians(1) * 6_378_137 / np.sqrt(bulge) * np.cos(lat)
    flat = Flat(XIAMEN[0] - away_km * 1000 / east_m, XIAMEN[1])
    here, north, east, across = flat.to_metres(np.array([XIAMEN, (118.1, 24.501), (118.101, 24.5), (118.101, 24.501)]))
    assert np.hypot(*(north - here)) == pytest.approx(north_m / 1000, rel=1e-3)
    assert np.hypot(*(east - here)) == pytest.approx(east_m / 1000, rel=1e-3)
    assert np.hypot(*(across - here)) == pytest.approx(np.hypot(north_m, east_m) / 1000, rel=1e-3)


def test_a_circle_and_a_corridor_are_as_wide_as_they_say():
    east_m = 101_275.0  # metres of a degree at 24.5 north
    index = index_of(
        {0: Circle(*XIAMEN, 5_000.0), 1: Corridor(shapely.LineString([(118.0, 24.5), (118.2, 24.5)]), 60.0)}
    )
    rim = XIAMEN[0] + np.array([4_990.0, 5_010.0]) / east_m
    points = np.array([[rim[0], 24.5], [rim[1], 24.5], [118.1, 24.5 + 28 / 110_770], [118.1, 24.5 + 32 / 110_770]])
    row, column = inside(index, points)
    assert {*zip(row.tolist(), column.tolist(), strict=True)} == {(0, 0), (0, 1), (1, 1), (2, 0), (2, 1), (3, 0)}
    away_m = border_distance_m(index, points[2:], np.array([1, 1]))
    assert away_m == pytest.approx([-2.0, 2.0], abs=0.1)


def test_most_of_a_city_needs_no_asking():
    chance = np.random.default_rng(5)
    index = index_of(some_shapes(chance, 20, spread=0.3))
    region = index.field.region_of(index.flat.to_metres(XIAMEN + (chance.random((5_000, 2)) - 0.5) * 0.3))
    assert (region == ON_BORDER).mean() < 0.1


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        (Circle(118.1, 24.5, 0.0), "positive number of metres"),
        (Corridor(shapely.LineString([(118, 24), (118.1, 24)]), -5.0), "positive number of metres"),
        (Area(shapely.Polygon()), "must have an outline"),
        (Circle(1180.0, 24.5, 10.0), "must have an outline"),
        (Area(shapely.Polygon([(118, 24), (118.1, 24.1), (118.1, 24), (118, 24.1)])), "without crossing sides"),
    ],
)
def test_a_shape_that_is_none_is_refused(shape, sentence):
    with pytest.raises(ValueError, match=sentence):
        index_of({1: shape})


def test_ids_are_checked():
    index = index_of({1: Circle(*XIAMEN, 100.0)})
    with pytest.raises(ValueError, match="fence 2 is not in the index"):
        changed(index, removed=[2])
    with pytest.raises(ValueError, match="fence 1 is in the index already"):
        changed(index, added={1: Circle(*XIAMEN, 50.0)})
    with pytest.raises(ValueError, match="id must be a number"):
        index_of({-1: Circle(*XIAMEN, 50.0)})
