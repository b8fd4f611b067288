"""Drawing one picture of the bank, in a process that knows nothing of Django."""

from __future__ import annotations

import datetime as dt

from gridloop.site.demo.pictures import FAMILIES, scene
from gridloop.site.demo.pictures.finish import CITY, jpeg

LIGHT_HOURS = (10, 14, 17)
"""The light of each street."""


def draw(wanted: tuple[str, str, int]) -> bytes:
    """The JPEG of (family, "before" or "after", number of the street)."""
    name, stage, number = wanted
    light = dt.datetime(2026, 1, 1, LIGHT_HOURS[number % len(LIGHT_HOURS)], tzinfo=CITY)
    return jpeg(
        scene(FAMILIES[name], seed=number * 101 + 7, stage="before" if stage == "before" else "after", when=light)
    )
