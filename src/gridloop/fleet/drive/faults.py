"""What is wrong with real positions, played on purpose: episodes of a few fixes, by share of all fixes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from gridloop.fleet.drive.roads import Spot

METRES_PER_DEGREE = 111_195.0
NOISE_M = 3.0  # of a good receiver under open sky


class Fault(StrEnum):
    """One kind of trouble."""

    DRIFT = "drift"
    JUMP = "jump"
    ZERO = "zero"
    BLIND = "blind"
    SILENCE = "silence"
    CLONE = "clone"


LENGTHS: dict[Fault, tuple[int, int]] = {
    Fault.DRIFT: (3, 10),
    Fault.JUMP: (1, 1),
    Fault.ZERO: (1, 4),
    Fault.BLIND: (4, 15),
    Fault.SILENCE: (6, 20),
    Fault.CLONE: (2, 6),
}
"""Fixes that an episode lasts, least and most."""
LENGTH_MEAN = sum(low + high for low, high in LENGTHS.values()) / 2 / len(LENGTHS)
DRIFT_M, JUMP_M, CLONE_M = 60.0, (3_000.0, 20_000.0), (2_000.0, 8_000.0)


@dataclass(slots=True)
class Trouble:
    """The episodes of one vehicle; `share` of its fixes stand in one."""

    share: float
    rng: Random
    kinds: tuple[Fault, ...] = tuple(Fault)
    fault: Fault | None = None
    left: int = 0
    ended: Fault | None = None

    def next(self) -> Fault | None:
        """What the next fix suffers from; `ended` is the fault that was over before it."""
        self.ended = None
        if self.left > 0:
            self.left -= 1
            return self.fault
        self.ended, self.fault = self.fault, None
        if self.kinds and self.rng.random() * LENGTH_MEAN * (1 - self.share) < self.share:
            self.fault = self.rng.choice(self.kinds)
            self.left = self.rng.randint(*LENGTHS[self.fault]) - 1
        return self.fault

    def seen(self, spot: Spot, fault: Fault | None) -> Spot:
        """The spot as the receiver reports it."""
        if fault is Fault.ZERO:
            return replace(spot, lon=0.0, lat=0.0)
        if fault is Fault.JUMP:
            return self._beside(spot, self.rng.uniform(*JUMP_M))
        return self._beside(spot, abs(self.rng.gauss(0.0, DRIFT_M if fault is Fault.DRIFT else NOISE_M)))

    def elsewhere(self, spot: Spot) -> Spot:
        """Where the clone of this vehicle says it is."""
        return self._beside(spot, self.rng.uniform(*CLONE_M))

    def _beside(self, spot: Spot, metres: float) -> Spot:
        turn = complex(self.rng.gauss(0, 1), self.rng.gauss(0, 1)) or 1
        turn /= abs(turn)
        degrees = metres / METRES_PER_DEGREE
        return replace(spot, lon=spot.lon + turn.real * degrees, lat=spot.lat + turn.imag * degrees)
