"""The moving map end to end: a gateway's stream on one side, browsers on the other, the real door between."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from asgiref.sync import sync_to_async
from psycopg_pool import AsyncConnectionPool
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from gridloop.fleet.models import Vehicle, VehicleWarning
from gridloop.kernel import clock
from gridloop.kernel.duties import Duty
from gridloop.site.live import application
from gridloop.site.live.door import _conninfo
from gridloop.site.live.vehicles import source
from gridloop.site.live.vehicles.fleet import Fleet
from gridloop.site.live.vehicles.frames import PER_UNIT_E7
from gridloop.site.live.vehicles.source import Fixes
from tests.builders import a_warning
from tests.running import free_ports


class Gateway:
    """The other side of the stream: says hello to whoever connects, then what it is told to say."""

    def __init__(self, port: int = 0) -> None:
        self.server = socket.create_server(("127.0.0.1", port))
        self.port = self.server.getsockname()[1]
        self.last_warning = 0
        self.lines: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            line.sendall(source.frame(3, json.dumps({"version": 1, "position": self.last_warning}).encode()))
            self.lines.append(line)

    def say(self, frame: bytes) -> None:
        until = time.monotonic() + 60
        while not self.lines and time.monotonic() < until:
            time.sleep(0.02)
        self.lines[-1].sendall(frame)

    def drop(self) -> None:
        for line in self.lines:
            line.close()
        self.lines.clear()

    def close(self) -> None:
        self.server.close()
        self.drop()


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    made = Gateway()
    settings.CONFIG = replace(settings.CONFIG, fleet_stream_port=made.port)
    yield made
    made.close()


@pytest.fixture
def door(emptied: None, gateway: Gateway) -> Iterator[TestClient]:
    with TestClient(application) as client:
        yield client


def words(ws: Any, kind: str, within: int = 20) -> dict[str, Any]:
    """The next message of text of this type; frames in between are passed over."""
    for _ in range(within):
        message = ws.receive()
        if message.get("text"):
            said = json.loads(message["text"])
            if said["type"] == kind:
                return said
    raise AssertionError(f"no {kind}")


def frame(ws: Any, kind: int) -> bytes:
    for _ in range(20):
        message = ws.receive()
        if message.get("bytes"):
            body = zlib.decompress(message["bytes"], -15)
            if body[0] == kind:
                return body
    raise AssertionError(f"no frame of kind {kind}")


def told(warning: VehicleWarning, stage: str = "confirmed") -> bytes:
    item = {
        "id": warning.pk,
        "key": warning.key,
        "stage": stage,
        "vehicle_id": warning.vehicle_id,
        "place": warning.place,
    }
    return source.frame(2, json.dumps([item]).encode())


def now_ms() -> int:
    return int(clock.now().timestamp() * 1000)


def test_a_position_and_a_warning_reach_those_of_the_area_and_nobody_else(
    door: TestClient, gateway: Gateway, signed_in: Callable[..., str]
):
    warning = a_warning(now=clock.now())
    far = a_warning(area="3506", place="350602", now=clock.now())
    desk = {"Cookie": f"gl_session={signed_in('desk', Duty.DISPATCHER, '3502')}"}
    with door.websocket_connect("/live/fleet", headers=desk) as ws:
        assert words(ws, "hello")["kinds"][0] == "hazmat"
        at = now_ms()
        until = time.monotonic() + 60
        while time.monotonic() < until:  # the register is read by itself
            body = frame(ws, 1)
            if struct.unpack_from("<I", body, 4)[0]:
                break
        assert struct.unpack_from("<I", body, 4)[0] == 1
        assert struct.unpack_from("<I", body, 24)[0] == warning.vehicle_id
        gateway.say(
            source.positions_frame(
                Fixes(
                    np.array([warning.vehicle_id, far.vehicle_id], "i4"), np.array([1_181_000_000] * 2, "i4"),
                    np.array([244_750_000] * 2, "i4"), np.array([at] * 2, "i8"), np.array([0] * 2, "u2"), np.array([0] * 2, "u2"),
                    np.array([0] * 2, "u1"),
                )
            )
        )  # fmt: skip
        gateway.say(told(far) + told(warning))
        assert words(ws, "warning")["id"] == warning.pk
        heard = False
        while not heard:
            body = frame(ws, 2)
            heard = bool(body[24 + 8 + 2])  # the bits of who was heard follow one byte an axis
    assert VehicleWarning.objects.get(pk=warning.pk).delivered_at is not None


def test_a_vehicle_that_is_new_and_speaks_only_once_is_drawn_where_it_stands(
    door: TestClient, gateway: Gateway, signed_in: Callable[..., str]
):
    """It is heard before the register is read again, and says nothing afterwards."""
    desk = {"Cookie": f"gl_session={signed_in('desk', Duty.DISPATCHER, '3502')}"}
    with door.websocket_connect("/live/fleet", headers=desk) as ws:
        words(ws, "hello")
        assert struct.unpack_from("<I", frame(ws, 1), 4)[0] == 0
        new = a_warning(now=clock.now()).vehicle_id
        one = [np.array([value], kind) for value, kind in ((new, "i4"), (1_181_000_000, "i4"), (244_750_000, "i4"), (now_ms(), "i8"), (0, "u2"), (0, "u2"), (0, "u1"))]  # fmt: skip
        gateway.say(source.positions_frame(Fixes(*one)))
        until = time.monotonic() + 15
        while struct.unpack_from("<I", body := frame(ws, 1), 4)[0] == 0:
            assert time.monotonic() < until, "sooner than the register is read by itself"
    assert struct.unpack_from("<Ii", body, 24) == (new, round(1_181_000_000 / PER_UNIT_E7))


def test_a_vehicle_out_of_service_that_drives_on_does_not_have_the_register_read_again_and_again(
    emptied: None,
):
    """It is looked for once; one that is put into service afterwards is drawn like any other."""
    away, other = (a_warning(now=clock.now()).vehicle_id for _ in range(2))
    Vehicle.objects.filter(pk__in=(away, other)).update(in_service=False)

    def said(*vehicles: int) -> Fixes:
        kinds = ((1_181_000_000, "i4"), (244_750_000, "i4"), (now_ms(), "i8"), (0, "u2"), (0, "u2"), (0, "u1"))
        return Fixes(np.array(vehicles, "i4"), *(np.array([value] * len(vehicles), kind) for value, kind in kinds))

    async def driven() -> list[bool]:
        async with AsyncConnectionPool(_conninfo(), min_size=1, max_size=1, kwargs={"autocommit": True}) as pool:
            fleet, wanted = Fleet(pool, ()), []
            for vehicles in ((away,), (away,), (away, other), (away, other)):
                fleet._take(said(*vehicles))
                wanted.append(fleet._stranger.is_set())
                await fleet._read_register()
            await sync_to_async(Vehicle.objects.filter(pk=away).update)(in_service=True)
            await fleet._read_register()
            wanted.append(fleet._take(said(away, other)) == 1)
            return wanted

    assert asyncio.run(driven()) == [True, False, True, False, True]


def test_of_several_evaluators_each_is_heard_and_what_one_missed_comes_when_it_is_back(
    emptied: None, settings: Any, signed_in: Callable[..., str]
):
    first = free_ports()
    shares = replace(settings.CONFIG.gateway, shards=2, shard_port=first)
    settings.CONFIG = replace(settings.CONFIG, gateway=shares)
    one, two = (Gateway(port) for _, port in settings.CONFIG.fleet_streams)
    by_one, by_two, late = (a_warning(now=clock.now()) for _ in range(3))
    desk = {"Cookie": f"gl_session={signed_in('desk', Duty.DISPATCHER, '3502')}"}
    try:
        with TestClient(application) as door, door.websocket_connect("/live/fleet", headers=desk) as ws:
            words(ws, "hello")
            two.say(told(by_two))
            assert words(ws, "warning")["id"] == by_two.pk
            one.say(told(by_one))
            assert words(ws, "warning")["id"] == by_one.pk
            new = a_warning(now=clock.now())  # stored while its evaluator's stream is away
            two.drop()
            one.say(told(late))
            assert words(ws, "warning")["id"] == late.pk
            while words(ws, "warning")["id"] != new.pk:
                pass
    finally:
        one.close()
        two.close()


def test_what_was_missed_comes_by_id_when_the_stream_or_the_browser_was_away(
    door: TestClient, gateway: Gateway, signed_in: Callable[..., str]
):
    first = a_warning(now=clock.now())
    desk = {"Cookie": f"gl_session={signed_in('desk', Duty.SUPERVISOR, '3502')}"}
    with door.websocket_connect("/live/fleet", headers=desk) as ws:
        words(ws, "hello")
        gateway.say(told(first))
        assert words(ws, "warning")["id"] == first.pk
        second = a_warning(now=clock.now())
        ended_at = clock.now() + dt.timedelta(seconds=1)
        VehicleWarning.objects.filter(pk=first.pk).update(stage="ended", decided_at=ended_at)
        gateway.last_warning = second.pk
        gateway.drop()
        assert words(ws, "warning")["id"] == second.pk
        again = words(ws, "warning")
        assert (again["id"], again["stage"], again["fence_code"]) == (first.pk, "ended", first.fence_code)
        assert again["decided_at_ms"] == int(ended_at.timestamp() * 1000)
    with door.websocket_connect(f"/live/fleet?after={first.pk}", headers=desk) as ws:
        words(ws, "hello")
        assert words(ws, "warning")["id"] == second.pk


@pytest.mark.parametrize(("duty", "code"), [(None, 4401), (Duty.COLLECTOR, 4403)])
def test_nobody_without_a_desk_duty_watches_vehicles(
    door: TestClient, signed_in: Callable[..., str], duty: Duty | None, code: int
):
    headers = {"Cookie": f"gl_session={signed_in('x', duty, '3502')}"} if duty else {}
    with door.websocket_connect("/live/fleet", headers=headers) as ws, pytest.raises(WebSocketDisconnect) as closed:
        ws.receive_text()
    assert closed.value.code == code


def test_pages_of_others_are_not_served(door: TestClient, signed_in: Callable[..., str]):
    headers = {"Cookie": f"gl_session={signed_in('x', Duty.LEADER)}", "Origin": "https://elsewhere.example"}
    with door.websocket_connect("/live/fleet", headers=headers) as ws, pytest.raises(WebSocketDisconnect) as closed:
        ws.receive_text()
    assert closed.value.code == 4401
