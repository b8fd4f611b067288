"""What a position costs against many fences: windows of driving vehicles, with and without what is known of the squares.

Needs no database. 60,000 vehicles drive along a mesh of streets in a city of 60 x 60 km, one fix each every 3 s; windows of 2,000 fixes, as 100 ms
at 20,000/s make them. Each window is judged whole: dirt, fences, stages, the state after it. Processor seconds; a window's time is wall time.
Last line: one JSON object.

    ./gridloop bench fences [--fences 1000,10000] [--windows 200]
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np
import shapely
from numpy.typing import NDArray

from bench.yardstick import yardstick_ms
from gridloop.engines.fences.fixes import Fixes, fixes_of
from gridloop.engines.fences.index import Index, changed, index_of
from gridloop.engines.fences.shapes import Area, Circle
from gridloop.engines.fences.state import no_state
from gridloop.engines.fences.watch import advance

CITY = np.array([118.1, 24.5])
DEGREES = np.array([60 / 101.3, 60 / 110.8])  # 60 km here
STREET_M = 400.0
VEHICLES = 60_000
EVERY_S = 3
WINDOW = 2_000
AIM_US = {1_000: 2.0, 10_000: 15.0}


def main() -> None:
    """Measure at each number of fences, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fences", type=lambda text: [int(part) for part in text.split(",")], default=[1_000, 10_000])
    parser.add_argument("--windows", type=int, default=200)
    asked = parser.parse_args()
    figures: dict[str, object] = {"yardstick_ms": yardstick_ms(), "window": WINDOW, "vehicles": VEHICLES}
    print(f"yardstick {figures['yardstick_ms']} ms")
    windows = driven(np.random.default_rng(20), asked.windows + VEHICLES // WINDOW)
    for count in asked.fences:
        figures[str(count)] = measured(count, windows)
    figures["yardstick_after_ms"] = yardstick_ms()
    print(json.dumps(figures))


def measured(count: int, windows: list[Fixes]) -> dict[str, float]:
    """Cost of making, changing and asking an index of so many fences."""
    fences = areas(np.random.default_rng(count), count)
    begun = time.process_time()
    index = index_of(fences)
    built = time.process_time() - begun
    begun = time.process_time()
    changed(index, added={count + 1: Circle(*CITY.tolist(), 300.0)}, removed=[0])
    figures: dict[str, float] = {
        "build_s": round(built, 2),
        "change_ms": round((time.process_time() - begun) * 1000, 1),
    }
    for name, plainly in (("known_squares", False), ("plain", True)):
        found = drive(index, windows, plainly=plainly)
        figures |= {f"{name}_{key}": value for key, value in found.items()}
    for key, value in figures.items():
        print(f"{count:>7} fences  {key:<28}{value:>12,}")
    if count in AIM_US:
        print(f"{count:>7} fences  aim on an ordinary core {AIM_US[count]} us a position")
    return figures


def drive(index: Index, windows: list[Fixes], *, plainly: bool) -> dict[str, float]:
    """All windows one after the other; the first round of all vehicles, when nothing is known, is not counted."""
    state = no_state(VEHICLES)
    spent, walls, events, asked = 0.0, [], 0, 0
    for number, window in enumerate(windows):
        begun, wall = time.process_time(), time.perf_counter()
        outcome = advance(index, state, window, plainly=plainly)
        if number >= VEHICLES // WINDOW:
            walls.append(time.perf_counter() - wall)
            spent += time.process_time() - begun
            events += len(outcome.events)
            asked += outcome.asked
        state = outcome.state
    positions = WINDOW * len(walls)
    return {
        "us_a_position": round(spent / positions * 1e6, 2),
        "positions_per_s": round(positions / spent),
        "window_p50_ms": round(float(np.percentile(walls, 50)) * 1000, 2),
        "window_p99_ms": round(float(np.percentile(walls, 99)) * 1000, 2),
        "asked_share": round(asked / positions, 3),
        "events": events,
        "pairs_held": len(state.live.pairs),
    }


def areas(chance: np.random.Generator, count: int) -> dict[int, Area]:
    """Star-shaped polygons of 20 to 50 corners, 90 to 600 m from middle to corner, anywhere in the city."""
    fences = {}
    for number in range(count):
        corners = int(chance.integers(20, 51))
        angle = (np.arange(corners) + chance.random(corners) * 0.8) / corners * 2 * np.pi
        reach = chance.uniform(150, 600) * (0.6 + 0.4 * chance.random(corners)) / 60_000
        middle = CITY + (chance.random(2) - 0.5) * DEGREES
        ring = middle + np.column_stack([np.cos(angle), np.sin(angle)]) * reach[:, None] * DEGREES
        fences[number] = Area(shapely.Polygon(ring))
    return fences


def driven(chance: np.random.Generator, windows: int) -> list[Fixes]:
    """Vehicles along a mesh of streets at 5 to 20 m/s, turning at crossings now and then, 5 m of noise, a fix every 3 s in turn."""
    at = chance.integers(0, 150, (VEHICLES, 2)) * STREET_M * 1.0
    axis = chance.integers(0, 2, VEHICLES)
    speed = chance.uniform(5, 20, VEHICLES) * chance.choice([-1, 1], VEHICLES)
    made, share = [], VEHICLES // WINDOW
    for number in range(windows):
        who = np.arange(number % share, VEHICLES, share)
        before = np.floor(at[who, axis[who]] / STREET_M)
        at[who, axis[who]] += speed[who] * EVERY_S
        crossed = np.floor(at[who, axis[who]] / STREET_M) != before
        turns = who[crossed & (chance.random(len(who)) < 0.3)]
        at[turns, axis[turns]] = np.round(at[turns, axis[turns]] / STREET_M) * STREET_M
        axis[turns] = 1 - axis[turns]
        made.append(seen(chance, who, at[who], number // share))
    return made


def seen(chance: np.random.Generator, who: NDArray[np.int64], at: NDArray[np.float64], turn: int) -> Fixes:
    """What the receivers of these vehicles say; out of the city means in again on the other side, which is a jump."""
    noisy = (at % 60_000) + chance.normal(0, 5, at.shape)
    lonlat = CITY + (noisy / 60_000 - 0.5) * DEGREES
    return fixes_of(who, np.full(len(who), 1_000 * EVERY_S * (turn + 1)), lonlat)


if __name__ == "__main__":
    main()
