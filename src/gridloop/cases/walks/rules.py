"""When a position may be kept, when a shift ends by itself, who may see workers, and which cells want a patrol."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, Refused

WATCHING = (Duty.DISPATCHER, Duty.SUPERVISOR)
"""Duties that may see where the workers of their area are."""
POSITIONS_MAX = 500
"""Of one batch: more than two hours at one in fifteen seconds."""
CLOCK_SLACK = dt.timedelta(minutes=2)
"""How far a phone's clock may be ahead of ours."""
VISIT_ACCURACY_M = 50.0
"""A cell is 100 m wide: what is less exact than half of it says nothing about which cell it was."""
KEY = re.compile(r"[0-9A-Za-z_-]{8,64}")
DENSITY_DAYS = 180
"""Reports of these days are counted where to patrol."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A position as the phone noted it: WGS-84 degrees, metres."""

    at: dt.datetime
    lon: float
    lat: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the surroundings: its middle, reports of the last months, and when somebody was last there."""

    code: str
    lon: float
    lat: float
    reports: int
    seen_at: dt.datetime | None


def area_of(by: Caller) -> str:
    """The area in which the caller collects: the widest of their grants. NotAllowed for who does not."""
    areas = sorted((grant.area for grant in by.grants if grant.duty is Duty.COLLECTOR), key=len)
    if not areas:
        raise NotAllowed(
            "a shift on foot is for collectors; an administrator of your area can grant that duty",
            zh="现场上岗仅限信息采集员,请联系本区域管理员授予该职责",
        )
    return areas[0]


def checked_key(key: str) -> str:
    """The key of a shift; Malformed when it is none."""
    if not KEY.fullmatch(key):
        raise Malformed(
            "a shift is named by 8 to 64 letters, digits, '-' or '_' that the phone makes up",
            zh="班次编号由手机生成,须为 8 至 64 位字母、数字、“-”或“_”",
            fields={"key": "8-64 letters or digits"},
        )
    return key


def beginning(said: dt.datetime | None, now: dt.datetime, *, hours: int) -> dt.datetime:
    """When the shift began: as the phone said, never in the future. Refused when it would have ended by now."""
    begun = min(said or now, now)
    if now - begun >= dt.timedelta(hours=hours):
        raise Refused(
            f"this shift began more than {hours} hours ago and would have ended by itself; begin a new one",
            zh=f"该班次开始已超过 {hours} 小时,应已自动结束,请重新上岗",
        )
    return begun


def runs_out(begun_at: dt.datetime, *, hours: int) -> dt.datetime:
    """When a shift that nobody ends does so by itself."""
    return begun_at + dt.timedelta(hours=hours)


def ending(said: dt.datetime | None, begun_at: dt.datetime, now: dt.datetime, *, hours: int) -> dt.datetime:
    """When the shift ended: as the phone said, inside the shift and not in the future."""
    return max(begun_at, min(said or now, now, runs_out(begun_at, hours=hours)))


def inside(fixes: Iterable[Fix], begun_at: dt.datetime, now: dt.datetime) -> list[Fix]:
    """The positions of an open shift, one a moment; those before it and those of the future are left out."""
    kept = {fix.at: fix for fix in fixes if begun_at <= fix.at <= now + CLOCK_SLACK}
    return [kept[at] for at in sorted(kept)]


def over(ended_at: dt.datetime, shown: dt.datetime) -> Refused:
    """The sentence for positions that come after the end; `shown` is the end as the city's clocks show it."""
    return Refused(
        f"this shift ended at {shown:%H:%M}; positions are taken only while it is open, begin a new shift",
        zh=f"该班次已于 {shown:%H:%M} 结束,只接收在岗期间的位置,请重新上岗",
        fields={"ended_at": ended_at.isoformat()},
    )


def watched_areas(by: Caller) -> tuple[str, ...]:
    """The areas whose workers the caller may see; one that lies in another is left out."""
    areas = sorted({grant.area for grant in by.grants if grant.duty in WATCHING and grant.unit_id is None}, key=len)
    kept: list[str] = []
    for area in areas:
        if not any(area.startswith(other) for other in kept):
            kept.append(area)
    return tuple(kept)


def worth_a_patrol(cells: Sequence[Cell], now: dt.datetime, *, days: int, most: int) -> list[Cell]:
    """Cells that nobody was in for `days`: where most was reported first, then those unseen the longest."""
    line = now - dt.timedelta(days=days)
    stale = [cell for cell in cells if cell.seen_at is None or cell.seen_at < line]
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(stale, key=lambda cell: (-cell.reports, cell.seen_at or never, cell.code))[:most]
