"""One reader of the ledger for all browsers of this process: reads four times a second and hands each line to those who may see it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from gridloop.cases.queries import feed as cases
from gridloop.kernel.caller import Caller
from gridloop.site.live import counts

log = structlog.get_logger("gridloop.live")
EVERY_S = 0.25
QUEUE_MAX = 500  # lines waiting for one browser; a console at work gets a few a second
BATCH = 1000
GAP_MAX = 20_000  # a browser that missed more loads its lists anew instead
LOST = (psycopg.OperationalError, PoolTimeout)


@dataclass(eq=False)
class Listener:
    """One open connection; `too_slow` is set when its queue ran over, and it is let go with a hint to come back."""

    by: Caller
    queue: asyncio.Queue[cases.Line] = field(default_factory=lambda: asyncio.Queue(QUEUE_MAX))
    too_slow: bool = False
    since: int = -1


class Feed:
    """Reads the ledger after the last position it has read; a lost database is waited for, and nothing is skipped."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self.position = -1
        self.ready = False
        self.listeners: set[Listener] = set()

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            try:
                if not self.ready:
                    await self._begin()
                await self._read_on()
            except LOST as lost:
                if self.ready:
                    log.warning("database out of reach", reason=str(lost))
                self.ready = False
                await asyncio.sleep(1)
            await asyncio.sleep(EVERY_S)

    async def _begin(self) -> None:
        """The first time the feed starts at the ledger's end; after a lost database it goes on where it was."""
        head = await self._head()
        if self.position < 0 or head < self.position:  # an older backup was put back: positions begin anew
            self.position = head
        self.ready = True
        log.info("reading the ledger", position=self.position)

    async def _head(self) -> int:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(cases.HEAD_SQL)).fetchone()
        return int(row[0]) if row else -1

    async def _lines(self, after: int, until: int) -> list[cases.Line]:
        asked = {"after": after, "until": until, "limit": BATCH}
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(cases.feed_statement(), asked, prepare=True)).fetchall()
        return [cases.line(row) for row in rows]

    async def _read_on(self) -> None:
        head = await self._head()
        self.position = min(self.position, head)  # behind us only when an older backup was put back
        while self.position < head:
            lines = await self._lines(self.position, head)
            for one in lines:
                self._hand_out(one)
            # no await between handing out and moving on: a listener that joins sees either all of it or none
            self.position = lines[-1].position if len(lines) == BATCH else head
        counts.POSITION.set(self.position)

    def _hand_out(self, one: cases.Line) -> None:
        counts.LAG.set((dt.datetime.now(dt.UTC) - one.at).total_seconds())
        for listener in self.listeners:
            if listener.too_slow or not cases.hears(listener.by, one):
                continue
            try:
                listener.queue.put_nowait(one)
            except asyncio.QueueFull:
                listener.too_slow = True
                counts.DROPPED.inc()

    def join(self, by: Caller) -> Listener:
        """From now on every new line that the caller may see is queued; `since` is the position before the first of them."""
        listener = Listener(by, since=self.position)
        self.listeners.add(listener)
        counts.LISTENERS.set(len(self.listeners))
        return listener

    def leave(self, listener: Listener) -> None:
        """Queue nothing more."""
        self.listeners.discard(listener)
        counts.LISTENERS.set(len(self.listeners))

    async def missed(self, listener: Listener, after: int) -> AsyncIterator[cases.Line]:
        """What happened between the last position a browser saw and the moment it joined."""
        while after < listener.since:
            lines = await self._lines(after, listener.since)
            for one in lines:
                if cases.hears(listener.by, one):
                    yield one
            after = lines[-1].position if len(lines) == BATCH else listener.since
