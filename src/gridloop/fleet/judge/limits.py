"""Limits of speed: of a rule, of the vehicle's own papers, at night a share of it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gridloop.fleet.judge.hours import of_day
from gridloop.fleet.judge.lines import Line, Version
from gridloop.fleet.judge.whom import Whom

NIGHT_MS = (
    22 * 3_600_000,
    6 * 3_600_000,
)  # vehicle_rules.json, night_hours: 22:00-06:00 (from memory, medium confidence)
MOVING_TENTHS = 50  # above 5 km/h a vehicle is driven
TENTHS = 10  # FIX.speed is in 0.1 km/h


def floors(whom: Whom, lines: Iterable[Line]) -> NDArray[np.float64]:
    """The lowest speed (v,), 0.1 km/h, above which one of these rules may be broken; inf where there is none."""
    lowest = np.full(len(whom), np.inf)
    own = np.array([one.speed_limit_kmh or np.inf for one in whom.vehicles], np.float64)
    for line in lines:
        for version in line.versions:
            params = version.row.params
            limit = np.minimum(own, float(params.get("limit_kmh") or np.inf))
            limit *= min(1.0, float(params.get("night_share") or 1.0)) * TENTHS
            lowest[version.mask] = np.minimum(lowest, limit)[version.mask]
    return lowest


def limit_of(whom: Whom, version: Version, vehicle: int, at_ms: int) -> float:
    """The limit in km/h for a vehicle (row) at a moment; inf for none."""
    params = version.row.params
    own = whom.vehicles[vehicle].speed_limit_kmh
    limit = min(float(params.get("limit_kmh") or np.inf), float(own or np.inf))
    share = params.get("night_share")
    return limit * float(share) if share and at_night(at_ms) else limit


def at_night(at_ms: int) -> bool:
    """Whether a moment lies in the night of the rules."""
    start, stop = NIGHT_MS
    moment = of_day(at_ms)
    return moment >= start or moment < stop


def night_began(at_ms: int) -> int:
    """When the night of this moment began."""
    return at_ms - (of_day(at_ms) - NIGHT_MS[0]) % 86_400_000
