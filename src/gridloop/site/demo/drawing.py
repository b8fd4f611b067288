"""Drawing one street of the bank, in a process that knows nothing of Django."""

from __future__ import annotations

import datetime as dt

from gridloop.site.demo.pictures import FAMILIES, both
from gridloop.site.demo.pictures.finish import CITY, jpeg

LIGHT_HOURS = (10, 14, 17)
"""The light of each street."""


def draw(wanted: tuple[str, int]) -> tuple[bytes, bytes]:
    """The JPEGs before and after of (family, number of the street)."""
    name, number = wanted
    light = dt.datetime(2026, 1, 1, LIGHT_HOURS[number % len(LIGHT_HOURS)], tzinfo=CITY)
    before, after = both(FAMILIES[name], seed=number * 101 + 7, when=light)
    return jpeg(before), jpeg(after)
