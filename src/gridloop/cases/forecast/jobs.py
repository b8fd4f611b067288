"""What happens by itself: every ten minutes each case in hand gets its probability anew, every night the model learns."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.forecast import actions, queries
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.errors import Refused

NAME = "cases.forecast"


@app.periodic(cron="*/10 * * * *")
@app.task(name="cases.forecast.refresh", queue="upkeep", queueing_lock="cases.forecast.refresh", pass_context=False)
def refresh(timestamp: int) -> str:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Tell anew how likely each case in hand will be late; a city that has no training yet gets its first one."""
    learnt = _train() if queries.model()["last"] is None else ""
    told = actions.refresh(now=clock.now())
    return f"{learnt}; {told} cases" if learnt else f"{told} cases"


@app.periodic(cron="41 2 * * *")
@app.task(name="cases.forecast.train", queue="upkeep", queueing_lock="cases.forecast.train", pass_context=False)
def train(timestamp: int) -> str:  # noqa: ARG001
    """Learn from the past and keep the better model; the answer says what came of it."""
    return _train()


def _train() -> str:
    try:
        return actions.train(by=system(NAME), now=clock.now()).reason
    except Refused as refused:
        return refused.en
