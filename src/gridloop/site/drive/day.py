"""A simulated duty day: reports come in and are worked on through the public doors, at a pace that a visitor can watch."""

from __future__ import annotations

import datetime as dt
import heapq
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from gridloop.kernel.duties import Duty
from gridloop.site.drive import plot as plots
from gridloop.site.drive import words
from gridloop.site.drive.actors import Company, act

SOURCES = {"collector": 60, "hotline": 28, "citizen": 12}
"""Shares of the doors by which simulated reports come, in percent."""
ADOPTED_MAX = 40
JITTER_DEG = 0.0006  # about 60 m
WORKED_HOURS = 0.35  # of the waiting times of a real desk, in minutes a minute: a day passes in a few hours
STEP_FAILURES_MAX = 3


@dataclass
class Thread:
    """One case that the day works on, and what comes of it."""

    number: str
    plot: plots.Plot
    done: Counter[str] = field(default_factory=Counter)
    failures: int = 0


@dataclass
class Day:
    """The running day: what is due next, and the classes and places that reports are made of."""

    company: Company
    rng: Random
    every_s: float
    say: Callable[[str], None]
    classes: list[dict[str, Any]] = field(default_factory=list)
    places: list[tuple[float, float, str]] = field(default_factory=list)
    waiting: list[tuple[float, int, Thread]] = field(default_factory=list)
    reported: int = 0
    steps: int = 0

    def prepare(self) -> None:
        """Read the class tables and take up open cases of the synthetic history."""
        supervisor = self.company.of(Duty.SUPERVISOR, "3502")
        self.classes = supervisor.get("/classes")["items"]
        recent = supervisor.get("/cases", view="all", limit=200, sort="-id")["items"]
        self.places = [(row["lon"], row["lat"], row["address"]) for row in recent]
        for row in [row for row in recent if row["synthetic"] and row["closed_at"] is None][:ADOPTED_MAX]:
            self._wait(Thread(row["number"], plots.draw(self.rng, "collector")), self.rng.uniform(5, 900))

    def run(self, seconds: float) -> None:
        """Play for this many seconds of real time; 0 plays until stopped."""
        begun = time.monotonic()
        next_report = begun
        while not seconds or time.monotonic() - begun < seconds:
            now = time.monotonic()
            if now >= next_report:
                self._report()
                next_report = now + self.rng.expovariate(1 / self.every_s)
            while self.waiting and self.waiting[0][0] <= now:
                self._step(heapq.heappop(self.waiting)[2])
            time.sleep(0.2)

    def _wait(self, thread: Thread, seconds: float) -> None:
        heapq.heappush(self.waiting, (time.monotonic() + seconds, self.rng.getrandbits(40), thread))

    def _report(self) -> None:
        one = self.rng.choice([entry for entry in self.classes if entry["rules"]])
        lon, lat, address = self.rng.choice(self.places)
        source = self.rng.choices(list(SOURCES), list(SOURCES.values()))[0]
        body: dict[str, object] = {
            "text": words.report(self.rng, one["name_zh"], one["rules"][0]["condition_zh"], address),
            "lon": lon + self.rng.uniform(-JITTER_DEG, JITTER_DEG),
            "lat": lat + self.rng.uniform(-JITTER_DEG, JITTER_DEG),
            "class_kind": one["kind"],
            "class_code": one["code"],
        }
        duty = Duty.COLLECTOR if source == "collector" else Duty.ACCEPTOR
        door = self.company.of(duty, "350203")
        body |= {"source": source if source != "citizen" else "hotline", "synthetic": True}
        if source == "collector":
            body["photos"] = [door.upload(self.company.picture(one["kind"], one["code"], "before"))]
        answer = door.send("/cases", body)
        if not answer.ok:
            self.say(f"report refused: {answer.sentence}")
            return
        self.reported += 1
        number = answer.body["number"]
        self.say(f"{number} {one['name_zh']}")
        self._wait(Thread(number, plots.draw(self.rng, source)), self._pause("register"))

    def _pause(self, verb: str) -> float:
        """Seconds until the next verb: the waits of a real desk, shortened."""
        return plots.wait_min(self.rng, verb) * 60 * WORKED_HOURS / 10

    def _step(self, thread: Thread) -> None:
        card = self.company.card(thread.number)
        verb = plots.next_verb(thread.plot, card["state"], thread.done)
        if verb is None or verb in {"rate", "dispute"}:
            return
        result = act(self.company, card, verb)
        thread.done[verb] += 1
        self.steps += result.answer.ok
        if not result.answer.ok:
            thread.failures += 1
            if thread.failures > STEP_FAILURES_MAX:
                self.say(f"{thread.number} is left to the people: {result.answer.sentence}")
                return
        following = plots.next_verb(thread.plot, result.card["state"], thread.done)
        if following is not None:
            wait = self._pause(following) if following != "finish" else self.rng.uniform(60, 900)
            self._wait(thread, wait)


def stamped(day: Day) -> str:
    """One line about how the day goes."""
    return f"{dt.datetime.now(dt.UTC):%H:%M:%S} UTC: {day.reported} reports, {day.steps} steps, {len(day.waiting)} cases in hand"
