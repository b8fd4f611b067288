"""A telephone held over a street: which spot of the street each pixel sees, and where a spot is seen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 960
FOCAL_PX = 1_060.0
FARTHEST_M = 60.0

Pixels = NDArray[np.floating[Any]]
Spot = tuple[float, float, float]  # metres: along the street, across it away from the camera, up


@dataclass(frozen=True)
class Camera:
    """Street coordinates have their origin at the subject; `along` runs right, `across` away, `up` up.

    height_m, pitch, yaw: of the camera, radians; distance_m: from its foot to the subject.
    """

    height_m: float
    pitch: float
    yaw: float
    distance_m: float

    def rays(self) -> tuple[Pixels, Pixels, Pixels]:
        """Direction of every pixel's ray (along, across, up), each float32 (HEIGHT, WIDTH)."""
        x = ((np.arange(WIDTH, dtype=np.float32) + 0.5 - WIDTH / 2) / FOCAL_PX)[None, :]
        y = ((np.arange(HEIGHT, dtype=np.float32) + 0.5 - HEIGHT / 2) / FOCAL_PX)[:, None]
        sin, cos = np.float32(np.sin(self.pitch)), np.float32(np.cos(self.pitch))
        forward, up = cos - y * sin, -sin - y * cos
        turn, keep = np.float32(np.sin(self.yaw)), np.float32(np.cos(self.yaw))
        along = x * keep + forward * turn
        across = forward * keep - x * turn
        return along, across, np.broadcast_to(up, along.shape)

    def foot(self) -> tuple[float, float]:
        """The spot under the camera (along, across)."""
        return -self.distance_m * float(np.sin(self.yaw)), -self.distance_m * float(np.cos(self.yaw))

    def seen(self, spots: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixel positions (n, 2) of spots (n, 3); what lies behind the camera is held just before it."""
        foot = self.foot()
        along, across, up = spots[:, 0] - foot[0], spots[:, 1] - foot[1], spots[:, 2] - self.height_m
        sin, cos = np.sin(self.yaw), np.cos(self.yaw)
        right, ahead = along * cos - across * sin, along * sin + across * cos
        depth = np.maximum(ahead * np.cos(self.pitch) - up * np.sin(self.pitch), 0.15)
        down = -(up * np.cos(self.pitch) + ahead * np.sin(self.pitch))
        seen: NDArray[np.float64] = np.column_stack([right, down]) / depth[:, None] * FOCAL_PX + (WIDTH / 2, HEIGHT / 2)
        return seen
