"""The figures at the head of the desk: bounded counts over the open cases, which are few beside the closed ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gridloop.cases import sql
from gridloop.cases.queries.filters import DUE_SOON, OPEN_STATES, Filter, scope_terms, states_of
from gridloop.cases.rules.states import AWAITING
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city


def desk_counts(*, by: Caller, now: datetime) -> dict[str, Any]:
    """Open, mine, unacknowledged, due, late, paused and by state within the caller's scope; reported today and closed of those. Two statements."""
    terms = scope_terms(by)
    if not terms:
        return {
            "open": 0,
            "mine": 0,
            "unacknowledged": 0,
            "due": 0,
            "late": 0,
            "paused": 0,
            "states": {},
            "opened_today": 0,
            "closed_of_today": 0,
        }
    params: dict[str, Any] = {
        "states": OPEN_STATES,
        "now": now,
        "soon": now + DUE_SOON,
        "mine": states_of(Filter(view="mine"), by),
    }
    for _, own in terms:
        params |= own
    scope = " or ".join(f"({term})" for term, _ in terms)
    rows = sql.run(sql.text("counts").replace("{scope}", scope), params)
    midnight = in_city(now).replace(hour=0, minute=0, second=0, microsecond=0)
    day = sql.run(
        sql.text("today").replace("{scope}", scope),
        {name: value for name, value in params.items() if name not in {"states", "mine", "soon", "now"}}
        | {"midnight": midnight, "first": f"{midnight:%Y%m%d}-", "tomorrow": f"{midnight + timedelta(days=1):%Y%m%d}-"},
    )[0]
    by_state = {row[0]: row[1] for row in rows}
    total = [sum(row[at] for row in rows) for at in range(1, 6)]
    return {
        "open": total[0],
        "mine": total[4],
        "unacknowledged": sum(by_state.get(str(state), 0) for state in AWAITING),
        "due": total[1],
        "late": total[2],
        "paused": total[3],
        "states": by_state,
        "opened_today": day[0],
        "closed_of_today": day[1],
    }
