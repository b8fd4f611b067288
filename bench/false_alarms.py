"""How often a parked vehicle is said to cross a border, and how many true crossings are missed.

Needs no database; seeded. Parked: 8 m of noise (each axis), 1 % of the fixes 150 m away, a fix every 10 s; a tenth stands within 60 m of a border, the
others anywhere. Driving: straight through a fence at 5 to 14 m/s with the same receivers. Beside it the plain way: enter and exit with each fix that
lies on the other side. A true crossing with three fixes inside and more is missed unless entering and leaving are confirmed; one with fewer fixes
cannot be confirmed and is missed unless it is suspected. Clear are crossings with three fixes deeper inside than three times the noise: of the others
nobody could tell. Last line: one JSON object.

    ./gridloop bench false_alarms [--vehicles 1000] [--hours 10] [--crossings 1000] [--seed 34]
"""

from __future__ import annotations

import argparse
import json

import numpy as np
from numpy.typing import NDArray

from bench.fences import CITY, DEGREES, areas
from bench.yardstick import yardstick_ms
from gridloop.engines.fences.fixes import Fixes, fixes_of
from gridloop.engines.fences.index import Index, border_distance_m, index_of, inside_plainly
from gridloop.engines.fences.shapes import Circle
from gridloop.engines.fences.stages import CONFIRM_FIXES, Kind
from gridloop.engines.fences.state import no_state
from gridloop.engines.fences.watch import advance

EVERY_S = 10
NOISE_M = 8.0
OUTLIER_SHARE = 0.01
OUTLIER_M = 150.0
NEAR_SHARE = 0.1
NEAR_M = 60.0
FENCES = 1_000
CITY_M = 60_000.0
AIM = 34
RADIUS_M = 600.0


def main() -> None:
    """Park, drive, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vehicles", type=int, default=1_000)
    parser.add_argument("--hours", type=int, default=10)
    parser.add_argument("--crossings", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=34)
    asked = parser.parse_args()
    chance = np.random.default_rng(asked.seed)
    figures: dict[str, object] = {"yardstick_ms": yardstick_ms(), "seed": asked.seed, "aim_per_1000_h": AIM}
    figures |= parked(chance, asked.vehicles, asked.hours)
    figures |= crossed(chance, asked.crossings)
    for name, figure in figures.items():
        print(f"{name:<36}{figure:>12}")
    print(json.dumps(figures))


def parked(chance: np.random.Generator, vehicles: int, hours: int) -> dict[str, float]:
    """False events a thousand vehicle-hours: every event of a vehicle that stands still, but that it is where it is."""
    index = index_of(areas(chance, FENCES))
    homes = places(chance, index, vehicles)
    truly = {*zip(*(column.tolist() for column in inside_plainly(index, homes)), strict=True)}
    state, plain_held = no_state(vehicles), truly
    false = {"confirmed": 0, "suspected": 0, "plain": 0}
    for step in range(hours * 3600 // EVERY_S):
        fixes = received(chance, np.arange(vehicles), homes, step)
        outcome = advance(index, state, fixes)
        state, events = outcome.state, outcome.events
        pair = list(zip(events["vehicle"].tolist(), index.columns_of(events["fence"]).tolist(), strict=True))
        wrong = np.array([one not in truly for one in pair], bool)
        confirmed = (events["kind"] == Kind.CONFIRMED_OUT) | ((events["kind"] == Kind.CONFIRMED_IN) & wrong)
        false["confirmed"] += int(confirmed.sum())
        false["suspected"] += int(
            ((events["kind"] == Kind.SUSPECTED_OUT) | (events["kind"] == Kind.SUSPECTED_IN) & wrong).sum()
        )
        plain_now = {*zip(*(column.tolist() for column in inside_plainly(index, fixes.lonlat)), strict=True)}
        false["plain"] += len(plain_now ^ plain_held)
        plain_held = plain_now
    share = 1000 / (vehicles * hours)
    return {f"false_{name}_per_1000_h": round(count * share, 1) for name, count in false.items()} | {
        "vehicle_hours": vehicles * hours
    }


def places(chance: np.random.Generator, index: Index, vehicles: int) -> NDArray[np.float64]:
    """Where they park (n, 2): a tenth within NEAR_M of some border, the others anywhere."""
    found: list[NDArray[np.float64]] = []
    near = int(vehicles * NEAR_SHARE)
    while len(found) < near:
        column = int(chance.integers(FENCES))
        corners = np.asarray(index.shapes[column].outline.exterior.coords)  # type: ignore[union-attr]
        side = int(chance.integers(len(corners) - 1))
        spot = corners[side] + chance.random() * (corners[side + 1] - corners[side])
        spot = spot + chance.uniform(-NEAR_M, NEAR_M, 2) / CITY_M * DEGREES
        if abs(border_distance_m(index, spot[None], np.array([column]))[0]) <= NEAR_M:
            found.append(spot)
    return np.concatenate([np.array(found), CITY + (chance.random((vehicles - near, 2)) - 0.5) * DEGREES])


def received(chance: np.random.Generator, who: NDArray[np.int64], truth: NDArray[np.float64], step: int) -> Fixes:
    """One fix of each: noise, and now and then an outlier in any direction."""
    wrong_m = chance.normal(0, NOISE_M, truth.shape)
    far = chance.random(len(truth)) < OUTLIER_SHARE
    angle = chance.random(len(truth)) * 2 * np.pi
    wrong_m[far] += OUTLIER_M * np.column_stack([np.cos(angle), np.sin(angle)])[far]
    return fixes_of(who, np.full(len(who), (step + 1) * EVERY_S * 1000), truth + wrong_m / CITY_M * DEGREES)


def crossed(chance: np.random.Generator, vehicles: int) -> dict[str, float]:
    """True crossings that were not found: each vehicle drives through the middle of a circle, from well outside to well outside."""
    index = index_of({0: Circle(*CITY.tolist(), RADIUS_M)})
    speed, angle = chance.uniform(5, 14, vehicles), chance.random(vehicles) * 2 * np.pi
    aside = chance.uniform(-590, 590, vehicles)
    ahead = np.column_stack([np.cos(angle), np.sin(angle)])
    state, events = no_state(vehicles), []
    inside_fixes, deep_fixes = np.zeros(vehicles, np.int64), np.zeros(vehicles, np.int64)
    for step in range(60):
        along = speed * EVERY_S * step - 1_000
        truth_m = ahead * along[:, None] + ahead[:, ::-1] * [-1, 1] * aside[:, None]
        inside_fixes += np.hypot(*truth_m.T) <= RADIUS_M
        deep_fixes += np.hypot(*truth_m.T) <= RADIUS_M - 3 * NOISE_M
        outcome = advance(index, state, received(chance, np.arange(vehicles), CITY + truth_m / CITY_M * DEGREES, step))
        state = outcome.state
        events.append(outcome.events)
    told = np.concatenate(events)
    kinds = {kind: np.isin(np.arange(vehicles), told["vehicle"][told["kind"] == kind]) for kind in Kind}
    long, short = inside_fixes >= CONFIRM_FIXES, (inside_fixes > 0) & (inside_fixes < CONFIRM_FIXES)
    clear = deep_fixes >= CONFIRM_FIXES
    confirmed = kinds[Kind.CONFIRMED_IN] & kinds[Kind.CONFIRMED_OUT]
    return {
        "true_crossings": int(long.sum()),
        "missed_crossings": int((long & ~confirmed).sum()),
        "of_them_not_even_suspected": int((long & ~kinds[Kind.SUSPECTED_IN]).sum()),
        "clear_crossings": int(clear.sum()),
        "missed_clear_crossings": int((clear & ~confirmed).sum()),
        "short_crossings": int(short.sum()),
        "short_crossings_not_suspected": int((short & ~kinds[Kind.SUSPECTED_IN]).sum()),
    }


if __name__ == "__main__":
    main()
