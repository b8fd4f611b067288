"""GTFS-realtime over HTTP with ETag and from a file."""

from __future__ import annotations

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from google.transit import gtfs_realtime_pb2 as gtfs
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.fleet.feeds.gtfs_rt.feed import GtfsFeed, vehicles_of
from gridloop.fleet.intake import Source
from gridloop.kernel.errors import Malformed
from tests.fleet.feeds.ends import Committing, Registered, a_known, serving, until

TRIP_UPDATES = (Path(__file__).parent / "data/20160519080020.pb").read_bytes()


def an_answer(at: int, moved: int) -> bytes:
    """Forty buses; those before `moved` say this moment, the others the one before."""
    message = gtfs.FeedMessage()
    message.header.gtfs_realtime_version, message.header.timestamp = "2.0", at
    for number in range(40):
        entity = message.entity.add()
        entity.id = str(number)
        entity.vehicle.vehicle.id = f"bus-{number}"
        entity.vehicle.timestamp = at if number < moved else at - 60
        entity.vehicle.position.latitude, entity.vehicle.position.longitude = 24.5, 118.1 + number / 1000
        entity.vehicle.position.bearing, entity.vehicle.position.speed = 90, 10
    return message.SerializeToString()


FIRST, SECOND = an_answer(1_800_000_000, 40), an_answer(1_800_000_060, 25)


def everybody(*answers: bytes) -> Registered:
    names = sorted({name for raw in answers for name, _ in vehicles_of(raw)})
    return Registered({("gtfs_rt", name): a_known(number, name) for number, name in enumerate(names, 1)})


def test_a_real_answer_of_trip_updates_alone_holds_no_position():
    assert list(vehicles_of(TRIP_UPDATES)) == []


def test_positions_come_with_speed_and_heading():
    name, one = next(vehicles_of(FIRST))
    assert (name, one.at_ms, one.heading, round(one.speed_kmh)) == ("bus-0", 1_800_000_000_000, 90, 36)
    assert (one.lon, one.lat) == pytest.approx((118.1, 24.5), abs=1e-5)


@settings(max_examples=100, deadline=None, database=None)
@given(
    st.binary(max_size=60)
    | st.integers(0, 400).map(lambda at: FIRST[:at])
    | st.binary(max_size=8).map(lambda junk: SECOND[:300] + junk)
)
def test_nothing_that_comes_in_does_harm(raw):
    try:
        list(vehicles_of(raw))
    except Malformed as wrong:
        assert wrong.zh  # noqa: PT017


class Agency(BaseHTTPRequestHandler):
    body, tag, asked, broken = FIRST, '"1"', 0, False

    def do_GET(self) -> None:
        type(self).asked += 1
        if self.broken:
            self.send_error(503)
        elif self.headers.get("If-None-Match") == self.tag:
            self.send_response(304)
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("ETag", self.tag)
            self.send_header("Content-Length", str(len(self.body)))
            self.end_headers()
            self.wfile.write(self.body)

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def agency():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agency)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_asked_again_and_only_who_moved_on_is_stored(agency):
    async def story():
        window, register = Committing(), everybody(FIRST, SECOND)
        feed = GtfsFeed((f"http://127.0.0.1:{agency.server_port}/",), every_s=0.05)
        async with serving(feed, window, register):
            first = len(list(vehicles_of(FIRST)))
            await until(lambda: len(window.rows) == first)
            asked = Agency.asked
            await until(lambda: Agency.asked > asked + 1)
            assert feed.counts.received == 1, "304 is no answer"
            Agency.broken = True
            await until(lambda: feed.counts.sought > 0)
            Agency.broken, Agency.body, Agency.tag = False, SECOND, '"2"'
            await until(lambda: feed.counts.received == 2)
        moments = {(name, one.at_ms) for raw in (FIRST, SECOND) for name, one in vehicles_of(raw)}
        assert len(window.rows) == len(moments) == feed.counts.stored
        assert feed.counts.repeated > 0
        assert set(window.rows["source"].tolist()) == {Source.GTFS_RT}

    asyncio.run(story())


def test_a_file_is_read_when_it_changes_and_unknown_vehicles_are_noted(tmp_path):
    async def story():
        path = tmp_path / "vehicles.pb"
        path.write_bytes(FIRST)
        name, sighting = next(iter(vehicles_of(FIRST)))
        window, register = Committing(), Registered({("gtfs_rt", name): a_known(5)})
        feed = GtfsFeed((str(path),), every_s=0.02)
        async with serving(feed, window, register):
            await until(lambda: feed.counts.received == 1)
            path.write_bytes(b"no feed")
            await until(lambda: feed.counts.refused["form"] == 1)
        assert window.rows["vehicle"].tolist() == [5]
        assert window.rows["lon"][0] == pytest.approx(sighting.lon)
        assert len(register.refused) == len({one for one, _ in vehicles_of(FIRST)}) - 1

    asyncio.run(story())


def test_a_vehicle_without_a_moment_of_its_own_has_the_feeds():
    message = gtfs.FeedMessage()
    message.header.gtfs_realtime_version, message.header.timestamp = "2.0", 1_700_000_000
    entity = message.entity.add()
    entity.id = "one"
    entity.vehicle.position.latitude, entity.vehicle.position.longitude = 24.5, 118.1
    entity.vehicle.position.speed = 10
    ((name, sighting),) = vehicles_of(message.SerializeToString())
    assert (name, sighting.at_ms, round(sighting.speed_kmh)) == ("one", 1_700_000_000_000, 36)
