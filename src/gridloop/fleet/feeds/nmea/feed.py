"""Listens for NMEA 0183 on one port, TCP and UDP. A receiver is known by the source of its TAG block, else by its address."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import cast

from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.door import Door
from gridloop.fleet.feeds.nmea.sentences import SENTENCE_MAX, Receiver, sentence_of
from gridloop.fleet.intake import Register, Source, Window
from gridloop.fleet.rules.kinds import Protocol
from gridloop.kernel.errors import Malformed

IDLE_S = 600.0
WAITING_MAX = 10_000
RECEIVERS_MAX = 50_000


class Datagrams(asyncio.DatagramProtocol):
    """Puts datagrams into a queue; what does not fit is counted."""

    def __init__(self, queue: asyncio.Queue[tuple[str, str]], counts: Counts) -> None:
        self._queue = queue
        self._counts = counts

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Some lines."""
        for line in data.decode("latin-1").splitlines():
            try:
                self._queue.put_nowait((line, addr[0]))
            except asyncio.QueueFull:
                self._counts.refused["too_many"] += 1


class NmeaFeed:
    """The feed `nmea`."""

    name = "nmea"

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.counts = Counts()
        self.listening = asyncio.Event()
        self._receivers: dict[str, Receiver] = {}

    async def run(self, window: Window, register: Register) -> None:
        """Serve until cancelled."""
        door = Door(Protocol.NMEA, Source.NMEA, window, register, self.counts)
        queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue(WAITING_MAX)
        server = await asyncio.start_server(
            lambda reader, writer: self._stream(door, reader, writer), self.host, self.port, limit=4 * SENTENCE_MAX
        )
        self.port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: Datagrams(queue, self.counts), local_addr=(self.host, self.port)
        )
        self.listening.set()
        try:
            async with server:
                while True:
                    await self._line(door, *await queue.get())
        finally:
            transport.close()
            self.listening.clear()

    async def _stream(self, door: Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = cast("tuple[str, int]", writer.get_extra_info("peername"))[0]
        self.counts.connections += 1
        try:
            with suppress(OSError, TimeoutError):  # a receiver comes back by itself
                while line := await _next(reader):
                    await self._line(door, line.decode("latin-1"), address)
        except ValueError:  # a line longer than any sentence
            self.counts.refused["too_long"] += 1
        finally:
            self.counts.connections -= 1
            writer.close()

    async def _line(self, door: Door, line: str, address: str) -> None:
        if not line.strip():
            return
        self.counts.received += 1
        received = datetime.now(UTC)
        try:
            sentence = sentence_of(line)
            name = sentence.source or address
            if len(self._receivers) >= RECEIVERS_MAX and name not in self._receivers:
                self._receivers.clear()
            sighting = self._receivers.setdefault(name, Receiver()).take(sentence, received)
        except Malformed as wrong:
            self.counts.refused[str(wrong.fields.get("line", "form"))] += 1
            return
        if sighting is None:
            return
        known = door.let_in(name, address)
        if known is not None:
            await door.offer([(known, sighting)])


async def _next(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(IDLE_S):
        return await reader.readline()
