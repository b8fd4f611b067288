"""Runs the worker: jobs in the foreground, the sequencer and the health port in threads, until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Unpack

import psycopg
import structlog
from django.db import DatabaseError, close_old_connections, connection
from procrastinate.app import App, WorkerOptions
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from gridloop.audit import jobs as ledger
from gridloop.audit import queries as audit
from gridloop.notices import queries as notices
from gridloop.site.worker import health, upkeep

log = structlog.get_logger("gridloop.worker")
SHUTDOWN_S = 10.0  # what a running job gets to end by itself; the launcher waits 15
AGAIN_S = 2.0
END_S_MAX = SHUTDOWN_S + 10.0
"""What procrastinate gets to end its loop before the process goes without it: over a broken connection it may wait for ever."""
GONE_WITHOUT_IT = 70  # EX_SOFTWARE
LEDGER_LAG_S_MAX = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How this worker works: queues (empty is all of them), jobs at once, the health port, and seconds between sequencings."""

    queues: tuple[str, ...]
    concurrency: int
    port: int
    ledger_interval_s: float


class Running:
    """The worker's parts while they run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.stop = threading.Event()
        self.at_work = False
        self.sequencer = threading.Thread(
            target=ledger.sequencer_loop, args=(self.stop, plan.ledger_interval_s), name="sequencer", daemon=True
        )

    def wrong(self) -> dict[str, str]:
        """What keeps this worker from being ready."""
        found: dict[str, str] = {}
        if not self.at_work:
            found["jobs"] = "not taking jobs"
        if not self.sequencer.is_alive():
            found["sequencer"] = "ended; see the log"
        try:
            close_old_connections()
            if audit.pending_lag_s() > LEDGER_LAG_S_MAX:
                found["ledger"] = "more than a minute behind"
        except DatabaseError as lost:
            found["database"] = type(lost).__name__
        finally:
            connection.close()
        return found

    def refresh(self) -> None:
        """Fill the gauges for one look at the metrics."""
        try:
            close_old_connections()
            upkeep.count_jobs()
            health.DEAD_LETTERS.set(notices.dead_count())
            health.LEDGER_LAG.set(audit.pending_lag_s())
        except DatabaseError as lost:
            log.warning("database out of reach", reason=str(lost))
        finally:
            connection.close()


def run(plan: Plan) -> None:
    """Work until SIGTERM or Ctrl-C; a lost database is waited for."""
    running = Running(plan)
    server = health.Server(plan.port, running.wrong, running.refresh)
    server.in_background()
    running.sequencer.start()
    log.info("worker started", queues=plan.queues or "all", concurrency=plan.concurrency, port=server.server_address[1])
    try:
        asyncio.run(_work(running))
    finally:
        running.stop.set()
        running.sequencer.join(SHUTDOWN_S)
        server.shutdown()
        log.info("worker stopped")


def _options(plan: Plan) -> WorkerOptions:
    """What procrastinate is told; without queues it takes all of them."""
    options: WorkerOptions = {
        "concurrency": plan.concurrency,
        "name": "gridloop",
        "shutdown_graceful_timeout": SHUTDOWN_S,
        "update_heartbeat_interval": upkeep.HEARTBEAT_S,
        "stalled_worker_timeout": upkeep.SILENT_S,
        "install_signal_handlers": False,
    }
    if plan.queues:
        options["queues"] = plan.queues
    return options


class Loop(Worker):
    """procrastinate's loop; `ending` is set as soon as it begins to end, by itself (a part beside it failed) or told to."""

    def __init__(self, around: App, **options: Unpack[WorkerOptions]) -> None:
        merged: WorkerOptions = {**around.worker_defaults, **options}
        super().__init__(around, **merged)
        self.ending = asyncio.Event()

    def stop(self) -> None:
        """End after the jobs that run."""
        super().stop()  # type: ignore[no-untyped-call]
        self.ending.set()


async def _work(running: Running) -> None:
    """Take jobs until told to stop; a loop that ends otherwise, with its database or by itself, is begun again."""
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    while not told.is_set():
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]  # Django's connector
                worker_app.perform_import_paths()  # type: ignore[no-untyped-call]
                async with worker_app.open_async():
                    running.at_work = True
                    await _one_loop(Loop(worker_app, **_options(running.plan)), told)
        except (ConnectorException, psycopg.OperationalError) as lost:
            log.warning("database out of reach", reason=str(lost), again_in_s=AGAIN_S)
        running.at_work = False
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), AGAIN_S)


async def _one_loop(loop: Loop, told: asyncio.Event) -> None:
    """Run the loop to its end; raises what it raised. If it cannot end, the process does: a supervisor starts the next, which puts its jobs back."""
    at_work = asyncio.create_task(loop.run())  # type: ignore[no-untyped-call]
    signs = [asyncio.create_task(told.wait()), asyncio.create_task(loop.ending.wait())]
    await asyncio.wait([at_work, *signs], return_when=asyncio.FIRST_COMPLETED)
    if told.is_set():
        loop.stop()
    await asyncio.wait([at_work], timeout=END_S_MAX)
    for sign in signs:
        sign.cancel()
    if not at_work.done():
        log.error("the loop of jobs does not end; the process goes without it", waited_s=END_S_MAX)
        os._exit(0 if told.is_set() else GONE_WITHOUT_IT)
    if not told.is_set():
        log.warning("the loop of jobs ended by itself", again_in_s=AGAIN_S)
    await at_work
