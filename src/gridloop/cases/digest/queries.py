# ruff: noqa: S608 - statements are put together from our own pieces; whatever a caller says goes in as a parameter
"""What stands in a person's digest, by their own grants: a fixed number of statements, however many cases there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from gridloop.cases.digest import sql
from gridloop.cases.digest.rules import (
    LISTED,
    MINUTE_S,
    SAVEABLE_LISTED,
    WEEKLY,
    Counts,
    Digest,
    Line,
    Named,
    Period,
    period_of,
)
from gridloop.cases.evaluation.queries import scope as figures_scope
from gridloop.cases.forecast import queries as forecast
from gridloop.cases.queries import filters
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries.filters import MINE_BY_DUTY, Filter, place_term, scope_terms, subtree
from gridloop.cases.queries.queue import STAMP, statement
from gridloop.cases.queries.rows import SELECTED, shown
from gridloop.cases.rules.scope import sight
from gridloop.cases.rules.states import AWAITING, STATE_NAMES, State
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import CITY_ZONE, in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.statements import run
from gridloop.notices import queries as notices

STATEMENTS_MAX = 8
"""Most statements that the content of one digest costs once names are known: counts, past, two lists, forecast with masters, notices."""
LOOK_BACK = timedelta(days=120)
"""A case that was opened longer ago than this before the period is not counted among the closed ones: it would cost a look at every case."""


@dataclass(frozen=True, slots=True)
class Past:
    """A period's figures by place and unit, read once for everybody: (place, unit, reported, closed, on time)."""

    first: date
    last: date
    rows: tuple[tuple[str, int | None, int, int, int], ...]


def past(today: date, *, weekly: bool) -> Past:
    """What the digests of this day look back on; one statement."""
    first, last = period_of(today, weekly=weekly)
    since = datetime.combine(first, time(), CITY_ZONE)
    params = {
        "first": f"{first:%Y%m%d}-",
        "after": f"{today:%Y%m%d}-",
        "since": since,
        "until": datetime.combine(today, time(), CITY_ZONE),
        "looked_back": since - LOOK_BACK,
    }
    return Past(first, last, tuple((row[0], row[1], row[2], row[3], row[4]) for row in run(sql.text("past"), params)))


def digest(how: str, before: Past, *, by: Caller, now: datetime) -> Digest:
    """Everything of this person's digest at this moment; at most `STATEMENTS_MAX` statements once names are known, without `before`."""
    today, weekly = in_city(now).date(), how == WEEKLY
    since = datetime.combine(before.first, time(), CITY_ZONE)
    told = notices.came_since_digest(by.person_id or 0, since)
    came = tuple(Named(*one) for one in told)
    scope = _scope(by)
    if not scope:
        return Digest(today, weekly, Counts(), Period(before.first, before.last), notices=came)
    counts, waiting = _counts(scope, by=by, now=now)
    return Digest(
        day=today,
        weekly=weekly,
        counts=counts,
        period=_period(before, by),
        due=_due(scope, by=by, now=now) if counts.open else (),
        waiting=waiting,
        waiting_cases=_waiting(by=by, now=now) if counts.mine else (),
        saveable=_saveable(by=by, now=now) if counts.open else (),
        notices=came,
    )


def _scope(by: Caller) -> list[tuple[str, dict[str, Any]]]:
    """The scope of the person's duties; who holds none that sees cases has none, although they see their own reports."""
    seen = sight(by)
    return scope_terms(by) if seen.everywhere or seen.areas or seen.units else []


def _mine(by: Caller) -> tuple[str, dict[str, Any]]:
    """What waits for the person's own duties, each within the grant that gives it; "false" for nothing."""
    terms: list[str] = []
    params: dict[str, Any] = {}
    for at, grant in enumerate(by.grants):
        states = MINE_BY_DUTY.get(grant.duty, ())
        if not states or (grant.duty is Duty.UNIT and grant.unit_id is None):
            continue
        parts = [f"c.state = any(%(mine_states{at})s)"]
        params[f"mine_states{at}"] = [str(state) for state in states]
        if grant.area:
            term, own = place_term(grant.area, f"mine_area{at}")
            parts.append(term)
            params |= own
        if grant.unit_id is not None:
            parts.append(f"c.unit_id = any(%(mine_units{at})s::bigint[])")
            params[f"mine_units{at}"] = subtree(grant.unit_id)
        terms.append(" and ".join(parts))
    return " or ".join(f"({term})" for term in terms) or "false", params


def _counts(scope: list[tuple[str, dict[str, Any]]], *, by: Caller, now: datetime) -> tuple[Counts, tuple[Named, ...]]:
    mine, params = _mine(by)
    for _, own in scope:
        params |= own
    midnight = datetime.combine(in_city(now).date() + timedelta(days=1), time(), CITY_ZONE)
    text = sql.text("now").replace("{mine}", mine).replace("{scope}", " or ".join(f"({term})" for term, _ in scope))
    rows = run(text, params | {"now": now, "midnight": midnight})
    total = [sum(row[at] for row in rows) for at in range(1, 6)]
    awaiting = sum(row[1] for row in rows if row[0] in AWAITING)
    waiting = {State(row[0]): row[5] for row in rows if row[5]}
    named = tuple(Named(str(state), *STATE_NAMES[state], waiting[state]) for state in State if state in waiting)
    return Counts(total[0], total[4], awaiting, total[1], total[2], total[3]), named


def _period(before: Past, by: Caller) -> Period:
    """The part of the period's figures that lies within the person's areas and units."""
    seen = sight(by)
    units = [(frozenset(subtree(unit_id)), area) for unit_id, area in seen.units]
    totals = [0, 0, 0]
    for place, unit_id, *figures in before.rows:
        held = unit_id is not None and any(unit_id in ids and place.startswith(area) for ids, area in units)
        if seen.everywhere or held or place.startswith(seen.areas or ("~",)):
            totals = [one + more for one, more in zip(totals, figures, strict=True)]
    return Period(before.first, before.last, *totals)


def _due(scope: list[tuple[str, dict[str, Any]]], *, by: Caller, now: datetime) -> tuple[Line, ...]:
    """The cases longest late, then those due next, whose clock runs and whose work is not done."""
    made = filters.where(Filter(sort="due"), by=by, now=now)
    made.add("c.finished_at is null and c.paused_at is null", limit=LISTED)
    return _lines(run(statement("due", made, scope), made.params), now, "due_at")


def _waiting(*, by: Caller, now: datetime) -> tuple[Line, ...]:
    """The cases that wait for the person's own duties, the step that ends first first."""
    mine, params = _mine(by)
    text = f"select {SELECTED}, {STAMP} from cases_case_open c where {mine} order by coalesce(c.stage_due_at, c.due_at), c.id limit %(limit)s"
    return _lines(run(text, params | {"limit": LISTED}), now, "stage_due_at")


def _saveable(*, by: Caller, now: datetime) -> tuple[Line, ...]:
    """What the forecast would save first, for whoever reads the forecast."""
    if not by.holds(*figures_scope.DUTIES):
        return ()
    page = forecast.cases(forecast.Wanted(limit=SAVEABLE_LISTED), figures_scope.reach(by), now=now)
    return tuple(_line(one, now, "due_at") for one in page["items"])


def _lines(rows: Sequence[tuple[Any, ...]], now: datetime, until: str) -> tuple[Line, ...]:
    """Rows with the stamp of the masters behind them as lines."""
    if not rows:
        return ()
    masters = masters_now.for_stamp(rows[0][-1], now)
    return tuple(_line(one, now, until) for one in shown((row[:-1] for row in rows), masters, now))


def _line(row: Mapping[str, Any], now: datetime, until: str) -> Line:
    """A row of a list without its title, address and photo, which are a reporter's words."""
    due = row[until] or row["due_at"]
    return Line(
        number=row["number"],
        class_zh=row["class_zh"],
        class_en=row["class_en"],
        place_zh=row["place_zh"],
        place_en=row["place_en"],
        state_zh=row["state_zh"],
        state_en=row["state_en"],
        left_min=int((due - now).total_seconds() // MINUTE_S),
        share=row.get("late_probability"),
    )
