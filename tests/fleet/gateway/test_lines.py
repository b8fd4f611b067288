"""Who speaks for a number when more than one line has signed in for it, and what the rule on clones makes of that."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from tests.fleet.gateway.conftest import CODE, now
from tests.fleet.gateway.terminal import position

pytestmark = pytest.mark.django_db
PHONE, PLATE = "13900000001", "闽D00001"
HERE, THERE = 118.10, 118.30


def gone(gateway, terminal):
    """Close a line and wait until the gateway knows."""
    before = gateway.gateway.counter.inbox.sockets
    terminal.close()
    until = time.monotonic() + 60
    while gateway.gateway.counter.inbox.sockets >= before:
        assert time.monotonic() < until
        time.sleep(0.01)


def a_clone_rule(town):
    town.do(
        "insert into fleet_rule (code, kind, name_zh, fences, params, weekly, valid_from)"
        " values ('clone', 'clone', '克隆', '{}', '{}', '[]', now() - interval '1 day')"
    )
    town.tell()


def test_when_the_copy_has_gone_the_first_terminal_goes_on_without_signing_in(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    first, second = gateway.signed_in(PHONE), gateway.signed_in(PHONE)
    at = now()
    assert second.ask(0x0200, position(at)) == 0
    gone(gateway, second)
    assert first.ask(0x0200, position(at + dt.timedelta(seconds=1))) == 0
    assert first.ask(0x0200, position(at + dt.timedelta(seconds=2))) == 0
    assert town.rows("select marks & 64, count(*) from fleet_position group by 1") == [(0, 3)]
    assert town.rows("select * from fleet_stranger") == []


def test_an_order_goes_to_the_line_that_is_left(town, gateway):
    vehicle = town.a_vehicle(PLATE, PHONE)
    first, second = gateway.signed_in(PHONE), gateway.signed_in(PHONE)
    gone(gateway, second)
    assert first.ask(0x0002) == 0
    town.do(
        "insert into fleet_order (vehicle_id, verb, said, answer, asked_at) values (%s, 'locate', '{}', '{}', now())",
        vehicle,
    )
    town.do("select pg_notify('fleet_orders', '')")
    first.hear(0x8201)


def test_who_signed_off_or_was_blocked_does_not_go_on_when_the_other_has_gone(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    first, second = gateway.signed_in(PHONE), gateway.signed_in(PHONE)
    assert first.ask(0x0003) == 0
    gone(gateway, second)
    assert first.ask(0x0200, position(now())) == 1
    assert first.sign_in(CODE) == 0
    town.do("update fleet_terminal set blocked = true")
    town.tell()
    until = time.monotonic() + 60
    while gateway.gateway.terminals.known("jt808", PHONE).blocked is False:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert first.ask(0x0200, position(now())) == 1


def test_two_lines_in_two_places_are_one_warning_that_ends_when_one_is_left(town, gateway):
    a_clone_rule(town)
    town.a_vehicle(PLATE, PHONE)
    first, second = gateway.signed_in(PHONE), gateway.signed_in(PHONE)
    begin = now() - dt.timedelta(
        minutes=9
    )  # so that time itself does not end it meanwhile, and what follows is not ahead of the clock
    for number in range(4):
        assert second.ask(0x0200, position(begin + dt.timedelta(seconds=10 * number), THERE)) == 0
        assert first.ask(0x0200, position(begin + dt.timedelta(seconds=10 * number + 5), HERE)) == 0
    assert town.rows("select stage, detail->>'two_connections' from fleet_warning") == [("confirmed", "true")]
    gone(gateway, second)
    for number in range(3):
        assert first.ask(0x0200, position(begin + dt.timedelta(minutes=12, seconds=10 * number), HERE)) == 0
    assert town.rows("select stage, detail->>'why' from fleet_warning") == [("ended", "one_again")]


def test_a_terminal_that_only_reconnects_is_no_copy(town, gateway):
    a_clone_rule(town)
    town.a_vehicle(PLATE, PHONE)
    first = gateway.signed_in(PHONE)
    at = now() - dt.timedelta(minutes=5)
    assert first.ask(0x0200, position(at)) == 0
    second = gateway.signed_in(PHONE)
    assert second.ask(0x0200, position(at + dt.timedelta(seconds=10))) == 0
    assert town.rows("select * from fleet_warning") == []
    assert town.one("select max(marks & 64) from fleet_position") == 0
