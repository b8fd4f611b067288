"""People at work while parts of the platform are killed: what each was told had been done, to be compared with what is kept."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from gridloop.kernel.duties import Duty
from gridloop.site.demo import organisation
from gridloop.site.demo.ground import CENTRE
from gridloop.site.demo.pictures import from_bank
from gridloop.site.drive import actors, plot
from gridloop.site.drive.actors import Company
from gridloop.site.drive.door import Door
from tests.running import Platform

PATIENCE_S = 90.0
SPREAD_DEG = 0.003
DAYLIGHT = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
CLASSES = (("event", "0102"), ("event", "0201"), ("component", "0101"), ("component", "0501"))
STEPS_MAX = 30
ALL_PLACES = "3502"


@dataclass
class Told:
    """What one thread was told had been done."""

    reports: dict[str, str] = field(default_factory=dict)
    """Idempotency key -> number."""
    steps: dict[str, list[str]] = field(default_factory=dict)
    """Number -> verbs in the order in which they were acknowledged."""
    codes: list[str] = field(default_factory=list)
    """Telephone numbers for which a code was asked."""
    odd: list[str] = field(default_factory=list)
    """Answers that nobody should get."""


def picture(kind: str, code: str, stage: str) -> bytes:
    """A photo, drawn once."""
    return from_bank("event", "0102", seed=0, stage="after" if stage == "after" else "before", when=DAYLIGHT)


def company(platform: Platform, seed: int) -> Company:
    """The demo city's seats, each behind a door of their own."""
    seats = {seat.login: (seat.duties, seat.area) for seat in organisation.seats()}
    return actors.assemble(
        platform.base, organisation.PASSWORD, picture=picture, rng=Random(seed), seats=seats, patience_s=PATIENCE_S
    )


class Crew(threading.Thread):
    """One thread of the load: reports a case and drives it to its end, again and again."""

    def __init__(self, platform: Platform, seed: int, over: threading.Event) -> None:
        super().__init__(name=f"crew-{seed}", daemon=True)
        self.company = company(platform, seed)
        self.resident = Door(platform.base, patience_s=PATIENCE_S)
        self.resident.get("/session")
        self.seed = seed
        self.over = over
        self.told = Told()

    def run(self) -> None:
        """Work until the time is over; what is under way then is brought to its acknowledgement."""
        try:
            while not self.over.is_set():
                self.one_case()
        except Exception as problem:  # noqa: BLE001 - whatever it is, the test must see it
            self.told.odd.append(f"{type(problem).__name__}: {problem}")
        finally:
            self.company.leave()
            self.resident.close()

    def one_case(self) -> None:
        """Report, then step after step."""
        rng = self.company.rng
        number = self.report(rng)
        self.told.steps[number] = []
        story = plot.draw(rng, "citizen")
        done: Counter[str] = Counter()
        card = self.company.card(number)
        for _ in range(STEPS_MAX):
            verb = plot.next_verb(story, card["state"], done)
            if verb is None or verb in {"rate", "dispute"} or self.over.is_set():
                return
            act = actors.act(self.company, card, verb)
            card = act.card
            done[verb] += 1
            if act.answer.ok:
                self.told.steps[number].append(verb)
            elif act.answer.status != actors.CONFLICT:
                self.told.odd.append(f"{number} {verb}: {act.answer.status} {act.answer.sentence}")
                return

    def report(self, rng: Random) -> str:
        """A report of a resident without an account or of the desk, under a key of its own."""
        kind, code = rng.choice(CLASSES)
        lon, lat = (round(middle + rng.uniform(-SPREAD_DEG, SPREAD_DEG), 6) for middle in CENTRE)
        key = uuid.UUID(int=rng.getrandbits(128)).hex
        said: dict[str, Any] = {
            "text": f"load {self.seed} {key}",
            "lon": lon,
            "lat": lat,
            "class_kind": kind,
            "class_code": code,
        }
        if rng.random() < 0.5:
            photo = self.resident.upload(picture(kind, code, "before"))
            answer = self.resident.send(
                "/reports", said | {"photos": [photo], "contact": f"139{rng.randrange(10**8):08d}"}, key=key
            )
        else:
            answer = self.company.of(Duty.ACCEPTOR, ALL_PLACES).send("/cases", said | {"source": "hotline"}, key=key)
        if not answer.ok:
            raise LookupError(f"report: {answer.status} {answer.sentence}")
        self.told.reports[key] = answer.body["number"]
        return str(answer.body["number"])


class Texts(threading.Thread):
    """Residents who ask for a sign-in code, so that text messages are queued all the while."""

    def __init__(self, platform: Platform, over: threading.Event) -> None:
        super().__init__(name="texts", daemon=True)
        self.door = Door(platform.base, patience_s=PATIENCE_S)
        self.door.get("/session")
        self.over = over
        self.told = Told()

    def run(self) -> None:
        """One telephone after another."""
        number = 13_800_000_000
        while not self.over.is_set():
            number += 1
            answer = self.door.send("/session/phone", {"phone": str(number)})
            if answer.ok:
                self.told.codes.append(str(number))
            else:
                self.told.odd.append(f"code: {answer.status} {answer.sentence}")
            time.sleep(2.0)


class Listener(threading.Thread):
    """A browser at the live feed that comes back with the last id it saw."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(name="listener", daemon=True)
        self.platform = platform
        door = Door(platform.base)
        door.sign_in("supervisor1", organisation.PASSWORD)
        self.cookie = door._http.cookies["gl_session"]
        door.close()
        self.first: int | None = None
        self.last_id = ""
        self.positions: list[int] = []
        self.connections = 0
        self.resets = 0
        self.stopped = threading.Event()

    def run(self) -> None:
        """Listen, and come back after every loss."""
        while not self.stopped.is_set():
            try:
                self._listen()
            except httpx.HTTPError:
                time.sleep(0.1)

    def _listen(self) -> None:
        headers = {"Cookie": f"gl_session={self.cookie}", "Origin": self.platform.base}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        with httpx.stream(
            "GET", f"{self.platform.live}/live/events", headers=headers, timeout=httpx.Timeout(5, read=20)
        ) as answer:
            if answer.status_code != 200:
                time.sleep(0.2)
                return
            self.connections += 1
            kind = ""
            for line in answer.iter_lines():
                if self.stopped.is_set():
                    return
                name, _, value = line.partition(": ")
                if name == "id":
                    self.last_id = value
                elif name == "event":
                    kind = value
                elif name == "data":
                    self._take(kind, json.loads(value))

    def _take(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "hello" and self.first is None:
            self.first = data["position"]
        self.resets += kind == "reset"
        if kind == "change":
            self.positions.append(data["position"])
