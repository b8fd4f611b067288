"""What is said of how long it takes, and when nothing is."""

from __future__ import annotations

import datetime as dt

from gridloop.cases.expectation.rules import DAYS, LEAST_DONE, NEWEST, Life, cohort, expected

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def a_life(case_id: int, took_h: float | None, *, age_h: float = 500, counts: bool = True) -> Life:
    opened = NOW - HOUR * age_h
    return Life(case_id, "350203001", opened, None if took_h is None else opened + HOUR * took_h, counts)


def test_of_twenty_done_cases_half_and_nine_tenths_are_told_in_natural_time() -> None:
    found = expected([a_life(n, n) for n in range(1, 21)], NOW)
    assert found is not None
    assert (found.done, found.waiting, found.duration_s_p50, found.duration_s_p90) == (20, 0, 10 * 3600, 18 * 3600)


def test_under_twenty_done_cases_nothing_is_said() -> None:
    few = [a_life(n, 5) for n in range(LEAST_DONE - 1)]
    assert expected(few, NOW) is None
    assert expected([*few, a_life(99, None)], NOW) is None, "a case that waits is not a done one"
    assert expected([*few, a_life(99, 5)], NOW) is not None


def test_cases_that_still_wait_make_it_longer_and_not_shorter() -> None:
    done = [a_life(n, n) for n in range(1, 21)]
    old, young = ([a_life(100 + n, None, age_h=age) for n in range(10)] for age in (400, 0.5))
    by_old, by_young = expected([*done, *old], NOW), expected([*done, *young], NOW)
    assert by_old is not None
    assert by_young is not None
    assert by_old.duration_s_p50 == 15 * 3600, "ten of thirty are older than all that was done"
    assert by_old.duration_s_p90 is None, "more than a tenth still waits: nobody knows"
    assert by_young.duration_s_p50 == 10 * 3600, "who waits for half an hour says nothing yet"
    assert (by_young.done, by_young.waiting) == (20, 10)


def test_where_most_still_wait_nothing_is_said_at_all() -> None:
    assert expected([a_life(n, 1) for n in range(20)] + [a_life(100 + n, None) for n in range(30)], NOW) is None


def test_only_cases_of_the_last_ninety_days_that_went_the_way_of_a_report_count() -> None:
    old = a_life(1, 5, age_h=DAYS * 24 + 1)
    refused = a_life(2, 5, counts=False)
    fine = a_life(3, 5, age_h=DAYS * 24 - 1)
    assert cohort([fine, refused, old], [], NOW) == [fine]


def test_where_a_list_is_cut_off_older_cases_of_the_other_list_do_not_count() -> None:
    closed = [a_life(10_000 - n, 1) for n in range(NEWEST)]
    slow, young = a_life(50, None), a_life(9_900, None)
    assert cohort(closed, [young, slow], NOW) == [*closed, young]
    assert cohort(closed[:-1], [young, slow], NOW) == [*closed[:-1], young, slow]
