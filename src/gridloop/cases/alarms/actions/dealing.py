"""Raising and clearing alarms, each safe to repeat; taking note of them, and putting them aside for a while with a reason.

Rooms above raise theirs through `raise_alarm` and `clear_alarm` after they have declared where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.cases.alarms import queries, rules
from gridloop.cases.alarms.models import Alarm, AlarmAct, AlarmSource
from gridloop.cases.alarms.rules import Severity
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound

NOTHING: Mapping[str, Any] = MappingProxyType({})


def declare_source(
    code: str, *, name_zh: str, name_en: str, limits: Mapping[str, float] = NOTHING, shelf_hours_max: float = 24, at: datetime
) -> None:  # fmt: skip
    """Say once where alarms may come from; what is there already is left as it is, so that a site's own figures stay."""
    kept = {"name_zh": name_zh, "name_en": name_en, "limits": dict(limits), "shelf_hours_max": shelf_hours_max}
    AlarmSource.objects.get_or_create(code=code, defaults=kept | {"declared_at": at})


OWN_SOURCES: tuple[tuple[str, str, str, dict[str, float], float], ...] = (
    ("ladder", "案件超时", "late case", {"level": 2, "cases": 200}, 24),
    ("incident", "同一事件多人上报", "one incident, many reports", {"reports": 5, "hours": 48}, 24),
    ("overload", "处置单位积压", "unit overloaded", {"late": 5, "late_share": 0.2}, 72),
    ("silence", "上报沉默", "reports fell silent", {"days": 7, "places": 20}, 168),
)
"""What the loop itself raises alarms of (constructed limits): code, Chinese, English, limits, hours it may be put aside at most."""


def declare_own_sources(at: datetime) -> None:
    """Those of this room, where they are missing."""
    for code, name_zh, name_en, limits, shelf_hours_max in OWN_SOURCES:
        declare_source(code, name_zh=name_zh, name_en=name_en, limits=limits, shelf_hours_max=shelf_hours_max, at=at)


def raise_alarm(
    key: str, *, source: str, severity: str, title_zh: str, title_en: str, subject: str = "", area: str = "",
    unit: int | None = None, spot: tuple[float, float] | None = None, why: Mapping[str, Any] = NOTHING, at: datetime, by: Caller,
) -> int:  # fmt: skip
    """Raise the alarm of a cause and answer its id; one that stands already is only brought up to date, and calls again when it got worse.

    `why` is what the "why was I warned" card shows: plain values, with the rule and the figures that were compared. `spot` is (lon, lat).
    """
    if not AlarmSource.objects.filter(pk=source).exists():
        raise Malformed(
            f"'{source[:40]}' is not declared as a source of alarms; call declare_source first",
            zh=f"告警来源“{source[:40]}”尚未登记,请先用 declare_source 登记",
        )
    lon, lat = spot if spot is not None else (None, None)
    said: dict[str, Any] = {
        "source_id": source, "severity": str(rules.severity_of(severity)), "title_zh": title_zh[: rules.TITLE_CHARS_MAX],
        "title_en": title_en[: rules.TITLE_CHARS_MAX], "subject": subject, "area": area, "unit_id": unit, "lon": lon, "lat": lat,
        "why": dict(why),
    }  # fmt: skip
    with transaction.atomic():
        standing = _standing(rules.checked_key(key))
        if standing is None:
            try:
                with transaction.atomic():
                    made = Alarm.objects.create(key=key, raised_at=at, active_at=at, **said)
                    _wrote(made, "raised", by=by, at=at)
                    return made.pk
            except IntegrityError:  # another process saw the same cause in this moment
                standing = _standing(key)
                assert standing is not None
        _brought_up(standing, said, by=by, at=at)
        return standing.pk


def clear_alarm(key: str, *, at: datetime, by: Caller) -> None:
    """The cause went away. A noted alarm is over with that; one that nobody noted stays in the list until somebody does."""
    with transaction.atomic():
        found = _standing(key)
        if found is None or found.cleared_at is not None:
            return
        found.cleared_at = at
        if found.acknowledged_at is not None:
            found.closed_at = at
        found.save(update_fields=["cleared_at", "closed_at"])
        _wrote(found, "cleared", by=by, at=at)


def acknowledge(alarm_id: int, *, by: Caller, now: datetime, note: str = "", false_because: str = "") -> Alarm:
    """Take note of an alarm: who, when, and how long it took. `false_because` says that it should not have called, and why."""
    with transaction.atomic():
        found = _own(alarm_id, by)
        rules.may_acknowledge(found, name=found.acknowledged_name)
        found.acknowledged_at, found.acknowledged_by, found.acknowledged_name = (
            now,
            identity.require_person(by),
            by.name,
        )
        found.acknowledged_s = max(0.0, (now - found.active_at).total_seconds())
        found.false_because = " ".join(false_because.split())[: rules.REASON_CHARS_MAX]
        found.shelved_until = None
        if found.cleared_at is not None:
            found.closed_at = now
        found.save()
        said = found.false_because or " ".join(note.split())[: rules.REASON_CHARS_MAX]
        verb = "called_false" if found.false_because else "acknowledged"
        _wrote(found, verb, by=by, at=now, note=said, after_s=found.acknowledged_s)
    return found


def shelve(alarm_id: int, reason: str, until: datetime, *, by: Caller, now: datetime) -> Alarm:
    """Put an alarm aside until a moment, with a reason; it comes back by itself as it was."""
    with transaction.atomic():
        found = _own(alarm_id, by)
        bare = rules.may_shelve(found, reason, until, now=now, hours_max=found.source.shelf_hours_max)
        found.shelved_until, found.shelf_reason = until, bare
        found.shelved_by, found.shelved_name = identity.require_person(by), by.name
        found.save()
        _wrote(found, "shelved", by=by, at=now, note=bare, until=until)
    return found


def unshelve(alarm_id: int, *, by: Caller, now: datetime) -> Alarm:
    """Take an alarm back from the shelf before its time; one that is not there is left alone."""
    with transaction.atomic():
        found = _own(alarm_id, by)
        if found.shelved_until is not None and found.shelved_until > now:
            found.shelved_until = None
            found.save(update_fields=["shelved_until"])
            _wrote(found, "unshelved", by=by, at=now)
    return found


def _brought_up(found: Alarm, said: Mapping[str, Any], *, by: Caller, at: datetime) -> None:
    """Bring a standing alarm up to date; it calls anew when its cause came back or got worse."""
    verb = ""
    if found.cleared_at is not None:
        verb = "raised_again"
        found.cleared_at = None
        found.times += 1
    elif rules.worse(Severity(said["severity"]), Severity(found.severity)):
        verb = "worse"
    if verb:
        found.active_at = at
        found.acknowledged_at = found.acknowledged_by = found.acknowledged_s = None
        found.acknowledged_name = found.false_because = ""
    changed = {name: value for name, value in said.items() if getattr(found, name) != value}
    if not verb and not changed:
        return
    for name, value in changed.items():
        setattr(found, name, value)
    found.save()
    if verb:
        _wrote(found, verb, by=by, at=at)


def _standing(key: str) -> Alarm | None:
    return Alarm.objects.select_for_update().filter(key=key, closed_at__isnull=True).first()


def _own(alarm_id: int, by: Caller) -> Alarm:
    """The alarm, held, if it is the caller's to deal with; NotFound otherwise."""
    found = Alarm.objects.select_for_update(of=("self",)).select_related("source").filter(pk=alarm_id).first()
    if found is None or not queries.sees(by, found, deals=True):
        raise NotFound(f"there is no alarm {alarm_id} in your area", zh=f"您的区域内没有编号为 {alarm_id} 的告警")
    return found


def _wrote(
    found: Alarm, verb: str, *, by: Caller, at: datetime, note: str = "", after_s: float | None = None, until: datetime | None = None
) -> None:  # fmt: skip
    """The line of the alarm's own history and the entry of the ledger."""
    AlarmAct.objects.create(
        alarm=found, at=at, verb=verb, by_id=by.person_id, by_name=by.name, note=note, after_s=after_s
    )
    detail: dict[str, Any] = {
        "key": found.key,
        "severity": found.severity,
        "title_zh": found.title_zh,
        "about": found.subject,
    }
    detail |= {"note": note} if note else {}
    detail |= {"after_s": after_s} if after_s is not None else {}
    detail |= {"until": until.isoformat()} if until is not None else {}
    ledger.record(by, f"alarm.{verb}", f"alarm:{found.pk}", at=at, area=found.area, unit=found.unit_id, detail=detail)
