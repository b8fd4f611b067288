"""How long cases like this take: a percentile that does not forget those that still wait, and when nothing may be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

DAYS = 90
LEAST_DONE = 20  # fewer done cases make no percentile that anybody should plan by
NEWEST = 500
MEDIAN, NINE_TENTHS = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class Life:
    """A case as the expectation sees it: when it was reported, and when it was closed or None while it is open."""

    id: int
    place: str
    opened_at: datetime
    closed_at: datetime | None
    counts: bool
    """False for those that were refused, withdrawn, merged, voided, or closed by whoever found them: no way of a report to compare with."""


@dataclass(frozen=True, slots=True)
class Expected:
    """How long it took, natural seconds; `duration_s_p90` is None while too many still wait to know."""

    done: int
    waiting: int
    duration_s_p50: int
    duration_s_p90: int | None


def cohort(closed: Sequence[Life], waiting: Sequence[Life], now: datetime) -> list[Life]:
    """Cases reported in the last 90 days, without those older than either list reaches.

    Both lists are the newest by id and may be cut off; beyond a cut only the quick or only the slow would be seen.
    """
    floor = max((min(one.id for one in rows) for rows in (closed, waiting) if len(rows) >= NEWEST), default=0)
    since = now - timedelta(days=DAYS)
    return [one for one in (*closed, *waiting) if one.counts and one.id >= floor and one.opened_at >= since]


def expected(lives: Sequence[Life], now: datetime) -> Expected | None:
    """Median and 90th percentile of report to close, or None under 20 done cases or where even the median is not known.

    Product-limit estimate (Kaplan and Meier 1958): a case that is still open counts as not done up to its age, so that
    the slow ones weigh before they end.
    """
    done = sum(one.closed_at is not None for one in lives)
    if done < LEAST_DONE:
        return None
    half = _quantile(lives, MEDIAN, now)
    if half is None:
        return None
    return Expected(done, len(lives) - done, half, _quantile(lives, NINE_TENTHS, now))


def _quantile(lives: Sequence[Life], share: float, now: datetime) -> int | None:
    """The age in seconds by which this share was done, or None where the cases do not reach so far."""
    ages = sorted(((one.closed_at or now) - one.opened_at, one.closed_at is None) for one in lives)
    left = 1.0
    for at, (age, open_still) in enumerate(ages):
        if open_still:
            continue
        left *= 1 - 1 / (len(ages) - at)
        if left <= 1 - share + 1e-9:
            return max(0, round(age.total_seconds()))
    return None
