"""What stood before the last step of a case, told from its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridloop.cases.rules.facts import CaseFacts, LastStep
from gridloop.cases.rules.states import OPEN, PAUSED, State


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One event of a history: the step, and deadlines and class as they stood after it; `rule_no` where the step named one."""

    verb: str
    by_id: int | None
    at: datetime
    from_state: State | None
    to_state: State
    due_at: datetime | None
    stage_due_at: datetime | None
    class_kind: str | None
    class_code: str | None
    rule_no: int | None


def with_last(facts: CaseFacts, history: Sequence[PastEvent]) -> CaseFacts:
    """The case with its last step and what stood before it; unchanged where the history does not say so much."""
    if len(history) < 2:
        return facts
    *before, last = history
    if last.from_state is None:
        return facts
    stood = before[-1]
    if stood.due_at is None and stood.to_state in OPEN:  # written before events kept deadlines
        return facts
    step = LastStep(
        verb=last.verb, by_id=last.by_id, at=last.at, from_state=last.from_state, due_at=stood.due_at, stage_due_at=stood.stage_due_at,
        class_kind=stood.class_kind, class_code=stood.class_code, rule_no=_rule_before(facts, before, last),
        paused_at=_paused_since(before),
    )  # fmt: skip
    return facts.but(last=step, state_before=last.from_state)


def _rule_before(facts: CaseFacts, before: Sequence[PastEvent], last: PastEvent) -> int | None:
    """The filing rule as the steps named it; one is forgotten with its class. A step that named none left it as it is now."""
    stood = before[-1]
    if last.rule_no is None and (last.class_kind, last.class_code) == (stood.class_kind, stood.class_code):
        return facts.rule_no
    rule_no: int | None = None
    key: tuple[str | None, str | None] = (None, None)
    for event in before:
        now = (event.class_kind, event.class_code)
        rule_no = event.rule_no if event.rule_no is not None else rule_no if now == key else None
        key = now
    return rule_no


def _paused_since(before: Sequence[PastEvent]) -> datetime | None:
    """Since when the clock stood still before the last step, or None."""
    if before[-1].to_state not in PAUSED:
        return None
    since = before[-1].at
    for event in reversed(before):
        if event.to_state not in PAUSED:
            break
        since = event.at
    return since
