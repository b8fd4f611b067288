"""Which days are worked: the holiday arrangements of the State Council as published, and Monday to Friday beyond what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from functools import cached_property

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkHours:
    """The working periods of a day, in order, as the city's clocks show them."""

    periods: tuple[tuple[time, time], ...] = (
        (time(8, 30), time(12, 0)),
        (time(14, 0), time(18, 0)),
    )  # workflow.json, clock.working_hour

    @classmethod
    def parsed(cls, text: str) -> WorkHours:
        """From "08:30-12:00,14:00-18:00"."""
        pairs = [part.split("-") for part in text.split(",")]
        return cls(tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs))


@dataclass(frozen=True)
class WorkCalendar:
    """Special days over Monday-to-Friday weeks: day -> whether it is worked. `known` years are published; others are guessed."""

    code: str
    special: Mapping[date, bool]
    known: frozenset[int]
    source: str = ""
    marks: Mapping[date, str] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether this day is worked; a make-up Saturday is, a public holiday is not."""
        return self.special.get(day, day.weekday() < SATURDAY)

    @cached_property
    def last_known(self) -> int:
        """The last year with a published arrangement, 0 when there is none."""
        return max(self.known, default=0)

    def guessed(self, day: date) -> bool:
        """Whether this day's arrangement is not published yet, so that Monday to Friday was assumed."""
        return day.year not in self.known
