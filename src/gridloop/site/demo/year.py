"""A year of a city lived in order of time: the rules of the loop, and the clockwork of the database that reminds, escalates and resumes.

Unlike the demo's history, which lives each case to its end, this goes from hour to hour: all cases take their steps of the hour through the
real rules and are stored, then the ladder is climbed and suspensions end as in a running city. Beside it stands what the
ladder must have told by the rules alone, so that a lost or a doubled escalation shows.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from gridloop.audit import actions as ledger
from gridloop.cases import actions as cases
from gridloop.cases import queries as asked
from gridloop.kernel.clock import CITY_ZONE
from gridloop.site.demo.history import HOURS, Chronicle, Course

HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long and how much: `peaks` days, spread by chance, bring `peak_times` as many cases."""

    days: int
    cases_a_day: int
    peaks: int = 0
    peak_times: int = 10


@dataclass
class Tally:
    """What was counted on the way."""

    reported: int = 0
    steps: int = 0
    told: int = 0
    resumed: int = 0
    open_most: int = 0
    without_deadline: int = 0
    peak_days: list[str] = field(default_factory=list)
    expected: set[tuple[int, str]] = field(default_factory=set)


class Year:
    """Lives `pace.days` whole days that end at the chronicle's present."""

    def __init__(self, chronicle: Chronicle, pace: Pace, seed: int) -> None:
        self.chronicle = chronicle
        self.pace = pace
        self.rng = chronicle.rng = chronicle.cast.rng = Random(f"year:{seed}")
        self.tally = Tally()
        self.begin = _midnight(chronicle.until) - dt.timedelta(days=pace.days)
        self.peaks = frozenset(self.rng.sample(range(pace.days), min(pace.peaks, pace.days)))
        self.ahead: list[tuple[dt.datetime, int, Course]] = []
        self.open: dict[int, Course] = {}
        self.day = 0

    def run(self, say: Callable[[int, Tally], bool]) -> bool:
        """Hour by hour to the present, or until `say`, which hears of the end of each day, says no; whether the present was reached.

        A year that stopped goes on where it was when it is run again: it may be pickled meanwhile, with the database left alone.
        """
        while self.day < self.pace.days:
            self._live(self.day)
            self.day += 1
            if not say(self.day, self.tally):
                break
        return self.day == self.pace.days

    def _live(self, day: int) -> None:
        count = self.pace.cases_a_day * (self.pace.peak_times if day in self.peaks else 1)
        begin = self.begin + dt.timedelta(days=day)
        if day in self.peaks:
            self.tally.peak_days.append(begin.date().isoformat())
        for hour, share in enumerate(self._shares(count)):
            self._hour(begin + hour * HOUR, share)
        while ledger.sequence(begin + dt.timedelta(days=1)):
            continue

    def _shares(self, count: int) -> list[int]:
        """How many of a day's cases come in each hour."""
        drawn = self.rng.choices(range(24), HOURS, k=count)
        return [drawn.count(hour) for hour in range(24)]

    def _hour(self, begin: dt.datetime, count: int) -> None:
        """One hour of reports and steps, stored, and then what time itself does."""
        end = begin + HOUR
        touched = self._report(begin, count)
        while self.ahead and self.ahead[0][0] < end:
            _, case_id, course = heapq.heappop(self.ahead)
            self.chronicle.go_on(course)
            self.tally.steps += 1
            touched[case_id] = course
            self._push(course)
        cases.store_history([course.life for course in touched.values()], self.chronicle.shared)
        self.chronicle.shared.clear()
        for case_id, course in touched.items():
            if asked.is_open(course.life.facts):
                self.open[case_id] = course
            else:
                self.open.pop(case_id, None)
        self._clockwork(end)

    def _report(self, begin: dt.datetime, count: int) -> dict[int, Course]:
        """This hour's reports, in order."""
        moments = sorted(begin + HOUR * self.rng.random() for _ in range(count))
        reports = [self.chronicle.report_at(at) for at in moments]
        lives = cases.begin_history(reports, cases.reserve_case_ids(count), now=begin) if reports else []
        courses = {life.facts.id: self.chronicle.course(life) for life in lives}
        self.tally.reported += len(courses)
        for course in courses.values():
            self._push(course)
        return courses

    def _push(self, course: Course) -> None:
        if course.verb is not None:
            heapq.heappush(self.ahead, (course.at, course.life.facts.id, course))

    def _clockwork(self, now: dt.datetime) -> None:
        """Suspensions end, the ladder is climbed, people are told; beforehand, what the rules alone say must be told."""
        lives = [course.life for course in self.open.values()]
        self.tally.resumed += cases.end_suspensions(now)
        cases.refresh_lives(lives, now)
        self.tally.open_most = max(self.tally.open_most, len(lives))
        self.tally.without_deadline += sum(life.facts.due_at is None for life in lives)
        for life in lives:
            self.tally.expected |= {
                (life.facts.id, name) for name in asked.rungs_reached(life.facts, now, life.masters)
            }
        self.tally.told += cases.climb(now)
        cases.tell_waiting(now)
        cases.refresh_lives(lives, now)


def _midnight(at: dt.datetime) -> dt.datetime:
    return at.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
