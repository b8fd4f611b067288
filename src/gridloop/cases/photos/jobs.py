"""What happens by itself: photos that nobody used are let go, and faces and plates are masked before somebody asks."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.photos import actions, sealing
from gridloop.kernel import clock


@app.periodic(cron="17 * * * *")
@app.task(name="cases.photos.let_go", queue="upkeep", queueing_lock="cases.photos.let_go", pass_context=False)
def let_go(timestamp: int) -> int:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Remove unused photos that are older than a day."""
    return actions.let_go(clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="cases.photos.mask", queue="upkeep", queueing_lock="cases.photos.mask", pass_context=False)
def mask(timestamp: int) -> int:  # noqa: ARG001
    """Look at what came in since the last minute; who asks earlier has it masked on the spot."""
    return sealing.mask_waiting(clock.now())
