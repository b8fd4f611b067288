"""A company of vehicles against a platform, and recorded tracks driven once more."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from gridloop.fleet.drive.drive import Asked, Drive, identities
from gridloop.fleet.drive.faults import Fault
from gridloop.fleet.drive.tracks import Replay, points_of
from gridloop.fleet.jt808 import degrees
from gridloop.fleet.rules.kinds import VehicleKind
from gridloop.kernel.errors import Malformed
from tests.fleet.drive.platform import listening, until
from tests.fleet.drive.test_roads import roads


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def driven(seconds: float, *, faults: float, kinds=tuple(Fault), cars: int = 4, before=None):
    """(platform, drive, what it said) of vehicles that report every 30 ms."""

    async def story():
        fleet = [(identity, VehicleKind.TAXI) for identity in identities(cars)]
        said: list[str] = []
        async with listening(*(identity.phone for identity, _ in fleet)) as (platform, port):
            drive = Drive(Asked("127.0.0.1", port, every_s=0.03, faults=faults, extras=False), fleet, roads())
            for car in drive.cars:
                car.trouble.kinds = kinds
            if before:
                before(platform, drive)
            await drive.run(seconds, said.append, now)
        return platform, drive, said

    return asyncio.run(story())


def test_everything_that_is_sent_is_acknowledged_when_the_drive_ends():
    platform, drive, said = driven(0.6, faults=0.0)
    assert drive.counts.sent >= 8
    assert drive.counts.acked == drive.counts.sent == len(platform.of(0x0200))
    assert {message.header.subscriber for message in platform.of(0x0200)} == {
        car.terminal.identity.phone for car in drive.cars
    }
    assert {int(message.header.edition) for message in platform.of(0x0200)} == {2013, 2019}
    assert f"acked {drive.counts.acked}" in said[-1]


def test_a_blind_zone_is_told_late_in_a_batch():
    platform, drive, _ = driven(1.5, faults=0.5, kinds=(Fault.BLIND,), cars=3)
    batches = platform.of(0x0704)
    assert batches
    assert all(message.body["kind"] == 1 for message in batches)
    assert drive.counts.acked == drive.counts.sent


def test_zero_coordinates_and_clones_are_played():
    platform, _, _ = driven(1.5, faults=0.6, kinds=(Fault.ZERO, Fault.CLONE), cars=3)
    assert (0.0, 0.0) in {degrees(message.body) for message in platform.of(0x0200)}
    assert len(platform.of(0x0102)) > 3, "a clone authenticates beside its original"


def test_a_platform_that_hangs_up_is_called_again():
    async def story():
        fleet = [(identity, VehicleKind.BUS) for identity in identities(1)]
        async with listening(fleet[0][0].phone) as (platform, port):
            drive = Drive(Asked("127.0.0.1", port, every_s=0.02, extras=False), fleet, roads())
            running = asyncio.create_task(drive.run(0, lambda _: None, now))
            await until(lambda: drive.counts.acked > 3)
            platform.hang_up()
            await until(lambda: len(platform.of(0x0102)) == 2)
            before = drive.counts.acked
            await until(lambda: drive.counts.acked > before)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            assert drive.counts.reconnects == 1
            assert drive.counts.acked == drive.counts.sent

    asyncio.run(story())


TRACKS = """time,id,lon,lat,speed
2026-11-22 08:00:00,a,118.10,24.48,30
2026-11-22T00:00:01+00:00,b,118.11,24.49,
1763798402,a,118.12,24.48,35
"""


def test_recorded_tracks_are_driven_at_their_pace_with_their_own_times():
    points = points_of(TRACKS.splitlines())

    async def story():
        who = dict(zip(("a", "b"), identities(2), strict=True))
        async with listening(*(one.phone for one in who.values())) as (platform, port):
            replay = Replay.of(Asked("127.0.0.1", port), points, who, pace=1e9, keep_times=True)
            said: list[str] = []
            await replay.run(said.append, now)
            return platform, said

    platform, said = asyncio.run(story())
    told = sorted((message.body["time"], *degrees(message.body)) for message in platform.of(0x0200))
    assert told == [(point.at, point.spot.lon, point.spot.lat) for point in points]
    assert said[-1] == "2 tracks, sent 3 of 3, acked 3, resent 0"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("time,id,lon\n1,a,118", "lat is missing"),
        ("time,id,lon,lat\n", "holds no positions"),
        ("time,id,lon,lat\n1,a,118,24\n1,a,east,24", "line 3 cannot be read"),
        ("time,id,lon,lat\nyesterday,a,118,24", "line 2 cannot be read"),
        ("time,id,lon,lat\n1,a,218,24", "no such place"),
    ],
)
def test_a_file_that_is_no_track_is_refused_with_its_line(text, sentence):
    with pytest.raises(Malformed, match=sentence):
        points_of(text.splitlines())
