"""One of the two connections between platforms: whole messages in and out, serials, the time header, what was strange."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.jt809 import BadFrame, Edition, Header, Keys, Message, Splitter, decode, encode

CHUNK = 1 << 16
IDLE_S = 180.0  # three times the interval in which a link that is alive says so
KEEP_S = 60.0


@dataclass(frozen=True, slots=True)
class Terms:
    """What two platforms agreed on: edition, access code of the lower one, keys and whether what we send is encrypted."""

    edition: Edition
    centre: int
    keys: Keys | None = None
    encrypted: bool = False
    version: tuple[int, int, int] = (1, 0, 0)


class Link:
    """Messages over one connection."""

    def __init__(
        self, terms: Terms, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counts: Counts
    ) -> None:
        self.terms = terms
        self.counts = counts
        self._reader = reader
        self._writer = writer
        self._splitter = Splitter()
        self._serial = 0

    @property
    def address(self) -> str:
        """Who is at the other end."""
        peer = self._writer.get_extra_info("peername")
        return str(peer[0]) if peer else ""

    async def messages(self) -> AsyncIterator[Message]:
        """What comes, until the peer hangs up; a frame that cannot be read is counted by its reason. TimeoutError after long silence."""
        while chunk := await self._chunk():
            for frame in self._splitter.feed(chunk):
                self.counts.received += 1
                try:
                    yield decode(frame, edition=self.terms.edition, keys=self.terms.keys)
                except BadFrame as refused:
                    self.counts.refused[str(refused.code)] += 1

    async def _chunk(self) -> bytes:
        async with asyncio.timeout(IDLE_S):
            return await self._reader.read(CHUNK)

    async def send(
        self, message_id: int, body: Mapping[str, Any], *, sub: int = 0, about: Mapping[str, Any] | None = None
    ) -> None:
        """Send a message; raises OSError where the peer is gone."""
        terms = self.terms
        self._serial = (self._serial + 1) & 0xFFFFFFFF
        header = Header(
            message_id,
            self._serial,
            terms.centre,
            terms.edition,
            terms.version,
            encrypted=terms.encrypted,
            key=(self._serial * 2_654_435_761) & 0xFFFFFFFF if terms.encrypted else 0,
            moment=int(time.time()) if terms.edition is Edition.V2019 else 0,
        )
        self._writer.write(encode(Message(header, body, sub, about or {}), keys=terms.keys))
        await self._writer.drain()

    async def keep(self, message_id: int) -> None:
        """Say now and then that the link is alive, until cancelled or the peer is gone."""
        while True:
            await asyncio.sleep(KEEP_S)
            await self.send(message_id, {})

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
