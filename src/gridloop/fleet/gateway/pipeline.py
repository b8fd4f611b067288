"""The single process: every window is opened, judged, stored and answered here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

from gridloop.fleet.gateway.evaluation import Asked, Evaluation
from gridloop.fleet.gateway.opening import Opened, Opening


class Pipeline:
    """Windows from the sockets to the table."""

    def __init__(self, opening: Opening, evaluation: Evaluation, *, window_ms: int) -> None:
        self.opening, self.evaluation = opening, evaluation
        self.window_s = window_ms / 1000
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        """Window after window until told to stop; the last one is committed before this returns."""
        await every_window(self.window_s, self.stopping, self._one)
        await self._one(last=True)
        await self.evaluation.finish()

    async def _one(self, *, last: bool = False) -> None:
        opened = self.opening.opened()
        asked = Asked(
            self.evaluation.number + 1,
            opened.fixes,
            opened.extras,
            opened.sizes,
            opened.data,
            time.time_ns() // 1_000_000,
            self._answers(opened),
            opened.dropped,
            opened.spent,
        )
        await self.evaluation.take(asked, everything=last)

    def _answers(self, opened: Opened) -> list[Callable[[], None]]:
        heard = opened.heard
        if not len(heard.acked):
            return opened.stored
        return [partial(self.opening.answers.acknowledge, heard.acked, heard.conns), *opened.stored]


async def every_window(seconds: float, stopping: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
    """Do this every so many seconds until told to stop; what takes longer is followed at once by the next."""
    due = time.monotonic()
    while not stopping.is_set():
        due = max(due + seconds, time.monotonic())
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await work()
