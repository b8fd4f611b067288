"""One case as a replay reads it, and what its history says of its limit: when it began, stood still, was put off."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from gridloop.cases.rules import moves
from gridloop.cases.rules.clock import NATURAL_HOUR, Clock
from gridloop.cases.rules.states import PAUSED

Limit = tuple[float, str]
"""Value and unit of a limit."""


class Trail(NamedTuple):
    """One event that moves a deadline: into or out of a standing state, a delay granted, a case reopened."""

    at: dt.datetime
    verb: str
    from_state: str
    to_state: str
    hours: float


class Row(NamedTuple):
    """One case as far as a replay reads it; `owner_unit` owns the component it is about."""

    id: int
    number: str
    title: str
    place: str
    class_kind: str | None
    class_code: str | None
    rule_no: int | None
    opened_at: dt.datetime
    unit_id: int | None
    state: str
    dispatched_at: dt.datetime | None
    finished_at: dt.datetime | None
    closed_at: dt.datetime | None
    due_at: dt.datetime | None
    owner_unit: int | None
    trail: tuple[Trail, ...] = ()


@dataclass(frozen=True, slots=True)
class Stood:
    """When the limit began to run, while it stood still, and by how many hours it was put off."""

    start: dt.datetime
    pauses: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    delays: tuple[float, ...] = ()


def stood(row: Row, start: dt.datetime, at: dt.datetime) -> Stood:
    """What the history says of a case's limit clock; a reopened case has begun anew."""
    if not row.trail:
        return Stood(start)
    for one in row.trail:
        if one.verb == "reopen" and one.at > start:
            start = one.at
    pauses, delays, since = [], [], None
    for one in row.trail:
        if one.at < start:
            continue
        if one.to_state in PAUSED and one.from_state not in PAUSED:
            since = one.at
        elif one.from_state in PAUSED and one.to_state not in PAUSED and since is not None:
            pauses.append((since, one.at))
            since = None
        elif one.verb == "grant_delay":
            delays.append(one.hours)
    if since is not None:
        pauses.append((since, row.finished_at or row.closed_at or at))
    return Stood(start, tuple(pauses), tuple(delays))


def due(limit: Limit, run: Stood, clock: Clock) -> dt.datetime:
    """The deadline of a limit that began, stood still and was put off like this."""
    value, unit = limit
    found = clock.due(run.start, value, unit).at
    for hours in run.delays:
        found = moves.delayed(found, hours, unit, clock).at
    for since, until in run.pauses:
        found = clock.later(found, paused_from=since, until=until, unit=unit).at
    return found


def allowed_s(limit: Limit, run: Stood, clock: Clock) -> float:
    """Seconds that a unit has, natural or working ones as the limit counts; pauses do not lengthen them."""
    return _measured(run.start, due(limit, Stood(run.start, (), run.delays), clock), limit[1], clock)


def used_s(run: Stood, finished: dt.datetime, unit: str, clock: Clock) -> float:
    """Seconds that a unit took, without the time that stood still."""
    return _measured(run.start, finished, unit, clock) - sum(
        _measured(since, until, unit, clock) for since, until in run.pauses
    )


def _measured(start: dt.datetime, end: dt.datetime, unit: str, clock: Clock) -> float:
    return (end - start).total_seconds() if unit == NATURAL_HOUR else clock.working_s(start, end)
