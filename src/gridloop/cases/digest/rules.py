"""When a digest is due and what stands in it, as text in both languages. No database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAILY, WEEKLY = "daily", "weekly"
WEEK_DAYS = 7
LISTED, SAVEABLE_LISTED = 10, 5
MINUTE_S = 60
HOUR_MIN, DAY_MIN = 60, 1440
CONSOLE = "/console"


@dataclass(frozen=True, slots=True)
class Line:
    """One case: what it is and where, never what a reporter wrote. `left_min` is negative when it is late; `share` a probability, 0..1."""

    number: str
    class_zh: str
    class_en: str
    place_zh: str
    place_en: str
    state_zh: str
    state_en: str
    left_min: int
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A count of something that has a name in both languages."""

    code: str
    zh: str
    en: str
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Open cases of the person's scope; `mine` wait for the person's own duties."""

    open: int = 0
    mine: int = 0
    unacknowledged: int = 0
    due_today: int = 0
    late: int = 0
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """What came in and was closed in the days from `first` to `last`, both included."""

    first: date
    last: date
    opened: int = 0
    closed: int = 0
    on_time: int = 0


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything that one letter tells."""

    day: date
    weekly: bool
    counts: Counts
    period: Period
    due: tuple[Line, ...] = ()
    waiting: tuple[Named, ...] = ()
    waiting_cases: tuple[Line, ...] = ()
    saveable: tuple[Line, ...] = ()
    notices: tuple[Named, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell at all."""
        happened = self.period.opened + self.period.closed + sum(one.count for one in self.notices)
        return not self.counts.open and not happened

    @property
    def is_sent(self) -> bool:
        """An empty letter a day is noise; once a week "nothing open" is news."""
        return self.weekly or not self.is_empty


def is_due(digest: str, done_on: date | None, today: date, works: Callable[[date], bool]) -> bool:
    """Whether today's digest is still to be sent: daily on working days, weekly from the first working day of the week on.

    Whose week began while nothing ran gets the letter on the next working day of that week.
    """
    if not works(today) or (done_on is not None and done_on >= today):
        return False
    if digest == DAILY:
        return True
    begins = weekly_day(today, works)
    return begins is not None and begins <= today and (done_on is None or done_on < begins)


def weekly_day(today: date, works: Callable[[date], bool]) -> date | None:
    """The first working day of today's week, which begins on Monday; None for a week without one."""
    monday = today - timedelta(days=today.weekday())
    return next((day for at in range(WEEK_DAYS) if works(day := monday + timedelta(days=at))), None)


def period_of(today: date, *, weekly: bool) -> tuple[date, date]:
    """The days that a digest looks back on, both included: yesterday, or the last seven days."""
    return today - timedelta(days=WEEK_DAYS if weekly else 1), today - timedelta(days=1)


def span(minutes: int) -> tuple[str, str]:
    """A length of time in words, Chinese and English, to two steps: days and hours, or hours and minutes."""
    days, hours, rest = minutes // DAY_MIN, minutes % DAY_MIN // HOUR_MIN, minutes % HOUR_MIN
    if days:
        zh, en = f"{days} 天", f"{days} d"
        return (f"{zh} {hours} 小时", f"{en} {hours} h") if hours else (zh, en)
    if hours:
        zh, en = f"{hours} 小时", f"{hours} h"
        return (f"{zh} {rest} 分", f"{en} {rest} min") if rest else (zh, en)
    return f"{rest} 分钟", f"{rest} min"


def left_words(left_min: int) -> tuple[str, str]:
    """How late a case is, or how long is left."""
    zh, en = span(abs(left_min))
    return (f"已超期 {zh}", f"late by {en}") if left_min < 0 else (f"剩余 {zh}", f"{en} left")


def headline(digest: Digest) -> tuple[str, str]:
    """The title's figures: what is most urgent first."""
    counts = digest.counts
    parts = [
        (counts.late, "超期", "late"),
        (counts.due_today, "今日到期", "due today"),
        (counts.mine, "待办", "waiting for you"),
        (counts.open, "未结", "open"),
    ]
    told = [(f"{zh} {count}", f"{count} {en}") for count, zh, en in parts if count]
    if not told:
        return "无未结案件", "nothing open"
    return ",".join(zh for zh, _ in told), ", ".join(en for _, en in told)


def body(digest: Digest, *, zh: bool, site: str) -> str:
    """The letter's text in one language; `site` is the address that the links begin with, "" makes them paths."""
    parts = [_figures(digest, zh=zh)]
    if not digest.counts.open:
        parts.append("目前没有未结案件。" if zh else "Nothing is open.")
    due = ("超期与最近到期", "Late and due next")
    parts += _cases(due, digest.due, f"{site}{CONSOLE}/cases?state=open&sort=due", zh=zh, site=site)
    parts += _waiting(digest, zh=zh, site=site)
    saveable = ("还能救", "Can still be saved")
    parts += _cases(saveable, digest.saveable, f"{site}{CONSOLE}/forecast", zh=zh, site=site)
    if digest.notices:
        total = sum(one.count for one in digest.notices)
        head = f"上次简报以来的通知 {total} 条:" if zh else f"Notices since the last digest: {total}"
        parts.append("\n".join((head, *_named(digest.notices, zh=zh))))
    return "\n\n".join(parts)


def _figures(digest: Digest, *, zh: bool) -> str:
    counts, period = digest.counts, digest.period
    if zh:
        days = "昨日" if not digest.weekly else "近 7 天"
        return (
            f"当前:未结 {counts.open},待我办理 {counts.mine},未响应 {counts.unacknowledged},今日到期 {counts.due_today},"
            f"超期 {counts.late},停表 {counts.stopped}\n"
            f"{days}({_days(period)}):上报 {period.opened},结案 {period.closed},其中按时 {period.on_time}"
        )
    days = "Yesterday" if not digest.weekly else "The last 7 days"
    return (
        f"Now: {counts.open} open, {counts.mine} waiting for you, {counts.unacknowledged} unacknowledged, {counts.due_today} due today, "
        f"{counts.late} late, {counts.stopped} with a stopped clock\n"
        f"{days} ({_days(period)}): {period.opened} reported, {period.closed} closed, {period.on_time} of them on time"
    )


def _days(period: Period) -> str:
    first, last = period.first, period.last
    return f"{last:%m-%d}" if first == last else f"{first:%m-%d} – {last:%m-%d}"


def _waiting(digest: Digest, *, zh: bool, site: str) -> list[str]:
    """How many wait for the person's duties, by state, and those that are not in the first list already."""
    if not digest.waiting:
        return []
    listed = {one.number for one in digest.due}
    more = tuple(one for one in digest.waiting_cases if one.number not in listed)
    head = ("待我办理(按本环节时限)", "Waiting for you (by the limit of the step)")
    shown = _cases(head, more, f"{site}{CONSOLE}/cases?view=mine&sort=due", zh=zh, site=site, figures=digest.waiting)
    return shown or ["\n".join((f"{head[0]}:" if zh else head[1], *_named(digest.waiting, zh=zh)))]


def _cases(
    head: tuple[str, str], lines: Sequence[Line], all_at: str, *, zh: bool, site: str, figures: Iterable[Named] = ()
) -> list[str]:
    if not lines:
        return []
    told = [f"{head[0]}:" if zh else head[1], *_named(figures, zh=zh)]
    for line in lines:
        told += [f"- {_line(line, zh=zh)}", f"  {site}{CONSOLE}/case/{line.number}"]
    told.append(f"全部:{all_at}" if zh else f"All: {all_at}")
    return ["\n".join(told)]


def _line(line: Line, *, zh: bool) -> str:
    left = left_words(line.left_min)[0 if zh else 1]
    words = [line.number, line.class_zh or "未定类别", line.place_zh, line.state_zh, left]
    if not zh:
        words = [line.number, line.class_en or "no class yet", line.place_en, line.state_en, left]
    if line.share is not None:
        percent = min(99, max(1, round(line.share * 100)))
        words.append(f"超期可能 {percent}%" if zh else f"{percent} % likely to be late")
    return " · ".join(word for word in words if word)


def _named(figures: Iterable[Named], *, zh: bool) -> list[str]:
    return [f"- {one.zh if zh else one.en} × {one.count}" for one in figures]


def spoken(digest: Digest, site: str) -> dict[str, str]:
    """The facts that the template of the kind names."""
    head_zh, head_en = headline(digest)
    return {
        "day": digest.day.isoformat(),
        "head_zh": head_zh,
        "head_en": head_en,
        "every_zh": "每周" if digest.weekly else "每日",
        "every_en": "Weekly" if digest.weekly else "Daily",
        "body_zh": body(digest, zh=True, site=site),
        "body_en": body(digest, zh=False, site=site),
        "settings": f"{site}{CONSOLE}/settings",
    }
