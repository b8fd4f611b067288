"""What time does to cases: reminders and escalation once each, suspensions end by themselves, people are told once."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases import queries
from gridloop.cases.actions import telling, timed
from gridloop.cases.models import Event, Telling
from tests.builders import MONDAY, Crew, a_case, a_step

HOUR = dt.timedelta(hours=1)


def notices(kind: str) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("select person_id, title_zh from notices_notice where kind = %s order by id", [kind])
        return cursor.fetchall()


def test_a_late_case_climbs_the_ladder_and_each_rung_is_told_once(crew: Crew):
    number = a_case("handling", crew=crew)  # limit: 2 working hours from ten o'clock

    timed.climb(MONDAY + 1.7 * HOUR)
    assert len(notices("due_soon")) == 1

    timed.climb(MONDAY + 5 * HOUR)
    timed.climb(MONDAY + 5 * HOUR)

    told = {person for person, _ in notices("overdue")}
    assert {crew.unit.person_id, crew.dispatcher.person_id, crew.shift_leader.person_id} <= told
    assert len(notices("overdue")) == len(set(notices("overdue")))
    assert (
        Event.objects.filter(verb="escalate").count()
        == queries.card(number, by=crew.leader, now=MONDAY)["counts"]["level"]
        > 0
    )


def questions_about_people(at: dt.datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        timed.climb(at)
    return sum('EXISTS(SELECT 1 AS "a" FROM "identity_grant"' in one["sql"] for one in asked)


def test_a_storm_of_late_cases_asks_once_who_is_to_be_told(crew: Crew):
    a_case("handling", crew=crew)
    for_one = questions_about_people(MONDAY + 5 * HOUR)
    for _ in range(4):
        a_case("handling", crew=crew)

    assert questions_about_people(MONDAY + 5 * HOUR) == for_one > 0
    assert len({subject for _, subject in notices("overdue")}) == 5


def test_a_paused_case_is_not_late(crew: Crew):
    a_case("suspended", crew=crew)

    timed.climb(MONDAY + 48 * HOUR)

    assert notices("overdue") == []


def test_a_suspension_ends_by_itself_and_the_deadline_has_moved(crew: Crew):
    number = a_case("suspended", crew=crew)  # for three days
    before = queries.card(number, by=crew.leader, now=MONDAY)["due_at"]

    assert timed.end_suspensions(MONDAY + 71 * HOUR) == 0
    assert timed.end_suspensions(MONDAY + 72 * HOUR) == 1

    card = queries.card(number, by=crew.leader, now=MONDAY + 72 * HOUR)
    assert card["state"] == "handling"
    assert card["due_at"] == before + 72 * HOUR  # Monday to Thursday, the same working hour
    assert card["clock"]["paused_s"] == 72 * 3600
    assert card["history"][-1]["by"] == "system:suspension-end"


def test_everybody_is_told_once(crew: Crew):
    number = a_case("closed", crew=crew)

    telling.tell_waiting(MONDAY)
    telling.tell_waiting(MONDAY)

    assert [person for person, title in notices("closed") if number in title] == [crew.citizen.person_id]
    assert [person for person, _ in notices("dispatched")] == [crew.unit.person_id]
    assert crew.acceptor.person_id in {person for person, _ in notices("case_arrived")}
    assert Telling.objects.count() == 0


def test_reporters_of_merged_cases_are_answered_too(crew: Crew):
    kept = a_case("registered", crew=crew)
    doubled = a_case(crew=crew)
    a_step(doubled, "merge", crew=crew, who="acceptor", into=kept)
    telling.tell_waiting(MONDAY)

    a_step(kept, "refuse", crew=crew, who="shift_leader", reason="not_city_matter")
    telling.tell_waiting(MONDAY)

    assert len(notices("merged")) == 1
    assert len(notices("refused")) == 1
    card = queries.card(kept, by=crew.shift_leader, now=MONDAY)
    assert card["reports"] == 2
    assert card["merged"] == [doubled]
    assert len(card["reporter"]) == 2


def test_old_keys_are_forgotten(crew: Crew):
    a_case(crew=crew, key="k")

    timed.forget_keys(MONDAY + 73 * HOUR)

    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_idempotency")
        assert cursor.fetchone()[0] == 0
