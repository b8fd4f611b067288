"""The masters as valid now, read once and kept in the process until a trigger has raised their version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from threading import Lock
from typing import Any

from django.db.models import F, Model, Q

from gridloop.cases import models, sql
from gridloop.cases.rules import routing
from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.cases.rules.clock import Clock
from gridloop.cases.rules.masters import CaseClass, Clause, Escalation, FilingRule, Masters, Route, StageLimit
from gridloop.kernel.clock import in_city
from gridloop.places import queries as places

FIRST_YEAR = 2004  # the holiday table begins here
YEARS_AHEAD = 8  # the longest limit or suspension is far shorter
CALENDAR_DUE_MONTH = 12  # the State Council publishes the next year's arrangement in November
STAMP_SQL = "select number, xmin::text::bigint from cases_masters_version where id = 1"

NEVER_LOADED = (0, 0)
Stamp = tuple[int, int]
"""Version of the masters and the transaction that wrote it: two databases or a rolled-back test never share one."""


class Kept:
    """What this process has read; one reader at a time."""

    def __init__(self) -> None:
        self.key: tuple[Stamp, date] | None = None
        self.masters: Masters | None = None
        self.lock = Lock()


KEPT = Kept()


def current(now: datetime) -> Masters:
    """The masters valid now; one statement while they stand."""
    rows = sql.run(STAMP_SQL)
    return for_stamp(rows[0] if rows else NEVER_LOADED, now)


def for_stamp(stamp: Iterable[int], now: datetime) -> Masters:
    """The masters of this stamp, as another statement has just read it; none while they stand, about ten when they changed."""
    number, transaction = stamp
    key = ((number, transaction), in_city(now).date())
    with KEPT.lock:
        if KEPT.masters is None or key != KEPT.key:
            KEPT.masters = _read(number, key[1])
            KEPT.key = key
        return KEPT.masters


def _in_force(model: type[Model], day: date) -> Any:
    return model._default_manager.filter(Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day)))  # noqa: SLF001


def _read(number: int, day: date) -> Masters:
    calendars = _calendars()
    hours = {row.unit_id: row for row in _in_force(models.WorkingHours, day)}
    city = hours.get(None)
    clock = _clock(calendars, city, day)
    return Masters(
        version=number,
        clock=clock,
        classes={
            (row.kind, row.code): _class(row) for row in _in_force(models.CaseClass, day).order_by("kind", "code")
        },
        rules={(row.kind, row.code, row.rule_no): _rule(row) for row in _in_force(models.FilingRule, day)},
        former_rules=_former_rules(day),
        routes=routing.ordered(tuple(_route(row) for row in _in_force(models.RoutingRule, day))),
        answers=places.area_units(day),
        successors=dict(_in_force(models.UnitMerger, day).values_list("from_unit", "to_unit")),
        stages={
            row.state: StageLimit(row.state, row.limit_value, row.limit_unit, row.confidence, row.source)
            for row in _in_force(models.StageLimit, day)
        },
        escalations=tuple(_escalation(row) for row in _in_force(models.EscalationRule, day).order_by("level", "code")),
        return_rules=_clauses(models.ReturnRule, day),
        refusal_reasons=_clauses(models.RefusalReason, day),
        suspend_reasons={
            row.code: _suspend_reason(row) for row in _in_force(models.SuspendReason, day).order_by("code")
        },
        tiers=tuple(
            sorted(
                _in_force(models.AreaTier, day).values_list("area", "tier"), key=lambda pair: (-len(pair[0]), pair[0])
            )
        ),
        unit_clocks={unit: _clock(calendars, row, day) for unit, row in hours.items() if unit is not None},
    )


def _former_rules(day: date) -> dict[tuple[str, str, int], tuple[tuple[date, FilingRule], ...]]:
    """Versions of filing rules that have ended; one that was replaced before its first day never held."""
    found: dict[tuple[str, str, int], list[tuple[date, FilingRule]]] = {}
    ended = models.FilingRule.objects.filter(valid_to__lte=day, valid_from__lt=F("valid_to")).order_by("valid_to")
    for row in ended:
        if row.valid_to is not None:
            found.setdefault((row.kind, row.code, row.rule_no), []).append((row.valid_to, _rule(row)))
    return {key: tuple(rules) for key, rules in found.items()}


def _calendars() -> dict[str, WorkCalendar]:
    found = {}
    for calendar in models.Calendar.objects.prefetch_related("days"):
        days = {day.day: day.works for day in calendar.days.all()}
        found[calendar.code] = WorkCalendar(calendar.code, days, frozenset(calendar.years), calendar.source)
    return found


def _clock(calendars: dict[str, WorkCalendar], row: models.WorkingHours | None, day: date) -> Clock:
    """Without a configured calendar every day is a guess, and every deadline says so."""
    calendar = calendars.get(row.calendar if row else "cn") or WorkCalendar("none", {}, frozenset())
    hours = WorkHours.parsed(row.periods) if row else WorkHours()
    return Clock(calendar, hours, date(FIRST_YEAR, 1, 1), date(day.year + YEARS_AHEAD, 12, 31))


def _class(row: models.CaseClass) -> CaseClass:
    return CaseClass(
        kind=row.kind,
        code=row.code,
        zh=row.name_zh,
        en=row.name_en,
        class_zh=row.class_zh,
        class_en=row.class_en,
        dept_kind=row.dept_kind,
        dept_zh=row.dept_zh,
        dept_en=row.dept_en,
        urgency=row.urgency,
        geometry=row.geometry,
        confidence=row.confidence,
        source=row.source,
    )


def _rule(row: models.FilingRule) -> FilingRule:
    return FilingRule(
        kind=row.kind,
        code=row.code,
        rule_no=row.rule_no,
        condition_zh=row.condition_zh,
        condition_en=row.condition_en,
        limit_value=row.limit_value,
        limit_unit=row.limit_unit,
        tiers={"A": row.tier_a, "B": row.tier_b, "C": row.tier_c},
        urgency=row.urgency,
        closing_zh=row.closing_zh,
        closing_en=row.closing_en,
        confidence=row.confidence,
        version=row.version,
    )


def _route(row: models.RoutingRule) -> Route:
    return Route(
        id=row.pk,
        version=row.version,
        priority=row.priority,
        kind=row.class_kind,
        code_prefix=row.class_prefix,
        area=row.area,
        unit_id=row.unit_id,
        dept_kind=row.dept_kind,
        note_zh=row.note_zh,
        note_en=row.note_en,
    )


def _escalation(row: models.EscalationRule) -> Escalation:
    return Escalation(
        row.code, row.about, row.moment, row.minutes, tuple(row.duties), row.level, row.name_zh, row.name_en
    )


def _clauses(model: type[models.ReturnRule | models.RefusalReason], day: date) -> dict[str, Clause]:
    return {row.code: Clause(row.code, row.name_zh, row.name_en) for row in _in_force(model, day).order_by("code")}


def _suspend_reason(row: models.SuspendReason) -> Clause:
    return Clause(row.code, row.name_zh, row.name_en, row.budget_hours, row.proof, row.proof_zh, row.proof_en)


def warnings(now: datetime) -> list[tuple[str, str]]:
    """What an operator should know about the masters, English and Chinese: a calendar that ends, tables that are empty."""
    masters = current(now)
    found = []
    last = masters.clock.calendar.last_known
    year = in_city(now).year
    if last < year + (1 if in_city(now).month == CALENDAR_DUE_MONTH else 0):
        en = (
            f"the holiday calendar ends with {last or 'nothing'}: later deadlines count Monday to Friday and say that they are"
            " guessed; update the package chinesecalendar and run load_masters"
        )
        zh = f"节假日日历只到 {last or '空'} 年:之后的时限按周一至周五推算并注明为估算,请更新 chinesecalendar 后运行 load_masters"
        found.append((en, zh))
    if not masters.classes or not masters.rules:
        found.append(("the class tables are empty; run load_masters", "类别表为空,请运行 load_masters"))
    return found
