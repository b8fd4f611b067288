"""The rows of a table as the console lists them, and the versions of one row with who changed what, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from gridloop.cases import models
from gridloop.cases.proposals.models import MastersProposal
from gridloop.cases.proposals.queries import stores
from gridloop.cases.proposals.rules import days
from gridloop.cases.proposals.rules.fields import CASE_KINDS, STATES, named
from gridloop.cases.proposals.rules.tables import Table
from gridloop.cases.queries import names
from gridloop.identity import queries as people
from gridloop.identity.actions import unit_kinds
from gridloop.kernel.clock import in_city

VERSIONS_MAX = 100
CALENDAR_BACK_YEARS, CALENDAR_AHEAD_YEARS = 1, 2
WAITS, CONFIRMED = "proposed", "confirmed"


def rows(table: Table, now: datetime) -> list[dict[str, Any]]:
    """Rows in force and announced ones, by key, each with the proposal that waits for it; at most five statements."""
    day = in_city(now).date()
    waiting = dict(
        MastersProposal.objects.filter(table=table.name, state=WAITS).values_list("key", "id")
    )  # one waits for each row
    if table.name == "calendar":
        return [row | {"waiting": waiting.get(row["key"])} for row in _years(day)]
    by_key: dict[str, list[Any]] = {}
    store = stores.STORES[table.name]._default_manager.exclude(valid_to__lte=day)  # noqa: SLF001 - a model's manager
    for row in stores.real(store).order_by("valid_from"):
        by_key.setdefault(stores.key_of(table, row), []).append(row)
    titles = _titles(table, by_key)
    return [
        _listed(table, held, day) | {"key": key, "waiting": waiting.get(key)} | titles[key]
        for key, held in sorted(by_key.items())
    ]


def _listed(table: Table, held: list[Any], day: date) -> dict[str, Any]:
    """The row in force, or the first announced one where none is yet; with what follows it."""
    shown = held[0]
    follows = held[1] if len(held) > 1 else None
    return _version(table, shown) | {
        "in_force": shown.valid_from <= day,
        "announced": _version(table, follows) if follows is not None else None,
    }


def _version(table: Table, row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "values": stores.values_of(table, row),
        "version": row.version,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "confidence": row.confidence,
        "source": row.source,
    }


def _titles(table: Table, by_key: Mapping[str, list[Any]]) -> dict[str, dict[str, str]]:
    first = {key: held[0] for key, held in by_key.items()}
    if table.name == "rule":
        classes = dict(_class_names())
        pairs = {key: _rule_title(row, classes) for key, row in first.items()}
    elif table.name == "stage":
        pairs = {key: named(STATES, key) for key in first}
    elif table.name == "hours":
        known = names.units(row.unit_id for row in first.values())
        pairs = {key: _hours_title(row.unit_id, known) for key, row in first.items()}
    elif table.name == "tier":
        places = names.places_named(first)
        pairs = {key: places.get(key, (key, key)) for key in first}
    elif table.name == "route":
        pairs = _route_titles(first)
    elif table.name == "template":
        pairs = {key: (row.title_zh, row.title_en) for key, row in first.items()}
    else:
        pairs = {key: (row.name_zh, row.name_en) for key, row in first.items()}
    return {key: {"title_zh": zh, "title_en": en} for key, (zh, en) in pairs.items()}


def _class_names() -> Iterable[tuple[tuple[str, str], tuple[str, str]]]:
    found = models.CaseClass.objects.filter(valid_to__isnull=True).values_list("kind", "code", "name_zh", "name_en")
    return (((kind, code), (zh, en)) for kind, code, zh, en in found)


def _rule_title(row: Any, classes: Mapping[tuple[str, str], tuple[str, str]]) -> tuple[str, str]:
    zh, en = classes.get((row.kind, row.code), (row.code, row.code))
    return f"{zh}:{row.condition_zh}", f"{en}: {row.condition_en}"


def _hours_title(unit_id: int | None, known: Mapping[int, Any]) -> tuple[str, str]:
    if unit_id is None:
        return "全市", "the city"
    unit = known.get(unit_id)
    return (unit.name_zh, unit.name_en) if unit else (str(unit_id), str(unit_id))


def _route_titles(first: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    known = names.units(row.unit_id for row in first.values())
    kinds = unit_kinds()
    places = names.places_named(row.area for row in first.values() if row.area)
    found = {}
    for key, row in first.items():
        where = places.get(row.area, (row.area, row.area)) if row.area else ("全市", "the whole city")
        kind = named(CASE_KINDS, row.class_kind) if row.class_kind else ("各类案件", "any class")
        unit = known.get(row.unit_id) if row.unit_id is not None else None
        to = (unit.name_zh, unit.name_en) if unit else kinds.get(row.dept_kind, (row.dept_kind, row.dept_kind))
        found[key] = (f"{where[0] or row.area}·{kind[0]}{row.class_prefix} → {to[0]}", f"{where[1] or row.area}, {kind[1]} {row.class_prefix}".rstrip() + f" → {to[1]}")  # fmt: skip
    return found


def _years(day: date) -> list[dict[str, Any]]:
    """The calendar year by year, from last year to the year after next."""
    found = []
    for calendar in models.Calendar.objects.prefetch_related("days").order_by("code"):
        kept = list(calendar.days.all())
        for year in range(day.year - CALENDAR_BACK_YEARS, day.year + CALENDAR_AHEAD_YEARS + 1):
            special = sorted((one for one in kept if one.day.year == year), key=lambda one: one.day)
            ours = [one for one in special if one.confidence == "local"]
            known = year in calendar.years
            found.append({
                "key": f"{calendar.code}:{year}", "title_zh": f"{year} 年", "title_en": str(year), "id": None, "version": 1, "announced": None,
                "values": {"days": [_day(one) for one in special], "published": known},
                "valid_from": date(year, 1, 1), "valid_to": date(year + 1, 1, 1), "in_force": year == day.year,
                "confidence": "local" if ours else "standard" if known else "constructed",
                "source": ours[-1].source if ours else calendar.source if known else "",
            })  # fmt: skip
    return found


def _day(one: models.CalendarDay) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "kind": days.kind_of(one.day, worked=one.works),
        "name": one.name,
        "local": one.confidence == "local",
    }


def versions(table: Table, key: str) -> list[dict[str, Any]]:
    """The versions of a row, newest first, each with the proposal that made it; three statements."""
    table.parts(key)
    made = {
        one.row_id: one
        for one in MastersProposal.objects.filter(table=table.name, key=key, state=CONFIRMED).order_by("-id")[
            :VERSIONS_MAX
        ]
    }
    who = people.person_names({one.by_id for one in made.values()} | {one.decided_by_id for one in made.values()})
    if table.name == "calendar":
        return []
    found = []
    for row in stores.rows_of(table, key).order_by("-valid_from", "-version")[:VERSIONS_MAX]:
        one = made.get(row.pk)
        found.append(_version(table, row) | {"made": _made(one, who) if one is not None else None})
    return found


def _made(one: MastersProposal, who: Mapping[int, str]) -> dict[str, Any]:
    return {
        "proposal": one.pk,
        "by": who.get(one.by_id, ""),
        "decided_by": who.get(one.decided_by_id or 0, ""),
        "why": one.why,
        "note": one.note,
        "at": one.at,
        "decided_at": one.decided_at,
    }


def present(table: Table, key: str, now: datetime) -> tuple[int | None, dict[str, Any] | None]:
    """What a proposal builds on: the newest version that holds or will hold, and its values; (None, None) where there is none."""
    day = in_city(now).date()
    if table.name == "calendar":
        code, year = key.split(":")
        calendar = models.Calendar.objects.filter(code=code).first()
        if calendar is None:
            return None, None
        found = calendar.days.filter(day__year=int(year)).order_by("day")
        return None, {"days": [_day(one) for one in found]}
    row = stores.rows_of(table, key).exclude(valid_to__lte=day).order_by("-valid_from").first()
    return (None, None) if row is None else (row.pk, stores.values_of(table, row))


def class_of(rule_key: str) -> models.CaseClass | None:
    """The class in force or announced that a filing rule's key names."""
    kind, code, _ = rule_key.split(":")
    return models.CaseClass.objects.filter(kind=kind, code=code, valid_to__isnull=True).first()
