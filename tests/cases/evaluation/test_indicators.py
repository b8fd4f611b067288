"""Each of the 24 by a morning whose cases can be counted by hand, and the standard's own table beside ours."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from gridloop.cases.evaluation.queries import figures, terms
from gridloop.cases.evaluation.rules.indicators import INDICATORS, TERMS, terms_of, value
from gridloop.cases.evaluation.rules.question import Question
from tests.builders import MONDAY
from tests.cases.evaluation.lives import LATER, a_morning

TABLE = Path(__file__).parents[3] / "data" / "standards" / "indicators.csv"
DAY = MONDAY.date()
BY_HAND = {
    # reported by the collector: reworked, self_handled, unfounded; the last one is not valid
    "report_valid_rate": (2, 3),
    # valid: all but unfounded and withdrawn; of these two came from the collector
    "public_report_rate": (9, 11),
    # verified after 30 minutes, unfounded after two hours; the limit is one hour
    "verify_ontime_rate": (1, 2),
    # checked: plain, late, badly_rated, reworked in time, delayed after two hours
    "check_ontime_rate": (4, 5),
    # no fixture among them
    "missed_rate": (0, 11),
    # registered: plain late badly_rated reworked returned delayed suspended verified refused open
    "filing_rate": (9, 10),
    # filed and never returned: all filed ones but `returned`
    "filing_accurate_rate": (8, 9),
    # `verified` waited an hour to be filed, the limit is a quarter of an hour
    "filing_ontime_rate": (8, 9),
    # `verified` was never dispatched
    "dispatch_rate": (8, 9),
    "dispatch_accurate_rate": (7, 8),
    # `open` waited an hour, `verified` for ever
    "dispatch_ontime_rate": (7, 9),
    # dispatched, and finished or past the limit: all eight but `suspended`, whose clock stands
    "handle_rate": (5, 7),
    "handle_ontime_rate": (4, 7),
    "overdue_rate": (1, 7),
    "not_handled_rate": (2, 7),
    # said to be done: plain late badly_rated reworked delayed self_handled
    "rework_rate": (1, 6),
    # returned, and the same unit has it again
    "return_rate": (1, 8),
    "delay_rate": (1, 7),
    "suspend_rate": (1, 9),
    # filed, without the suspended one
    "close_rate": (5, 8),
    "close_ontime_rate": (4, 8),
    # of the two valid reports of the collector
    "self_handle_rate": (1, 2),
    # five stars and two
    "satisfaction_rate": (1, 2),
    # nine filed in one cell and class
    "repeat_rate": (9, 9),
}


@pytest.fixture
def counted(crew) -> dict:
    a_morning(crew)
    found, _ = figures.indicators(Question(DAY, DAY), at=LATER)
    return found["rows"][0]["indicators"]


@pytest.mark.parametrize("indicator", [one.id for one in INDICATORS])
def test_the_indicator_counts_what_a_hand_counts(indicator: str, counted: dict) -> None:
    one = counted[indicator]
    numerator, denominator = BY_HAND[indicator]
    assert (one["numerator"], one["denominator"]) == (numerator, denominator)
    assert one["value"] == pytest.approx(numerator / denominator, abs=1e-5)


def test_the_table_of_the_standard_and_ours_are_the_same() -> None:
    with TABLE.open(encoding="utf-8") as file:
        rows = [(row["id"], row["name_zh"], row["scored_object"]) for row in csv.DictReader(file)]
    assert [(one.id, one.zh, one.scored) for one in INDICATORS] == rows


def test_every_condition_has_words_and_sql() -> None:
    used = {name for one in INDICATORS for part in ("numerator", "denominator") for name in terms_of(one, part)}
    assert used <= TERMS.keys()
    assert TERMS.keys() <= terms.SQL.keys()


def test_a_share_of_nothing_is_no_number() -> None:
    assert value(0, 0) is None
    assert value(1, 3) == 0.33333


def test_a_period_without_cases_says_why_there_is_no_number(crew) -> None:
    found, position = figures.indicators(Question(dt.date(2020, 1, 1), dt.date(2020, 1, 31)), at=LATER)
    one = found["rows"][0]["indicators"]["close_rate"]
    assert one["value"] is None
    assert "no case" in one["why"][1]
    assert position >= -1


def test_figures_of_a_person_are_those_of_their_own_part(crew) -> None:
    a_morning(crew)
    found, _ = figures.indicators(Question(DAY, DAY, by="person"), at=LATER)
    rows = {row["group"]: row["indicators"] for row in found["rows"]}
    checker = rows[f"checker:{crew.checker.person_id}"]
    assert (checker["check_ontime_rate"]["numerator"], checker["check_ontime_rate"]["denominator"]) == (4, 5)
    assert checker["close_rate"]["value"] is None
    collector = rows[f"verifier:{crew.collector.person_id}"]
    assert (collector["verify_ontime_rate"]["numerator"], collector["verify_ontime_rate"]["denominator"]) == (1, 2)


def test_a_case_of_another_day_is_another_days(crew) -> None:
    a_morning(crew)
    found, _ = figures.indicators(Question(DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=1)), at=LATER)
    assert found["rows"][0]["cases"] == 0


def test_the_clock_stands_still_by_unit_and_reason(crew) -> None:
    a_morning(crew)
    found, _ = figures.stopclock(Question(DAY, DAY, by="unit"), at=MONDAY + dt.timedelta(days=2))
    hours = {row["reason"]: (row["cases"], row["hours"]) for row in found["rows"]}
    assert hours["returned"] == (1, 0.03)  # two minutes
    assert hours["weather"][0] == 1
    assert 47 < hours["weather"][1] < 48  # from a little after the report to the moment of the question


def test_the_curve_ends_with_all_that_was_finished(crew) -> None:
    a_morning(crew)
    found, _ = figures.punctuality(Question(DAY, DAY), at=LATER)
    row = found["rows"][0]
    assert (row["due"], row["unfinished"]) == (7, 2)
    assert row["shares"][-1] == pytest.approx(5 / 7, abs=1e-5)
    assert row["shares"][19] == pytest.approx(4 / 7, abs=1e-5)  # the end of the limit
