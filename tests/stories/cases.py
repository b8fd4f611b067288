"""Cases for the stories to look at, driven to where they stand by scripted people through the public doors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from gridloop.site.demo import organisation
from gridloop.site.demo.pictures import from_bank
from gridloop.site.drive import actors
from gridloop.site.drive.door import Door
from tests.running import Platform

BEFORE_AT = dt.datetime(2026, 11, 22, 2, 30, tzinfo=dt.UTC)
SPOT = (118.1181, 24.4803)
APART = 0.001
"""Degrees between two cases, so that none is taken for the other's duplicate."""
RUBBISH = {"class_kind": "event", "class_code": "0102"}
TO_THE_UNIT = ("register", "file", "dispatch")


@dataclass(frozen=True)
class Numbers:
    """Cases that the pages show: one in hand at a unit (and who clerks there), one to be dispatched, one to be checked; and the secret of its resident."""

    handling: str
    waiting: str
    checking: str
    secret: str
    clerk: str


def picture(stage: str) -> bytes:
    """A street before or after the work."""
    return from_bank(
        "event", "0102", seed=1, stage="after" if stage == "after" else "before", when=BEFORE_AT, lon=SPOT[0], lat=SPOT[1]
    )  # fmt: skip


def driven(platform: Platform) -> Numbers:
    """Three cases: one that its unit has in hand, one that waits for a dispatcher, one that waits to be checked."""
    seats = {seat.login: (seat.duties, seat.area) for seat in organisation.seats()}
    people = actors.assemble(
        platform.base, organisation.PASSWORD, picture=lambda _kind, _code, stage: picture(stage), rng=Random(5), seats=seats
    )  # fmt: skip
    resident = Door(platform.base)
    resident.get("/session")
    made = []
    for text, verbs in (
        ("巷口又堆了垃圾袋和纸箱,挡住了盲道", (*TO_THE_UNIT, "accept", "finish")),
        ("墙角堆了好几袋垃圾,已经有味道了", (*TO_THE_UNIT, "accept")),
        ("路口积了一堆落叶和塑料袋,没人扫", ("register", "file")),
    ):
        said = RUBBISH | {"text": text, "lon": SPOT[0] + APART * len(made), "lat": SPOT[1]}
        made.append(resident.send("/reports", said | {"photos": [resident.upload(picture("before"))]}).body)
        for verb in verbs:
            act = actors.act(people, people.card(made[-1]["number"]), verb)
            assert act.answer.ok, f"{verb}: {act.answer.status} {act.answer.sentence}"
    people.leave()
    resident.close()
    checking, handling, waiting = made
    clerk = clerk_of(platform.base, handling["number"])
    return Numbers(handling["number"], waiting["number"], checking["number"], checking["secret"], clerk)


def clerk_of(base: str, number: str) -> str:
    """The login of the clerk of the unit to which the case was sent."""
    door = Door(base)
    door.sign_in("supervisor1", organisation.PASSWORD)
    unit = door.get(f"/cases/{number}")["unit_id"]
    code = next(one["code"] for one in door.get("/units")["items"] if one["id"] == unit)
    door.close()
    return organisation.clerk_of(code)


def cookies_of(base: str, login: str) -> dict[str, str]:
    """What a browser holds once this person has signed in."""
    door = Door(base)
    door.sign_in(login, organisation.PASSWORD)
    kept = door.cookies
    door.close()
    return kept
