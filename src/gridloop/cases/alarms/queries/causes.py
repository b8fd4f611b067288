"""What calls for an alarm at this moment, read from the open cases and from the history of reports: one cause is one thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gridloop.cases.alarms import sql
from gridloop.cases.alarms.rules import Severity
from gridloop.cases.evaluation.queries.scope import EVERYWHERE
from gridloop.cases.insight.queries.silence import silent
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.rules.masters import Masters
from gridloop.kernel.statements import run

TITLE_CHARS = 60
INCIDENTS_MAX = 100
TOP_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that calls, in the words of `raise_alarm`."""

    key: str
    severity: Severity
    title_zh: str
    title_en: str
    subject: str
    area: str
    unit_id: int | None = None
    spot: tuple[float, float] | None = None
    why: Mapping[str, Any] = field(default_factory=dict)


Reading = Callable[[Mapping[str, Any], datetime, str], list[Cause]]
"""(limits of the source, now, area of the city) -> what calls."""


def late_cases(limits: Mapping[str, Any], now: datetime, home: str) -> list[Cause]:  # noqa: ARG001 - one shape for all sources
    """Cases that climbed the ladder to the level of the limits; all rungs of a case are one cause. One statement."""
    found = []
    masters = masters_now.current(now)
    for number, title, place, unit_id, lon, lat, level, urgency, due_at, stage_due_at, kind, code in run(
        sql.text("late"), {"level": int(limits["level"]), "cases": int(limits["cases"])}
    ):
        severity = Severity.HIGH if level >= TOP_LEVEL else Severity.MEDIUM
        if urgency == "emergency":
            severity = Severity.CRITICAL
        why = {"rule": "ladder", "level": level, "urgency": urgency, "due_at": _moment(due_at), "stage_due_at": _moment(stage_due_at)}  # fmt: skip
        zh, en = f"超时未办:{title[:TITLE_CHARS]}", f"late: {_english(title, kind, code, masters)}"
        cause = Cause(f"ladder:{number}", severity, zh, en, f"case:{number}", place, unit_id, (lon, lat), why)
        found.append(cause)
    return found


def incidents(limits: Mapping[str, Any], now: datetime, home: str) -> list[Cause]:  # noqa: ARG001
    """Open cases that many people reported within the hours of the limits. One statement."""
    since = now - timedelta(hours=float(limits["hours"]))
    rows = run(sql.text("reported_often"), {"reports": int(limits["reports"]), "since": since, "most": INCIDENTS_MAX})
    masters = masters_now.current(now)
    return [
        Cause(
            f"incident:{number}", Severity.HIGH, f"多人上报:{title[:TITLE_CHARS]}", f"many reports: {_english(title, kind, code, masters)}",
            f"case:{number}", place, unit_id, (lon, lat), {"rule": "incident", "reports": reports, "opened_at": _moment(opened_at)},
        )
        for number, title, place, unit_id, lon, lat, reports, opened_at, kind, code in rows
    ]  # fmt: skip


def overloads(limits: Mapping[str, Any], now: datetime, home: str) -> list[Cause]:
    """Units that have more late work than the limits let pass. Two statements at most."""
    rows = run(sql.text("overloaded"), {"now": now, "late": int(limits["late"]), "share": float(limits["late_share"])})
    units = names.units([row[0] for row in rows])
    return [
        Cause(
            f"overload:{unit_id}", Severity.HIGH, f"{units[unit_id].name_zh} 积压超时案件", f"{units[unit_id].name_en}: late work piles up",
            f"unit:{unit_id}", units[unit_id].area or home, unit_id, None, {"rule": "overload", "open": open_cases, "late": late},
        )
        for unit_id, open_cases, late in rows
        if unit_id in units
    ]  # fmt: skip


def silences(limits: Mapping[str, Any], now: datetime, home: str) -> list[Cause]:
    """Places, classes, patrols and units whose reports fell silent, the surest first; three statements."""
    answer = silent(EVERYWHERE, days=int(limits["days"]), now=now)
    found = []
    for item in answer["items"][: int(limits["places"])]:
        placed = item["kind"] in {"place", "patrol"}
        why = {"rule": "silence", **{name: item[name] for name in ("observed", "expected", "since", "q")}}
        cause = Cause(
            f"silence:{item['kind']}:{item['code']}{':rest' if item['rest'] else ''}", Severity.INFO,
            f"上报沉默:{item['zh']}", f"fell silent: {item['en']}", "", item["code"] if placed else home,
            int(item["code"]) if item["kind"] == "unit" else None, None, why,
        )  # fmt: skip
        found.append(cause)
    return found


EVERY_MINUTE: Mapping[str, Reading] = {"ladder": late_cases, "incident": incidents, "overload": overloads}
EVERY_HOUR: Mapping[str, Reading] = {"silence": silences}
"""What each source of this room reads, and how often it is worth reading."""


def _english(title: str, kind: str | None, code: str | None, masters: Masters) -> str:
    """What an English reader is told: the class where there is one, because titles are in the reporter's words."""
    found = masters.classes.get((kind or "", code or ""))
    return found.en if found else title[:TITLE_CHARS]


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
