"""We are the lower platform: log in above, let it connect back, send up what the gateway has committed."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.jt809.link import KEEP_S, Link, Terms
from gridloop.fleet.feeds.jt809.places import Coordinates, body_of
from gridloop.fleet.feeds.jt809.stream import Committed
from gridloop.fleet.feeds.seeking import LOST, sought_again
from gridloop.fleet.feeds.sightings import Sighting
from gridloop.fleet.intake import STATUS_ACC, STATUS_POSITIONED, Known, Register, Window
from gridloop.fleet.jt809.registry import (
    CONNECT_BACK,
    CONNECTED_BACK,
    KEEP,
    LOG_IN,
    LOGGED_IN,
    MOVED,
    POSITION,
    POSITIONS_LATER,
    RECEIVED,
    SUB_KEEP,
    SUB_KEPT,
)

HELD_MAX = 200_000
BATCH_MAX = 5  # positions of one vehicle in one 0x1203
ANSWER_WITHIN_S = 15.0
DONE, WRONG_CODE = 0, 1
SENT_ON = Mark.LATE  # marks with which a position still goes up
logger = logging.getLogger(__name__)
Waiting = tuple[Known, Sighting, bool]


@dataclass(frozen=True, slots=True)
class Above:
    """The platform above: where it is, how we log in there, where it may connect back to us, which coordinates it expects."""

    host: str
    port: int
    user: int
    password: str
    terms: Terms
    down_host: str
    down_port: int
    coordinates: Coordinates = Coordinates.WGS84
    platform: str = ""


@dataclass(slots=True)
class Upstream:
    """The feed `jt809_up`, the one that sends: what it offers goes up, what is down meanwhile waits (the oldest are lost first, and counted)."""

    above: Above
    source: Callable[[], AsyncIterator[Committed]]
    name: str = "jt809_up"
    again_s: float = 5.0
    counts: Counts = field(default_factory=Counts)
    waiting: deque[Waiting] = field(default_factory=deque)
    received_above: int = 0  # what 0x9101 told so far
    sub_up: asyncio.Event = field(default_factory=asyncio.Event)
    logged_in: asyncio.Event = field(default_factory=asyncio.Event)
    down_port: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _code: int = -1
    _subs: set[Link] = field(default_factory=set)

    async def run(self, window: Window, register: Register) -> None:
        """Serve until cancelled; nothing is offered to the window."""
        del window
        server = await asyncio.start_server(self._sub, self.above.down_host or "0.0.0.0", self.above.down_port)  # noqa: S104 - the platform above is elsewhere
        self.down_port = server.sockets[0].getsockname()[1]

        async def collect() -> None:
            async for news in self.source():
                self.take(news, register)

        try:
            async with server, asyncio.TaskGroup() as together:
                together.create_task(sought_again("jt809_up source", collect, self.counts, least_s=self.again_s))
                together.create_task(sought_again("jt809_up", self._main, self.counts, least_s=self.again_s))
        finally:
            for link in self._subs:
                link.close()

    def take(self, news: Committed, register: Register) -> None:
        """Put a window of committed positions into the line; marked ones stay here, but for late ones."""
        columns = (news.vehicle, news.lon_e7, news.lat_e7, news.at_ms, news.speed, news.heading, news.marks)
        for vehicle, lon, lat, at_ms, speed, heading, marks in zip(*(one.tolist() for one in columns), strict=True):
            known = register.by_vehicle(vehicle)
            if known is None or marks & ~SENT_ON:
                self.counts.marked += 1
                continue
            if len(self.waiting) >= HELD_MAX:
                self.waiting.popleft()
                self.counts.refused["line_full"] += 1
            status = STATUS_POSITIONED | (STATUS_ACC if speed else 0)
            one = Sighting(lon / 1e7, lat / 1e7, at_ms, speed_kmh=speed / 10, heading=heading, status=status)
            self.waiting.append((known, one, bool(marks & Mark.LATE) or not self.logged_in.is_set()))
            self.counts.offered += 1
        self._news.set()

    async def _main(self) -> None:
        above = self.above
        reader, writer = await asyncio.open_connection(above.host, above.port)
        link = Link(above.terms, reader, writer, self.counts)
        keeping: asyncio.Task[None] | None = None
        try:
            await link.send(LOG_IN, self._login())
            stream = link.messages()
            async with asyncio.timeout(ANSWER_WITHIN_S):
                said = await anext(stream, None)
            if said is None or said.header.id != LOGGED_IN or said.body["result"] != DONE:
                result = said.body.get("result") if said else None
                self.counts.refused["login"] += 1
                raise ConnectionRefusedError(f"the platform above refuses our log-in: {result}")
            self._code = said.body["verify_code"]
            self.logged_in.set()
            self.counts.connections += 1
            keeping = asyncio.create_task(self._speak(link))
            async for _ in stream:
                if keeping.done():
                    break
        finally:
            self.counts.connections -= self.logged_in.is_set()
            self.logged_in.clear()
            if keeping is not None:
                keeping.cancel()
                with suppress(asyncio.CancelledError, *LOST):
                    await keeping
            link.close()

    def _login(self) -> dict[str, object]:
        above = self.above
        login: dict[str, object] = {"user": above.user, "password": above.password}
        login |= {"down_host": above.down_host, "down_port": self.down_port}
        return login | ({"centre": above.terms.centre} if above.terms.edition == 2019 else {})

    async def _speak(self, link: Link) -> None:
        """Send the line as it grows, and keep the link alive where there is nothing to send."""
        try:
            while True:
                self._news.clear()
                while self.waiting:
                    await self._send(link, self._next())
                try:
                    async with asyncio.timeout(KEEP_S):
                        await self._news.wait()
                except TimeoutError:
                    await link.send(KEEP, {})
        except OSError:
            link.close()  # the reading side notices, and the whole is begun anew

    def _next(self) -> list[Waiting]:
        """The next of the line: one position, or as many late ones of one vehicle as stand together and fit one message."""
        first = self.waiting[0]
        batch = [first]
        if first[2]:
            for other in list(self._ahead())[1:]:
                if len(batch) == BATCH_MAX or not other[2] or other[0].vehicle != first[0].vehicle:
                    break
                batch.append(other)
        return batch

    def _ahead(self) -> Sequence[Waiting]:
        return [self.waiting[number] for number in range(min(BATCH_MAX, len(self.waiting)))]

    async def _send(self, link: Link, batch: Sequence[Waiting]) -> None:
        """Send; what a link that breaks meanwhile did not take goes back to the front of the line."""
        above, known = self.above, batch[0][0]
        for _ in batch:
            self.waiting.popleft()
        bodies = [body_of(one, above.terms.edition, above.coordinates, above.platform) for _, one, _ in batch]
        about = {"plate": known.plate, "plate_colour": known.plate_colour}
        try:
            if batch[0][2]:
                await link.send(MOVED, {"items": bodies}, sub=POSITIONS_LATER, about=about)
            else:
                await link.send(MOVED, bodies[0], sub=POSITION, about=about)
        except OSError:
            self.waiting.extendleft(reversed(batch))
            raise
        self.counts.stored += len(batch)

    async def _sub(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The platform above connects back; whoever does not know the code of our log-in is sent away."""
        link = Link(self.above.terms, reader, writer, self.counts)
        self._subs.add(link)
        let_in = False
        try:
            async for message in link.messages():
                if message.header.id == CONNECT_BACK:
                    let_in = message.body["verify_code"] == self._code
                    await link.send(CONNECTED_BACK, {"result": DONE if let_in else WRONG_CODE})
                    if not let_in:
                        self.counts.refused["sub_code"] += 1
                        break
                    self.sub_up.set()
                elif let_in and message.header.id == SUB_KEEP:
                    await link.send(SUB_KEPT, {})
                elif let_in and message.header.id == RECEIVED:
                    self.received_above += message.body["total"]
                elif let_in:
                    self.counts.refused["not_supported"] += 1
        except LOST as lost:
            logger.warning("feed jt809_up: the sub link is gone: %r", lost)
        finally:
            if let_in:
                self.sub_up.clear()
            self._subs.discard(link)
            link.close()
