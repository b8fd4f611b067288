"""The smooth direction field that streets follow, and the rounded shapes of hills and lakes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Metres = NDArray[np.float64]

STEEPEST = 0.62  # sum of the waves' slopes; below 1 the field folds nowhere and its inverse exists
INVERSE_ROUNDS = 40
INVERSE_MISS_M = 1e-4


@dataclass(frozen=True)
class WarpField:
    """A plane of straight axes (u, v) laid over the ground by a turn and a few long waves.

    angle: radians; push_m, wave, phase: (k, 2), (k, 2), (k,): wave i moves a point by push_m[i] * sin(wave[i] . p + phase[i]).
    """

    angle: float
    push_m: Metres
    wave: NDArray[np.float64]
    phase: NDArray[np.float64]

    @classmethod
    def seeded(cls, seed: int, *, angle: float, wave_m: tuple[float, float] = (4_500.0, 14_000.0)) -> "WarpField":
        """A field of five waves with lengths between the two of `wave_m` metres."""
        rng = np.random.default_rng(seed)
        length_m = rng.uniform(*wave_m, 5)
        heading, sway = rng.uniform(0, 2 * np.pi, (2, 5))
        slope = rng.dirichlet(np.full(5, 4.0)) * STEEPEST
        number = 2 * np.pi / length_m
        return cls(
            angle=angle,
            push_m=np.column_stack([np.cos(sway), np.sin(sway)]) * (slope / number)[:, None],
            wave=np.column_stack([np.cos(heading), np.sin(heading)]) * number[:, None],
            phase=rng.uniform(0, 2 * np.pi, 5),
        )

    def to_plan(self, ground_m: Metres) -> Metres:
        """Ground metres (n, 2) to plan metres (n, 2)."""
        return (ground_m + self._moved(ground_m)) @ self._turn()

    def to_ground(self, plan_m: Metres) -> Metres:
        """Plan metres (n, 2) to ground metres (n, 2), to better than a millimetre."""
        straight = plan_m @ self._turn().T
        ground = straight - self._moved(straight)
        for _ in range(INVERSE_ROUNDS):
            better = straight - self._moved(ground)
            miss_m = float(np.abs(better - ground).max(initial=0.0))
            ground = better
            if miss_m < INVERSE_MISS_M:
                break
        return ground

    def _moved(self, ground_m: Metres) -> Metres:
        moved: Metres = np.sin(ground_m @ self.wave.T + self.phase) @ self.push_m
        return moved

    def _turn(self) -> NDArray[np.float64]:
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.array([[cos, -sin], [sin, cos]])


def blob(
    centre_m: tuple[float, float], radius_m: float, *, seed: int, stretch: float = 1.0, turn: float = 0.0
) -> Metres:
    """A rounded closed outline (n, 2) round a centre; `stretch` times longer than broad, its long axis at `turn` radians."""
    rng = np.random.default_rng(seed)
    around = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    order = np.arange(2, 8)
    height = rng.normal(0, 0.17, len(order)) / order**0.8
    ripple = np.cos(around[:, None] * order + rng.uniform(0, 2 * np.pi, len(order))) @ height
    radius = radius_m * np.maximum(1.0 + ripple, 0.35)
    along, across = radius * np.cos(around) * np.sqrt(stretch), radius * np.sin(around) / np.sqrt(stretch)
    cos, sin = np.cos(turn), np.sin(turn)
    outline: Metres = np.column_stack([along * cos - across * sin, along * sin + across * cos]) + np.asarray(centre_m)
    return outline
