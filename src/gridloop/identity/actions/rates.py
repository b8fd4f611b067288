"""Limits on how often something may be tried, kept in the database so that every process counts together."""

from __future__ import annotations

import datetime as dt
import math
import threading
from pathlib import Path

from django.db import connection

from gridloop.identity.models import RateCount
from gridloop.kernel.errors import TooMany

COUNT = (Path(__file__).parents[1] / "sql" / "count_rate.sql").read_text(encoding="utf-8")
MINUTE_S = 60
BLOCKS_A_WINDOW = 20  # a busy key asks the database once per twentieth of its limit
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_reserved: dict[str, tuple[dt.datetime, int]] = {}
_reserved_lock = threading.Lock()


def window_of(now: dt.datetime, per_s: int) -> dt.datetime:
    """The beginning of the fixed window of `per_s` seconds that holds `now`."""
    return EPOCH + dt.timedelta(seconds=math.floor((now - EPOCH).total_seconds() / per_s) * per_s)


def count_rate(key: str, *, limit: int, per_s: int, now: dt.datetime, amount: int = 1) -> int:
    """Count one more try of `key` in the present window; raises TooMany above `limit`. One statement, outside any transaction.

    A refusal rolled back would be forgotten, so call it before the transaction begins.
    """
    window = window_of(now, per_s)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": key, "window": window, "amount": amount})
        total = int(cursor.fetchone()[0])
    if total > limit:
        wait_s = max(1, math.ceil((window + dt.timedelta(seconds=per_s) - now).total_seconds()))
        raise TooMany(
            f"too many tries: at most {limit} in {_spoken(per_s)}; try again in {wait_s} seconds",
            zh=f"操作过于频繁:{_spoken_zh(per_s)}内最多 {limit} 次,请 {wait_s} 秒后再试",
            fields={"retry_after_s": str(wait_s)},
        )
    return total


def count_key(key_id: int, *, per_minute: int, now: dt.datetime) -> None:
    """Count one request of an API key; the process reserves its share in blocks, so few requests touch the database."""
    name = f"key:{key_id}"
    window = window_of(now, MINUTE_S)
    with _reserved_lock:
        reserved_in, left = _reserved.get(name, (window, 0))
        if reserved_in == window and left > 0:
            _reserved[name] = (window, left - 1)
            return
    block = max(1, per_minute // BLOCKS_A_WINDOW)
    count_rate(name, limit=per_minute, per_s=MINUTE_S, now=now, amount=block)
    with _reserved_lock:
        _reserved[name] = (window, block - 1)


def sweep_rates(now: dt.datetime) -> int:
    """Remove counts of windows that are over for a day; returns how many."""
    removed, _ = RateCount.objects.filter(window__lt=now - dt.timedelta(days=1)).delete()
    return removed


def _spoken(per_s: int) -> str:
    """A window in words."""
    return {60: "a minute", 3600: "an hour", 86400: "a day"}.get(per_s, f"{per_s} seconds")


def _spoken_zh(per_s: int) -> str:
    """A window in Chinese words."""
    return {60: "一分钟", 3600: "一小时", 86400: "一天"}.get(per_s, f"{per_s} 秒")
