"""What is found in an address, and the names it is read with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SIGNS_MAX = 300  # of a longer text only the beginning is read as an address
NAME_SIGNS_MAX = 16
FURTHEST_M = 5000.0  # nobody says where something is by a distance beyond this

Relation = Literal["", "division", "street", "number", "place", "between", "junction"]
DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
UNITS = {"十": 10, "百": 100, "千": 1000}


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names that are known: Chinese name -> its kinds (street, metro, estate, poi, division); English key -> the Chinese names."""

    zh: Mapping[str, frozenset[str]]
    en: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Parts:
    """An address in parts; a name stands as the gazetteer writes it where it is known, else as it was said.

    `cross` is the other street of a junction, `until` the third one of "A from B to C". `bearing` counts degrees from north, clockwise.
    """

    relation: Relation = ""
    divisions: tuple[str, ...] = ()
    street: str = ""
    number: str = ""
    building: str = ""
    cross: str = ""
    until: str = ""
    place: str = ""
    place_kind: str = ""
    exit: str = ""
    bearing: float | None = None
    distance_m: float | None = None
    unknown: tuple[str, ...] = field(default=())
    alike: tuple[tuple[str, ...], ...] = field(
        default=()
    )  # Chinese names that share one English name, first the one that is used


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: [start, end)."""

    kind: str
    name: str
    start: int
    end: int
    known: bool


def plain(text: str) -> str:
    """Half-width signs, one blank for many, cut to what is read."""
    return " ".join(unicodedata.normalize("NFKC", text[: 2 * SIGNS_MAX]).split())[:SIGNS_MAX]


def has_chinese(text: str) -> bool:
    """Whether any sign is Chinese."""
    return any("\u3400" <= sign <= "\u9fff" for sign in text)


def number_of(text: str) -> float | None:
    """`25`, `2.5`, `二十五`, `一百零五`; None for anything else."""
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        return float(text)
    total = digit = 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in UNITS:
            total += (digit or 1) * UNITS[sign]
            digit = 0
        else:
            return None
    return float(total + digit) if text else None
