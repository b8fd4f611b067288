"""Scripted desks, units and checkers: they read the card as anybody does, fill in the form it offers, and take the step."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from gridloop.kernel.duties import Duty
from gridloop.site.drive import plot as plots
from gridloop.site.drive import words
from gridloop.site.drive.door import API, Answer, Door

CONFLICT, STALE = 409, 412
Picture = Callable[[str, str, str], bytes]
"""(class kind, class code, "before" or "after") -> a JPEG."""
Seats = dict[str, tuple[tuple[Duty, ...], str]]
"""Login -> its duties and the prefix of its area."""


@dataclass
class Company:
    """Everybody who acts, each behind a door of their own; one company for one thread."""

    base: str
    password: str
    logins: dict[Duty, list[tuple[str, str]]]
    clerks: dict[int, str]
    picture: Picture
    rng: Random
    patience_s: float = 60.0
    doors: dict[str, Door] = field(default_factory=dict)
    photos: dict[tuple[str, str, str], bytes] = field(default_factory=dict)

    def door(self, login: str) -> Door:
        """The door of a seat, opened when first needed."""
        if login not in self.doors:
            door = Door(self.base, patience_s=self.patience_s)
            door.sign_in(login, self.password)
            self.doors[login] = door
        return self.doors[login]

    def of(self, duty: Duty, place: str) -> Door:
        """Some seat that holds this duty at the place."""
        able = [login for login, area in self.logins[duty] if place.startswith(area)]
        if not able:
            raise LookupError(f"no seat holds {duty} at {place}")
        return self.door(self.rng.choice(able))

    def card(self, number: str) -> dict[str, Any]:
        """The case as a supervisor of the whole city sees it."""
        supervisors = self.logins[Duty.SUPERVISOR]
        card: dict[str, Any] = self.door(supervisors[0][0]).get(f"/cases/{number}")
        return card

    def clerk(self, unit_id: int) -> Door:
        """The clerk of a unit."""
        return self.door(self.clerks[unit_id])

    def leave(self) -> None:
        """Close every door."""
        for door in self.doors.values():
            door.close()
        self.doors.clear()


@dataclass
class Act:
    """What came of one try: the verb, the answer, and the case's row afterwards."""

    verb: str
    answer: Answer
    card: dict[str, Any]


WHO: dict[str, Duty] = {
    "send_verify": Duty.ACCEPTOR, "register": Duty.ACCEPTOR, "confirm": Duty.COLLECTOR, "not_found": Duty.COLLECTOR, "refuse": Duty.SHIFT_LEADER,
    "file": Duty.SHIFT_LEADER, "dispatch": Duty.DISPATCHER, "redispatch": Duty.DISPATCHER, "rule": Duty.ARBITER, "accept": Duty.UNIT,
    "return": Duty.UNIT, "finish": Duty.UNIT, "ask_delay": Duty.UNIT, "ask_suspend": Duty.UNIT, "grant_delay": Duty.DISPATCHER,
    "grant_suspend": Duty.SHIFT_LEADER, "resume": Duty.DISPATCHER, "pass": Duty.COLLECTOR, "fail": Duty.COLLECTOR, "close": Duty.SHIFT_LEADER,
    "reopen": Duty.SUPERVISOR,
}  # fmt: skip
"""Who says a verb when several could."""


def act(company: Company, known: dict[str, Any], verb: str) -> Act:
    """Let the right seat take this step of the case, filling in the form that its card offers. `known` is the card as last seen."""
    door = _door_for(company, known, verb)
    number = known["number"]
    card = door.get(f"/cases/{number}")
    offered = next((one for one in card["actions"] if one["verb"] == verb), None)
    if offered is None:
        return Act(verb, Answer(CONFLICT, {"detail": f"{verb} is not offered in state {card['state']}"}, {}), card)
    said = {
        one["name"]: _filled(company, door, card, verb, one)
        for one in offered["fields"]
        if one["required"] or one["name"] == "note"
    }
    said = {name: value for name, value in said.items() if value not in (None, "", [])}
    answer = door.send(
        f"/cases/{number}/steps",
        {"verb": verb, **said},
        key=f"{number}-{card['version']}-{verb}",
        version=card["version"],
    )
    return Act(verb, answer, answer.body if answer.ok else card)


def drive(company: Company, number: str, one: plots.Plot, *, steps_max: int = 40) -> list[str]:
    """Take the case through the loop as its plot says, without waiting; returns the verbs that were taken."""
    done: Counter[str] = Counter()
    taken: list[str] = []
    card = company.card(number)
    for _ in range(steps_max):
        verb = plots.next_verb(one, card["state"], done)
        if verb is None or verb in {"rate", "dispute"}:
            return taken
        result = act(company, card, verb)
        card = result.card
        if result.answer.ok:
            taken.append(verb)
        elif result.answer.status not in {CONFLICT, STALE}:
            raise LookupError(f"{number} {verb}: {result.answer.status} {result.answer.sentence}")
        done[verb] += 1
    raise LookupError(f"{number} came to no end in {steps_max} steps: {taken}")


def _door_for(company: Company, card: dict[str, Any], verb: str) -> Door:
    duty = WHO[verb]
    return company.clerk(card["unit_id"]) if duty is Duty.UNIT else company.of(duty, card["place"])


def _filled(company: Company, door: Door, card: dict[str, Any], verb: str, form_field: dict[str, Any]) -> object:
    """What a person would put into this field of the form."""
    kind, options = form_field["kind"], form_field.get("options") or []
    rng = company.rng
    if kind == "text":
        return words.note(rng, verb) or ("已办理。" if form_field["required"] else "")
    if kind == "photos":
        stage = "after" if verb in {"finish", "pass"} else "before"
        jpeg = company.picture(card.get("class_kind") or "event", card.get("class_code") or "0102", stage)
        return [door.upload(jpeg) for _ in range(form_field.get("min") or 1)]
    if kind == "class":
        return f"{card.get('class_kind') or 'event'}:{card.get('class_code') or '0199'}"
    if kind == "unit":
        offered = [
            one["value"] for one in options if one["value"] in company.clerks
        ]  # first what the routing rules suggest
        return offered[0] if offered else rng.choice(sorted(company.clerks))
    if kind == "hours":
        return 8
    if kind == "datetime":
        return (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).isoformat()
    if kind == "rating":
        return 5
    return rng.choice([one.get("value", one.get("code")) for one in options]) if options else 1


def assemble(
    base: str, password: str, *, picture: Picture, rng: Random, seats: Seats, patience_s: float = 60.0
) -> Company:
    """A company that knows which seat does what and where; clerks are found through the list of units."""
    logins: dict[Duty, list[tuple[str, str]]] = {}
    for login, (duties, area) in seats.items():
        for duty in duties:
            logins.setdefault(duty, []).append((login, area))
    company = Company(base, password, logins, {}, picture, rng, patience_s)
    units = company.door(logins[Duty.SUPERVISOR][0][0]).ask("GET", f"{API}/units").body
    rows = units["items"] if isinstance(units, dict) else units
    company.clerks = {row["id"]: row["code"].lower() for row in rows if row["code"].lower() in seats}
    return company
