"""The vehicle's side of JT/T 808 over real sockets."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from gridloop.fleet.drive.roads import Spot
from gridloop.fleet.drive.terminal import Identity, Terminal, Unwelcome
from gridloop.fleet.jt808 import Edition, Item, degrees
from gridloop.kernel.clock import CITY_ZONE
from tests.fleet.drive.platform import listening, until

AT = dt.datetime(2026, 11, 22, 8, 30, 5, tzinfo=CITY_ZONE)
SPOT = Spot(118.1, 24.5, 43.2, 271.0)
PHONE = "10000000001"


def a_terminal(edition=Edition.V2013) -> Terminal:
    return Terminal(Identity(PHONE, "闽Z00001", edition=edition), patience_s=3)


@pytest.mark.parametrize("edition", [Edition.V2013, Edition.V2019])
@pytest.mark.parametrize("udp", [False, True])
def test_a_terminal_registers_authenticates_and_reports_until_all_is_acknowledged(edition, udp):
    async def story():
        async with listening(PHONE, udp=udp) as (platform, port):
            terminal = a_terminal(edition)
            await terminal.connect("127.0.0.1", port, udp=udp)
            serial = terminal.position(SPOT, AT)
            terminal.batch([(SPOT, AT), (SPOT, AT + dt.timedelta(seconds=30))])
            terminal.heartbeat()
            assert await terminal.settled(5)
            terminal.close()
        registration, authentication, position, batch, heartbeat = platform.messages
        assert registration.body["plate"] == "闽Z00001"
        assert authentication.header.edition is edition
        assert degrees(position.body) == pytest.approx((118.1, 24.5))
        assert position.body["time"] == AT
        assert position.header.serial == serial
        assert (batch.body["kind"], len(batch.body["items"])) == (1, 2)
        assert heartbeat.header.id == 0x0002
        assert (terminal.counts.sent, terminal.counts.acked, terminal.counts.resent) == (3, 3, 0)

    asyncio.run(story())


def test_a_terminal_that_nobody_registered_is_told_so():
    async def story():
        async with listening() as (_, port):
            terminal = a_terminal()
            with pytest.raises(Unwelcome, match="registration was answered with 4"):
                await terminal.connect("127.0.0.1", port)
            terminal.close()

    asyncio.run(story())


def test_a_code_that_is_no_longer_good_is_forgotten():
    async def story():
        async with listening(PHONE) as (_, port):
            terminal = a_terminal()
            terminal.code = "yesterday's"
            with pytest.raises(Unwelcome, match="authentication was answered with 1"):
                await terminal.connect("127.0.0.1", port)
            terminal.close()
            await terminal.connect("127.0.0.1", port)
            assert terminal.connected
            terminal.close()

    asyncio.run(story())


def test_what_was_not_acknowledged_is_sent_again_on_a_new_connection_with_its_own_serial():
    async def story():
        async with listening(PHONE) as (platform, port):
            terminal = a_terminal()
            await terminal.connect("127.0.0.1", port)
            stored = terminal.position(SPOT, AT)
            assert await terminal.settled(5)
            platform.acking = False
            first = terminal.position(SPOT, AT + dt.timedelta(seconds=10))
            await until(lambda: len(platform.of(0x0200)) == 2)
            platform.hang_up()
            await asyncio.wait_for(terminal.gone(), 5)
            second = terminal.position(SPOT, AT + dt.timedelta(seconds=20))
            platform.acking = True
            await terminal.connect("127.0.0.1", port)
            assert await terminal.settled(5)
            terminal.close()
        assert [message.header.serial for message in platform.of(0x0200)] == [stored, first, first, second]
        assert len(platform.of(0x0100)) == 1, "the code of the first registration is still good"
        assert (terminal.counts.sent, terminal.counts.acked, terminal.counts.resent) == (3, 3, 2)

    asyncio.run(story())


def test_orders_are_answered_and_kept():
    async def story():
        async with listening(PHONE) as (platform, port):
            terminal = a_terminal()
            await terminal.connect("127.0.0.1", port)
            terminal.position(SPOT, AT)
            assert await terminal.settled(5)
            platform.order(0x8300, {"flags": 8, "text": "前方学校,请减速"})
            platform.order(0x8201, {})
            platform.order(0x8103, {"parameters": [Item(0x0055, 60)]})
            platform.order(0x8104, {})
            platform.order(0x8202, {"interval": 2, "lasts": 60})
            platform.order(0x8A00, {"e": 1, "n": bytes(128)})
            await until(lambda: terminal.counts.orders == 6)
            await until(lambda: len(platform.of(0x0001)) == 4)
            terminal.close()
        assert terminal.heard[0].body["text"] == "前方学校,请减速"
        assert degrees(platform.of(0x0201)[0].body["position"]) == pytest.approx((118.1, 24.5))
        assert Item(0x0055, 60) in platform.of(0x0104)[0].body["parameters"]
        assert terminal.every_s == 2
        results = {message.body["acked_id"]: message.body["result"] for message in platform.of(0x0001)}
        assert results == {0x8300: 0, 0x8103: 0, 0x8202: 0, 0x8A00: 3}

    asyncio.run(story())


@pytest.mark.parametrize("edition", [Edition.V2013, Edition.V2019])
def test_a_picture_goes_in_packets_and_the_missing_ones_again(edition):
    async def story():
        async with listening(PHONE) as (platform, port):
            terminal = a_terminal(edition)
            await terminal.connect("127.0.0.1", port)
            terminal.position(SPOT, AT)
            terminal.driver("测试驾驶员", "990000000001", AT)
            first = terminal.media(7, bytes(range(256)) * 10)
            assert await terminal.settled(5)
            assert platform.of(0x0801)[0].body["data"] == bytes(range(256)) * 10
            platform.acking = False
            again = terminal.media(8, b"\xff" * 3_000)
            await until(lambda: len(platform.of(0x0801)) == 2)
            before = len(platform.frames)
            platform.order(0x8003, {"first_serial": again, "parts": [2]})
            await until(lambda: len(platform.frames) > before)
            terminal.close()
        driver = platform.of(0x0702)[0]
        assert driver.body["name"] == "测试驾驶员"
        packets = [message.header for message in platform.frames if message.header.part]
        assert [header.serial for header in packets[:3]] == [first, first + 1, first + 2]
        assert packets[-1].part.number == 2
        assert packets[-1].serial == again + 1

    asyncio.run(story())
