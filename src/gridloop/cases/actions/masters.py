"""Masters are loaded and changed with versions: a changed row ends the old one and begins a new one."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import chinese_calendar
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from gridloop.audit import actions as ledger
from gridloop.cases import models
from gridloop.cases.models.masters import Dated
from gridloop.cases.proposals.queries.stores import STORES
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import Malformed, NotFound, Refused

FOLDER = Path(settings.ROOT) / "data"
BEGINNING = date(2004, 1, 1)
LOCAL = "local"
"""The confidence of a row that the city has set itself; loading the files leaves it alone."""
CALENDAR_SOURCE = "State Council holiday notices, as tabled in the package chinesecalendar {version}"
Row = Mapping[str, str]


@dataclass(slots=True)
class Loaded:
    """How many rows of each table were new, changed, ended and left alone."""

    new: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)

    @property
    def touched(self) -> int:
        """How many rows were written."""
        return sum(self.new.values()) + sum(self.changed.values()) + sum(self.ended.values())


@dataclass(frozen=True, slots=True)
class Table:
    """One master table: its files, the columns that name a row, and how a row of the file becomes columns."""

    model: type[Dated]
    files: tuple[str, ...]
    key: tuple[str, ...]
    columns: Callable[[Row], dict[str, Any]]


def _as_is(row: Row) -> dict[str, Any]:
    return dict(row)


def _class(row: Row) -> dict[str, Any]:
    names = ("kind", "code", "class_code", "class_zh", "class_en", "name_zh", "name_en", "dept_kind", "dept_zh", "dept_en", "geometry", "urgency",
             "confidence", "code_certainty", "source")  # fmt: skip
    return {name: row[name] for name in names}


def _rule(row: Row) -> dict[str, Any]:
    return {
        "kind": row["kind"], "code": row["code"], "rule_no": int(row["rule_no"]),
        "condition_zh": row["filing_condition_zh"], "condition_en": row["filing_condition_en"],
        "limit_value": float(row["limit_value"]), "limit_unit": row["limit_unit"],
        "tier_a": float(row["tier_A"]), "tier_b": float(row["tier_B"]), "tier_c": float(row["tier_C"]),
        "urgency": row["urgency"], "closing_zh": row["closing_condition_zh"], "closing_en": row["closing_condition_en"],
        "confidence": row["confidence"], "source": "case_rules.csv",
    }  # fmt: skip


def _stage(row: Row) -> dict[str, Any]:
    return dict(row) | {"limit_value": float(row["limit_value"])}


def _escalation(row: Row) -> dict[str, Any]:
    return dict(row) | {"minutes": int(row["minutes"]), "level": int(row["level"]), "duties": row["duties"].split()}


def _suspend(row: Row) -> dict[str, Any]:
    return dict(row) | {"budget_hours": float(row["budget_hours"]), "proof": row["proof"] == "yes"}


TABLES: tuple[Table, ...] = (
    Table(models.CaseClass, ("standards/components.csv", "standards/events.csv"), ("kind", "code"), _class),
    Table(models.FilingRule, ("standards/case_rules.csv",), ("kind", "code", "rule_no"), _rule),
    Table(models.StageLimit, ("masters/stage_limits.csv",), ("state",), _stage),
    Table(models.EscalationRule, ("masters/escalations.csv",), ("code",), _escalation),
    Table(models.ReturnRule, ("masters/return_rules.csv",), ("code",), _as_is),
    Table(models.RefusalReason, ("masters/refusal_reasons.csv",), ("code",), _as_is),
    Table(models.SuspendReason, ("masters/suspend_reasons.csv",), ("code",), _suspend),
    Table(models.AnswerTemplate, ("masters/answer_templates.csv",), ("code",), _as_is),
)


def load_masters(*, by: Caller, now: datetime, folder: Path = FOLDER) -> Loaded:
    """Bring the master tables to what the files say; twice changes nothing. A row that the city has set itself stays as it is."""
    loaded = Loaded()
    today = in_city(now).date()
    with transaction.atomic():
        for table in TABLES:
            _bring(table, list(_rows(folder, table.files)), loaded, today)
        _bring_hours(loaded, today)
        _bring_calendar(loaded)
        if loaded.touched:
            detail = {"new": loaded.new, "changed": loaded.changed, "ended": loaded.ended}
            ledger.record(by, "masters.loaded", "masters:cases", at=now, detail=detail)
    return loaded


def _rows(folder: Path, files: tuple[str, ...]) -> Iterator[Row]:
    for name in files:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _ended_here(table: Table) -> set[str]:
    """Keys of rows that the city has ended itself; loading the files does not bring them back."""
    name = next(one for one, model in STORES.items() if model is table.model)
    ends = models.MastersProposal.objects.filter(table=name, state="confirmed", ends=True)
    return set(ends.values_list("key", flat=True))


def _bring(table: Table, rows: list[Row], loaded: Loaded, today: date) -> None:
    """New rows begin at the beginning of time when their key is new, today when they follow an older one."""
    name = table.model._meta.db_table  # noqa: SLF001 - Django's documented way to a model's table
    held = {
        tuple(getattr(row, one) for one in table.key): row
        for row in table.model._default_manager.filter(valid_to__isnull=True)  # noqa: SLF001 - the same
    }
    ours = {key: held.pop(key) for key, row in list(held.items()) if row.confidence == LOCAL}
    ended = _ended_here(table)
    fresh = []
    for row in rows:
        columns = table.columns(row)
        key = tuple(columns[one] for one in table.key)
        old = held.pop(key, None)
        if key in ours or (old is None and ":".join(map(str, key)) in ended):
            _count(loaded.same, name)
        elif old is None:
            fresh.append(table.model(**columns, valid_from=BEGINNING))
            _count(loaded.new, name)
        elif any(getattr(old, column) != value for column, value in columns.items()):
            _end(old, today)
            fresh.append(table.model(**columns, valid_from=today, version=old.version + 1))
            _count(loaded.changed, name)
        else:
            _count(loaded.same, name)
    for gone in held.values():
        _end(gone, today)
        _count(loaded.ended, name)
    if fresh:
        table.model._default_manager.bulk_create(fresh)  # noqa: SLF001


def _end(row: Dated, today: date) -> None:
    row.valid_to = max(today, row.valid_from)
    row.save(update_fields=["valid_to"])


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _bring_hours(loaded: Loaded, today: date) -> None:
    """The city's working hours, unless it has set its own."""
    if not models.WorkingHours.objects.filter(unit_id__isnull=True, valid_to__isnull=True).exists():
        models.WorkingHours.objects.create(
            periods="08:30-12:00,14:00-18:00",
            valid_from=min(today, BEGINNING),
            source="workflow.json, clock.working_hour",
            confidence="constructed",
        )
        _count(loaded.new, "cases_working_hours")


def _bring_calendar(loaded: Loaded) -> None:
    """Holidays and make-up days of every year that the package knows whole; later years are guessed until it does."""
    known = {day.year for day in chinese_calendar.holidays} & {day.year for day in chinese_calendar.workdays}
    version = getattr(chinese_calendar, "__version__", "")
    source = CALENDAR_SOURCE.format(version=version).strip()
    calendar, _ = models.Calendar.objects.get_or_create(code="cn", defaults={"source": source})
    special = {day: (False, chinese_calendar.Holiday(name).chinese) for day, name in chinese_calendar.holidays.items()}
    special |= {day: (True, chinese_calendar.Holiday(name).chinese) for day, name in chinese_calendar.workdays.items()}
    held = {row.day: row for row in calendar.days.all()}
    changed = [
        models.CalendarDay(calendar=calendar, day=day, works=works, name=name, source=source)
        for day, (works, name) in special.items()
        if day not in held or (held[day].works != works and held[day].confidence != LOCAL)
    ]
    if changed:
        calendar.days.filter(day__in=[row.day for row in changed]).delete()
        models.CalendarDay.objects.bulk_create(changed)
        loaded.new["cases_calendar_day"] = len(changed)
    if calendar.years != sorted(known):
        calendar.years, calendar.source = sorted(known), source
        calendar.save()


def add_route(
    *, area: str, class_kind: str = "", class_prefix: str = "", unit_id: int | None = None, dept_kind: str = "", priority: int = 100,
    note_zh: str = "", note_en: str = "", by: Caller, now: datetime, valid_from: date | None = None,
) -> int:  # fmt: skip
    """A routing rule from today or a later day on; one for the same class and area is ended and followed. Returns its id.

    One that was announced for a later day and does not hold yet is replaced.
    """
    if unit_id is None and not dept_kind:
        raise Refused(
            "a routing rule names a unit or a kind of department",
            zh="路由规则须指定单位或部门类型",
            fields={"unit_id": "required"},
        )
    today = in_city(now).date()
    day = _not_past(valid_from, today)
    with transaction.atomic():
        same = models.RoutingRule.objects.select_for_update().filter(
            priority=priority, class_kind=class_kind, class_prefix=class_prefix, area=area
        )
        old = same.filter(valid_to__isnull=True).first()
        if old is not None:
            end_before(old, same, day=day, today=today)
        rule = models.RoutingRule.objects.create(
            priority=priority, class_kind=class_kind, class_prefix=class_prefix, area=area, unit_id=unit_id, dept_kind=dept_kind,
            note_zh=note_zh, note_en=note_en, valid_from=day, version=old.version + 1 if old else 1, source="set by the city", confidence=LOCAL,
        )  # fmt: skip
        detail = {
            "unit": unit_id,
            "dept_kind": dept_kind,
            "class": f"{class_kind}:{class_prefix}",
            "priority": priority,
            "version": rule.version,
            "from": day.isoformat(),
        }
        ledger.record(by, "masters.route_added", f"route:{rule.pk}", at=now, area=area, unit=unit_id, detail=detail)
    return rule.pk


def end_route(rule_id: int, *, by: Caller, now: datetime, valid_from: date | None = None) -> None:
    """A routing rule holds no more from today or a later day on. Raises NotFound when it does not hold until then anyway."""
    day = _not_past(valid_from, in_city(now).date())
    with transaction.atomic():
        standing = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        rule = models.RoutingRule.objects.select_for_update().filter(standing, pk=rule_id).first()
        if rule is None:
            raise NotFound(f"there is no routing rule {rule_id} in force", zh=f"没有正在生效的路由规则 {rule_id}")
        _end(rule, day)
        detail = {"from": day.isoformat()}
        ledger.record(
            by, "masters.route_ended", f"route:{rule_id}", at=now, area=rule.area, unit=rule.unit_id, detail=detail
        )


def end_before(last: Dated, same: QuerySet[Any], *, day: date, today: date) -> None:
    """End the newest row of a key so that another can follow it on `day`.

    One that was only announced never will have held; the row that it was to follow holds on until `day`.
    """
    if last.valid_from > today:
        same.filter(valid_to=last.valid_from, valid_from__lt=last.valid_from).update(valid_to=day)
        day = last.valid_from
    _end(last, day)


def _not_past(valid_from: date | None, today: date) -> date:
    """The day from which a change holds, today unless another is named; Malformed for one that has passed."""
    if valid_from is not None and valid_from < today:
        raise Malformed(
            f"{valid_from} has passed; take {today} or a later day",
            zh=f"{valid_from} 已过,请选择 {today} 或之后的日期",
            fields={"valid_from": "has passed"},
        )
    return valid_from or today
