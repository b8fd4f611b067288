"""Every duty at every step of the loop, inside and outside its area: the whole matrix by the rules, a part of it over HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client

from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.cases.rules.clock import Clock
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.loop import LOOP, VERBS
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.states import State
from gridloop.cases.rules.steps import step_for
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, Refused
from gridloop.kernel.permits import Permit
from gridloop.site import api, matrix
from gridloop.site.matrix import Answer
from tests.builders import SPOT, Crew, a_case, a_client, a_person

NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
CLOCK = Clock(WorkCalendar("t", {}, frozenset({2026, 2027})), WorkHours(), dt.date(2026, 1, 1), dt.date(2028, 12, 31))
MASTERS = Masters(version=1, clock=CLOCK)
UNIT, PATH = 2, "00010002"
PLACE = "350203001001001"
FACTS = CaseFacts(
    id=1, number="20261123-000001", version=3, state=State.HANDLING, source="citizen", place=PLACE, opened_at=NOW, due_at=NOW + dt.timedelta(hours=4),
    stage_due_at=NOW + dt.timedelta(hours=2), closed_at=NOW, unit_id=UNIT, unit_path=PATH, reporter_id=50, state_before=State.REGISTERED,
)  # fmt: skip
REFUSED, LET_IN = "refused", "let in"


def a_holder(duty: Duty, area: str, path: str) -> Caller:
    """Holds this one duty; that of a unit in the unit at this path."""
    unit = UNIT if duty is Duty.UNIT else None
    return Caller(7, "somebody", (GrantView(1, duty, area, unit, path if unit else ""),))


def tried(state: State, verb: str, by: Caller, *, is_reporter: bool) -> str:
    """Whether the loop lets this caller in: what is missing in the form, or a rule that says no, comes after the duty."""
    facts = replace(FACTS, state=state)
    try:
        step_for(facts, verb, {}, by=by, now=NOW, masters=MASTERS, is_reporter=is_reporter)
    except NotAllowed as reason:
        named = reason.en.startswith(f"case {FACTS.number}: ") and reason.zh.startswith(f"案件 {FACTS.number}:")
        return REFUSED if named else "refused without a name"
    except (Malformed, Refused):
        return LET_IN
    return LET_IN


@pytest.mark.parametrize("duty", Duty)
def test_every_duty_at_every_step_is_let_in_or_refused_as_the_matrix_says(duty: Duty) -> None:
    wrong = []
    for arrow in matrix.arrows():
        if arrow.who is not duty:
            continue
        own = duty is Duty.CITIZEN
        for answer, area, path, is_reporter in (
            (arrow.inside, PLACE[:4], PATH[:4], own),
            (arrow.inside, PLACE, PATH, own),
            (arrow.outside, "350206", PATH, False),
            *([(arrow.outside, PLACE[:4], "00010003", False)] if duty is Duty.UNIT else []),
        ):
            expected = REFUSED if answer is Answer.DENY else LET_IN
            got = tried(arrow.state, arrow.verb, a_holder(duty, area, path), is_reporter=is_reporter)
            if got != expected:
                wrong.append((arrow.state, arrow.verb, area, path, got, expected))
    assert wrong == []


def test_a_reporter_is_let_in_whatever_duty_they_hold_and_nobody_else_takes_a_residents_step() -> None:
    for (state, verb), step in LOOP.items():
        if step.duties == (Duty.CITIZEN,):
            assert tried(state, verb, a_holder(Duty.AUDITOR, "", ""), is_reporter=True) == LET_IN
            assert tried(state, verb, Caller(None, "public", via="public"), is_reporter=True) == LET_IN
            assert tried(state, verb, a_holder(Duty.CITIZEN, "", ""), is_reporter=False) == REFUSED


def test_the_matrix_has_every_duty_at_every_step() -> None:
    cells = list(matrix.arrows())
    assert len(cells) == len(LOOP) * len(Duty)
    assert {one.verb for one in cells} == set(VERBS) - {"report", "join"}
    assert any(one.inside is Answer.ALLOW for one in cells)
    assert all(one.outside is Answer.DENY for one in cells)


@pytest.mark.django_db
def test_the_permissions_door_answers_the_steps_beside_the_addresses() -> None:
    said = a_client(a_person(Duty.ACCEPTOR)).get("/api/v1/permissions").json()
    assert said["items"]
    found = {(one["who"], one["state"], one["verb"]): one["inside"] for one in said["steps"]}
    assert found["shift_leader", "registered", "file"] == "allow"
    assert found["acceptor", "registered", "file"] == "deny"
    assert found["citizen", "closed", "rate"] == "own"


def step(client: Client, number: str, verb: str):
    return client.post(f"/api/v1/cases/{number}/steps", {"verb": verb}, content_type="application/json")


@pytest.mark.parametrize(
    ("state", "verb"),
    [("registered", "file"), ("dispatched", "return"), ("handling", "finish"), ("checked", "send_back")],
)
def test_the_step_door_refuses_who_lacks_the_duty_and_hides_what_lies_outside(
    state: str, verb: str, crew: Crew
) -> None:
    number = a_case(state, crew=crew)
    sees = {
        Duty.COLLECTOR,
        Duty.ACCEPTOR,
        Duty.SHIFT_LEADER,
        Duty.DISPATCHER,
        Duty.SUPERVISOR,
        Duty.LEADER,
        Duty.ARBITER,
        Duty.INTEGRATOR,
    }
    if state != "registered":
        sees |= {Duty.UNIT}
    before = a_client(a_person(Duty.ACCEPTOR)).get(f"/api/v1/cases/{number}").json()
    for duty in Duty:
        unit = {"grant_unit_id": crew.handler} if duty is Duty.UNIT else {}
        inside = step(a_client(a_person(duty, **unit)), number, verb)
        if duty in LOOP[State(state), verb].duties:
            assert inside.status_code in {409, 422}, (duty, inside.content)  # let in, and told what the form lacks
        else:
            assert inside.status_code == (403 if duty in sees else 404), (duty, inside.content)
        assert inside.json()["detail"]
        outside = step(a_client(a_person(duty, area="350206", **unit)), number, verb)
        assert outside.status_code == 404, (duty, outside.content)
    assert a_client(a_person(Duty.ACCEPTOR)).get(f"/api/v1/cases/{number}").json()["version"] == before["version"]


PERMIT: Permit = api.permits()["POST", "/cases"]
REPORT = {"text": "路口井盖破损", "lon": SPOT[0], "lat": SPOT[1], "class_kind": "component", "class_code": "0101"}


@pytest.mark.django_db
@pytest.mark.parametrize("duty", Duty)
def test_a_case_is_taken_by_duty_within_the_area_and_nowhere_else(duty: Duty, ground: None) -> None:
    expected = (201, 403, 403) if duty in PERMIT.duties else (403, 403, 403)
    got = []
    for area in ("350203", "350206", "3501"):
        answer = a_client(a_person(duty, area=area)).post("/api/v1/cases", REPORT, content_type="application/json")
        got.append(answer.status_code)
        if duty in PERMIT.duties and answer.status_code == 403:
            assert "outside your area" in answer.json()["detail"]
            assert set(answer.json()["fields"]) == {"lon", "lat"}
    assert tuple(got) == expected
