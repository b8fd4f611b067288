"""Rules that look at each fix by itself: suspected with the first that breaks them, certain after several running, over when others say so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import NEVER
from gridloop.engines.fences.stages import CONFIRM_FIXES
from gridloop.fleet.judge.areas import pass_time, settle
from gridloop.fleet.judge.clauses import CLAUSES, NIGHT_STOP
from gridloop.fleet.judge.look import Look, Sights
from gridloop.fleet.judge.teller import Teller
from gridloop.fleet.judge.told import position
from gridloop.fleet.judge.watches import Editing, Key, Watch
from gridloop.fleet.rules.kinds import RuleKind


class Pace(NamedTuple):
    """How many fixes running, over how long, make it certain, and how many, over how long, end it; a longer gap between two ends it too."""

    fixes: int
    lasting_ms: int
    clear_fixes: int
    clear_ms: int
    gap_ms: int


GAP_MS = 120_000  # vehicle_rules.json, max_gap_s
PACES: dict[RuleKind, Pace] = {
    RuleKind.SPEED: Pace(CONFIRM_FIXES, 10_000, 1, 0, GAP_MS),  # vehicle_rules.json, overspeed_confirm_s
    RuleKind.OFF_ROUTE: Pace(CONFIRM_FIXES, 0, CONFIRM_FIXES, 0, 1_800_000),
    RuleKind.OFF_TIME: Pace(CONFIRM_FIXES, 0, CONFIRM_FIXES, 300_000, 1_800_000),
    RuleKind.REST: Pace(CONFIRM_FIXES, 60_000, CONFIRM_FIXES, 300_000, 1_800_000),
    RuleKind.BREACH_AHEAD: Pace(CONFIRM_FIXES, 0, CONFIRM_FIXES, 0, GAP_MS),
}
Raised = dict[int, dict[Key, dict[str, Any]]]
"""By row of a fix: which rules it breaks, with the detail."""


class Sensor(Protocol):
    """Says which of some fixes (rows of the window) break which rules."""

    def __call__(self, look: Look, rows: NDArray[np.int64], *, late: bool) -> Raised:
        """All of them are late ones, or none is."""
        ...


def judge_runs(
    look: Look,
    teller: Teller,
    editing: Editing,
    sensors: Iterable[Sensor],
    candidates: NDArray[np.bool_],
    running: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Take the vehicles of these candidate fixes, and those of whom something runs, through the window: who is running afterwards."""
    for late in (False, True):
        chosen = look.late if late else look.good
        some = chosen if late else chosen & (candidates | running[look.vehicle])
        if not some.any():
            continue
        raised: Raised = {}
        rows = np.flatnonzero(some)
        for sensor in sensors:
            for row, keys in sensor(look, rows, late=late).items():
                raised.setdefault(row, {}).update(keys)
        who = set(look.vehicle[list(raised)].tolist())
        going = look.vehicle[rows].tolist() if late else look.vehicle[chosen & running[look.vehicle]].tolist()
        who |= {vehicle for vehicle in going if editing.of(vehicle)}
        for vehicle, seen in look.rows_of(who, late=late).items():
            _walked(look, teller, editing, vehicle, seen, raised, late=late)
    if not editing.touched:
        return running
    running = running.copy()
    for vehicle in editing.touched:
        running[vehicle] = any(not key.late for key in editing.of(vehicle))
    return running


def _walked(
    look: Look, teller: Teller, editing: Editing, vehicle: int, seen: Sights, raised: Raised, *, late: bool
) -> None:
    for row in seen.rows:
        keys = raised.get(row, {})
        mine = [key for key in editing.of(vehicle) if key.late is late and by_fix(teller, key)]
        for key in dict.fromkeys([*mine, *keys]):
            watch = editing.open(vehicle, key) or Watch(key, vehicle, mark=CLAUSES[key.also] if key.also >= 0 else "")
            _step(look, teller, watch, row, keys.get(key))
            if watch.level:
                editing.keep(watch)
            else:
                editing.drop(vehicle, key)


def by_fix(teller: Teller, key: Key) -> bool:
    """Whether a watch is one of this file's: of the rest rules only the hours to stand are."""
    kind = teller.line(key.line).kind
    return kind in PACES and (kind is not RuleKind.REST or key.also == NIGHT_STOP)


def _step(look: Look, teller: Teller, watch: Watch, row: int, broken: dict[str, Any] | None) -> None:
    """What one fix makes of a watch; `broken`: the detail if it breaks the rule."""
    spot, pace = look.spot(row), PACES[teller.line(watch.key.line).kind]
    if watch.level and spot.at_ms - watch.heard > pace.gap_ms:
        teller.end(watch, watch.heard, spot, {"why": "gap"})
        watch.level, watch.doubt = 0, NEVER
    watch.heard = spot.at_ms
    pass_time(teller, watch, spot.at_ms, spot)
    if broken is not None:
        here = position(look.fixes[row])
        if not watch.level:
            watch.level, watch.since, watch.fixes, watch.positions = 1, spot.at_ms, 0, ()
        watch.fixes, watch.clear, watch.doubt = watch.fixes + 1, 0, NEVER
        if watch.level == 1:
            watch.positions = (*watch.positions, here)[-CONFIRM_FIXES:]
            watch.detail = broken
        if watch.fixes >= pace.fixes and spot.at_ms - watch.since >= pace.lasting_ms:
            watch.level = 2
    elif watch.level:
        watch.doubt = spot.at_ms if watch.doubt == NEVER else watch.doubt
        watch.clear += 1
        if watch.clear >= pace.clear_fixes and spot.at_ms - watch.doubt >= pace.clear_ms:
            teller.end(watch, watch.doubt, spot, {"why": "clear"})
            watch.level, watch.doubt = 0, NEVER
        elif watch.level == 1:
            watch.fixes = 0  # running: a fix between that says otherwise begins the count anew
    settle(teller, watch, spot)
