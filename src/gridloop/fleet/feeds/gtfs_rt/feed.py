"""Asks a GTFS-realtime address (or file) every so many seconds and takes the vehicles that have moved on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as gtfs

from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.door import Door
from gridloop.fleet.feeds.seeking import sought_again
from gridloop.fleet.feeds.sightings import Sighting, moment_ms
from gridloop.fleet.intake import NO_MOMENT, Known, Register, Source, Window
from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel.errors import Malformed

BODY_MAX = 32 << 20
TIMEOUT_S = 20.0
KMH_PER_M_S = 3.6
NOT_MODIFIED = 304
logger = logging.getLogger(__name__)


def vehicles_of(raw: bytes) -> Iterator[tuple[str, Sighting]]:
    """(vehicle's id, where it is) of each vehicle with a position; Malformed for what is no feed. A moment not said is that of the feed."""
    message = gtfs.FeedMessage()
    try:
        message.ParseFromString(raw)
    except DecodeError as wrong:
        raise Malformed("this is no GTFS-realtime feed", zh="不是 GTFS-realtime 数据") from wrong
    for entity in message.entity:
        if entity.is_deleted or not entity.HasField("vehicle") or not entity.vehicle.HasField("position"):
            continue
        vehicle, place = entity.vehicle, entity.vehicle.position
        name = vehicle.vehicle.id or vehicle.vehicle.label or entity.id
        at_ms = moment_ms(int(vehicle.timestamp or message.header.timestamp)) or NO_MOMENT
        yield (
            name[:60],
            Sighting(
                lon=place.longitude,
                lat=place.latitude,
                at_ms=at_ms,
                speed_kmh=place.speed * KMH_PER_M_S,
                heading=place.bearing,
            ),
        )


@dataclass(slots=True)
class Asking:
    """One address with what its server said of the last answer."""

    address: str
    tag: str = ""
    changed: str = ""
    written: tuple[int, int] = (0, 0)

    async def fetch(self, client: httpx.AsyncClient) -> bytes | None:
        """The feed, or None where nothing has changed; raises OSError."""
        if "://" not in self.address:
            return await asyncio.to_thread(self._file)
        headers = {"If-None-Match": self.tag} if self.tag else {}
        if self.changed:
            headers["If-Modified-Since"] = self.changed
        try:
            async with client.stream("GET", self.address, headers=headers) as answer:
                if answer.status_code == NOT_MODIFIED:
                    return None
                answer.raise_for_status()
                body = bytearray()
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > BODY_MAX:
                        raise ConnectionError(f"{self.address} sends more than {BODY_MAX} bytes")
        except httpx.HTTPError as lost:
            raise ConnectionError(f"{self.address}: {lost}") from lost
        self.tag, self.changed = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
        return bytes(body)

    def _file(self) -> bytes | None:
        path = Path(self.address)
        about = path.stat()
        written = (about.st_mtime_ns, about.st_size)
        if written == self.written:
            return None
        self.written = written
        return path.read_bytes()[:BODY_MAX]


@dataclass(slots=True)
class GtfsFeed:
    """The feed `gtfs_rt`. A vehicle that says the moment it said before is counted as repeated and not stored again."""

    addresses: tuple[str, ...]
    every_s: float = 15.0
    headers: dict[str, str] = field(default_factory=dict)
    name: str = "gtfs_rt"
    counts: Counts = field(default_factory=Counts)
    seen: dict[str, int] = field(default_factory=dict)

    async def run(self, window: Window, register: Register) -> None:
        """Ask until cancelled, each address by itself."""
        door = Door(Protocol.GTFS_RT, Source.GTFS_RT, window, register, self.counts)
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_S, headers=self.headers, follow_redirects=True) as client,
            asyncio.TaskGroup() as together,
        ):
            for address in self.addresses:
                together.create_task(self._ask_for_ever(door, client, Asking(address)))

    async def _ask_for_ever(self, door: Door, client: httpx.AsyncClient, asking: Asking) -> None:
        async def again() -> None:
            while True:
                raw = await asking.fetch(client)
                self.counts.connections = 1
                if raw is not None:
                    await self.take(door, raw, asking.address)
                await asyncio.sleep(self.every_s)

        await sought_again(f"gtfs_rt {asking.address}", again, self.counts, least_s=self.every_s, most_s=300.0)

    async def take(self, door: Door, raw: bytes, address: str) -> None:
        """One answer: everybody who has moved on is offered together."""
        self.counts.received += 1
        moved: list[tuple[Known, Sighting]] = []
        try:
            for name, sighting in vehicles_of(raw):
                if self.seen.get(name) == sighting.at_ms:
                    self.counts.repeated += 1
                    continue
                known = door.let_in(name, address)
                if known is not None:
                    self.seen[name] = sighting.at_ms
                    moved.append((known, sighting))
        except Malformed as wrong:
            self.counts.refused["form"] += 1
            logger.warning("feed gtfs_rt %s: %s", address, wrong.en)
        if moved:
            await door.offer(moved)
