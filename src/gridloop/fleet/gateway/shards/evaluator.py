"""The evaluator of one shard: letters in the order of their stream, judged, stored with the sequence reached in one transaction, then answered."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable
from functools import partial

import numpy as np
import structlog
import uvloop
from nats.aio.msg import Msg

from gridloop.fleet.gateway import remembering
from gridloop.fleet.gateway.alone import KEEP_EVERY_S, REACH_BACK_MS, look_back, stream_server
from gridloop.fleet.gateway.desk import Connection, Desk, every
from gridloop.fleet.gateway.drivers import Driving
from gridloop.fleet.gateway.evaluation import Asked, Evaluation
from gridloop.fleet.gateway.health import Health
from gridloop.fleet.gateway.judging import Judging
from gridloop.fleet.gateway.newest import first_of_each
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.gateway.renewing import Renewing
from gridloop.fleet.gateway.serve import prepare, settle, stop_at_signals
from gridloop.fleet.gateway.settings import Settings
from gridloop.fleet.gateway.shards import lease as leases
from gridloop.fleet.gateway.shards.course import Course, Reached, reached_in
from gridloop.fleet.gateway.shards.lease import Lease, SupersededError
from gridloop.fleet.gateway.shards.letters import BadLetterError, Letter, read
from gridloop.fleet.gateway.shards.partition import Partition
from gridloop.fleet.gateway.shards.relay import now_ms
from gridloop.fleet.gateway.shards.river import River
from gridloop.fleet.gateway.store import Store
from gridloop.fleet.gateway.strangers import Strangers
from gridloop.fleet.gateway.stream import Stream
from gridloop.fleet.intake import FIX
from gridloop.kernel import clock

log = structlog.get_logger("gridloop.gateway")
ROWS_AT_ONCE = 20_000
WAIT_S = 0.5


class Evaluator:
    """All parts of one. `number` of the settings is its shard."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.shard = settings, settings.number
        self.folder = settings.folder / f"shard-{self.shard}-of-{settings.shards}"
        self.desk, self.lease_desk = Desk(settings.conninfo), Desk(settings.conninfo)
        self.terminals, self.judging, self.stream = Terminals(Strangers().note), Judging(), Stream()
        self.driving = Driving()
        self.partition = Partition(settings.shards, settings.pair_kinds)
        self.renewing = Renewing(
            settings.conninfo,
            self.desk,
            self.terminals,
            self.judging,
            choose=lambda loaded: self.partition.know_of(self.shard, loaded, now_ms()),
        )
        self.river = River(settings.nats_url, f"evaluator-{self.shard}", settings.shards)
        self.course = Course(self.river, self.shard)
        self.lease = Lease(settings.shards, self.shard, 0, 0, "")
        self.store = Store(settings.conninfo, time.perf_counter)
        self.evaluation = Evaluation(
            self.judging, self.store, self.terminals, self.stream, window_ms=settings.window_ms
        )
        self.stored_until = 0
        self.now_ms = 0
        self.stopping = asyncio.Event()
        self.ready = self.failed = False

    def wrong(self) -> dict[str, str]:
        """What keeps it from being ready."""
        found: dict[str, str] = {}
        if not self.lease.epoch:
            found["lease"] = f"another evaluator has shard {self.shard}"
        elif not self.ready:
            found["state"] = "reading the register and the last positions"
        if not self.evaluation.well:
            found["database"] = "the last window could not be stored yet"
        if not self.river.well:
            found["nats"] = "the message server is out of reach"
        return found

    async def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C, or until another one has the shard."""
        settings = self.settings
        stop_at_signals(asyncio.get_running_loop(), self.stopping)
        health = Health(self.wrong, lambda: None)
        servers = [await asyncio.start_server(health.answer, settings.inner_bind, settings.metrics_port)]
        if not await self._take_lease():
            return
        chores = [self._chore(every(leases.RENEW_EVERY_S, self._renew_lease))]
        try:
            await self.river.open()
            await self.renewing.load()
            await self._begin()
            servers.append(await stream_server(self.stream, settings.inner_bind, settings.stream_port))
            settle()
            chores += [self._chore(one) for one in self._chores()]
            while not self.stopping.is_set():
                await self._one()
            if self.now_ms:
                await self._live([], everything=True)
            await self.evaluation.finish()
        except SupersededError as over:
            log.warning("this evaluator is over", reason=str(over))
            self.failed = True
        finally:
            for server in servers:
                server.close()
            for chore in chores:
                chore.cancel()
        if not self.failed:
            await self._end()

    async def _take_lease(self) -> bool:
        """Wait until nobody else has the shard; False when told to stop meanwhile."""
        holder = f"{socket.gethostname()}:{os.getpid()}"
        while not self.stopping.is_set():
            lease = await self.lease_desk.surely(
                lambda connection: leases.taken(connection, self.settings.shards, self.shard, holder)
            )
            if lease is not None:
                self.lease = lease
                self.store.reach = lease.reach()
                log.info("shard taken", shard=self.shard, epoch=lease.epoch, sequence=lease.number)
                return True
            await asyncio.sleep(WAIT_S)
        return False

    async def _renew_lease(self) -> None:
        await self.lease_desk.ask(self.lease.renewed)

    async def _begin(self) -> None:
        """The judge's state as of the last committed letter: from the kept file and the letters after it, or from the stored positions."""
        bed = await self.river.bed(self.shard)
        reached = reached_in(bed, Reached(self.lease.number, self.lease.stream))
        kept = await asyncio.to_thread(remembering.take_up, self.folder, self.judging, self.lease.number)
        self.stored_until = after = reached.number
        if kept is not None and kept.of == bed.made and bed.first - 1 <= kept.number <= reached.number:
            after = kept.number
        else:
            await self._judge_stored(kept)
        await self._rebase(reached)
        self.evaluation.number = reached.number
        await self.desk.surely(lambda connection: look_back(connection, self.evaluation))
        await self.course.begin(after, reached.stream)
        await self._become_ready()

    async def _judge_stored(self, kept: remembering.Kept | None) -> None:
        """Without the letters the table says what came in."""
        now = clock.now()

        def work(connection: Connection) -> None:
            remembering.judge_stored(
                connection,
                self.judging,
                kept,
                minutes=self.settings.rebuild_minutes,
                now=now,
                mine=lambda vehicles: self.partition.of(vehicles) == self.shard,
            )

        await self.desk.surely(work)

    async def _rebase(self, reached: Reached) -> None:
        """Write down that another sequence, or another stream, counts from now on."""
        lease = self.lease
        if (reached.number, reached.stream) != (lease.number, lease.stream):
            await self.evaluation.landed()
            lease.number, lease.stream = reached.number, reached.stream
            await self.lease_desk.surely(lease.rebased)

    async def _become_ready(self) -> None:
        """Ready once everything that is stored is known to the judge; from then on there is always a file."""
        if self.ready or self.course.after < self.stored_until:
            return
        state = self.judging.state
        if state is not None:
            since_ms = now_ms() - REACH_BACK_MS
            await asyncio.to_thread(
                remembering.keep, self.folder, *state, self.stored_until, since_ms, self.lease.stream
            )
        self.ready = True
        log.info("evaluator started", shard=self.shard, sequence=self.stored_until)

    def _chores(self) -> list[Awaitable[None]]:
        return [
            self.renewing.listen({}),
            self.renewing.reload(),
            self.river.speak(),
            every(KEEP_EVERY_S, lambda: self.evaluation.keep(self.folder, self.lease.stream)),
        ]

    async def _one(self) -> None:
        """What the next letters say."""
        messages = await self.course.letters(self.settings.window_ms / 1000)
        if self.course.moved:
            await self._follow_elsewhere()
        stored: list[tuple[int, Msg]] = []
        fresh: list[tuple[int, Msg]] = []
        for message in messages:
            sequence = message.metadata.sequence.stream
            (stored if sequence <= self.stored_until else fresh).append((sequence, message))
        for letters in groups(stored):
            await self._again(letters)
        await self._become_ready()
        for letters in groups(fresh):
            await self.renewing.be_as_new_as(max(letter.masters_us for _, letter in letters))
            await self._live(letters)
        if not fresh and self.now_ms:  # time itself passes by letters alone
            await self._live([])
        if messages:
            await messages[-1].ack()

    async def _follow_elsewhere(self) -> None:
        """The stream was made anew or has lost its end: sequences from here on are those of other letters than before."""
        self.course.moved = False
        await self.evaluation.landed()
        self.evaluation.reached = None
        self.evaluation.number = self.stored_until = self.course.began
        await self._rebase(Reached(self.course.began, self.course.stream))

    async def _again(self, letters: list[tuple[int, Letter]]) -> None:
        """Letters that are committed: only judged, and answered."""
        fixes = np.concatenate([letter.fixes for _, letter in letters])
        fixes = fixes[first_of_each(fixes)]
        fixes = fixes[await self.evaluation.originals(fixes)]
        self._know_drivers(letters)
        self.now_ms = max([self.now_ms, *(letter.now_ms for _, letter in letters)])
        self.evaluation.take_again(fixes, self.now_ms)
        self._answer(letters)

    async def _live(self, letters: list[tuple[int, Letter]], *, everything: bool = False) -> None:
        """Letters that are new; without any, last positions whose turn it is."""
        self._know_drivers(letters)
        self.now_ms = max([self.now_ms, *(letter.now_ms for _, letter in letters)])
        whole = [letter for _, letter in letters]
        empty = Letter("", 0, 0, 0, [], np.zeros(0, FIX), np.zeros(0, np.int64), b"")
        parts = whole or [empty]
        fixes = np.concatenate([letter.fixes for letter in parts])
        sizes = np.concatenate([letter.sizes for letter in parts])
        kept = first_of_each(fixes)
        asked = Asked(
            letters[-1][0] if letters else self.evaluation.number,
            fixes[kept],
            (np.cumsum(sizes) - sizes)[kept],
            sizes[kept],
            b"".join(letter.data for letter in parts),
            self.now_ms,
            [partial(self._answer, letters)] if letters else [],
            len(fixes) - len(kept),
        )
        await self.evaluation.take(asked, everything=everything)

    def _know_drivers(self, letters: list[tuple[int, Letter]]) -> None:
        for _, letter in letters:
            self.judging.drivers |= self.driving.newer(letter.drivers)

    def _answer(self, letters: list[tuple[int, Letter]]) -> None:
        """Tell the gateways that these are stored."""
        for _, letter in letters:
            self.river.say(f"stored.{letter.sender}", (self.shard, letter.number))

    async def _end(self) -> None:
        """Keep the state, and let a successor begin at once."""
        await self.evaluation.keep(self.folder, self.lease.stream)
        await self.lease_desk.surely(self.lease.given_up)
        await self.river.close()
        self.desk.close()
        self.lease_desk.close()
        self.store.close()
        log.info("evaluator stopped", shard=self.shard)

    def _chore(self, work: Awaitable[None]) -> asyncio.Future[None]:
        chore = asyncio.ensure_future(work)
        chore.add_done_callback(self._tell_end)
        return chore

    def _tell_end(self, chore: asyncio.Future[None]) -> None:
        """A chore that ends by itself is a lost lease or our own defect: say so and let the launcher start the process anew."""
        if not chore.cancelled() and chore.exception() is not None:
            log.error("a part of the evaluator has ended", trace=repr(chore.exception()))
            self.failed = True
            self.stopping.set()


def groups(messages: list[tuple[int, Msg]]) -> list[list[tuple[int, Letter]]]:
    """(sequence, letter) in parts that are judged together: a letter that names a driver begins one, and none has very many fixes."""
    parts: list[list[tuple[int, Letter]]] = []
    rows = 0
    for sequence, message in messages:
        try:
            letter = read(message.data)
        except BadLetterError as wrong:
            log.exception("a letter is left out", sequence=sequence, reason=str(wrong))
            continue
        if not parts or letter.drivers or rows + len(letter.fixes) > ROWS_AT_ONCE:
            parts.append([])
            rows = 0
        parts[-1].append((sequence, letter))
        rows += len(letter.fixes)
    return parts


def serve_shard(settings: Settings) -> int:
    """Run the evaluator of one shard; the exit code."""
    prepare(settings)
    evaluator = Evaluator(settings)
    uvloop.run(evaluator.run())
    return 1 if evaluator.failed else 0
