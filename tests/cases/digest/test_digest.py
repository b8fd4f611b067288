"""Who gets which digest when, and that nothing stands in it that is not theirs: on a real database."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.digest import actions, jobs, queries, rules
from gridloop.cases.forecast.models import Forecast, ForecastModel
from gridloop.cases.models import Calendar, CalendarDay, Case
from gridloop.cases.rules.intake import Contact
from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.identity.models import Grant, Person
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotFound
from gridloop.notices import actions as notices
from gridloop.notices.models import Delivery, Notice, Preference
from tests.builders import BUILDER, MONDAY, NOW, Crew, a_caller, a_case, a_client, a_person, a_unit

SUNDAY = NOW  # eleven in the morning in the city
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
EIGHT = MONDAY - 2 * HOUR


def choose(who: Caller, digest: str = "daily", hour: int = 8, now: dt.datetime = SUNDAY) -> int:
    notices.prefer([], [], by=who, now=now, digest=digest, digest_hour=hour)
    assert who.person_id is not None
    return who.person_id


def also(person_id: int, duty: Duty, *, area: str = "", unit_id: int | None = None) -> None:
    new = identity.NewGrant(person_id, duty, area=area, unit_id=unit_id, valid_from=SUNDAY)
    identity.give(new, by=BUILDER, now=SUNDAY)


def letters(person_id: int | None = None) -> list[Notice]:
    found = Notice.objects.filter(kind="digest").order_by("id")
    return list(found if person_id is None else found.filter(person_id=person_id))


def content(who: Caller, how: str = "daily", now: dt.datetime = MONDAY) -> rules.Digest:
    before = queries.past(queries.in_city(now).date(), weekly=how == "weekly")
    return queries.digest(how, before, by=who, now=now)


def text_of(who: Caller, now: dt.datetime = MONDAY) -> str:
    return json.dumps(rules.spoken(content(who, now=now), ""), ensure_ascii=False)


def test_at_the_hour_there_is_one_letter_by_bell_and_mail_and_never_a_second(crew: Crew) -> None:
    number = a_case("reported", crew=crew, now=SUNDAY)
    person = choose(crew.leader)
    assert actions.send_due(EIGHT - dt.timedelta(minutes=1)) == 0
    assert actions.send_due(EIGHT + dt.timedelta(minutes=5)) == 1
    assert actions.send_due(EIGHT + dt.timedelta(minutes=6)) == 0
    [letter] = letters()
    assert (letter.person_id, letter.on_bell, letter.key) == (person, True, f"digest:2026-11-23:{person}")
    assert list(Delivery.objects.filter(notice=letter).values_list("channel", flat=True)) == ["email"]
    assert number in letter.text_zh
    assert number in letter.text_en
    assert letter.title_en == "Daily digest 2026-11-23: 1 open"
    Preference.objects.filter(pk=person).update(digest_on=None)  # as if the mark had been lost: the key still holds
    assert actions.send_due(EIGHT + HOUR) == 1
    assert len(letters()) == 1


def test_a_run_that_is_late_by_hours_still_sends_the_days_letter(crew: Crew) -> None:
    a_case("reported", crew=crew, now=SUNDAY)
    choose(crew.leader)
    assert actions.send_due(EIGHT + 13 * HOUR) == 1
    assert actions.send_due(EIGHT + 24 * HOUR) == 1


def test_days_off_are_left_out_as_the_citys_calendar_says(crew: Crew) -> None:
    a_case("reported", crew=crew, now=SUNDAY - 3 * DAY)
    choose(crew.leader, now=SUNDAY - 2 * DAY)
    assert actions.send_due(SUNDAY) == 0
    CalendarDay.objects.create(calendar=Calendar.objects.get(code="cn"), day=dt.date(2026, 11, 23), works=False)
    assert actions.send_due(MONDAY) == 0
    assert actions.send_due(MONDAY + DAY) == 1


def test_a_weekly_one_comes_on_the_first_working_day_of_the_week(crew: Crew) -> None:
    a_case("reported", crew=crew, now=SUNDAY)
    choose(crew.leader, "weekly")
    assert actions.send_due(SUNDAY + HOUR) == 0
    assert actions.send_due(EIGHT) == 1
    for days in range(1, 7):
        assert actions.send_due(EIGHT + days * DAY) == 0
    assert actions.send_due(EIGHT + 7 * DAY) == 1


def test_somebody_without_a_grant_or_without_anything_to_tell_gets_none(crew: Crew) -> None:
    ended, gone, idle = crew.leader, crew.arbiter, a_caller(a_person(Duty.SUPERVISOR, area="1101"))
    for one in (ended, gone, idle):
        choose(one)
    Grant.objects.filter(person_id=ended.person_id).update(revoked_at=SUNDAY)
    Person.objects.filter(pk=gone.person_id).update(active=False)
    a_case("reported", crew=crew, now=SUNDAY)
    assert actions.send_due(EIGHT) == 0
    a_case("reported", crew=crew, now=MONDAY)
    assert actions.send_due(EIGHT + 3 * HOUR) == 0  # their day was dealt with at their hour
    assert not letters()


def test_once_a_week_nothing_open_is_news(crew: Crew) -> None:
    choose(crew.leader, "weekly")
    assert actions.send_due(EIGHT) == 1
    [letter] = letters()
    assert "nothing open" in letter.title_en
    assert "没有未结案件" in letter.text_zh


def test_a_break_in_the_middle_loses_nobody_and_doubles_nobody(crew: Crew, monkeypatch) -> None:
    a_case("reported", crew=crew, now=SUNDAY)
    first, second = sorted((choose(crew.leader), choose(crew.supervisor)))
    real = notices.tell_words

    def broken(to: int, *said: object, **more: object) -> None:
        if to == second:
            raise RuntimeError("killed")
        real(to, *said, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(notices, "tell_words", broken)
        with pytest.raises(RuntimeError):
            actions.send_due(EIGHT)
    assert [len(letters(one)) for one in (first, second)] == [1, 0]
    assert actions.send_due(EIGHT + HOUR) == 1
    assert [len(letters(one)) for one in (first, second)] == [1, 1]


def test_one_persons_failure_stops_nobody_else_and_is_told_at_the_end(crew: Crew, monkeypatch) -> None:
    a_case("reported", crew=crew, now=SUNDAY)
    first, second = sorted((choose(crew.leader), choose(crew.supervisor)))
    real = people.caller_of_person

    def failing(person_id: int, now: dt.datetime) -> Caller | None:
        if person_id == first:
            raise NotFound("there is no such unit", zh="单位不存在")
        return real(person_id, now)

    with monkeypatch.context() as patch:
        patch.setattr(people, "caller_of_person", failing)
        with pytest.raises(ExceptionGroup, match="digests"):
            actions.send_due(EIGHT)
    assert [len(letters(one)) for one in (first, second)] == [0, 1]
    assert actions.send_due(EIGHT + HOUR) == 1


def test_the_job_sends_what_is_due_at_the_present_moment(crew: Crew, monkeypatch) -> None:
    a_case("reported", crew=crew, now=SUNDAY)
    choose(crew.leader)
    monkeypatch.setattr(jobs.clock, "now", lambda: EIGHT)
    assert jobs.send(timestamp=0) == 1
    assert jobs.send(timestamp=0) == 0


def test_the_figures_are_those_of_the_desk(crew: Crew) -> None:
    for state in ("reported", "dispatched", "suspended", "returned"):
        a_case(state, crew=crew, now=MONDAY)
    a_case("closed", crew=crew, now=SUNDAY)
    late = a_case("handling", crew=crew, now=MONDAY - 60 * DAY)
    told = content(crew.dispatcher, now=MONDAY + HOUR)
    assert (told.counts.open, told.counts.unacknowledged, told.counts.stopped, told.counts.late) == (5, 2, 2, 1)
    assert (told.period.first, told.period.opened, told.period.closed, told.period.on_time) == (
        dt.date(2026, 11, 22), 1, 1, 1,
    )  # fmt: skip
    assert told.due[0].number == late
    assert told.due[0].left_min < 0
    assert all(one.left_min >= 0 for one in told.due[1:])
    assert [(one.code, one.count) for one in told.waiting] == [("returned", 1)]
    assert told.counts.mine == 1


def test_due_today_ends_at_the_citys_midnight(crew: Crew) -> None:
    number = a_case("handling", crew=crew, now=MONDAY)
    midnight = dt.datetime(2026, 11, 23, 16, tzinfo=dt.UTC)
    for due, counted in ((midnight - dt.timedelta(minutes=1), 1), (midnight + dt.timedelta(minutes=1), 0)):
        Case.objects.filter(number=number).update(due_at=due)
        assert content(crew.leader, now=MONDAY + HOUR).counts.due_today == counted


def test_a_week_looks_back_on_seven_days(crew: Crew) -> None:
    for days in (0, 5, 6, 7):
        a_case("closed", crew=crew, now=SUNDAY - days * DAY)
    assert content(crew.leader, "weekly").period.opened == 3
    assert content(crew.leader, "weekly").period.closed == 3
    assert content(crew.leader).period.closed == 1


def test_nothing_outside_the_persons_grants_stands_in_it(crew: Crew) -> None:
    reported = a_case("reported", crew=crew, now=SUNDAY)
    handled = a_case("handling", crew=crew, now=SUNDAY)
    a_case("closed", crew=crew, now=SUNDAY)
    other_unit = a_unit()
    elsewhere = a_caller(a_person(Duty.LEADER, Duty.DISPATCHER, area="1101"))
    stranger = a_caller(a_person(Duty.UNIT, grant_unit_id=other_unit))
    for who in (elsewhere, stranger):
        told = content(who)
        assert told.is_empty
        assert "20261122-" not in text_of(who)
    unit = text_of(crew.unit)
    assert handled in unit
    assert reported not in unit
    assert content(crew.unit).period.closed == 1
    both = text_of(crew.leader)
    assert handled in both
    assert reported in both


def test_what_waits_counts_each_duty_within_its_own_grant_only(crew: Crew) -> None:
    a_case("returned", crew=crew, now=SUNDAY)
    person = a_person(Duty.LEADER)  # sees the whole city
    also(person, Duty.DISPATCHER, area="1101")
    told = content(a_caller(person))
    assert told.counts.open == 1
    assert told.counts.mine == 0
    assert told.waiting == ()


def test_an_administrator_sees_no_cases_even_those_they_reported(crew: Crew) -> None:
    person = a_person(Duty.ADMIN)
    number = a_case("reported", crew=crew, now=SUNDAY)
    Case.objects.filter(number=number).update(reporter_id=person)
    assert content(a_caller(person)).is_empty


def test_no_word_of_a_reporter_stands_in_it(crew: Crew) -> None:
    number = a_case(
        "reported", crew=crew, now=SUNDAY, text="张三家门口13800001234有垃圾", address="张三小区 8 号", contact=Contact("张三", "13800001234")
    )  # fmt: skip
    told = text_of(crew.acceptor)
    assert number in told
    assert not any(word in told for word in ("张三", "1380000", "小区", "人员"))


def test_at_most_ten_cases_are_listed_the_worst_first(crew: Crew) -> None:
    for days in range(12):
        a_case("handling", crew=crew, now=SUNDAY - (40 + days) * DAY)
    told = content(crew.leader)
    assert len(told.due) == 10
    assert [one.left_min for one in told.due] == sorted(one.left_min for one in told.due)
    assert {one.number[:8] for one in told.due}.isdisjoint({"20261013", "20261012"})  # the two newest of the twelve


def test_the_forecast_tells_whom_it_is_for_what_can_still_be_saved(crew: Crew) -> None:
    numbers = [a_case("handling", crew=crew, now=MONDAY) for _ in range(7)]
    model = ForecastModel.objects.create(
        trained_at=MONDAY, since=MONDAY, until=MONDAY, samples=1, tested=1, brier=0.1, brier_base=0.2, brier_stage=0.2,
        reliability=[], stages=[], weights={}, current=True,
    )  # fmt: skip
    for at, number in enumerate(numbers):
        case_id = Case.objects.get(number=number).pk
        Forecast.objects.create(case_id=case_id, p=0.4 + at / 20, at=MONDAY, model=model)
    told = content(crew.leader, now=MONDAY)
    assert [one.number for one in told.saveable] == numbers[:1:-1]
    assert told.saveable[0].share == 0.7
    assert content(crew.collector).saveable == ()
    assert content(a_caller(a_person(Duty.LEADER, area="1101"))).saveable == ()


def test_notices_since_the_last_letter_are_counted_by_kind(crew: Crew) -> None:
    person = choose(crew.leader)
    for key in ("a", "b"):
        notices.tell(person, "urged", subject="x", title_zh="t", title_en="t", text_zh="t", text_en="t", key=key)
    Notice.objects.update(created_at=SUNDAY)
    assert [(one.code, one.count) for one in content(crew.leader).notices] == [("urged", 2)]
    assert actions.send_due(EIGHT) == 1  # two notices are something to tell, without a case
    assert content(crew.leader).notices == ()


@pytest.mark.parametrize("more", [1, 6])
def test_a_letter_costs_a_fixed_number_of_statements(crew: Crew, more: int) -> None:
    for _ in range(more):
        for state in ("reported", "returned", "handling", "closed"):
            a_case(state, crew=crew, now=SUNDAY)
    person = a_person(Duty.LEADER, Duty.DISPATCHER, area="3502")
    also(person, Duty.SUPERVISOR, area="1101")
    also(person, Duty.UNIT, unit_id=crew.handler)
    who = a_caller(person)
    content(who)  # names of units and places, and the masters, are in the process now
    before = queries.past(dt.date(2026, 11, 23), weekly=False)
    with CaptureQueriesContext(connection) as spent:
        queries.digest("daily", before, by=who, now=MONDAY)
    assert len(spent) <= queries.STATEMENTS_MAX
    choose(who)
    with CaptureQueriesContext(connection) as spent:
        assert actions.send_due(EIGHT) == 1
    own = [one["sql"] for one in spent if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(own) <= queries.STATEMENTS_MAX + 6  # readers, masters, past; and for the person: taken, caller, told


def test_the_door_shows_ones_own_digest_and_changes_nothing(crew: Crew) -> None:
    number = a_case("reported", crew=crew, now=dt.datetime.now(dt.UTC) - HOUR)
    choose(crew.leader, "weekly")
    assert crew.leader.person_id is not None
    mine = a_client(crew.leader.person_id).get("/api/v1/digest").json()
    assert mine["weekly"]
    assert mine["is_sent"]
    assert mine["title"].startswith("Weekly digest")
    assert number in mine["text"]
    assert mine["counts"]["open"] == 1
    assert a_client(crew.leader.person_id, language="zh").get("/api/v1/digest").json()["title"].endswith("未结 1")
    assert not letters()
    stranger = a_client(a_person(Duty.LEADER, area="1101")).get("/api/v1/digest").json()
    assert not stranger["is_sent"]
    assert number not in stranger["text"]
    resident = a_client(crew.citizen.person_id).get("/api/v1/digest").json()
    assert not resident["is_sent"]
    assert number not in resident["text"]
    assert a_client().get("/api/v1/digest").status_code == 401
