"""What happens by itself: who follows an area hears of what was announced for it."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gridloop.cases.announcements import actions
from gridloop.kernel import clock

DATABASE_LOST = RetryStrategy(wait=3, retry_exceptions=(OperationalError, InterfaceError))
"""A database that went away in the middle must not leave followers untold."""


@app.task(name="cases.announcements.tell", queue="notices", pass_context=False, retry=DATABASE_LOST)
def tell(announcement_id: int, mark: int) -> int:
    """Tell its followers; `mark` says whether it went out or is over."""
    return actions.tell(announcement_id, mark, now=clock.now())
