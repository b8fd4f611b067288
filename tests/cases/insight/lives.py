"""Cases that units send to and fro, every step a known time after the one before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from tests.builders import MONDAY, NOW, Crew, a_caller, a_person, a_report, a_step, a_unit

HOUR = dt.timedelta(hours=1)
CLASS = {"class": "event:0102"}


@dataclass(frozen=True)
class Second:
    """Another unit with somebody who answers for it."""

    id: int
    caller: Caller


def a_second_unit(*, kind: str = "road", area: str = "3502") -> Second:
    """A unit of another kind."""
    unit = a_unit(kind=kind, area=area)
    return Second(unit, a_caller(a_person(Duty.UNIT, area=area, unit_id=unit, grant_unit_id=unit), now=NOW))


class Shuttle:
    """One case between units, an hour a step; `unit` acts for the crew's unit, `other` for the second one."""

    def __init__(self, crew: Crew, other: Second, *, start: dt.datetime = MONDAY, text: str = "") -> None:
        self.crew, self.other, self.now = crew, other, start
        self.number = a_report(text or "路口有一堆暴露垃圾", by=crew.citizen, now=start, own=True).number

    def then(self, who: str, verb: str, **said: Any) -> Shuttle:
        """One step an hour later."""
        self.now += HOUR
        crew = self.crew
        if who == "other":
            crew, who = Crew(**{**vars_of(crew), "unit": self.other.caller, "handler": self.other.id}), "unit"
        a_step(self.number, verb, crew=crew, who=who, now=self.now, **said)
        return self

    def sent(self, unit: int | None = None) -> Shuttle:
        """Registered, filed and dispatched, to the crew's unit unless another is named."""
        return (
            self.then("acceptor", "register", **CLASS)
            .then("shift_leader", "file", rule=1)
            .then("dispatcher", "dispatch", unit=unit)
        )

    def back(self, who: str = "unit", rule: str = "not_ours") -> Shuttle:
        """Returned."""
        return self.then(who, "return", return_rule=rule, note="属道路养护")


def vars_of(crew: Crew) -> dict[str, Any]:
    """The people of a crew by name."""
    return {name: getattr(crew, name) for name in Crew.__dataclass_fields__}


def ruled_to(crew: Crew, other: Second, *, start: dt.datetime = MONDAY) -> Shuttle:
    """Sent to the crew's unit, back, to the other, back, and ruled to the other for good, who accepts."""
    return (
        Shuttle(crew, other, start=start).sent().back()
        .then("dispatcher", "redispatch", unit=other.id)
        .back("other", "wrong_place")
        .then("arbiter", "rule", unit=other.id, note="属道路红线内")
        .then("other", "accept")
    )  # fmt: skip
