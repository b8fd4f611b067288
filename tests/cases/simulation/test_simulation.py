"""Simulations against the database: reckoned from real cases, read by whom they concern, switched to with a date."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridloop.audit import actions as ledger
from gridloop.audit import queries as entries
from gridloop.cases import models
from gridloop.cases.actions import masters as routes
from gridloop.cases.actions import merging
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.suggestions import unit_of_kind
from gridloop.cases.rules.routing import routed
from gridloop.cases.simulation.actions import running, switching
from gridloop.cases.simulation.models import Simulation, SimulationChange
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller, system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused
from gridloop.places import actions as places
from tests.builders import BUILDER, MONDAY, NOW, Crew, a_caller, a_case, a_client, a_person, a_unit

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LATER = MONDAY + 2 * DAY
TODAY = clock.in_city(LATER).date()
SYSTEM = system("tests")
LITTER = "event:0102"
LIMIT = {"kind": "event", "code": "0102", "rule_no": 1, "limit": 1, "unit": "natural_hour"}


@pytest.fixture
def other(crew: Crew) -> int:
    """A second unit, of another kind."""
    return a_unit(kind="road")


@pytest.fixture
def lived(crew: Crew) -> list[str]:
    """Three cases with their lives: closed, in hand, just reported."""
    return [a_case(state, crew=crew) for state in ("closed", "handling", "registered")]


def admin(area: str = "3502") -> Caller:
    return a_caller(a_person(Duty.ADMIN, area=area), now=NOW)


def simulated(
    proposal: dict[str, Any], *, by: Caller = SYSTEM, days: int = 5, now: dt.datetime = LATER, page: int = 1000
) -> Simulation:
    made = running.begun(proposal, days=days, by=by, now=now)
    return running.reckon(made.pk, now=now, page=page)


def unit_on(day: dt.datetime, place: str = "350203001001", code: str = "0102") -> int | None:
    masters = masters_now.current(day)
    return routed(masters, masters.classes["event", code], place, owner_unit=None, unit_for_kind=unit_of_kind).unit_id


def test_a_merger_moves_the_units_cases_and_names_them(crew: Crew, other: int, lived: list[str]) -> None:
    found = simulated({"mergers": [{"from": crew.handler, "to": other}]})
    assert (found.state, found.done, found.of) == ("done", 3, 3)
    assert found.totals["moved"] == 3
    assert found.totals["as_recorded"] == {"unit": 1.0, "deadline": 1.0}
    assert found.figures["flows"] == [{"from": crew.handler, "to": other, "count": 3}]
    assert sorted(found.changes.values_list("number", flat=True)) == sorted(lived)
    assert found.position is not None
    ledger.sequence(clock.now())
    assert [one.action for one in entries.entries_about(f"simulation:{found.pk}")] == ["simulation.asked"]


def test_nothing_of_a_case_is_written(crew: Crew, other: int, lived: list[str]) -> None:
    before = list(models.Case.objects.order_by("id").values())
    events = models.Event.objects.count()
    simulated({"mergers": [{"from": crew.handler, "to": other}], "limits": [LIMIT]})
    assert list(models.Case.objects.order_by("id").values()) == before
    assert models.Event.objects.count() == events


def test_pages_of_any_size_give_the_same_result(crew: Crew, other: int, lived: list[str]) -> None:
    wanted = {"mergers": [{"from": crew.handler, "to": other}]}
    whole, single = simulated(wanted), simulated(wanted, page=1)
    assert whole.figures == single.figures
    assert list(whole.changes.values_list("case_id", "before", "after")) == list(
        single.changes.values_list("case_id", "before", "after")
    )


def test_the_number_of_statements_does_not_grow_with_the_cases(crew: Crew, other: int) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            a_case("closed", crew=crew)
        made = running.begun({"mergers": [{"from": crew.handler, "to": other}]}, days=5, by=SYSTEM, now=LATER)
        with CaptureQueriesContext(connection) as asked:
            running.reckon(made.pk, now=LATER)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_only_the_days_and_areas_asked_for_are_read(crew: Crew, lived: list[str]) -> None:
    assert simulated({}, days=1).totals["cases"] == 0
    assert simulated({}, days=2).totals["cases"] == 3
    assert simulated({}, by=admin("350206")).totals["cases"] == 0
    assert simulated({}, by=admin("350203")).totals["cases"] == 3
    for days in (0, 93):
        with pytest.raises(Malformed, match="1 to 92"):
            simulated({}, days=days)


def test_who_may_simulate_and_read(crew: Crew, lived: list[str]) -> None:
    whole = simulated({}, by=admin(""))
    for duty in (Duty.ADMIN, Duty.SUPERVISOR, Duty.LEADER):
        client = a_client(a_person(duty))
        assert client.get(f"/api/v1/simulations/{whole.pk}").status_code == 200, duty
        assert [one["id"] for one in client.get("/api/v1/simulations").json()["items"]] == [whole.pk]
        assert client.get("/api/v1/simulations/ground").status_code == 200
    district = a_client(a_person(Duty.ADMIN, area="350203"))
    assert district.get(f"/api/v1/simulations/{whole.pk}").status_code == 404, "it read more than the district"
    assert district.get("/api/v1/simulations").json()["items"] == []
    for duty in (Duty.DISPATCHER, Duty.COLLECTOR, Duty.UNIT):
        assert a_client(a_person(duty)).get("/api/v1/simulations").status_code == 403, duty
    leader = a_client(a_person(Duty.LEADER))
    body = {"days": 3, "proposal": {}}
    assert leader.post("/api/v1/simulations", body, content_type="application/json").status_code == 403
    with pytest.raises(NotAllowed):
        simulated({}, by=a_caller(a_person(Duty.UNIT), now=NOW))


def ask(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")


def test_the_doors_from_the_question_to_the_file(crew: Crew, other: int, lived: list[str]) -> None:
    client = a_client(a_person(Duty.SUPERVISOR))
    wrong = ask(client, "/simulations", {"days": 3, "proposal": {"mergers": [{"from": 0, "to": other}]}})
    assert wrong.status_code == 422
    assert "mergers[0].from" in wrong.json()["fields"]
    made = ask(
        client,
        "/simulations",
        {"days": 92, "proposal": {"title": "t", "mergers": [{"from": crew.handler, "to": other}]}},
    )
    assert (made.status_code, made.json()["state"]) == (202, "waiting")
    number = made.json()["id"]
    assert client.get(f"/api/v1/simulations/{number}/file.csv").status_code == 409
    Simulation.objects.filter(pk=number).update(at=LATER)
    running.reckon(number, now=LATER)
    told = client.get(f"/api/v1/simulations/{number}").json()
    assert (told["state"], told["switch"]["state"], told["switch"]["two"]) == ("done", "none", False)
    assert "ways" not in told["figures"]
    assert told["names"]["units"][str(other)][1].startswith("Unit")
    page = client.get(f"/api/v1/simulations/{number}/changes?limit=2").json()
    assert [one["number"] for one in page["items"]] == lived[:2]
    assert page["items"][0]["why_after_en"].endswith("that unit was merged into this one")
    rest = client.get(f"/api/v1/simulations/{number}/changes?limit=2&cursor={page['next']}").json()
    assert ([one["number"] for one in rest["items"]], rest["next"]) == (lived[2:], None)
    assert client.get(f"/api/v1/simulations/{number}/changes?to={crew.handler}").json()["items"] == []
    assert (
        len(client.get(f"/api/v1/simulations/{number}/changes?from={crew.handler}&class={LITTER}").json()["items"]) == 3
    )
    rows = list(
        csv.reader(io.StringIO(b"".join(client.get(f"/api/v1/simulations/{number}/file.csv")).decode("utf-8-sig")))
    )
    assert rows[0][0] == "number"
    assert [row[0] for row in rows[1:]] == lived
    book = b"".join(client.get(f"/api/v1/simulations/{number}/file.xlsx"))
    assert book.startswith(b"PK")
    assert client.get("/api/v1/simulations/999999").status_code == 404


def test_the_doors_of_the_switch_are_for_administrators_of_the_whole_city(
    crew: Crew, other: int, lived: list[str]
) -> None:
    found = simulated({"limits": [LIMIT]}, by=admin("350203"))
    tomorrow = clock.in_city(clock.now()).date() + DAY
    body = {"valid_from": tomorrow.isoformat(), "why": "quicker"}
    first, second = a_client(a_person(Duty.ADMIN)), a_client(a_person(Duty.ADMIN))
    for client in (a_client(a_person(Duty.ADMIN, area="350203")), a_client(a_person(Duty.SUPERVISOR))):
        assert ask(client, f"/simulations/{found.pk}/switch", body).status_code == 403
    assert ask(first, f"/simulations/{found.pk}/switch", body).json()["switch"]["state"] == "asked"
    for step in ("confirm", "withdraw"):
        district = a_client(a_person(Duty.ADMIN, area="350203"))
        assert ask(district, f"/simulations/{found.pk}/switch/{step}").status_code == 403
    assert ask(first, f"/simulations/{found.pk}/switch/confirm").status_code == 409
    assert ask(second, f"/simulations/{found.pk}/switch/withdraw").json()["switch"]["state"] == "none"
    ask(first, f"/simulations/{found.pk}/switch", body)
    done = ask(second, f"/simulations/{found.pk}/switch/confirm").json()["switch"]
    assert (done["state"], done["from"]) == ("done", tomorrow.isoformat())
    elsewhere = a_client(a_person(Duty.SUPERVISOR, area="350206"))
    for rest in ("", "/changes", "/file.csv", "/file.xlsx"):
        assert elsewhere.get(f"/api/v1/simulations/{found.pk}{rest}").status_code == 404, rest


def test_a_route_boundary_and_merger_hold_from_their_day_and_not_before(
    crew: Crew, other: int, lived: list[str]
) -> None:
    third = a_unit(kind="sani", area="350206")
    found = simulated(
        {
            "routes_added": [
                {"class_kind": "event", "class_prefix": "0102", "area": "350203001", "unit": third, "note": "trial"}
            ],
            "boundaries": [{"area": "350203002", "kind": "sani", "unit": other}],
            "mergers": [{"from": crew.handler, "to": other}],
        }
    )
    by, day = admin(), TODAY + 3 * DAY
    done = switching.ask_switch(found.pk, day, "a trial", by=by, now=LATER)
    assert (done.switched_at, done.switch_by) == (LATER, by.person_id)
    eve, morning = LATER + 2 * DAY, LATER + 3 * DAY
    assert [unit_on(eve, place) for place in ("350203001001", "350203002001", "350203003001")] == [crew.handler] * 3
    assert [unit_on(morning, place) for place in ("350203001001", "350203002001", "350203003001")] == [
        third,
        other,
        other,
    ]
    number = a_case("filed", crew=crew, now=morning)
    case = models.Case.objects.get(number=number)
    assert unit_on(morning, case.place) in {third, other}
    ledger.sequence(clock.now())
    about = [one for one in entries.entries_about(f"simulation:{found.pk}") if one.action == "simulation.switched"]
    assert len(about) == 1
    with pytest.raises(Refused, match="switched already"):
        switching.ask_switch(found.pk, day, "again", by=by, now=LATER)


def test_changed_limits_need_a_second_administrator(crew: Crew, lived: list[str]) -> None:
    found = simulated({"limits": [LIMIT]})
    first, second = admin(), admin()
    waits = switching.ask_switch(found.pk, TODAY + DAY, "quicker", by=first, now=LATER)
    assert (waits.switched_at, waits.switch_asked_by) == (None, first.person_id)
    assert masters_now.current(LATER + DAY).rules["event", "0102", 1].limit_value != 1
    with pytest.raises(Refused, match="yourself"):
        switching.confirm(found.pk, by=first, now=LATER)
    with pytest.raises(Refused, match="already"):
        switching.ask_switch(found.pk, TODAY + DAY, "once more", by=second, now=LATER)
    with pytest.raises(NotAllowed):
        switching.confirm(found.pk, by=a_caller(a_person(Duty.SUPERVISOR), now=NOW), now=LATER)
    done = switching.confirm(found.pk, by=second, now=LATER)
    assert done.switch_by == second.person_id
    rule = masters_now.current(LATER + DAY).rules["event", "0102", 1]
    assert (rule.limit_value, rule.limit_unit, rule.limit("A")) == (1, "natural_hour", 1)
    assert masters_now.current(LATER).rules["event", "0102", 1].limit_value != 1


def test_a_switch_that_waits_is_withdrawn_and_one_that_waited_too_long_is_refused(crew: Crew, lived: list[str]) -> None:
    found = simulated({"limits": [LIMIT]})
    first, second = admin(), admin()
    switching.ask_switch(found.pk, TODAY + DAY, "quicker", by=first, now=LATER)
    with pytest.raises(Refused, match="that day has come"):
        switching.confirm(found.pk, by=second, now=LATER + DAY)
    gone = switching.withdraw(found.pk, by=second, now=LATER + DAY)
    assert (gone.switch_from, gone.switch_asked_by) == (None, None)
    with pytest.raises(Refused, match="nobody has asked"):
        switching.confirm(found.pk, by=second, now=LATER + DAY)


def test_a_switch_is_refused_where_it_makes_no_sense(crew: Crew, other: int, lived: list[str]) -> None:
    by = admin()
    empty = simulated({})
    with pytest.raises(Refused, match="changes nothing"):
        switching.ask_switch(empty.pk, TODAY + DAY, "x", by=by, now=LATER)
    found = simulated({"mergers": [{"from": crew.handler, "to": other}]})
    for day, why in ((TODAY, "x"), (TODAY + 400 * DAY, "x"), (TODAY + DAY, " ")):
        with pytest.raises(Malformed):
            switching.ask_switch(found.pk, day, why, by=by, now=LATER)
    waiting = running.begun({}, days=3, by=SYSTEM, now=LATER)
    with pytest.raises(Refused, match="no result yet"):
        switching.ask_switch(waiting.pk, TODAY + DAY, "x", by=by, now=LATER)
    with pytest.raises(NotAllowed):
        switching.ask_switch(found.pk, TODAY + DAY, "x", by=a_caller(a_person(Duty.LEADER), now=NOW), now=LATER)


def test_a_proposal_that_no_longer_fits_is_not_switched_to(crew: Crew, lived: list[str]) -> None:
    rule = routes.add_route(
        area="350203", class_kind="event", class_prefix="0102", unit_id=crew.handler, by=BUILDER, now=MONDAY
    )
    found = simulated({"routes_ended": [rule]})
    routes.end_route(rule, by=BUILDER, now=LATER)
    with pytest.raises(Refused, match="simulate again"):
        switching.ask_switch(found.pk, TODAY + DAY, "x", by=admin(), now=LATER)
    assert simulated({}).state == "done"
    stale = running.begun({}, days=3, by=SYSTEM, now=LATER)
    Simulation.objects.filter(pk=stale.pk).update(proposal={"routes_ended": [rule]})
    failed = running.reckon(stale.pk, now=LATER)
    assert (failed.state, "no routing rule" in failed.error_en) == ("failed", True)


def test_all_of_a_switch_is_written_or_nothing(crew: Crew, other: int, lived: list[str]) -> None:
    found = simulated(
        {
            "mergers": [{"from": crew.handler, "to": other}],
            "boundaries": [{"area": "3502", "kind": "sani", "unit": other}],
        }
    )
    merging.merge_unit(
        other, crew.handler, valid_from=TODAY + 2 * DAY, by=BUILDER, now=LATER
    )  # announced after the simulation
    with pytest.raises(Refused, match="end that first"):
        switching.ask_switch(found.pk, TODAY + DAY, "x", by=admin(), now=LATER)
    assert masters_now.current(LATER + DAY).answers == {}


def test_routes_can_be_announced_replaced_and_ended_for_a_later_day(crew: Crew, other: int) -> None:
    said = {"area": "350203", "class_kind": "event", "class_prefix": "0102"}
    routes.add_route(**said, unit_id=crew.handler, by=BUILDER, now=MONDAY)
    announced = routes.add_route(**said, unit_id=other, valid_from=TODAY + 5 * DAY, by=BUILDER, now=LATER)
    assert [unit_on(LATER + n * DAY) for n in (0, 4, 5)] == [crew.handler, crew.handler, other]
    sooner = routes.add_route(**said, unit_id=other, valid_from=TODAY + 2 * DAY, by=BUILDER, now=LATER)
    assert [unit_on(LATER + n * DAY) for n in (1, 2, 5)] == [crew.handler, other, other]
    assert models.RoutingRule.objects.get(pk=announced).valid_to == TODAY + 5 * DAY, "it never held"
    routes.end_route(sooner, valid_from=TODAY + 4 * DAY, by=BUILDER, now=LATER)
    assert sooner in {one.id for one in masters_now.current(LATER + 3 * DAY).routes}
    assert sooner not in {one.id for one in masters_now.current(LATER + 4 * DAY).routes}
    with pytest.raises(NotFound):
        routes.end_route(sooner, valid_from=TODAY + 4 * DAY, by=BUILDER, now=LATER)
    with pytest.raises(Malformed, match="has passed"):
        routes.add_route(**said, unit_id=other, valid_from=TODAY - DAY, by=BUILDER, now=LATER)


def test_an_answer_for_an_area_routes_cases_and_can_be_announced(crew: Crew, other: int) -> None:
    places.answer_for("350203", "sani", other, by=BUILDER, now=LATER, valid_from=TODAY + 2 * DAY)
    assert [unit_on(LATER + n * DAY) for n in (0, 1, 2)] == [crew.handler, crew.handler, other]
    places.answer_for("350203", "sani", crew.handler, by=BUILDER, now=LATER, valid_from=TODAY + DAY)
    assert unit_on(LATER + 2 * DAY) == crew.handler
    with pytest.raises(Malformed, match="has passed"):
        places.answer_for("350203", "sani", other, by=BUILDER, now=LATER, valid_from=TODAY - DAY)


def test_a_merger_is_ended_and_never_leads_in_a_ring(crew: Crew, other: int) -> None:
    merging.merge_unit(crew.handler, other, valid_from=TODAY, by=BUILDER, now=LATER)
    assert unit_on(LATER) == other
    with pytest.raises(Refused, match="end that first"):
        merging.merge_unit(other, crew.handler, valid_from=TODAY + DAY, by=BUILDER, now=LATER)
    merging.merge_unit(crew.handler, None, valid_from=TODAY + DAY, by=BUILDER, now=LATER)
    assert [unit_on(LATER), unit_on(LATER + DAY)] == [other, crew.handler]
    with pytest.raises(Refused, match="not merged"):
        merging.merge_unit(crew.handler, None, valid_from=TODAY + 2 * DAY, by=BUILDER, now=LATER)
    with pytest.raises(Malformed, match="has passed"):
        merging.merge_unit(crew.handler, other, valid_from=TODAY - DAY, by=BUILDER, now=LATER)


def test_older_lists_of_cases_are_forgotten(
    crew: Crew, other: int, lived: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHANGES_KEPT", 2)
    made = [simulated({"mergers": [{"from": crew.handler, "to": other}]}).pk for _ in range(3)]
    assert sorted(set(SimulationChange.objects.values_list("simulation_id", flat=True))) == made[1:]
    assert Simulation.objects.get(pk=made[0]).totals["moved"] == 3


def test_the_command_prints_a_table_and_a_line_of_json(
    crew: Crew, other: int, lived: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "proposal.toml"
    file.write_text(f'title = "merger"\n[[mergers]]\nfrom = {crew.handler}\nto = {other}\n')
    said = io.StringIO()
    call_command("simulate", "routing", str(file), "--days", "92", stdout=said)
    lines = said.getvalue().splitlines()
    told = json.loads(lines[-1])
    assert (told["days"], told["simulation"]) == (92, Simulation.objects.get().pk)
    assert "change hands" in lines[0]
    file.write_text('{"mergers": [{}]}')
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("simulate", "routing", str(file))
    good = tmp_path / "bad.json"
    good.write_text('{"mergers": [{}]}')
    with pytest.raises(CommandError, match=r"mergers\[0\].from: name a unit"):
        call_command("simulate", "routing", str(good))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("simulate", "routing", str(tmp_path / "none.json"))
