"""The days of a working calendar as a proposal says them: holiday, make-up day, or an ordinary day again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gridloop.cases.rules.calendars import SATURDAY

HOLIDAY, MAKE_UP, ORDINARY = "holiday", "makeup", "ordinary"
KINDS = (HOLIDAY, MAKE_UP, ORDINARY)
DAYS_MAX = 120
NAME_CHARS_MAX = 40
Day = dict[str, str]
"""{"day": "2027-02-05", "kind": "holiday", "name": "春节"}."""


def read(value: Any) -> list[Day]:
    """The days in order, each with its kind and name; what cannot be read becomes a day without a kind, which `fault` names."""
    found = []
    for item in value if isinstance(value, list) else []:
        one = item if isinstance(item, Mapping) else {}
        name = str(one.get("name") or "").strip().replace("\x00", "")[:NAME_CHARS_MAX]
        found.append({"day": str(one.get("day") or "")[:10], "kind": str(one.get("kind") or "")[:20], "name": name})
    return sorted(found, key=lambda one: (one["day"], one["kind"]))


def fault(days: list[Day], *, year: int, today: date) -> tuple[str, str] | None:
    """What is wrong with these days, English and Chinese; None where all is well."""
    if not 1 <= len(days) <= DAYS_MAX:
        return f"1 to {DAYS_MAX} days that shall be different", f"须有 1 至 {DAYS_MAX} 个变更的日期"
    kinds: dict[date, str] = {}
    for one in days:
        try:
            day = date.fromisoformat(one["day"])
        except ValueError:
            return f"'{one['day']}' is no day", f"“{one['day']}”不是日期"
        wrong = _fault_of(day, one["kind"], year=year, today=today)
        if wrong is not None:
            return wrong
        if day in kinds:
            return (
                f"{day} cannot be {_en(kinds[day])} and {_en(one['kind'])} at once",
                f"{day} 不能同时是{_zh(kinds[day])}和{_zh(one['kind'])}",
            )
        kinds[day] = one["kind"]
    return None


def _fault_of(day: date, kind: str, *, year: int, today: date) -> tuple[str, str] | None:
    if kind not in KINDS:
        return f"{day} is one of {', '.join(KINDS)}", f"{day} 须为节假日、调休上班日或普通日"
    if day.year != year:
        return f"{day} does not lie in {year}", f"{day} 不在 {year} 年"
    if day <= today:
        return f"{day} has come already; a day after {today} can be changed", f"{day} 已到,只能更改 {today} 之后的日期"
    if kind == MAKE_UP and day.weekday() < SATURDAY:
        return (
            f"{day} is a weekday and is worked anyway; a make-up day lies on a weekend",
            f"{day} 是周一至周五,本就上班,调休上班日须为周末",
        )
    return None


def works(day: date, kind: str) -> bool:
    """Whether a day of this kind is worked."""
    return kind == MAKE_UP or (kind == ORDINARY and day.weekday() < SATURDAY)


def kind_of(day: date, *, worked: bool) -> str:
    """The kind of a special day as the calendar keeps it."""
    weekday = day.weekday() < SATURDAY
    if worked:
        return ORDINARY if weekday else MAKE_UP
    return HOLIDAY


def special(days: Iterable[Mapping[str, str]]) -> dict[date, bool]:
    """Day -> whether it is worked, as the working calendar keeps it."""
    return {date.fromisoformat(one["day"]): works(date.fromisoformat(one["day"]), one["kind"]) for one in days}


def _en(kind: str) -> str:
    return {HOLIDAY: "a holiday", MAKE_UP: "a make-up day", ORDINARY: "an ordinary day"}[kind]


def _zh(kind: str) -> str:
    return {HOLIDAY: "节假日", MAKE_UP: "调休上班日", ORDINARY: "普通日"}[kind]
