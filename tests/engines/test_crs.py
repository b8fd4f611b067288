"""Coordinate systems: there and back, and against positions published in both."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.engines import crs

PAIRS = [(crs.wgs84_to_gcj02, crs.gcj02_to_wgs84), (crs.gcj02_to_bd09, crs.bd09_to_gcj02)]
PAIRS.append((crs.wgs84_to_bd09, crs.bd09_to_wgs84))
IN_CHINA = st.tuples(st.floats(73.5, 135.0), st.floats(3.0, 53.5))


@pytest.mark.parametrize(("there", "back"), PAIRS, ids=["gcj02", "bd09-gcj02", "bd09"])
@given(points=st.lists(IN_CHINA, min_size=1, max_size=20))
def test_every_point_in_china_comes_back_to_where_it_was(there, back, points):
    start = np.array(points)
    assert np.abs(back(there(start)) - start).max() < 1e-9


@given(point=st.tuples(st.floats(-180, 60), st.floats(-85, 85)))
def test_points_outside_china_are_left_alone(point):
    start = np.array([point])
    assert np.array_equal(crs.wgs84_to_gcj02(start), start)
    assert np.array_equal(crs.gcj02_to_wgs84(start), start)


def test_the_shift_in_xiamen_is_the_known_one():
    # 岩内 station of line 1, published in GCJ-02 and converted independently.
    moved = crs.gcj02_to_wgs84(np.array([[118.070252, 24.643122]]))
    assert moved[0] == pytest.approx([118.065276, 24.645805], abs=2e-6)


def test_baidu_adds_its_own_offset():
    moved = crs.gcj02_to_bd09(np.array([[116.404, 39.915]]))
    assert moved[0] == pytest.approx([116.41036949, 39.92133699], abs=1e-6)


def test_no_points_give_no_points():
    assert crs.gcj02_to_wgs84(np.empty((0, 2))).shape == (0, 2)


def test_an_array_of_another_shape_is_refused_in_words():
    with pytest.raises(ValueError, match=r"\(n, 2\) lon/lat, this one has the shape \(3,\)"):
        crs.wgs84_to_gcj02(np.array([118.0, 24.0, 3.0]))
