"""What people do with a warning: take note, put aside, call false, make a case of it; and what happens to confirmed ones by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases import actions as cases
from gridloop.fleet.models import Fence, Rule, Vehicle, VehicleWarning
from gridloop.fleet.queries import warnings as asked
from gridloop.fleet.rules import warnings as rules
from gridloop.fleet.rules.kinds import STAGE_NAMES, Severity, VehicleKind, WarningStage
from gridloop.fleet.rules.warnings import AlarmMark
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller, system
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import GridloopError

PLATFORM = system("fleet")
ALARM_SOURCE = "vehicle"
LOUD = (str(Severity.CRITICAL), str(Severity.HIGH))
BATCH = 200
OLD = timedelta(days=2)
"""A warning that was decided longer ago becomes a case or an alarm only by hand: it is told for the record."""


def acknowledge(warning_id: int, *, by: Caller, now: datetime, note: str = "") -> VehicleWarning:
    """Take note of a warning: who, when, and how long it took stand in the row and in the ledger."""
    with transaction.atomic():
        found = asked.own_warning(warning_id, by, hold=True)
        rules.may_acknowledge(found)
        _note(found, by=by, now=now)
        found.save(update_fields=["acknowledged_at", "acknowledged_by_id", "shelved_until"])
        took_s = round(max(0.0, (now - found.decided_at).total_seconds()), 3)
        _wrote("acknowledged", found, by=by, now=now, took_s=took_s, **_said(note))
    return found


def shelve(warning_id: int, reason: str, until: datetime, *, by: Caller, now: datetime) -> VehicleWarning:
    """Put a warning aside until a moment, with a reason; it comes back by itself."""
    with transaction.atomic():
        found = asked.own_warning(warning_id, by, hold=True)
        found.shelf_reason = rules.checked_shelf(reason, until, now=now)
        found.shelved_until = until
        found.save(update_fields=["shelved_until", "shelf_reason"])
        _wrote("shelved", found, by=by, now=now, reason=found.shelf_reason, until=until.isoformat())
    return found


def call_false(warning_id: int, reason: str, note: str = "", *, by: Caller, now: datetime) -> VehicleWarning:
    """Say that it should not have been given, and why; it counts in the rule's rate."""
    with transaction.atomic():
        found = asked.own_warning(warning_id, by, hold=True)
        found.false_reason, found.false_note = rules.checked_false(found, reason, note)
        found.false_by_id, found.false_at = identity.require_person(by), now
        if found.acknowledged_at is None:
            _note(found, by=by, now=now)
        found.save()
        _wrote("called_false", found, by=by, now=now, reason=reason, **_said(found.false_note))
        if found.alarm == AlarmMark.RAISED:
            _clear(found, now=now)
    return found


def make_case(warning_id: int, *, by: Caller, now: datetime, class_code: str = "", note: str = "") -> VehicleWarning:
    """Make a case of a warning, once; `class_code` ("event:0116") goes before the class that the rule names."""
    with transaction.atomic():
        found = asked.own_warning(warning_id, by, hold=True)
        rules.may_become_case(found)
        _become_case(found, class_code=class_code, note=note, by=by, now=now)
        if found.acknowledged_at is None:
            _note(found, by=by, now=now)
            found.save(update_fields=["acknowledged_at", "acknowledged_by_id", "shelved_until"])
    return found


def open_warning(warning_id: int, *, by: Caller, now: datetime) -> dict[str, Any]:
    """Why it was given, with the positions it was decided on; that somebody looked stands in the ledger before it is shown."""
    found = asked.own_warning(warning_id, by)
    ledger.record(
        by, "fleet.warning_looked", _subject(found), at=now, area=found.place, looked=True,
        detail={"vehicle": found.vehicle_id, "positions": len(found.positions)},
    )  # fmt: skip
    return asked.explained(found, now=now)


def cases_of_confirmed(now: datetime) -> int:
    """Make the case of each confirmed warning whose rule names a class, once each; answers how many. Safe to run twice or at the same time."""
    named = list(Rule.objects.exclude(case_class="").values_list("code", "version"))
    waiting = VehicleWarning.objects.filter(
        rule_code__in={code for code, _ in named}, confirmed_at__isnull=False, case_number="", false_reason="", decided_at__gte=now - OLD
    )  # fmt: skip
    versions = set(named)
    made = 0
    for warning_id, code, version in list(
        waiting.order_by("id").values_list("id", "rule_code", "rule_version")[:BATCH]
    ):
        if (code, version) in versions:
            made += _case_once(warning_id, now=now)
    return made


def _case_once(warning_id: int, *, now: datetime) -> int:
    with transaction.atomic():
        found = VehicleWarning.objects.select_for_update().get(pk=warning_id)
        if found.case_number or found.false_reason:
            return 0
        try:
            with transaction.atomic():
                _become_case(found, class_code="", note="", by=PLATFORM, now=now)
        except GridloopError as refused:
            # A class that the masters no longer know must not stop the others; somebody at the desk has to see it.
            _wrote("no_case", found, by=PLATFORM, now=now, why=refused.en)
            return 0
    return 1


def alarms_of_confirmed(now: datetime) -> tuple[int, int]:
    """Raise the desk's alarm of each confirmed critical or high warning and clear those that are over; answers how many of both."""
    cases.declare_source(ALARM_SOURCE, name_zh="车辆预警", name_en="vehicle warnings", at=now)
    raising = VehicleWarning.objects.filter(
        alarm=AlarmMark.NONE, confirmed_at__isnull=False, severity__in=LOUD, false_reason="", decided_at__gte=now - OLD
    )
    raised = _each(raising.values_list("id", flat=True), AlarmMark.NONE, now)
    over = VehicleWarning.objects.filter(alarm=AlarmMark.RAISED).exclude(stage=WarningStage.CONFIRMED)
    return raised, _each(over.values_list("id", flat=True), AlarmMark.RAISED, now)


def _each(ids: Iterable[int], mark: AlarmMark, now: datetime) -> int:
    done = 0
    for warning_id in list(ids)[:BATCH]:
        with transaction.atomic():
            found = VehicleWarning.objects.select_for_update().filter(pk=warning_id, alarm=mark).first()
            if found is not None:
                (_raise if mark is AlarmMark.NONE else _clear)(found, now=now)
                done += 1
    return done


def _raise(found: VehicleWarning, *, now: datetime) -> None:
    zh, en = _title(found)
    cases.raise_alarm(
        alarm_key(found), source=ALARM_SOURCE, severity=found.severity, title_zh=zh, title_en=en, subject=_subject(found), area=found.place,
        spot=(found.lon, found.lat), at=now, by=PLATFORM,
        why={"rule": found.rule_code, "rule_version": found.rule_version, "fence": found.fence_code, "warning": found.pk},
    )  # fmt: skip
    found.alarm = AlarmMark.RAISED
    found.save(update_fields=["alarm"])


def _clear(found: VehicleWarning, *, now: datetime) -> None:
    cases.clear_alarm(alarm_key(found), at=now, by=PLATFORM)
    found.alarm = AlarmMark.CLEARED
    found.save(update_fields=["alarm"])


def alarm_key(found: VehicleWarning) -> str:
    """The cause as the desk's alarms know it."""
    return f"{ALARM_SOURCE}:{found.pk}"


def _become_case(found: VehicleWarning, *, class_code: str, note: str, by: Caller, now: datetime) -> None:
    """Report it and keep the number; the key makes a second report of the same warning the same case."""
    rule = Rule.objects.filter(code=found.rule_code, version=found.rule_version).first()
    wanted = class_code or (rule.case_class if rule else "")
    kind, _, code = wanted.partition(":")
    vehicle = Vehicle.objects.filter(pk=found.vehicle_id).first()
    zh, _ = _title(found, vehicle)
    made = cases.report(
        cases.Report(
            text=_case_text(found, zh, rule, note), lon=found.lon, lat=found.lat, source="vehicle", title=zh,
            class_kind=kind or None, class_code=code or None, synthetic=bool(vehicle and vehicle.synthetic),
            attributes={"warning": found.pk, "rule": f"{found.rule_code} v{found.rule_version}", "fence": found.fence_code},
        ),
        by=by, now=now, key=f"fleet-warning-{found.pk}",
    )  # fmt: skip
    found.case_number = made.number
    found.save(update_fields=["case_number"])
    _wrote("case_made", found, by=by, now=now, case=made.number)


def _case_text(found: VehicleWarning, title_zh: str, rule: Rule | None, note: str) -> str:
    """What the desk and the unit read of it: times by the device in city time, the rule with its clause, and where to look."""
    stage_zh = STAGE_NAMES[WarningStage(found.stage)][0]
    lines = [title_zh, f"{stage_zh},首次 {in_city(found.suspected_at):%Y-%m-%d %H:%M:%S}"]
    if found.confirmed_at is not None:
        lines.append(f"确认 {in_city(found.confirmed_at):%H:%M:%S}")
    if rule is not None:
        lines.append(
            f"规则 {rule.code} 第 {rule.version} 版 {rule.name_zh}" + (f"({rule.source})" if rule.source else "")
        )
    if note.strip():
        lines.append(note.strip())
    return "\n".join([*lines, f"预警编号 {found.pk}"])


def _title(found: VehicleWarning, vehicle: Vehicle | None = None) -> tuple[str, str]:
    vehicle = vehicle or Vehicle.objects.filter(pk=found.vehicle_id).first()
    fence = (
        Fence.objects.filter(code=found.fence_code, version=found.fence_version).first()
        if found.fence_code and found.fence_version is not None
        else None
    )
    return rules.title(
        found.rule_kind,
        vehicle.kind if vehicle else VehicleKind.OTHER,
        vehicle.plate if vehicle else f"#{found.vehicle_id}",
        (fence.name_zh, fence.name_en) if fence else ("", ""),
    )


def _note(found: VehicleWarning, *, by: Caller, now: datetime) -> None:
    found.acknowledged_at, found.acknowledged_by_id, found.shelved_until = now, identity.require_person(by), None


def _said(note: str) -> Mapping[str, str]:
    bare = " ".join(note.split())[: rules.NOTE_CHARS_MAX]
    return {"note": bare} if bare else {}


def _subject(found: VehicleWarning) -> str:
    return f"warning:{found.pk}"


def _wrote(verb: str, found: VehicleWarning, *, by: Caller, now: datetime, **detail: Any) -> None:
    """The entry of the ledger, with rule and vehicle."""
    about = {"vehicle": found.vehicle_id, "rule": found.rule_code, "rule_version": found.rule_version}
    ledger.record(by, f"fleet.warning_{verb}", _subject(found), at=now, area=found.place, detail=about | detail)
