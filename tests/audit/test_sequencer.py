"""The loop that gives entries their place, once a second, in the worker."""

from __future__ import annotations

import datetime as dt
import threading
import time
from pathlib import Path

import pytest

from gridloop.audit import actions, jobs, queries
from gridloop.kernel.caller import system

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 60


def test_the_loop_places_what_is_written_while_it_runs_and_stops_when_told(settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    stop = threading.Event()
    loop = threading.Thread(target=jobs.sequencer_loop, args=(stop, 0.05))
    loop.start()
    for i in range(3):
        actions.record(system("test"), "case.registered", f"case:{i}", at=dt.datetime.now(dt.UTC))
        until = time.monotonic() + PATIENCE_S
        while len(queries.entries_after(-1)) <= i and time.monotonic() < until:
            time.sleep(0.05)
    stop.set()
    loop.join(PATIENCE_S)
    assert not loop.is_alive()
    assert [one.subject for one in queries.entries_after(-1)] == ["case:0", "case:1", "case:2"]
    assert queries.pending_lag_s() == 0
