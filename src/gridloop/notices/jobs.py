"""What happens by itself: queued notices go out."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.kernel import clock
from gridloop.notices import actions


@app.task(name="notices.deliver", queue="notices", pass_context=False)
def deliver(delivery_id: int) -> str:
    """Send one delivery; what cannot go out now puts its own next attempt into the queue."""
    return actions.deliver(delivery_id, now=clock.now())
