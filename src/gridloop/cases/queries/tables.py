"""The class tables and the loop as the web reads them, so that it hard-codes neither."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.diagram import mermaid
from gridloop.cases.rules.loop import LOOP
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.states import AWAITING, MAIN_LINE, OPEN, PAUSED, STATE_NAMES, State


def classes(now: datetime) -> tuple[int, list[dict[str, Any]]]:
    """The version of the masters and every class with its filing rules."""
    masters = masters_now.current(now)
    by_class: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for rule in sorted(masters.rules.values(), key=lambda one: (one.kind, one.code, one.rule_no)):
        by_class.setdefault((rule.kind, rule.code), []).append(
            {
                "rule_no": rule.rule_no,
                "condition_zh": rule.condition_zh,
                "condition_en": rule.condition_en,
                "limit": rule.limit_value,
                "unit": rule.limit_unit,
                "tiers": dict(rule.tiers),
                "urgency": rule.urgency,
                "closing_zh": rule.closing_zh,
                "closing_en": rule.closing_en,
                "confidence": rule.confidence,
                "version": rule.version,
            }
        )
    return masters.version, [
        {
            "kind": one.kind,
            "code": one.code,
            "name_zh": one.zh,
            "name_en": one.en,
            "class_zh": one.class_zh,
            "class_en": one.class_en,
            "dept_kind": one.dept_kind,
            "dept_zh": one.dept_zh,
            "dept_en": one.dept_en,
            "urgency": one.urgency,
            "geometry": one.geometry,
            "confidence": one.confidence,
            "source": one.source,
            "rules": by_class.get((one.kind, one.code), []),
        }
        for one in masters.classes.values()
    ]


def loop(now: datetime) -> dict[str, Any]:
    """States, steps and the diagram; stage limits as configured."""
    masters = masters_now.current(now)
    return {
        "states": [_state(state, masters) for state in State],
        "steps": [
            {
                "from": state,
                "verb": verb,
                "zh": step.zh,
                "en": step.en,
                "key": step.key,
                "primary": step.primary,
                "duties": list(step.duties),
                "says": [{"name": must.name, "min": must.least, "required": not must.may} for must in step.must_say],
                "conditions": list(step.conditions),
                "to": [str(to) if to else "before" for to in dict.fromkeys(step.destinations())],
            }
            for (state, verb), step in LOOP.items()
        ],
        "main_line": list(MAIN_LINE),
        "diagram": mermaid(),
    }


def _state(state: State, masters: Masters) -> dict[str, Any]:
    zh, en = STATE_NAMES[state]
    limit = masters.stages.get(state)
    return {
        "state": state,
        "zh": zh,
        "en": en,
        "open": state in OPEN,
        "paused": state in PAUSED,
        "acknowledged": state not in AWAITING,
        "limit": limit.value if limit else None,
        "unit": limit.unit if limit else None,
    }
