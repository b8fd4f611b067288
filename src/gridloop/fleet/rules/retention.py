"""How long positions and the evidence of warnings are kept, and the law's floor below which no configuration goes; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridloop.kernel.errors import Malformed

TRACK_DAYS_MIN = 183
"""道路运输车辆动态监督管理办法 Art. 24: tracks of supervised vehicles are kept for six months at least."""
WARNING_DAYS_MIN = 1_096
"""The same, Art. 24: what was found of a violation and how it was dealt with is kept for three years at least."""
DATABASE_DAYS_MIN = 3
DAYS_AHEAD = 3


@dataclass(frozen=True, slots=True)
class Retention:
    """Days in the database, days in the archive (counted from the day itself), days that warnings keep their evidence."""

    database_days: int = 7
    archive_days: int = 200
    warning_days: int = 1_100


def checked(asked: Retention) -> Retention:
    """The same; Malformed where the law or the work of a day would be broken."""
    for name, value, least in (
        ("database_days", asked.database_days, DATABASE_DAYS_MIN),
        ("archive_days", asked.archive_days, TRACK_DAYS_MIN),
        ("warning_days", asked.warning_days, WARNING_DAYS_MIN),
    ):
        if value < least:
            raise Malformed(
                f"fleet.{name} is {value}; at least {least} days are to be kept", zh=f"fleet.{name} 为 {value},至少须保存 {least} 天", fields={name: f">= {least}"}
            )  # fmt: skip
    return asked


def to_archive(days: list[date], done: set[date], *, retention: Retention, now: datetime) -> list[date]:
    """Days (UTC) that leave the database: older than it keeps and not archived yet, oldest first."""
    last = now.date() - timedelta(days=retention.database_days)
    return sorted(day for day in days if day < last and day not in done)


def to_forget(days: list[date], *, retention: Retention, now: datetime) -> list[date]:
    """Archived days whose time is over."""
    last = now.date() - timedelta(days=retention.archive_days)
    return sorted(day for day in days if day < last)
