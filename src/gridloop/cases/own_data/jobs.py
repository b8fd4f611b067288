"""What happens by itself: residents' files are packed, and removed after a day."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gridloop.cases.own_data import actions
from gridloop.kernel import clock

DATABASE_LOST = RetryStrategy(wait=10, retry_exceptions=(OperationalError, InterfaceError))


@app.task(name="cases.own_file", queue="upkeep", pass_context=False, retry=DATABASE_LOST)
def pack(file_id: int) -> str:
    """Pack one file."""
    return actions.pack(file_id, now=clock.now())


@app.periodic(cron="41 * * * *")
@app.task(name="cases.own_files_sweep", queue="upkeep", queueing_lock="cases.own_files_sweep", pass_context=False)
def sweep(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Remove files that are a day old."""
    return actions.sweep(clock.now())
