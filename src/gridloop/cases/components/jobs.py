"""What happens by itself: filings of components are looked at for recurrence."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.components import actions
from gridloop.kernel import clock

NAME = "cases.components.recurrence"


@app.periodic(cron="* * * * * */10")
@app.task(name=NAME, queue="cases", queueing_lock=NAME, lock=NAME, pass_context=False)
def recurrence(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Open a root-cause case for each component that fails again and again."""
    return actions.look_for_recurrence(clock.now())
