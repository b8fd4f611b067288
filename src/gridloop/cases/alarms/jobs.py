"""What happens by itself: sources of alarms are read, those of the open cases every minute, those of whole days every hour."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.cases.alarms.actions import declare_own_sources, watching
from gridloop.cases.alarms.queries import causes
from gridloop.kernel import clock

MINUTE, HOUR = "cases.alarms.minute", "cases.alarms.hour"


@app.periodic(cron="* * * * *")
@app.task(name=MINUTE, queue="cases", queueing_lock=MINUTE, lock=MINUTE, pass_context=False)
def minute(timestamp: int) -> list[int]:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Late cases, incidents, overloaded units; sources of this room that are missing come back first."""
    now = clock.now()
    declare_own_sources(now)
    return list(watching.watch(causes.EVERY_MINUTE, now))


@app.periodic(cron="13 * * * *")
@app.task(name=HOUR, queue="upkeep", queueing_lock=HOUR, lock=HOUR, pass_context=False)
def hour(timestamp: int) -> list[int]:  # noqa: ARG001
    """Reports that fell silent, by whole days of the city."""
    return list(watching.watch(causes.EVERY_HOUR, clock.now()))
