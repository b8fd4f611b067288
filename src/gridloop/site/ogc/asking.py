"""What a client may say in an address, by the rules of the standard: anything unknown or out of range is refused with 400."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from django.http import HttpRequest

from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import Malformed

LIMIT_DEFAULT = 100
LIMIT_MAX = 1000
BBOX_3D = 6
ITEM_PARAMETERS = frozenset({"bbox", "datetime", "limit", "cursor", "f"})
Box = tuple[float, float, float, float]
Days = tuple[dt.date | None, dt.date | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of items; boxes are cut at the date line, days are those of the city."""

    boxes: tuple[Box, ...] = ()
    days: Days = (None, None)
    limit: int = LIMIT_DEFAULT
    cursor: str = ""


def wrong(en: str, zh: str, field: str) -> Malformed:
    """A refusal with the status that the standard wants."""
    error = Malformed(en, zh=zh, fields={field: "invalid"})
    error.status = 400
    return error


def check_names(request: HttpRequest, allowed: frozenset[str]) -> None:
    """Refuses a parameter that the address does not know (requirement 27)."""
    strange = sorted(set(request.GET) - allowed)
    if strange:
        raise wrong(
            f"there is no parameter '{strange[0][:40]}' here; there are: {', '.join(sorted(allowed))}",
            f"此处没有参数“{strange[0][:40]}”;可用:{'、'.join(sorted(allowed))}",
            strange[0][:40],
        )


def items(request: HttpRequest) -> Asked:
    """The page that the address asks for."""
    check_names(request, ITEM_PARAMETERS)
    said = request.GET
    return Asked(
        _boxes(said.get("bbox", "")), _days(said.get("datetime", "")), _limit(said.get("limit", "")), said.get("cursor", "")[:60]
    )  # fmt: skip


def form(request: HttpRequest) -> str:
    """`json` or `html`: what `f` says, else what the client would rather have."""
    said = request.GET.get("f", "")
    if said:
        if said not in {"json", "html"}:
            raise wrong(f"f is json or html, not '{said[:20]}'", f"f 应为 json 或 html,而不是“{said[:20]}”", "f")
        return said
    for part in request.headers.get("Accept", "").split(","):
        kind = part.split(";")[0].strip().lower()
        if kind == "text/html":
            return "html"
        if "json" in kind:
            return "json"
    return "json"


def _limit(text: str) -> int:
    """How many at most; more than the limit of the server is that limit, as the standard allows."""
    if not text:
        return LIMIT_DEFAULT
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1):
        raise wrong(f"limit is a number from 1 to {LIMIT_MAX}", f"limit 应为 1 至 {LIMIT_MAX} 的整数", "limit")
    return min(int(text), LIMIT_MAX)


def _boxes(text: str) -> tuple[Box, ...]:
    """Four numbers, or six with heights that nothing here has; a box over the date line becomes two."""
    if not text:
        return ()
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == BBOX_3D:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or not all(math.isfinite(one) for one in numbers):
        raise _wrong_box()
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise _wrong_box()
    if west <= east:
        return ((west, south, east, north),)
    return (west, south, 180.0, north), (-180.0, south, east, north)


def _wrong_box() -> Malformed:
    return wrong(
        "bbox is west,south,east,north in WGS-84 degrees (longitude first), with heights six numbers",
        "bbox 应为 西,南,东,北 的 WGS-84 经纬度(经度在前),带高程时为六个数",
        "bbox",
    )


def _days(text: str) -> Days:
    """An instant, or an interval with `..` or nothing for an open end; in days, because nothing finer is published."""
    if not text:
        return None, None
    first, slash, last = text.partition("/")
    if not slash:
        day = _day(first)
        return day, day
    ends = tuple(None if end in {"", ".."} else _day(end) for end in (first, last))
    if ends == (None, None) or (ends[0] and ends[1] and ends[0] > ends[1]):
        raise _wrong_time(text)
    return ends[0], ends[1]


def _day(text: str) -> dt.date:
    try:
        if len(text) == len("2026-01-01"):
            return dt.date.fromisoformat(text)
        moment = dt.datetime.fromisoformat(text)
        return in_city(moment).date() if moment.tzinfo else moment.date()
    except (ValueError, OverflowError):
        raise _wrong_time(text) from None


def _wrong_time(text: str) -> Malformed:
    return wrong(
        f"datetime '{text[:60]}' is no moment (RFC 3339) and no interval such as 2026-11-01/.. or 2026-11-01T00:00:00Z/2026-11-30T23:59:59Z",
        f"datetime“{text[:60]}”不是时刻(RFC 3339),也不是 2026-11-01/.. 这样的区间",
        "datetime",
    )
