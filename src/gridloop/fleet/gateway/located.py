"""A position as the codec's careful way reads it, as a fix. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.intake import NO_MOMENT, Source, fixes
from gridloop.fleet.jt808 import degrees


def moment_ms(position: Mapping[str, Any]) -> int:
    """The device's moment, NO_MOMENT where it is none."""
    time = position.get("time")
    return round(time.timestamp() * 1000) if isinstance(time, dt.datetime) else NO_MOMENT


def fix_of(position: Mapping[str, Any], serial: int, vehicle: int, received_ms: int) -> npt.NDArray[np.void]:
    """One FIX row."""
    row = fixes(1)
    row["vehicle"], row["received"], row["serial"] = vehicle, received_ms, serial
    row["at"] = moment_ms(position)
    row["lon"], row["lat"] = degrees(position)
    row["speed"], row["heading"] = position["speed"], position["heading"]
    row["altitude_m"] = min(int(position["altitude"]), 32_767)
    row["alarm"], row["status"] = position["alarm"], position["status"]
    row["marks"] = Mark.TIME if row["at"][0] == NO_MOMENT else 0
    row["source"] = Source.JT808
    return row


def place_of(position: Mapping[str, Any]) -> dict[str, Any]:
    """What an order to locate is answered with."""
    lon, lat = degrees(position)
    time = position.get("time")
    at = time.isoformat() if isinstance(time, dt.datetime) else None
    return {"lon": lon, "lat": lat, "at": at, "speed": position["speed"]}
