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
from gridloop.places import queries as places

BUILT_UP = ("350203", "350206", "350205", "350211")
"""Siming, Huli, Haicang, Jimei: where the city has its units."""
COUNTY_DIGITS, TOWNSHIP = 6, 4
FOLDER = Path(__file__).resolve().parents[4] / "data" / "demo"
PASSWORD = "one-map-one-loop"  # noqa: S105 - published on purpose: the demo city listens on this machine only and holds nothing real
TOWN_KINDS = {
    "sani": ("环卫站", "Sanitation"), "chengguan": ("城管中队", "Enforcement"), "road": ("市政养护站", "Roads"), "garden": ("园林站", "Parks"),
    "street": ("办事处", "Office"), "lamp": ("路灯维护站", "Lighting"), "drain": ("排水站", "Drainage"), "parking": ("停车管理站", "Parking"),
    "market": ("市场监管所", "Market Supervision"), "civil": ("民政站", "Civil Affairs"), "culture": ("文化站", "Culture"), "fire": ("消防站", "Fire Station"),
    "police": ("派出所", "Police Station"), "traffic": ("交警中队", "Traffic Police"), "cons": ("建设管理站", "Construction"),
    "emerg": ("应急站", "Emergency"), "water": ("供水站", "Water"), "gas": ("燃气站", "Gas"), "eco": ("环保站", "Ecology"), "transport": ("交通站", "Transport"),
}  # fmt: skip
"""Which departments have a station in a township, those first that a smaller city would have too."""
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


Unit = dict[str, str]
"""A unit as `units.csv` describes one."""


def units_of(count: int) -> list[Unit]:
    """The forty units of the table; for a larger city so many in all, the others being stations of departments in townships."""
    rows = _rows("units.csv")
    if count <= len(rows):
        return rows
    towns = [town for county in BUILT_UP for town in places.divisions(county, level=TOWNSHIP)]
    above = {(row["kind"], row["area"]): row["code"] for row in rows}
    stations = [
        {
            "code": f"T{town.area[4:]}-{kind.upper()}",
            "parent": above.get((kind, town.area[:6])) or above.get((kind, town.area[:4])) or rows[0]["code"],
            "kind": kind,
            "area": town.area,
            "name_zh": f"{town.name_zh}{name_zh}",
            "name_en": f"{town.name_en.removesuffix(' Subdistrict').removesuffix(' Town')} {name_en}",
        }
        for kind, (name_zh, name_en) in TOWN_KINDS.items()
        for town in towns
    ]
    return [*rows, *stations[: count - len(rows)]]


def seats(units: list[Unit] | None = None) -> list[Seat]:
    """Every seat of `people.csv`, one clerk for each unit that handles cases, and a collector in each township that has stations."""
    rows = _rows("units.csv") if units is None else units
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
        for row in rows
        if row["kind"] not in {"city", "supervision"}
    ]
    towns = sorted({row["area"] for row in rows if len(row["area"]) > COUNTY_DIGITS})
    collectors = [
        Seat(f"collector-{area[4:]}", f"采集员 {area[4:]} · 信息采集员", f"Collector {area[4:]} · collector", (Duty.COLLECTOR,), area, "XM-SC", shown=False)
        for area in towns
    ]  # fmt: skip
    return found + clerks + collectors


def clerk_of(unit_code: str) -> str:
    """The login of the clerk of a unit."""
    return unit_code.lower()


def found_units(rows: list[Unit], *, by: Caller, now: dt.datetime) -> dict[str, int]:
    """Make the units; returns their ids by code."""
    ids: dict[str, int] = {}
    for row in rows:
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


def seat_people(
    rows: list[Unit], units: dict[str, int], *, by: Caller, now: dt.datetime, since: dt.datetime
) -> dict[str, Caller]:
    """Make every seat and give it its duties from `since`; returns them by login, as callers of the doors."""
    everybody = seats(rows)
    people_ids = identity.create_people(
        (
            identity.NewPerson(
                login=seat.login,
                name=seat.title_zh.split(" · ")[0],
                name_en=seat.title_en.split(" · ")[0],
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
