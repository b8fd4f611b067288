"""When a digest is due, and the words of one: without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.cases.digest import rules
from gridloop.cases.digest.rules import Counts, Digest, Line, Named, Period
from gridloop.kernel.clock import CITY_ZONE
from gridloop.notices import rules as notices

MONDAY = dt.date(2026, 11, 23)
FIRST = dt.date(2026, 1, 1)
SITE = "https://city.example"
NOTHING = Digest(MONDAY, False, Counts(), Period(MONDAY, MONDAY))


def weekdays(day: dt.date) -> bool:
    return day.weekday() < 5


def a_line(**said: object) -> Line:
    given = {
        "number": "20261120-000007", "class_zh": "暴露垃圾", "class_en": "exposed rubbish", "place_zh": "筼筜街道", "place_en": "Yundang",
        "state_zh": "处置中", "state_en": "being handled", "left_min": -200,
    } | said  # fmt: skip
    return Line(**given)  # type: ignore[arg-type]


def test_a_daily_one_is_due_once_on_each_working_day() -> None:
    assert rules.is_due("daily", None, MONDAY, weekdays)
    assert rules.is_due("daily", MONDAY - dt.timedelta(days=3), MONDAY, weekdays)
    assert not rules.is_due("daily", MONDAY, MONDAY, weekdays)
    assert not rules.is_due("daily", None, MONDAY - dt.timedelta(days=1), weekdays)


def test_a_weekly_one_is_due_on_monday_or_the_first_working_day_after() -> None:
    friday = MONDAY - dt.timedelta(days=3)
    tuesday = MONDAY + dt.timedelta(days=1)
    assert rules.is_due("weekly", friday, MONDAY, weekdays)
    assert not rules.is_due("weekly", MONDAY, tuesday, weekdays)

    def monday_off(day: dt.date) -> bool:
        return weekdays(day) and day != MONDAY

    assert not rules.is_due("weekly", friday, MONDAY, monday_off)
    assert rules.is_due("weekly", friday, tuesday, monday_off)


def test_a_weekly_one_whose_monday_passed_while_nothing_ran_is_still_sent() -> None:
    assert rules.is_due("weekly", MONDAY - dt.timedelta(days=7), MONDAY + dt.timedelta(days=2), weekdays)


@given(st.sets(st.integers(0, 120)), st.sets(st.integers(0, 120)))
def test_whatever_days_are_off_and_whenever_the_job_is_down_nobody_gets_two_a_day_or_two_a_week(
    off: set[int], down: set[int]
) -> None:
    def works(day: dt.date) -> bool:
        return (day - FIRST).days not in off

    for how in ("daily", "weekly"):
        done, sent = None, []
        for at in range(120):
            today = FIRST + dt.timedelta(days=at)
            for _ in range(2):
                if at not in down and rules.is_due(how, done, today, works):
                    done = today
                    sent.append(today)
        assert len(sent) == len(set(sent))
        assert all(works(day) for day in sent)
        ran = [FIRST + dt.timedelta(days=at) for at in range(120) if at not in down and at not in off]
        if how == "daily":
            assert sent == ran
        else:
            weeks = [day.isocalendar()[:2] for day in sent]
            assert weeks == sorted({day.isocalendar()[:2] for day in ran})


@given(
    st.integers(0, 23),
    st.integers(0, 364 * 24).map(lambda hours: dt.datetime(2026, 1, 1, tzinfo=CITY_ZONE) + dt.timedelta(hours=hours)),
    st.one_of(st.none(), st.integers(0, 9)),
)
def test_who_switches_a_digest_on_gets_the_next_one_and_never_a_past_one(
    hour: int, moment: dt.datetime, before: int | None
) -> None:
    had = None if before is None else moment.date() - dt.timedelta(days=before)
    done = notices.first_digest_on(hour, moment, had)
    comes_today = rules.is_due("daily", done, moment.date(), lambda _: True)
    assert comes_today == (moment.hour < hour and had != moment.date())
    assert rules.is_due("daily", done, moment.date() + dt.timedelta(days=1), lambda _: True)


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (0, "0 分钟", "0 min"),
        (59, "59 分钟", "59 min"),
        (60, "1 小时", "1 h"),
        (200, "3 小时 20 分", "3 h 20 min"),
        (1440, "1 天", "1 d"),
        (1500, "1 天 1 小时", "1 d 1 h"),
    ],
)
def test_a_length_of_time_is_told_in_two_steps(minutes: int, zh: str, en: str) -> None:
    assert rules.span(minutes) == (zh, en)


@given(st.integers(-100_000, 100_000))
def test_late_and_left_are_never_mixed_up(minutes: int) -> None:
    zh, en = rules.left_words(minutes)
    assert zh.startswith("已超期") == en.startswith("late") == (minutes < 0)
    assert "-" not in zh + en


def test_the_period_is_yesterday_or_the_last_seven_days() -> None:
    assert rules.period_of(MONDAY, weekly=False) == (dt.date(2026, 11, 22), dt.date(2026, 11, 22))
    assert rules.period_of(MONDAY, weekly=True) == (dt.date(2026, 11, 16), dt.date(2026, 11, 22))


def test_nothing_to_tell_is_sent_once_a_week_only() -> None:
    assert NOTHING.is_empty
    assert not NOTHING.is_sent
    weekly = Digest(MONDAY, True, Counts(), Period(MONDAY, MONDAY))
    assert weekly.is_sent
    assert "nothing open" in rules.spoken(weekly, "")["head_en"]
    assert "Nothing is open" in rules.body(weekly, zh=False, site="")
    assert "没有未结案件" in rules.body(weekly, zh=True, site="")


@pytest.mark.parametrize(
    "told",
    [
        Digest(MONDAY, False, Counts(open=1), Period(MONDAY, MONDAY)),
        Digest(MONDAY, False, Counts(), Period(MONDAY, MONDAY, closed=1)),
        Digest(MONDAY, False, Counts(), Period(MONDAY, MONDAY), notices=(Named("urged", "催办", "urged", 1),)),
    ],
)
def test_one_open_case_one_close_or_one_notice_is_something_to_tell(told: Digest) -> None:
    assert told.is_sent


def test_the_letter_has_every_part_in_both_languages() -> None:
    told = Digest(
        MONDAY, False, Counts(12, 4, 2, 3, 1, 5), Period(MONDAY - dt.timedelta(days=1), MONDAY - dt.timedelta(days=1), 30, 25, 23),
        due=(a_line(),),
        waiting=(Named("returned", "已回退", "returned", 4),),
        waiting_cases=(a_line(), a_line(number="20261121-000009", left_min=125)),
        saveable=(a_line(number="20261121-000011", left_min=45, share=0.996),),
        notices=(Named("urged", "催办", "a push", 3),),
    )  # fmt: skip
    english, chinese = rules.body(told, zh=False, site=SITE), rules.body(told, zh=True, site=SITE)
    assert english.splitlines()[0].startswith(
        "Now: 12 open, 4 waiting for you, 2 unacknowledged, 3 due today, 1 late, 5"
    )
    assert "Yesterday (11-22): 30 reported, 25 closed, 23 of them on time" in english
    assert "20261120-000007 · exposed rubbish · Yundang · being handled · late by 3 h 20 min" in english
    assert "2 h 5 min left" in english
    assert "- returned × 4" in english
    assert "99 % likely to be late" in english
    assert "- a push × 3" in english
    assert f"{SITE}/console/case/20261120-000007" in english
    assert english.count("20261120-000007 ·") == 1  # who stands among the late ones is not told twice
    assert "已超期 3 小时 20 分" in chinese
    assert "超期可能 99%" in chinese
    assert english.count("/console/case/") == chinese.count("/console/case/") == 3
    assert rules.headline(told) == (
        "超期 1,今日到期 3,待办 4,未结 12",
        "1 late, 3 due today, 4 waiting for you, 12 open",
    )


def test_waiting_cases_that_all_stand_above_leave_their_figures() -> None:
    told = Digest(
        MONDAY, True, Counts(open=1, mine=1), Period(MONDAY, MONDAY), due=(a_line(),),
        waiting=(Named("handling", "处置中", "being handled", 1),), waiting_cases=(a_line(),),
    )  # fmt: skip
    assert "Waiting for you (by the limit of the step)\n- being handled × 1" in rules.body(told, zh=False, site="")
    assert "The last 7 days" in rules.body(told, zh=False, site="")


def test_without_a_public_address_links_are_paths() -> None:
    told = Digest(MONDAY, False, Counts(open=1), Period(MONDAY, MONDAY), due=(a_line(),))
    assert "  /console/case/20261120-000007" in rules.body(told, zh=True, site="")


def test_a_case_without_a_class_says_so() -> None:
    told = Digest(MONDAY, False, Counts(open=1), Period(MONDAY, MONDAY), due=(a_line(class_zh="", class_en=""),))
    assert "no class yet" in rules.body(told, zh=False, site="")
    assert "未定类别" in rules.body(told, zh=True, site="")


def test_kinds_are_called_by_their_title_without_the_case() -> None:
    assert notices.kind_words("{number} is late") == "is late"
    assert notices.kind_words("{number}: the reporter disagrees") == "the reporter disagrees"
    assert notices.kind_words("{number} went to {unit_en}") == "went to …"


def test_codes_escalation_and_the_digest_itself_are_never_held_back() -> None:
    assert {"phone_code", "overdue", "escalated", "digest"} <= notices.SINGLY
    assert "dispatched" not in notices.SINGLY
