"""Builds the demo city step by step; each step says how far it is, so that whoever waits can see it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from contextlib import suppress
from random import Random

from django.conf import settings

from gridloop.audit import actions as ledger
from gridloop.cases import actions as cases
from gridloop.cases.forecast import actions as forecast
from gridloop.kernel.caller import Caller, system
from gridloop.kernel.errors import Refused
from gridloop.places import actions as places
from gridloop.site.demo import announced, bank, bursts, fleet, ground, history, organisation
from gridloop.site.demo.furniture import Furniture
from gridloop.site.demo.sizes import SIZES

Say = Callable[[str], None]
STREETS = {"tiny": 1}
STREETS_ELSE = 2
"""Streets that are drawn of the commonest third of the picture families, by size; of the others one."""
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
SPOTS_MAX = 60_000


def load(size_name: str, *, seed: int, now: dt.datetime, say: Say) -> dict[str, int]:
    """Build the whole city of this size in an empty database; returns the counts of what was made."""
    size, by = SIZES[size_name], system("demo")
    chronicle, made = found(size_name, seed=seed, now=now, say=say)
    made["cases"] = chronicle.write(size, tick=lambda done, of: say(f"history {done}/{of}"))
    if size.rounds_before:
        made["cases_before"] = chronicle.write_earlier(
            size,
            by=by,
            tick=lambda done, of: say(f"earlier rounds {done}/{of}"),
            index=lambda done, of: say(f"indexes {done}/{of}"),
        )
    if size_name not in STREETS:  # the smallest city stays as plain as tests want it
        made["cases"] += bursts.add(chronicle, seed=seed)
    say("announcements")
    made["announcements"] = announced.add(now=now)
    made["entries"] = _sequence(now, say)
    say("forecast")
    with suppress(Refused):  # the smallest city has too few cases to learn from
        forecast.train(by=by, now=now)
        made["forecasts"] = forecast.refresh(now=now)
    _note_logins()
    return made


def found(
    size_name: str, *, seed: int, now: dt.datetime, say: Say, days: int = 0
) -> tuple[history.Chronicle, dict[str, int]]:
    """The city without any case, in an empty database, with who will write its history; seats are held since `days` ago or since the size says."""
    size = SIZES[size_name]
    by = system("demo")
    made: dict[str, int] = {}
    drawing = bank.start_drawing(history.streets_to_draw(STREETS.get(size_name, STREETS_ELSE)))
    say("divisions")
    places.load_divisions(by=by, now=now)
    say("metro stations")
    made["stations"] = places.load_metro_stations(by=by, now=now)
    say("class tables and filing rules")
    cases.load_masters(by=by, now=now)
    say("units and seats")
    since = now - dt.timedelta(days=max(days, size.days * (2 + size.rounds_before)) + 30)
    rows = organisation.units_of(size.units)
    units = organisation.found_units(rows, by=by, now=since)
    seats = organisation.seat_people(rows, units, by=by, now=now, since=since)
    made |= {"units": len(units), "seats": len(seats)}
    _route(by=by, now=now)
    say("cells")
    made["cells"] = ground.lay_cells(size, by=by, now=now)
    say("streets")
    city = ground.streets(seed, size)
    made["streets"] = ground.name_streets(city, by=by, now=now)
    say("components")
    stood = ground.place_furniture(city, size, seed)
    owners = ground.owners_by_kind(rows, units)
    made["components"] = ground.stand_components(
        stood,
        owners,
        by=by,
        now=now,
        tick=lambda done, of: say(f"components {done}/{of}"),
        index=lambda done, of: say(f"indexes of components {done}/{of}"),
    )
    say("vehicles")
    made |= fleet.add(size_name, seed=seed, by=by, now=now)
    photos = bank.fill(drawing, by=by, now=now, tick=lambda done, of: say(f"photos {done}/{of}"))
    chronicle = history.Chronicle(
        spots=_spots(stood, city, seed), cast=history.cast_of(seats, Random(seed)), bank=photos, until=now, seed=seed
    )
    return chronicle, made


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


def _spots(stood: Furniture, city: ground.Streets, seed: int) -> list[history.Spot]:
    """Where cases may happen: at components, at most so many of them."""
    every = range(len(stood))
    chosen = sorted(Random(seed).sample(every, SPOTS_MAX)) if len(stood) > SPOTS_MAX else every
    return [
        history.Spot(
            float(stood.lonlat[at, 0]),
            float(stood.lonlat[at, 1]),
            city.names[stood.street[at]][0],
            str(stood.subclass[at]),
        )
        for at in chosen
    ]


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
