"""What the judge holds between two windows; never changed, only replaced, so that a window that could not be stored is judged again from the old one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.calendars import FAR
from gridloop.engines.fences.state import State, no_state
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.resting import Rests, fitted, no_rests
from gridloop.fleet.judge.told import Position
from gridloop.fleet.judge.watches import Watches

Recent = dict[tuple[int, bool], tuple[Position, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """state: of the fence engine; watches: rules of areas; wake (v,): when a vehicle is looked at without an event.

    runs: rules that look at single fixes, at two vehicles, at the stream; running (v,): who has such a watch; met (v,): who is near another one; rests: of
    rest rules. recent: the last fixes of vehicles of whom something is suspected, by (row, late); ticked_ms: when time was last looked at by itself.
    """

    state: State
    watches: Watches
    wake: NDArray[np.int64]
    recent: Recent
    runs: Watches
    running: NDArray[np.bool_]
    met: NDArray[np.bool_]
    rests: Rests
    ticked_ms: int


def begin(masters: Masters) -> Held:
    """Nothing is known of anybody."""
    vehicles = len(masters.whom)
    nobody = np.zeros(vehicles, np.bool_)
    return Held(
        no_state(vehicles),
        Watches(),
        np.full(vehicles, FAR),
        {},
        Watches(),
        nobody,
        nobody,
        fitted(no_rests(), masters.resting),
        0,
    )
