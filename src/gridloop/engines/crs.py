"""Between the three coordinate systems met in China: WGS-84 (ours everywhere), GCJ-02 (map vendors) and BD-09 (Baidu).

GCJ-02 and BD-09 are published only as formulas reconstructed by the public (the widely used `eviltransform` family).
All functions take and return float64 (n, 2) arrays of (lon, lat) in degrees.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]

SEMI_MAJOR_M = 6_378_245.0  # Krasovsky 1940, as used by the GCJ-02 formula
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north: outside it GCJ-02 equals WGS-84
BD_OFFSET = (0.0065, 0.006)
BD_TURN = np.pi * 3000.0 / 180.0
INVERSE_ROUNDS = 12  # the shift changes by < 1 % over its own length, so each round gains two digits


def wgs84_to_gcj02(lonlat: Degrees) -> Degrees:
    """The GCJ-02 position of WGS-84 points; points outside China's box stay as they are."""
    points = _points(lonlat)
    return points + np.where(in_china(points)[:, None], _gcj02_shift(points), 0.0)


def gcj02_to_wgs84(lonlat: Degrees) -> Degrees:
    """The WGS-84 position of GCJ-02 points, by iteration, to better than 1e-9 degrees (0.1 mm)."""
    return _inverse(wgs84_to_gcj02, _points(lonlat))


def gcj02_to_bd09(lonlat: Degrees) -> Degrees:
    """The BD-09 position of GCJ-02 points."""
    points = _points(lonlat)
    lon, lat = points[:, 0], points[:, 1]
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * BD_TURN)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * BD_TURN)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + BD_OFFSET


def bd09_to_gcj02(lonlat: Degrees) -> Degrees:
    """The GCJ-02 position of BD-09 points, by iteration, to better than 1e-9 degrees."""
    return _inverse(gcj02_to_bd09, _points(lonlat))


def wgs84_to_bd09(lonlat: Degrees) -> Degrees:
    """The BD-09 position of WGS-84 points."""
    return gcj02_to_bd09(wgs84_to_gcj02(lonlat))


def bd09_to_wgs84(lonlat: Degrees) -> Degrees:
    """The WGS-84 position of BD-09 points, to better than 1e-9 degrees."""
    return gcj02_to_wgs84(bd09_to_gcj02(lonlat))


def in_china(lonlat: Degrees) -> NDArray[np.bool_]:
    """Which points lie in the box where GCJ-02 differs from WGS-84: bool (n,)."""
    west, south, east, north = CHINA_BOX
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _points(lonlat: Degrees) -> Degrees:
    points = np.asarray(lonlat, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        message = f"points must be an array of (n, 2) lon/lat, this one has the shape {points.shape}"
        raise ValueError(message)
    return points


def _inverse(forward: Callable[[Degrees], Degrees], wanted: Degrees) -> Degrees:
    guess = wanted.copy()
    for _ in range(INVERSE_ROUNDS):
        guess -= forward(guess) - wanted
    return guess


def _gcj02_shift(points: Degrees) -> Degrees:
    lon, lat = points[:, 0], points[:, 1]
    x, y = lon - 105.0, lat - 35.0
    radians = np.radians(lat)
    bulge = 1.0 - ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    east_m, north_m = _east_shift_m(x, y), _north_shift_m(x, y)
    lon_shift = np.degrees(east_m / (SEMI_MAJOR_M / np.sqrt(bulge) * np.cos(radians)))
    lat_shift = np.degrees(north_m / (SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / bulge**1.5))
    return np.column_stack([lon_shift, lat_shift])


def _east_shift_m(x: Degrees, y: Degrees) -> Degrees:
    polynomial = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    return (
        polynomial
        + _ripple(x, (20.0, 6.0), (20.0, 2.0))
        + _ripple(x, (20.0, 1.0), (40.0, 1.0 / 3.0))
        + _ripple(x, (150.0, 1.0 / 12.0), (300.0, 1.0 / 30.0))
    )


def _north_shift_m(x: Degrees, y: Degrees) -> Degrees:
    polynomial = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    return (
        polynomial
        + _ripple(x, (20.0, 6.0), (20.0, 2.0))
        + _ripple(y, (20.0, 1.0), (40.0, 1.0 / 3.0))
        + _ripple(y, (160.0, 1.0 / 12.0), (320.0, 1.0 / 30.0))
    )


def _ripple(value: Degrees, first: tuple[float, float], second: tuple[float, float]) -> Degrees:
    """Two sine waves, each (height, half-turns a degree), by the formula's common factor 2/3."""
    waves = first[0] * np.sin(first[1] * np.pi * value) + second[0] * np.sin(second[1] * np.pi * value)
    return waves * (2.0 / 3.0)
