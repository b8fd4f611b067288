"""Rows of the masters as the judge is given them: vehicles, fences, rules, permits, declared routes, occasions. Moments are ms since 1970 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.shapes import Shape

Weekly = tuple[tuple[int, str, str], ...]
"""(weekday 1 to 7, "HH:MM", "HH:MM") in city time; an end not after its start lies on the next day; empty: always."""


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A vehicle in service; `id` is that of the register, lists are codes of vehicle lists."""

    id: int
    plate: str
    kind: str
    firm: str = ""
    lists: tuple[str, ...] = ()
    area: str = ""
    speed_limit_kmh: int | None = None


@dataclass(frozen=True, slots=True)
class FenceRow:
    """One version of a fence; `id` differs from version to version."""

    id: int
    code: str
    version: int
    shape: Shape
    valid_from_ms: int = 0
    valid_to_ms: int | None = None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One version of a rule; whom: any of kinds, firms, lists, plates, all empty means every vehicle. holidays: "", "only" or "never"."""

    id: int
    code: str
    version: int
    kind: str
    fences: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    firms: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    weekly: Weekly = ()
    holidays: str = ""
    occasion: str = ""
    permit_kinds: tuple[str, ...] = ()
    severity: str = "high"
    valid_from_ms: int = 0
    valid_to_ms: int | None = None


@dataclass(frozen=True, slots=True)
class PermitRow:
    """A permission of one vehicle (id) in fences (codes; empty: all)."""

    number: str
    kind: str
    vehicle: int
    fences: tuple[str, ...] = ()
    weekly: Weekly = ()
    from_ms: int = 0
    to_ms: int = 0
    revoked_ms: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RouteRow:
    """A declared route: line (n, 2) lon/lat with its full width, and the time in which it is driven."""

    number: str
    vehicle: int
    line: NDArray[np.float64]
    width_m: float
    from_ms: int
    to_ms: int

    def __eq__(self, other: object) -> bool:
        """The same way at the same time."""
        if not isinstance(other, RouteRow):
            return NotImplemented
        same = (self.number, self.vehicle, self.width_m, self.from_ms, self.to_ms) == (
            other.number,
            other.vehicle,
            other.width_m,
            other.from_ms,
            other.to_ms,
        )
        return same and np.array_equal(self.line, other.line)

    def __hash__(self) -> int:
        """By its number."""
        return hash(self.number)


@dataclass(frozen=True, slots=True)
class OccasionRow:
    """A one-off event and its spans (from, to)."""

    code: str
    spans_ms: tuple[tuple[int, int], ...]
