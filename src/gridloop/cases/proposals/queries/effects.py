"""What a change would do: a few bounded statements over the last 30 days, told as lines of before and after with notes and a sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gridloop.cases.proposals.queries import limits, routes, words
from gridloop.cases.proposals.queries.asking import Wish
from gridloop.cases.proposals.rules.tables import Table

Values = Mapping[str, Any]
Lines = dict[str, Any]


def preview(table: Table, key: str, before: Values | None, after: Values | None, *, now: datetime) -> Lines:
    """Lines (code, names, kind, before, after), notes that say what was counted, and a sample of cases; `after` None is an end."""
    wish = Wish(table, key, before, after, now)
    return EFFECTS[table.name](wish)


EFFECTS: Mapping[str, Callable[[Wish], Lines]] = {
    "class": routes.of_class,
    "rule": limits.of_rule,
    "stage": limits.of_stage,
    "tier": limits.of_tier,
    "ladder": limits.of_rung,
    "hours": limits.of_hours,
    "calendar": limits.of_days,
    "route": routes.of_route,
    "template": words.of_template,
    "return": words.of_reason,
    "refusal": words.of_reason,
    "suspend": words.of_reason,
}
