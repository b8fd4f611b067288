"""What the ledger does by itself: once a second, finished entries get their place."""

from __future__ import annotations

import threading

import structlog
from django.db import InterfaceError, OperationalError, connection

from gridloop.audit import actions
from gridloop.kernel import clock

log = structlog.get_logger("gridloop.ledger")
WAIT_S_MAX = 30.0


def sequencer_loop(stop_event: threading.Event, every_s: float = 1.0) -> None:
    """Sequence until told to stop; runs in a thread of the `worker`, and may run in several at once.

    Only a lost database is waited for (up to 30 s between tries); any other fault ends the thread loudly.
    """
    wait_s = every_s
    while not stop_event.wait(wait_s):
        try:
            moved = actions.sequence(clock.now())
            wait_s = every_s
            if moved:
                log.debug("sequenced", entries=moved)
        except (OperationalError, InterfaceError) as lost:
            wait_s = min(max(wait_s, every_s) * 2, WAIT_S_MAX)
            log.warning("database out of reach", reason=str(lost), again_in_s=wait_s)
            connection.close()
    connection.close()
