"""What becomes of a window once it is read: judged in one call, stored in one transaction while the next one is judged, then told and answered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import psycopg
import structlog

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.gateway import counts, remembering, telling
from gridloop.fleet.gateway.judging import Judging
from gridloop.fleet.gateway.newest import Newest
from gridloop.fleet.gateway.opening import lap
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.gateway.store import Batch, Committed, Store
from gridloop.fleet.gateway.stream import Stream
from gridloop.fleet.intake import Source
from gridloop.fleet.judge.held import Held
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.told import Told

log = structlog.get_logger("gridloop.gateway")
AGAIN_S = 0.5


A = TypeVar("A")
R = TypeVar("R")


@dataclass(slots=True)
class Asked:
    """A window to be judged and stored.

    number: of this window, greater than those before; fixes: FIX rows; extras, sizes: where the further items of each lie in `data`; now_ms: the moment
    of judging; answers: to be called once it is committed; dropped: rows that stood in it twice; checked: rows that may be stored already.
    """

    number: int
    fixes: npt.NDArray[np.void]
    extras: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    data: bytes
    now_ms: int
    answers: list[Callable[[], None]]
    dropped: int = 0
    spent: dict[str, float] = field(default_factory=dict)
    checked: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def leave_out(self, rows: npt.NDArray[np.int64]) -> None:
        """Neither judge nor store these rows."""
        kept = np.ones(len(self.fixes), np.bool_)
        kept[rows] = False
        self.fixes, self.extras, self.sizes = self.fixes[kept], self.extras[kept], self.sizes[kept]
        self.checked = self.checked[kept]
        self.dropped += len(rows)


@dataclass(slots=True)
class Window:
    """One window on its way to the table."""

    batch: Batch
    told: list[Told]
    decided_ms: int
    answers: list[Callable[[], None]]
    taken_s: float
    dropped: int
    held: tuple[Held, Masters] | None
    spent: dict[str, float]


class Evaluation:
    """Judge, store and stream. number: of the last window given out; reached: the judge's state as of the last committed one; well: whether the database answers."""

    def __init__(self, judging: Judging, store: Store, terminals: Terminals, stream: Stream, *, window_ms: int) -> None:
        self.judging, self.store, self.terminals, self.stream = judging, store, terminals, stream
        self.newest = Newest(time.time_ns() // 1_000_000, window_ms)
        self.number = 0
        self.reached: tuple[Held, Masters, int, int] | None = None
        self.well = True
        self._newest_ms = 0
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._commit: asyncio.Future[Committed] | None = None
        self._telling: asyncio.Future[None] | None = None

    async def take(self, asked: Asked, *, everything: bool = False) -> None:
        """Judge a window and hand it to the writer once the one before is committed. everything: write all last positions."""
        asked.checked = self.newest.checked(asked.fixes)
        if asked.checked.any():
            await self.landed()
            await self._without_stored(asked)
        window = self._judged(asked, everything=everything)
        await self.landed()
        if window is not None:
            first = self._begun(self.store.commit, window.batch)
            self._commit = asyncio.ensure_future(self._surely(self.store.commit, window.batch, self.number, first))
            self._telling = asyncio.ensure_future(self._told(window, self._commit, self._telling))

    def take_again(self, fixes: npt.NDArray[np.void], now_ms: int) -> None:
        """Judge what is stored already, to come to the state of then; what it tells waits for the next window, where its key is known."""
        _, told = self.judging.judged(fixes, now_ms)
        self.judging.waiting += told
        self._newest_ms = max(self._newest_ms, int(fixes["received"].max(initial=0)))

    async def originals(self, fixes: npt.NDArray[np.void]) -> npt.NDArray[np.bool_]:
        """Which of these stored fixes came in as the stored ones, and not as something sent again."""
        return await self._surely(self.store.originals, fixes, self.number)

    async def finish(self) -> None:
        """Everything is committed and told; nothing more comes."""
        if self._telling is not None:
            await self._telling
        self._writer.shutdown()

    async def keep(self, folder: Path, of: str = "") -> None:
        """Write the judge's state as of the last committed window. of: what its number counts."""
        if self.reached is not None:
            await asyncio.to_thread(remembering.keep, folder, *self.reached, of)

    async def landed(self) -> None:
        """Wait until the window before this one is committed; it may still be telling."""
        if self._commit is not None:
            await self._commit
            self._commit = None

    async def _without_stored(self, asked: Asked) -> None:
        """Leave out what a terminal sends again although it is stored: it was judged already, and is acknowledged all the same."""
        old = np.flatnonzero(asked.checked)
        there = await self._surely(self.store.stored, asked.fixes[old], asked.number)
        asked.leave_out(old[there])

    def _judged(self, asked: Asked, *, everything: bool) -> Window | None:
        """Judge it."""
        begun = time.perf_counter()
        fixes, spent, now_ms = asked.fixes, asked.spent, asked.now_ms
        marks, told = self.judging.judged(fixes, now_ms)
        fixes["marks"] |= marks
        begun = lap(spent, "judge", begun)
        self.newest.take(fixes)
        lasting = self.newest.next_last(everything=everything)
        if not (len(fixes) or told or len(lasting) or asked.answers):
            return None
        self.number = asked.number
        oldest = int(fixes["received"].min()) if len(fixes) else now_ms
        batch = Batch(
            asked.number,
            fixes,
            asked.extras,
            asked.sizes,
            asked.data,
            asked.checked,
            lasting,
            oldest,
            telling.rows(told, fixes, now_ms),
        )
        window = Window(
            batch, told, now_ms, asked.answers, time.perf_counter(), asked.dropped, self.judging.state, spent
        )
        lap(spent, "prepare", begun)
        return window

    async def _told(
        self, window: Window, commit: asyncio.Future[Committed], before: asyncio.Future[None] | None
    ) -> None:
        """Tell everybody once it is committed, one window after the other."""
        if before is not None:
            await before
        done = await commit
        await asyncio.sleep(
            0
        )  # the next window waits for the commit as well, and is to be with the database before this tells
        self._tell(window, done)

    def _begun(self, work: Callable[[A], R], asked: A) -> asyncio.Future[R]:
        return asyncio.get_running_loop().run_in_executor(self._writer, work, asked)

    async def _surely(
        self, work: Callable[[A], R], asked: A, number: int, attempt: asyncio.Future[R] | None = None
    ) -> R:
        """Ask the writer's thread, again until the database answers; `attempt`: the first time, when it was asked already."""
        while True:
            try:
                found = await (attempt or self._begun(work, asked))
            except psycopg.OperationalError as lost:
                log.warning("the database is out of reach, the window waits", window=number, reason=str(lost).strip())
                counts.FAILED.inc()
                self.well = False
                attempt = None
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
        said = telling.words(window.told, done, self._plate_of, batch.fixes, window.decided_ms)
        self.stream.tell(batch.fixes, said)
        if window.held is not None:
            self._newest_ms = max(self._newest_ms, int(batch.fixes["received"].max(initial=0)))
            self.reached = (*window.held, batch.number, self._newest_ms)
        begun = lap(spent, "stream", begun)
        for answer in window.answers:
            answer()
        lap(spent, "acks", begun)
        _count(window, done)

    def _plate_of(self, vehicle: int) -> tuple[str, str]:
        known = self.terminals.by_vehicle(vehicle)
        return (known.plate, known.kind.value) if known else ("", "")


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
