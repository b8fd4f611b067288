"""What may be done with a warning and when, why one may be called false, and how a warning reads as a title."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum
from typing import Protocol

from gridloop.fleet.rules.kinds import RULE_KINDS, VEHICLE_KINDS, RuleKind, VehicleKind
from gridloop.kernel.errors import Malformed, Refused

FALSE_REASONS: dict[str, tuple[str, str]] = {
    "drift": ("定位漂移", "the position drifted"),
    "parked_at_border": ("停在围栏边界", "parked at the border of the fence"),
    "permit_known_late": ("通行证后补", "a permit became known afterwards"),
    "wrong_register": ("车辆登记有误", "the vehicle is registered wrongly"),
    "test": ("测试", "a test"),
    "other": ("其他", "another reason"),
}
SHELF_HOURS_MAX = 72
NOTE_CHARS_MAX = 500
LATE_WORDS = ("补传", "told late")


class AlarmMark(IntEnum):
    """Whether the desk's alarm of a warning was raised, and cleared again."""

    NONE = 0
    RAISED = 1
    CLEARED = 2


class Marked(Protocol):
    """What of a warning decides what may be done with it."""

    @property
    def acknowledged_at(self) -> datetime | None:
        """When somebody took note."""

    @property
    def false_reason(self) -> str:
        """Why it was called false."""

    @property
    def case_number(self) -> str:
        """The case that it became."""

    @property
    def confirmed_at(self) -> datetime | None:
        """When it was confirmed, by the device."""


def may_acknowledge(warning: Marked) -> None:
    """Raises Refused when somebody has taken note before."""
    if warning.acknowledged_at is not None:
        raise Refused("this warning has been acknowledged already", zh="该预警已签收")


def checked_shelf(reason: str, until: datetime, *, now: datetime) -> str:
    """The reason without blanks round it; Malformed without one, or for a moment that is past or too far away."""
    bare = " ".join(reason.split())
    if not bare or len(bare) > NOTE_CHARS_MAX:
        raise Malformed(
            f"say in 1 to {NOTE_CHARS_MAX} characters why the warning may wait",
            zh=f"请用 1 至 {NOTE_CHARS_MAX} 个字说明搁置原因",
            fields={"reason": "needed"},
        )
    if not now < until <= now + timedelta(hours=SHELF_HOURS_MAX):
        raise Malformed(
            f"a warning can be shelved for {SHELF_HOURS_MAX} hours at most; choose an earlier moment that is yet to come",
            zh=f"预警最长可搁置 {SHELF_HOURS_MAX} 小时,请选择更早且尚未过去的时间",
            fields={"until": f"within {SHELF_HOURS_MAX} hours"},
        )
    return bare


def checked_false(warning: Marked, reason: str, note: str) -> tuple[str, str]:
    """Reason and note as they are kept; Malformed for an unknown reason, Refused where it was called false or became a case before."""
    if reason not in FALSE_REASONS:
        raise Malformed(
            f"'{reason[:30]}' is no reason for a false alarm; there are: {', '.join(FALSE_REASONS)}",
            zh=f"没有误报原因“{reason[:30]}”;可用:{'、'.join(FALSE_REASONS)}",
            fields={"reason": "one of " + ", ".join(FALSE_REASONS)},
        )
    bare = " ".join(note.split())
    if reason == "other" and not bare:
        raise Malformed("say in words why this was a false alarm", zh="请用文字说明误报原因", fields={"note": "needed"})
    if len(bare) > NOTE_CHARS_MAX:
        raise Malformed(
            f"a note has at most {NOTE_CHARS_MAX} characters", zh=f"备注最多 {NOTE_CHARS_MAX} 个字", fields={"note": "too long"}
        )  # fmt: skip
    if warning.false_reason:
        raise Refused("this warning has been called false already", zh="该预警已标记为误报")
    if warning.case_number:
        raise Refused(
            f"this warning became case {warning.case_number}; void that case if it was a false alarm",
            zh=f"该预警已转为案件 {warning.case_number};如属误报请作废该案件",
        )
    return reason, bare


def may_become_case(warning: Marked) -> None:
    """Raises Refused for a warning that became a case before, or was called false."""
    if warning.case_number:
        raise Refused(
            f"this warning is case {warning.case_number} already; open that case",
            zh=f"该预警已转为案件 {warning.case_number},请打开该案件",
        )
    if warning.false_reason:
        raise Refused(
            "this warning was called a false alarm; a false alarm does not become a case",
            zh="该预警已标记为误报,不能转为案件",
        )


def title(rule_kind: str, vehicle_kind: str, plate: str, fence: tuple[str, str]) -> tuple[str, str]:
    """One line in Chinese and English: who did what where. `fence` is its Chinese and English name, both empty without one."""
    rule_zh, rule_en = RULE_KINDS[RuleKind(rule_kind)]
    kind_zh, kind_en = VEHICLE_KINDS[VehicleKind(vehicle_kind)]
    zh = f"{plate} {kind_zh}{rule_zh}" + (f":{fence[0]}" if fence[0] else "")
    en = f"{plate}, {kind_en}: {rule_en}" + (f", {fence[1] or fence[0]}" if fence[0] else "")
    return zh, en
