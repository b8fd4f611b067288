"""What a position costs in the judge: the fence engine alone, and with 5 and 50 rules over it.

Needs no database. The vehicles and windows are those of bench/fences.py; a tenth of them carries hazardous goods. The rules are no-go rules, every fifth of
another kind (dwell, speed), for hazmat trucks in the fences of one of ten districts each, half of them at night only, with 2,000 permits.
`overhead` is what the judge costs over `advance` alone. Processor seconds. Python's collector of cycles is set as in the gateway, or a good part of the time at 50 rules is its
looking through watches in which there are no cycles. Last line: one JSON object.

    ./gridloop bench judge [--fences 1000,10000] [--rules 5,50] [--windows 200]       # --fences 10000 --rules 50: the dearest alone
"""

from __future__ import annotations

import argparse
import gc
import json
import time

import numpy as np
from numpy.typing import NDArray

from bench.fences import VEHICLES, WINDOW, areas, driven
from bench.yardstick import yardstick_ms
from gridloop.engines.fences.fixes import Fixes
from gridloop.engines.fences.state import no_state
from gridloop.engines.fences.watch import advance
from gridloop.fleet import intake
from gridloop.fleet.gateway.serve import GC_THRESHOLDS, settle
from gridloop.fleet.judge.held import begin
from gridloop.fleet.judge.masters import FenceRow, Masters, PermitRow, RuleRow, VehicleRow, masters_of
from gridloop.fleet.judge.window import judge

DISTRICTS = 10
AIM_OVERHEAD_US = 1.0
OTHERS = (("dwell", {"limit_s": 600}), ("speed", {"limit_kmh": 68}))


def main() -> None:
    """Measure at each number of fences and rules, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    numbers = {"type": lambda text: [int(part) for part in text.split(",")]}
    parser.add_argument("--fences", default=[1_000, 10_000], **numbers)
    parser.add_argument("--rules", default=[5, 50], **numbers)
    parser.add_argument("--windows", type=int, default=200)
    asked = parser.parse_args()
    gc.set_threshold(*GC_THRESHOLDS)
    figures: dict[str, object] = {"yardstick_ms": yardstick_ms(), "window": WINDOW, "vehicles": VEHICLES}
    print(f"yardstick {figures['yardstick_ms']} ms")
    windows = [columns(window) for window in driven(np.random.default_rng(20), asked.windows + VEHICLES // WINDOW)]
    for count in asked.fences:
        for rules in asked.rules:
            figures[f"{count}/{rules}"] = measured(count, rules, windows)
    figures["yardstick_after_ms"] = yardstick_ms()
    print(json.dumps(figures))


def measured(count: int, rules: int, windows: list[NDArray[np.void]]) -> dict[str, float]:
    """What a window costs with so many fences and rules; the first round of all vehicles, when nothing is known, is not counted."""
    begun = time.process_time()
    masters = ground(count, rules)
    figures: dict[str, float] = {"masters_s": round(time.process_time() - begun, 2)}
    held, state = begin(masters), no_state(VEHICLES)
    settle()
    alone, whole, walls, told = 0.0, 0.0, [], 0
    for number, window in enumerate(windows):
        rows = masters.whom.rows_of(window["vehicle"])
        lonlat = np.column_stack([window["lon"], window["lat"]])
        fixes = Fixes(rows, np.ascontiguousarray(window["at"]), lonlat, np.arange(len(rows)))
        one = time.process_time()
        state = advance(masters.index, state, fixes).state
        two, wall = time.process_time(), time.perf_counter()
        judged = judge(masters, held, window, now_ms=int(window["received"][0]))
        if number >= VEHICLES // WINDOW:
            walls.append(time.perf_counter() - wall)
            alone, whole, told = alone + two - one, whole + time.process_time() - two, told + len(judged.told)
        held = judged.held
    positions = WINDOW * len(walls)
    figures |= {
        "engine_us_a_position": round(alone / positions * 1e6, 2),
        "judge_us_a_position": round(whole / positions * 1e6, 2),
        "overhead_us_a_position": round((whole - alone) / positions * 1e6, 2),
        "window_p99_ms": round(float(np.percentile(walls, 99)) * 1000, 2),
        "told_a_window": round(told / len(walls), 2),
        "watches": sum(1 for _ in held.watches),
    }
    for key, value in figures.items():
        print(f"{count:>7} fences {rules:>4} rules  {key:<26}{value:>12,}")
    print(f"{count:>7} fences {rules:>4} rules  aim of the overhead on an ordinary core {AIM_OVERHEAD_US} us")
    return figures


def ground(count: int, rules: int) -> Masters:
    """Vehicles, fences, rules and permits."""
    vehicles = [
        VehicleRow(number + 1, f"T{number:05}", "taxi" if number % 10 else "hazmat") for number in range(VEHICLES)
    ]
    fences = [
        FenceRow(number, f"f{number}", 1, shape) for number, shape in areas(np.random.default_rng(count), count).items()
    ]
    nights = tuple((day, "22:00", "06:00") for day in range(1, 8))
    made = []
    for number in range(rules):
        kind, params = OTHERS[number // 5 % len(OTHERS)] if number % 5 == 4 else ("no_go", {})
        district = tuple(fence.code for fence in fences[number % DISTRICTS :: DISTRICTS])
        weekly = nights if number % 2 else ()
        made.append(
            RuleRow(
                number,
                f"R{number}",
                1,
                kind,
                district,
                ("hazmat",),
                params=params,
                weekly=weekly,
                permit_kinds=("zone",),
            )
        )
    permits = [PermitRow(f"P{number}", "zone", 1 + 30 * number, (), (), 0, 2**50) for number in range(VEHICLES // 30)]
    return masters_of(vehicles, fences, made, permits, version=1)


def columns(window: Fixes) -> NDArray[np.void]:
    """The same fixes as the gateway gives them."""
    fixes = intake.fixes(len(window))
    fixes["vehicle"], fixes["at"] = window.vehicle + 1, window.time
    fixes["lon"], fixes["lat"] = window.lonlat.T
    fixes["received"] = window.time.max()
    fixes["speed"] = np.random.default_rng(len(window)).integers(180, 720, len(window))
    return fixes


if __name__ == "__main__":
    main()
