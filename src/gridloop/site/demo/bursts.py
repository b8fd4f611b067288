"""What the desk of the demo city can try its judgement on: a cloudburst that many report, and a grating that breaks for the third time."""

from __future__ import annotations

import datetime as dt
import math
from random import Random

from gridloop.cases import actions as cases
from gridloop.cases.components import actions as components
from gridloop.kernel.duties import Duty
from gridloop.kernel.units import EARTH_RADIUS_M
from gridloop.places import queries as places
from gridloop.site.demo.history import RESIDENT, Chronicle, Spot

WATER = ("event", "0406")
"""Standing water on the road (data/standards/events.csv)."""
SAID = (
    "路面积水很深,汽车开不过去", "下雨后道路积水,行人只能绕行", "积水没过路缘石,请尽快排水", "这里一片汪洋,电动车熄火了", "道路积水,雨水口好像堵了",
    "积水快进店里了,请派人来看", "公交站前积水,老人过不去",
)  # fmt: skip
STORMS = 2
STORM_RADIUS_M = 55.0
STORM_LASTED = dt.timedelta(minutes=50)
GRATING = "0104"
BROKEN = (dt.timedelta(days=61), dt.timedelta(days=19))
"""How long ago the grating was repaired before."""
LATELY = dt.timedelta(hours=5)


def add(chronicle: Chronicle, *, seed: int) -> int:
    """Report it all at the present of the chronicle, through the real actions; returns how many cases that made."""
    rng = chronicle.rng = chronicle.cast.rng = Random(f"bursts:{seed}")
    struck = rng.sample(chronicle.spots, STORMS)
    return sum(_storm(chronicle, spot, rng) for spot in struck) + _grating(chronicle, rng)


def _storm(chronicle: Chronicle, spot: Spot, rng: Random) -> int:
    """Residents round one spot report the same water within the hour."""
    words = rng.sample(SAID, rng.randint(5, len(SAID)))
    north_m = math.radians(1) * EARTH_RADIUS_M  # of one degree
    east_m = north_m * math.cos(math.radians(spot.lat))
    seat = chronicle.cast.by_duty[Duty.ACCEPTOR][0]
    for text in words:
        source, by = rng.choice((("citizen", RESIDENT), ("hotline", seat)))
        angle, away_m = rng.uniform(0, 2 * math.pi), STORM_RADIUS_M * math.sqrt(rng.random())
        said = cases.Report(
            text=f"{spot.street}{text}。", lon=spot.lon + away_m * math.cos(angle) / east_m, lat=spot.lat + away_m * math.sin(angle) / north_m,
            source=source, class_kind=WATER[0], class_code=WATER[1], rule_no=1, address=spot.street,
            contact=cases.Contact(), synthetic=True,
        )  # fmt: skip
        cases.report(said, by=by, now=chronicle.until - STORM_LASTED * rng.random())
    return len(words)


def _grating(chronicle: Chronicle, rng: Random) -> int:
    """One grating, twice repaired, is broken again: filing it opens the root cause."""
    standing = chronicle.standing.get(GRATING)
    if not standing:
        return 0
    spot = rng.choice(standing)
    place = places.at(spot.lon, spot.lat).place
    collector = chronicle.cast.somebody(Duty.COLLECTOR, place)
    said = cases.Report(
        text=f"{spot.street}雨水箅子破损,行人有绊倒危险。", lon=spot.lon, lat=spot.lat, source="collector", class_kind="component", class_code=GRATING,
        rule_no=1, address=spot.street, synthetic=True,
    )  # fmt: skip
    before = [(said, collector, chronicle.until - ago) for ago in BROKEN]
    lives = cases.begin_history(before, cases.reserve_case_ids(len(before)), now=chronicle.until)
    for life in lives:
        chronicle.live(life)
    cases.store_history(lives, chronicle.shared)
    chronicle.shared.clear()
    at = chronicle.until - LATELY
    again = cases.report(said, by=collector, now=at)
    for verb, duty in (("register", Duty.ACCEPTOR), ("file", Duty.SHIFT_LEADER)):
        at += dt.timedelta(minutes=9)
        cases.take_step(again.number, verb, {}, by=chronicle.cast.somebody(duty, place), now=at)
    return len(lives) + 1 + components.look_for_recurrence(at)
