"""Positions between JT/T 809 and us: coordinates by what two platforms agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import numpy as np

from gridloop.engines.crs import gcj02_to_wgs84, wgs84_to_gcj02
from gridloop.fleet.feeds.sightings import Sighting
from gridloop.fleet.intake import NO_MOMENT
from gridloop.fleet.jt808 import Edition, degrees
from gridloop.kernel.clock import CITY_ZONE

SHIFTED = 1
"""The value of `encrypted` that says the coordinates went through the surveying authority's plug-in, which makes GCJ-02 of them."""


class Coordinates(StrEnum):
    """Which coordinates a partner sends and expects."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    FLAGGED = "flagged"  # GCJ-02 where a position's own flag says shifted, WGS-84 elsewhere


def sighting_of(body: Mapping[str, Any], agreed: Coordinates) -> Sighting:
    """What a position of either edition says; a moment that is none stays none, a place that is none stays as it came."""
    gnss = body.get("gnss")
    inner = gnss if isinstance(gnss, Mapping) else body
    lon, lat = degrees(inner)
    shifted = agreed is Coordinates.GCJ02 or (agreed is Coordinates.FLAGGED and body["encrypted"] == SHIFTED)
    if shifted and abs(lon) <= 180 and abs(lat) < 90:
        lon, lat = gcj02_to_wgs84(np.array([[lon, lat]]))[0].tolist()
    time = inner["time"]
    return Sighting(
        lon=lon,
        lat=lat,
        at_ms=int(time.timestamp() * 1000) if isinstance(time, datetime) else NO_MOMENT,
        speed_kmh=inner["speed"] / 10 if inner is gnss else inner["speed"],
        heading=inner["heading"],
        altitude_m=inner["altitude"],
        alarm=inner["alarm"],
        status=inner["status"],
    )


def body_of(one: Sighting, edition: Edition, agreed: Coordinates, platform: str) -> dict[str, Any]:
    """A position's body for a partner: whole seconds, coordinates as agreed; `platform`: our code, for the edition of 2019."""
    lon, lat = one.lon, one.lat
    shifted = agreed is not Coordinates.WGS84
    if shifted:
        lon, lat = wgs84_to_gcj02(np.array([[lon, lat]]))[0].tolist()
    where = {
        "time": datetime.fromtimestamp(one.at_ms // 1000, UTC).astimezone(CITY_ZONE),
        "longitude": round(abs(lon) * 1e6),
        "latitude": round(abs(lat) * 1e6),
        "speed": round(one.speed_kmh),
        "heading": round(one.heading) % 360,
        "altitude": max(round(one.altitude_m), 0),
        "status": one.status & ~0xC | (4 if lat < 0 else 0) | (8 if lon < 0 else 0),
        "alarm": one.alarm,
    }
    if edition is not Edition.V2019:
        return {"encrypted": int(shifted), "recorder_speed": where["speed"], "mileage": 0} | where
    gnss = where | {"speed": round(one.speed_kmh * 10), "extras": []}
    return {"encrypted": int(shifted), "gnss": gnss} | {
        "platform1": platform, "alarm1": one.alarm, "platform2": "", "alarm2": 0, "platform3": "", "alarm3": 0,
    }  # fmt: skip
