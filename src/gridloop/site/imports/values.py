"""What single cells of a foreign table mean: times, numbers, positions. Pure, and never raises for what stands in a cell."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.crs import bd09_to_wgs84, gcj02_to_wgs84
from gridloop.site.imports.mapping import Position, Times
from gridloop.site.imports.report import Fault
from gridloop.site.imports.sheets import told_text

Row = Mapping[str, object]
SURROGATE = re.compile("[\ud800-\udfff]")
YEAR_MIN, YEAR_MAX = 1900, 2200
LAT_MAX = 85.0  # web Mercator, in which the map is drawn, ends there


def first(row: Row, names: Sequence[str]) -> object:
    """The first cell that is not empty, in the mapping's order of preference."""
    for name in names:
        value = row.get(name)
        if value is not None and value != "" and not (isinstance(value, float) and math.isnan(value)):
            return value
    return None


def joined(row: Row, names: Sequence[str], between: str = " - ") -> str:
    """Every cell that is not empty, as one text."""
    return between.join(text for text in (told_text(row.get(name)) for name in names) if text)


def moment(value: object, times: Times) -> dt.datetime | None:
    """The moment that a cell names, in UTC, or None where it names none."""
    if isinstance(value, dt.datetime):
        found: dt.datetime | None = value
    elif isinstance(value, dt.date):
        found = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - given its zone below
    else:
        found = _read(told_text(value), times.formats)
    if found is None or not YEAR_MIN <= found.year <= YEAR_MAX:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=times.zone)).astimezone(dt.UTC)


def _read(text: str, formats: tuple[str, ...]) -> dt.datetime | None:
    if not formats:
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            return None
    for form in formats:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007 - given its zone by the caller
        except ValueError:
            continue
    return None


def number(value: object) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value) if isinstance(value, int | float) else float(told_text(value))
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def to_wgs84(lonlat: NDArray[np.float64], position: Position) -> NDArray[np.float64]:
    """Positions (n, 2) as the mapping's coordinate system and shift make them WGS-84."""
    if position.crs == "GCJ-02":
        lonlat = gcj02_to_wgs84(lonlat)
    elif position.crs == "BD-09":
        lonlat = bd09_to_wgs84(lonlat)
    moved: NDArray[np.float64] = np.round(lonlat + np.array([position.shift_lon, position.shift_lat]), 8)
    return moved


def on_the_globe(lon: float, lat: float) -> bool:
    """Whether longitude and latitude can be a position on the map."""
    return -180 <= lon <= 180 and -LAT_MAX <= lat <= LAT_MAX


def printable(text: str) -> bool:
    """Whether a text can be kept: no NUL and no half of a surrogate pair."""
    return "\x00" not in text and (text.isascii() or SURROGATE.search(text) is None)


def unreadable(column: str) -> Fault:
    """The fault of a text that cannot be kept."""
    return Fault(column, "the text holds characters that cannot be kept", "文本含有无法保存的字符")
