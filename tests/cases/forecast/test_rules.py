"""The past as arrays, what was known when, the split by time: without a database, on histories that can be counted on the fingers."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import numpy as np
import pytest

from gridloop.cases.forecast.rules import training
from gridloop.cases.forecast.rules.features import (
    FEATURES,
    Asked,
    Records,
    kept_record,
    known_at,
    mixed,
    work_time,
)
from gridloop.cases.forecast.rules.past import Line, past_of
from gridloop.cases.forecast.rules.reasons import WORDS, in_words, reasons
from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.cases.rules.clock import Clock
from gridloop.engines.lateness import brier

FIRST, LAST = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
CLOCK = Clock(WorkCalendar("test", {}, frozenset({2026})), WorkHours(), FIRST, LAST)
WORK = work_time(CLOCK, FIRST, LAST)
START_S = dt.datetime(2026, 6, 1, 2, 0, tzinfo=dt.UTC).timestamp()  # a Monday, ten in the morning in the city
H = 3600.0
ABOUT = ("event:0102", "normal", "B", "natural_hour", "citizen", False)
NOW_S = START_S + 1000 * H


def lines(case_id: int, *told: tuple[float, str, str, int | None, float | None], about=ABOUT) -> list[Line]:
    """Lines of one case: hours after the start, verb, state, unit, hours after the start of the deadline."""
    return [
        Line(case_id, START_S + at * H, verb, state, unit, None if due is None else START_S + due * H, about)
        for at, verb, state, unit, due in told
    ]


def plain(case_id: int, start: float, finish: float, *, limit: float = 10, unit: int = 7, about=ABOUT) -> list[Line]:
    return lines(
        case_id,
        (start, "dispatch", "dispatched", unit, start + limit),
        (start + 0.5, "accept", "handling", unit, start + limit),
        (finish, "finish", "checking", unit, start + limit),
        about=about,
    )


def features_of(told: list[Line], case_id: int, at: float, *, now: float = 1000) -> dict[str, float]:
    """What was known of a case at an hour, by name."""
    past = past_of(told, now_s=START_S + now * H)
    at_s = START_S + at * H
    stays = past.stays
    mine = (past.case_ids[stays.case] == case_id) & (stays.start_s <= at_s) & (at_s < stays.end_s)
    asked = Asked(np.flatnonzero(mine), np.full(int(mine.sum()), at_s))
    table = known_at(past, asked, WORK, Records(past).at(asked)).table
    assert len(table) == 1
    return dict(zip(FEATURES, table[0].tolist(), strict=True))


def test_a_run_is_late_when_its_last_finish_came_after_its_last_deadline() -> None:
    told = [
        *plain(1, 0, 9),
        *plain(2, 0, 11),
        *lines(3, (0, "dispatch", "dispatched", 7, 10), (1, "accept", "handling", 7, 10), (2, "ask_delay", "delay_asked", 7, 10),
               (3, "grant_delay", "handling", 7, 18), (15, "finish", "checking", 7, 18)),
        *lines(4, (0, "dispatch", "dispatched", 7, 10), (5, "finish", "checking", 7, 10), (6, "fail", "handling", 7, 10),
               (12, "finish", "checking", 7, 10)),
        *lines(5, (0, "dispatch", "dispatched", 7, 10)),
    ]  # fmt: skip
    runs = past_of(told, now_s=NOW_S).runs
    assert runs.late.tolist() == [False, True, False, True, True]
    assert runs.settled.all()
    assert runs.last_due_s[2] == START_S + 18 * H


def test_what_stands_still_or_went_away_is_not_learnt_from() -> None:
    told = [
        *lines(1, (0, "dispatch", "dispatched", 7, 10), (2, "return", "returned", 7, 10)),
        *lines(2, (0, "dispatch", "dispatched", 7, 10), (2, "void", "voided", 7, 10)),
        *lines(3, (0, "dispatch", "dispatched", 7, 2000)),
        *plain(4, 0, 9),
    ]
    past = past_of(told, now_s=NOW_S)
    assert past.runs.settled.tolist() == [False, False, True, True]
    rows = training.samples(past, WORK, now_s=NOW_S, with_made_up=False)
    assert set(past.case_ids[past.runs.case[rows.run]].tolist()) == {4}, "the deadline of case 3 is still to come"


def test_a_reopened_case_is_a_run_of_its_own() -> None:
    told = lines(
        1, (0, "dispatch", "dispatched", 7, 10), (5, "finish", "checking", 7, 10), (40, "reopen", "dispatched", 7, 50),
        (55, "finish", "checking", 7, 50),
    )  # fmt: skip
    runs = past_of(told, now_s=NOW_S).runs
    assert runs.late.tolist() == [False, True]
    assert runs.start_s.tolist() == [START_S, START_S + 40 * H]


def test_a_run_is_looked_at_only_while_it_is_in_hand_and_in_time() -> None:
    rows = training.samples(
        past_of([*plain(1, 0, 6), *plain(2, 0, 30)], now_s=NOW_S), WORK, now_s=NOW_S, with_made_up=False
    )
    assert [(int(run), training.MOMENTS[moment]) for run, moment in zip(rows.run, rows.moment, strict=True)] == [
        (0, 0.0), (0, 0.25), (0, 0.5), (1, 0.0), (1, 0.25), (1, 0.5), (1, 0.75), (1, 0.9),
    ]  # fmt: skip
    assert rows.late.tolist() == [False] * 3 + [True] * 5


def test_made_up_cases_teach_nothing_outside_the_demo_but_stand_in_the_queue() -> None:
    past = past_of([*plain(1, 0, 6, about=(*ABOUT[:5], True)), *plain(2, 1, 6)], now_s=NOW_S)
    assert set(training.samples(past, WORK, now_s=NOW_S, with_made_up=False).run.tolist()) == {1}
    assert set(training.samples(past, WORK, now_s=NOW_S, with_made_up=True).run.tolist()) == {0, 1}
    known = features_of([*plain(1, 0, 6, about=(*ABOUT[:5], True)), *plain(2, 1, 6)], 2, 3)
    assert known["open"] == pytest.approx(np.log1p(2))


def test_the_queue_is_the_one_of_that_moment() -> None:
    told = [*plain(1, 0, 9), *plain(2, 1, 4), *plain(3, 2, 30), *plain(4, 2, 9, unit=8), *plain(5, 0, 9, limit=3)]
    known = features_of(told, 3, 5)
    assert np.expm1(known["open"]) == pytest.approx(3), "case 2 is finished, case 4 belongs to another unit"
    assert np.expm1(known["ahead"]) == pytest.approx(2)
    assert np.expm1(known["arrivals_day"]) == pytest.approx(4)
    assert known["used"] == pytest.approx(0.3)
    assert known["untaken"] == 0


def test_working_time_stands_still_at_night_and_counts_for_working_limits() -> None:
    about = (*ABOUT[:3], "working_hour", "citizen", False)
    told = lines(
        1, (0, "dispatch", "dispatched", 7, 23.5), (0.5, "accept", "handling", 7, 23.5), (40, "finish", "checking", 7, 23.5),
        about=about,
    )  # fmt: skip
    evening, morning = features_of(told, 1, 9), features_of(told, 1, 22)
    assert evening["used_working"] == pytest.approx(morning["used_working"]), "nobody works from 19 to 8 o'clock"
    assert morning["used"] > evening["used"]
    assert evening["working_now"] == 0
    assert features_of(told, 1, 1)["working_now"] == 1


def a_past(cases: int = 900, seed: int = 3) -> list[Line]:
    """Cases of three units, of which one finishes half of them late; some fail their check, some go to another unit, overdue or not."""
    chance = random.Random(seed)
    told = []
    for case_id in range(cases):
        start, unit = case_id * 1.1, chance.choice([7, 8, 9])
        late = chance.random() < {7: 0.05, 8: 0.1, 9: 0.5}[unit]
        finish = start + 10 * (1.05 + chance.random() if late else 0.1 + 0.85 * chance.random())
        about = (chance.choice(["event:0102", "event:0104"]), "normal", "B", "natural_hour", "citizen", False)
        one = plain(case_id, start, finish, unit=unit, about=about)
        what = chance.random()
        if what < 0.1:
            one += failed_once(case_id, start, finish, unit, about)
        elif what < 0.2:
            one = handed_on(case_id, start, finish, unit, about)
        told += one
    return told


def failed_once(case_id: int, start: float, finish: float, unit: int, about) -> list[Line]:
    return lines(
        case_id,
        (finish + 1, "fail", "handling", unit, start + 10),
        (finish + 3, "finish", "checking", unit, start + 10),
        about=about,
    )


def handed_on(case_id: int, start: float, finish: float, unit: int, about) -> list[Line]:
    """Returned just before it would have been finished, overdue or not, and given to another unit an hour later."""
    other = 7 + (unit - 6) % 3
    return lines(
        case_id,
        (start, "dispatch", "dispatched", unit, start + 10),
        (finish, "return", "returned", unit, start + 10),
        (finish + 1, "redispatch", "dispatched", other, start + 11),
        (finish + 1.5, "finish", "checking", other, start + 11),
        about=about,
    )


def test_a_later_event_changes_no_sample() -> None:
    told = a_past()
    whole = past_of(told, now_s=NOW_S)
    rows = training.samples(whole, WORK, now_s=NOW_S, with_made_up=False)
    at_s = rows.start_s + np.array(training.MOMENTS)[rows.moment] * 10 * H
    for row in random.Random(1).sample(range(len(rows.late)), 40):
        then_s = float(at_s[row])
        then = past_of([line for line in told if line.at_s <= then_s], now_s=then_s)
        case_id = whole.case_ids[whole.runs.case[rows.run[row]]]
        mine = np.flatnonzero((then.case_ids[then.stays.case] == case_id) & ~np.isfinite(then.stays.end_s))
        asked = Asked(mine, np.full(len(mine), then_s))
        known = known_at(then, asked, WORK, Records(then).at(asked)).table
        assert known[0] == pytest.approx(rows.table[row]), f"row {row} knew what came later"


def test_being_late_stays_with_the_unit_that_had_the_case_then() -> None:
    runs = past_of(handed_on(1, 0, 12, 7, ABOUT), now_s=NOW_S).runs
    assert runs.known_s.tolist() == [START_S + 10 * H]
    assert runs.unit.tolist() == [0], "unit 7, the first of the two"


def test_no_older_row_was_decided_after_the_newer_ones_began() -> None:
    rows = training.samples(past_of(a_past(), now_s=NOW_S), WORK, now_s=NOW_S, with_made_up=False)
    assert training.enough(rows)
    cut = training.split(rows)
    assert cut.older.known_s.max() < cut.newer.start_s.min()
    assert 0 < cut.apart.sum() < 0.3 * len(cut.apart)


def test_the_forecast_beats_both_base_rates_where_units_differ() -> None:
    rows = training.samples(past_of(a_past(), now_s=NOW_S), WORK, now_s=NOW_S, with_made_up=False)
    cut = training.split(rows)
    found = training.judged(training.learnt_from(cut), cut)
    assert found.brier < found.brier_stage < found.brier_base
    assert sum(line["rows"] for line in found.reliability) == len(cut.newer.late)
    assert [one["share"] for one in found.stages] == list(training.MOMENTS)
    base = training.base_rate(cut, by_moment=False)
    assert found.brier_base == pytest.approx(brier(base, cut.newer.late))


def test_few_cases_are_not_enough() -> None:
    rows = training.samples(past_of(a_past(100), now_s=NOW_S), WORK, now_s=NOW_S, with_made_up=False)
    assert not training.enough(rows)


def test_kept_records_are_those_of_the_moment_they_were_kept() -> None:
    past = past_of(a_past(), now_s=NOW_S)
    asked = Asked(np.arange(len(past.stays.case)), np.full(len(past.stays.case), NOW_S))
    now, kept = Records(past).at(asked), kept_record(Records(past).kept(NOW_S), past, asked)
    assert kept.unit == pytest.approx(now.unit)
    assert kept.class_ == pytest.approx(now.class_)
    stranger = past_of(plain(1, 0, 9, unit=99), now_s=NOW_S)
    asked = Asked(np.array([0]), np.array([NOW_S]))
    found = kept_record(Records(past).kept(NOW_S), stranger, asked)
    assert found.unit[0] == pytest.approx(0.22, abs=0.05), "a unit without a record has the city's"


def test_a_short_record_is_drawn_to_the_citys() -> None:
    assert mixed(np.array([0, 20, 2000]), np.array([0, 20, 2000]), 0.1) == pytest.approx([0.1, 0.55, 0.991], abs=1e-3)


def test_reasons_quote_the_figures_and_speak_both_languages() -> None:
    past = past_of(a_past(), now_s=NOW_S)
    rows = training.samples(past, WORK, now_s=NOW_S, with_made_up=False)
    chances = training.learnt_from(training.split(rows))
    slow = int(np.flatnonzero(past.unit_ids == 9)[0])
    stay = int(np.flatnonzero(past.stays.unit == slow)[-1])
    asked = Asked(np.array([stay]), np.array([past.stays.start_s[stay] + 0.1]))
    known = known_at(past, asked, WORK, Records(past).at(asked))
    told = reasons(chances, replace(known))[0]
    assert any(one[0] == "unit" for one in told)
    words = {one.code: one for one in in_words(told)}
    assert words["unit"].en.startswith("its unit finished")
    assert "超期率" in words["unit"].zh


def test_every_reason_has_words_and_unknown_ones_are_left_out() -> None:
    figures = [1.0, 2.0]
    for code in WORDS:
        shown = in_words([[code, *figures]])
        assert shown[0].zh
        assert shown[0].en
    assert in_words([["from_another_version", 1.0]]) == []
