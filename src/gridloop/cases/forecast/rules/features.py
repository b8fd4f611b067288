"""What was known about a case at a moment: how much of its limit is gone, its unit's queue and record, its class, the hour.

Nothing here looks past the asked moment: queues are counted from stays that had begun, records from outcomes that were known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from gridloop.cases.forecast.rules.past import Floats, Numbers, Past
from gridloop.cases.rules.clock import NATURAL_HOUR, WORKING_DAY, Clock
from gridloop.engines.lateness import Tally, ahead_by_due, log_odds
from gridloop.kernel.clock import CITY_ZONE

HOUR_S, DAY_S, WEEK_S = 3600.0, 86400.0, 604800.0
CITY_AHEAD_S = 8 * HOUR_S  # China has kept UTC+8 without summer time since 1991
RESIDENTS = ("citizen", "hotline", "open311")
RECORD_DOUBT = 20.0  # cases' worth of the city's share that a unit's or class's own record is mixed with
CITY_DOUBT = 100.0
CITY_SHARE = 0.073  # of cases late where a city has no record yet (92.7 % on time, performance.json)
SHARE_MAX = 1.5
GROUPS: dict[str, tuple[str, ...]] = {
    "time": ("used", "used_past_half", "used_past_four_fifths", "used_working", "hours_left", "limit_hours"),
    "unit": ("unit_record",),
    "class": ("class_record",),
    "queue": ("open", "days_of_work"),
    "ahead": ("ahead",),
    "arrivals": ("arrivals_day", "arrivals_over_finishes"),
    "hour": ("hour_sin", "hour_cos", "working_now"),
    "kind": ("emergency", "urgent", "planned", "tier_a", "tier_c", "natural_limit", "day_limit"),
    "source": ("by_collector", "by_resident"),
    "untaken": ("untaken",),
    "sent_back": ("returns", "reworks"),
    "delay": ("delay_asked", "delays"),
}
"""Features by the reason that they are told as."""
FEATURES = tuple(name for names in GROUPS.values() for name in names)


@dataclass(frozen=True, slots=True)
class WorkTime:
    """The city's working time: seconds worked until each corner of the calendar, straight between them; `day_s` is a working day."""

    corner_s: Floats
    worked_s: Floats
    day_s: float

    def until(self, at_s: Floats) -> Floats:
        """Working seconds from the calendar's first corner until each moment."""
        return np.interp(at_s, self.corner_s, self.worked_s)

    def working(self, at_s: Floats) -> Floats:
        """1.0 where work goes on at the moment."""
        return (self.until(at_s + 1.0) > self.until(at_s)).astype(np.float64)


def work_time(clock: Clock, first: date, last: date) -> WorkTime:
    """The clock's working periods from the first day to the last one, both included."""
    corners, worked, total = [_epoch_s(first, time())], [0.0], 0.0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if clock.calendar.works(day):
            for start, end in clock.hours.periods:
                corners += [_epoch_s(day, start), _epoch_s(day, end)]
                worked += [total, total + corners[-1] - corners[-2]]
                total = worked[-1]
    day_s = sum(_epoch_s(first, end) - _epoch_s(first, start) for start, end in clock.hours.periods)
    return WorkTime(np.array(corners), np.array(worked), day_s)


def _epoch_s(day: date, moment: time) -> float:
    return datetime.combine(day, moment, CITY_ZONE).timestamp()


@dataclass(frozen=True, slots=True)
class Asked:
    """Which stays are asked about, and at which moments of theirs."""

    stay: Numbers
    at_s: Floats


@dataclass(frozen=True, slots=True)
class Record:
    """Shares of late cases, of the unit and of the class, one of each for every asked row."""

    unit: Floats
    class_: Floats


class Records:
    """Who was late how often, as it was known at any moment of the past."""

    def __init__(self, past: Past) -> None:
        """Counts the outcomes of all runs by the moment at which each became known."""
        runs = past.runs
        classes = past.class_no[runs.case]
        late_s = np.where(runs.known_late, runs.known_s, np.inf)
        nobody = np.zeros(len(classes), dtype=np.int64)
        self._past = past
        self._all = Tally(nobody, runs.known_s), Tally(nobody, late_s)
        self._units = Tally(runs.unit, runs.known_s), Tally(runs.unit, late_s)
        self._classes = Tally(classes, runs.known_s), Tally(classes, late_s)

    def at(self, asked: Asked) -> Record:
        """The records as they stood at the asked moments."""
        stays = self._past.stays
        unit, class_no = stays.unit[asked.stay], self._past.class_no[stays.case[asked.stay]]
        nobody = np.zeros(len(unit), dtype=np.int64)

        def share(counted: tuple[Tally, Tally], of: Numbers, towards: Floats | float, doubt: float) -> Floats:
            known, late = counted
            return mixed(known.until(of, asked.at_s), late.until(of, asked.at_s), towards, doubt)

        city = share(self._all, nobody, CITY_SHARE, CITY_DOUBT)
        return Record(share(self._units, unit, city, RECORD_DOUBT), share(self._classes, class_no, city, RECORD_DOUBT))

    def kept(self, now_s: float) -> dict[str, dict[str, list[int]]]:
        """What is known now, as [outcomes, late ones] by unit id, by class label and of all, in plain JSON values."""
        counted = {}
        for name, keys, (known, late) in (
            ("all", [""], self._all),
            ("units", [str(one) for one in self._past.unit_ids], self._units),
            ("classes", list(self._past.class_labels), self._classes),
        ):
            number, moment = np.arange(len(keys)), np.full(len(keys), now_s)
            pairs = np.column_stack([known.until(number, moment), late.until(number, moment)]).tolist()
            counted[name] = dict(zip(keys, pairs, strict=True))
        return counted


def kept_record(kept: dict[str, dict[str, list[int]]], past: Past, asked: Asked) -> Record:
    """The records that were kept, for the asked rows; who is not in them has the city's."""
    stays = past.stays
    known, late = kept["all"][""]
    city = mixed(np.array([known]), np.array([late]), CITY_SHARE, CITY_DOUBT)

    def shares(name: str, keys: list[str], chosen: Numbers) -> Floats:
        pairs = np.array([kept[name].get(key, [0, 0]) for key in keys], dtype=np.int64).reshape(len(keys), 2)
        return mixed(pairs[chosen, 0], pairs[chosen, 1], city)

    units = shares("units", [str(one) for one in past.unit_ids], stays.unit[asked.stay])
    return Record(units, shares("classes", list(past.class_labels), past.class_no[stays.case[asked.stay]]))


def mixed(known: Numbers, late: Numbers, towards: Floats | float, doubt: float = RECORD_DOUBT) -> Floats:
    """The share of late ones, drawn towards another share while few are known."""
    found: Floats = (late + doubt * towards) / (known + doubt)
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """The features of the asked rows, float64 (rows, features) in the order of `FEATURES`, and the figures that reasons quote, by group."""

    table: Floats
    figures: dict[str, tuple[Floats, ...]]


def known_at(past: Past, asked: Asked, work: WorkTime, record: Record) -> Known:
    """Everything that was known of the asked stays at their moments."""
    columns = _time_columns(past, asked, work)
    queue = _queue_columns(past, asked, work)
    columns |= queue | _case_columns(past, asked) | _hour_columns(asked, work)
    columns |= {"unit_record": log_odds(record.unit), "class_record": log_odds(record.class_)}
    opened, rate = np.expm1(queue["open"]), queue["finishes_a_day"]
    figures = {
        "time": (100 * columns["used"],),
        "unit": (100 * record.unit,),
        "class": (100 * record.class_,),
        "queue": (opened, rate),
        "ahead": (np.expm1(queue["ahead"]),),
        "arrivals": (np.expm1(queue["arrivals_day"]),),
        "sent_back": (columns["returns"], columns["reworks"]),
    }
    return Known(np.column_stack([columns[name] for name in FEATURES]), figures)


def _time_columns(past: Past, asked: Asked, work: WorkTime) -> dict[str, Floats]:
    stays, at = past.stays, asked.at_s
    start = past.runs.start_s[stays.run[asked.stay]]
    first_due = past.runs.due_s[stays.run[asked.stay]]
    due = stays.due_s[asked.stay]
    used = np.clip((at - start) / np.maximum(due - start, 60.0), 0.0, SHARE_MAX)
    limit_work = np.maximum(work.until(first_due) - work.until(start), 60.0)
    left_work = work.until(due) - work.until(at)
    natural = past.limit_unit[stays.case[asked.stay]] == NATURAL_HOUR
    return {
        "used": used,
        "used_past_half": np.maximum(used - 0.5, 0.0),
        "used_past_four_fifths": np.maximum(used - 0.8, 0.0),
        "used_working": np.where(natural, used, np.clip(1.0 - left_work / limit_work, -SHARE_MAX, SHARE_MAX)),
        "hours_left": np.log1p(np.maximum(due - at, 0.0) / HOUR_S),
        "limit_hours": np.log1p(np.maximum(first_due - start, 0.0) / HOUR_S),
    }


def _queue_columns(past: Past, asked: Asked, work: WorkTime) -> dict[str, Floats]:
    """The queue of the unit that has the case, counted at the moment."""
    stays, at = past.stays, asked.at_s
    unit = stays.unit[asked.stay]
    begun, ended = Tally(stays.unit, stays.start_s), Tally(stays.unit, stays.end_s)
    opened = (begun.until(unit, at) - ended.until(unit, at)).astype(np.float64)
    coming = Tally(stays.unit[stays.entering], stays.start_s[stays.entering])
    finished = Tally(past.done_unit, past.done_s).between(unit, at, WEEK_S)
    days = np.maximum((work.until(at) - work.until(at - WEEK_S)) / work.day_s, 1.0)
    a_day, a_week = coming.between(unit, at, DAY_S), coming.between(unit, at, WEEK_S)
    ahead = ahead_by_due((stays.unit, stays.start_s, stays.end_s, stays.due_s), (unit, at, stays.due_s[asked.stay]))
    return {
        "open": np.log1p(opened),
        "finishes_a_day": finished / days,
        "days_of_work": np.log1p(opened / np.maximum(finished / days, 0.2)),
        "ahead": np.log1p(ahead.astype(np.float64)),
        "arrivals_day": np.log1p(a_day.astype(np.float64)),
        "arrivals_over_finishes": np.log((a_week + 3.0) / (finished + 3.0)),
    }


def _case_columns(past: Past, asked: Asked) -> dict[str, Floats]:
    stays = past.stays
    case = stays.case[asked.stay]
    urgency, tier, limit, source = past.urgency[case], past.tier[case], past.limit_unit[case], past.source[case]
    flags = {
        "emergency": urgency == "emergency", "urgent": urgency == "urgent", "planned": urgency == "planned",
        "tier_a": tier == "A", "tier_c": tier == "C", "natural_limit": limit == NATURAL_HOUR, "day_limit": limit == WORKING_DAY,
        "by_collector": source == "collector", "by_resident": np.isin(source, RESIDENTS),
        "untaken": ~stays.taken[asked.stay], "delay_asked": stays.delay_asked[asked.stay],
        "delays": stays.delays[asked.stay], "returns": stays.returns[asked.stay], "reworks": stays.reworks[asked.stay],
    }  # fmt: skip
    return {name: np.asarray(column, dtype=np.float64) for name, column in flags.items()}


def _hour_columns(asked: Asked, work: WorkTime) -> dict[str, Floats]:
    into_day = (asked.at_s + CITY_AHEAD_S) % DAY_S * (2 * np.pi / DAY_S)
    return {"hour_sin": np.sin(into_day), "hour_cos": np.cos(into_day), "working_now": work.working(asked.at_s)}
