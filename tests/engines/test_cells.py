"""Cells: their size, their lattice and the county boundary."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.engines.cells import CELL_SIDE_M, cells_inside, outlines
from gridloop.engines.frame import Frame

FRAME = Frame(118.1, 24.48)


def county(*ring_m: tuple[float, float]) -> shapely.Polygon:
    return shapely.transform(shapely.Polygon(ring_m), FRAME.to_degrees)


def area_m2(shape) -> float:
    return shapely.transform(shape, FRAME.to_metres).area


def test_a_square_kilometre_on_the_lattice_has_a_hundred_whole_cells():
    cells = cells_inside(county((0, 0), (1000, 0), (1000, 1000), (0, 1000)), FRAME)
    assert len(cells) == 100
    assert cells.area_m2 == pytest.approx(np.full(100, 10_000.0), rel=1e-6)


@pytest.mark.parametrize("far_m", [0.0, 25_000.0])
def test_every_square_measures_ten_thousand_square_metres(far_m):
    side_m = 5 * CELL_SIDE_M
    cells = cells_inside(
        county((far_m, far_m), (far_m + side_m, far_m), (far_m + side_m, far_m + side_m), (far_m, far_m + side_m)),
        FRAME,
    )
    assert [area_m2(square) for square in shapely.polygons(cells.corners)] == pytest.approx([10_000.0] * len(cells))


RADII = st.lists(st.floats(250, 900), min_size=8, max_size=8)


def star(radii: list[float]) -> shapely.Polygon:
    turns = np.arange(8) / 8 * 2 * np.pi + 0.3
    return county(*(np.column_stack([np.cos(turns), np.sin(turns)]) * np.array(radii)[:, None]))


@settings(max_examples=40)
@given(radii=RADII)
def test_every_part_together_is_the_county_and_nothing_overlaps(radii):
    shape = star(radii)
    cells = cells_inside(shape, FRAME, every_part=True)
    parts = outlines(cells, shape)
    assert cells.area_m2.sum() == pytest.approx(area_m2(shape), rel=1e-3)
    assert len({*zip(cells.column, cells.row, strict=True)}) == len(cells)
    assert all(shape.buffer(1e-8).covers(part) for part in parts)


@settings(max_examples=40)
@given(radii=RADII, cut_m=st.floats(-200, 200))
def test_two_counties_that_touch_never_list_a_square_twice(radii, cut_m):
    shape = star(radii)
    west_box = county((-2000, -2000), (cut_m, -2000), (cut_m, 2000), (-2000, 2000))
    west = cells_inside(shapely.intersection(shape, west_box), FRAME)
    east = cells_inside(shapely.difference(shape, west_box), FRAME)
    squares = [*zip(west.column, west.row, strict=True), *zip(east.column, east.row, strict=True)]
    both = cells_inside(shape, FRAME)
    assert len(set(squares)) == len(squares)
    assert set(squares) == set(zip(both.column, both.row, strict=True))


def test_a_county_without_a_centre_has_no_cells_and_no_error():
    assert len(cells_inside(county((1, 1), (9, 1), (9, 9), (1, 9)), FRAME)) == 0
