"""When a rule or a permit is in force: weekly hours of the city, Chinese holidays, one-off occasions; for one moment at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from gridloop.engines.fences.calendars import CITY_EAST_MS, FAR, MONDAY_MS, WEEK_MS
from gridloop.fleet.judge.rows import Weekly

DAY_MS = 86_400_000
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Hours:
    """All that is said must hold: weekly spans (ms since Monday 00:00 of the city), the kind of day, spans of the occasion (None: no occasion named)."""

    weekly: tuple[tuple[int, int], ...] = ()
    days: str = ""
    holidays: frozenset[int] = frozenset()
    spans: tuple[tuple[int, int], ...] | None = None

    def in_force(self, at_ms: int) -> bool:
        """Whether this moment is."""
        if self.weekly:
            of_week = (at_ms + CITY_EAST_MS - MONDAY_MS) % WEEK_MS
            if not any((of_week - start) % WEEK_MS < stop - start for start, stop in self.weekly):
                return False
        if self.days and (day_of(at_ms) in self.holidays) is not (self.days == "only"):
            return False
        return self.spans is None or any(start <= at_ms < stop for start, stop in self.spans)

    def next_change(self, after_ms: int) -> int:
        """The first moment after this one at which the answer may be another, FAR where there is none."""
        found = FAR
        if self.weekly:
            of_week = (after_ms + CITY_EAST_MS - MONDAY_MS) % WEEK_MS
            edges = (edge for span in self.weekly for edge in span)
            found = min(after_ms + (edge - of_week - 1) % WEEK_MS + 1 for edge in edges)
        if self.days:
            found = min(found, (day_of(after_ms) + 1) * DAY_MS - CITY_EAST_MS)
        if self.spans is not None:
            found = min([found, *(edge for span in self.spans for edge in span if edge > after_ms)])
        return found


def hours_of(
    weekly: Weekly, *, days: str = "", holidays: frozenset[int] = frozenset(), spans: Iterable[tuple[int, int]] | None
) -> Hours:
    """From what the masters say; refuses weekdays and clock times that there are none of."""
    if days not in ("", "only", "never"):
        message = f'holidays must be "", "only" or "never", not "{days}"'
        raise ValueError(message)
    found = []
    for weekday, opens, closes in weekly:
        start, stop = (_clock(opens), _clock(closes))
        if not 1 <= int(weekday) <= 7:
            message = f"a weekday is a number from 1 (Monday) to 7 (Sunday), not {weekday}"
            raise ValueError(message)
        midnight = (int(weekday) - 1) * DAY_MS
        found.append((midnight + start, midnight + (stop if stop > start else stop + DAY_MS)))
    return Hours(tuple(found), days, holidays if days else frozenset(), None if spans is None else tuple(spans))


def day_of(at_ms: int) -> int:
    """The day of the city as a number."""
    return (at_ms + CITY_EAST_MS) // DAY_MS


def days_of(dates: Collection[date]) -> frozenset[int]:
    """Dates as such numbers."""
    return frozenset(one.toordinal() - EPOCH for one in dates)


def of_day(at_ms: int) -> int:
    """Milliseconds since midnight of the city."""
    return (at_ms + CITY_EAST_MS) % DAY_MS


def _clock(text: str) -> int:
    hour, _, minute = text.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(minute) < 60 and int(hour) * 60 + int(minute) <= 24 * 60):
        message = f'a time of day is written "HH:MM" from 00:00 to 24:00, not "{text}"'
        raise ValueError(message)
    return (int(hour) * 60 + int(minute)) * 60_000
