"""A step as the web draws it: a button with its key and the fields of its form, choices filled from the masters."""

from __future__ import annotations

from typing import Any

from gridloop.cases.queries import names, suggestions
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.forms import FIELDS, HOURS_MAX, STARS_MAX
from gridloop.cases.rules.loop import Must
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.steps import Offer

Option = dict[str, Any]


def action(offer: Offer, facts: CaseFacts, masters: Masters) -> dict[str, Any]:
    """The button of one step."""
    return {
        "verb": offer.verb,
        "zh": offer.step.zh,
        "en": offer.step.en,
        "key": offer.step.key,
        "primary": offer.step.primary,
        "duty": offer.duty,
        "fields": [_field(must, facts, masters) for must in offer.step.must_say],
    }


def _field(must: Must, facts: CaseFacts, masters: Masters) -> dict[str, Any]:
    kind = FIELDS[must.name]
    shown: dict[str, Any] = {
        "name": must.name,
        "kind": kind.kind,
        "required": not must.may and must.name not in facts.known,
        "zh": kind.zh,
        "en": kind.en,
    }
    if must.least > 1:
        shown["min"] = must.least
    if kind.kind == "rating":
        shown |= {"min": 1, "max": STARS_MAX}
    if kind.kind == "hours":
        shown |= {"min": 1, "max": HOURS_MAX}
    options = _options(must.name, facts, masters)
    if options is not None:
        shown["options"] = options
    value = _value(must.name, facts)
    if value is not None:
        shown["value"] = value
    return shown


def _options(name: str, facts: CaseFacts, masters: Masters) -> list[Option] | None:
    """The choices of a field, where the masters list them; classes are too many and come from their own address."""
    lists = {
        "reason": masters.refusal_reasons,
        "suspend_reason": masters.suspend_reasons,
        "return_rule": masters.return_rules,
    }
    if name in lists:
        return [
            {
                "value": clause.code,
                "zh": clause.zh,
                "en": clause.en,
                "budget_hours": clause.budget_hours,
                "proof": clause.proof,
            }
            for clause in lists[name].values()
        ]
    if name == "rule" and facts.class_kind and facts.class_code:
        return [
            {
                "value": rule.rule_no,
                "zh": rule.condition_zh,
                "en": rule.condition_en,
                "limit": rule.limit(facts.tier),
                "unit": rule.limit_unit,
            }
            for rule in masters.rules_of(facts.class_kind, facts.class_code)
        ]
    if name == "unit":
        suggestion = suggestions.unit_for(facts, masters)
        unit = names.unit(suggestion.unit_id)
        return (
            [
                {
                    "value": unit.id,
                    "zh": unit.name_zh,
                    "en": unit.name_en,
                    "why_zh": suggestion.why_zh,
                    "why_en": suggestion.why_en,
                }
            ]
            if unit
            else []
        )
    return None


def _value(name: str, facts: CaseFacts) -> object:
    """What the case has already."""
    if name == "class" and facts.class_kind:
        return f"{facts.class_kind}:{facts.class_code}"
    return facts.rule_no if name == "rule" else None
