"""What may be followed, how coarse it is kept, and when people are told. No database, no clock."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from gridloop.kernel.errors import Malformed

HOURS = (8, 12, 18)
"""Hours of the city at which news go out: three messages a day are the most that anybody gets."""
ROUNDED_TO = 3
"""Decimals of a degree that are kept of a spot, about 100 m: enough for an area, too coarse for an address."""
RADIUS_M_MIN, RADIUS_M_MAX = 200, 3000
WATCHES_MAX = 10
CLASSES_MAX = 30
PLACE = re.compile(r"^(\d{6}|\d{9}|\d{12})$")
CLASS = re.compile(r"^(component|event):\d{2}(\d{2})?$")
LINES_MAX = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to follow: a division by code, or a spot (WGS-84) with a radius in metres; classes, none for all."""

    place: str = ""
    lon: float | None = None
    lat: float | None = None
    radius_m: int | None = None
    classes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class News:
    """What happened in one followed area since its follower was told: how many cases were taken on and how many closed."""

    zh: str
    en: str
    taken: int
    closed: int


def checked(wanted: Wanted, classes: Collection[str]) -> Wanted:
    """What is kept of a wish: the spot rounded, the classes sorted. Malformed for what cannot be followed."""
    spot = (wanted.lon, wanted.lat, wanted.radius_m)
    if bool(wanted.place) == any(one is not None for one in spot) or (not wanted.place and None in spot):
        raise Malformed(
            "name either a division (place) or a spot with lon, lat and radius_m",
            zh="请指定一个区划(place),或一个地点及半径(lon、lat、radius_m)",
            fields={"place": "one of the two"},
        )
    if wanted.place and not PLACE.match(wanted.place):
        raise Malformed(
            f"'{wanted.place[:20]}' is no code of a county, township or village; those have 6, 9 or 12 digits",
            zh=f"“{wanted.place[:20]}”不是区县、乡镇街道或社区代码(6、9 或 12 位数字)",
            fields={"place": "6, 9 or 12 digits"},
        )
    strange = [one for one in wanted.classes if not CLASS.match(one) or not any(key.startswith(one) for key in classes)]
    if strange or len(wanted.classes) > CLASSES_MAX:
        raise Malformed(
            f"classes are up to {CLASSES_MAX} such as event:01 or event:0103; GET /classes lists them",
            zh=f"类别最多 {CLASSES_MAX} 个,如 event:01 或 event:0103,见 GET /classes",
            fields={"classes": ", ".join(strange)[:100] or "too many"},
        )
    kept = tuple(sorted(set(wanted.classes)))
    if wanted.lon is None or wanted.lat is None or wanted.radius_m is None:
        return Wanted(place=wanted.place, classes=kept)
    radius_m = min(max(wanted.radius_m, RADIUS_M_MIN), RADIUS_M_MAX)
    return Wanted("", round(wanted.lon, ROUNDED_TO), round(wanted.lat, ROUNDED_TO), radius_m, kept)


def circle_words(radius_m: int) -> tuple[str, str]:
    """A circle in Chinese and English; where it is, is not said."""
    return f"您选的地点周围 {radius_m} 米", f"within {radius_m} m of the spot you chose"


def said(news: Sequence[News]) -> dict[str, str]:
    """The facts of one message about all areas of one person: a head line, and a line an area."""
    taken, closed = sum(one.taken for one in news), sum(one.closed for one in news)
    lines = news[:LINES_MAX]
    return {
        "head_zh": _zh(taken, closed),
        "head_en": _en(taken, closed),
        "body_zh": "\n".join(f"{one.zh}:{_zh(one.taken, one.closed)}" for one in lines),
        "body_en": "\n".join(f"{one.en}: {_en(one.taken, one.closed)}" for one in lines),
    }


def _zh(taken: int, closed: int) -> str:
    return "、".join([*([f"新受理 {taken} 件"] if taken else []), *([f"办结 {closed} 件"] if closed else [])])


def _en(taken: int, closed: int) -> str:
    return ", ".join([*([f"{taken} taken on"] if taken else []), *([f"{closed} done"] if closed else [])])
