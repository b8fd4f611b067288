"""What happens by itself in supervision: confirmed warnings become alarms and cases, squares of who was where are filled, days are made, archived and let go."""

from __future__ import annotations

from django.conf import settings
from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from gridloop.fleet.actions import replays, retention, tracks, warnings
from gridloop.fleet.rules.retention import Retention
from gridloop.kernel import clock

DATABASE_LOST = RetryStrategy(wait=3, max_attempts=5, retry_exceptions=(OperationalError, InterfaceError))
WARNINGS, PRESENCE, DAYS, RETENTION = "fleet.warnings", "fleet.presence", "fleet.days", "fleet.retention"


@app.periodic(cron="* * * * *")
@app.task(name=WARNINGS, queue="cases", queueing_lock=WARNINGS, lock=WARNINGS, pass_context=False)
def confirmed_warnings(timestamp: int) -> list[int]:  # noqa: ARG001 - procrastinate tells each periodic task its time
    """Raise and clear the alarms of confirmed warnings, then make cases of those whose rule says so."""
    now = clock.now()
    raised, cleared = warnings.alarms_of_confirmed(now)
    return [raised, cleared, warnings.cases_of_confirmed(now)]


@app.periodic(cron="*/10 * * * *")
@app.task(name=PRESENCE, queue="upkeep", queueing_lock=PRESENCE, lock=PRESENCE, pass_context=False)
def presence(timestamp: int) -> int:  # noqa: ARG001
    """Who was in which square in the ten minutes that are over."""
    return tracks.fill_presence(clock.now())


@app.periodic(cron="17 */6 * * *")
@app.task(name=DAYS, queue="upkeep", queueing_lock=DAYS, lock=DAYS, pass_context=False)
def days(timestamp: int) -> int:  # noqa: ARG001
    """Partitions for the days ahead."""
    return retention.make_days(clock.now())


@app.periodic(cron="40 18 * * *")
@app.task(name=RETENTION, queue="upkeep", queueing_lock=RETENTION, lock=RETENTION, pass_context=False)
def in_order(timestamp: int) -> dict[str, int]:  # noqa: ARG001
    """Days older than the database keeps go into the archive, at 02:40 in the city."""
    return retention.keep_in_order(Retention(**settings.GRIDLOOP_FLEET), clock.now())


@app.task(name="fleet.replay", queue="cases", pass_context=False, retry=DATABASE_LOST)
def replay(replay_id: int) -> str:
    """Ask a rule of the past; the answer is how it ended. A worker that is lost on the way begins anew."""
    return replays.reckon(replay_id, now=clock.now()).state
