"""A vehicle's way: made plain for a map without losing its shape, and how far it went; arrays in, arrays out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import shapely

from gridloop.engines.fences.fixes import Mark
from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.errors import Malformed

TOLERANCE_DEG = 0.00004
"""Points nearer to the line than this (about 4 m) are left out on the map: less than the noise of a position."""
GAP_MS = 10 * 60_000
"""A silence longer than this parts the way in two: nobody knows where it went."""
NOT_PLACED = int(Mark.PLACE | Mark.TIME | Mark.JUMP)
REASON_CHARS_MAX = 300


@dataclass(frozen=True, slots=True)
class Track:
    """Fixes in the order of the device's time; arrays of one length. speed 0.1 km/h, heading degrees."""

    at_ms: npt.NDArray[np.int64]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    speed: npt.NDArray[np.int32]
    heading: npt.NDArray[np.int32]
    marks: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.at_ms)


def kept(track: Track) -> npt.NDArray[np.int64]:
    """Row numbers that are enough to draw the way: fixes without a place are left out, each stretch keeps its ends and its bends."""
    placed = np.flatnonzero((track.marks & NOT_PLACED) == 0)
    if len(placed) < 3:
        return placed
    parts = np.split(placed, np.flatnonzero(np.diff(track.at_ms[placed]) > GAP_MS) + 1)
    return np.concatenate([_plain(track, part) for part in parts])


def _plain(track: Track, part: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    if len(part) < 3:
        return part
    line = shapely.linestrings(np.column_stack([track.lon[part], track.lat[part], part.astype(np.float64)]))
    simple = shapely.simplify(line, TOLERANCE_DEG, preserve_topology=False)
    rows = shapely.get_coordinates(simple, include_z=True)[:, 2]
    return rows.astype(np.int64)


def length_m(track: Track) -> float:
    """Metres along the fixes that have a place, silences left out."""
    placed = (track.marks & NOT_PLACED) == 0
    lon, lat, at = track.lon[placed], track.lat[placed], track.at_ms[placed]
    if len(lon) < 2:
        return 0.0
    middle = np.radians((lat[1:] + lat[:-1]) / 2)
    step = np.hypot(np.diff(lon) * 111_320 * np.cos(middle), np.diff(lat) * 110_574)
    return float(step[np.diff(at) <= GAP_MS].sum())


def span_of(day: date) -> tuple[datetime, datetime]:
    """A day of the city as two moments."""
    start = datetime.combine(day, datetime.min.time(), CITY_ZONE)
    return start, start + timedelta(days=1)


def checked_reason(reason: str, *, needed: bool) -> str:
    """The reason for a look without blanks round it; Malformed where one is needed and none is given."""
    bare = " ".join(reason.split())
    if (needed and not bare) or len(bare) > REASON_CHARS_MAX:
        raise Malformed(
            f"say in 1 to {REASON_CHARS_MAX} characters why you look at this; it is kept in the ledger",
            zh=f"请用 1 至 {REASON_CHARS_MAX} 个字说明查看原因,原因将记入台账",
            fields={"reason": "needed"},
        )
    return bare
