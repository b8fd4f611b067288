"""Where each table's rows are kept, and how a row becomes a key and values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from gridloop.cases import models
from gridloop.cases.models.masters import Dated
from gridloop.cases.proposals.rules.tables import CITY_HOURS, SEPARATOR, Table

STORES: Mapping[str, type[Dated]] = {
    "class": models.CaseClass,
    "rule": models.FilingRule,
    "stage": models.StageLimit,
    "tier": models.AreaTier,
    "ladder": models.EscalationRule,
    "hours": models.WorkingHours,
    "route": models.RoutingRule,
    "template": models.AnswerTemplate,
    "return": models.ReturnRule,
    "refusal": models.RefusalReason,
    "suspend": models.SuspendReason,
}
"""Every table whose rows hold from a day until a day; the calendar has days instead."""


def columns(table: Table, key: str) -> dict[str, Any]:
    """The columns that name a row of this key."""
    parts: dict[str, Any] = dict(table.parts(key))
    if table.name == "hours":
        return {"unit_id": None if key == CITY_HOURS else int(key)}
    for name in ("rule_no", "priority"):
        if name in parts:
            parts[name] = int(parts[name])
    return parts


def key_of(table: Table, row: Any) -> str:
    """The key of a row."""
    if table.name == "hours":
        return CITY_HOURS if row.unit_id is None else str(row.unit_id)
    return SEPARATOR.join(str(getattr(row, one.name)) for one in table.key)


def values_of(table: Table, row: Any) -> dict[str, Any]:
    """The columns of a row that a proposal can change."""
    return {one.name: getattr(row, one.name) for one in table.fields}


def rows_of(table: Table, key: str) -> QuerySet[Any]:
    """Every version of a key that held or will hold; one that was replaced before its first day is left out."""
    return real(STORES[table.name]._default_manager.filter(**columns(table, key)))  # noqa: SLF001 - a model's manager


def real(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Without those that never held."""
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_from__lt=F("valid_to")))


def holds(day: date) -> Q:
    """What is in force on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
