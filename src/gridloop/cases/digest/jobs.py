"""What happens by itself: five minutes past every hour the digests of that hour go out."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gridloop.cases.digest import actions
from gridloop.kernel import clock

DATABASE_LOST = RetryStrategy(wait=30, retry_exceptions=(OperationalError, InterfaceError))


@app.periodic(cron="5 * * * *")
@app.task(
    name="cases.digest",
    queue="upkeep",
    queueing_lock="cases.digest",
    lock="cases.digest",
    pass_context=False,
    retry=DATABASE_LOST,
)
def send(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Send what is due; answers how many letters."""
    return actions.send_due(clock.now())
