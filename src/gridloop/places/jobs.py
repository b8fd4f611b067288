"""What happens by itself: the counts on wide maps follow the components."""

from __future__ import annotations

from procrastinate.contrib.django import app

from gridloop.places import actions


@app.periodic(cron="*/10 * * * *")
@app.task(name="places.refresh_tiles", queue="places", queueing_lock="places.refresh_tiles", pass_context=False)
def refresh_tiles(timestamp: int) -> str:  # noqa: ARG001 - procrastinate says when it was due
    """Count the clusters of components anew; points of zoom 16 and nearer are always current."""
    return f"{actions.refresh_tiles()} squares"
