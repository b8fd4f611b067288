"""What happens by itself: photos that nobody used are let go."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.photos import actions
from gridloop.kernel import clock


@app.periodic(cron="17 * * * *")
@app.task(name="cases.photos.let_go", queue="upkeep", queueing_lock="cases.photos.let_go", pass_context=False)
def let_go(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Remove unused photos that are older than a day."""
    return actions.let_go(clock.now())
