"""Weekly hours of rules and permits, and the spans of one-off occasions."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import datetime

from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.errors import Malformed

HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
WEEKLY_MAX = 50
SPANS_MAX = 200
DAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOLIDAYS: dict[str, tuple[str, str]] = {
    "": ("", ""),
    "only": ("仅法定节假日", "on public holidays only"),
    "never": ("法定节假日除外", "not on public holidays"),
}

Weekly = list[list[int | str]]


def checked_weekly(said: Sequence[object]) -> Weekly:
    """Hours of the week as [[weekday 1-7, "HH:MM", "HH:MM"], ...] in the city's time; an end at or before the start lies on the next day. Malformed otherwise."""
    if len(said) > WEEKLY_MAX:
        raise _wrong(f"at most {WEEKLY_MAX} rows of hours", f"时段最多 {WEEKLY_MAX} 行")
    found: Weekly = []
    for row in said:
        if not (isinstance(row, list | tuple) and len(row) == 3):
            raise _wrong("hours are written as [weekday, from, to]", "时段应写为 [星期, 起, 止]")
        day, start, end = row
        whole = isinstance(day, int) and not isinstance(day, bool)
        if not (whole and 1 <= day <= 7 and _is_hour(start) and _is_hour(end) and start not in {end, "24:00"}):
            raise _wrong(
                'hours name a weekday 1 (Monday) to 7 and two different times, such as [1, "07:00", "09:00"]',
                '时段须为星期 1(周一)至 7 及两个不同时刻,例如 [1, "07:00", "09:00"]',
            )
        found.append([day, start, end])
    return sorted(found, key=lambda row: (row[0], row[1]))


def checked_spans(said: Sequence[object]) -> list[list[str]]:
    """Spans of an occasion as pairs of ISO moments, in order; Malformed for none, for one that ends before it starts, for two that overlap."""
    if not 1 <= len(said) <= SPANS_MAX:
        raise _spans(f"an occasion has 1 to {SPANS_MAX} spans", f"活动须有 1 至 {SPANS_MAX} 个时段")
    found = []
    for pair in said:
        if not (isinstance(pair, list | tuple) and len(pair) == 2):
            raise _spans("a span is [from, to]", "时段应写为 [起, 止]")
        start, end = (moment(one) for one in pair)
        if start >= end:
            raise _spans("a span ends after it starts", "时段的结束须晚于开始")
        found.append((start, end))
    found.sort()
    if any(first[1] > second[0] for first, second in itertools.pairwise(found)):
        raise _spans("two spans overlap; make one of them", "时段重叠,请合并")
    return [[start.isoformat(), end.isoformat()] for start, end in found]


def moment(text: object) -> datetime:
    """An ISO moment; without a zone it is the city's. Malformed for anything else."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise _spans(
            f"'{str(text)[:40]}' is no moment; write 2026-12-01T08:00",
            f"“{str(text)[:40]}”不是有效时间;例如 2026-12-01T08:00",
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=CITY_ZONE)


def weekly_words(weekly: Sequence[Sequence[int | str]], *, zh: bool) -> str:
    """Hours for a person, days with the same hours together: "Mon-Fri 07:00-09:00"; "" for always."""
    by_hours: dict[tuple[str, str], list[int]] = {}
    for day, start, end in weekly:
        by_hours.setdefault((str(start), str(end)), []).append(int(day))
    names = DAYS_ZH if zh else DAYS_EN
    parts = []
    for (start, end), days in by_hours.items():
        next_day = ("次日" if zh else "next day ") if end <= start else ""
        parts.append(f"{_days(sorted(set(days)), names, zh=zh)} {start}-{next_day}{end}")
    return ("、" if zh else ", ").join(parts)


def _days(days: list[int], names: Sequence[str], *, zh: bool) -> str:
    if len(days) == 7:
        return "每日" if zh else "daily"
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    told = [
        names[run[0] - 1] if len(run) == 1 else f"{names[run[0] - 1]}{'至' if zh else '-'}{names[run[-1] - 1]}"
        for run in runs
    ]
    return ("、" if zh else ", ").join(told)


def _is_hour(text: object) -> bool:
    return isinstance(text, str) and HOUR.fullmatch(text) is not None


def _wrong(en: str, zh: str) -> Malformed:
    return Malformed(en, zh=zh, fields={"weekly": en})


def _spans(en: str, zh: str) -> Malformed:
    return Malformed(en, zh=zh, fields={"spans": en})
