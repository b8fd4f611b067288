"""What happens by itself: a simulation that was asked for is reckoned, one at a time."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gridloop.cases.simulation.actions import running
from gridloop.kernel import clock

DATABASE_LOST = RetryStrategy(wait=3, max_attempts=5, retry_exceptions=(OperationalError, InterfaceError))


@app.task(name="cases.simulation.reckon", queue="cases", pass_context=False, retry=DATABASE_LOST)
def reckon(simulation_id: int) -> str:
    """Reckon it; the answer is how it ended."""
    return running.reckon(simulation_id, now=clock.now()).state
