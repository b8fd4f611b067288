"""The demo history's photos: a few pictures of each family, taken in once like any upload, whose files thousands of photos then share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from gridloop.cases import actions as cases
from gridloop.kernel.caller import Caller
from gridloop.site.demo.pictures import FAMILIES, family_of, scene
from gridloop.site.demo.pictures.finish import CITY, jpeg

STAGES = ("before", "after")
LIGHT_HOURS = (10, 14, 17)
"""The light of each street."""


@dataclass(frozen=True)
class Bank:
    """Ids of stored photos by family and stage."""

    photos: dict[tuple[str, str], list[str]]

    def pick(self, kind: str, code: str, stage: str, variant: int) -> str:
        """The stored photo of a class; the same variant shows the same street before and after."""
        held = self.photos[family_of(kind, code).name, stage]
        return held[variant % len(held)]


def fill(variants: int, *, by: Caller, now: dt.datetime, tick: Callable[[int, int], None]) -> Bank:
    """Draw and take in `variants` streets of each family, before and after; `tick(done, all)` tells how far it is."""
    wanted = [(name, stage, number) for name in FAMILIES for stage in STAGES for number in range(variants)]
    photos: dict[tuple[str, str], list[str]] = {}
    with ProcessPoolExecutor(max_workers=2) as pool:
        for done, (one, jpeg) in enumerate(zip(wanted, pool.map(_draw, wanted, chunksize=4), strict=True), start=1):
            name, stage, _ = one
            photos.setdefault((name, stage), []).append(cases.take_in_photo(jpeg, by=by, now=now).id)
            tick(done, len(wanted))
    return Bank(photos)


def _draw(wanted: tuple[str, str, int]) -> bytes:
    name, stage, number = wanted
    light = dt.datetime(2026, 1, 1, LIGHT_HOURS[number % len(LIGHT_HOURS)], tzinfo=CITY)
    return jpeg(scene(FAMILIES[name], seed=number * 101 + 7, stage="before" if stage == "before" else "after", when=light))
