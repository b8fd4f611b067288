"""MQTT against a real broker (mosquitto): acknowledged only when stored, delivered again when not."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from gridloop.fleet.feeds.mqtt.feed import Broker, MqttFeed, broker_of
from gridloop.fleet.feeds.mqtt.payloads import name_of, sightings_of
from gridloop.fleet.intake import Source
from gridloop.kernel.errors import Malformed
from tests.fleet.feeds.ends import Committing, Registered, a_known, serving, until

PROGRAM = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
AT = 1_795_305_600


def a_message(number=0) -> str:
    return json.dumps({"time": AT + number, "lon": 118.1, "lat": 24.5, "speed_kmh": 20})


class Mosquitto:
    def __init__(self, folder) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.conf = folder / "mosquitto.conf"
        self.conf.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\n"
            f"persistence_location {folder}/\nautosave_interval 0\nuser root\n"
        )
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [PROGRAM, "-c", self.conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < end, "mosquitto does not start"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)

    def publish(self, *messages) -> None:
        client = Client(CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        for topic, payload in messages:
            client.publish(topic, payload, qos=1).wait_for_publish(20)
        client.disconnect()
        client.loop_stop()


@pytest.fixture
def mosquitto(tmp_path):
    if PROGRAM is None:
        pytest.fail("mosquitto is missing: apt-get install mosquitto (./gridloop test does)")
    broker = Mosquitto(tmp_path)
    yield broker
    broker.stop()


def a_feed(broker) -> MqttFeed:
    return MqttFeed(Broker("127.0.0.1", broker.port))


def register() -> Registered:
    return Registered({("mqtt", "bus7"): a_known(7), ("mqtt", "ann/phone"): a_known(8)})


def test_positions_of_both_kinds_come_and_strangers_and_junk_do_not_stop_the_line(mosquitto):
    async def story():
        window, known, feed = Committing(), register(), a_feed(mosquitto)
        async with serving(feed, window, known, ready="connected"):
            owntracks = {"_type": "location", "lon": 118.2, "lat": 24.6, "tst": AT, "vel": 30, "cog": 90}
            await asyncio.to_thread(
                mosquitto.publish,
                ("gridloop/positions/nobody", a_message()),
                ("gridloop/positions/bus7", b"\xff junk"),
                ("owntracks/ann/phone", json.dumps({"_type": "lwt"})),
                ("owntracks/ann/phone", json.dumps(owntracks)),
                ("gridloop/positions/bus7", a_message()),
            )
            await until(lambda: feed.counts.stored == 2)
        assert window.rows["vehicle"].tolist() == [8, 7]
        assert window.rows["speed"].tolist() == [300, 200]
        assert set(window.rows["source"].tolist()) == {Source.MQTT}
        assert known.refused == [("mqtt", "nobody", "unregistered")]
        assert feed.counts.refused == {"unregistered": 1, "form": 1}

    asyncio.run(story())


def test_what_was_not_stored_comes_again_after_a_restart_and_what_was_does_not(mosquitto):
    async def story():
        window = Committing()
        first = a_feed(mosquitto)
        async with serving(first, window, register(), ready="connected"):
            await asyncio.to_thread(mosquitto.publish, ("gridloop/positions/bus7", a_message(0)))
            await until(lambda: first.counts.stored == 1)
            window.at_once = False
            await asyncio.to_thread(mosquitto.publish, ("gridloop/positions/bus7", a_message(1)))
            await until(lambda: len(window.open) == 1)
        await asyncio.to_thread(mosquitto.publish, ("gridloop/positions/bus7", a_message(2)))
        after, second = Committing(), a_feed(mosquitto)
        async with serving(second, after, register(), ready="connected"):
            await until(lambda: second.counts.stored == 2)
        assert after.rows["at"].tolist() == [(AT + 1) * 1000, (AT + 2) * 1000]

    asyncio.run(story())


def test_a_broker_that_is_lost_is_sought_again(mosquitto):
    async def story():
        window, feed = Committing(), a_feed(mosquitto)
        async with serving(feed, window, register(), ready="connected"):
            await asyncio.to_thread(mosquitto.stop)
            await until(lambda: feed.counts.connections == 0)
            await asyncio.to_thread(mosquitto.start)
            await until(lambda: feed.counts.connections == 1, within_s=20)
            await asyncio.to_thread(mosquitto.publish, ("gridloop/positions/bus7", a_message()))
            await until(lambda: feed.counts.stored == 1)
        assert feed.counts.sought == 1

    asyncio.run(story())


@settings(max_examples=80, deadline=None, database=None)
@given(
    st.sampled_from(["gridloop/positions/a", "owntracks/a/b", "gridloop/positions/", "owntracks/a", "else"]),
    st.binary(max_size=40) | st.recursive(st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4), lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(["lon", "lat", "time", "tst", "_type", "vel"]), one)).map(lambda said: json.dumps(said).encode()),
)  # fmt: skip
def test_any_message_is_positions_or_a_sentence(topic, payload):
    try:
        name_of(topic)
        sightings_of(topic, payload)
    except Malformed as wrong:
        assert wrong.zh  # noqa: PT017


def test_a_broker_is_named_by_an_address():
    assert broker_of("mqtts://us:p%40ss@mq.example") == Broker("mq.example", 8883, "us", "p@ss", tls=True)
    assert broker_of("mqtt://mq.example:1999").port == 1999
    with pytest.raises(ValueError, match="is no broker"):
        broker_of("http://mq.example")
