"""Windows: take what came, decode, judge in one call, store in one transaction while the next one is judged, then acknowledge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import psycopg
import structlog

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.gateway import counts, reading, telling
from gridloop.fleet.gateway.answering import Answers, Heard
from gridloop.fleet.gateway.judging import Judging
from gridloop.fleet.gateway.newest import Newest, first_of_each
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.gateway.store import Batch, Committed, Store
from gridloop.fleet.gateway.stream import Stream
from gridloop.fleet.gateway.wire import Inbox
from gridloop.fleet.intake import Offered, Source
from gridloop.fleet.judge.held import Held
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.told import Told

log = structlog.get_logger("gridloop.gateway")
AGAIN_S = 0.5
OFFERED_MAX = 20_000
"""Fixes of other feeds that may wait; more make the feed wait."""


A = TypeVar("A")
R = TypeVar("R")


@dataclass(slots=True)
class Opened:
    """A window that is read and not judged yet. checked: rows that may be stored already; dropped: rows that stood in it twice."""

    number: int
    fixes: npt.NDArray[np.void]
    extras: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    data: bytes
    checked: npt.NDArray[np.bool_]
    heard: Heard
    stored: list[Callable[[], None]]
    dropped: int
    spent: dict[str, float]

    def leave_out(self, rows: npt.NDArray[np.int64]) -> None:
        """Neither judge nor store these rows."""
        kept = np.ones(len(self.fixes), np.bool_)
        kept[rows] = False
        self.fixes, self.extras, self.sizes = self.fixes[kept], self.extras[kept], self.sizes[kept]
        self.checked = self.checked[kept]
        self.dropped += len(rows)


@dataclass(slots=True)
class Window:
    """One window on its way. acked: rows (ROW) to be acknowledged once it is committed, from: their connections."""

    batch: Batch
    told: list[Told]
    decided_ms: int
    acked: npt.NDArray[np.void]
    conns: npt.NDArray[np.int64]
    stored: list[Callable[[], None]]
    taken_s: float
    dropped: int
    held: tuple[Held, Masters] | None = None
    spent: dict[str, float] = field(default_factory=dict)


class Pipeline:
    """Implements intake.Window. `days`: numbers of days that have a partition; `number`: of the last window given out."""

    def __init__(
        self,
        inbox: Inbox,
        terminals: Terminals,
        judging: Judging,
        store: Store,
        *,
        answers: Answers,
        stream: Stream,
        window_ms: int,
    ) -> None:
        self.inbox, self.terminals, self.judging, self.store = inbox, terminals, judging, store
        self.answers, self.stream = answers, stream
        self.window_s = window_ms / 1000
        self.days: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self.newest = Newest(time.time_ns() // 1_000_000)
        self.number = 0
        self.reached: tuple[Held, Masters, int, int] | None = None
        self.well = True
        self._newest_ms = 0
        self.stopping = asyncio.Event()
        self._offered: list[Offered] = []
        self._offered_rows = 0
        self._room = asyncio.Event()
        self._room.set()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._in_flight: asyncio.Future[None] | None = None

    async def offer(self, offered: Offered) -> None:
        """Add to the open window; waits while the database is behind."""
        await self._room.wait()
        self.put(offered)

    def put(self, offered: Offered) -> None:
        """Add to the open window at once; for the few that cannot wait."""
        self._offered.append(offered)
        self._offered_rows += len(offered.fixes)
        if self._offered_rows > OFFERED_MAX:
            self._room.clear()

    async def run(self) -> None:
        """Window after window until told to stop; the last one is committed before this returns."""
        due = time.monotonic()
        while not self.stopping.is_set():
            due = max(due + self.window_s, time.monotonic())
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._one()
        await self._one(last=True)
        if self._in_flight is not None:
            await self._in_flight
        self._writer.shutdown()

    async def _one(self, *, last: bool = False) -> None:
        opened = self._opened()
        if opened.checked.any():
            await self._landed()
            await self._without_stored(opened)
        window = self._judged(opened, everything=last)
        await self._landed()
        if window is not None:
            self._in_flight = asyncio.ensure_future(self._stored(window))

    async def _landed(self) -> None:
        """Wait until the window before this one is committed."""
        if self._in_flight is not None:
            await self._in_flight
            self._in_flight = None

    async def _without_stored(self, opened: Opened) -> None:
        """Leave out what a terminal sends again although it is stored: it was judged already, and is acknowledged all the same."""
        old = np.flatnonzero(opened.checked)
        there = await self._surely(self.store.stored, opened.fixes[old], opened.number)
        opened.leave_out(old[there])

    def _opened(self) -> Opened:
        """Take what came, decode it and look its terminals up."""
        begun = time.perf_counter()
        taken = self.inbox.take()
        counts.WAITING.set(len(taken.frames))
        offered, self._offered, self._offered_rows = self._offered, [], 0
        self._room.set()
        spent: dict[str, float] = {}
        read = reading.read(taken, self.terminals)
        begun = _lap(spent, "decode", begun)
        heard = self.answers.hear(read)
        fixes = np.concatenate([heard.fixes, *(one.fixes for one in offered)]) if offered else heard.fixes
        extras, sizes, data = _extras(heard.extras_at, heard.extras_sizes, heard.data, offered)
        kept = first_of_each(fixes)
        fixes, extras, sizes, dropped = fixes[kept], extras[kept], sizes[kept], len(fixes) - len(kept)
        reading.mark_untimely(fixes, self.days)
        checked = self.newest.checked(fixes)
        _lap(spent, "read", begun)
        stored = [one.stored for one in offered]
        return Opened(self.number + 1, fixes, extras, sizes, data, checked, heard, stored, dropped, spent)

    def _judged(self, opened: Opened, *, everything: bool) -> Window | None:
        """Judge it."""
        begun = time.perf_counter()
        fixes, spent, heard = opened.fixes, opened.spent, opened.heard
        now_ms = time.time_ns() // 1_000_000
        marks, told = self.judging.judged(fixes, now_ms)
        fixes["marks"] |= marks
        begun = _lap(spent, "judge", begun)
        self.newest.take(fixes)
        lasting = self.newest.next_last(opened.number, everything=everything)
        self.answers.refuse_now(heard)
        if not (len(fixes) or told or len(lasting) or opened.stored or len(heard.acked)):
            return None
        self.number = opened.number
        oldest = int(fixes["received"].min()) if len(fixes) else now_ms
        batch = Batch(
            opened.number,
            fixes,
            opened.extras,
            opened.sizes,
            opened.data,
            opened.checked,
            lasting,
            oldest,
            telling.rows(told, fixes, now_ms),
        )
        window = Window(
            batch,
            told,
            now_ms,
            heard.acked,
            heard.conns,
            opened.stored,
            time.perf_counter(),
            opened.dropped,
            spent=spent,
        )
        window.held = self.judging.state
        _lap(spent, "prepare", begun)
        return window

    async def _stored(self, window: Window) -> None:
        """Commit, again until it is safe, then tell everybody."""
        done = await self._surely(self.store.commit, window.batch, window.batch.number)
        self._tell(window, done)

    async def _surely(self, work: Callable[[A], R], asked: A, number: int) -> R:
        """Ask the writer's thread, again until the database answers."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                found = await loop.run_in_executor(self._writer, work, asked)
            except psycopg.OperationalError as lost:
                log.warning("the database is out of reach, the window waits", window=number, reason=str(lost).strip())
                counts.FAILED.inc()
                self.well = False
                if isinstance(asked, Batch):
                    asked.again = True
                await asyncio.sleep(AGAIN_S)
            else:
                self.well = True
                return found

    def _tell(self, window: Window, done: Committed) -> None:
        begun = time.perf_counter()
        spent = window.spent
        batch = window.batch
        self.answers.acknowledge(window.acked, window.conns)
        for stored in window.stored:
            stored()
        begun = _lap(spent, "acks", begun)
        said = telling.words(window.told, done, self._plate_of, batch.fixes, window.decided_ms)
        self.stream.tell(batch.fixes, said)
        if window.held is not None:
            self._newest_ms = max(self._newest_ms, int(batch.fixes["received"].max(initial=0)))
            self.reached = (*window.held, batch.number, self._newest_ms)
        _lap(spent, "stream", begun)
        _count(window, done)

    def _plate_of(self, vehicle: int) -> tuple[str, str]:
        known = self.terminals.by_vehicle(vehicle)
        return (known.plate, known.kind.value) if known else ("", "")


def _lap(spent: dict[str, float], phase: str, begun: float) -> float:
    now = time.perf_counter()
    spent[phase] = now - begun
    return now


def _extras(
    at: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], data: bytes, offered: list[Offered]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], bytes]:
    """Where the further items of all rows lie, those of other feeds behind those of terminals."""
    if not offered:
        return at, sizes, data
    starts, lengths, parts, end = [at], [sizes], [data], len(data)
    for one in offered:
        found = np.zeros(len(one.fixes), np.int64)
        length = np.zeros(len(one.fixes), np.int64)
        for row, raw in one.extras.items():
            found[row], length[row] = end, len(raw)
            parts.append(raw)
            end += len(raw)
        starts.append(found)
        lengths.append(length)
    return np.concatenate(starts), np.concatenate(lengths), b"".join(parts)


def _count(window: Window, done: Committed) -> None:
    """Everything that is measured of a committed window."""
    fixes = window.batch.fixes
    for source, number in zip(*np.unique(fixes["source"], return_counts=True), strict=True):
        counts.POSITIONS.labels(Source(int(source)).name.lower()).inc(int(number))
    marks: Any = fixes["marks"]
    if marks.any():
        for mark in Mark:
            number = int(np.count_nonzero(marks & mark.value)) if mark.value else 0
            if number:
                counts.MARKED.labels(str(mark.name).lower()).inc(number)
    counts.REPEATED.inc(done.repeated + window.dropped)
    for told in window.told:
        if told.key in done.warnings:
            counts.WARNINGS.labels(told.stage.value).inc()
    for phase, seconds in (window.spent | done.spent_s).items():
        counts.PHASE.labels(phase).inc(seconds)
    counts.WINDOWS.labels("checked" if done.checked_way else "plain").inc()
    counts.WINDOW.observe(time.perf_counter() - window.taken_s)
    counts.LAG.set(time.time() - window.batch.received_ms / 1000)
