"""The escalation ladder: whom to tell when a step or the whole case is due soon, overdue, or overdue twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.masters import Escalation, Masters
from gridloop.cases.rules.states import PAUSED, State

FINISHED = frozenset({State.CHECKING, State.CHECKED, State.DISPUTED})
"""States in which the unit has done its part: the whole limit is not escalated any more, only the desk's own step."""
SOON, OVERDUE, TWICE = "soon", "overdue", "twice"


def rungs(facts: CaseFacts, now: datetime, masters: Masters) -> list[tuple[Escalation, datetime]]:
    """Every rung that this case has reached by now, with the deadline it is about; a paused case reaches only those of its step."""
    reached = []
    for rung in masters.escalations:
        due = facts.stage_due_at if rung.about == "stage" else facts.due_at
        if rung.about == "stage" and due == facts.due_at:
            continue  # a step without a limit of its own ends with the whole: told once, as the whole
        if due is None or (
            rung.about == "whole" and (facts.state in PAUSED or facts.state in FINISHED or facts.dispatched_at is None)
        ):
            continue
        if now >= due + offset(rung, facts.dispatched_at, due):
            reached.append((rung, due))
    return reached


def offset(rung: Escalation, dispatched_at: datetime | None, due: datetime) -> timedelta:
    """How long after its deadline a case reaches this rung; negative for one that lies before it."""
    minutes = timedelta(minutes=rung.minutes)
    if rung.moment == SOON:
        return -minutes
    if rung.moment == TWICE and dispatched_at is not None and rung.about == "whole":
        return max(due - dispatched_at, minutes)  # as late again as the limit was long
    return minutes


def mark(rung: Escalation, due: datetime) -> str:
    """A key that is the same for one rung and one deadline, so that nobody is told twice; a moved deadline starts anew."""
    return f"{rung.code}@{int(due.timestamp())}"
