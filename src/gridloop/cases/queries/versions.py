"""What the city has set in its masters itself, and what holds instead of what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from gridloop.cases import models
from gridloop.cases.queries import masters as masters_now
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import NotFound

SHOWN_MAX = 200
NAMED = ("code", "verb", "title_zh", "title_en", "text_zh", "text_en", "version", "valid_from", "source", "confidence")


def templates(now: datetime, *, verb: str = "") -> list[dict[str, Any]]:
    """The answer templates in force, by code; one statement."""
    day = in_city(now).date()
    rows = models.AnswerTemplate.objects.filter(_holds(day)).order_by("code")
    return [template(row) for row in (rows.filter(verb=verb) if verb else rows)]


def template(row: models.AnswerTemplate) -> dict[str, Any]:
    """One template as the web shows it."""
    return {name: getattr(row, name) for name in NAMED}


def rule(row: models.FilingRule) -> dict[str, Any]:
    """One version of a filing rule as the web shows it."""
    return {
        "table": "rule",
        "key": f"{row.kind}:{row.code}:{row.rule_no}",
        "version": row.version,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "what": {
            "limit": row.limit_value,
            "unit": row.limit_unit,
            "tiers": {"A": row.tier_a, "B": row.tier_b, "C": row.tier_c},
        },
        "confidence": row.confidence,
        "source": row.source,
    }


def versions(now: datetime) -> tuple[int, list[dict[str, Any]]]:
    """The number of the masters now, and the newest 200 versions that follow another one or were set by the city; four statements."""
    changed = Q(version__gt=1) | Q(confidence="local") | Q(valid_to__isnull=False)
    rules = [rule(row) for row in _newest(models.FilingRule, changed)]
    routes = [_route(row) for row in _newest(models.RoutingRule, changed)]
    words = [_words(row) for row in _newest(models.AnswerTemplate, changed)]
    items = sorted(rules + routes + words, key=lambda one: (one["valid_from"], one["version"]), reverse=True)
    return masters_now.current(now).version, items[:SHOWN_MAX]


def route_area(route_id: int) -> str:
    """The area of a routing rule in force; raises NotFound."""
    area = models.RoutingRule.objects.filter(pk=route_id, valid_to__isnull=True).values_list("area", flat=True).first()
    if area is None:
        raise NotFound(f"there is no routing rule {route_id} in force", zh=f"没有正在生效的路由规则 {route_id}")
    return area


def _newest(model: type[Any], changed: Q) -> list[Any]:
    return list(model.objects.filter(changed).order_by("-valid_from", "-id")[:SHOWN_MAX])


def _holds(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def _route(row: models.RoutingRule) -> dict[str, Any]:
    what = {"area": row.area, "class": f"{row.class_kind}:{row.class_prefix}", "unit_id": row.unit_id, "dept_kind": row.dept_kind, "priority": row.priority}  # fmt: skip
    return _line("route", str(row.pk), row, what)


def _words(row: models.AnswerTemplate) -> dict[str, Any]:
    return _line("template", row.code, row, {"verb": row.verb, "title_zh": row.title_zh, "title_en": row.title_en})


def _line(table: str, key: str, row: Any, what: dict[str, Any]) -> dict[str, Any]:
    return {
        "table": table, "key": key, "version": row.version, "valid_from": row.valid_from, "valid_to": row.valid_to, "what": what,
        "confidence": row.confidence, "source": row.source,
    }  # fmt: skip
