"""The one place where the time is read. Rules and engines get it as an argument."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def in_city(moment: dt.datetime) -> dt.datetime:
    """The same moment as the city's own clocks show it."""
    return moment.astimezone(CITY_ZONE)
