"""A case with its last step and what stood before it, for taking that step back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gridloop.cases import sql
from gridloop.cases.rules.facts import CaseFacts, LastStep
from gridloop.cases.rules.past import PastEvent, with_last
from gridloop.cases.rules.states import State


def with_past(facts: CaseFacts) -> CaseFacts:
    """The case with its last step; one statement."""
    rows = sql.run(sql.text("past"), {"case_id": facts.id, "seq": facts.seq})
    return with_last(facts, [_event(row) for row in rows])


def _event(row: Sequence[Any]) -> PastEvent:
    verb, by_id, at, start, to, due_at, stage_due_at, class_kind, class_code, rule_no = row
    came_from = State(start) if start else None
    return PastEvent(verb, by_id, at, came_from, State(to), due_at, stage_due_at, class_kind, class_code, rule_no)


def with_step_shown(facts: CaseFacts, history: Sequence[Sequence[Any]]) -> CaseFacts:
    """The case with its last step as far as a card's history tells it: enough to offer its button, not to restore anything."""
    if not history or history[-1][3] is None:
        return facts
    _, at, verb, start, _, by_id, *_ = history[-1]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(at)
    return facts.but(last=LastStep(verb, by_id, moment, State(start)))
