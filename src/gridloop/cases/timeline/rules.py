"""How far back one can look, and into which stretches a span is cut."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridloop.kernel.errors import Malformed

REACH = timedelta(days=31)
"""Further back the cases that ended since are too many to look through while somebody drags a handle."""
SPAN_MAX = timedelta(days=7)
SPAN_LEAST = timedelta(minutes=10)
STRETCHES_MAX = 180
STRETCHES_S = (60, 120, 300, 600, 900, 1800, 3600)


def checked_moment(moment: datetime, now: datetime) -> datetime:
    """The moment, if it lies in the past and not too far back."""
    if not now - REACH <= moment <= now:
        raise Malformed(
            f"one can look back {REACH.days} days; choose a moment since then that is over",
            zh=f"最多可回看 {REACH.days} 天,请选择此后已过去的时刻",
            fields={"moment": "out of reach"},
        )
    return moment


def checked_span(since: datetime, until: datetime, now: datetime) -> int:
    """How many seconds a stretch of this span is long."""
    if not SPAN_LEAST <= until - since <= SPAN_MAX or since < now - REACH - SPAN_MAX or since > now:
        raise Malformed(
            f"the axis shows ten minutes to {SPAN_MAX.days} days of the last {REACH.days}; choose such a span",
            zh=f"时间轴显示最近 {REACH.days} 天内 10 分钟至 {SPAN_MAX.days} 天的范围,请重新选择",
            fields={"since": "out of reach"},
        )
    whole_s = (until - since).total_seconds()
    return next(length for length in STRETCHES_S if whole_s / length <= STRETCHES_MAX)
