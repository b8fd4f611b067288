"""What a step changes in a case: a pure function from facts, step and time to the case's next facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridloop.cases.rules.clock import HOUR_S, NATURAL_HOUR, WORKING_DAY, WORKING_HOUR, Clock, Due
from gridloop.cases.rules.facts import CaseFacts, Standing, subclass_of
from gridloop.cases.rules.loop import RESTORES
from gridloop.cases.rules.masters import FilingRule, Masters
from gridloop.cases.rules.states import CLOSED_TYPE, OPEN, PAUSED, State
from gridloop.cases.rules.steps import Taken
from gridloop.kernel.errors import Refused

UNKNOWN_LIMIT = (3.0, WORKING_DAY)  # constructed: before a class is known, the whole case is given the commonest limit
LEVEL_MAX = 3


@dataclass(frozen=True, slots=True)
class Move:
    """A taken step with everything its effect needs: who, when, the masters, and the routing of a chosen unit."""

    taken: Taken
    now: datetime
    masters: Masters
    person_id: int | None
    unit_path: str = ""
    routing: Mapping[str, Any] | None = None
    into_id: int | None = None
    acting_unit: int | None = None
    near: Standing | None = None

    @property
    def said(self) -> Mapping[str, Any]:
        """What was said with the step."""
        return self.taken.said


Effect = Callable[[CaseFacts, Move], CaseFacts]


def moved(facts: CaseFacts, move: Move) -> CaseFacts:
    """The case after the step: state, version, effect of the verb, pauses and deadlines."""
    to = move.taken.to
    after = facts.but(version=facts.version + 1, seq=facts.seq + 1, state=to)
    after = _paused(facts, after, move)
    if to is State.MERGED and facts.state is not to:
        after = after.but(state_before=facts.state)
    effect = EFFECTS.get(move.taken.verb)
    if effect is not None:
        after = effect(after, move)
    if to in CLOSED_TYPE:
        return after.but(closed_at=facts.closed_at if facts.state is to else move.now, stage_due_at=None, asked={})
    changed = to is not facts.state and move.taken.verb not in RESTORES
    return with_stage_due(after, move.now, move.masters, changed=changed)


def with_stage_due(facts: CaseFacts, now: datetime, masters: Masters, *, changed: bool = True) -> CaseFacts:
    """The case with the deadline of its present step; a step without a limit of its own ends with the whole case."""
    if not changed and facts.stage_due_at is not None:
        return facts
    if facts.state is State.SUSPENDED and facts.until_at is not None:
        return facts.but(stage_due_at=facts.until_at)
    limit = masters.stages.get(facts.state)
    if limit is None:
        return facts.but(stage_due_at=facts.due_at)
    due = masters.clock_of(facts.unit_id).due(now, limit.value, limit.unit)
    return facts.but(stage_due_at=due.at, guessed=facts.guessed or due.guessed)


def first_deadlines(facts: CaseFacts, now: datetime, masters: Masters) -> CaseFacts:
    """A new report with its provisional whole deadline (as if dispatched now) and that of its first step."""
    return with_stage_due(_limit_from(_with_limit(facts, masters), now, masters), now, masters)


def _with_limit(facts: CaseFacts, masters: Masters) -> CaseFacts:
    """The case with tier, limit and urgency of its filing rule, or of the first rule of its class until one is named."""
    tier = masters.tier_at(facts.place)
    rule = rule_of(masters, facts.class_kind, facts.class_code, facts.rule_no, facts.opened_at)
    value, unit = limit_of(rule, tier)
    facts = facts.but(tier=tier, limit_value=value, limit_unit=unit)
    return facts if rule is None else facts.but(urgency=rule.urgency)


def rule_of(
    masters: Masters, kind: str | None, code: str | None, rule_no: int | None, opened_at: datetime
) -> FilingRule | None:
    """The filing rule that sets a case's limit: the named one, or the first of its class until one is named; None without a class."""
    if kind is None or code is None:
        return None
    rule = masters.rule_at(kind, code, rule_no or 0, opened_at)
    if rule is not None:
        return rule
    first = next(iter(masters.rules_of(kind, code)), None)
    return masters.rule_at(first.kind, first.code, first.rule_no, opened_at) if first else None


def limit_of(rule: FilingRule | None, tier: str) -> tuple[float, str]:
    """Value and unit of the limit that a rule gives in an area of this tier."""
    return UNKNOWN_LIMIT if rule is None else (rule.limit(tier), rule.limit_unit)


def _limit_from(facts: CaseFacts, now: datetime, masters: Masters) -> CaseFacts:
    value = facts.limit_value or UNKNOWN_LIMIT[0]
    due = _clock(facts, masters).due(now, value, facts.limit_unit or UNKNOWN_LIMIT[1])
    return facts.but(due_at=due.at, guessed=facts.guessed or due.guessed)


def _clock(facts: CaseFacts, masters: Masters) -> Clock:
    return masters.clock_of(facts.unit_id)


def _paused(before: CaseFacts, after: CaseFacts, move: Move) -> CaseFacts:
    """Stop the limit clock on the way into a standing state, and move the deadline on the way out of it."""
    if before.state not in PAUSED and after.state in PAUSED:
        return after.but(paused_at=move.now)
    if before.state in PAUSED and after.state not in PAUSED and before.paused_at is not None:
        stood_s = int((move.now - before.paused_at).total_seconds())
        after = after.but(paused_at=None, paused_s=before.paused_s + stood_s)
        if after.state in OPEN and before.due_at is not None:
            unit = before.limit_unit or NATURAL_HOUR
            due = _clock(before, move.masters).later(
                before.due_at, paused_from=before.paused_at, until=move.now, unit=unit
            )
            return after.but(due_at=due.at, guessed=after.guessed or due.guessed)
    return after


def _classed(facts: CaseFacts, move: Move) -> CaseFacts:
    """A named class and rule set the limit; the provisional deadline runs from the report."""
    kind, code = move.said.get("class", (facts.class_kind, facts.class_code))
    same = (kind, code) == (facts.class_kind, facts.class_code)
    rule_no = move.said.get("rule", facts.rule_no if same else None)
    facts = _bound(facts.but(class_kind=kind, class_code=code, rule_no=rule_no), move.near)
    return _limit_from(_with_limit(facts, move.masters), facts.opened_at, move.masters)


def _bound(facts: CaseFacts, near: Standing | None) -> CaseFacts:
    """Bound to a component of its class: to the one it has, else to the one that stands next to it; an event to none."""
    if (
        facts.component is not None
        and facts.class_kind == "component"
        and subclass_of(facts.component) == facts.class_code
    ):
        return facts
    fits = near if near is not None and facts.class_kind == "component" and near.subclass == facts.class_code else None
    if fits is None and facts.component is None:
        return facts
    routing = {name: value for name, value in facts.routing.items() if name != "owner_unit"}
    if fits is not None and fits.owner_unit:
        routing["owner_unit"] = fits.owner_unit
    return facts.but(component=fits.code if fits else None, routing=routing)


def _dispatched(facts: CaseFacts, move: Move) -> CaseFacts:
    """The first dispatch starts the limit clock; a later one lets it run on."""
    facts = facts.but(unit_id=int(move.said["unit"]), unit_path=move.unit_path, routing=move.routing or {})
    if facts.dispatched_at is not None:
        return facts
    return _limit_from(facts.but(dispatched_at=move.now), move.now, move.masters)


def _ruled(facts: CaseFacts, move: Move) -> CaseFacts:
    return _dispatched(facts, move).but(ruled=True)


def _returned(facts: CaseFacts, _move: Move) -> CaseFacts:
    past = (
        facts.past_units
        if facts.unit_id is None or facts.unit_id in facts.past_units
        else (*facts.past_units, facts.unit_id)
    )
    return facts.but(unit_id=None, unit_path="", past_units=past, returns=facts.returns + 1)


def _finished(facts: CaseFacts, move: Move) -> CaseFacts:
    return facts.but(finished_at=move.now, handler_id=move.person_id, handler_unit_id=move.acting_unit or facts.unit_id)


def _self_handled(facts: CaseFacts, move: Move) -> CaseFacts:
    return facts.but(finished_at=move.now, handler_id=move.person_id)


def _delay_asked(facts: CaseFacts, move: Move) -> CaseFacts:
    return facts.but(delays=facts.delays + 1, asked={"hours": move.said["hours"]})


def _delay_granted(facts: CaseFacts, move: Move) -> CaseFacts:
    """The asked hours are natural ones for a natural limit and working ones for the others."""
    hours = float(facts.asked.get("hours", 0))
    if facts.due_at is None:
        raise Refused(f"case {facts.number} has no deadline to delay", zh=f"案件 {facts.number} 没有可延期的时限")
    due = delayed(facts.due_at, hours, facts.limit_unit or WORKING_DAY, _clock(facts, move.masters))
    return facts.but(due_at=due.at, guessed=facts.guessed or due.guessed, asked={})


def delayed(due: datetime, hours: float, unit: str, clock: Clock) -> Due:
    """A deadline put off: by natural hours where the limit is one of natural hours, else by working ones."""
    if unit == NATURAL_HOUR:
        return Due(due + timedelta(seconds=hours * HOUR_S))
    return clock.due(due, hours, WORKING_HOUR)


def _nothing_asked(facts: CaseFacts, _move: Move) -> CaseFacts:
    return facts.but(asked={})


def _suspend_asked(facts: CaseFacts, move: Move) -> CaseFacts:
    return facts.but(asked={"reason": move.said["suspend_reason"], "until": move.said["until"].isoformat()})


def _suspended(facts: CaseFacts, _move: Move) -> CaseFacts:
    until = datetime.fromisoformat(str(facts.asked["until"]))
    return facts.but(suspensions=facts.suspensions + 1, until_at=until)


def _resumed(facts: CaseFacts, _move: Move) -> CaseFacts:
    return facts.but(until_at=None, asked={})


def _back_to_work(facts: CaseFacts, _move: Move) -> CaseFacts:
    """A failed check keeps the deadline and counts as rework."""
    return facts.but(reworks=facts.reworks + 1, finished_at=None)


def _disputed(facts: CaseFacts, _move: Move) -> CaseFacts:
    return facts.but(disputes=facts.disputes + 1, level=min(facts.level + 1, LEVEL_MAX), closed_at=None)


def _reopened(facts: CaseFacts, move: Move) -> CaseFacts:
    """A reopened case gets a new limit from now; one that never was dispatched goes back to be filed."""
    if facts.dispatched_at is None:
        return _limit_from(facts, move.now, move.masters)
    if "unit" in move.said:
        past = facts.past_units if facts.unit_id is None else tuple(dict.fromkeys((*facts.past_units, facts.unit_id)))
        facts = facts.but(
            past_units=past, unit_id=int(move.said["unit"]), unit_path=move.unit_path, routing=move.routing or {}
        )
    facts = facts.but(reworks=facts.reworks + 1, finished_at=None, ruled=False, returns=0, delays=0)
    return _limit_from(facts, move.now, move.masters)


def _rated(facts: CaseFacts, move: Move) -> CaseFacts:
    return facts.but(rating=move.said["rating"])


def _merged(facts: CaseFacts, move: Move) -> CaseFacts:
    return facts.but(merged_into=move.into_id)


def _unmerged(facts: CaseFacts, _move: Move) -> CaseFacts:
    return facts.but(merged_into=None, state_before=None, closed_at=None)


def _taken_back(facts: CaseFacts, move: Move) -> CaseFacts:
    """The case as it was before its last step: the same deadlines, so that the time in between counts as if nothing had been done."""
    last = facts.last
    if last is None:
        raise ValueError("a step that is taken back has to be known")
    stood_s = int((last.at - last.paused_at).total_seconds()) if last.paused_at else 0
    restored = RESTORED.get(last.verb)
    if restored is not None:
        facts = restored(facts, move)
    return facts.but(
        due_at=last.due_at, stage_due_at=last.stage_due_at, closed_at=None, state_before=None, merged_into=None,
        paused_at=last.paused_at, paused_s=max(0, facts.paused_s - stood_s), last=None,
    )  # fmt: skip


def _class_restored(facts: CaseFacts, move: Move) -> CaseFacts:
    last = facts.last
    if last is None:
        return facts
    facts = facts.but(class_kind=last.class_kind, class_code=last.class_code, rule_no=last.rule_no, urgency="normal")
    facts = _bound(facts, None)
    return _with_limit(facts, move.masters)


def _with_no_unit(facts: CaseFacts, _move: Move) -> CaseFacts:
    """No unit has the case; whose component it is stays known, because routing asks for it."""
    return facts.but(
        unit_id=None, unit_path="", routing={name: facts.routing[name] for name in ("owner_unit",) if name in facts.routing}
    )  # fmt: skip


def _never_dispatched(facts: CaseFacts, move: Move) -> CaseFacts:
    return _with_no_unit(facts, move).but(dispatched_at=None)


RESTORED: dict[str, Effect] = {
    "register": _class_restored,
    "file": _class_restored,
    "dispatch": _never_dispatched,
    "redispatch": _with_no_unit,
}
"""What each verb that can be taken back leaves behind, beside state and deadlines."""


def _urged(facts: CaseFacts, _move: Move) -> CaseFacts:
    return facts.but(urges=facts.urges + 1)


def _escalated(facts: CaseFacts, _move: Move) -> CaseFacts:
    return facts.but(level=min(facts.level + 1, LEVEL_MAX))


EFFECTS: dict[str, Effect] = {
    "register": _classed,
    "confirm": _classed,
    "file": _classed,
    "dispatch": _dispatched,
    "redispatch": _dispatched,
    "rule": _ruled,
    "return": _returned,
    "finish": _finished,
    "self_handle": _self_handled,
    "ask_delay": _delay_asked,
    "grant_delay": _delay_granted,
    "refuse_delay": _nothing_asked,
    "ask_suspend": _suspend_asked,
    "grant_suspend": _suspended,
    "refuse_suspend": _nothing_asked,
    "resume": _resumed,
    "fail": _back_to_work,
    "send_back": _back_to_work,
    "dispute": _disputed,
    "appeal": _disputed,
    "reopen": _reopened,
    "rate": _rated,
    "merge": _merged,
    "unmerge": _unmerged,
    "take_back": _taken_back,
    "urge": _urged,
    "escalate": _escalated,
}
"""What each verb does beside moving the case."""
