"""Driving and resting: how long somebody has driven without a rest, in a day and in a week, and coaches that must stand at night."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.calendars import CITY_EAST_MS
from gridloop.engines.fences.fixes import NEVER, turns
from gridloop.fleet.judge.areas import pass_time, settle
from gridloop.fleet.judge.clauses import CLAUSES, DAY_TOTAL, NIGHT_STOP, WEEK_TOTAL
from gridloop.fleet.judge.gate import NO_FENCE
from gridloop.fleet.judge.hours import DAY_MS
from gridloop.fleet.judge.limits import MOVING_TENTHS, NIGHT_MS
from gridloop.fleet.judge.look import Look
from gridloop.fleet.judge.resting import NO_DRIVER, Rests, counted, fitted
from gridloop.fleet.judge.runs import Raised
from gridloop.fleet.judge.teller import Teller
from gridloop.fleet.judge.told import position
from gridloop.fleet.judge.watches import Editing, Key, Watch
from gridloop.fleet.rules.kinds import RuleKind


def judge_rests(look: Look, teller: Teller, editing: Editing, rests: Rests, drivers: dict[int, int]) -> Rests:
    """Count the window's good fixes; `drivers`: tokens by row of vehicles whose driver has changed before these fixes."""
    rests = fitted(rests, look.masters.resting)
    if not len(rests.rows):
        return rests
    rests = _new_drivers(teller, look, editing, rests, drivers)
    mine = np.zeros(len(look.masters.whom), np.bool_)
    mine[rests.rows] = True
    rows = np.flatnonzero(look.good & mine[look.vehicle])
    if not len(rows):
        return rests
    rows = rows[np.lexsort((look.time[rows], look.vehicle[rows]))]
    turn = turns(look.vehicle[rows])
    table, hours = rests.table.copy(), rests.hours
    for number in range(int(turn.max()) + 1):
        chosen = rows[turn == number]
        slots = np.searchsorted(rests.rows, look.vehicle[chosen])
        moving, rested, hours = counted(look.fixes[chosen], slots, table, hours, own=hours is not rests.hours)
        _judged(look, teller, editing, (chosen, slots), table, moving)
        for row, slot in zip(chosen[rested].tolist(), slots[rested].tolist(), strict=True):
            _rested(look, teller, editing, row, int(table["still"][slot]))
    return Rests(rests.rows, table, hours)


def _judged(
    look: Look,
    teller: Teller,
    editing: Editing,
    where: tuple[NDArray[np.int64], NDArray[np.int64]],
    table: NDArray[np.void],
    moving: NDArray[np.bool_],
) -> None:
    rows, slots = where[0][moving], where[1][moving]
    if not len(rows):
        return
    part, vehicle = table[slots], look.vehicle[rows]
    at_ms = part["at"]
    of_day = (at_ms + CITY_EAST_MS) % DAY_MS
    night = (of_day >= NIGHT_MS[0]) | (of_day < NIGHT_MS[1])
    night_from = np.maximum(part["since"], at_ms - (of_day - NIGHT_MS[0]) % DAY_MS)
    today, week = part["driven_ms"] + part["day_ms"], part["driven_ms"] + part["week_ms"]
    for limit in look.masters.rest_limits:
        mine = limit.mask[vehicle] & (at_ms >= limit.from_ms) & (at_ms < limit.to_ms)
        reached = (
            at_ms - part["since"] > limit.continuous_ms,
            night & (at_ms - night_from > limit.night_ms),
            today > limit.day_ms,
            week > limit.week_ms,
        )
        for clause, over in enumerate(reached):
            for place in np.flatnonzero(mine & over).tolist():
                driven = {DAY_TOTAL: today, WEEK_TOTAL: week}.get(clause, at_ms - part["since"])
                detail = {
                    "clause": CLAUSES[clause],
                    "driven_s": int(driven[place]) // 1000,
                    "since_ms": int(part["since"][place]),
                }
                key = Key(limit.code, NO_FENCE, late=False, also=clause)
                _over(look, teller, editing, int(rows[place]), key, detail)


def _over(look: Look, teller: Teller, editing: Editing, row: int, key: Key, detail: dict[str, Any]) -> None:
    """A limit is exceeded at this fix; told once, until a proper rest."""
    vehicle, spot = int(look.vehicle[row]), look.spot(row)
    known = editing.of(vehicle).get(key)
    if known is not None and known.gate_until > spot.at_ms and (known.stage or known.open_from == NEVER):
        return
    watch = editing.open(vehicle, key) or Watch(
        key, vehicle, mark=CLAUSES[key.also], level=2, since=spot.at_ms, positions=(position(look.fixes[row]),)
    )
    pass_time(teller, watch, spot.at_ms, spot)
    if not watch.stage:
        watch.detail = detail
    settle(teller, watch, spot)
    editing.keep(watch)


def _rested(look: Look, teller: Teller, editing: Editing, row: int, still_ms: int) -> None:
    vehicle = int(look.vehicle[row])
    for key in [one for one in editing.of(vehicle) if _is_rest(teller, one)]:
        watch = editing.open(vehicle, key)
        if watch is not None:
            teller.end(watch, max(still_ms, watch.suspected), look.spot(row), {"why": "rest"})
            editing.drop(vehicle, key)


def _is_rest(teller: Teller, key: Key) -> bool:
    return teller.line(key.line).kind is RuleKind.REST and key.also != NIGHT_STOP


def _new_drivers(teller: Teller, look: Look, editing: Editing, rests: Rests, drivers: dict[int, int]) -> Rests:
    """Somebody else drives: nothing of what was counted is his."""
    changed = [row for row, token in drivers.items() if token != NO_DRIVER and row in set(rests.rows.tolist())]
    if not changed:
        return rests
    table, hours = rests.table.copy(), rests.hours.copy()
    for row in changed:
        slot = int(np.searchsorted(rests.rows, row))
        if table["driver"][slot] == drivers[row]:
            continue
        table[slot]["driver"], table[slot]["since"], table[slot]["driven_ms"] = drivers[row], NEVER, 0
        table[slot]["day_ms"] = table[slot]["week_ms"] = 0
        hours[slot] = 0
        for key in [one for one in editing.of(row) if _is_rest(teller, one)]:
            watch = editing.open(row, key)
            if watch is not None:
                at_ms = int(table["at"][slot])
                teller.end(watch, at_ms, teller.last_spot(look.before, row, at_ms), {"why": "driver"})
                editing.drop(row, key)
    return replace(rests, table=table, hours=hours)


def night_stop(look: Look, rows: NDArray[np.int64], *, late: bool) -> Raised:
    """Which of these fixes are driven in the hours in which the rule wants the vehicle to stand."""
    found: Raised = {}
    of_day = (look.time[rows] + CITY_EAST_MS) % DAY_MS
    for limit in look.masters.rest_limits:
        start, stop = limit.stop_ms
        chosen = (of_day >= start) & (of_day < stop) & limit.mask[look.vehicle[rows]]
        chosen &= (
            (look.fixes["speed"][rows] > MOVING_TENTHS)
            & (look.time[rows] >= limit.from_ms)
            & (look.time[rows] < limit.to_ms)
        )
        for row in rows[chosen].tolist():
            key = Key(limit.code, NO_FENCE, late, NIGHT_STOP)
            found.setdefault(row, {})[key] = {
                "clause": CLAUSES[NIGHT_STOP],
                "speed_kmh": float(look.fixes["speed"][row]) / 10,
            }
    return found
