"""Comparing units: intervals that behave, a mix of classes taken out, ranks that say how sure they are."""

from __future__ import annotations

import numpy as np
import pytest

from gridloop.cases.evaluation.rules.standing import curve, expected, standings, wilson


def test_the_interval_of_a_share_is_wilsons() -> None:
    low, high = wilson(81, 263)  # Newcombe 1998, table I: 0.2553 to 0.3662
    assert (low, high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)


def test_hard_work_is_not_held_against_a_unit() -> None:
    trials = np.array([[100, 0], [0, 100], [50, 50]])
    done = np.array([[95, 0], [0, 60], [45, 25]])
    easy, hard, mixed = standings(trials, done)
    assert (easy.raw_rank, hard.raw_rank) == (1, 3)
    assert expected(trials, done) == pytest.approx([100 * 140 / 150, 100 * 85 / 150, 75])
    assert easy.corrected == pytest.approx(95 / (100 * 140 / 150) * 225 / 300, abs=1e-5)
    assert hard.corrected > easy.corrected > mixed.corrected
    assert hard.rank == 1


def test_a_small_unit_stands_between_wide_ranks() -> None:
    trials = np.array([[5], [1000], [1000], [1000]])
    done = np.array([[5], [980], [900], [800]])
    small, *large = standings(trials, done)
    assert small.rank == 1
    assert small.rank_worst - small.rank_best >= 2
    assert [(one.rank_best, one.rank_worst) for one in large[1:]] != [(1, 4), (1, 4)]
    assert standings(trials, done)[0] == small  # drawn from a fixed seed


def test_low_is_good_turns_the_ranks_round() -> None:
    trials, done = np.array([[100], [100]]), np.array([[1], [30]])
    assert [one.rank for one in standings(trials, done, high_is_good=False)] == [1, 2]


def test_who_works_alone_in_a_class_has_no_peers() -> None:
    alone, one, other = standings(np.array([[100, 0], [0, 50], [0, 50]]), np.array([[60, 0], [0, 40], [0, 30]]))
    assert (alone.peers, one.peers, other.peers) == (0.0, 0.5, 0.5)
    assert (alone.rank, alone.rank_best, alone.rank_worst, alone.raw_rank) == (None, None, None, 2)
    assert [(unit.rank, unit.raw_rank) for unit in (one, other)] == [(1, 1), (2, 2)]
    assert (one.rank_best, other.rank_worst) == (1, 2)
    assert [unit.rank for unit in standings(np.array([[9, 0], [0, 9]]), np.array([[5, 0], [0, 9]]))] == [None, None]


def test_a_curve_cumulates() -> None:
    assert curve([1, 2, 1], 8) == [0.125, 0.375, 0.5]
    assert curve([0], 0) == [0.0]
