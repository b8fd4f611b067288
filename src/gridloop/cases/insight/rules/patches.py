"""Cutting the city into places that report enough to be watched: each report counts in exactly one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gridloop.cases.insight.rules.silence import EXPECTED_LEAST, Counts, Windows

LEVELS: Mapping[str, tuple[int, ...]] = {
    "finest": (15, 12, 9, 6),
    "cell": (15,),
    "village": (12,),
    "township": (9,),
}
"""Digits of the place at each level; the finest takes cells where it can, and what is left over of them a level higher."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A place with its daily counts; `rest` says that parts of it are watched on their own and not counted here."""

    code: str
    counts: Counts
    rest: bool = False


def cut(by_place: Mapping[str, Counts], windows: Windows, level: str) -> tuple[list[Patch], list[Patch]]:
    """The places that report enough to be watched, and those left over that do not. Counts: int64 (days,) by place code."""
    digits = LEVELS[level]
    waiting: dict[str, Counts] = {}
    for place, counts in by_place.items():
        if length := next((one for one in digits if len(place) >= one), 0):
            _add(waiting, place[:length], counts)
    found: list[Patch] = []
    rest: set[str] = set()
    for at, length in enumerate(digits):
        here = sorted(code for code in waiting if len(code) == length)
        for code, enough in zip(here, _enough([waiting[code] for code in here], windows), strict=True):
            above = code[: digits[at + 1]] if at + 1 < len(digits) else ""
            if enough:
                found.append(Patch(code, waiting.pop(code), code in rest))
                rest |= {code[:one] for one in digits[at + 1 :]}
            elif above:
                _add(waiting, above, waiting.pop(code))
    return found, [Patch(code, counts, code in rest) for code, counts in sorted(waiting.items())]


def _enough(counts: list[Counts], windows: Windows) -> list[bool]:
    return [bool(one) for one in windows.usual(np.stack(counts)) >= EXPECTED_LEAST] if counts else []


def _add(to: dict[str, Counts], code: str, counts: Counts) -> None:
    to[code] = to[code] + counts if code in to else counts
