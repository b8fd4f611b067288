"""The demo city's units and seats, made by the same actions that an administrator uses. Seats, not persons; all made up."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import Duty

FOLDER = Path(__file__).resolve().parents[4] / "data" / "demo"
PASSWORD = "one-map-one-loop"  # noqa: S105 - published on purpose: the demo city listens on this machine only and holds nothing real
RESIDENTS = (("resident1", "13000000001"), ("resident2", "13000000002"))
"""Residents sign in by phone code; their codes appear in the demo's phone inbox."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody to sign in as: login, what they do, and whether the start page offers them."""

    login: str
    title_zh: str
    title_en: str
    duties: tuple[Duty, ...]
    area: str
    unit_code: str
    shown: bool


def seats() -> list[Seat]:
    """Every seat of `people.csv`, then one clerk for each unit of `units.csv` that handles cases."""
    found = [
        Seat(
            login=row["login"],
            title_zh=f"{row['name_zh']} · {row['title_zh']}",
            title_en=f"{row['name_en']} · {row['title_en']}",
            duties=tuple(Duty(duty) for duty in row["duties"].split()),
            area=row["area"],
            unit_code=row["unit"],
            shown=bool(row["shown"]),
        )
        for row in _rows("people.csv")
    ]
    clerks = [
        Seat(
            login=clerk_of(row["code"]),
            title_zh=f"{row['name_zh']} · 处置单位",
            title_en=f"{row['name_en']} · responsible unit",
            duties=(Duty.UNIT,),
            area="",
            unit_code=row["code"],
            shown=row["code"] in {"SM-ROAD", "SM-SANI", "SM-CG", "XM-DRAIN"},
        )
        for row in _rows("units.csv")
        if row["kind"] not in {"city", "supervision"}
    ]
    return found + clerks


def clerk_of(unit_code: str) -> str:
    """The login of the clerk of a unit."""
    return unit_code.lower()


def found_units(*, by: Caller, now: dt.datetime) -> dict[str, int]:
    """Make the forty units; returns their ids by code."""
    ids: dict[str, int] = {}
    for row in _rows("units.csv"):
        ids[row["code"]] = identity.create_unit(
            identity.NewUnit(
                code=row["code"],
                kind=row["kind"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                area=row["area"],
                parent_id=ids.get(row["parent"]),
            ),
            by=by,
            now=now,
        )
    return ids


def seat_people(units: dict[str, int], *, by: Caller, now: dt.datetime, since: dt.datetime) -> dict[str, Caller]:
    """Make every seat and give it its duties from `since`; returns them by login, as callers of the doors."""
    everybody = seats()
    people_ids = identity.create_people(
        (
            identity.NewPerson(
                login=seat.login,
                name=seat.title_zh.split(" · ")[0],
                title=seat.title_zh,
                unit_id=units[seat.unit_code],
                password=PASSWORD,
            )
            for seat in everybody
        ),
        by=by,
        now=now,
    )
    ids = {seat.login: person for seat, person in zip(everybody, people_ids, strict=True)}
    grants = [
        identity.NewGrant(
            person_id=ids[seat.login],
            duty=duty,
            area=seat.area,
            unit_id=units[seat.unit_code] if duty is Duty.UNIT else None,
            valid_from=since,
        )
        for seat in everybody
        for duty in seat.duties
    ]
    given = identity.give_many(grants, by=by, now=now)
    paths = {view.id: view.path for view in people.units()}
    views: dict[int, list[GrantView]] = {}
    for grant_id, grant in zip(given, grants, strict=True):
        view = GrantView(grant_id, grant.duty, grant.area, grant.unit_id, paths[grant.unit_id] if grant.unit_id else "")
        views.setdefault(grant.person_id, []).append(view)
    names = {seat.login: seat.title_zh.split(" · ")[0] for seat in everybody}
    return {login: Caller(person, names[login], tuple(views[person])) for login, person in ids.items()}


def logins() -> list[dict[str, object]]:
    """What the start page and the launcher offer: whom to sign in as, and with which password."""
    return [
        {
            "login": seat.login,
            "password": PASSWORD,
            "title_zh": seat.title_zh,
            "title_en": seat.title_en,
            "duties": [duty.value for duty in seat.duties],
        }
        for seat in seats()
        if seat.shown
    ]


def is_empty() -> bool:
    """Whether the database holds no units yet."""
    return not people.units()


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
