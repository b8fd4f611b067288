"""An evaluator's way down its stream: letters one after the other, each sequence once, from where its table says it has come to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from nats.aio.msg import Msg

from gridloop.fleet.gateway.shards.river import AGAIN_S, GONE, Bed, River

log = structlog.get_logger("gridloop.gateway")
SILENT_S = 5.0
"""Every gateway writes once a second; when nothing comes for so long, the way is sought anew."""
AT_ONCE_MAX = 32
"""Letters that are judged together when many wait."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The sequence of the last letter that is committed, and the stream that it counts."""

    number: int
    stream: str


def reached_in(bed: Bed, reached: Reached) -> Reached:
    """How far that is in the stream as it stands: a stream that was made anew, or has lost its end, gives the same sequences to other letters."""
    if bed.made != reached.stream:
        return Reached(max(0, bed.first - 1), bed.made)
    return Reached(min(reached.number, bed.last), bed.made)


class Course:
    """`after`: the sequence of the last letter that was taken; `stream`: which stream it counts; `moved`: it counts anew, after the sequence `began`."""

    def __init__(self, river: River, shard: int) -> None:
        self.river, self.shard = river, shard
        self.after, self.stream = 0, ""
        self.moved, self.began = False, 0
        self._waiting: asyncio.Queue[Msg] = asyncio.Queue()
        self._end: Callable[[], Awaitable[None]] | None = None
        self._heard_s = 0.0
        self._sought = False

    async def begin(self, after: int, stream: str) -> None:
        """Follow from the next letter on."""
        self.after, self.stream = after, stream
        await self._seek()

    async def letters(self, seconds: float) -> list[Msg]:
        """The next letters, in order, as soon as there is one; none after so many seconds."""
        found: list[Msg] = []
        try:
            found += self._next(await asyncio.wait_for(self._waiting.get(), seconds))
            while not self._waiting.empty() and len(found) < AT_ONCE_MAX:
                found += self._next(self._waiting.get_nowait())
        except TimeoutError:
            if time.monotonic() - self._heard_s > SILENT_S:
                await self._seek_again()
        except LookupError:
            if not found:
                await self._seek_again()
        return found

    async def end(self) -> None:
        """No more."""
        if self._end is not None:
            try:
                await self._end()
            except GONE as lost:
                log.debug("the subscription is gone already", reason=repr(lost))
            self._end = None

    def _next(self, message: Msg) -> list[Msg]:
        """This letter if it is the next one, nothing if it was taken before; raises LookupError where some are missing before it."""
        self._heard_s = time.monotonic()
        sequence = message.metadata.sequence.stream
        if sequence <= self.after:
            return []
        if sequence != self.after + 1:
            if not self._sought:
                raise LookupError(sequence)
            log.warning("letters are missing from the stream", after=self.after, next=sequence)
        self.after, self._sought = sequence, False
        return [message]

    async def _seek_again(self) -> None:
        """The stream may have been made anew, or have lost its end or its beginning meanwhile."""
        bed = await self.river.bed(self.shard)
        there = reached_in(bed, Reached(self.after, self.stream))
        if (there.number, there.stream) != (self.after, self.stream):
            log.warning("the stream is another one", sequence=self.after, now=there.number, made=there.stream)
            self.moved, self.began = True, there.number
        self.after, self.stream = max(there.number, bed.first - 1), there.stream
        await self._seek()

    async def _seek(self) -> None:
        while True:
            await self.end()
            self._waiting = asyncio.Queue()
            self._heard_s = time.monotonic()
            self._sought = True
            try:
                self._end = await self.river.follow(self.shard, self.after + 1, self._waiting.put)
            except GONE as lost:
                log.warning("letters cannot be followed yet", shard=self.shard, reason=repr(lost))
                await asyncio.sleep(AGAIN_S)
            else:
                return
