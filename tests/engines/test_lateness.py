"""The engine of the late-forecast: it finds weights that made the rows, its marks are right, its counts look at the past only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.engines.lateness import Chances, Tally, ahead_by_due, brier, learnt, log_odds, reliability


def some_rows(rows: int = 8000, seed: int = 7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, who was late, and the probability that decided it."""
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(rows, 3)) * [1.0, 5.0, 0.2] + [0.0, 40.0, 1.0]
    odds = -1.5 + 0.9 * features[:, 0] - 0.3 * (features[:, 1] - 40)
    truth = 1 / (1 + np.exp(-odds))
    return features, chance.random(rows) < truth, truth


def test_the_weights_that_made_the_rows_are_found_again() -> None:
    features, late, truth = some_rows()
    found = learnt(features, late, apart=np.arange(len(late)) % 5 == 0)
    weights = found.slope * found.weights / found.scale
    assert weights == pytest.approx([0.9, -0.3, 0.0], abs=0.12)
    assert np.abs(found.probabilities(features) - truth).mean() < 0.02


def test_a_model_that_knows_beats_one_that_says_the_mean() -> None:
    features, late, _ = some_rows()
    half = np.arange(len(late)) < len(late) // 2
    found = learnt(features[half], late[half], apart=np.zeros(half.sum(), bool))
    said = found.probabilities(features[~half])
    assert brier(said, late[~half]) < 0.8 * brier(np.full(len(said), late[half].mean()), late[~half])


def test_the_honest_line_takes_overconfidence_back() -> None:
    features, late, truth = some_rows()
    apart = np.arange(len(late)) % 2 == 0
    boasted = late.copy()
    boasted[~apart] = truth[~apart] > 0.5  # what it learns from is surer than what happens
    found = learnt(features, boasted, apart=apart)
    assert found.slope < 0.5
    assert brier(found.probabilities(features), late) < 0.2


def test_rows_that_are_all_alike_give_their_share() -> None:
    late = np.array([True, False, False, False] * 50)
    found = learnt(np.ones((200, 2)), late, apart=np.zeros(200, bool))
    assert found.probabilities(np.ones((1, 2)))[0] == pytest.approx(0.25, abs=1e-3)


def test_without_rows_there_is_nothing_to_learn() -> None:
    with pytest.raises(ValueError, match="no rows"):
        learnt(np.ones((3, 1)), np.ones(3, bool), apart=np.ones(3, bool))


def test_contributions_add_up_to_the_log_odds() -> None:
    features, late, _ = some_rows(500)
    found = learnt(features, late, apart=np.arange(500) % 4 == 0)
    level = found.offset + found.slope * found.intercept
    assert level + found.contributions(features).sum(axis=1) == pytest.approx(log_odds(found.probabilities(features)))


def test_what_is_written_is_read_again() -> None:
    features, late, _ = some_rows(500)
    found = learnt(features, late, apart=np.arange(500) % 4 == 0)
    assert Chances.read(found.written()).probabilities(features) == pytest.approx(found.probabilities(features))
    with pytest.raises(ValueError, match="differ in length"):
        Chances.read(found.written() | {"scale": [1.0]})


def test_brier_and_reliability_are_counted_as_they_are_defined() -> None:
    said = np.array([0.05, 0.15, 0.15, 0.95, 1.0])
    late = np.array([False, True, False, True, True])
    assert brier(said, late) == pytest.approx((0.05**2 + 0.85**2 + 0.15**2 + 0.05**2) / 5)
    lines = reliability(said, late)
    assert [(one.from_share, one.rows, one.late) for one in lines] == [(0.0, 1, 0.0), (0.1, 2, 0.5), (0.9, 2, 1.0)]
    assert lines[2].said == pytest.approx(0.975)
    assert np.isnan(brier(np.zeros(0), np.zeros(0, bool)))


events = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50)), max_size=30)


@given(events, events)
def test_a_tally_counts_what_came_until_then(came, asked) -> None:
    groups, at = (np.array([one[n] for one in came]) for n in (0, 1))
    tally = Tally(groups.astype(np.int64), at.astype(np.float64))
    wanted, moment = (np.array([one[n] for one in asked]) for n in (0, 1))
    found = tally.until(wanted.astype(np.int64), moment.astype(np.float64))
    assert found.tolist() == [sum(g == group and t <= m for g, t in came) for group, m in asked]
    last = tally.between(wanted.astype(np.int64), moment.astype(np.float64), 10)
    assert last.tolist() == [sum(g == group and m - 10 < t <= m for g, t in came) for group, m in asked]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 15), st.integers(0, 30)), max_size=25),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 40), st.integers(0, 30)), max_size=10),
)
def test_those_ahead_are_the_ones_that_stood_there_with_an_earlier_due_time(stays, asked) -> None:
    groups, starts, lengths, dues = (np.array([one[n] for one in stays], dtype=np.float64) for n in range(4))
    ends = np.where(lengths > 12, np.inf, starts + lengths)
    wanted, moments, limits = (np.array([one[n] for one in asked], dtype=np.float64) for n in range(3))
    found = ahead_by_due((groups.astype(np.int64), starts, ends, dues), (wanted.astype(np.int64), moments, limits))
    expected = [
        sum(
            g == group and start <= moment < end and due < limit
            for g, start, end, due in zip(groups, starts, ends, dues, strict=True)
        )
        for group, moment, limit in asked
    ]
    assert found.tolist() == expected
