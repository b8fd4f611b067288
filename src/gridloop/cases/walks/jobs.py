"""What happens by itself: shifts that nobody ended are ended, and positions are let go when their days are over."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.walks import actions
from gridloop.kernel import clock

END, LET_GO = "cases.walks.end", "cases.walks.let_go"


@app.periodic(cron="*/10 * * * *")
@app.task(name=END, queue="upkeep", queueing_lock=END, lock=END, pass_context=False)
def end(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """End shifts after their hours; whoever sends a position before has it ended on the spot."""
    return actions.end_by_the_clock(clock.now())


@app.periodic(cron="23 * * * *")
@app.task(name=LET_GO, queue="upkeep", queueing_lock=LET_GO, lock=LET_GO, pass_context=False)
def let_go(timestamp: int) -> int:  # noqa: ARG001
    """Remove positions that are too old."""
    return actions.let_go(clock.now())
