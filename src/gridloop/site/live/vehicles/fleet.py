"""Everything the live process keeps of vehicles: a reader of each stream of what is stored, one table, one frame sequence for each set of areas."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import structlog
from psycopg_pool import AsyncConnectionPool

from gridloop.fleet.queries import live as asked
from gridloop.kernel import clock
from gridloop.site.live import counts
from gridloop.site.live.feed import LOST
from gridloop.site.live.vehicles.frames import Sent, key_frame
from gridloop.site.live.vehicles.source import BrokenStreamError, Fixes, Hello, Warned, heard
from gridloop.site.live.vehicles.table import Table

log = structlog.get_logger("gridloop.live")
TICK_S = 1.0
REGISTER_EVERY_S = 20.0
RETRY_S = 1.0
STRANGE_MAX = 50
"""Windows of the gateway, a tenth of a second each, that wait for the register to be read again."""
TOGETHER_MAX = 1000
"""Warnings that other evaluators store while one transaction is on its way."""
WORDS_MAX = 1000
"""Warnings that wait for one browser; one that reads slower comes back and asks for what it missed."""


@dataclass(eq=False)
class Viewer:
    """One browser. `frame` holds the next positions until it is sent: a slow browser loses frames and then gets a whole one."""

    areas: tuple[str, ...]
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    frame: bytes | None = None
    needs_key: bool = True
    words: list[bytes] = field(default_factory=list)
    too_slow: bool = False

    def tell(self, word: bytes) -> None:
        """One more message of text."""
        if len(self.words) >= WORDS_MAX:
            self.too_slow = True
        else:
            self.words.append(word)
        self.wake.set()


@dataclass(eq=False)
class Sequence:
    """One sequence of frames for all browsers that see the same areas."""

    areas: tuple[str, ...]
    version: int
    at: npt.NDArray[np.int64]
    sent: Sent
    seq: int = 0
    viewers: set[Viewer] = field(default_factory=set)


@dataclass(eq=False)
class Line:
    """One stream of what is stored: of the gateway, or of one evaluator. last_warning: id up to which nothing of it was missed; lost_at: when it was lost."""

    host: str
    port: int
    last_warning: int = -1
    connected: bool = False
    lost_at: dt.datetime | None = None


class Fleet:
    """Reads, ticks and hands out; a lost gateway or database is waited for, and nothing of the warnings is skipped."""

    def __init__(self, pool: AsyncConnectionPool, streams: tuple[tuple[str, int], ...]) -> None:
        self._pool = pool
        self._lines = [Line(host, port) for host, port in streams]
        self.table = Table()
        self.sequences: dict[tuple[str, ...], Sequence] = {}
        self.last_warning = -1
        self._stranger = asyncio.Event()
        self._strange: deque[Fixes] = deque(maxlen=STRANGE_MAX)
        self._passed_over: set[int] = (
            set()
        )  # out of service, and still driving: no reason to read the register each second

    @property
    def connected(self) -> bool:
        """Whether everything that is stored is heard of."""
        return all(line.connected for line in self._lines)

    async def run(self) -> None:
        """Everything at once, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._registers())
            for line in self._lines:
                tasks.create_task(self._listens(line))
            tasks.create_task(self._ticks())

    async def _registers(self) -> None:
        """Read the register now and then, and at once when a vehicle is heard that it does not have yet."""
        while True:
            try:
                await self._read_register()
                wait_s = REGISTER_EVERY_S
            except LOST as lost:
                log.warning("database out of reach", reason=str(lost))
                wait_s = RETRY_S
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stranger.wait(), wait_s)
                await asyncio.sleep(RETRY_S)  # however many strangers there are

    async def _read_register(self) -> None:
        """Who is in service; of those that are new here, where they were last, for they may say nothing more."""
        self._stranger.clear()
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(asked.REGISTER_SQL)).fetchall()
            new = [int(row[0]) for row in rows if int(row[0]) not in self.table.owners]
            last = await (await connection.execute(asked.LAST_SQL, {"ids": new})).fetchall() if new else []
        self.table.register([asked.Registered(*row) for row in rows])
        now_ms = asked.moment_ms(clock.now())
        if last:
            columns: list[Any] = list(zip(*last, strict=True))
            columns[3] = [asked.moment_ms(at) for at in columns[3]]
            kinds = ("i4", "i4", "i4", "i8", "u2", "u2", "u1")
            arrays = [np.array(column).astype(kind) for column, kind in zip(columns, kinds, strict=True)]
            self.table.take(Fixes(*arrays), now_ms=now_ms)
        while self._strange:
            fixes = self._strange.popleft()
            self.table.take(fixes, now_ms=now_ms)
            self._passed_over.update(fixes.vehicle.tolist())
        self._passed_over -= self.table.owners.keys()

    def _take(self, fixes: Fixes) -> int:
        """Into the table; what has a vehicle unknown here is kept until the register has been read again."""
        unknown = self.table.unknown
        now_ms = asked.moment_ms(clock.now())
        taken = self.table.take(fixes, now_ms=now_ms)
        if self.table.unknown > unknown and not self._passed_over.issuperset(
            set(fixes.vehicle.tolist()) - self.table.owners.keys()
        ):
            self._strange.append(fixes)
            self._stranger.set()
        return taken

    async def _listens(self, line: Line) -> None:
        while True:
            try:
                async for said in heard(line.host, line.port):
                    await self._took(said, line)
            except (OSError, EOFError, BrokenStreamError, *LOST) as lost:
                if line.connected:
                    log.warning("the gateway's stream is lost", host=line.host, port=line.port, reason=str(lost))
                    line.lost_at = clock.now()
            line.connected = False
            counts.STREAM.set(0)
            await asyncio.sleep(RETRY_S)

    async def _took(self, said: Fixes | Warned | Hello, line: Line) -> None:
        if isinstance(said, Fixes):
            counts.FIXES.inc(self._take(said))
        elif isinstance(said, Warned):
            await self._tell(said.items, line)
        else:
            if self.last_warning < 0:  # nobody has been told anything: browsers read what stands by themselves
                self.last_warning = max(said.last_warning, await self._head())
                for one in self._lines:
                    one.last_warning = self.last_warning
            await self._fill_gap(line)
            line.connected = True
            counts.STREAM.set(int(self.connected))

    async def _fill_gap(self, line: Line) -> None:
        """What was stored while a stream was away: by id what is new, by time what only changed."""
        while True:
            items = await self.missed(line.last_warning)
            await self._tell(items, line)
            if len(items) < asked.MISSED_MAX:
                break
        if line.lost_at is not None:
            since = line.lost_at - dt.timedelta(seconds=5)
            changed = {"after": line.last_warning, "since": since, "limit": asked.MISSED_MAX}
            await self._tell(await self._read(asked.CHANGED_SQL, changed), line)
            line.lost_at = None

    async def _head(self) -> int:
        async with self._pool.connection() as connection:
            row = await (await connection.execute(asked.HEAD_SQL)).fetchone()
        return int(row[0]) if row else 0

    def surely_seen(self, after: int) -> int:
        """The id up to which a browser that saw this one has seen everything: of several evaluators one may have committed a lower id later."""
        return after if len(self._lines) == 1 else max(0, after - TOGETHER_MAX)

    async def missed(self, after: int) -> list[dict[str, Any]]:
        """Warnings with a higher id, oldest first."""
        return await self._read(asked.MISSED_SQL, {"after": after, "limit": asked.MISSED_MAX})

    async def _read(self, statement: str, params: dict[str, Any]) -> list[dict[str, Any]]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(statement, params)).fetchall()
        return [asked.missed(row) for row in rows]

    async def _tell(self, items: list[dict[str, Any]], line: Line) -> None:
        """Hand warnings to those who may see them, and write when that was."""
        if not items:
            return
        for item in items:
            line.last_warning = max(line.last_warning, int(item["id"]))
            self.last_warning = max(self.last_warning, line.last_warning)
            word = self.word(item)
            for sequence in self.sequences.values():
                if self.sees(sequence.areas, item):
                    for viewer in sequence.viewers:
                        viewer.tell(word)
        counts.WARNINGS.inc(len(items))
        async with self._pool.connection() as connection:
            await connection.execute(
                asked.DELIVERED_SQL, {"now": clock.now(), "ids": [int(item["id"]) for item in items]}
            )

    def word(self, item: dict[str, Any]) -> bytes:
        """A warning as a browser reads it."""
        return orjson.dumps({"type": "warning", **item})

    def sees(self, areas: tuple[str, ...], item: dict[str, Any]) -> bool:
        """Whether a warning is told to somebody of these areas."""
        owner = self.table.owners.get(int(item["vehicle_id"]))
        return asked.sees_warning(areas, str(item.get("place") or ""), owner.area if owner else "")

    async def _ticks(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + TICK_S, loop.time())
            await asyncio.sleep(due - loop.time())
            now_ms = asked.moment_ms(clock.now())
            for sequence in list(self.sequences.values()):
                self._tick(sequence, now_ms)
                await asyncio.sleep(0)
            self.table.forget_jumps()

    def _tick(self, sequence: Sequence, now_ms: int) -> None:
        if sequence.version != self.table.version:
            sequence.version, sequence.at = self.table.version, self.table.chosen(sequence.areas)
            sequence.sent = Sent(self.table.rows(sequence.at))
            for viewer in sequence.viewers:
                viewer.needs_key = True
        rows = self.table.rows(sequence.at)
        sequence.seq += 1
        delta = sequence.sent.delta_frame(rows, seq=sequence.seq, now_ms=now_ms)
        whole: bytes | None = None
        for viewer in sequence.viewers:
            if viewer.frame is not None:  # it has not taken the last one: a whole one follows when it has
                viewer.needs_key = True
                counts.FRAMES_LOST.inc()
                continue
            if viewer.needs_key:
                whole = whole or key_frame(rows, seq=sequence.seq, now_ms=now_ms)
                viewer.frame, viewer.needs_key = whole, False
            else:
                viewer.frame = delta
            viewer.wake.set()

    def join(self, areas: tuple[str, ...]) -> Viewer:
        """One more browser; it gets a whole frame at once and what changes from then on."""
        sequence = self.sequences.get(areas)
        if sequence is None:
            at = self.table.chosen(areas)
            sequence = Sequence(areas, self.table.version, at, Sent(self.table.rows(at)))
            self.sequences[areas] = sequence
        viewer = Viewer(areas)
        sequence.viewers.add(viewer)
        counts.VIEWERS.set(sum(len(one.viewers) for one in self.sequences.values()))
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Nothing more for this one; a sequence without readers ends."""
        sequence = self.sequences.get(viewer.areas)
        if sequence is not None:
            sequence.viewers.discard(viewer)
            if not sequence.viewers:
                del self.sequences[viewer.areas]
        counts.VIEWERS.set(sum(len(one.viewers) for one in self.sequences.values()))
