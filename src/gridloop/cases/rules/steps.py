"""Taking a step: is there one, may this caller, do the conditions hold, is everything said; else a sentence that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gridloop.cases.rules import forms, scope
from gridloop.cases.rules.conditions import ABOUT_WHAT_IS_SAID, CONDITIONS, TURNS, Asking
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.loop import LOOP, VERBS, Step, steps_from
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.states import STATE_NAMES, State
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import DUTY_NAMES, Duty
from gridloop.kernel.errors import Malformed, NotAllowed, Refused


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that may be taken: where to, under which duty and grant (None for a reporter or a timer), and what was said."""

    verb: str
    step: Step
    to: State
    duty: Duty
    grant: GrantView | None
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that a caller could take now, for the buttons of a card."""

    verb: str
    step: Step
    duty: Duty


def step_for(
    facts: CaseFacts,
    verb: str,
    said: Mapping[str, Any],
    *,
    by: Caller,
    now: datetime,
    masters: Masters,
    is_reporter: bool = False,
) -> Taken:
    """The one step that this verb takes from here for this caller; raises Malformed, NotAllowed or Refused with the reason."""
    if verb not in VERBS or verb in {"report", "join"}:
        raise Malformed(
            f"there is no step '{verb}'; there are: {', '.join(sorted(VERBS))}",
            zh=f"没有“{verb}”这个步骤;可用:{'、'.join(sorted(VERBS))}",
        )
    step = LOOP.get((facts.state, verb))
    if step is None:
        raise _no_such_step(facts, verb, now=now, by=by, masters=masters, is_reporter=is_reporter)
    acting = scope.acting_grants(by, facts)
    held = _held_duties(step, acting, is_reporter=is_reporter)
    asking = _best_duty(
        held, Asking(facts, by, _duty_for(facts, step, held, by=by), {}, now, masters, is_reporter), step
    )
    _hold(asking, verb, step, [name for name in step.conditions if name not in ABOUT_WHAT_IS_SAID])
    cleaned = forms.read(facts, verb, step, said)
    asking = replace(asking, said=cleaned)
    _check_codes(asking, step)
    _hold(asking, verb, step, [name for name in step.conditions if name in ABOUT_WHAT_IS_SAID])
    return Taken(
        verb,
        step,
        _destination(asking, step),
        asking.duty,
        acting.get(asking.duty),
        cleaned,
    )


def offers(facts: CaseFacts, *, by: Caller, now: datetime, masters: Masters, is_reporter: bool = False) -> list[Offer]:
    """What this caller could do now, in the order of the table: the buttons of the card."""
    found = []
    acting = scope.acting_grants(by, facts)
    for verb, step in steps_from(facts.state).items():
        for duty in _held_duties(step, acting, is_reporter=is_reporter):
            asking = Asking(facts, by, duty, {}, now, masters, is_reporter)
            if all(CONDITIONS[name](asking) is None for name in step.conditions if name not in ABOUT_WHAT_IS_SAID):
                found.append(Offer(verb, step, duty))
                break
    return found


def _held_duties(step: Step, acting: Mapping[Duty, GrantView], *, is_reporter: bool) -> list[Duty]:
    return [duty for duty in step.duties if (is_reporter if duty is Duty.CITIZEN else duty in acting)]


def _duty_for(facts: CaseFacts, step: Step, held: list[Duty], *, by: Caller) -> Duty:
    if held:
        return held[0]
    if by.via == "system" and step.timer:
        return step.duties[0]
    names_en = " or ".join(DUTY_NAMES[duty][1] for duty in step.duties)
    names_zh = "或".join(DUTY_NAMES[duty][0] for duty in step.duties)
    if step.duties == (Duty.CITIZEN,):
        raise NotAllowed(
            f"case {facts.number}: only the person who reported it can {step.en} it",
            zh=f"案件 {facts.number}:只有上报人本人可以“{step.zh}”",
        )
    raise NotAllowed(
        f"case {facts.number}: to {step.en} it you need the duty {names_en} here; an administrator of the area grants it",
        zh=f"案件 {facts.number}:“{step.zh}”需要此地的“{names_zh}”职责,请向本区域管理员申请授权",
    )


def _best_duty(held: list[Duty], asking: Asking, step: Step) -> Asking:
    """Of the duties that the caller holds here, the first one that every condition accepts; else the first."""
    for duty in held:
        tried = asking if duty is asking.duty else replace(asking, duty=duty)
        if all(CONDITIONS[name](tried) is None for name in step.conditions if name not in ABOUT_WHAT_IS_SAID):
            return tried
    return asking


def _hold(asking: Asking, verb: str, step: Step, names: list[str]) -> None:
    for name in names:
        reason = CONDITIONS[name](asking)
        if reason is not None:
            number = asking.facts.number
            raise Refused(
                f"case {number} cannot {verb} now: {reason[0]}", zh=f"案件 {number} 不能“{step.zh}”:{reason[1]}"
            )


def _destination(asking: Asking, step: Step) -> State:
    for turn in step.turns:
        if TURNS[turn.when](asking):
            return turn.to or asking.facts.state
    return step.to or asking.facts.state_before or asking.facts.state


def _check_codes(asking: Asking, step: Step) -> None:
    """What was chosen from a list of the masters must be on it."""
    said, masters, number = asking.said, asking.masters, asking.facts.number
    lists = {
        "reason": masters.refusal_reasons,
        "suspend_reason": masters.suspend_reasons,
        "return_rule": masters.return_rules,
    }
    for name, known in lists.items():
        if name in said and said[name] not in known:
            codes = ", ".join(sorted(known))
            field = forms.FIELDS[name]
            raise Refused(
                f"case {number}: there is no {field.en} '{said[name]}'; there are: {codes}",
                zh=f"案件 {number}:没有代码为“{said[name]}”的{field.zh};可用:{codes}",
                fields={name: "not on the list"},
            )
    kind_code = said.get("class") or (asking.facts.class_kind, asking.facts.class_code)
    if "class" in said and said["class"] not in masters.classes:
        raise Refused(
            f"case {number}: there is no class {said['class'][0]}:{said['class'][1]}",
            zh=f"案件 {number}:没有类别 {said['class'][0]}:{said['class'][1]}",
            fields={"class": "not on the list"},
        )
    rule_no = said.get(
        "rule", asking.facts.rule_no if "class" not in said or said["class"][1] == asking.facts.class_code else None
    )
    wants_rule = any(must.name == "rule" and not must.may for must in step.must_say)
    if (rule_no is None and wants_rule) or (
        rule_no is not None and kind_code[1] and (*kind_code, rule_no) not in masters.rules
    ):
        there = ", ".join(str(rule.rule_no) for rule in masters.rules_of(str(kind_code[0]), str(kind_code[1])))
        raise Refused(
            f"case {number}: class {kind_code[0]}:{kind_code[1]} has no filing rule {rule_no}; it has: {there}",
            zh=f"案件 {number}:该类别没有第 {rule_no} 条立案条件,可选:{there}",
            fields={"rule": "not on the list"},
        )


def _no_such_step(
    facts: CaseFacts, verb: str, *, by: Caller, now: datetime, masters: Masters, is_reporter: bool
) -> Refused:
    zh_state, en_state = STATE_NAMES[facts.state]
    zh_verb, en_verb = VERBS[verb]
    mine = offers(facts, by=by, now=now, masters=masters, is_reporter=is_reporter)
    allowed_en = ", ".join(offer.verb for offer in mine) or "nothing"
    allowed_zh = "、".join(offer.step.zh for offer in mine) or "无"
    return Refused(
        f"case {facts.number} is {en_state}: '{en_verb}' is not possible now; you could: {allowed_en}",
        zh=f"案件 {facts.number} 当前为“{zh_state}”,不能“{zh_verb}”;可以:{allowed_zh}",
    )
