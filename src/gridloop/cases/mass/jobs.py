"""What happens by itself: mass actions of many cases, and taking them back."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gridloop.cases.mass import actions
from gridloop.kernel import clock

DATABASE_LOST = RetryStrategy(wait=3, retry_exceptions=(OperationalError, InterfaceError))


@app.task(name="cases.mass.go_on", queue="cases", pass_context=False, retry=DATABASE_LOST)
def go_on(mass_id: int) -> int:
    """Do what is left, a chunk at a time with the clock read for each; answers how many chunks."""
    chunks = 1
    while actions.unfinished(actions.go_on(mass_id, now=clock.now())):
        chunks += 1
    return chunks
