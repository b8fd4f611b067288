"""Deadlines: natural hours, working hours, working days, and clocks that stand still.

Working days are counted as the procedure laws count periods: the day on which the clock starts does not count, and the limit ends at the close
of work of the n-th working day after it. A fraction of a day is that share of the working time of the next working day. (The other
custom, eight working hours a day, does not fit a working day of 7.5 hours.) Pauses move every deadline by the time that stood
still: natural time for natural hours, working time for the other two.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.kernel.clock import CITY_ZONE

HOUR_S = 3600
DAY_S = 86400
NATURAL_HOUR, WORKING_HOUR, WORKING_DAY = "natural_hour", "working_hour", "working_day"
LIMIT_UNITS = (NATURAL_HOUR, WORKING_HOUR, WORKING_DAY)
UNIT_NAMES = {
    NATURAL_HOUR: ("自然时", "hours"),
    WORKING_HOUR: ("工作时", "working hours"),
    WORKING_DAY: ("工作日", "working days"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline, and whether days without a published calendar were counted for it."""

    at: datetime
    guessed: bool = False


class Clock:
    """One calendar with one day's working hours, laid out as sorted arrays so that a deadline is two binary searches.

    Times go in and out as aware datetimes; inside they are epoch seconds. The city's zone has had no summer time since 1991,
    so a day is always 86,400 s long.
    """

    def __init__(self, calendar: WorkCalendar, hours: WorkHours, first: date, last: date) -> None:
        """Lay out the working periods of every day from `first` to `last`, both included."""
        self.calendar = calendar
        self.hours = hours
        self.first, self.last = first, last
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []  # working seconds before each period
        self._day_starts: list[int] = []  # midnight of each working day
        self._day_period: list[int] = []  # index of its first period
        self._lay_out()
        self._guess_from = int(_midnight(date(calendar.last_known + 1, 1, 1)).timestamp()) if calendar.known else 0

    def _lay_out(self) -> None:
        total = 0
        day = self.first
        spans = [(_seconds(start), _seconds(end)) for start, end in self.hours.periods]
        while day <= self.last:
            if self.calendar.works(day):
                midnight = int(_midnight(day).timestamp())
                self._day_starts.append(midnight)
                self._day_period.append(len(self._starts))
                for start, end in spans:
                    self._starts.append(midnight + start)
                    self._ends.append(midnight + end)
                    self._before.append(total)
                    total += end - start
            day += timedelta(days=1)
        self._total = total

    def due(self, start: datetime, value: float, unit: str) -> Due:
        """When a limit of `value` `unit` that starts at `start` ends."""
        if unit == NATURAL_HOUR:
            return Due(start + timedelta(seconds=value * HOUR_S))
        begin = start.timestamp()
        at = (
            self._after_working_s(begin, value * HOUR_S)
            if unit == WORKING_HOUR
            else self._after_working_days(begin, value)
        )
        return Due(datetime.fromtimestamp(at, UTC), guessed=at >= self._guess_from)

    def later(self, due: datetime, *, paused_from: datetime, until: datetime, unit: str) -> Due:
        """The deadline after its clock stood still from `paused_from` to `until`."""
        if unit == NATURAL_HOUR:
            return Due(due + (until - paused_from))
        stood_s = self.working_s(paused_from, until)
        at = self._after_working_s(due.timestamp(), stood_s)
        return Due(datetime.fromtimestamp(at, UTC), guessed=at >= self._guess_from)

    def working_s(self, start: datetime, end: datetime) -> float:
        """Working seconds between two moments, 0 when the second is not after the first."""
        if end <= start:
            return 0.0
        return self._worked_until(end.timestamp()) - self._worked_until(start.timestamp())

    def is_working(self, moment: datetime) -> bool:
        """Whether work goes on at this moment."""
        at = moment.timestamp()
        place = bisect_right(self._starts, at) - 1
        return place >= 0 and at < self._ends[place]

    def _worked_until(self, at: float) -> float:
        place = bisect_right(self._starts, at) - 1
        if place < 0:
            return 0.0
        return self._before[place] + min(at, self._ends[place]) - self._starts[place]

    def _after_working_s(self, begin: float, seconds: float) -> float:
        """The first moment by which `seconds` have been worked since `begin`."""
        if seconds <= 0:
            return begin
        target = self._worked_until(begin) + seconds
        if target > self._total:
            raise OverflowError(f"the working calendar ends on {self.last}, and the deadline lies beyond it")
        place = bisect_left(self._before, target) - 1
        return self._starts[place] + (target - self._before[place])

    def _after_working_days(self, begin: float, days: float) -> float:
        whole = int(days)
        following = bisect_right(self._day_starts, begin)  # the first working day after the day of start
        rest = days - whole
        place = following + whole - (0 if rest else 1)
        if place >= len(self._day_starts):
            raise OverflowError(f"the working calendar ends on {self.last}, and the deadline lies beyond it")
        period = self._day_period[place]
        last_period = self._day_period[place + 1] - 1 if place + 1 < len(self._day_period) else len(self._starts) - 1
        if not rest:
            return self._ends[last_period]
        day_s = self._before[last_period] + self._ends[last_period] - self._starts[last_period] - self._before[period]
        return self._after_working_s(self._day_starts[place], rest * day_s)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE)


def _seconds(moment: time) -> int:
    return moment.hour * HOUR_S + moment.minute * 60 + moment.second
