"""Subscribes at a broker with QoS 1 and acknowledges each message only when its positions are stored.

What is not acknowledged the broker delivers again after a new connection (the session is kept), and it holds back while too
much is unacknowledged: nothing is lost by a restart of the gateway, and a slow database slows the broker, not us.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import MQTT_ERR_SUCCESS, Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.door import Door
from gridloop.fleet.feeds.mqtt.payloads import TOPICS, name_of, sightings_of
from gridloop.fleet.intake import Register, Source, Window
from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel.errors import Malformed

AGAIN_S = (1, 60)
KEEP_ALIVE_S = 30
PLAIN, TLS = 1883, 8883
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who we are there."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    client_id: str = "gridloop-gateway"
    topics: tuple[str, ...] = TOPICS


def broker_of(url: str, *, topics: tuple[str, ...] = TOPICS) -> Broker:
    """The broker of mqtt://user:password@host:port, or mqtts:// for TLS; raises ValueError with a sentence."""
    parts = urlsplit(url)
    if parts.scheme not in {"mqtt", "mqtts"} or not parts.hostname:
        raise ValueError(f"{parts.scheme}://{parts.hostname or ''} is no broker; write mqtt://user:password@host:1883")
    tls = parts.scheme == "mqtts"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Broker(parts.hostname, parts.port or (TLS if tls else PLAIN), user, password, tls, topics=topics or TOPICS)


class MqttFeed:
    """The feed `mqtt`. The broker's own thread only hands messages over; everything else runs in the gateway's loop."""

    name = "mqtt"

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.counts = Counts()
        self.connected = asyncio.Event()

    async def run(self, window: Window, register: Register) -> None:
        """Serve until cancelled; the client seeks a lost broker again by itself."""
        door = Door(Protocol.MQTT, Source.MQTT, window, register, self.counts)
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[MQTTMessage] = asyncio.Queue()
        client = self._client(loop, queue)
        client.connect_async(self.broker.host, self.broker.port, KEEP_ALIVE_S)
        client.loop_start()
        try:
            while True:
                await self._message(door, client, await queue.get())
        finally:
            client.disconnect()
            await asyncio.to_thread(client.loop_stop)
            self.connected.clear()

    def _client(self, loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[MQTTMessage]) -> Client:
        one = self.broker
        client = Client(CallbackAPIVersion.VERSION2, one.client_id, clean_session=False, manual_ack=True)
        client.reconnect_delay_set(*AGAIN_S)
        if one.user:
            client.username_pw_set(one.user, one.password)
        if one.tls:
            client.tls_set()

        def connected(_client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            if reason.is_failure:
                logger.warning("feed mqtt: the broker refuses us: %s", reason)
            else:
                client.subscribe([(topic, 1) for topic in one.topics])
                loop.call_soon_threadsafe(self._met, 1)

        def lost(_client: Client, _data: Any, _flags: Any, _reason: Any, _properties: Any) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._met, -1)

        def heard(_client: Client, _data: Any, message: MQTTMessage) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, message)

        client.on_connect, client.on_disconnect, client.on_message = connected, lost, heard
        return client

    def _met(self, step: int) -> None:
        self.counts.connections = max(self.counts.connections + step, 0)
        if step > 0:
            self.counts.sought += self.connected.is_set()
            self.connected.set()

    async def _message(self, door: Door, client: Client, message: MQTTMessage) -> None:
        self.counts.received += 1
        self.counts.repeated += message.dup

        def done() -> None:
            if message.qos and client.ack(message.mid, message.qos) != MQTT_ERR_SUCCESS:
                self.counts.refused["ack_lost"] += 1  # the broker sends it again, and its key is known

        try:
            name = name_of(message.topic)
            sightings = sightings_of(message.topic, bytes(message.payload))
        except Malformed:
            self.counts.refused["form"] += 1
            done()  # it will never be readable; keeping it would stop the line
            return
        known = door.let_in(name, f"{self.broker.host}:{self.broker.port}") if sightings else None
        if known is None:
            done()
            return
        await door.offer([(known, one) for one in sightings], done)
