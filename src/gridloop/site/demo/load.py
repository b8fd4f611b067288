"""Builds the demo city step by step; each step says how far it is, so that whoever waits can see it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from random import Random

import shapely
from django.conf import settings

from gridloop.audit import actions as ledger
from gridloop.cases import actions as cases
from gridloop.kernel.caller import Caller, system
from gridloop.places import actions as places
from gridloop.site.basemap.ground import FRAME
from gridloop.site.demo import bank, ground, history, organisation
from gridloop.site.demo.furniture import furnish
from gridloop.site.demo.ground import SIZES, Size

Say = Callable[[str], None]
STREETS = {"tiny": 1, "small": 2}
"""Streets that are drawn of the commonest third of the picture families; of the others one."""
ROUTES = (
    ("heat", "gas", "本市无供热企业,转燃气公司", "no district heating here; the gas utility answers"),
    ("met", "emerg", "气象设施由应急管理局归口", "weather stations are with emergency management"),
    ("oil", "gas", "输油气管道由燃气公司巡护", "pipelines are patrolled by the gas utility"),
    ("civdef", "cons", "人防工程由住建局管理", "civil-defence works are with housing and construction"),
    ("maritime", "transport", "港航设施由交通运输局管理", "harbour works are with transport"),
    ("sport", "street", "健身设施由街道管理", "sports equipment is with the subdistricts"),
)
"""Kinds of department that this city does not have, and who answers instead."""
EVERYWHERE = "3502"


def load(size_name: str, *, seed: int, now: dt.datetime, say: Say) -> dict[str, int]:
    """Build the whole city of this size in an empty database; returns the counts of what was made."""
    size = SIZES[size_name]
    by = system("demo")
    made: dict[str, int] = {}
    drawing = bank.start_drawing(history.streets_to_draw(STREETS[size_name]))
    say("divisions")
    places.load_divisions(by=by, now=now)
    say("metro stations")
    made["stations"] = places.load_metro_stations(by=by, now=now)
    say("class tables and filing rules")
    cases.load_masters(by=by, now=now)
    say("units and seats")
    since = now - dt.timedelta(days=size.days + 30)
    units = organisation.found_units(by=by, now=since)
    seats = organisation.seat_people(units, by=by, now=now, since=since)
    made |= {"units": len(units), "seats": len(seats)}
    _route(by=by, now=now)
    say("cells")
    made["cells"] = ground.lay_cells(size, by=by, now=now)
    say("streets")
    city = ground.streets(seed)
    made["streets"] = ground.name_streets(city, by=by, now=now)
    say("components")
    made["components"] = ground.stand_components(city, size, units, seed=seed, by=by, now=now)
    photos = bank.fill(drawing, by=by, now=now, tick=lambda done, of: say(f"photos {done}/{of}"))
    made["cases"] = _history(city, size, seats, photos, seed=seed, now=now, say=say)
    made["entries"] = _sequence(now, say)
    _note_logins()
    return made


def _route(*, by: Caller, now: dt.datetime) -> None:
    """Routing rules for the kinds of department that the city does not have, from the class tables."""
    instead = {missing: (kind, zh, en) for missing, kind, zh, en in ROUTES}
    for table in ("components.csv", "events.csv"):
        for row in ground.standard(table):
            if row["dept_kind"] in instead:
                kind, zh, en = instead[row["dept_kind"]]
                cases.add_route(
                    area=EVERYWHERE,
                    class_kind=row["kind"],
                    class_prefix=row["code"],
                    dept_kind=kind,
                    note_zh=zh,
                    note_en=en,
                    by=by,
                    now=now,
                )


def _history(
    city: ground.Streets,
    size: Size,
    seats: dict[str, Caller],
    photos: bank.Bank,
    *,
    seed: int,
    now: dt.datetime,
    say: Say,
) -> int:
    inside = ground.managed_square(size.side_m)
    stood = furnish(city.lines, inside, FRAME, count=size.components, seed=seed)
    shapely.prepare(inside)
    spots = [
        history.Spot(float(lon), float(lat), city.names[street][0], str(subclass))
        for subclass, (lon, lat), street in zip(stood.subclass, stood.lonlat, stood.street, strict=True)
    ]
    chronicle = history.Chronicle(
        spots=spots, cast=history.cast_of(seats, Random(seed)), bank=photos, until=now, seed=seed
    )
    return chronicle.write(size, tick=lambda done, of: say(f"history {done}/{of}"))


def _sequence(now: dt.datetime, say: Say) -> int:
    total = 0
    while placed := ledger.sequence(now):
        total += placed
        say(f"ledger: {total} entries")
    return total


def _note_logins() -> None:
    """What the launcher prints and the start page offers."""
    settings.VAR.mkdir(parents=True, exist_ok=True)
    (settings.VAR / "demo-logins.json").write_text(
        json.dumps(organisation.logins(), ensure_ascii=False, indent=1), encoding="utf-8"
    )
