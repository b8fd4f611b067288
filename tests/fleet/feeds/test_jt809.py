"""JT/T 809 over real sockets: our upper platform and our lower one against each other, both editions, encrypted and not, both coordinates."""

from __future__ import annotations

import asyncio
import struct

import numpy as np
import pytest

from gridloop.engines.crs import wgs84_to_gcj02
from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.jt809.link import Link, Terms
from gridloop.fleet.feeds.jt809.lower import Above, Upstream
from gridloop.fleet.feeds.jt809.places import Coordinates
from gridloop.fleet.feeds.jt809.stream import COLUMNS, Committed, committed, committed_anywhere, committed_of
from gridloop.fleet.feeds.jt809.upper import Partner, UpperFeed
from gridloop.fleet.gateway.stream import framed
from gridloop.fleet.intake import Source
from gridloop.fleet.jt809 import Edition, Keys
from tests.fleet.feeds.ends import Committing, Registered, a_known, serving, until

KEYS = Keys(10_000_000, 20_000_000, 30_000_000)
AT = 1_795_305_600_000
REGISTER = Registered({("jt808", "100"): a_known(4, "闽D12345", plate_colour=1), ("jt808", "101"): a_known(5, "闽D54321")})  # fmt: skip


def some(*rows: tuple[int, float, float, int, int]) -> Committed:
    """Columns of (vehicle, lon, lat, moment, marks)."""
    vehicle, lon, lat, at, marks = zip(*rows, strict=True)
    return Committed(
        np.array(vehicle, np.int32), np.round(np.array(lon) * 1e7).astype(np.int32), np.round(np.array(lat) * 1e7).astype(np.int32),
        np.array(at, np.int64), np.full(len(rows), 365, np.uint16), np.full(len(rows), 271, np.uint16), np.array(marks, np.uint8),
    )  # fmt: skip


async def nothing():
    await asyncio.Event().wait()
    yield some((1, 0, 0, 0, 0))


def platforms(edition, *, keys=None, coordinates=Coordinates.WGS84, password="secret", expects=Coordinates.FLAGGED):
    partner = Partner(11, 77, "secret", edition, expects, keys)
    upper = UpperFeed("127.0.0.1", 0, (partner,), edition, tell_every_s=0.05, keep_s=0.2)
    terms = Terms(edition, 11, keys, encrypted=keys is not None)

    def lower() -> Upstream:
        above = Above("127.0.0.1", upper.port, 77, password, terms, "127.0.0.1", 0, coordinates, "G1")
        return Upstream(above, nothing, again_s=0.05)

    return upper, lower


@pytest.mark.parametrize("edition", [Edition.V2011, Edition.V2019])
@pytest.mark.parametrize("keys", [None, KEYS])
@pytest.mark.parametrize("coordinates", [Coordinates.WGS84, Coordinates.GCJ02])
def test_what_the_lower_platform_has_committed_the_upper_one_stores(edition, keys, coordinates):
    async def story():
        window = Committing()
        upper, lower = platforms(edition, keys=keys, coordinates=coordinates)
        async with serving(upper, window, REGISTER):
            below = lower()
            async with serving(below, Committing(), REGISTER, ready="sub_up"):
                below.take(some((4, 118.1, 24.5, AT, 0), (5, 118.2, 24.6, AT + 999, 0), (9, 1, 1, AT, 0)), REGISTER)
                below.take(
                    some(
                        (4, 118.11, 24.5, AT - 9_000, Mark.LATE),
                        (4, 118.12, 24.5, AT - 8_000, Mark.LATE),
                        (4, 0, 0, AT, Mark.PLACE),
                    ),
                    REGISTER,
                )
                await until(lambda: upper.counts.stored == 4)
                await until(lambda: below.received_above >= 1)
        rows = np.sort(window.rows, order=["vehicle", "at"])
        assert rows["vehicle"].tolist() == [4, 4, 4, 5]
        assert rows["at"].tolist() == [AT - 9_000, AT - 8_000, AT, AT]
        assert rows["lon"] == pytest.approx([118.11, 118.12, 118.1, 118.2], abs=2e-6)
        assert rows["lat"] == pytest.approx([24.5, 24.5, 24.5, 24.6], abs=2e-6)
        assert set(rows["heading"].tolist()) == {271}
        assert set(rows["speed"].tolist()) <= ({365} if edition is Edition.V2019 else {360, 370})
        assert set(rows["source"].tolist()) == {Source.JT809}
        assert below.counts.marked == 2, "the unknown vehicle and the one without a place stay here"
        assert len(window.offers) == 3, "the two late ones came in one message"

    asyncio.run(story())


def test_coordinates_travel_shifted_where_that_was_agreed():
    async def story():
        window = Committing()
        upper, lower = platforms(Edition.V2011, coordinates=Coordinates.GCJ02, expects=Coordinates.WGS84)
        async with serving(upper, window, REGISTER):
            below = lower()
            async with serving(below, Committing(), REGISTER, ready="logged_in"):
                below.take(some((4, 118.1, 24.5, AT, 0)), REGISTER)
                await until(lambda: upper.counts.stored == 1)
        told = [window.rows["lon"][0], window.rows["lat"][0]]
        assert told == pytest.approx(wgs84_to_gcj02(np.array([[118.1, 24.5]]))[0].tolist(), abs=2e-6)

    asyncio.run(story())


def test_a_wrong_password_is_told_to_both_sides():
    async def story():
        known = Registered()
        upper, lower = platforms(Edition.V2019, password="guessed")
        async with serving(upper, Committing(), known):
            below = lower()
            async with serving(below, Committing(), known, ready="none"):
                await until(lambda: below.counts.refused["login"] >= 2)
        assert ("jt809", "11/77", "wrong_code") in known.refused
        assert not upper.sessions

    asyncio.run(story())


def test_a_partner_without_an_access_code_here_and_one_that_does_not_log_in_are_sent_away():
    async def story():
        known = Registered()
        upper, _ = platforms(Edition.V2011)
        async with serving(upper, Committing(), known):
            for terms, message in ((Terms(Edition.V2011, 99), 0x1001), (Terms(Edition.V2011, 11), 0x1005)):
                reader, writer = await asyncio.open_connection("127.0.0.1", upper.port)
                link = Link(terms, reader, writer, Counts())
                body = {"user": 77, "password": "secret", "down_host": "", "down_port": 0}
                await link.send(message, body if message == 0x1001 else {})
                answers = [one.body["result"] async for one in link.messages()]
                assert answers == ([2] if message == 0x1001 else [])
                link.close()
        assert known.refused == [("jt809", "99/77", "unregistered")]
        assert upper.counts.refused["no_login"] == 1

    asyncio.run(story())


def test_what_happens_while_the_upper_platform_is_away_goes_up_later():
    async def story():
        window = Committing()
        upper, lower = platforms(Edition.V2011)
        async with serving(upper, window, REGISTER):
            below = lower()
            task = asyncio.create_task(below.run(Committing(), REGISTER))
            await until(below.logged_in.is_set)
        await until(lambda: not below.logged_in.is_set())
        below.take(some(*((4, 118.1 + step / 1000, 24.5, AT + step * 1000, 0) for step in range(7))), REGISTER)
        async with serving(upper, window, REGISTER):
            await until(lambda: upper.counts.stored == 7)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert [len(offered.fixes) for offered in window.offers] == [5, 2], "later ones go in batches"
        assert below.counts.sought >= 1

    asyncio.run(story())


def test_the_gateways_stream_is_read_and_other_kinds_are_passed_over():
    news = some((4, 118.1, 24.5, AT, 0), (5, 118.2, 24.6, AT, 16))
    columns = (news.vehicle, news.lon_e7, news.lat_e7, news.at_ms, news.speed, news.heading, news.marks)
    payload = struct.pack("<I", 2) + b"".join(
        one.astype(kind).tobytes() for one, (_, kind) in zip(columns, COLUMNS, strict=True)
    )

    async def story():
        async def gateway(_, writer):
            for kind, body in ((3, b"{}"), (1, payload), (2, b"[]"), (1, payload)):
                writer.write(framed(kind, body))
            writer.close()

        server = await asyncio.start_server(gateway, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        for told, times in ((committed("127.0.0.1", port), 2), (committed_anywhere([("127.0.0.1", port)] * 2), 4)):
            windows = []
            with pytest.raises(EOFError):  # noqa: PT012 - the stream is read to its end
                async for window in told:
                    windows.append(window)  # noqa: PERF401 - the stream ends with an error
            assert [window.vehicle.tolist() for window in windows] == [[4, 5]] * times
            assert windows[0].marks.tolist() == [0, 16]
        server.close()

    asyncio.run(story())
    with pytest.raises(ValueError, match="2 positions"):
        committed_of(payload + b"x")
