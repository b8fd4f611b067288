"""The demo history's photos: a few pictures of each family, taken in once like any upload, whose files thousands of photos then share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from gridloop.cases import actions as cases
from gridloop.kernel.caller import Caller
from gridloop.site.demo.drawing import draw
from gridloop.site.demo.pictures import family_of

STAGES = ("before", "after")
PROCESSES = 2


@dataclass(frozen=True)
class Bank:
    """Ids of stored photos by family and stage."""

    photos: dict[tuple[str, str], list[str]]

    def pick(self, kind: str, code: str, stage: str, variant: int) -> str:
        """The stored photo of a class; the same variant shows the same street before and after."""
        held = self.photos[family_of(kind, code).name, stage]
        return held[variant % len(held)]


@dataclass(frozen=True)
class Drawing:
    """Pictures on their way, drawn by other processes while the city is built."""

    wanted: list[tuple[str, int]]
    pool: ProcessPoolExecutor
    jpegs: Iterator[tuple[bytes, bytes]]


def start_drawing(streets: Mapping[str, int]) -> Drawing:
    """Begin to draw so many streets of each family, before and after."""
    wanted = [(name, number) for name, count in streets.items() for number in range(count)]
    pool = ProcessPoolExecutor(max_workers=PROCESSES, mp_context=get_context("spawn"))
    return Drawing(wanted, pool, pool.map(draw, wanted))


def fill(drawing: Drawing, *, by: Caller, now: dt.datetime, tick: Callable[[int, int], None]) -> Bank:
    """Take in the pictures as they are drawn; `tick(done, all)` tells how far it is, in streets."""
    photos: dict[tuple[str, str], list[str]] = {}
    with drawing.pool:
        for done, ((name, _), pair) in enumerate(zip(drawing.wanted, drawing.jpegs, strict=True), start=1):
            for stage, jpeg in zip(STAGES, pair, strict=True):
                photos.setdefault((name, stage), []).append(cases.take_in_photo(jpeg, by=by, now=now).id)
            tick(done, len(drawing.wanted))
    cases.declare_photos_drawn([one for held in photos.values() for one in held], now=now)
    return Bank(photos)
