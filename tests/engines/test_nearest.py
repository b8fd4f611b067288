"""The nearest point: the same answer as measuring every distance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.engines.nearest import NONE, NearestIndex

POINT = st.tuples(st.floats(-500, 500), st.floats(-500, 500))


@settings(max_examples=200)
@given(
    points=st.lists(POINT, max_size=40),
    asked=st.lists(st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)), min_size=1, max_size=15),
    within_m=st.sampled_from([5.0, 50.0, 400.0]),
)
def test_the_answer_is_the_one_of_measuring_every_distance(points, asked, within_m):
    points_m, asked_m = np.array(points).reshape(-1, 2), np.array(asked)
    rows, distances_m = NearestIndex(points_m, within_m=within_m).nearest(asked_m)
    for row, distance_m, place in zip(rows, distances_m, asked_m, strict=True):
        all_m = np.hypot(*(points_m - place).T) if len(points_m) else np.array([np.inf])
        if all_m.min() <= within_m:
            assert row == int(np.argmin(all_m))
            assert distance_m == pytest.approx(all_m.min())
        else:
            assert row == NONE
            assert distance_m == np.inf


def test_a_point_beyond_the_reach_is_not_an_answer():
    rows, _ = NearestIndex(np.array([[0.0, 0.0]]), within_m=50).nearest(np.array([[50.0, 0.0], [50.1, 0.0]]))
    assert rows.tolist() == [0, NONE]


def test_a_reach_of_nothing_is_refused_in_words():
    with pytest.raises(ValueError, match="positive number of metres"):
        NearestIndex(np.zeros((1, 2)), within_m=0)
