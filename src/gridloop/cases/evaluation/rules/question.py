"""What is asked of the figures, as plain values that can be written down and asked again years later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.errors import Malformed

GROUPS = ("all", "unit", "area", "class", "person")
STEPS = ("day", "week", "month")
LEVELS = (4, 6, 9, 12, 15)
DAYS_MAX = 800
"""Longest period of one question: two years and some weeks, so that a question stays bounded."""


@dataclass(frozen=True, slots=True)
class Question:
    """Cases reported from the first day to the last one (both in city time), in an area, of units, of a class; grouped by something.

    `areas` and `units` are whose figures the caller may see: area prefixes, and pairs of unit ids with the area of their grant.
    """

    first: dt.date
    last: dt.date
    by: str = "all"
    level: int = 6
    step: str = ""
    place: str = ""
    unit_ids: tuple[int, ...] = ()
    class_kind: str = ""
    class_code: str = ""
    areas: tuple[str, ...] = ("",)
    units: tuple[tuple[tuple[int, ...], str], ...] = ()

    @property
    def since(self) -> dt.datetime:
        """Midnight at the beginning of the first day, in the city."""
        return dt.datetime.combine(self.first, dt.time(), CITY_ZONE)

    @property
    def until(self) -> dt.datetime:
        """Midnight at the end of the last day, in the city; not counted any more."""
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), CITY_ZONE)

    def written(self) -> dict[str, Any]:
        """As plain JSON values."""
        kept = asdict(self)
        kept |= {"first": self.first.isoformat(), "last": self.last.isoformat(), "unit_ids": list(self.unit_ids)}
        kept |= {"areas": list(self.areas), "units": [[list(ids), area] for ids, area in self.units]}
        return kept


def checked(question: Question) -> Question:
    """The question, if it makes sense; Malformed says what would."""
    if question.last < question.first:
        raise Malformed("'from' lies after 'to'", zh="开始日期晚于结束日期", fields={"from": "after to"})
    if (question.last - question.first).days >= DAYS_MAX:
        raise Malformed(
            f"at most {DAYS_MAX} days at once; ask for a shorter period",
            zh=f"一次最多统计 {DAYS_MAX} 天,请缩短周期",
            fields={"to": "too long"},
        )
    if not dt.date(1990, 1, 1) <= question.first <= dt.date(2200, 1, 1):
        raise Malformed(
            "the period begins in a year that no case has", zh="开始日期超出范围", fields={"from": "out of reach"}
        )
    for name, given, known in (
        ("by", question.by, GROUPS),
        ("step", question.step, ("", *STEPS)),
        ("level", question.level, LEVELS),
    ):
        if given not in known:
            listed = ", ".join(str(one) for one in known if one)
            raise Malformed(f"'{name}' is one of {listed}", zh=f"{name} 可选 {listed}", fields={name: "unknown"})
    return question


def read(kept: Mapping[str, Any]) -> Question:
    """A question that was written down; Malformed when the file was not made by us."""
    try:
        question = Question(
            first=dt.date.fromisoformat(kept["first"]),
            last=dt.date.fromisoformat(kept["last"]),
            by=str(kept["by"]),
            level=int(kept["level"]),
            step=str(kept["step"]),
            place=_digits(kept["place"]),
            unit_ids=tuple(int(one) for one in kept["unit_ids"]),
            class_kind=str(kept["class_kind"]),
            class_code=str(kept["class_code"]),
            areas=tuple(_digits(one) for one in kept["areas"]),
            units=tuple((tuple(int(one) for one in ids), _digits(area)) for ids, area in kept["units"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise Malformed(f"this is no question of the statistics: {wrong}", zh="文件中没有可识别的统计问题") from wrong
    return checked(question)


def _digits(area: object) -> str:
    text = str(area)
    if text and not text.isdigit():
        raise ValueError(f"'{text[:20]}' is no area")
    return text


def month(name: str) -> tuple[dt.date, dt.date]:
    """First and last day of a month written 2026-10."""
    try:
        first = dt.datetime.strptime(name, "%Y-%m").replace(tzinfo=CITY_ZONE).date()
    except ValueError:
        raise Malformed(
            f"'{name[:20]}' is no month; write 2026-10", zh="月份格式应为 2026-10", fields={"month": "YYYY-MM"}
        ) from None
    following = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return first, following - dt.timedelta(days=1)


def month_before(first: dt.date) -> tuple[dt.date, dt.date]:
    """The month before the one that begins on this day."""
    last = first - dt.timedelta(days=1)
    return last.replace(day=1), last
