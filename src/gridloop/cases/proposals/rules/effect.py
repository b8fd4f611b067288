"""What a new limit, other hours or another rung would have done to cases of the past: their own times, held against the product's own clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridloop.cases.rules.clock import HOUR_S, NATURAL_HOUR, WORKING_HOUR, Clock
from gridloop.cases.rules.escalation import offset
from gridloop.cases.rules.masters import Escalation

Line = dict[str, object]
"""One line of a preview: code, Chinese, English, kind (count, share, text, moment), before, after."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A case that a unit had in hand: when it got it, when it finished, and the limit and deadline that it had."""

    number: str
    tier: str
    unit_id: int | None
    dispatched_at: datetime
    finished_at: datetime | None
    due_at: datetime
    limit_value: float
    limit_unit: str


@dataclass(frozen=True, slots=True)
class Stay:
    """A case's stay in one state: from when to when (None: still there), in whose hands, and the deadlines it had there."""

    unit_id: int | None
    entered_at: datetime
    left_at: datetime | None
    stage_due_at: datetime | None = None
    due_at: datetime | None = None
    dispatched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many were on time."""

    on_time: int
    of: int


def due_under(one: Lived, value: float, unit: str, old: Clock, new: Clock) -> datetime:
    """The deadline that this case would have had under another limit or clock; what stood still or was granted to it is granted again."""
    first = old.due(one.dispatched_at, one.limit_value, one.limit_unit).at
    began = new.due(one.dispatched_at, value, unit).at
    if one.due_at <= first:
        return began
    if unit == NATURAL_HOUR:
        return began + (one.due_at - first)
    return new.due(began, old.working_s(first, one.due_at) / HOUR_S, WORKING_HOUR).at


def share(pairs: Iterable[tuple[datetime | None, datetime]], now: datetime) -> Share:
    """Of (done, due): on time is done by then; what is not done counts as late once its time has passed, and not at all before."""
    on_time = of = 0
    for done, due in pairs:
        if done is None and due >= now:
            continue
        of += 1
        on_time += done is not None and done <= due
    return Share(on_time, of)


def reached(stays: Sequence[Stay], rung: Escalation, now: datetime) -> int:
    """How many of these stays would have been told by this rung."""
    count = 0
    for one in stays:
        due = one.stage_due_at if rung.about == "stage" else one.due_at
        if due is None or (rung.about == "stage" and due == one.due_at):
            continue
        count += (one.left_at or now) >= due + offset(rung, one.dispatched_at, due)
    return count


def line(code: str, zh: str, en: str, kind: str, before: object, after: object) -> Line:
    """One line of a preview."""
    return {"code": code, "zh": zh, "en": en, "kind": kind, "before": before, "after": after}


def share_lines(before: Share, after: Share) -> list[Line]:
    """On-time rates, and of how many cases."""
    return [
        line("on_time", "按期率", "on time", "share", _rate(before), _rate(after)),
        line("measured", "参与计算的案件", "cases measured", "count", before.of, after.of),
    ]


def _rate(one: Share) -> float | None:
    return round(one.on_time / one.of, 4) if one.of else None
