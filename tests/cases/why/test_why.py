"""Why a case went where it went: who sent it under which grant, which units were possible, and which rule decided."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gridloop.cases import actions as cases
from gridloop.cases.models import Case
from gridloop.cases.simulation.models import Simulation, SimulationChange
from gridloop.cases.why import queries
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotFound
from tests.builders import BUILDER, MONDAY, Crew, a_caller, a_case, a_client, a_person, a_step, a_unit

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def test_each_sending_names_who_did_it_under_which_grant(crew: Crew):
    number = a_case("dispatched", crew=crew)
    a_step(number, "return", crew=crew, who="unit", now=MONDAY + HOUR, return_rule="not_ours", note="属道路养护")
    a_step(number, "redispatch", crew=crew, who="dispatcher", now=MONDAY + 2 * HOUR, unit=None)
    page = queries.why(number, by=crew.supervisor, now=MONDAY + 3 * HOUR)
    grant = crew.dispatcher.grants[0]
    assert [(one["verb"], one["by"], one["unit_id"], one["grant_id"], one["grant_area"]) for one in page["sent"]] == [
        ("dispatch", crew.dispatcher.name, crew.handler, grant.id, "3502"), ("redispatch", crew.dispatcher.name, crew.handler, grant.id, "3502"),
    ]  # fmt: skip
    assert [(one["state"], one["paused"]) for one in page["segments"]] == [
        ("reported", False), ("registered", False), ("filed", False), ("dispatched", False), ("returned", True), ("dispatched", False),
    ]  # fmt: skip


def test_the_first_rule_that_names_a_unit_decides_and_the_others_only_could_have(crew: Crew):
    number = a_case("dispatched", crew=crew)
    place = Case.objects.get(number=number).place

    def decided() -> tuple[list[Any], list[Any]]:
        ways = queries.why(number, by=crew.supervisor, now=MONDAY + HOUR)["ways"]
        return [(one["kind"], one["rule"]) for one in ways], [
            (one["kind"], one["unit_id"]) for one in ways if one["decides"]
        ]

    kinds, first = decided()
    assert kinds == [("department", None)]
    assert len(first) == 1
    wide, near = a_unit(), a_unit()
    broad = cases.add_route(area="3502", unit_id=wide, class_kind="event", class_prefix="0102", by=BUILDER, now=MONDAY)
    exact = cases.add_route(
        area=place[:9], unit_id=near, class_kind="event", class_prefix="0102", by=BUILDER, now=MONDAY
    )
    assert decided() == ([("rule", exact), ("rule", broad), ("department", None)], [("rule", near)])


def test_simulations_that_would_send_it_elsewhere_are_for_those_who_read_simulations(crew: Crew):
    number = a_case("dispatched", crew=crew)
    other = a_unit()
    made = Simulation.objects.create(by_name="x", at=MONDAY, days=7, title="环卫并入市政", proposal={}, ended_at=MONDAY)
    SimulationChange.objects.create(
        simulation=made, case_id=Case.objects.get(number=number).pk, number=number, title="", class_key="event:0102", place="3502",
        opened_at=MONDAY, from_unit=crew.handler, to_unit=other, before=0, after=0,
    )  # fmt: skip
    (replay,) = queries.why(number, by=crew.supervisor, now=MONDAY)["replays"]
    assert (replay["title"], replay["to_zh"] != replay["from_zh"]) == ("环卫并入市政", True)
    assert queries.why(number, by=crew.dispatcher, now=MONDAY)["replays"] == []


def test_the_page_is_for_those_who_see_the_case(crew: Crew):
    number = a_case("dispatched", crew=crew)
    with pytest.raises(NotFound, match=f"there is no case {number}"):
        queries.why(number, by=a_caller(a_person(Duty.DISPATCHER, area="350205")), now=MONDAY)
    answer = a_client(a_person(Duty.DISPATCHER)).get(f"/api/v1/cases/{number}/why").json()
    assert (answer["number"], len(answer["sent"]), answer["forecast"]) == (number, 1, None)
