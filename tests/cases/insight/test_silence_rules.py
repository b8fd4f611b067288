"""When few reports are too few: the arithmetic on simulated cities, without a database."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gridloop.cases.insight.rules import patches, silence
from gridloop.cases.insight.rules.silence import FALSE_SHARE, Windows

WEEK = np.array([1.2, 1.1, 1.0, 1.0, 1.0, 0.8, 0.9])
RUNS = 120


def a_city(rng: np.random.Generator, windows: Windows, *, series: int, mean: float, spread: float) -> np.ndarray:
    """Daily counts without any silence: `mean` reports a week, weekly rates that vary with variance `spread`."""
    weeks = math.ceil(windows.total / 7)
    rate = np.repeat(rng.gamma(1 / spread, spread, (series, weeks)), 7, axis=1)[:, : windows.total] if spread else 1.0
    return rng.poisson(mean / 7 * WEEK[np.arange(windows.total) % 7] * rate * np.ones((series, 1)))


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.2])
@pytest.mark.parametrize(("series", "mean"), [(4, 30), (60, 8), (60, 150)])
def test_without_silences_hardly_a_run_has_an_alarm(series, mean, spread) -> None:
    """With nothing to find every alarm is false, so the promise is that at most `FALSE_SHARE` of the runs have any."""
    rng, windows = np.random.default_rng(series + mean), Windows(7)
    alarmed = 0
    for _ in range(RUNS):
        counts = a_city(rng, windows, series=series, mean=mean, spread=spread)
        alarmed += bool(silence.judged(counts, windows, counts.sum(axis=0)).alarm.any())
    sure = 2.6 * math.sqrt(FALSE_SHARE * (1 - FALSE_SHARE) / RUNS)  # 99.5 % of what chance adds to the promise
    assert alarmed / RUNS <= FALSE_SHARE + sure


@pytest.mark.parametrize("days", [3, 7, 14])
def test_planted_silences_are_found_and_little_else(days) -> None:
    rng, windows = np.random.default_rng(days), Windows(days)
    found = false = 0
    for _ in range(40):
        counts = a_city(rng, windows, series=80, mean=60, spread=0.05)
        counts[:4, -days:] = rng.poisson(0.3, (4, days))
        alarm = silence.judged(counts, windows, counts.sum(axis=0)).alarm
        found, false = found + int(alarm[:4].sum()), false + int(alarm[4:].sum())
    assert found >= 0.95 * 160
    assert false <= FALSE_SHARE * (found + false)


def test_a_holiday_of_the_whole_city_is_one_alarm_and_not_one_for_each_place() -> None:
    rng, windows = np.random.default_rng(5), Windows(7)
    counts = a_city(rng, windows, series=50, mean=60, spread=0.0)
    counts[:, -7:] //= 4
    city = counts.sum(axis=0)
    alarm = silence.judged(np.vstack([city[None, :], counts]), windows, city).alarm
    assert alarm.tolist() == [True, *[False] * 50]


def test_a_livelier_city_does_not_make_a_usual_place_look_silent() -> None:
    rng, windows = np.random.default_rng(6), Windows(7)
    counts = a_city(rng, windows, series=50, mean=60, spread=0.0)
    counts[1:, -7:] *= 3
    judged = silence.judged(counts, windows, counts.sum(axis=0))
    assert judged.expected[0] == judged.usual[0]
    assert not judged.alarm.any()


def test_what_hardly_ever_reports_is_not_tested() -> None:
    windows = Windows(7)
    counts = np.zeros((2, windows.total), np.int64)
    counts[0, ::14] = 1
    counts[1, :-7] = 2
    judged = silence.judged(counts, windows)
    assert judged.tested.tolist() == [False, True]
    assert judged.q[0] == 1
    assert judged.alarm.tolist() == [False, True]


def test_a_short_history_judges_nothing() -> None:
    windows = Windows(7)
    counts = np.zeros((1, windows.total), np.int64)
    counts[0, -28:-7] = 9
    known = windows.known_from(int(np.flatnonzero(counts[0])[0]))
    assert known.blocks == 3
    assert not silence.judged(counts, known).alarm.any()
    assert silence.judged(counts, Windows(7, 4)).tested.all()


def test_the_same_days_of_the_week_are_compared() -> None:
    windows = Windows(2)
    counts = np.zeros((1, windows.total), np.int64)
    days = np.arange(windows.total)
    counts[0, days % 7 == (windows.total - 3) % 7] = 50  # never on the two days of the week that the window holds
    assert windows.usual(counts)[0] == 0
    counts[0, days % 7 == (windows.total - 1) % 7] = 6
    assert windows.usual(counts)[0] == 6


@pytest.mark.parametrize(("observed", "mean"), [(0, 5.0), (2, 7.5), (30, 60.0), (900, 1000.0)])
def test_the_lower_tail_is_that_of_a_poisson_without_more_spread(observed, mean) -> None:
    exact = sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(observed + 1))
    assert silence.lower_tail(observed, mean, mean) == pytest.approx(exact, rel=1e-9)


def test_the_lower_tail_is_that_of_a_negative_binomial_with_more_spread() -> None:
    size, share = 4.0, 0.25  # mean 12, variance 48
    exact = sum(math.comb(k + 3, 3) * share**4 * (1 - share) ** k for k in range(4))
    assert silence.lower_tail(3, size * (1 - share) / share, size * (1 - share) / share**2) == pytest.approx(exact)


def test_as_many_as_expected_is_never_silence() -> None:
    assert silence.lower_tail(5, 5.0, 9.0) == 1.0


def test_the_false_shares_are_those_of_benjamini_and_hochberg() -> None:
    p = np.array([0.01, 0.04, 0.03, 0.005, 0.5])
    assert silence.false_shares(p).tolist() == pytest.approx([0.025, 0.05, 0.05, 0.025, 0.5])


def test_the_spread_is_drawn_towards_what_all_have() -> None:
    rng = np.random.default_rng(9)
    history = rng.poisson(rng.gamma(5, 20, (400, 8)))  # mean 100, a = 0.2
    assert silence.spread(history).mean() == pytest.approx(0.2, rel=0.2)
    steady = rng.poisson(100, (400, 8))
    assert silence.spread(steady).max() < 0.06
    assert silence.spread(steady).min() >= silence.SPREAD_FLOOR


@pytest.mark.parametrize("ago", [7, 5, 12])
def test_the_day_since_when_it_is_quiet(ago) -> None:
    windows = Windows(7)
    counts = np.full(windows.total, 4, np.int64)
    counts[-ago:] = 0
    assert silence.quiet_since(counts, windows) == windows.total - ago


def many(windows: Windows, weekly: int) -> np.ndarray:
    counts = np.zeros(windows.total, np.int64)
    counts[::7] = weekly
    return counts


def test_each_report_counts_in_exactly_one_place() -> None:
    windows = Windows(7)
    made = {
        "350203001001001": many(windows, 9),  # enough for a cell
        "350203001001002": many(windows, 3),
        "350203001001003": many(windows, 3),  # together the rest of the village
        "350203001002001": many(windows, 2),  # with the village below: the township
        "350203001002": many(windows, 4),
        "350206": many(windows, 1),  # too few for anything
        "": many(windows, 50),  # no place at all
    }
    found, left = patches.cut(made, windows, "finest")
    told = {one.code: (int(one.counts[::7][0]), one.rest) for one in found}
    assert told == {"350203001001001": (9, False), "350203001001": (6, True), "350203001002": (6, False)}
    assert [(one.code, int(one.counts[0])) for one in left] == [("350206", 1)]


@pytest.mark.parametrize(
    ("level", "codes"), [("cell", ["350203001001001"]), ("village", ["350203001001"]), ("township", ["350203001"])]
)
def test_one_level_alone(level, codes) -> None:
    windows = Windows(7)
    made = {"350203001001001": many(windows, 9), "350203001001002": many(windows, 3), "350203002": many(windows, 2)}
    found, left = patches.cut(made, windows, level)
    assert [one.code for one in found] == codes
    assert all(len(one.code) == len(codes[0]) for one in left)
    assert not any(one.rest for one in found)


def test_only_known_blocks_are_averaged() -> None:
    windows = Windows(7)
    counts = np.zeros((1, windows.total), np.int64)
    counts[0, -7 * 6 :] = 2
    known = windows.known_from(windows.total - 7 * 6)
    assert known.blocks == 5
    assert known.usual(counts)[0] == 14
