"""What stands beside a case: children, merges, returns, suspensions, disputes, history; and two people at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from gridloop.cases import actions, queries
from gridloop.cases.models import Case, Event, Link, Rating, Return, Suspension
from gridloop.cases.queries.facts import known
from gridloop.kernel.errors import NotFound, Refused, Stale
from tests.builders import BUILDER, MONDAY, Crew, a_case, a_report, a_step, a_unit

HOUR = dt.timedelta(hours=1)


def card(number: str, crew: Crew, now=MONDAY):
    return queries.card(number, by=crew.shift_leader, now=now)


def test_a_parent_closes_only_when_its_children_are_closed(crew: Crew):
    parent = a_case("handling", crew=crew)
    other = a_unit()
    a_step(parent, "split", crew=crew, who="dispatcher", units=[crew.handler, other])

    children = [child["number"] for child in card(parent, crew)["children"]]
    assert len(children) == 2
    with pytest.raises(Refused, match="2 of its child cases are still open"):
        a_step(parent, "finish", crew=crew, who="unit", note="好", photos=1)

    for child in children:
        assert card(child, crew)["parent"] == parent
        a_step(child, "void", crew=crew, who="shift_leader", note="不需要")
    a_step(parent, "finish", crew=crew, who="unit", note="好", photos=1)
    assert card(parent, crew)["state"] == "checking"


def test_a_merge_can_be_undone_and_the_case_stands_where_it_stood(crew: Crew):
    kept, doubled = a_case("handling", crew=crew), a_case("registered", crew=crew)
    a_step(doubled, "merge", crew=crew, who="acceptor", into=kept)
    assert card(kept, crew)["reports"] == 2
    assert card(doubled, crew)["merged_into"] == kept

    a_step(doubled, "unmerge", crew=crew, who="shift_leader", note="不是同一处")

    assert card(doubled, crew)["state"] == "registered"
    assert card(kept, crew)["reports"] == 1
    assert Link.objects.get().undone_at == MONDAY


def test_a_case_is_not_merged_into_itself_or_into_an_ended_one(crew: Crew):
    number, ended = a_case("registered", crew=crew), a_case("voided", crew=crew)
    with pytest.raises(Refused, match="cannot be merged into itself"):
        a_step(number, "merge", crew=crew, who="acceptor", into=number)
    with pytest.raises(Refused, match="is not open any more"):
        a_step(number, "merge", crew=crew, who="acceptor", into=ended)


def test_returns_are_kept_with_their_rule_and_where_the_case_went(crew: Crew):
    number = a_case("arbitration", crew=crew)
    other = a_unit()
    a_step(number, "rule", crew=crew, who="arbiter", unit=other, note="属管养单位")

    first, second = Return.objects.order_by("seq")
    assert (first.rule, first.from_unit, first.to_unit, first.ruled) == ("not_ours", crew.handler, crew.handler, False)
    assert (second.to_unit, second.ruled) == (other, True)


def test_a_suspension_keeps_reason_budget_and_who_granted_it(crew: Crew):
    a_case("suspended", crew=crew)

    kept = Suspension.objects.get()
    assert (kept.reason, kept.budget_hours, kept.granted_by) == ("weather", 120, crew.shift_leader.person_id)


def test_a_dispute_goes_one_level_up_and_the_second_to_the_leader(crew: Crew):
    number = a_case("disputed", crew=crew)
    a_step(number, "uphold", crew=crew, who="supervisor", note="已到现场复核")
    a_step(number, "dispute", crew=crew, who="citizen", note="还在")

    with pytest.raises(Refused, match="a leader must hear it"):
        a_step(number, "reopen", crew=crew, who="supervisor", note="重办")
    a_step(number, "reopen", crew=crew, who="leader", note="重办", now=MONDAY + 5 * HOUR)

    reopened = card(number, crew)
    assert reopened["state"] == "dispatched"
    assert reopened["due_at"] > MONDAY + 5 * HOUR


def test_an_appeal_that_is_heard_is_registered_again(crew: Crew):
    number = a_case("rejected", crew=crew)
    a_step(number, "appeal", crew=crew, who="citizen", note="确有此事")
    a_step(number, "reopen", crew=crew, who="supervisor", note="受理")
    assert card(number, crew)["state"] == "registered"

    again = a_case("rejected", crew=crew)
    a_step(again, "appeal", crew=crew, who="citizen")
    a_step(again, "uphold", crew=crew, who="supervisor", note="不属城市管理")
    assert card(again, crew)["state"] == "rejected"


def test_a_rating_is_kept_and_shown(crew: Crew):
    number = a_case("closed", crew=crew)
    a_step(number, "rate", crew=crew, who="citizen", rating=4, note="快")
    assert card(number, crew)["rating"] == 4
    assert Rating.objects.get().stars == 4


def test_a_check_that_failed_keeps_the_deadline(crew: Crew):
    number = a_case("checking", crew=crew)
    due = card(number, crew)["due_at"]
    a_step(number, "fail", crew=crew, who="checker", note="未清理", photos=1, now=MONDAY + HOUR)
    after = card(number, crew)
    assert (after["state"], after["due_at"], after["counts"]["reworks"]) == ("handling", due, 1)


def test_a_granted_delay_moves_the_deadline_by_working_hours(crew: Crew):
    number = a_case("delay_asked", crew=crew)  # due on Monday at noon, eight hours asked
    a_step(number, "grant_delay", crew=crew, who="dispatcher")
    due = card(number, crew)["due_at"]
    assert due == dt.datetime(2026, 11, 24, 6, 30, tzinfo=dt.UTC)  # Tuesday 14:30


def test_every_case_says_which_rule_and_grant_sent_it(crew: Crew):
    other = a_unit(kind="road")
    rule = actions.add_route(
        area="350203", class_kind="event", class_prefix="01", unit_id=other, by=BUILDER, now=MONDAY
    )
    number = a_case("filed", crew=crew)

    suggested = card(number, crew)["routing"]
    assert (suggested["suggested"], suggested["rule"], suggested["decided"]) == (other, rule, False)

    a_step(number, "dispatch", crew=crew, who="dispatcher", unit=other)
    kept = card(number, crew)["routing"]
    assert (kept["rule"], kept["version"], kept["grant"]) == (rule, 1, crew.dispatcher.grants[0].id)
    assert f"routing rule {rule}, version 1" in kept["why_en"]

    actions.end_route(rule, by=BUILDER, now=MONDAY)
    chosen = a_case("dispatched", crew=crew)
    assert (
        "chosen by the dispatcher" in card(chosen, crew)["routing"]["why_en"]
        or card(chosen, crew)["routing"]["rule"] is None
    )


def test_loading_the_masters_twice_changes_nothing(crew: Crew):
    assert actions.load_masters(by=BUILDER, now=MONDAY).touched == 0


def test_the_history_of_a_case_is_append_only(crew: Crew):
    a_case(crew=crew)
    for change in (
        lambda: Event.objects.filter(seq=1).update(note="x"),
        lambda: Event.objects.filter(seq=1).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_the_database_refuses_an_open_case_without_a_deadline(crew: Crew):
    number = a_case(crew=crew)
    with pytest.raises(IntegrityError, match="cases_case_open_has_deadline"), transaction.atomic():
        Case.objects.filter(number=number).update(due_at=None)
    with pytest.raises(IntegrityError, match="cases_case_dispatched_has_owner"), transaction.atomic():
        Case.objects.filter(number=number).update(state="handling")


def test_the_second_of_two_at_once_is_told_who_was_first(crew: Crew):
    number = a_case("registered", crew=crew)
    seen = known(number, by=crew.shift_leader, now=MONDAY).facts.version
    a_step(number, "file", crew=crew, who="shift_leader", rule=1)

    with pytest.raises(Stale, match=f"is at version {seen + 1}") as stale:
        actions.take_step(
            number, "refuse", {"reason": "not_city_matter"}, by=crew.shift_leader, now=MONDAY, version=seen
        )
    assert crew.shift_leader.name in stale.value.zh


def test_a_repeated_step_with_its_key_is_done_once(crew: Crew):
    number = a_case("registered", crew=crew)
    said = {"note": "请尽快"}
    first = actions.take_step(number, "urge", said, by=crew.leader, now=MONDAY, key="u1")
    again = actions.take_step(number, "urge", said, by=crew.leader, now=MONDAY, key="u1")

    assert again.repeated
    assert not first.repeated
    assert card(number, crew)["counts"]["urges"] == 1
    with pytest.raises(Refused, match="was used for another request"):
        actions.take_step(number, "urge", {"note": "另一句"}, by=crew.leader, now=MONDAY, key="u1")


def test_closing_moves_the_row_to_the_partition_of_ended_cases(crew: Crew):
    number = a_case("closed", crew=crew)
    with connection.cursor() as cursor:
        cursor.execute("select tableoid::regclass::text from cases_case where number = %s", [number])
        assert cursor.fetchone()[0] == "cases_case_closed"


def test_a_past_unit_still_sees_the_case_it_returned(crew: Crew):
    number = a_case("returned", crew=crew)
    page = queries.queue(queries.Filter(), by=crew.unit, now=MONDAY)
    assert [row["number"] for row in page.items] == [number]
    assert queries.card(number, by=crew.unit, now=MONDAY)["actions"] == []


def test_near_duplicates_are_offered_with_their_reasons(crew: Crew):
    first = a_case("registered", crew=crew)
    a_case(crew=crew, text="完全不同的事情", lon=118.1115)
    twin = a_report("路口有暴露垃圾一堆", by=crew.citizen).number

    best = card(twin, crew)["duplicates"][0]
    assert best["number"] == first
    assert best["likely"]
    assert set(best["parts"]) == {"distance", "class", "time", "text"}


def test_a_number_that_does_not_exist_is_not_found(crew: Crew):
    with pytest.raises(NotFound):
        queries.card("20200101-000001", by=crew.leader, now=MONDAY)
