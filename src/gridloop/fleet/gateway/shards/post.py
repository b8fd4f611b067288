"""A gateway's letters: written in order to the stream of each shard, kept until the evaluator says that they are stored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import orjson

from gridloop.fleet.gateway import counts
from gridloop.fleet.gateway.shards.letters import Letter, written
from gridloop.fleet.gateway.shards.river import River

Call = Callable[[], None]


class Together:
    """Calls all of these when it was called itself so many times."""

    def __init__(self, times: int, calls: Sequence[Call]) -> None:
        self._left, self._calls = times, calls

    def __call__(self) -> None:
        """Once more."""
        self._left -= 1
        if self._left == 0:
            for call in self._calls:
                call()


@dataclass(slots=True)
class Sent:
    """A letter on its way; answers: what is called when it is stored; there: whether it stands in the stream."""

    letter: Letter
    answers: Sequence[Call]
    sent_s: float
    there: bool = False


class Post:
    """`rows`: fixes that are sent and not yet stored; `empty`: whether every letter is."""

    def __init__(self, river: River, sender: str) -> None:
        self.river, self.sender = river, sender
        self.rows = 0
        self.empty = asyncio.Event()
        self.empty.set()
        self._number = 0
        self._sent: list[dict[int, Sent]] = [{} for _ in range(river.shards)]
        self._to_write: list[asyncio.Queue[Sent]] = [asyncio.Queue() for _ in range(river.shards)]

    def send(self, shard: int, letter: Letter, answers: Sequence[Call]) -> None:
        """Write this letter after those before it."""
        self._number += 1
        sent = Sent(replace(letter, sender=self.sender, number=self._number), answers, time.monotonic())
        self._sent[shard][self._number] = sent
        self._count(len(letter.fixes))
        self._to_write[shard].put_nowait(sent)
        self.empty.clear()

    async def carry(self, shard: int) -> None:
        """Write one letter after the other, until cancelled."""
        while True:
            sent = await self._to_write[shard].get()
            await self.river.write(shard, written(sent.letter), f"{self.sender}.{sent.letter.number}")
            sent.there = True

    async def stored(self, raw: bytes) -> None:
        """An evaluator says which letters are stored: a list of (shard, number)."""
        newest = [0] * self.river.shards
        for shard, number in orjson.loads(raw):
            newest[shard] = max(newest[shard], number)
            sent = self._sent[shard].pop(number, None)
            if sent is not None:
                self._count(-len(sent.letter.fixes))
                counts.WINDOW.observe(time.monotonic() - sent.sent_s)
                for answer in sent.answers:
                    answer()
        for shard, number in enumerate(newest):
            self._again(shard, number)
        if not any(self._sent):
            self.empty.set()

    def _again(self, shard: int, before: int) -> None:
        """Write anew what was lost: evaluators answer in order, so what is unanswered before an answered letter will not be answered."""
        mine = self._sent[shard]
        for number in [one for one, sent in mine.items() if one < before and sent.there]:
            sent = mine.pop(number)
            self._count(-len(sent.letter.fixes))
            counts.REFUSED.labels("letter_lost").inc()
            self.send(shard, sent.letter, sent.answers)

    def _count(self, rows: int) -> None:
        self.rows += rows
        counts.UNSTORED.set(self.rows)
