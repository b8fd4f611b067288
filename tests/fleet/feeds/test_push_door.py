"""The whole way of a pushed position as far as the gateway's window, and whom a simulation may play."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from gridloop.fleet import actions, queries
from gridloop.fleet.actions import NewTerminal, NewVehicle
from gridloop.fleet.actions.positions import push_positions
from gridloop.fleet.feeds.push.feed import PushFeed
from gridloop.fleet.models import Vehicle
from gridloop.kernel.caller import Caller, GrantView, system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Refused
from gridloop.site.drive.vehicles import company
from tests.fleet.feeds.ends import Committing, Registered, a_known

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIMING = Caller(None, "supervisor", (GrantView(1, Duty.SUPERVISOR, "350203"),), via="session")


@contextmanager
def a_gateway(path, register):
    """The feed in a loop of its own, as the gateway has it; yields the window."""
    window, feed, loop = Committing(), PushFeed(path), asyncio.new_event_loop()
    task = loop.create_task(feed.run(window, register))
    ready = threading.Event()

    async def tell():
        await feed.listening.wait()
        ready.set()

    def work():
        loop.create_task(tell())
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(60)
        yield window
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(60)


@pytest.fixture
def vans():
    by = system("test")
    actions.register_vehicles(
        [NewVehicle("闽D00001", "truck", area="350203"), NewVehicle("闽D00002", "truck", area="350206")], by=by, now=NOW
    )
    actions.bind_terminals(
        [NewTerminal("http", "van-1", "闽D00001"), NewTerminal("http", "van-2", "闽D00002")], by=by, now=NOW
    )
    ids = dict(Vehicle.objects.values_list("plate", "pk"))
    return Registered({
        ("http", "van-1"): a_known(ids["闽D00001"], "闽D00001"),
        ("http", "van-2"): a_known(ids["闽D00002"], "闽D00002"),
    })  # fmt: skip


def test_only_vehicles_of_ones_own_area_may_be_pushed_and_each_refusal_has_its_index(tmp_path, vans):
    where = {"time": 1_795_305_600, "lon": 118.1, "lat": 24.5}
    positions = [
        {"id": "van-2"} | where,
        {"id": "van-1"} | where,
        {"plate": "闽D00002"} | where,
        {"plate": "闽D00001"} | where,
        {"id": "van-1", "time": "then", "lon": None, "lat": 1},
    ]
    path = tmp_path / "push.sock"
    with a_gateway(path, vans) as window:
        said = push_positions(positions, socket=path, by=SIMING)
        assert said["stored"] == 2
        assert [one["index"] for one in said["refused"]] == [0, 2, 4]
        assert "not registered in your area" in said["refused"][0]["en"]
        everywhere = push_positions(positions[:4], socket=path, by=system("test"))
        assert everywhere == {"stored": 4, "refused": []}
    assert len(window.rows) == 6


def test_without_a_gateway_nothing_is_promised(tmp_path, vans):
    with pytest.raises(Refused, match="nothing is known to be stored"):
        push_positions([{"id": "van-1", "time": 1, "lon": 1, "lat": 1}], socket=tmp_path / "none", by=system("test"))


def test_a_simulation_plays_synthetic_vehicles_only_and_registers_some_when_told(vans):
    said = []
    actions.bind_terminals([NewTerminal("jt808", "13900000001", "闽D00001")], by=system("test"), now=NOW)
    with pytest.raises(Refused, match="holds 0 synthetic vehicles"):
        company(3, register=False, say=said.append)
    fleet = company(3, register=True, say=said.append)
    assert {identity.plate[0] for identity, _ in fleet} == {"示"}
    assert {int(identity.edition) for identity, _ in fleet} == {2013, 2019}
    assert company(3, register=True, say=said.append) == fleet
    assert said == ["registered 3 synthetic vehicles"]
    assert len(queries.synthetic_terminals("jt808", 10)) == 3
