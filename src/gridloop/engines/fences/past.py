"""Fences asked of the past: a fence drawn now, and a rule lived through once more."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.fences.fixes import Fixes
from gridloop.engines.fences.index import Index, index_of
from gridloop.engines.fences.shapes import Shape
from gridloop.engines.fences.state import EVENT, State, no_state
from gridloop.engines.fences.watch import advance


def asked_of_past(fences: Mapping[int, Shape], fixes: Fixes) -> NDArray[np.void]:
    """The events that these fences would have made of past fixes (in any order), as if they had stood from the first fix on.

    Vehicles that never came into the box round the fences cost no more than that look. `vehicle` of the events is as it was given.
    """
    index = index_of(fences)
    if not len(fixes) or not len(index):
        return np.zeros(0, EVENT)
    west, south, east, north = shapely.total_bounds(shapely.box(*index.boxes_m.T))
    x, y = index.flat.to_metres(fixes.lonlat).T
    came = np.unique(fixes.vehicle[(x >= west) & (x <= east) & (y >= south) & (y <= north)])
    mine = fixes.of(np.isin(fixes.vehicle, came))
    compact = Fixes(np.searchsorted(came, mine.vehicle), mine.time, mine.lonlat, mine.name)
    events = advance(index, no_state(len(came)), compact).events
    events["vehicle"] = came[events["vehicle"]]
    return events


def replayed(index: Index, state: State, fixes: Fixes, window: int) -> tuple[NDArray[np.void], State]:
    """Live through fixes in their order, so many at a time: all events, and the state at the end."""
    told = [np.zeros(0, EVENT)]
    for start in range(0, len(fixes), window):
        outcome = advance(index, state, fixes.of(slice(start, start + window)))
        told.append(outcome.events)
        state = outcome.state
    return np.concatenate(told), state
