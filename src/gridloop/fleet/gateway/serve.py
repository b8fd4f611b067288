"""Puts the gateway together and runs it until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import sys
import threading
from collections.abc import Callable, Sequence

import structlog
import uvloop

from gridloop.fleet.gateway.alone import Alone
from gridloop.fleet.gateway.counter import Counter, Works
from gridloop.fleet.gateway.health import Health
from gridloop.fleet.gateway.settings import Settings
from gridloop.fleet.gateway.upkeep import Upkeep
from gridloop.fleet.gateway.wire import Datagrams, Socket
from gridloop.fleet.intake import Feed

log = structlog.get_logger("gridloop.gateway")
SWITCH_S = 0.0005
"""The writer's thread gets its turn ten times sooner than by default: a transaction has several round trips."""
GC_THRESHOLDS = (50_000, 20, 50)
"""A window makes and drops thousands of objects, nearly none in cycles; by default they would be looked through every 700."""
BACKLOG = 4096
SPARE_FILES = 200


class Gateway:
    """The counter, the works behind it, and the chores."""

    def __init__(self, settings: Settings, feeds: Sequence[Feed], works: Callable[[Counter], Works] = Alone) -> None:
        self.settings, self.feeds = settings, feeds
        self.counter = Counter(settings)
        self.terminals = self.counter.terminals
        self.works = works(self.counter)
        self.upkeep = Upkeep(settings, self.counter.desk, self.counter.opening, self.counter.talk, self.works.renewing)
        self.upkeep.drove = self.works.drove
        self.ready = False
        self.failed = False
        self.loop: asyncio.AbstractEventLoop | None = None

    def stop(self) -> None:
        """End in good order; may be asked for from another thread."""
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.works.stopping.set)

    def wrong(self) -> dict[str, str]:
        """What keeps it from being ready."""
        found = self.works.wrong()
        if not self.ready:
            found["state"] = "reading the register and the last positions"
        return found

    async def run(self) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        loop = asyncio.get_running_loop()
        self.loop = loop
        stop_at_signals(loop, self.works.stopping)
        settings, counter = self.settings, self.counter
        health = Health(self.wrong, lambda: None)
        servers = [await asyncio.start_server(health.answer, settings.inner_bind, settings.metrics_port)]
        await self.upkeep.make_days()
        await self.works.renewing.load()
        await counter.desk.surely(self.works.left_orders)
        await self.works.begin()
        shared = settings.gateways > 1
        servers.append(
            await loop.create_server(
                lambda: Socket(counter.inbox), settings.bind, settings.port, backlog=BACKLOG, reuse_port=shared
            )
        )
        datagrams, _ = await loop.create_datagram_endpoint(
            lambda: Datagrams(counter.inbox), local_addr=(settings.bind, settings.port), reuse_port=shared
        )
        settle()
        self.ready = True
        log.info("gateway started", port=settings.port, metrics_port=settings.metrics_port)
        chores = [asyncio.ensure_future(one) for one in (*self.upkeep.tasks(), *self.works.chores())]
        chores += [asyncio.ensure_future(feed.run(counter.opening, self.terminals)) for feed in self.feeds]
        for chore in chores:
            chore.add_done_callback(self._tell_end)
        try:
            await self.works.run()
        finally:
            for server in servers:
                server.close()
            datagrams.close()
            for chore in chores:
                chore.cancel()
        await self.works.end()
        counter.desk.close()
        log.info("gateway stopped")

    def _tell_end(self, chore: asyncio.Future[None]) -> None:
        """A chore that ends by itself is our own defect: say so and let the launcher start the process anew."""
        if not chore.cancelled() and chore.exception() is not None:
            log.error("a part of the gateway has failed", trace=repr(chore.exception()))
            self.works.stopping.set()
            self.failed = True


def serve(settings: Settings, feeds: Sequence[Feed] = (), works: Callable[[Counter], Works] = Alone) -> int:
    """Run the gateway; the exit code."""
    prepare(settings)
    raise_open_files(settings.sockets_max)
    gateway = Gateway(settings, feeds, works)
    uvloop.run(gateway.run())
    return 1 if gateway.failed else 0


def prepare(settings: Settings) -> None:
    """What a process with windows needs of Python and of its folder."""
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*GC_THRESHOLDS)
    settings.folder.mkdir(parents=True, exist_ok=True)


def settle() -> None:
    """The register and the masters stay: looking through them again and again would hold windows up."""
    gc.collect()
    gc.freeze()


def stop_at_signals(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    """SIGTERM and Ctrl-C end in good order, where this is the process's own thread."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)


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
