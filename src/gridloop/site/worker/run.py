"""Runs the worker: jobs in the foreground, the sequencer and the health port in threads, until it is told to stop."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass

import psycopg
import structlog
from django.db import DatabaseError, close_old_connections, connection
from procrastinate.app import WorkerOptions
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from gridloop.audit import jobs as ledger
from gridloop.audit import queries as audit
from gridloop.notices import queries as notices
from gridloop.site.worker import health, upkeep

log = structlog.get_logger("gridloop.worker")
SHUTDOWN_S = 10.0  # what a running job gets to end by itself; the launcher waits 15
AGAIN_S = 2.0
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
        "install_signal_handlers": True,
    }
    if plan.queues:
        options["queues"] = plan.queues
    return options


async def _work(running: Running) -> None:
    """Take jobs; `run_worker_async` returns when it was told to stop, and raises when the database is lost."""
    while True:
        try:
            with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]  # Django's connector
                async with worker_app.open_async():
                    running.at_work = True
                    await worker_app.run_worker_async(**_options(running.plan))
        except (ConnectorException, psycopg.OperationalError) as lost:
            log.warning("database out of reach", reason=str(lost), again_in_s=AGAIN_S)
            running.at_work = False
            await asyncio.sleep(AGAIN_S)
        else:
            return
