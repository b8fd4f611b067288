"""Puts the gateway together and runs it until it is told to stop."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
import threading
import time
from collections.abc import Sequence

import structlog
import uvloop

from gridloop.fleet.gateway import remembering
from gridloop.fleet.gateway.answering import Answers
from gridloop.fleet.gateway.desk import Connection, Desk
from gridloop.fleet.gateway.drivers import Drivers
from gridloop.fleet.gateway.health import Health
from gridloop.fleet.gateway.judging import Judging
from gridloop.fleet.gateway.orders import Orders, left_by_the_last_run
from gridloop.fleet.gateway.pipeline import Pipeline
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.gateway.settings import Settings
from gridloop.fleet.gateway.store import Store
from gridloop.fleet.gateway.strangers import Strangers
from gridloop.fleet.gateway.stream import Reader, Stream
from gridloop.fleet.gateway.talk import Talk
from gridloop.fleet.gateway.upkeep import Upkeep
from gridloop.fleet.gateway.uploads import Uploads
from gridloop.fleet.gateway.wire import Datagrams, Inbox, Socket
from gridloop.fleet.intake import Feed
from gridloop.kernel import clock

log = structlog.get_logger("gridloop.gateway")
SWITCH_S = 0.0005
"""The writer's thread gets its turn ten times sooner than by default: a transaction has several round trips."""
BACKLOG = 4096
LAST_WARNING_SQL = "select coalesce(max(id), 0) from fleet_warning"
AHEAD_SQL = "select vehicle_id, (extract(epoch from max(at)) * 1000)::bigint from fleet_position where at > now() - interval '1 minute' group by 1"
REACH_BACK_MS = 1_000
SPARE_FILES = 200


class Gateway:
    """All parts of one gateway."""

    def __init__(self, settings: Settings, feeds: Sequence[Feed]) -> None:
        self.settings, self.feeds = settings, feeds
        self.strangers = Strangers()
        self.terminals = Terminals(self.strangers.note)
        self.inbox = Inbox(settings.frames_waiting_max, settings.sockets_max)
        self.desk = Desk(settings.conninfo)
        self.stream = Stream()
        uploads, drivers = Uploads(settings.folder), Drivers(settings.driver_key)
        self.talk = Talk(self.terminals, self.desk, self.strangers, Orders(), uploads, drivers=drivers)
        self.inbox.closed = self.talk.left
        answers = Answers(self.inbox, self.terminals, self.talk, self.strangers)
        store = Store(settings.conninfo, time.perf_counter)
        self.pipeline = Pipeline(
            self.inbox,
            self.terminals,
            Judging(),
            store,
            answers=answers,
            stream=self.stream,
            window_ms=settings.window_ms,
        )
        self.talk.offer = self.pipeline.put
        self.upkeep = Upkeep(settings, self.desk, self.pipeline, self.talk)
        self.ready = False
        self.failed = False
        self.loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """End in good order; may be asked for from another thread."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.pipeline.stopping.set)

    def wrong(self) -> dict[str, str]:
        """What keeps it from being ready."""
        found: dict[str, str] = {}
        if not self.ready:
            found["state"] = "reading the register and the last positions"
        if not self.pipeline.well:
            found["database"] = "the last window could not be stored yet"
        return found

    async def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        loop = asyncio.get_running_loop()
        self.loop = loop
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.pipeline.stopping.set)
        settings = self.settings
        health = Health(self.wrong, lambda: None)
        servers = [await asyncio.start_server(health.answer, "127.0.0.1", settings.metrics_port)]
        servers.append(await loop.create_server(lambda: Reader(self.stream), "127.0.0.1", settings.stream_port))
        await self._begin()
        servers.append(
            await loop.create_server(lambda: Socket(self.inbox), settings.bind, settings.port, backlog=BACKLOG)
        )
        datagrams, _ = await loop.create_datagram_endpoint(
            lambda: Datagrams(self.inbox), local_addr=(settings.bind, settings.port)
        )
        self.ready = True
        log.info(
            "gateway started", port=settings.port, metrics_port=settings.metrics_port, stream_port=settings.stream_port
        )
        chores = [asyncio.ensure_future(one) for one in self.upkeep.tasks()]
        chores += [asyncio.ensure_future(feed.run(self.pipeline, self.terminals)) for feed in self.feeds]
        for chore in chores:
            chore.add_done_callback(self._tell_end)
        try:
            await self.pipeline.run()
        finally:
            for server in servers:
                server.close()
            datagrams.close()
            for chore in chores:
                chore.cancel()
        await self.upkeep.keep()
        self.desk.close()
        self.pipeline.store.close()
        log.info("gateway stopped", window=self.pipeline.number)

    async def _begin(self) -> None:
        """Register, masters, days, and the judge's state as of the last committed window."""
        await self.upkeep.make_days()
        await self.upkeep.load()
        now = clock.now()

        def work(connection: Connection) -> tuple[int, int, list[tuple[int, int]]]:
            left_by_the_last_run(connection)
            number = remembering.recall(
                connection, self.settings.folder, self.pipeline.judging, minutes=self.settings.rebuild_minutes, now=now
            )
            row = connection.execute(LAST_WARNING_SQL).fetchone()
            ahead = [(int(vehicle), int(at_ms)) for vehicle, at_ms in connection.execute(AHEAD_SQL)]
            return number, int(row[0]) if row else 0, ahead

        self.pipeline.number, self.stream.last_warning, ahead = await self.desk.surely(work)
        self.pipeline.newest.ahead(ahead)
        state = self.pipeline.judging.state
        if (
            state is not None
        ):  # from now on there is always a file, and what comes after it is judged again from the table
            since_ms = round(now.timestamp() * 1000) - REACH_BACK_MS
            remembering.keep(self.settings.folder, *state, self.pipeline.number, since_ms)

    def _tell_end(self, chore: asyncio.Future[None]) -> None:
        """A chore that ends by itself is our own defect: say so and let the launcher start the process anew."""
        if not chore.cancelled() and chore.exception() is not None:
            log.error("a part of the gateway has failed", trace=repr(chore.exception()))
            self.pipeline.stopping.set()
            self.failed = True


def serve(settings: Settings, feeds: Sequence[Feed] = ()) -> int:
    """Run the gateway; the exit code."""
    sys.setswitchinterval(SWITCH_S)
    raise_open_files(settings.sockets_max)
    settings.folder.mkdir(parents=True, exist_ok=True)
    gateway = Gateway(settings, feeds)
    uvloop.run(gateway.run())
    return 1 if gateway.failed else 0


def raise_open_files(sockets: int) -> None:
    """Ask for as many open files as the system allows us, and say when they are fewer than the sockets wanted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = sockets + SPARE_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.warning(
            "fewer open files than sockets", allowed=allowed, wanted=wanted, hint="raise LimitNOFILE or ulimit -n"
        )
