"""The last position of every vehicle in service, in arrays that a window of fixes is written into at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridloop.fleet.queries.live import KIND_ORDER, NOT_DRAWN, Registered
from gridloop.site.live.vehicles.frames import PER_UNIT_E7, Rows
from gridloop.site.live.vehicles.source import Fixes

CLOCK_AHEAD_MS = 60_000
"""A fix that claims to be from further ahead than this would hide all later ones; it is not drawn."""
JUMP_M_PER_S = 70.0
"""Faster than any of these vehicles: it was carried, or its terminal had lost its way."""
M_PER_UNIT = 1.11
KINDS = {kind: number for number, kind in enumerate(KIND_ORDER)}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a vehicle is."""

    area: str
    plate: str


class Table:
    """Rows in the order of ids. `version` changes with the register, and every frame sequence then begins anew."""

    def __init__(self) -> None:
        self.version = 0
        self.owners: dict[int, Owner] = {}
        self.unknown = 0
        self._rows = _empty(0)

    def __len__(self) -> int:
        return len(self._rows)

    def register(self, vehicles: Sequence[Registered]) -> bool:
        """Bring the rows into line with the register; what was heard stays. True when something changed."""
        owners = {one.id: Owner(one.area, one.plate) for one in vehicles}
        kinds = np.array([KINDS[one.kind] for one in sorted(vehicles, key=lambda one: one.id)], np.uint8)
        if owners == self.owners and np.array_equal(kinds, self._rows.kind):
            return False
        old, rows = self._rows, _empty(len(owners))
        rows.ids[:] = sorted(owners)
        rows.kind[:] = kinds
        found, at = _lookup(rows.ids, old.ids)
        for name in ("x", "y", "at_ms", "heading"):
            getattr(rows, name)[at[found]] = getattr(old, name)[found]
        self._rows, self.owners = rows, owners
        self.version += 1
        return True

    def take(self, fixes: Fixes, *, now_ms: int) -> int:
        """Write a window of fixes; those that are older than what is known change nothing. Answers how many were new."""
        rows = self._rows
        order = np.argsort(fixes.at_ms, kind="stable")  # of several fixes of one vehicle the newest is written last
        order = order[(fixes.marks[order] & NOT_DRAWN) == 0]
        known, at = _lookup(rows.ids, fixes.vehicle[order].astype(np.uint32))
        self.unknown += int(len(order) - known.sum())
        order, at = order[known], at[known]
        moment = fixes.at_ms[order]
        fresh = (moment > rows.at_ms[at]) & (moment <= now_ms + CLOCK_AHEAD_MS)
        order, at = order[fresh], at[fresh]
        x = np.round(fixes.lon_e7[order] / PER_UNIT_E7).astype(np.int32)
        y = np.round(fixes.lat_e7[order] / PER_UNIT_E7).astype(np.int32)
        moved_m = np.hypot(x - rows.x[at], y - rows.y[at]) * M_PER_UNIT
        rows.jumped[at] |= moved_m > JUMP_M_PER_S * np.maximum(1.0, (moment[fresh] - rows.at_ms[at]) / 1000)
        rows.x[at], rows.y[at] = x, y
        rows.at_ms[at] = fixes.at_ms[order]
        rows.heading[at] = fixes.heading[order]
        return len(order)

    def chosen(self, areas: Sequence[str]) -> npt.NDArray[np.int64]:
        """Row numbers of the vehicles of these areas (prefixes)."""
        if "" in areas:
            return np.arange(len(self._rows))
        wanted = tuple(areas)
        return np.flatnonzero([self.owners[int(one)].area.startswith(wanted) for one in self._rows.ids])

    def rows(self, at: npt.NDArray[np.int64]) -> Rows:
        """Copies of these rows."""
        rows = self._rows
        return Rows(
            rows.ids[at], rows.x[at], rows.y[at], rows.at_ms[at], rows.heading[at], rows.kind[at], rows.jumped[at]
        )

    def forget_jumps(self) -> None:
        """After a tick: each jump is told once."""
        self._rows.jumped[:] = False


def _empty(count: int) -> Rows:
    return Rows(
        np.zeros(count, np.uint32), np.zeros(count, np.int32), np.zeros(count, np.int32), np.zeros(count, np.int64),
        np.zeros(count, np.uint16), np.zeros(count, np.uint8), np.zeros(count, np.bool_),
    )  # fmt: skip


def _lookup(
    ordered: npt.NDArray[np.uint32], wanted: npt.NDArray[np.uint32]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """For each wanted id whether it is among the ordered ones, and where."""
    if len(ordered) == 0:
        return np.zeros(len(wanted), np.bool_), np.zeros(len(wanted), np.int64)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return ordered[at] == wanted, at
