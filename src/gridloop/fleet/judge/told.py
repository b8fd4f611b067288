"""What the judge says of one warning at one stage, with everything it was decided on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gridloop.fleet.judge.rows import FenceRow, RuleRow
from gridloop.fleet.rules.kinds import WarningStage


class Position(NamedTuple):
    """One fix of one vehicle: ms by the device, degrees, 0.1 km/h, the protocol's number."""

    at_ms: int
    lon: float
    lat: float
    speed: int
    serial: int


@dataclass(frozen=True, slots=True)
class Told:
    """One stage of one warning. `key` names the warning for ever, so that telling it twice changes nothing.

    vehicle, other: ids of the register; at_ms: the moment (by the device) this stage was decided; positions: the deciding fixes;
    permit: {} where none was found, {"number", "kind", "until_ms"} and "why" it did not lift the rule; late: decided from fixes that came late.
    """

    key: str
    stage: WarningStage
    rule: RuleRow
    fence: FenceRow | None
    vehicle: int
    other: int | None
    lon: float
    lat: float
    at_ms: int
    suspected_ms: int
    confirmed_ms: int | None
    ended_ms: int | None
    late: bool
    positions: list[dict[str, Any]]
    permit: dict[str, Any]
    detail: dict[str, Any]


def position(fix: np.void) -> Position:
    """A row of FIX as a position."""
    return Position(int(fix["at"]), float(fix["lon"]), float(fix["lat"]), int(fix["speed"]), int(fix["serial"]))


def listed(positions: tuple[Position, ...]) -> list[dict[str, Any]]:
    """Positions as they are stored with a warning."""
    return [one._asdict() for one in positions]


def order(told: Told) -> tuple[int, str, str]:
    """By time, then by warning, so that the same stream says the same list."""
    return told.at_ms, told.key, told.stage.value
