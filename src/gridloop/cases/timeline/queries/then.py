"""The desk at a past moment: how many cases stood in each state, where they lay, and the head of the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.filters import DUE_SOON, OPEN_STATES, scope_terms
from gridloop.cases.queries.rows import COLUMNS, SELECTED, is_late, shown
from gridloop.cases.rules.states import PAUSED, State
from gridloop.cases.timeline import rules, sql
from gridloop.kernel.caller import Caller
from gridloop.kernel.statements import run

ROWS_MAX = 200
POINTS_MAX = 4000
FAR = timedelta(days=36500)
ROWS_SQL = f"select {SELECTED} from cases_case c where c.id = any(%(ids)s::bigint[])"  # noqa: S608 - our own column names


class Then(NamedTuple):
    """A case as it stood at the moment; names as in `rows.COLUMNS`."""

    id: int
    number: str
    state: str
    unit_id: int | None
    due_at: datetime | None
    stage_due_at: datetime | None
    finished_at: datetime | None
    class_kind: str | None
    class_code: str | None
    urgency: str
    lon: float
    lat: float


def desk_then(moment: datetime, *, by: Caller, now: datetime) -> dict[str, Any]:
    """Counts over all cases that were open then, the first of them as points and rows by what was left; two statements."""
    rules.checked_moment(moment, now)
    cases = _open_then(moment, by=by)
    cases.sort(key=lambda one: min(one.due_at or moment + FAR, one.stage_due_at or moment + FAR))
    late = [_late(one, moment) for one in cases]
    return {
        "moment": moment,
        "counts": _counts(cases, late, moment),
        "items": _rows(cases[:ROWS_MAX], moment, now),
        "points": [
            [one.number, round(one.lon, 6), round(one.lat, 6), one.state, one.urgency, is_late, _class_of(one)]
            for one, is_late in zip(cases[:POINTS_MAX], late, strict=False)
        ],
        "more": len(cases) > POINTS_MAX,
    }


def _open_then(moment: datetime, *, by: Caller) -> list[Then]:
    terms = scope_terms(by)
    if not terms:
        return []
    params: dict[str, Any] = {"moment": moment, "open": OPEN_STATES}
    for _, own in terms:
        params |= own
    scope = " or ".join(f"({term})" for term, _ in terms)
    return [Then(*row) for row in run(sql.text("then").replace("{scope}", scope), params)]


def _class_of(one: Then) -> str:
    return f"{one.class_kind}:{one.class_code}" if one.class_kind and one.class_code else ""


def _late(one: Then, moment: datetime) -> bool:
    return is_late(State(one.state), one.due_at, one.finished_at, None, moment)


def _counts(cases: list[Then], late: list[bool], moment: datetime) -> dict[str, Any]:
    states: dict[str, int] = {}
    for one in cases:
        states[one.state] = states.get(one.state, 0) + 1
    soon = moment + DUE_SOON
    due = sum(
        moment <= min(one.due_at or moment + FAR, one.stage_due_at or moment + FAR) <= soon
        for one in cases
        if one.state not in PAUSED
    )
    paused = sum(states.get(str(state), 0) for state in PAUSED)
    return {"open": len(cases), "late": sum(late), "due": due, "paused": paused, "states": states}


def _rows(cases: list[Then], moment: datetime, now: datetime) -> list[dict[str, Any]]:
    """The rows of these cases with what was different then; in their order. One statement."""
    if not cases:
        return []
    at = {name: place for place, name in enumerate(COLUMNS)}
    found = {row[at["id"]]: list(row) for row in run(ROWS_SQL, {"ids": [one.id for one in cases]})}
    rows = []
    for one in cases:
        row = found.get(one.id)
        if row is None:  # it moved between the two statements; the next look has it
            continue
        for name in ("state", "unit_id", "due_at", "stage_due_at", "finished_at", "class_kind", "class_code"):
            row[at[name]] = getattr(one, name)
        row[at["closed_at"]] = row[at["paused_at"]] = None
        rows.append(row)
    return shown(rows, masters_now.current(now), moment)
