"""The flat frame: there and back, and true areas."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.engines.frame import Frame

XIAMEN = Frame(118.12, 24.48)
NEAR = st.tuples(st.floats(117.3, 119.9), st.floats(23.5, 26.5))


@given(points=st.lists(NEAR, min_size=1, max_size=20))
def test_degrees_come_back_from_metres(points):
    start = np.array(points)
    assert np.abs(XIAMEN.to_degrees(XIAMEN.to_metres(start)) - start).max() < 1e-10


def test_the_centre_is_the_origin():
    assert XIAMEN.to_metres(np.array([[118.12, 24.48]]))[0] == pytest.approx([0, 0], abs=1e-9)


def test_a_minute_of_latitude_has_its_geodetic_length():
    metres = XIAMEN.to_metres(np.array([[118.12, 24.48], [118.12, 24.48 + 1 / 60]]))
    assert metres[1, 1] - metres[0, 1] == pytest.approx(1846.2, abs=0.2)
