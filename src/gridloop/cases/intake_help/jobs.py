"""What happens by itself: every night the classifier learns from the cases that were closed, and the better one stands."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.intake_help import actions
from gridloop.kernel import clock
from gridloop.kernel.caller import system


@app.periodic(cron="23 2 * * *")
@app.task(
    name="cases.intake_help.retrain", queue="upkeep", queueing_lock="cases.intake_help.retrain", pass_context=False
)
def retrain(timestamp: int) -> str:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Train anew and keep the better model; the answer says what came of it."""
    return actions.retrain(by=system("cases.intake_help.retrain"), now=clock.now()).reason
