"""A flat frame of metres round one place: equal-area, exact to millimetres there and back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEMI_MAJOR_M = 6_378_137.0  # WGS 84 ellipsoid
FLATTENING = 1.0 / 298.257_223_563
ECCENTRICITY_SQUARED = FLATTENING * (2.0 - FLATTENING)
INVERSE_ROUNDS = 6


@dataclass(frozen=True)
class Frame:
    """Ellipsoidal sinusoidal projection about (lon, lat): areas are true, shapes too within some tens of kilometres."""

    lon: float
    lat: float

    def to_metres(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Degrees (..., 2) to metres east and north of the centre (..., 2)."""
        lat = np.radians(lonlat[..., 1])
        parallel_m = SEMI_MAJOR_M * np.cos(lat) / np.sqrt(1.0 - ECCENTRICITY_SQUARED * np.sin(lat) ** 2)
        east_m = np.radians(lonlat[..., 0] - self.lon) * parallel_m
        return np.stack([east_m, _meridian_m(lat) - _meridian_m(np.radians(self.lat))], axis=-1)

    def to_degrees(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Metres east and north of the centre (..., 2) to degrees (..., 2)."""
        wanted_m = metres[..., 1] + _meridian_m(np.radians(self.lat))
        lat = wanted_m / SEMI_MAJOR_M
        for _ in range(INVERSE_ROUNDS):
            bulge = 1.0 - ECCENTRICITY_SQUARED * np.sin(lat) ** 2
            lat = lat - (_meridian_m(lat) - wanted_m) * bulge**1.5 / (SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED))
        parallel_m = SEMI_MAJOR_M * np.cos(lat) / np.sqrt(1.0 - ECCENTRICITY_SQUARED * np.sin(lat) ** 2)
        return np.stack([self.lon + np.degrees(metres[..., 0] / parallel_m), np.degrees(lat)], axis=-1)


def _meridian_m(lat: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Length of the meridian from the equator to `lat` radians (series to the sixth power of the eccentricity)."""
    e2 = ECCENTRICITY_SQUARED
    terms = (
        (1.0 - e2 / 4.0 - 3.0 * e2**2 / 64.0 - 5.0 * e2**3 / 256.0) * lat
        - (3.0 * e2 / 8.0 + 3.0 * e2**2 / 32.0 + 45.0 * e2**3 / 1024.0) * np.sin(2.0 * lat)
        + (15.0 * e2**2 / 256.0 + 45.0 * e2**3 / 1024.0) * np.sin(4.0 * lat)
        - (35.0 * e2**3 / 3072.0) * np.sin(6.0 * lat)
    )
    return np.asarray(SEMI_MAJOR_M * terms)
