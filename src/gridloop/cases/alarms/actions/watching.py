"""Looking at what calls now, raising what is new and clearing what went away; safe to run twice or late."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gridloop.cases.actions.report import home_area
from gridloop.cases.alarms.actions.dealing import clear_alarm, raise_alarm
from gridloop.cases.alarms.models import Alarm, AlarmSource
from gridloop.cases.alarms.queries.causes import Cause, Reading
from gridloop.kernel.caller import system

PLATFORM = system("alarms")


def watch(readings: Mapping[str, Reading], now: datetime) -> tuple[int, int]:
    """Read each source and bring its alarms into line; answers how many were raised or changed, and how many cleared."""
    raised = cleared = 0
    sources = {one.code: one for one in AlarmSource.objects.filter(pk__in=list(readings))}
    for code, source in sources.items():
        causes = {cause.key: cause for cause in readings[code](source.limits, now, home_area())}
        standing = {row.key: row for row in Alarm.objects.filter(source=code, closed_at__isnull=True)}
        for key, cause in causes.items():
            if key not in standing or not _same(standing[key], cause):
                _raise(code, cause, now)
                raised += 1
        for key, row in standing.items():
            if key not in causes and row.cleared_at is None:
                clear_alarm(key, at=now, by=PLATFORM)
                cleared += 1
    return raised, cleared


def _raise(source: str, cause: Cause, now: datetime) -> None:
    raise_alarm(
        cause.key, source=source, severity=cause.severity, title_zh=cause.title_zh, title_en=cause.title_en, subject=cause.subject,
        area=cause.area, unit=cause.unit_id, spot=cause.spot, why=cause.why, at=now, by=PLATFORM,
    )  # fmt: skip


def _same(row: Alarm, cause: Cause) -> bool:
    """Whether the standing alarm says all this already."""
    return row.cleared_at is None and (
        row.severity, row.title_zh, row.title_en, row.subject, row.area, row.unit_id, row.why
    ) == (str(cause.severity), cause.title_zh, cause.title_en, cause.subject, cause.area, cause.unit_id, dict(cause.why))  # fmt: skip
