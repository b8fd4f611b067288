"""What happens by itself: people are told, the ladder is climbed, suspensions end, old keys are forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.actions import telling, timed
from gridloop.kernel import clock


@app.periodic(cron="* * * * * */2")  # every two seconds (the last field): a notice is on its way soon after the step
@app.task(name="cases.tell", queue="cases", queueing_lock="cases.tell", lock="cases.tell", pass_context=False)
def tell(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Tell people what has happened to their cases."""
    return telling.tell_waiting(clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="cases.climb", queue="cases", queueing_lock="cases.climb", lock="cases.climb", pass_context=False)
def climb(timestamp: int) -> int:  # noqa: ARG001
    """Remind and escalate what is due or late."""
    return timed.climb(clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="cases.end_suspensions", queue="cases", queueing_lock="cases.end_suspensions", pass_context=False)
def end_suspensions(timestamp: int) -> int:  # noqa: ARG001
    """Let the clock of ended suspensions run again."""
    return timed.end_suspensions(clock.now())


@app.periodic(cron="29 3 * * *")
@app.task(name="cases.forget_keys", queue="upkeep", queueing_lock="cases.forget_keys", pass_context=False)
def forget_keys(timestamp: int) -> None:  # noqa: ARG001
    """Forget idempotency keys after three days."""
    timed.forget_keys(clock.now())
