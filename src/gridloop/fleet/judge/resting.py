"""How long each vehicle has driven: a table of whom rest rules concern, fed with good fixes in the order of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import METRES_PER_DEGREE, NEVER
from gridloop.fleet.judge.clauses import REST_MIN_MS
from gridloop.fleet.judge.limits import MOVING_TENTHS

HOUR_MS = 3_600_000
HOURS = 168  # a week
NO_DRIVER = 0
BETWEEN_MS_MIN, BETWEEN_M_MIN, BETWEEN_M_PER_S = 60_000, 150.0, 5 / 3.6
"""Two fixes a minute or more apart, and more than 150 m (what an outlier is wrong by) and 5 km/h between them: driven, whatever their speeds say."""
REST = np.dtype(
    [
        ("driver", np.int64),  # token of who put a card in, NO_DRIVER for nobody
        ("at", np.int64),  # ms of the last fix
        ("lon", np.float64),
        ("lat", np.float64),
        ("since", np.int64),  # driving without a proper rest since, NEVER after a rest
        ("still", np.int64),  # standing since, NEVER while driving
        ("hour", np.int64),  # number of the hour that is being filled
        ("driven_ms", np.int64),  # in it
        ("day_ms", np.int64),  # in the 23 hours before it
        ("week_ms", np.int64),  # in the 167 hours before it
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Rests:
    """Vehicles that rest rules concern: rows (k,) ascending, table (k,) of REST, hours (k, 168) int32 ms driven by number of the hour modulo 168."""

    rows: NDArray[np.int64]
    table: NDArray[np.void]
    hours: NDArray[np.int32]


def no_rests() -> Rests:
    """Nobody is concerned."""
    return Rests(np.zeros(0, np.int64), np.zeros(0, REST), np.zeros((0, HOURS), np.int32))


def fitted(rests: Rests, rows: NDArray[np.int64]) -> Rests:
    """The same for other vehicles; those who were known keep what is known of them."""
    if rests.rows is rows:
        return rests
    if np.array_equal(rests.rows, rows):
        return Rests(rows, rests.table, rests.hours)
    table, hours = np.zeros(len(rows), REST), np.zeros((len(rows), HOURS), np.int32)
    for name in ("at", "since", "still"):
        table[name] = NEVER
    place = np.searchsorted(rows, rests.rows)
    known = np.isin(rests.rows, rows)
    table[place[known]], hours[place[known]] = rests.table[known], rests.hours[known]
    return Rests(rows, table, hours)


def counted(
    fix: NDArray[np.void],
    slots: NDArray[np.int64],
    table: NDArray[np.void],
    hours: NDArray[np.int32],
    *,
    own: bool,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int32]]:
    """One fix (FIX) a vehicle into the table, in place: (who drove up to it, who has rested properly with it, the hours)."""
    part = table[slots]
    first = part["at"] == NEVER
    begun = np.where(first, fix["at"], part["at"])
    gone_ms = fix["at"] - begun
    scale = METRES_PER_DEGREE * np.cos(np.radians(fix["lat"]))
    away_m = np.hypot((fix["lon"] - part["lon"]) * scale, (fix["lat"] - part["lat"]) * METRES_PER_DEGREE)
    between = (gone_ms >= BETWEEN_MS_MIN) & (away_m > np.maximum(BETWEEN_M_MIN, BETWEEN_M_PER_S * gone_ms / 1000))
    moving = ~first & (between | ((fix["speed"] > MOVING_TENTHS) & (gone_ms <= REST_MIN_MS)))
    fresh = moving & (part["since"] == NEVER)
    part["since"] = np.where(fresh, begun, part["since"])
    part["still"] = np.where(moving, NEVER, np.where(part["still"] == NEVER, begun, part["still"]))
    rested = ~moving & (fix["at"] - part["still"] >= REST_MIN_MS) & (part["since"] != NEVER)
    part["since"] = np.where(rested, NEVER, part["since"])
    hour = fix["at"] // HOUR_MS
    rolled = np.flatnonzero(hour != part["hour"])
    if len(rolled):
        hours = hours if own else hours.copy()
        _rolled(part, rolled, hour, slots, hours)
    part["driven_ms"] += np.where(moving, gone_ms, 0)
    part["at"], part["lon"], part["lat"] = fix["at"], fix["lon"], fix["lat"]
    table[slots] = part
    return moving, rested, hours


def _rolled(
    part: NDArray[np.void],
    rolled: NDArray[np.int64],
    hour: NDArray[np.int64],
    slots: NDArray[np.int64],
    hours: NDArray[np.int32],
) -> None:
    """A new hour begins: the old one goes to the others, hours that are older than a week are emptied."""
    for place in rolled.tolist():
        slot, old, new = int(slots[place]), int(part["hour"][place]), int(hour[place])
        hours[slot, old % HOURS] = part["driven_ms"][place]
        skipped = np.arange(max(old + 1, new - HOURS + 1), new + 1) % HOURS
        hours[slot, skipped] = 0
        past = hours[slot, (new - np.arange(1, HOURS)) % HOURS].astype(np.int64)
        part["hour"][place], part["driven_ms"][place] = new, 0
        part["day_ms"][place], part["week_ms"][place] = past[:23].sum(), past.sum()
