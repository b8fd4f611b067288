"""What happens by itself: queued notices go out."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gridloop.kernel import clock
from gridloop.notices import actions

DATABASE_LOST = RetryStrategy(wait=3, retry_exceptions=(OperationalError, InterfaceError))
"""A database that went away in the middle must not cost anybody their message; without this the job would count as failed for good."""


@app.task(name="notices.deliver", queue="notices", pass_context=False, retry=DATABASE_LOST)
def deliver(delivery_id: int) -> str:
    """Send one delivery; what cannot go out now puts its own next attempt into the queue."""
    return actions.deliver(delivery_id, now=clock.now())
