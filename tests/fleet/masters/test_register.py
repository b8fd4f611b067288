"""The vehicle register: many at once, twice the same, terminals that move, and who may do what."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.audit.models import Pending
from gridloop.fleet import actions
from gridloop.fleet.actions import NewTerminal, NewVehicle
from gridloop.fleet.models import Stranger, Terminal, Vehicle
from gridloop.fleet.queries import vehicles as asked
from gridloop.kernel.caller import Caller, GrantView, system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused, Stale
from tests.builders import NOW

SYSTEM = system("test")
SIMING = Caller(None, "supervisor", (GrantView(1, Duty.SUPERVISOR, "350203"),), via="session")
DESK = Caller(None, "acceptor", (GrantView(2, Duty.ACCEPTOR, "3502"),), via="session")


def a_truck(number: int = 1, **said) -> NewVehicle:
    return NewVehicle(**({"plate": f"示D{number:05d}", "kind": "hazmat", "area": "350203", "firm": "示范运输"} | said))


def a_terminal(number: int = 1, plate: str = "示D00001", **said) -> NewTerminal:
    return NewTerminal(**({"protocol": "jt808", "name": f"{13900000000 + number}", "plate": plate} | said))


def entries(action: str) -> int:
    return Pending.objects.filter(action=action).count()


def test_many_are_registered_at_once_with_one_entry_and_twice_changes_nothing(db):
    rows = [a_truck(number) for number in range(1, 301)]
    with CaptureQueriesContext(
        connection,
    ) as asked_of:
        first = actions.register_vehicles(rows, by=SYSTEM, now=NOW)
    assert len(asked_of) <= 8
    again = actions.register_vehicles(rows, by=SYSTEM, now=NOW)
    assert {one.ending for one in first} == {"new"}
    assert [one.id for one in again] == [one.id for one in first]
    assert {one.ending for one in again} == {"same"}
    assert (Vehicle.objects.count(), entries("fleet.vehicles_registered")) == (300, 1)


def test_a_whole_citys_vehicles_and_terminals_fit_into_the_ledger(db):
    """An entry holds 64 kB: all plates of one load in one entry were too many from some 5,000 on."""
    count = 6_000
    actions.register_vehicles([a_truck(number) for number in range(count)], by=SYSTEM, now=NOW)
    actions.bind_terminals([a_terminal(number, f"示D{number:05d}") for number in range(count)], by=SYSTEM, now=NOW)
    assert (entries("fleet.vehicles_registered"), entries("fleet.terminals_bound")) == (3, 3)
    told = [json.loads(bytes(body)) for body in Pending.objects.filter(action__in=("fleet.vehicles_registered", "fleet.terminals_bound")).values_list("body", flat=True)]  # fmt: skip
    assert len({one for said in told for one in said["detail"].get("plates", ())}) == count
    assert len({one for said in told for one in said["detail"].get("names", ())}) == count


def test_a_known_plate_with_other_words_stays_and_a_bad_row_says_why(db):
    actions.register_vehicles([a_truck()], by=SYSTEM, now=NOW)
    rows = [a_truck(firm="另一家"), a_truck(2, kind="rocket"), a_truck(3, lists=("gone",)), a_truck(4, plate="??")]
    ended = actions.register_vehicles(rows, by=SYSTEM, now=NOW)
    assert [one.ending for one in ended] == ["different", "refused", "refused", "refused"]
    assert ended[0].differ == ("firm",)
    assert "is no kind of vehicle" in ended[1].why[0]
    assert "make it first" in ended[2].why[0]
    assert "looks like 闽D12345" in ended[3].why[0]
    assert Vehicle.objects.get().firm == "示范运输"


def test_a_plate_is_one_plate_however_it_is_typed(db):
    actions.register_vehicle(a_truck(plate="闽d·12345"), by=SYSTEM, now=NOW)
    ended = actions.register_vehicles([a_truck(plate="闽D 12345")], by=SYSTEM, now=NOW)
    assert ended[0].ending == "same"


def test_a_supervisor_registers_in_the_own_area_only(db):
    actions.register_vehicle(a_truck(), by=SIMING, now=NOW)
    with pytest.raises(NotAllowed):
        actions.register_vehicle(a_truck(2, area="350206"), by=SIMING, now=NOW)
    with pytest.raises(NotAllowed):
        actions.register_vehicle(a_truck(3), by=DESK, now=NOW)


def test_a_change_names_what_was_and_needs_the_version_that_was_seen(db):
    made = actions.register_vehicle(a_truck(), by=SYSTEM, now=NOW)
    seen = asked.version_of(Vehicle.objects.get(pk=made))
    with pytest.raises(Stale):
        actions.change_vehicle(made, {"firm": "B"}, by=SYSTEM, now=NOW, version=seen - 1)
    actions.change_vehicle(made, {"in_service": False}, by=SYSTEM, now=NOW, version=seen)
    assert Vehicle.objects.get(pk=made).in_service is False
    assert b'"in_service":true' in bytes(Pending.objects.get(action="fleet.vehicle_changed").body)
    actions.change_vehicle(made, {"in_service": False}, by=SYSTEM, now=NOW, version=seen - 1)  # says nothing new
    assert entries("fleet.vehicle_changed") == 1
    with pytest.raises(NotFound):
        actions.change_vehicle(made + 1, {}, by=SYSTEM, now=NOW)


def test_a_taken_plate_is_refused(db):
    actions.register_vehicles([a_truck(), a_truck(2)], by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="belongs to another vehicle"):
        actions.change_vehicle(Vehicle.objects.get(plate="示D00001").pk, {"plate": "示D00002"}, by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="differs in firm"):
        actions.register_vehicle(a_truck(firm="B"), by=SYSTEM, now=NOW)


def test_terminals_are_bound_in_bulk_and_who_knocked_is_a_stranger_no_more(db):
    actions.register_vehicles([a_truck(), a_truck(2)], by=SYSTEM, now=NOW)
    Stranger.objects.create(
        protocol="jt808", name="13900000001", reason="unregistered", said_zh="", said_en="", first_at=NOW, last_at=NOW
    )
    rows = [
        a_terminal(name="013900000001"),
        a_terminal(2, "示D00002"),
        a_terminal(3, "示D00009"),
        a_terminal(4, name="x"),
    ]
    ended = actions.bind_terminals(rows, by=SYSTEM, now=NOW)
    assert [one.ending for one in ended] == ["new", "new", "refused", "refused"]
    assert "register it first" in ended[2].why[0]
    assert Terminal.objects.get(name="13900000001").vehicle.plate == "示D00001"
    assert not Stranger.objects.exists()
    assert [one.ending for one in actions.bind_terminals(rows[:2], by=SYSTEM, now=NOW)] == ["same", "same"]
    moved = actions.bind_terminals([a_terminal(1, "示D00002")], by=SYSTEM, now=NOW)[0]
    assert (moved.ending, moved.differ) == ("different", ("plate",))


def test_a_terminal_that_moves_to_another_vehicle_loses_its_code(db):
    actions.register_vehicles([a_truck(), a_truck(2)], by=SYSTEM, now=NOW)
    made = actions.bind_terminal(a_terminal(), by=SYSTEM, now=NOW)
    code = actions.new_code(made.pk, by=SYSTEM, now=NOW)
    assert bytes(Terminal.objects.get(pk=made.pk).auth_hash) == actions.hash_of(code)
    moved = actions.bind_terminal(a_terminal(plate="示D00002"), by=SYSTEM, now=NOW)
    assert (moved.pk, bytes(moved.auth_hash), moved.vehicle.plate) == (made.pk, b"", "示D00002")
    assert code.encode() not in b"".join(bytes(one) for one in Pending.objects.values_list("body", flat=True))


def test_blocking_needs_a_reason(db):
    actions.register_vehicles([a_truck()], by=SYSTEM, now=NOW)
    made = actions.bind_terminal(a_terminal(), by=SYSTEM, now=NOW)
    with pytest.raises(Malformed, match="say why"):
        actions.block_terminal(made.pk, blocked=True, why=" ", by=SYSTEM, now=NOW)
    actions.block_terminal(made.pk, blocked=True, why="stolen", by=SYSTEM, now=NOW)
    assert Terminal.objects.get(pk=made.pk).blocked
    actions.unbind_terminal(made.pk, by=SYSTEM, now=NOW)
    assert Terminal.objects.get(pk=made.pk).vehicle is None


def test_a_list_of_vehicles_costs_as_much_for_many_as_for_few(db):
    actions.register_vehicles(
        [a_truck(number, area=("350203", "350206")[number % 2]) for number in range(1, 61)], by=SYSTEM, now=NOW
    )
    actions.bind_terminals([a_terminal(number, f"示D{number:05d}") for number in range(1, 61)], by=SYSTEM, now=NOW)
    for limit in (2, 50):
        with CaptureQueriesContext(connection) as counted:
            page = asked.vehicles(asked.Wanted(), by=DESK, limit=limit)
        assert (len(counted), len(page.items)) == (3, limit)
    second = asked.vehicles(asked.Wanted(), by=DESK, limit=50, cursor=page.next)
    assert (second.items[0]["plate"], len(second.items), second.next) == ("示D00051", 10, None)
    assert len(asked.vehicles(asked.Wanted(q="0001"), by=SIMING, limit=50).items) == 5
    assert asked.vehicles(asked.Wanted(terminal="without"), by=DESK).items == []


def test_the_card_has_its_fixed_number_of_statements_and_ends_at_the_area(db):
    made = actions.register_vehicle(a_truck(area="350206"), by=SYSTEM, now=NOW)
    actions.bind_terminal(a_terminal(), by=SYSTEM, now=NOW)
    with CaptureQueriesContext(connection) as counted:
        card = asked.vehicle(made, by=DESK, now=NOW)
    assert (len(counted), card["terminals"][0]["name"], card["last"]) == (7, "13900000001", None)
    with pytest.raises(NotFound):
        asked.vehicle(made, by=SIMING, now=NOW)
