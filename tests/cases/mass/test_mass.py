"""One verb for many cases: the preview says what happens, each case is done once, and what nobody has touched since is taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases import queries as cases
from gridloop.cases.mass import actions, queries, rules
from gridloop.cases.mass.models import Mass
from gridloop.cases.models import Case, Event
from gridloop.cases.rules.loop import LOOP
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound, Refused
from tests.builders import MONDAY, Crew, a_caller, a_case, a_person, a_report, a_step

LATER = MONDAY + dt.timedelta(minutes=30)
SOON = LATER + dt.timedelta(minutes=10)


def some(state: str, count: int, crew: Crew) -> list[str]:
    return [a_case(state, crew=crew) for _ in range(count)]


def previewed(verb: str, numbers: list[str], by: Caller, **said: Any) -> dict[str, queries.Line]:
    lines, _ = queries.preview(verb, said, numbers, by=by, now=LATER)
    return {line.number: line for line in lines}


def done(
    verb: str, numbers: list[str], by: Caller, *, key: str = "k1", now: dt.datetime = LATER, **said: Any
) -> dict[str, Any]:
    versions = dict(Case.objects.filter(number__in=numbers).values_list("number", "version"))
    return queries.account(actions.mass(verb, said, numbers, versions, by=by, now=now, key=key))


def state_of(number: str) -> str:
    return Case.objects.get(number=number).state


def test_the_preview_says_what_would_happen_and_why_not_and_writes_nothing(crew: Crew):
    filed, registered = some("filed", 2, crew), a_case("registered", crew=crew)
    elsewhere = "20201122-000001"
    with CaptureQueriesContext(connection) as asked:
        found = previewed("dispatch", [*filed, registered, elsewhere], crew.dispatcher, unit=crew.handler)
    assert [found[one].outcome for one in [*filed, registered, elsewhere]] == [
        "possible",
        "possible",
        "wrong_state",
        "not_found",
    ]
    shown = queries.line_shown(found[filed[0]])
    assert (shown["from_state"], shown["to_state"], shown["unit_id"]) == ("filed", "dispatched", crew.handler)
    assert shown["due_at"] > LATER
    assert "'dispatch' is not possible now" in found[registered].en
    assert "没有案件" in found[elsewhere].zh
    assert not [one for one in asked.captured_queries if not one["sql"].lstrip().lower().startswith(("select", "--"))]
    assert {state_of(one) for one in filed} == {"filed"}


def test_the_preview_names_the_missing_field_and_the_missing_duty(crew: Crew):
    filed = some("filed", 1, crew)
    assert previewed("dispatch", filed, crew.dispatcher)[filed[0]].outcome == "incomplete"
    refused = previewed("dispatch", filed, crew.acceptor, unit=crew.handler)[filed[0]]
    assert refused.outcome == "not_allowed"
    assert "you need the duty" in refused.en


def test_the_form_asks_for_what_one_of_them_lacks(crew: Crew):
    bare, known = (
        a_case("registered", crew=crew),
        a_report(by=crew.citizen, class_kind="event", class_code="0102").number,
    )
    a_step(known, "register", crew=crew, who="acceptor", rule=1)
    _, fields = queries.preview("file", {}, [bare, known], by=crew.shift_leader, now=LATER)
    asked = {one["name"]: one for one in fields}
    assert asked["rule"]["required"]
    assert not asked["class"]["required"]
    assert "value" not in asked["class"]
    assert asked["rule"]["options"]
    _, fields = queries.preview("file", {}, [known], by=crew.shift_leader, now=LATER)
    assert not {one["name"]: one for one in fields}["rule"]["required"]


def test_a_preview_costs_the_same_however_many_cases(crew: Crew):
    few, many = some("filed", 2, crew), some("filed", 12, crew)
    previewed("dispatch", few, crew.dispatcher, unit=crew.handler)
    costs = []
    for numbers in (few, many):
        with CaptureQueriesContext(connection) as asked:
            previewed("dispatch", numbers, crew.dispatcher, unit=crew.handler)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 3


def test_each_case_is_moved_and_accounted_for(crew: Crew):
    filed, registered = some("filed", 3, crew), a_case("registered", crew=crew)
    said = done("dispatch", [*filed, registered], crew.dispatcher, unit=crew.handler)
    assert said["totals"] == {"done": 3, "wrong_state": 1}
    assert (said["of"], said["done"], said["failed"]) == (4, 4, 1)
    assert {one["to_state"] for one in said["items"]} == {"dispatched", ""}
    assert {state_of(one) for one in filed} == {"dispatched"}
    assert state_of(registered) == "registered"


def test_each_goes_to_the_unit_that_the_rules_name(crew: Crew):
    filed = some("filed", 2, crew)
    found = previewed("dispatch", filed, crew.dispatcher, unit="suggested")
    said = done("dispatch", filed, crew.dispatcher, unit="suggested")
    named = cases.card(filed[0], by=crew.dispatcher, now=LATER)
    assert said["totals"] == {"done": 2}
    assert named["unit_id"] == named["routing"]["suggested"] is not None
    assert {line.after.unit_id for line in found.values() if line.after} == {named["unit_id"]}


def test_the_same_request_again_does_nothing_twice(crew: Crew):
    filed = some("filed", 2, crew)
    versions = dict(Case.objects.filter(number__in=filed).values_list("number", "version"))
    accounts = [
        queries.account(
            actions.mass(
                "dispatch", {"unit": crew.handler}, filed, versions, by=crew.dispatcher, now=LATER, key="twice"
            )
        )
        for _ in range(2)
    ]
    assert accounts[0] == accounts[1]
    assert Mass.objects.count() == 1
    assert Event.objects.filter(verb="dispatch").count() == 2
    with pytest.raises(Refused, match="was used for another mass action"):
        actions.mass("urge", {}, filed, {}, by=crew.dispatcher, now=LATER, key="twice")


def test_a_request_that_broke_off_goes_on_with_the_same_key(crew: Crew, monkeypatch: pytest.MonkeyPatch):
    filed = some("filed", 4, crew)
    taken = []

    def breaking(number: str, *given: Any, **named: Any) -> Any:
        if len(taken) == 2:
            raise ConnectionError("killed")
        taken.append(number)
        return step(number, *given, **named)

    step = actions.take_step
    with monkeypatch.context() as patched:
        patched.setattr(actions, "take_step", breaking)
        with pytest.raises(ConnectionError):
            done("dispatch", filed, crew.dispatcher, key="broken", unit=crew.handler)
    assert [state_of(one) for one in filed] == ["dispatched", "dispatched", "filed", "filed"]
    versions = Mass.objects.get().asked["versions"]

    said = queries.account(
        actions.mass("dispatch", {"unit": crew.handler}, filed, versions, by=crew.dispatcher, now=SOON, key="broken")
    )

    assert said["totals"] == {"done": 4}
    assert {state_of(one) for one in filed} == {"dispatched"}
    assert Event.objects.filter(verb="dispatch").count() == 4


def test_a_case_that_moved_since_the_preview_stays(crew: Crew):
    filed = some("filed", 2, crew)
    versions = dict(Case.objects.filter(number__in=filed).values_list("number", "version"))
    a_step(filed[0], "comment", crew=crew, who="acceptor", note="等一下")
    said = queries.account(
        actions.mass("dispatch", {"unit": crew.handler}, filed, versions, by=crew.dispatcher, now=LATER, key="k")
    )
    assert said["totals"] == {"done": 1, "moved_on": 1}
    assert "look again" in said["items"][0]["why_en"]
    assert state_of(filed[0]) == "filed"


def test_many_are_done_by_the_job_with_the_grants_that_still_hold(crew: Crew, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rules, "AT_ONCE_MAX", 2)
    monkeypatch.setattr(actions, "CHUNK", 2)
    filed = some("filed", 5, crew)
    made = actions.mass("dispatch", {"unit": crew.handler}, filed, {}, by=crew.dispatcher, now=LATER, key="many")
    assert queries.account(made)["done"] == 0
    with connection.cursor() as cursor:
        cursor.execute("select args from procrastinate_jobs where task_name = 'cases.mass.go_on'")
        assert [orjson.loads(args) for (args,) in cursor.fetchall()] == [{"mass_id": made.pk}]

    assert queries.account(actions.go_on(made.pk, now=LATER))["done"] == 2
    assert actions.unfinished(actions.go_on(made.pk, now=LATER))
    found = actions.go_on(made.pk, now=LATER)

    assert not actions.unfinished(found)
    assert queries.account(found)["totals"] == {"done": 5}
    back = actions.undo(made.pk, by=crew.dispatcher, now=SOON)
    while actions.unfinished(back):
        back = actions.go_on(made.pk, now=SOON)
    assert queries.account(back)["undo_totals"] == {"back": 5}


def test_undo_brings_back_what_nobody_touched_and_names_the_rest(crew: Crew):
    filed = some("filed", 3, crew)
    before = dict(Case.objects.filter(number__in=filed).values_list("number", "due_at"))
    done("dispatch", filed, crew.dispatcher, unit=crew.handler)
    a_step(filed[1], "accept", crew=crew, who="unit", now=LATER)

    said = queries.account(actions.undo(Mass.objects.get().pk, by=crew.dispatcher, now=SOON))

    assert said["undo_totals"] == {"back": 2, "stays": 1}
    assert [state_of(one) for one in filed] == ["filed", "handling", "filed"]
    assert Case.objects.get(number=filed[0]).due_at == before[filed[0]]
    assert Case.objects.get(number=filed[0]).unit_id is None
    assert "accept" in said["items"][1]["undo_en"]
    again = queries.account(actions.undo(said["id"], by=crew.dispatcher, now=SOON))
    assert again == said


def test_undo_is_for_the_same_person_in_time_and_not_for_words(crew: Crew):
    filed = some("filed", 1, crew)
    made = done("dispatch", filed, crew.dispatcher, unit=crew.handler)
    with pytest.raises(NotFound, match="no mass action"):
        actions.undo(made["id"], by=crew.shift_leader, now=SOON)
    with pytest.raises(Refused, match="more than 15 minutes ago"):
        actions.undo(made["id"], by=crew.dispatcher, now=LATER + dt.timedelta(minutes=16))
    said = done("comment", filed, crew.dispatcher, key="k2", note="注意台风")
    with pytest.raises(Refused, match="'comment' cannot be taken back"):
        actions.undo(said["id"], by=crew.dispatcher, now=SOON)
    assert state_of(filed[0]) == "dispatched"


def test_many_are_merged_into_one_and_parted_again(crew: Crew):
    kept, *doubled = (a_report(by=crew.citizen).number for _ in range(3))
    found = previewed("merge", [kept, *doubled], crew.acceptor, into=kept)
    assert "cannot be merged into itself" in found[kept].en
    said = done("merge", doubled, crew.acceptor, into=kept)
    assert Case.objects.get(number=kept).reports == 3
    actions.undo(said["id"], by=crew.acceptor, now=SOON)
    assert Case.objects.get(number=kept).reports == 1
    assert {state_of(one) for one in doubled} == {"reported"}


def test_cases_outside_ones_area_are_as_if_they_were_not_there(crew: Crew):
    filed = some("filed", 1, crew)
    stranger = a_caller(a_person(Duty.DISPATCHER, area="350206"))
    assert previewed("dispatch", filed, stranger, unit=crew.handler)[filed[0]].outcome == "not_found"
    assert done("dispatch", filed, stranger, unit=crew.handler)["totals"] == {"not_found": 1}
    assert state_of(filed[0]) == "filed"


@pytest.mark.parametrize("verb", rules.MASS_VERBS)
def test_every_mass_verb_is_a_step_of_the_desk_without_photos(verb: str):
    steps = [step for (_, one), step in LOOP.items() if one == verb]
    assert steps
    assert not any(must.name == "photos" and not must.may for step in steps for must in step.must_say)


@pytest.mark.parametrize(
    ("verb", "numbers", "sentence"),
    [("finish", ["20261122-000001"], "'finish' is not for many"), ("file", [], "choose at least one"), ("file", [f"20261122-{n:06}" for n in range(501)], "at most 500")],
)  # fmt: skip
def test_a_request_that_cannot_be_is_refused_with_a_sentence(verb, numbers, sentence):
    with pytest.raises(Malformed, match=sentence) as refusal:
        rules.checked_request(verb, numbers)
    assert refusal.value.zh


def test_without_a_key_nothing_is_done(crew: Crew):
    filed = some("filed", 1, crew)
    with pytest.raises(Malformed, match="needs an Idempotency-Key"):
        done("dispatch", filed, crew.dispatcher, key="", unit=crew.handler)
    assert state_of(filed[0]) == "filed"
