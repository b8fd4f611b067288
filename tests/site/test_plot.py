"""The made-up life of a case: it always comes to an end, and follows the loop."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from gridloop.cases.rules.loop import LOOP
from gridloop.cases.rules.states import CLOSED_TYPE, State
from gridloop.site.drive import plot


def followed(one: plot.Plot, limit: int = 60) -> tuple[State, Counter[str]]:
    """Walk a plot through the loop as data, without a city."""
    state, done, before = State.REPORTED, Counter[str](), State.REPORTED
    for _ in range(limit):
        verb = plot.next_verb(one, state, done)
        if verb is None:
            return state, done
        step = LOOP[state, verb]
        done[verb] += 1
        turn = next((t for t in step.turns if t.when == "second_return_goes_to_arbiter" and done["return"] > 1), None)
        to = turn.to if turn else step.to
        state, before = to or before, state
    raise AssertionError(f"no end in {limit} steps: {done}")


@pytest.mark.parametrize("source", ["citizen", "collector"])
def test_every_plot_comes_to_an_end_by_steps_of_the_loop(source: str) -> None:
    rng = Random(7)
    for _ in range(2000):
        state, _ = followed(plot.draw(rng, source))
        assert state in CLOSED_TYPE


def test_a_returned_case_goes_to_the_arbiter_the_second_time() -> None:
    _, done = followed(plot.Plot(returns=2))
    assert done["return"] == 2
    assert done["rule"] == 1


def test_a_disputed_case_is_worked_on_again() -> None:
    _, done = followed(plot.Plot(dispute=True))
    assert done["finish"] == 2
    assert done["close"] == 2


def test_only_residents_rate_and_dispute() -> None:
    rng = Random(3)
    plots = [plot.draw(rng, "collector") for _ in range(500)]
    assert not any(one.dispute or one.rating for one in plots)


def test_about_nine_in_ten_are_on_time() -> None:
    rng = Random(5)
    paces = [plot.draw(rng, "citizen").pace for _ in range(4000)]
    assert 0.91 < sum(pace <= 1 for pace in paces) / len(paces) < 0.95
