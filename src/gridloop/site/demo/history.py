"""Sixty days of the demo city's cases: made up from a seed, lived through the real rules, stored at once."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random

from django.db import connections

from gridloop.audit import actions as ledger
from gridloop.cases import actions as cases
from gridloop.cases import queries as asked
from gridloop.kernel import ids
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Refused
from gridloop.site.demo.bank import Bank
from gridloop.site.demo.pictures import FAMILIES, family_of
from gridloop.site.demo.sizes import Size
from gridloop.site.drive import plot as plots
from gridloop.site.drive import words

HOURS = (1, 1, 1, 1, 1, 2, 5, 10, 16, 17, 15, 12, 9, 11, 15, 15, 14, 11, 8, 7, 6, 4, 3, 2)
"""How many reports come in each hour of the day, in relation to each other."""
SOURCES = {"collector": 46, "citizen": 24, "hotline": 19, "video": 6, "open311": 3, "leader": 1, "media": 1}
"""Shares of the sources in percent."""
MIX = {
    ("event", "0102"): 9, ("event", "0104"): 7, ("event", "0505"): 6, ("event", "0506"): 7, ("event", "0515"): 8, ("event", "0501"): 7,
    ("event", "0504"): 8, ("event", "0201"): 6, ("event", "0122"): 5, ("event", "0110"): 4, ("event", "0406"): 2, ("event", "0301"): 3,
    ("event", "0103"): 4, ("event", "0106"): 3, ("event", "0410"): 1, ("event", "0116"): 2, ("event", "0508"): 2, ("event", "0507"): 4,
    ("event", "0511"): 2, ("event", "0117"): 1, ("event", "0304"): 2, ("component", "0102"): 4, ("component", "0103"): 4, ("component", "0104"): 4,
    ("component", "0118"): 5, ("component", "0402"): 4, ("component", "0305"): 4, ("component", "0211"): 3, ("component", "0209"): 2,
    ("component", "0210"): 1, ("component", "0407"): 2, ("component", "0107"): 2, ("component", "0105"): 2, ("component", "0203"): 1,
    ("component", "0405"): 2, ("component", "0113"): 1, ("component", "0220"): 2, ("component", "0101"): 2,
}  # fmt: skip
"""How often each class comes, in relation to each other (constructed)."""
STEPS_MAX = 40
PART = 750
PROCESSES = 2
OTHER_SPOTS = 30_000
ELSEWHERE = 0.4
"""Share of returned cases that are sent to another unit next."""
QUALITY = (0.985, 0.9, 0.96, 0.97, 0.93, 0.95, 0.86)
"""Shares of cases in time, one for each unit in turn."""
RESIDENT = Caller(person_id=None, name="市民", via="public")


def streets_to_draw(most: int) -> dict[str, int]:
    """How many streets of each picture family: `most` of the third that comes oftenest in `MIX`, else one; drawing is a third of the loading."""
    seen = Counter(dict.fromkeys(FAMILIES, 0))
    for (kind, code), share in MIX.items():
        seen[family_of(kind, code).name] += share
    common = {name for name, _ in seen.most_common(len(seen) // 3)}
    return {name: most if name in common else 1 for name in FAMILIES}


@dataclass(frozen=True)
class Spot:
    """Where something can be reported: WGS-84, the street's name, and the subclass of the component that stands there."""

    lon: float
    lat: float
    street: str
    subclass: str


@dataclass
class Cast:
    """Who acts: callers by duty, and the clerk of each unit."""

    by_duty: dict[Duty, list[Caller]]
    clerks: dict[int, Caller]
    rng: Random

    def partner(self, unit_id: int) -> int:
        """The unit that a returned case goes to next: each has one with which it argues (constructed)."""
        units = sorted(self.clerks)
        at = units.index(unit_id) if unit_id in self.clerks else 0
        return units[at ^ 1] if at ^ 1 < len(units) else units[at]

    def somebody(self, duty: Duty, place: str) -> Caller:
        """A seat that holds this duty at this place."""
        able = [one for one in self.by_duty[duty] if one.grant_for(duty, area=place)]
        if not able:
            raise LookupError(f"nobody holds {duty} at {place}")
        return self.rng.choice(able)

    def pace(self, unit_id: int) -> float:
        """The share of its cases that a unit finishes in time: units differ, and stay as they are (constructed)."""
        return QUALITY[unit_id % len(QUALITY)]


def cast_of(seats: dict[str, Caller], rng: Random) -> Cast:
    """The seats sorted by what they do; those that the visitor uses are left out of crowds."""
    by_duty: dict[Duty, list[Caller]] = {}
    clerks = {}
    for caller in seats.values():
        for grant in caller.grants:
            if grant.duty is Duty.UNIT and grant.unit_id is not None:
                clerks[grant.unit_id] = caller
            else:
                by_duty.setdefault(grant.duty, []).append(caller)
    return Cast(by_duty, clerks, rng)


@dataclass(frozen=True)
class Again:
    """What is told again: lives opened from `since` to `until`, at most `most`, `rounds` times, by whom."""

    since: dt.datetime
    until: dt.datetime
    most: int
    rounds: int
    by: Caller


@dataclass
class Course:
    """A life on its way: its plot, the next step and when that comes, and how often each was taken."""

    life: cases.Life
    plot: plots.Plot
    at: dt.datetime
    verb: str | None = None
    done: Counter[str] = field(default_factory=Counter)


class Chronicle:
    """Writes the city's history, some thousand lives at a time."""

    def __init__(self, *, spots: list[Spot], cast: Cast, bank: Bank, until: dt.datetime, seed: int) -> None:
        """`until` is the present: what would happen later has not happened."""
        self.seed = seed
        self.rng = Random(seed)
        self.cast = cast
        self.bank = bank
        self.until = until
        self.classes = {(one["kind"], one["code"]): one for one in asked.classes(until)[1]}
        self.spots = spots
        self.standing: dict[str, list[Spot]] = {}
        for spot in spots:
            self.standing.setdefault(spot.subclass, []).append(spot)
        self.shared: dict[str, str] = {}
        self.first_id = 0
        self.again: Again

    def write(self, size: Size, tick: Callable[[int, int], None]) -> int:
        """Make all cases of `size` in two processes, oldest first; returns how many were stored."""
        moments = sorted(self._moment(day) for day in range(size.days) for _ in range(size.cases_a_day))
        moments = [at for at in moments if at < self.until - dt.timedelta(minutes=1)]
        # what is told again later lies before, and the newest case has the highest id
        self.first_id = cases.reserve_case_range(size.rounds_before * (size.days // 2) * size.cases_a_day)
        case_ids = cases.reserve_case_ids(len(moments))
        parts = [
            (start, moments[start : start + PART], case_ids[start : start + PART])
            for start in range(0, len(moments), PART)
        ]
        stored = 0
        with self._processes() as pool:
            for count in pool.map(_write_part, parts):
                stored += count
                tick(stored, len(moments))
        ledger.sort_pending()
        return stored

    def write_earlier(
        self, size: Size, *, by: Caller, tick: Callable[[int, int], None], index: Callable[[int, int], None]
    ) -> int:
        """Tell the older half again for the time before, round by round, oldest first; returns how many cases that made. `index`: its indexes are built."""
        half = size.days // 2
        until = _midnight(self.until) - dt.timedelta(days=half - 1)
        self.again = Again(until - dt.timedelta(days=half), until, half * size.cases_a_day, size.rounds_before, by)
        stored = 0
        with cases.without_indexes(index), self._processes(_hold_lives) as pool:
            for done, count in enumerate(pool.map(_tell_again, range(size.rounds_before, 0, -1)), start=1):
                stored += count
                tick(done, size.rounds_before)
        return stored

    def _processes(self, begin: Callable[[], None] | None = None) -> ProcessPoolExecutor:
        """Two processes that know this chronicle; a connection must not be shared with them."""
        connections.close_all()
        WRITING[:] = [self]
        return ProcessPoolExecutor(max_workers=PROCESSES, mp_context=get_context("fork"), initializer=begin)

    def write_part(self, part: tuple[int, list[dt.datetime], list[int]]) -> int:
        """Live and store one part of the history; its chances depend on the seed and its place only."""
        start, moments, case_ids = part
        self.rng = self.cast.rng = Random(f"{self.seed}:{start}")
        self.shared = {}
        lives = cases.begin_history([self.report_at(at) for at in moments], case_ids, now=self.until)
        for life in lives:
            self.live(life)
        cases.store_history(lives, self.shared)
        connections.close_all()
        return len(lives)

    def hold_lives(self) -> None:
        """Prepare this process for telling again."""
        rng = Random(self.seed)
        spots = [
            cases.OtherSpot(spot.lon, spot.lat, spot.subclass, _address(rng, spot))
            for spot in rng.sample(self.spots, min(len(self.spots), OTHER_SPOTS))
        ]
        cases.hold_lives(self.again.since, self.again.until, spots)

    def tell_again(self, number: int) -> int:
        """One round, `number` halves before."""
        again = self.again
        shift = number * (again.until - again.since)
        first = self.first_id + (again.rounds - number) * again.most
        return cases.tell_again(number, shift, first, by=again.by, now=self.until)

    def _moment(self, days_ago: int) -> dt.datetime:
        hour = self.rng.choices(range(24), HOURS)[0]
        return (
            _midnight(self.until)
            - dt.timedelta(days=days_ago)
            + dt.timedelta(hours=hour, seconds=self.rng.uniform(0, 3600))
        )

    def report_at(self, at: dt.datetime) -> tuple[cases.Report, Caller, dt.datetime]:
        """Something that somebody reports at that moment, and who."""
        kind, code = self.rng.choices(list(MIX), list(MIX.values()))[0]
        spot = (
            self.rng.choice(self.standing.get(code) or self.spots)
            if kind == "component"
            else self.rng.choice(self.spots)
        )
        source = self.rng.choices(list(SOURCES), list(SOURCES.values()))[0]
        one = self.classes[kind, code]
        rule = self.rng.choice(one["rules"])
        address = _address(self.rng, spot)
        photo = (
            self._photo(kind, code, "before", int(spot.lon * 1e5))
            if source in {"collector", "citizen", "video"}
            else ""
        )
        report = cases.Report(
            text=words.report(self.rng, one["name_zh"], rule["condition_zh"], address),
            lon=spot.lon,
            lat=spot.lat,
            source=source,
            class_kind=kind,
            class_code=code,
            rule_no=rule["rule_no"],
            title=f"{one['name_zh']}:{rule['condition_zh']}"[:40],
            address=address,
            photos=(photo,) if photo else (),
            contact=cases.Contact() if source in plots.BY_RESIDENT else None,
            synthetic=True,
        )
        by = self.cast.rng.choice(self.cast.by_duty[Duty.COLLECTOR]) if source == "collector" else RESIDENT
        if source not in {"collector", *plots.BY_RESIDENT}:
            by = self.rng.choice(self.cast.by_duty[Duty.ACCEPTOR])
        return report, by, at

    def _photo(self, kind: str, code: str, stage: str, street: int) -> str:
        """A photo of that street before or after; the number of the street stays with the case."""
        photo_id = ids.random_key()
        self.shared[photo_id] = self.bank.pick(kind, code, stage, street)
        return photo_id

    def live(self, life: cases.Life) -> None:
        """Follow the case's plot through the loop until it ends or the present is reached."""
        course = self.course(life)
        while course.verb is not None and course.at < self.until:
            self.go_on(course)

    def course(self, life: cases.Life) -> Course:
        """The plot of a case that was just reported, with its first step ahead."""
        one = plots.draw(self.rng, life.facts.source, on_time=1.0)
        return self._ahead(Course(life, one, life.facts.opened_at))

    def go_on(self, course: Course) -> None:
        """Take the step that is ahead, and look for the next one."""
        life, verb = course.life, course.verb or ""
        if cases.leads_on(life, verb):  # time itself may have taken it: a suspension came to its end
            # where the rules say no at that hour, for instance to a late return, the plot goes on without the step
            with suppress(Refused):
                life.step(
                    verb,
                    self._said(life, verb),
                    by=self._who(life, verb),
                    at=course.at,
                    is_reporter=verb in {"rate", "dispute"},
                )
        course.done[verb] += 1
        self._ahead(course)

    def _ahead(self, course: Course) -> Course:
        """Say which step is next and when; None when nothing more will happen."""
        course.verb = (
            plots.next_verb(course.plot, str(course.life.facts.state), course.done)
            if course.done.total() < STEPS_MAX
            else None
        )
        if course.verb is not None:
            course.at = self._when(course.life, course.verb, course.at, course.plot.pace, course.done)
        return course

    def _when(self, life: cases.Life, verb: str, at: dt.datetime, pace: float, done: Counter[str]) -> dt.datetime:
        due = life.facts.due_at
        if verb == "finish" and due is not None and life.facts.dispatched_at is not None and not done["finish"]:
            quality = self.cast.pace(life.facts.unit_id or 0)
            share = pace if self.rng.random() < quality else 1.02 + self.rng.expovariate(2.2)
            ready = life.facts.dispatched_at + (due - life.facts.dispatched_at) * share
            return max(at + dt.timedelta(minutes=6), ready)
        return at + dt.timedelta(minutes=max(0.5, plots.wait_min(self.rng, verb)))

    def _who(self, life: cases.Life, verb: str) -> Caller:
        if verb in {"rate", "dispute"}:
            return RESIDENT
        duties = cases.duties_of(life, verb)
        if duties[0] is Duty.UNIT or (verb == "resume" and life.facts.unit_id):
            return self.cast.clerks[life.facts.unit_id or 0]
        return self.cast.somebody(duties[0], life.facts.place)

    def _said(self, life: cases.Life, verb: str) -> dict[str, object]:
        said: dict[str, object] = {}
        kind, code = life.facts.class_kind or "event", life.facts.class_code or "0102"
        for name in cases.must_say(life, verb):
            said[name] = self._field(life, verb, name, kind, code)
        if note := words.note(self.rng, verb):
            said["note"] = note
        return {name: value for name, value in said.items() if value not in (None, "")}

    def _field(self, life: cases.Life, verb: str, name: str, kind: str, code: str) -> object:
        if name == "photos":
            return [
                self._photo(kind, code, "after" if verb in {"finish", "pass"} else "before", int(life.said.lon * 1e5))
            ]
        if name == "unit":
            if verb == "redispatch" and life.facts.past_units and self.rng.random() < ELSEWHERE:
                return self.cast.partner(life.facts.past_units[-1])
            return cases.suggested_unit(life) or next(iter(self.cast.clerks))
        if name == "rating":
            return self.rng.choices((5, 4, 3, 2, 1), (58, 25, 9, 4, 4))[0]
        if name == "until":
            return (life.changed_at + dt.timedelta(days=3)).isoformat()
        fixed = {
            "class": f"{kind}:{code}",
            "rule": life.facts.rule_no or 1,
            "hours": 8,
            "note": words.note(self.rng, verb) or "已办理。",
        }
        if name in fixed:
            return fixed[name]
        return self.rng.choice(cases.codes_for(life, name))


WRITING: list[Chronicle] = []
"""The chronicle that forked processes work on: inherited, for sending sixty thousand spots along with each part takes longer than the part."""


def _write_part(part: tuple[int, list[dt.datetime], list[int]]) -> int:
    return WRITING[0].write_part(part)


def _hold_lives() -> None:
    WRITING[0].hold_lives()


def _tell_again(number: int) -> int:
    return WRITING[0].tell_again(number)


def _midnight(at: dt.datetime) -> dt.datetime:
    return at.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def _address(rng: Random, spot: Spot) -> str:
    return f"{spot.street}{rng.randint(1, 380)}号附近" if spot.street else ""
