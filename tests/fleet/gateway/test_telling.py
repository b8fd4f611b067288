"""Warnings: in the table with what they were decided on, on the stream once, and the same after any restart."""

from __future__ import annotations

import datetime as dt
import socket
import struct
import time

import numpy as np
import orjson
import pytest

from tests.fleet.gateway.conftest import Running, now
from tests.fleet.gateway.terminal import position

pytestmark = pytest.mark.django_db
PHONE, PLATE = "13900000001", "闽D00001"
IN, OUT = (118.117, 24.51), (118.1215, 24.51)


class Listener:
    """A reader of the live stream."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(60)
        self.held = b""

    def next(self, kind: int) -> bytes:
        """The payload of the next frame of this kind."""
        while True:
            while len(self.held) < 4 or len(self.held) < 4 + struct.unpack_from("<I", self.held)[0]:
                chunk = self.socket.recv(65_536)
                assert chunk
                self.held += chunk
            size = struct.unpack_from("<I", self.held)[0]
            found, payload, self.held = self.held[4], self.held[5 : 4 + size], self.held[4 + size :]
            if found == kind:
                return payload


def drive(terminal, begin, places, *, every_s=20):
    """One position after the other, each acknowledged."""
    for number, place in enumerate(places):
        assert terminal.ask(0x0200, position(begin + dt.timedelta(seconds=every_s * number), *place)) == 0


def test_a_visit_is_one_warning_with_its_stages_and_what_it_was_decided_on(town, gateway):
    town.a_no_go()
    vehicle = town.a_vehicle(PLATE, PHONE)
    listener = Listener(gateway.settings.stream_port)
    assert orjson.loads(listener.next(3)) == {"version": 1, "position": 0}
    terminal = gateway.signed_in(PHONE)
    begin = now() - dt.timedelta(minutes=20)
    drive(terminal, begin, [OUT] * 2 + [IN] * 4 + [OUT] * 5)
    told = []
    while not told or told[-1]["stage"] != "ended":
        told += orjson.loads(listener.next(2))
    assert [one["stage"] for one in told] == ["suspected", "confirmed", "ended"]
    assert {(one["rule_code"], one["fence_code"], one["vehicle_id"], one["plate"], one["kind"]) for one in told} == {
        ("no-square", "square", vehicle, PLATE, "hazmat")
    }
    assert told[0]["suspected_at_ms"] == round((begin + dt.timedelta(seconds=40)).timestamp() * 1000)
    row = town.rows(
        "select stage, rule_version, fence_version, jsonb_array_length(positions), received_at <= decided_at from fleet_warning"
    )
    assert row == [("ended", 1, 1, 3, True)]
    assert town.one("select id from fleet_warning") == told[0]["id"]


def test_positions_are_streamed_as_columns_once_they_are_committed(town, gateway):
    vehicle = town.a_vehicle(PLATE, PHONE)
    terminal = gateway.signed_in(PHONE)
    listener = Listener(gateway.settings.stream_port)
    listener.next(3)
    at = now()
    assert terminal.ask(0x0200, position(at, 118.5, 24.25)) == 0
    payload = listener.next(1)
    assert struct.unpack_from("<I", payload)[0] == 1
    row = np.frombuffer(
        payload[4:],
        np.dtype(
            [("v", "<i4"), ("lon", "<i4"), ("lat", "<i4"), ("at", "<i8"), ("s", "<u2"), ("h", "<u2"), ("m", "u1")]
        ),
    )
    assert row.tolist() == [(vehicle, 1_185_000_000, 242_500_000, round(at.timestamp() * 1000), 300, 90, 0)]


def test_a_gateway_stopped_inside_a_visit_ends_it_after_the_start_without_telling_it_twice(town, tmp_path):
    town.a_no_go()
    town.a_vehicle(PLATE, PHONE)
    begin = now() - dt.timedelta(minutes=20)
    first = Running(tmp_path).start()
    drive(first.signed_in(PHONE), begin, [OUT] * 2 + [IN] * 4)
    first.stop()
    assert town.rows("select stage, count(*) from fleet_warning group by 1") == [("confirmed", 1)]
    second = Running(tmp_path).start()
    try:
        drive(second.signed_in(PHONE), begin + dt.timedelta(minutes=2), [IN] * 2 + [OUT] * 5)
        town.becomes("select stage from fleet_warning", "ended")
        assert town.one("select count(*) from fleet_warning") == 1
    finally:
        second.stop()


def test_last_positions_are_all_there_after_a_stop(town, tmp_path):
    town.a_vehicle(PLATE, PHONE)
    running = Running(tmp_path).start()
    begin = now() - dt.timedelta(minutes=1)
    drive(running.signed_in(PHONE), begin, [(118.0, 24.4), (118.001, 24.4)])
    running.stop()
    assert town.rows("select lon_e7, at from fleet_last") == [(1_180_010_000, begin + dt.timedelta(seconds=20))]


def test_a_changed_register_is_heard_of_without_a_restart(town, gateway):
    town.a_vehicle(PLATE, PHONE)
    begin = now() - dt.timedelta(minutes=20)
    terminal = gateway.signed_in(PHONE)
    drive(terminal, begin, [OUT] * 2)
    town.a_no_go()
    until_judged_by(gateway, "no-square")
    drive(terminal, begin + dt.timedelta(minutes=2), [IN] * 4)
    town.becomes("select stage from fleet_warning", "confirmed")


def until_judged_by(gateway, code):
    until = time.monotonic() + 60
    while code not in {rule.code for rule in gateway.gateway.works.renewing.judging.masters.given.rules}:
        assert time.monotonic() < until
        time.sleep(0.05)
