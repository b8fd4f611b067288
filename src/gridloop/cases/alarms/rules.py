"""In which of its states an alarm stands, what may be done with it, and in which order alarms call."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from gridloop.kernel.errors import Malformed, Refused

KEY_CHARS_MAX = 200
TITLE_CHARS_MAX = 200
REASON_CHARS_MAX = 500


class Severity(StrEnum):
    """How much an alarm matters; only a critical one makes a sound."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    INFO = "info"


ORDER: dict[Severity, int] = {severity: at for at, severity in enumerate(Severity)}


class Standing(StrEnum):
    """The four states of an alarm in the list, and the one after them."""

    CALLING = "unacknowledged_active"
    KNOWN = "acknowledged_active"
    PASSED = "unacknowledged_cleared"
    SHELVED = "shelved"
    OVER = "over"


STANDING_NAMES: dict[Standing, tuple[str, str]] = {
    Standing.CALLING: ("未确认", "unacknowledged"),
    Standing.KNOWN: ("已确认", "acknowledged"),
    Standing.PASSED: ("已消除,未确认", "cleared, unacknowledged"),
    Standing.SHELVED: ("已搁置", "snoozed"),
    Standing.OVER: ("已结束", "over"),
}


class Marked(Protocol):
    """The moments by which an alarm's standing is known."""

    @property
    def cleared_at(self) -> datetime | None:
        """When its cause went away."""

    @property
    def acknowledged_at(self) -> datetime | None:
        """When somebody took note."""

    @property
    def shelved_until(self) -> datetime | None:
        """Until when it is put aside."""

    @property
    def closed_at(self) -> datetime | None:
        """When it was over and noted."""


def standing(alarm: Marked, now: datetime) -> Standing:
    """Where the alarm stands; a shelf that has run out gives it back as it was."""
    if alarm.closed_at is not None:
        return Standing.OVER
    if alarm.shelved_until is not None and alarm.shelved_until > now:
        return Standing.SHELVED
    if alarm.cleared_at is not None:
        return Standing.PASSED
    return Standing.CALLING if alarm.acknowledged_at is None else Standing.KNOWN


def severity_of(word: str) -> Severity:
    """The severity of this name; Malformed for another word."""
    try:
        return Severity(word)
    except ValueError:
        raise Malformed(
            f"'{word[:20]}' is no severity; there are: {', '.join(Severity)}",
            zh=f"没有“{word[:20]}”这一告警级别;可用:{'、'.join(Severity)}",
        ) from None


def worse(new: Severity, old: Severity) -> bool:
    """Whether an alarm that was noted has to call again."""
    return ORDER[new] < ORDER[old]


def checked_key(key: str) -> str:
    """The key of a cause, such as `ladder:20261122-000731`; Malformed for one that names no source or is too long."""
    if not key.isprintable() or ":" not in key or len(key) > KEY_CHARS_MAX:
        raise Malformed(
            f"an alarm's key is a source and what it is about, as in 'ladder:20261122-000731', up to {KEY_CHARS_MAX} characters",
            zh=f"告警键须为“来源:对象”,最长 {KEY_CHARS_MAX} 个字符",
        )
    return key


def may_acknowledge(alarm: Marked, *, name: str) -> None:
    """Raises Refused when there is nothing to take note of any more."""
    if alarm.closed_at is not None:
        raise Refused("this alarm is over; there is nothing left to acknowledge", zh="该告警已结束,无需确认")
    if alarm.acknowledged_at is not None:
        raise Refused(
            f"{name or 'somebody'} has acknowledged this alarm already; look at its history",
            zh=f"{name or '他人'} 已确认该告警,请查看处理记录",
        )


def may_shelve(alarm: Marked, reason: str, until: datetime, *, now: datetime, hours_max: float) -> str:
    """The reason without blanks round it; Refused or Malformed where an alarm cannot be put aside in this way."""
    if alarm.closed_at is not None:
        raise Refused("this alarm is over; there is nothing to snooze", zh="该告警已结束,无需搁置")
    bare = " ".join(reason.split())
    if not bare or len(bare) > REASON_CHARS_MAX:
        raise Malformed(
            f"say in 1 to {REASON_CHARS_MAX} characters why the alarm may wait",
            zh=f"请用 1 至 {REASON_CHARS_MAX} 个字说明搁置原因",
            fields={"reason": "needed"},
        )
    if not now < until <= now + timedelta(hours=hours_max):
        raise Malformed(
            f"an alarm of this source can be snoozed for {hours_max:g} hours at most; choose an earlier moment that is yet to come",
            zh=f"此类告警最长可搁置 {hours_max:g} 小时,请选择更早且尚未过去的时间",
            fields={"until": f"within {hours_max:g} hours"},
        )
    return bare


def call_order(standing_now: Standing, severity: str) -> tuple[int, int]:
    """Sorts alarms: those that call come first, the critical ones before all others."""
    return list(Standing).index(standing_now), ORDER[Severity(severity)]
