"""Cases opened, closed and late in each stretch of a span, and the alarms of it, within a caller's scope."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.cases.alarms.queries.standing import between
from gridloop.cases.queries.filters import scope_terms
from gridloop.cases.timeline import rules, sql
from gridloop.kernel.caller import Caller
from gridloop.kernel.statements import run

LANES = ("opened", "closed", "late")


def axis(since: datetime, until: datetime, *, by: Caller, now: datetime) -> dict[str, Any]:
    """Counts by stretch, and alarms with when they began and ended; two statements."""
    stretch_s = rules.checked_span(since, until, now)
    stretches = -int(-(until - since).total_seconds() // stretch_s)
    lanes: dict[str, list[int]] = {lane: [0] * stretches for lane in LANES}
    terms = scope_terms(by)
    if terms:
        params: dict[str, Any] = {"since": since, "until": until, "now": now, "stretch_s": stretch_s}
        for _, own in terms:
            params |= own
        scope = " or ".join(f"({term})" for term, _ in terms)
        for lane, at, count in run(sql.text("axis").replace("{scope}", scope), params):
            lanes[lane][at] += count
    return {"since": since, "until": until, "stretch_s": stretch_s, **lanes, "alarms": between(since, until, by=by)}
