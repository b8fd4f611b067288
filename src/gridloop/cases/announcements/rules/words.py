"""What an announcement says, where and when it holds: checked before it is kept. No database, no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import shapely

from gridloop.kernel.errors import Malformed

TITLE_CHARS_MAX = 80
TEXT_CHARS_MAX = 2000
AREAS_MAX = 20
CORNERS = range(3, 101)
RADIUS_M = range(20, 50_001)
LASTS_MAX = timedelta(days=366)
AREA = re.compile(r"^(\d{4}|\d{6}|\d{9}|\d{12})$")
UNSAID = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
"""Control characters but the end of a line: XML has no way to write them."""


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of announcement, and the category of CAP 1.2 that it goes out as."""

    zh: str
    en: str
    cap: str


CATEGORIES: dict[str, Category] = {
    "water": Category("停水", "Water supply", "Infra"),
    "power": Category("停电", "Power supply", "Infra"),
    "gas": Category("燃气", "Gas supply", "Infra"),
    "roadworks": Category("道路施工", "Road works", "Transport"),
    "traffic": Category("交通管制", "Traffic", "Transport"),
    "weather": Category("天气", "Weather", "Met"),
    "health": Category("卫生防疫", "Health", "Health"),
    "event": Category("活动", "Event", "Other"),
    "other": Category("其他", "Other", "Other"),
}
SEVERITIES: dict[str, tuple[str, str]] = {
    "Minor": ("轻微", "minor"), "Moderate": ("一般", "moderate"), "Severe": ("严重", "severe"), "Extreme": ("特别严重", "extreme"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wants to announce; a spot (WGS-84) has a radius in metres, an outline its corners (lon, lat)."""

    category: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    areas: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    severity: str = "Minor"
    lon: float | None = None
    lat: float | None = None
    radius_m: int | None = None
    ring: tuple[tuple[float, float], ...] = ()


def checked(said: Said) -> Said:
    """The same, tidied: words trimmed, areas sorted, those inside another left out. Malformed, with every field that is wrong."""
    clean = replace(
        said,
        title_zh=_line(said.title_zh), title_en=_line(said.title_en), text_zh=_text(said.text_zh), text_en=_text(said.text_en),
        areas=_outermost(said.areas), ring=_open_ring(said.ring),
    )  # fmt: skip
    wrong = {**_wrong_words(clean), **_wrong_where(clean), **_wrong_when(clean)}
    if wrong:
        raise Malformed(
            f"the announcement cannot be kept: {'; '.join(f'{name}: {en}' for name, (_, en) in wrong.items())}",
            zh=f"通告无法保存:{';'.join(zh for zh, _ in wrong.values())}",
            fields={name: en for name, (_, en) in wrong.items()},
        )
    return clean


def _wrong_words(said: Said) -> dict[str, tuple[str, str]]:
    wrong = {}
    for name, zh, most in (
        ("title_zh", "中文标题", TITLE_CHARS_MAX), ("title_en", "英文标题", TITLE_CHARS_MAX),
        ("text_zh", "中文正文", TEXT_CHARS_MAX), ("text_en", "英文正文", TEXT_CHARS_MAX),
    ):  # fmt: skip
        if not 1 <= len(getattr(said, name)) <= most:
            wrong[name] = (f"{zh}应为 1 至 {most} 字", f"1 to {most} characters")
    if said.category not in CATEGORIES:
        wrong["category"] = ("类别不存在", f"one of {', '.join(CATEGORIES)}")
    if said.severity not in SEVERITIES:
        wrong["severity"] = ("严重程度不存在", f"one of {', '.join(SEVERITIES)}")
    return wrong


def _wrong_where(said: Said) -> dict[str, tuple[str, str]]:
    wrong = {}
    if not 1 <= len(said.areas) <= AREAS_MAX or not all(AREA.match(one) for one in said.areas):
        wrong["areas"] = (
            f"区域为 1 至 {AREAS_MAX} 个 4、6、9 或 12 位区划代码",
            f"1 to {AREAS_MAX} codes of divisions with 4, 6, 9 or 12 digits",
        )
    spot = (said.lon, said.lat, said.radius_m)
    if any(one is not None for one in spot) and (None in spot or said.radius_m not in RADIUS_M or said.ring):
        wrong["radius_m"] = (
            "地点须有经纬度和 20 至 50000 米的半径,且不能同时画范围",
            "a spot has lon, lat and a radius of 20 to 50,000 m, and no outline beside it",
        )
    if said.ring and (len(said.ring) not in CORNERS or not _simple(said.ring)):
        wrong["ring"] = ("范围应有 3 至 100 个角,边不能相交", "3 to 100 corners whose sides do not cross")
    points = [*said.ring, *([(said.lon, said.lat)] if said.lon is not None and said.lat is not None else [])]
    if not all(-180 <= lon <= 180 and -85 <= lat <= 85 for lon, lat in points):
        wrong["lon"] = ("坐标应为 WGS-84 经纬度", "WGS-84 degrees, longitude first")
    return wrong


def _wrong_when(said: Said) -> dict[str, tuple[str, str]]:
    if said.starts_at < said.ends_at <= said.starts_at + LASTS_MAX:
        return {}
    return {"ends_at": ("结束时间应晚于开始时间,且不超过一年", "after its start, and not more than a year later")}


def _line(text: str) -> str:
    return " ".join(UNSAID.sub(" ", text).split())


def _text(text: str) -> str:
    return UNSAID.sub(" ", text.replace("\r\n", "\n")).strip()


def _outermost(areas: tuple[str, ...]) -> tuple[str, ...]:
    each = sorted(set(areas))
    return tuple(one for one in each if not any(one != other and one.startswith(other) for other in each if other))


def _open_ring(ring: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def _simple(ring: tuple[tuple[float, float], ...]) -> bool:
    """Whether the outline encloses ground and its sides neither cross nor touch; a corner said twice is a touch."""
    return len(set(ring)) == len(ring) and bool(shapely.is_valid(shapely.Polygon(ring)))
