"""A case is bound to the component of its class, whenever the class becomes known; its card tells of warranty and past."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases import actions, queries
from gridloop.cases.components import sql
from gridloop.cases.components.queries import past
from gridloop.cases.components.rules import recurrence
from gridloop.cases.models import Case
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed
from gridloop.kernel.statements import run
from gridloop.places import actions as places
from gridloop.places.actions.components import NewComponent
from tests.builders import (
    BUILDER,
    MONDAY,
    NOW,
    SPOT,
    Crew,
    a_caller,
    a_case,
    a_client,
    a_person,
    a_report,
    a_step,
    a_unit,
)

LAMP, COVER = "0118", "0101"
TODAY = dt.date(2026, 11, 23)


def a_component(subclass: str = COVER, *, lon: float = SPOT[0], lat: float = SPOT[1], **said: Any) -> str:
    new = NewComponent(lon, lat, subclass, "上水井盖", **said)
    return places.register_component(new, by=BUILDER, now=NOW).code


def bound(number: str) -> tuple[str | None, dict[str, Any]]:
    kept = Case.objects.get(number=number)
    return kept.component, kept.routing


@pytest.mark.parametrize("way", ["register", "confirm", "file"])
def test_a_class_that_becomes_known_later_binds_the_case_to_the_nearest_component(way: str, crew: Crew):
    owner = a_unit(kind="water")
    code = a_component(owner_unit_id=owner)
    if way == "register":
        number = a_case(crew=crew)
        a_step(number, "register", crew=crew, who="acceptor", **{"class": "component:0101"})
    elif way == "confirm":
        number = a_case("verifying", crew=crew)
        a_step(number, "confirm", crew=crew, who="collector", photos=1, **{"class": ("component", COVER)})
    else:
        number = a_case("registered", crew=crew)
        a_step(number, "file", crew=crew, who="shift_leader", rule=1, **{"class": "component:0101"})

    assert bound(number) == (code, {"owner_unit": owner})
    card = queries.card(number, by=crew.dispatcher, now=MONDAY)
    assert card["routing"]["suggested"] is not None


def test_binding_costs_no_statement_more(crew: Crew):
    a_component()
    costs = []
    for said in ("event:0102", "component:0101"):
        number = a_case(crew=crew)
        queries.card(number, by=crew.acceptor, now=MONDAY)
        with CaptureQueriesContext(connection) as asked:
            a_step(number, "register", crew=crew, who="acceptor", **{"class": said})
        costs.append(len(asked))
    assert costs == [2, 2]


def test_a_corrected_class_binds_anew_or_lets_go(crew: Crew):
    cover, lamp = a_component(COVER), a_component(LAMP, lon=SPOT[0] + 0.0002)
    number = a_report(by=crew.citizen, class_kind="component", class_code=COVER).number
    assert bound(number)[0] == cover

    a_step(number, "register", crew=crew, who="acceptor", **{"class": f"component:{LAMP}"})
    assert bound(number)[0] == lamp

    a_step(number, "file", crew=crew, who="shift_leader", rule=1, **{"class": "event:0102"})
    assert bound(number) == (None, {})


def test_a_step_taken_back_lets_go_of_the_component_and_the_next_one_finds_it_again(crew: Crew):
    code = a_component()
    number = a_report(by=crew.citizen, class_kind="component", class_code=COVER).number
    a_step(number, "register", crew=crew, who="acceptor", **{"class": "event:0102"})
    a_step(number, "take_back", crew=crew, who="acceptor")
    assert bound(number)[0] is None

    a_step(number, "register", crew=crew, who="acceptor")
    assert bound(number)[0] == code


def test_a_component_that_came_into_the_register_later_is_found_when_the_case_is_filed(crew: Crew):
    number = a_report(by=crew.citizen, class_kind="component", class_code=COVER).number
    a_step(number, "register", crew=crew, who="acceptor")
    assert bound(number)[0] is None
    code = a_component()

    a_step(number, "file", crew=crew, who="shift_leader", rule=1)
    assert bound(number)[0] == code


def test_nothing_is_bound_beyond_fifty_metres_or_to_what_was_given_up(crew: Crew):
    a_component(lon=SPOT[0] + 0.0006)
    a_component(state="abandoned")
    number = a_case(crew=crew)
    a_step(number, "register", crew=crew, who="acceptor", **{"class": "component:0101"})
    assert bound(number)[0] is None


def closed(crew: Crew, *, days_ago: int) -> str:
    at = MONDAY - dt.timedelta(days=days_ago)
    number = a_report(by=crew.citizen, now=at, class_kind="component", class_code=COVER).number
    for who, verb, said in (
        ("acceptor", "register", {}), ("shift_leader", "file", {"rule": 1}), ("dispatcher", "dispatch", {"unit": None}),
        ("unit", "accept", {}), ("unit", "finish", {"note": f"更换井盖 {days_ago}", "photos": 1}), ("checker", "pass", {"photos": 1}),
        ("shift_leader", "close", {}),
    ):  # fmt: skip
        a_step(number, verb, crew=crew, who=who, now=at, **said)
    return number


def test_the_card_tells_owner_warranty_and_past(crew: Crew):
    owner = a_unit(kind="water")
    code = a_component(
        owner_unit_id=owner, maintain_unit_id=owner, installed_on=dt.date(2025, 5, 1), warranty_contractor="甲公司",
        warranty_until=TODAY,
    )  # fmt: skip
    old, newer = closed(crew, days_ago=200), closed(crew, days_ago=20)
    rejected = a_report(by=crew.citizen, class_kind="component", class_code=COVER).number
    a_step(rejected, "refuse", crew=crew, who="shift_leader", reason="not_city_matter")
    number = a_report(by=crew.citizen, class_kind="component", class_code=COVER).number

    found = actions.open_card(number, by=crew.acceptor, now=MONDAY)["fixture"]

    assert found["code"] == code
    assert found["owner"]["id"] == found["maintainer"]["id"] == owner
    assert found["warranty"]["runs"]
    assert found["warranty"]["en"] == "in warranty until 2026-11-23: 甲公司 repairs free of charge"
    assert (found["failures_90_days"], found["failures_12_months"]) == (2, 3)
    assert [(one["number"], one["said"]) for one in found["repairs"]] == [(newer, "更换井盖 20"), (old, "更换井盖 200")]
    assert found["repairs"][0]["unit_zh"]
    assert [one["number"] for one in found["open"]] == [number]
    assert (
        actions.open_card(number, by=crew.acceptor, now=MONDAY + dt.timedelta(days=1))["fixture"]["warranty"]["runs"]
        is False
    )
    assert actions.open_card(number, by=crew.citizen, now=MONDAY)["fixture"] is None


def test_the_past_is_one_statement_by_the_index_however_long_it_is(crew: Crew):
    code = a_component()
    for _ in range(3):
        a_report(by=crew.citizen, class_kind="component", class_code=COVER)
    past.component_card(code, by=crew.acceptor, now=MONDAY)
    with CaptureQueriesContext(connection) as asked:
        past.component_card(code, by=crew.acceptor, now=MONDAY)
    assert len(asked) == 3  # the register, the masters, the past
    run("set local enable_seqscan = off")
    params = {
        "code": code, "most": 500, "shown": 5, "no_failures": sorted(recurrence.NO_FAILURES), "recurrence": "recurrence",
        "quarter": MONDAY, "year": MONDAY,
    }  # fmt: skip
    plan = "\n".join(line for (line,) in run(f"explain {sql.text('past')}", params))
    assert "cases_case_open_component_opened_at_idx" in plan
    assert "cases_case_closed_component_opened_at_idx" in plan
    assert "Seq Scan" not in plan


def test_the_door_is_for_duties_where_it_stands(crew: Crew):
    code = a_component()
    assert a_client(a_person(Duty.ACCEPTOR)).get(f"/api/v1/cases/components/{code}").json()["code"] == code
    assert a_client(a_person(Duty.ACCEPTOR, area="350205")).get(f"/api/v1/cases/components/{code}").status_code == 403
    with pytest.raises(NotAllowed, match="outside your area"):
        past.component_card(code, by=a_caller(a_person(Duty.UNIT, area="350205")), now=MONDAY)
    place = a_client(a_person(Duty.ACCEPTOR)).get(f"/api/v1/places/components/{code}").json()
    assert (place["in_warranty"], place["owner"]) == (False, {"zh": "", "en": ""})
