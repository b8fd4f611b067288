"""What the queue does by itself: jobs of dead workers are put back, finished ones forgotten."""

from __future__ import annotations

import structlog
from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from gridloop.site.worker import health

log = structlog.get_logger("gridloop.worker")
HEARTBEAT_S = 5.0
SILENT_S = 20.0  # four missed heartbeats
KEPT_HOURS = 72
COUNTS_SQL = "select queue_name, status::text, count(*) from procrastinate_jobs where status in ('todo', 'doing', 'failed') group by 1, 2"
OLDEST_SQL = """
select coalesce(max(extract(epoch from now() - coalesce(j.scheduled_at, e.at))), 0)::float8
from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'
where j.status = 'todo' and coalesce(j.scheduled_at, now()) <= now()
"""


@app.periodic(
    cron="* * * * * */20"
)  # every 20 seconds (the last field): a notice waits no longer than that for a worker that was killed
@app.task(name="site.put_back_stalled", queue="upkeep", queueing_lock="site.put_back_stalled", pass_context=True)
async def put_back_stalled(context: JobContext, timestamp: int) -> int:  # noqa: ARG001 - each periodic task is told its time
    """Put jobs whose worker fell silent back into the queue; without this they would stay "doing" for ever."""
    jobs = context.app.job_manager
    stalled = [job for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENT_S) if job.id != context.job.id]
    for job in stalled:
        try:
            await jobs.retry_job(job)
        except (
            UniqueViolation
        ):  # the next of its kind waits already, for the lock that this one still holds: that one does the work
            await jobs.finish_job(job, status=Status.ABORTED, delete_job=False)
        log.warning("job of a dead worker put back", job=job.id, task=job.task_name)
    health.STALLED.inc(len(stalled))
    return len(stalled)


@app.periodic(cron="41 3 * * *")
@app.task(name="site.forget_finished", queue="upkeep", queueing_lock="site.forget_finished", pass_context=True)
async def forget_finished(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Remove jobs that ended well; failed ones stay for whoever has to look at them."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS, include_failed=False)


def count_jobs() -> None:
    """Fill the gauges; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS_SQL)
        health.WAITING.clear()
        for queue, status, number in cursor.fetchall():
            health.WAITING.labels(queue, status).set(number)
        cursor.execute(OLDEST_SQL)
        health.OLDEST.set(cursor.fetchone()[0])
