"""Driver cards (0x0702): rest times are those of a driver, known by a keyed number alone, and survive a restart."""

from __future__ import annotations

import datetime as dt

import pytest

from gridloop.fleet.gateway.drivers import Drivers, Driving, began_of
from gridloop.kernel.clock import CITY_ZONE
from tests.fleet.gateway.conftest import Running, now
from tests.fleet.gateway.terminal import frame, position

pytestmark = pytest.mark.django_db
MINUTES = 150
"""Twice so long is more than four hours, once is not."""


def eight_yesterday():
    """By day, as at night two hours are the limit."""
    return (now().astimezone(CITY_ZONE) - dt.timedelta(days=1)).replace(hour=8, minute=0, second=0)


def a_rest_rule(town):
    town.do(
        "insert into fleet_rule (code, kind, name_zh, fences, kinds, params, weekly, valid_from)"
        " values ('rest', 'rest', '疲劳驾驶', '{}', '{coach}', '{}', '[]', now() - interval '3 days')"
    )
    town.tell()


def card(terminal, number, at):
    body = {"state": 1, "time": at, "card_result": 0, "name": "某某", "qualification": number, "issuer": "厦门"}
    return terminal.ask(0x0702, body | {"valid_to": dt.date(2030, 1, 1)})


def drive(terminal, phone, begin, first):
    """A fix a minute, all written at once."""
    serials = range(first, first + MINUTES)
    terminal.say_raw(
        b"".join(
            frame(phone, 0x0200, number, position(begin + dt.timedelta(minutes=number), 118.1 + number % 2 * 0.001))
            for number in serials
        )
    )
    for number in serials:
        assert terminal.hear(0x8001, acked_serial=number, acked_id=0x0200).body["result"] == 0


def test_two_drivers_take_turns_and_one_who_puts_the_same_card_in_again_does_not(town, gateway):
    a_rest_rule(town)
    begin = eight_yesterday()
    vehicles = {}
    for plate, phone, second in (("闽D00001", "13900000001", "B"), ("闽D00002", "13900000002", "A")):
        vehicles[second] = town.a_vehicle(plate, phone, kind="coach")
        terminal = gateway.signed_in(phone)
        terminal.serial = 20_000
        assert card(terminal, "A", begin) == 0
        drive(terminal, phone, begin, 0)
        assert card(terminal, second, begin + dt.timedelta(minutes=MINUTES)) == 0
        drive(terminal, phone, begin, MINUTES)
    assert town.rows("select vehicle_id, stage, detail->>'clause' from fleet_warning") == [
        (vehicles["A"], "confirmed", "continuous")
    ]


def test_a_gateway_that_lost_its_state_still_knows_who_drives(town, tmp_path):
    a_rest_rule(town)
    phone, begin = "13900000001", eight_yesterday()
    town.a_vehicle("闽D00001", phone, kind="coach")
    first = Running(tmp_path).start()
    terminal = first.signed_in(phone)
    terminal.serial = 20_000
    assert card(terminal, "A", begin) == 0
    drive(terminal, phone, begin, 0)
    first.stop()
    (first.settings.folder / "held").unlink()
    second = Running(tmp_path, rebuild_minutes=3_000).start()
    try:
        terminal = second.signed_in(phone)
        terminal.serial = 30_000
        assert card(terminal, "A", begin + dt.timedelta(minutes=MINUTES)) == 0
        drive(terminal, phone, begin, MINUTES)
        assert town.rows("select stage, detail->>'clause' from fleet_warning") == [("confirmed", "continuous")]
    finally:
        second.stop()


def test_a_card_that_is_told_late_changes_nobody():
    drivers, answered = Drivers(b"k"), []
    at = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
    for number, hours in (("A", 2), ("B", 1)):
        body = {"state": 1, "time": at + dt.timedelta(hours=hours), "qualification": number}
        drivers.take(7, body, 0, lambda number=number: answered.append(number))
    waiting = drivers.take_waiting()
    assert Driving().newer(began_of(waiting)) == {7: waiting[0].token}
    for one in waiting:
        one.stored()
    assert answered == ["A", "B"]


def test_a_card_that_cannot_be_read_is_answered_and_says_nothing():
    drivers, answered = Drivers(b"k"), []
    drivers.take(7, {"state": 1, "card_result": 4}, 0, lambda: answered.append(1))
    assert answered == [1]
    assert drivers.take_waiting() == []
