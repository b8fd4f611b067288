"""What happens by itself: every full hour it is looked whether it is an hour of news."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.nearby import actions
from gridloop.kernel import clock


@app.periodic(cron="2 * * * *")
@app.task(name="cases.nearby", queue="upkeep", queueing_lock="cases.nearby", lock="cases.nearby", pass_context=False)
def tell(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Tell followers of areas what is new."""
    return actions.tell_news(clock.now())
