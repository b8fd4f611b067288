"""The alarms of a caller's area: those that stand now or stood at a moment, those that are over, and what was done about each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from gridloop.cases.alarms import rules
from gridloop.cases.alarms.models import Alarm, AlarmAct
from gridloop.cases.alarms.rules import Severity, Standing
from gridloop.cases.queries import names
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DESK, Duty
from gridloop.kernel.errors import NotFound

STANDING_MAX = 1000
"""More alarms than this at once are a fault of the sources; the answer says that there are more."""
PAGE_MAX = 200
ACTS_MAX = 200


def sees(by: Caller, alarm: Alarm, *, deals: bool = False) -> bool:
    """Whether the alarm is for this caller: the desk of its area deals with it, a unit that it is about only sees it."""
    if by.via == "system":
        return True
    path = names.unit_path(alarm.unit_id)
    for grant in by.grants:
        if not alarm.area.startswith(grant.area):
            continue
        if grant.duty in DESK and (grant.unit_id is None or (path and path.startswith(grant.unit_path))):
            return True
        if (
            not deals
            and grant.duty is Duty.UNIT
            and grant.unit_id is not None
            and path
            and path.startswith(grant.unit_path)
        ):
            return True
    return False


def standing(*, by: Caller, now: datetime, moment: datetime | None = None) -> dict[str, Any]:
    """Alarms that stand now, those that call first; with a moment, those that stood then. Two statements."""
    if moment is None:
        asked = Q(closed_at__isnull=True)
    else:
        asked = Q(raised_at__lte=moment) & (Q(closed_at__isnull=True) | Q(closed_at__gt=moment))
    rows = list(
        Alarm.objects.select_related("source")
        .filter(asked & scope(by))
        .order_by("-raised_at", "-id")[: STANDING_MAX + 1]
    )
    more = len(rows) > STANDING_MAX
    names.units({row.unit_id for row in rows})
    seen = [row for row in rows[:STANDING_MAX] if sees(by, row)]
    items = [shown(row, now=now, moment=moment) for row in seen]
    items.sort(key=lambda one: rules.call_order(Standing(one["standing"]), one["severity"]))
    return {"items": items, "counts": counts(items), "more": more}


def counts(items: Iterable[dict[str, Any]]) -> dict[str, int]:
    """How many alarms stand in each state, and how many of those that call are critical."""
    found = {str(one): 0 for one in Standing if one is not Standing.OVER} | {"unacknowledged": 0, "critical": 0}
    for item in items:
        name = Standing(item["standing"])
        if name is Standing.OVER:
            continue
        found[name] += 1
        found["unacknowledged"] += name in {Standing.CALLING, Standing.PASSED}
        found["critical"] += name is Standing.CALLING and item["severity"] == Severity.CRITICAL
    return found


def past(*, by: Caller, now: datetime, before: int | None, limit: int) -> dict[str, Any]:
    """Alarms that are over, newest first; `next` is what to ask for the page after. Two statements."""
    asked = Q(closed_at__isnull=False) & scope(by)
    if before is not None:
        asked &= Q(pk__lt=before)
    rows = list(Alarm.objects.select_related("source").filter(asked).order_by("-id")[: limit + 1])
    names.units({row.unit_id for row in rows})
    page = rows[:limit]
    return {
        "items": [shown(row, now=now) for row in page if sees(by, row)],
        "next": page[-1].pk if len(rows) > limit else None,
    }


def between(since: datetime, until: datetime, *, by: Caller) -> list[dict[str, Any]]:
    """Alarms that began within a span, oldest first, for the axis of a desk; one statement."""
    rows = Alarm.objects.filter(scope(by), raised_at__gte=since, raised_at__lt=until).order_by("raised_at")
    return [
        {
            "id": row.pk, "severity": row.severity, "title_zh": row.title_zh, "title_en": row.title_en, "subject": row.subject,
            "raised_at": row.raised_at, "cleared_at": row.cleared_at,
        }
        for row in rows[:STANDING_MAX]
        if sees(by, row)
    ]  # fmt: skip


def alarm(alarm_id: int, *, by: Caller, now: datetime) -> dict[str, Any]:
    """One alarm with everything that was done about it; NotFound for one of another area. Three statements at most."""
    row = Alarm.objects.select_related("source").filter(pk=alarm_id).first()
    if row is None or not sees(by, row):
        raise NotFound(f"there is no alarm {alarm_id} in your area", zh=f"您的区域内没有编号为 {alarm_id} 的告警")
    acts = AlarmAct.objects.filter(alarm=row).order_by("-id")[:ACTS_MAX]
    listed = [
        {"at": act.at, "verb": act.verb, "by": act.by_name, "note": act.note, "after_s": act.after_s}
        for act in reversed(acts)
    ]
    return shown(row, now=now) | {"acts": listed, "limits": row.source.limits}


def shown(row: Alarm, *, now: datetime, moment: datetime | None = None) -> dict[str, Any]:
    """One alarm for the web; with a moment, as it stood then as far as its row tells."""
    name = rules.standing(row, now) if moment is None else _then(row, moment)
    unit = names.unit(row.unit_id)
    zh, en = rules.STANDING_NAMES[name]
    return {
        "id": row.pk, "key": row.key, "source": row.source_id, "source_zh": row.source.name_zh, "source_en": row.source.name_en,
        "severity": row.severity, "standing": str(name), "standing_zh": zh, "standing_en": en, "title_zh": row.title_zh, "title_en": row.title_en,
        "subject": row.subject, "area": row.area, "unit_id": row.unit_id, "unit_zh": unit.name_zh if unit else "",
        "unit_en": unit.name_en if unit else "", "lon": row.lon, "lat": row.lat, "why": row.why, "times": row.times,
        "raised_at": row.raised_at, "active_at": row.active_at, "cleared_at": row.cleared_at, "closed_at": row.closed_at,
        "acknowledged_at": row.acknowledged_at, "acknowledged_by": row.acknowledged_name, "acknowledged_s": row.acknowledged_s,
        "false_because": row.false_because, "shelved_until": row.shelved_until, "shelved_by": row.shelved_name,
        "shelf_reason": row.shelf_reason, "shelf_hours_max": row.source.shelf_hours_max, "sound": _sounds(row, name),
    }  # fmt: skip


def _sounds(row: Alarm, name: Standing) -> bool:
    return name is Standing.CALLING and row.severity == Severity.CRITICAL


def _then(row: Alarm, moment: datetime) -> Standing:
    """Where it stood at a moment, from the last of each of its marks."""
    if row.closed_at is not None and row.closed_at <= moment:
        return Standing.OVER
    if row.cleared_at is not None and row.cleared_at <= moment:
        return Standing.PASSED
    noted = row.acknowledged_at is not None and row.acknowledged_at <= moment
    return Standing.KNOWN if noted else Standing.CALLING


def scope(by: Caller) -> Q:
    """The rows worth reading for this caller: the areas of their grants; `sees` looks at the units."""
    if by.via == "system":
        return Q()
    areas = {grant.area for grant in by.grants if grant.duty in DESK or grant.duty is Duty.UNIT}
    if "" in areas:
        return Q()
    found = Q(pk__in=[])
    for area in sorted(areas):
        found |= Q(area__startswith=area)
    return found
