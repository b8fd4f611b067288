"""Groups of points: heaviest links first, never wider than allowed, the same whatever the order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridloop.engines.groups import grouped, near_pairs

WITHIN_M = 100.0
points = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=25, unique=True).map(
    lambda rows: np.array(rows, dtype=np.float64).reshape(-1, 2)
)


def by_nearness(spots: np.ndarray, most: int = 25) -> np.ndarray:
    pairs, apart_m = near_pairs(spots, within_m=WITHIN_M, most=most)
    return grouped(spots, pairs, -apart_m, within_m=WITHIN_M)


@given(points)
def test_no_two_of_a_group_lie_further_apart_than_allowed(spots: np.ndarray):
    label = by_nearness(spots)
    for name in np.unique(label):
        of = spots[label == name]
        assert np.hypot(*np.moveaxis(of[:, None] - of[None], -1, 0)).max() <= WITHIN_M


@given(points)
def test_pairs_are_all_those_that_are_near(spots: np.ndarray):
    pairs, apart_m = near_pairs(spots, within_m=WITHIN_M, most=len(spots) or 1)
    wanted = [
        (a, b)
        for a in range(len(spots))
        for b in range(a + 1, len(spots))
        if np.hypot(*(spots[a] - spots[b])) <= WITHIN_M
    ]
    assert [tuple(pair) for pair in pairs.tolist()] == wanted
    assert (apart_m <= WITHIN_M).all()


@given(points)
def test_every_point_has_a_label_that_is_the_lowest_row_of_its_group(spots: np.ndarray):
    label = by_nearness(spots)
    for name in np.unique(label):
        assert np.flatnonzero(label == name)[0] == name


def test_many_reports_of_one_spot_are_one_group_though_each_is_compared_with_a_few():
    spots = np.zeros((600, 2))
    assert np.unique(by_nearness(spots, most=10)).tolist() == [0]


def test_a_chain_is_cut_where_it_would_become_too_wide():
    spots = np.array([(0.0, 0.0), (60.0, 0.0), (130.0, 0.0)])
    assert by_nearness(spots).tolist() == [0, 0, 2]


def test_of_two_links_the_heavier_one_decides():
    spots = np.array([(0.0, 0.0), (60.0, 0.0), (120.0, 0.0)])
    pairs = np.array([(0, 1), (1, 2)])
    assert grouped(spots, pairs, np.array([0.6, 0.9]), within_m=WITHIN_M).tolist() == [0, 1, 1]


def test_nothing_is_in_no_group():
    none = np.empty((0, 2))
    pairs, apart_m = near_pairs(none, within_m=WITHIN_M, most=5)
    assert (len(pairs), len(apart_m), len(grouped(none, pairs, apart_m, within_m=WITHIN_M))) == (0, 0, 0)
