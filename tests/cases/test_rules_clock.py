"""Deadlines by the Chinese working calendar: holidays, make-up days, pauses, units of time; against a slow clock that counts minutes."""

from __future__ import annotations

import datetime as dt
import sys

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.cases.rules.clock import Clock
from gridloop.kernel.clock import CITY_ZONE

SPECIAL = dict.fromkeys(chinese_calendar.holidays, False) | dict.fromkeys(chinese_calendar.workdays, True)
KNOWN = frozenset(range(2004, 2027))
CALENDAR = WorkCalendar("cn", SPECIAL, KNOWN)
CLOCK = Clock(CALENDAR, WorkHours(), dt.date(2004, 1, 1), dt.date(2034, 12, 31))


def city(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


DUES = [
    # natural hours run through nights and holidays
    ("2026-10-01 23:00", 2, "natural_hour", "2026-10-02 01:00"),
    # working hours: lunch, evening, weekend
    ("2026-11-23 11:00", 2, "working_hour", "2026-11-23 15:00"),
    ("2026-11-20 17:00", 2, "working_hour", "2026-11-23 09:30"),
    ("2026-11-23 08:30", 3.5, "working_hour", "2026-11-23 12:00"),
    ("2026-11-23 03:00", 7.5, "working_hour", "2026-11-23 18:00"),
    # National Day 2026: 1 to 7 October off; Saturday 10 October is worked
    ("2026-09-30 17:00", 2, "working_hour", "2026-10-08 09:30"),
    ("2026-09-30 10:00", 1, "working_day", "2026-10-08 18:00"),
    ("2026-10-09 10:00", 1, "working_day", "2026-10-10 18:00"),
    ("2026-10-09 10:00", 2, "working_day", "2026-10-12 18:00"),
    # Spring Festival 2026: 15 to 23 February off; Saturday 14 and Saturday 28 February are worked
    ("2026-02-13 10:00", 1, "working_day", "2026-02-14 18:00"),
    ("2026-02-13 10:00", 2, "working_day", "2026-02-24 18:00"),
    ("2026-02-27 17:30", 1, "working_hour", "2026-02-28 09:00"),
    # the day on which it starts does not count, a holiday neither
    ("2026-10-03 12:00", 1, "working_day", "2026-10-08 18:00"),
    ("2026-11-23 00:00", 1, "working_day", "2026-11-24 18:00"),
    # fractions: the share of the working time of the next working day
    ("2026-11-23 10:00", 0.5, "working_day", "2026-11-24 14:15"),
    ("2026-11-23 10:00", 1.5, "working_day", "2026-11-25 14:15"),
]


@pytest.mark.parametrize(("start", "value", "unit", "end"), DUES)
def test_a_limit_ends_where_the_calendar_says(start, value, unit, end):
    due = CLOCK.due(city(start), value, unit)
    assert due.at == city(end)
    assert not due.guessed


def test_beyond_the_published_calendar_the_deadline_says_that_it_is_guessed():
    assert CLOCK.due(city("2026-12-31 10:00"), 1, "working_day").guessed
    assert CLOCK.due(city("2027-01-04 09:00"), 1, "working_hour").guessed
    assert not CLOCK.due(city("2026-12-31 23:00"), 5, "natural_hour").guessed
    assert not CLOCK.due(city("2026-12-30 10:00"), 1, "working_day").guessed


PAUSES = [
    ("2026-11-23 16:00", "natural_hour", "2026-11-23 11:00", "2026-11-23 13:00", "2026-11-23 18:00"),
    ("2026-11-23 16:00", "working_hour", "2026-11-23 11:00", "2026-11-23 15:00", "2026-11-23 18:00"),
    ("2026-11-24 18:00", "working_day", "2026-11-23 17:00", "2026-11-24 09:30", "2026-11-25 10:30"),
    ("2026-11-23 16:00", "working_hour", "2026-11-21 11:00", "2026-11-22 15:00", "2026-11-23 16:00"),
]


@pytest.mark.parametrize(("due", "unit", "start", "end", "later"), PAUSES)
def test_a_clock_that_stood_still_moves_the_deadline_by_its_own_kind_of_time(due, unit, start, end, later):
    assert CLOCK.later(city(due), paused_from=city(start), until=city(end), unit=unit).at == city(later)


def slow_working_minutes(start: dt.datetime, minutes: int) -> dt.datetime:
    """Minute by minute, as a person would count on the wall calendar."""
    at = start
    while minutes > 0:
        local = at.astimezone(CITY_ZONE)
        works = SPECIAL.get(local.date(), local.weekday() < 5)
        morning, afternoon = dt.time(8, 30) <= local.time() < dt.time(12), dt.time(14) <= local.time() < dt.time(18)
        minutes -= works and (morning or afternoon)
        at += dt.timedelta(minutes=1)
    return at


MINUTES = st.integers(min_value=0, max_value=365 * 24 * 60 - 1).map(
    lambda n: city("2026-01-01 00:00") + dt.timedelta(minutes=n)
)


@settings(max_examples=60, deadline=None)
@given(start=MINUTES, minutes=st.integers(min_value=1, max_value=600))
def test_the_fast_clock_agrees_with_counting_minutes(start, minutes):
    assert CLOCK.due(start, minutes / 60, "working_hour").at == slow_working_minutes(start, minutes)


@given(start=MINUTES, hours=st.floats(min_value=0.1, max_value=80))
def test_the_time_between_start_and_due_is_the_limit(start, hours):
    due = CLOCK.due(start, hours, "working_hour").at
    assert CLOCK.working_s(start, due) == pytest.approx(hours * 3600, abs=0.01)


@given(
    start=MINUTES,
    more=st.integers(min_value=0, max_value=40),
    unit=st.sampled_from(["natural_hour", "working_hour", "working_day"]),
)
def test_a_longer_limit_never_ends_earlier(start, more, unit):
    assert CLOCK.due(start, 1, unit).at <= CLOCK.due(start, 1 + more, unit).at


@given(due=MINUTES, start=MINUTES, first=st.integers(0, 5000), second=st.integers(0, 5000))
def test_two_pauses_one_after_the_other_count_like_one(due, start, first, second):
    middle, end = start + dt.timedelta(minutes=first), start + dt.timedelta(minutes=first + second)
    once = CLOCK.later(due, paused_from=start, until=end, unit="working_hour").at
    half = CLOCK.later(due, paused_from=start, until=middle, unit="working_hour").at
    assert CLOCK.later(half, paused_from=middle, until=end, unit="working_hour").at == once


@pytest.mark.parametrize("days", [3, 30, 300])
def test_a_deadline_costs_the_same_however_far_it_lies(days: int) -> None:
    """Counted in calls, because a busy machine has no dependable time."""
    CLOCK.due(city("2026-01-05 17:00"), days, "working_day")  # what is kept is made once
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        CLOCK.due(city("2026-01-05 17:00"), days, "working_day")
    finally:
        sys.setprofile(None)
    assert calls <= 60
