"""What a terminal is told: registering, signing in, positions, refusals, with the reasons shown to the desk."""

from __future__ import annotations

import datetime as dt

import pytest

from gridloop.fleet.jt808 import Edition
from tests.fleet.gateway.conftest import CODE, Running, now, stranger
from tests.fleet.gateway.terminal import frame, position

pytestmark = pytest.mark.django_db
PHONE, PLATE = "13900000001", "闽D00001"


@pytest.mark.parametrize("edition", [Edition.V2013, Edition.V2019])
def test_a_terminal_registers_signs_in_and_its_position_is_acknowledged_once_stored(town, gateway, edition):
    vehicle = town.a_vehicle(PLATE, PHONE, code="")
    terminal = gateway.terminal(PHONE, edition=edition)
    gateway.wait_known(PHONE)
    answer = terminal.register(PLATE)
    assert answer.body["result"] == 0
    assert terminal.sign_in(answer.body["code"]) == 0
    at = now()
    assert terminal.ask(0x0200, position(at, extras=((0x01, 1234),))) == 0
    rows = town.rows(
        "select vehicle_id, at, serial, lon_e7, lat_e7, speed, heading, altitude_m, marks, source, extras from fleet_position"
    )
    assert rows == [
        (vehicle, at, terminal.serial, 1_181_000_000, 245_000_000, 300, 90, 12, 0, 1, bytes.fromhex("0104000004d2"))
    ]
    assert town.one("select device from fleet_terminal") == "DEV0001"


def test_a_position_before_signing_in_is_refused_and_the_desk_sees_why(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    gateway.wait_known(PHONE)
    terminal = gateway.terminal(PHONE)
    assert terminal.ask(0x0200, position(now())) == 1
    shown = stranger(town, "silent")
    assert shown["name"] == PHONE
    assert "sends without signing in first" in shown["said_en"]
    assert "鉴权" in shown["said_zh"]
    assert town.rows("select * from fleet_position") == []


def test_an_unknown_number_is_answered_4_and_shown_with_the_plate_it_named(town, gateway):
    terminal = gateway.terminal("13900000009")
    assert terminal.register(PLATE).body["result"] == 4
    assert PLATE in stranger(town, "unregistered")["said_en"]


def test_a_terminal_on_the_wrong_plate_is_answered_2_and_1_where_the_plate_is_another_vehicles(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    town.a_vehicle("闽D00002", "13900000002")
    gateway.wait_known("13900000002")
    assert gateway.terminal(PHONE).register("闽D99999").body["result"] == 2
    assert gateway.terminal(PHONE).register("闽D00002").body["result"] == 1
    assert "correct the one that is wrong" in stranger(town, "unregistered")["said_en"]


def test_another_device_under_the_same_number_is_answered_3(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    gateway.wait_known(PHONE)
    assert gateway.terminal(PHONE).register(PLATE, device="ONE").body["result"] == 0
    assert gateway.terminal(PHONE).register(PLATE, device="TWO").body["result"] == 3
    assert "another device ('TWO')" in stranger(town, "clone")["said_en"]


def test_a_wrong_code_is_refused_and_five_of_them_end_the_line(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    gateway.wait_known(PHONE)
    terminal = gateway.terminal(PHONE)
    assert [terminal.sign_in("wrong") for _ in range(5)] == [1] * 5
    assert terminal.hung_up()
    assert stranger(town, "wrong_code")["times"] == 5


def test_a_blocked_terminal_is_let_out_at_once(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    town.do("update fleet_terminal set blocked = true")
    town.tell()
    for _ in range(100):
        if terminal.ask(0x0200, position(now())) == 1:
            break
    assert "blocked" in stranger(town, "blocked")["said_en"]


def test_a_heartbeat_is_answered_and_what_nobody_knows_is_not_supported(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    assert terminal.ask(0x0002) == 0
    serial = terminal.say(0x0F0F, {"raw": b"?"})
    assert terminal.hear(0x8001, acked_serial=serial).body["result"] == 3


def test_a_batch_is_acknowledged_once_and_late_ones_say_so(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    begin = now() - dt.timedelta(minutes=5)
    items = [position(begin + dt.timedelta(seconds=10 * number)) for number in range(4)]
    assert terminal.ask(0x0704, {"kind": 1, "items": items}) == 0
    assert town.rows("select count(*), count(distinct (at, serial)), min(source), max(source) from fleet_position") == [
        (4, 4, 2, 2)
    ]


def test_the_same_position_sent_again_is_acknowledged_and_stored_once(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    body = position(now())
    for _ in range(3):
        terminal.say(0x0200, body, serial=77)
        assert terminal.hear(0x8001, acked_serial=77).body["result"] == 0
    twice = frame(PHONE, 0x0200, 78, position(now() + dt.timedelta(seconds=1)))
    terminal.say_raw(twice + twice)
    assert [terminal.hear(0x8001, acked_serial=78).body["result"] for _ in range(2)] == [0, 0]
    assert town.one("select count(*) from fleet_position") == 2


def test_dirty_positions_are_marked_and_kept(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    at = now()
    assert terminal.ask(0x0200, position(at, 0.0, 0.0)) == 0
    assert terminal.ask(0x0200, position(at + dt.timedelta(days=400))) == 0
    assert terminal.ask(0x0200, position(at) | {"time": b"\x99" * 6}) == 0
    marks = dict(town.rows("select serial, marks from fleet_position"))
    assert [marks[terminal.serial - back] for back in (2, 1, 0)] == [1, 2, 2]
    assert town.one("select count(*) from fleet_position_other") == 1


def test_udp_speaks_the_same(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE, udp=True)
    assert terminal.ask(0x0200, position(now())) == 0
    assert town.one("select count(*) from fleet_position") == 1


def test_two_lines_of_one_number_are_both_kept_and_shown_as_a_clone(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    first, second = gateway.signed_in(PHONE), gateway.signed_in(PHONE)
    at = now()
    assert second.ask(0x0200, position(at)) == 0
    assert first.ask(0x0200, position(at + dt.timedelta(seconds=1), 118.3)) == 0
    assert "one of the two terminals is a copy" in stranger(town, "clone")["said_en"]
    assert town.one("select marks & 64 from fleet_position where lon_e7 > 1182000000") == 64
    assert town.one("select marks & 64 from fleet_position where lon_e7 < 1182000000") == 0


def test_over_its_limit_a_terminal_is_shown_and_nothing_of_it_is_lost(town, gateway):
    town.a_vehicle(PLATE, PHONE, most=10)
    terminal = gateway.signed_in(PHONE)
    at = now()
    terminal.say_raw(
        b"".join(
            frame(PHONE, 0x0200, 100 + number, position(at + dt.timedelta(seconds=number))) for number in range(20)
        )
    )
    for number in range(20):
        assert terminal.hear(0x8001, acked_serial=100 + number).body["result"] == 0
    assert "more than its 10 frames" in stranger(town, "flood")["said_en"]
    assert town.one("select count(*) from fleet_position") == 20


def test_bad_frames_are_counted_and_shown(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    good = frame(PHONE, 0x0200, 5, position(now()))
    terminal.say_raw((good[:-2] + bytes([good[-2] ^ 0x10]) + good[-1:]) * 12)
    assert "cannot be read" in stranger(town, "bad_frames")["said_en"]
    assert terminal.ask(0x0002) == 0


def test_the_server_time_is_told_in_utc(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE, edition=Edition.V2019)
    terminal.say(0x0004)
    told = terminal.hear(0x8004).body["time"]
    assert abs((told - now()).total_seconds()) < 5


def test_after_signing_off_positions_are_refused(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    assert terminal.ask(0x0003) == 0
    assert terminal.ask(0x0200, position(now())) == 1
    assert terminal.sign_in(CODE) == 0


def test_who_connects_and_says_nothing_is_hung_up_on_and_shown(town, tmp_path):
    running = Running(tmp_path, silent_s=0.5).start()
    try:
        assert running.terminal(PHONE).hung_up()
        shown = stranger(town, "silent")
        assert shown["name"] == "127.0.0.1"
        assert "did not sign in within 0 s" in shown["said_en"]
    finally:
        running.stop()


def test_who_does_not_hear_that_it_is_refused_is_hung_up_on(town, gateway):
    terminal = gateway.terminal("13900000009")
    for start in range(0, 250, 50):
        terminal.say_raw(
            b"".join(frame("13900000009", 0x0200, start + number, position(now())) for number in range(50))
        )
    assert terminal.hung_up()
    assert stranger(town, "unregistered")["times"] >= 200
