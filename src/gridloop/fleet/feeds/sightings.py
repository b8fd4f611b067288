"""From what a peer says to rows of the window: every dirty value is marked and kept, none is dropped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.intake import NO_MOMENT, STATUS_ACC, STATUS_POSITIONED, Source, fixes
from gridloop.kernel.errors import Malformed

MS_SINCE = 100_000_000_000  # a number this large is milliseconds: as seconds it would be the year 5138
MS_MAX = 253_402_300_799_999  # the last moment that a date can hold
SERIAL_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a peer says of a vehicle: degrees WGS-84 (none where it gave no place), ms since 1970 UTC (NO_MOMENT where none)."""

    lon: float
    lat: float
    at_ms: int
    serial: int = 0
    speed_kmh: float = 0.0
    heading: float = 0.0
    altitude_m: float = 0.0
    alarm: int = 0
    status: int = STATUS_POSITIONED | STATUS_ACC


def rows_of(sightings: Sequence[tuple[int, Sighting]], source: Source, received_ms: int) -> npt.NDArray[np.void]:
    """FIX rows of (vehicle, sighting); a place or a moment that cannot be is marked."""
    rows = fixes(len(sightings))
    for number, (vehicle, one) in enumerate(sightings):
        lon, lat = one.lon, one.lat
        placed = (
            math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) < 90 and (lon, lat) != (0, 0)
        )
        marks = Mark.GOOD if placed else Mark.PLACE
        if one.at_ms == NO_MOMENT:
            marks |= Mark.TIME
        rows[number] = (
            vehicle,
            one.at_ms,
            received_ms,
            lon if math.isfinite(lon) and abs(lon) <= 180 else 0.0,
            lat if math.isfinite(lat) and abs(lat) <= 90 else 0.0,
            min(max(one.serial, 0), SERIAL_MAX),
            _bounded(one.speed_kmh * 10, 0, 0x7FFF),
            _bounded(one.heading % 360 if math.isfinite(one.heading) else 0, 0, 359),
            _bounded(one.altitude_m, -0x8000, 0x7FFF),
            one.alarm & 0xFFFFFFFF,
            (one.status if placed else one.status & ~STATUS_POSITIONED) & 0xFFFFFFFF,
            int(marks),
            int(source),
        )
    return rows


def _bounded(value: float, least: int, most: int) -> int:
    return min(max(round(value), least), most) if math.isfinite(value) else 0


def moment_ms(said: Any) -> int:
    """ISO 8601 with its zone, seconds or milliseconds since 1970; NO_MOMENT for anything else."""
    if isinstance(said, bool):
        return NO_MOMENT
    if isinstance(said, int | float):
        if not math.isfinite(said):
            return NO_MOMENT
        ms = int(said) if abs(said) >= MS_SINCE else int(said * 1000)
        return ms if 0 <= ms <= MS_MAX else NO_MOMENT
    if isinstance(said, str):
        try:
            moment = datetime.fromisoformat(said)
        except ValueError:
            return NO_MOMENT
        if moment.tzinfo is not None and 1970 < moment.year < 9999:
            return int(moment.astimezone(UTC).timestamp() * 1000)
    return NO_MOMENT


def sighting_of(said: Mapping[str, Any]) -> Sighting:
    """A sighting from JSON {lon, lat, time, speed_kmh?, heading?, altitude_m?, serial?, acc?}; Malformed for what is no number."""
    for name in ("lon", "lat", "time"):
        if said.get(name) is None:
            raise Malformed(f"a position needs '{name}'", zh=f"定位数据缺少“{name}”", fields={name: "missing"})
    acc = said.get("acc", True)
    return Sighting(
        lon=number_of(said, "lon"),
        lat=number_of(said, "lat"),
        at_ms=moment_ms(said["time"]),
        serial=int(min(max(number_of(said, "serial"), 0), SERIAL_MAX)),
        speed_kmh=number_of(said, "speed_kmh"),
        heading=number_of(said, "heading"),
        altitude_m=number_of(said, "altitude_m"),
        status=STATUS_POSITIONED | (STATUS_ACC if acc else 0),
    )


def number_of(said: Mapping[str, Any], name: str) -> float:
    """A number of this name, 0 where there is none; Malformed for what is no finite number."""
    value = said.get(name)
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e18:
        raise Malformed(f"'{name}' must be a number", zh=f"“{name}”应为数字", fields={name: "not a number"})
    return float(value)
