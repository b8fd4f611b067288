"""One of several gateways: windows are read and answered here, and judged and stored by the evaluators of their shards."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Awaitable, Callable
from functools import partial

import numpy as np

from gridloop.fleet.gateway import counts
from gridloop.fleet.gateway.counter import Counter
from gridloop.fleet.gateway.desk import Connection
from gridloop.fleet.gateway.drivers import Began, Shift, began_of
from gridloop.fleet.gateway.opening import Opened
from gridloop.fleet.gateway.orders import left_unheard
from gridloop.fleet.gateway.pipeline import every_window
from gridloop.fleet.gateway.renewing import Renewing
from gridloop.fleet.gateway.shards.letters import Letter, gathered, parted
from gridloop.fleet.gateway.shards.neighbours import Neighbours
from gridloop.fleet.gateway.shards.partition import Partition
from gridloop.fleet.gateway.shards.post import Call, Post, Together
from gridloop.fleet.gateway.shards.river import River

BEAT_S = 1.0
"""An evaluator is told the time at least so often, with or without fixes."""
ROWS_WAITING_MAX = 500_000
"""Fixes that may be on their way to evaluators; with more, sockets are not read until some are stored."""
DRIVERS_MAX = 2_000
"""Drivers that one letter names; the others stand in the next one."""
LAST_S = 5.0
"""What is on its way at the end is waited for so long; terminals send the rest again."""


class Relay:
    """Implements Works."""

    def __init__(self, counter: Counter) -> None:
        settings = counter.settings
        self.settings, self.opening = settings, counter.opening
        self.partition = Partition(settings.shards, settings.pair_kinds)
        self.renewing = Renewing(
            settings.conninfo,
            counter.desk,
            counter.terminals,
            None,
            choose=lambda loaded: self.partition.know(loaded, now_ms()),
        )
        self.river = River(settings.nats_url, f"gateway-{settings.number}", settings.shards)
        self.post = Post(self.river, f"{settings.number}-{secrets.token_hex(4)}")
        self.neighbours = Neighbours(self.river, counter.terminals, settings.number)
        counter.talk.noticed = self.neighbours.notice
        self.stopping = asyncio.Event()
        self._began: list[Began] = []
        self._carded: list[Call] = []
        self._beat_s = 0.0

    def wrong(self) -> dict[str, str]:
        """What keeps it from being ready."""
        return {} if self.river.well else {"nats": "the message server is out of reach"}

    def left_orders(self, connection: Connection) -> None:
        """Other gateways may be waiting for answers."""
        left_unheard(connection)

    def drove(self, rows: list[Shift]) -> None:
        """Tell it to the evaluators with the next window, and answer the terminals once it is stored there."""
        self._began += began_of(rows)
        for one in rows:
            if one.token is None:
                one.stored()
            else:
                self._carded.append(one.stored)

    async def begin(self) -> None:
        """Meet the others."""
        await self.river.hear(f"stored.{self.post.sender}", self.post.stored)
        await self.river.open()
        await self.neighbours.begin()

    def chores(self) -> list[Awaitable[None]]:
        """Letters are carried, words are passed on."""
        return [self.river.speak(), *(self.post.carry(shard) for shard in range(self.settings.shards))]

    async def run(self) -> None:
        """Window after window until told to stop; the last ones are waited for a while."""
        await every_window(self.settings.window_ms / 1000, self.stopping, self._one)
        await self._one()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.post.empty.wait(), LAST_S)

    async def end(self) -> None:
        """Leave."""
        await self.river.close()

    async def _one(self) -> None:
        if self.post.rows <= ROWS_WAITING_MAX:
            opened = self.opening.opened()
            self._send(opened)
            for phase, seconds in opened.spent.items():
                counts.PHASE.labels(phase).inc(seconds)
            counts.REPEATED.inc(opened.dropped)

    def _send(self, opened: Opened) -> None:
        """One letter a shard, or several where a window is large."""
        began, self._began = self._began[:DRIVERS_MAX], self._began[DRIVERS_MAX:]
        carded, self._carded = self._carded[:DRIVERS_MAX], self._carded[DRIVERS_MAX:]
        stored = [*opened.stored, *carded]
        beat = time.monotonic() - self._beat_s >= BEAT_S
        if beat:
            self._beat_s = time.monotonic()
        letters = [
            (shard, letter, answers)
            for shard in range(self.settings.shards)
            for letter, answers in self._letters(opened, shard, began, beat=beat)
        ]
        if not letters:
            for call in stored:
                call()
            return
        together = [Together(len(letters), stored)] if stored else []
        for shard, letter, answers in letters:
            self.post.send(shard, letter, [*answers, *together])

    def _letters(
        self, opened: Opened, shard: int, began: list[Began], *, beat: bool
    ) -> list[tuple[Letter, list[Callable[[], None]]]]:
        """What this shard is to know of a window, and what is answered when it is stored."""
        heard = opened.heard
        mine = np.flatnonzero(self.partition.of(opened.fixes["vehicle"]) == shard)
        acked = self.partition.of(heard.vehicles) == shard
        drove = [one for one in began if self.partition.of(np.array([one[0]]))[0] == shard]
        if not (len(mine) or acked.any() or drove or beat):
            return []
        slices = list(parted(opened.sizes[mine]))
        ack = partial(self.opening.answers.acknowledge, heard.acked[acked], heard.conns[acked])
        answers: list[Callable[[], None]] = [Together(len(slices), [ack])] if acked.any() else []
        letters = []
        for place, part in enumerate(slices):
            rows = mine[part]
            data = gathered(opened.extras, opened.sizes, opened.data, rows)
            first = drove if place == 0 else []
            letter = Letter(
                "", 0, now_ms(), self.renewing.ended_us, first, opened.fixes[rows], opened.sizes[rows], data
            )
            letters.append((letter, answers))
        return letters


def now_ms() -> int:
    """This moment, ms since 1970."""
    return time.time_ns() // 1_000_000
