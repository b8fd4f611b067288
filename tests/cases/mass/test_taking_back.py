"""A slip is taken back by who made it, at once, and the case stands as it stood before, its clock having run on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pytest
from django.db import connection

from gridloop.cases import actions, queries
from gridloop.cases.actions import telling
from gridloop.cases.mass import actions as mass
from gridloop.cases.models import Case, Event, Link, Return
from gridloop.kernel.errors import NotAllowed, Refused
from gridloop.notices.models import Notice
from tests.builders import MONDAY, Crew, a_case, a_report, a_step

LATER = MONDAY + dt.timedelta(minutes=40)
AFTER = LATER + dt.timedelta(minutes=14)
MOVES = [
    ("reported", "acceptor", "register", {"class": "event:0102"}),
    ("unfounded", "acceptor", "register", {"class": "event:0102", "rule": 1}),
    ("reported", "shift_leader", "refuse", {"reason": "not_city_matter"}),
    ("registered", "shift_leader", "file", {"rule": 1}),
    ("registered", "shift_leader", "refuse", {"reason": "not_city_matter"}),
    ("filed", "dispatcher", "dispatch", {"unit": None}),
    ("returned", "dispatcher", "redispatch", {"unit": None}),
    ("checked", "shift_leader", "close", {}),
]
CHANGES_ANYWAY = {"version", "seq", "changed_at", "guessed"}


def row(number: str) -> dict[str, Any]:
    kept = Case.objects.filter(number=number).values().get()
    return {name: value for name, value in kept.items() if name not in CHANGES_ANYWAY}


@pytest.mark.parametrize(("state", "who", "verb", "said"), MOVES, ids=[f"{one[2]}-{one[0]}" for one in MOVES])
def test_a_step_taken_back_leaves_the_case_as_it_was(state, who, verb, said, crew: Crew):
    number = a_case(state, crew=crew)
    before = row(number)
    a_step(number, verb, crew=crew, who=who, now=LATER, **said)

    a_step(number, "take_back", crew=crew, who=who, now=AFTER)

    after = row(number)
    if verb == "redispatch":
        assert (before.pop("routing"), after.pop("routing"))[1] == {}
        newest = Return.objects.get()
        assert (newest.to_unit, newest.ruled) == (None, False)
    assert after == before
    last = Event.objects.filter(case_id=before["id"]).order_by("-seq")[0]
    assert (last.verb, last.to_state, last.by_id) == ("take_back", state, getattr(crew, who).person_id)


@pytest.mark.parametrize("state", ["reported", "returned"])
def test_a_merge_taken_back_parts_the_two_again(state, crew: Crew):
    kept, doubled = a_report(by=crew.citizen).number, a_case(state, crew=crew)
    before = row(doubled)
    a_step(doubled, "merge", crew=crew, who="dispatcher", now=LATER, into=kept)
    assert Case.objects.get(number=kept).reports == 2

    a_step(doubled, "take_back", crew=crew, who="dispatcher", now=AFTER)

    assert row(doubled) == before
    assert Case.objects.get(number=kept).reports == 1
    assert Link.objects.get().undone_at == AFTER


def test_the_clock_runs_on_so_that_taking_back_hides_no_lateness(crew: Crew):
    number = a_case("registered", crew=crew)
    due = Case.objects.get(number=number).stage_due_at
    assert due is not None
    late = due + dt.timedelta(minutes=1)
    a_step(number, "file", crew=crew, who="shift_leader", now=late, rule=1)

    a_step(number, "take_back", crew=crew, who="shift_leader", now=late + dt.timedelta(minutes=1))

    assert Case.objects.get(number=number).stage_due_at == due
    assert number in [
        one["number"] for one in queries.queue(queries.Filter(view="due"), by=crew.shift_leader, now=late).items
    ]


def test_only_who_took_the_step_takes_it_back(crew: Crew):
    number = a_case("filed", crew=crew)
    a_step(number, "dispatch", crew=crew, who="dispatcher", now=LATER, unit=None)
    with pytest.raises(NotAllowed, match="you need the duty"):
        a_step(number, "take_back", crew=crew, who="acceptor", now=AFTER)
    other = a_case("reported", crew=crew)
    a_step(other, "merge", crew=crew, who="dispatcher", now=LATER, into=number)
    with pytest.raises(Refused, match="somebody else did 'merge'; only they can take it back") as refusal:
        a_step(other, "take_back", crew=crew, who="acceptor", now=AFTER)
    assert "由他人操作" in refusal.value.zh


def test_after_a_quarter_of_an_hour_it_stays(crew: Crew):
    number = a_case("checked", crew=crew)
    a_step(number, "close", crew=crew, who="shift_leader", now=LATER)
    with pytest.raises(Refused, match="'close' was more than 15 minutes ago"):
        a_step(number, "take_back", crew=crew, who="shift_leader", now=LATER + dt.timedelta(minutes=15, seconds=1))
    assert Case.objects.get(number=number).state == "closed"


def test_what_somebody_has_acted_on_stays(crew: Crew):
    number = a_case("filed", crew=crew)
    a_step(number, "dispatch", crew=crew, who="dispatcher", now=LATER, unit=None)
    a_step(number, "comment", crew=crew, who="unit", now=LATER, note="在路上")
    with pytest.raises(Refused, match="the last thing that happened is 'comment', which cannot be taken back"):
        a_step(number, "take_back", crew=crew, who="dispatcher", now=AFTER)


def test_taking_back_is_not_itself_taken_back(crew: Crew):
    number = a_case("registered", crew=crew)
    a_step(number, "file", crew=crew, who="shift_leader", now=LATER, rule=1)
    a_step(number, "take_back", crew=crew, who="shift_leader", now=LATER)
    a_step(number, "file", crew=crew, who="shift_leader", now=AFTER, rule=1)
    assert Case.objects.get(number=number).state == "filed"
    a_step(number, "take_back", crew=crew, who="shift_leader", now=AFTER)
    with pytest.raises(Refused, match="cannot be taken back"):
        a_step(number, "take_back", crew=crew, who="acceptor", now=AFTER)


def test_the_card_offers_it_to_who_took_the_step_and_to_nobody_else(crew: Crew):
    number = a_case("filed", crew=crew)
    a_step(number, "dispatch", crew=crew, who="dispatcher", now=LATER, unit=None)

    def offered(by: Any, now: dt.datetime) -> bool:
        return "take_back" in [one["verb"] for one in queries.card(number, by=by, now=now)["actions"]]

    assert offered(crew.dispatcher, AFTER)
    assert not offered(crew.shift_leader, AFTER)
    assert not offered(crew.dispatcher, AFTER + dt.timedelta(minutes=2))


def test_it_stands_in_the_history_and_in_the_ledger(crew: Crew):
    number = a_case("registered", crew=crew)
    a_step(number, "file", crew=crew, who="shift_leader", now=LATER, rule=1)
    actions.take_step(number, "take_back", {"note": "立错了"}, by=crew.shift_leader, now=AFTER)
    shown = queries.card(number, by=crew.shift_leader, now=AFTER)["history"][-1]
    assert (shown["verb"], shown["verb_zh"], shown["verb_en"], shown["note"]) == (
        "take_back",
        "撤回此步",
        "take back",
        "立错了",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "select body from audit_pending where subject = %s and action = 'case.take_back'", [f"case:{number}"]
        )
        (body,) = cursor.fetchone()
    assert orjson.loads(body)["detail"]["from"] == "filed"
    assert orjson.loads(body)["detail"]["to"] == "registered"


def told_of(number: str) -> list[tuple[str, int]]:
    """Kinds of notices about a case with whom they went to, in order."""
    rows = Notice.objects.filter(subject=f"case:{number}").order_by("id")
    return [(one.kind, one.person_id) for one in rows if one.person_id is not None]


def test_the_unit_that_was_told_of_a_case_hears_that_it_was_taken_back(crew: Crew):
    number = a_case("dispatched", crew=crew)
    telling.tell_waiting(MONDAY)
    a_step(number, "take_back", crew=crew, who="dispatcher", now=MONDAY + dt.timedelta(minutes=1))
    before = len(told_of(number))
    telling.tell_waiting(LATER)
    after = told_of(number)[before:]
    assert ("step_withdrawn", crew.unit.person_id) in after
    assert ("step_withdrawn_reporter", crew.citizen.person_id) in after
    words = Notice.objects.get(subject=f"case:{number}", kind="step_withdrawn", person_id=crew.unit.person_id)
    assert "派遣" in words.title_zh
    telling.tell_waiting(AFTER)
    assert len(told_of(number)) == before + len(after)


def test_a_mass_action_that_is_undone_is_told_to_those_it_concerned(crew: Crew):
    numbers = [a_case("filed", crew=crew) for _ in range(2)]
    made = mass.mass("dispatch", {"unit": crew.handler}, numbers, {}, by=crew.dispatcher, now=LATER, key="m1")
    telling.tell_waiting(LATER)
    mass.undo(made.pk, by=crew.dispatcher, now=AFTER)
    telling.tell_waiting(AFTER)
    for number in numbers:
        kinds = [kind for kind, person in told_of(number) if person == crew.unit.person_id]
        assert kinds == ["dispatched", "step_withdrawn"]
