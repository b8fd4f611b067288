"""A rule said in words, in Chinese and English, from what is kept of it: whom it concerns, what it forbids where and when, and what lifts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gridloop.fleet.rules.kinds import RULE_KINDS, VEHICLE_KINDS, RuleKind, VehicleKind

DAYS_ZH = "一二三四五六日"
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOLIDAYS = {
    "only": ("仅法定节假日", "on public holidays only"),
    "never": ("法定节假日除外", "except on public holidays"),
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is said of a rule; `fences` maps codes to their Chinese and English names."""

    kind: str
    fences: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    kinds: Sequence[str] = ()
    firms: Sequence[str] = ()
    lists: Sequence[str] = ()
    plates: Sequence[str] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    weekly: Sequence[Sequence[Any]] = ()
    holidays: str = ""
    occasion: str = ""
    permit_kinds: Sequence[str] = ()


def said(rule: Spoken) -> tuple[str, str]:
    """The rule as one Chinese and one English sentence."""
    whom_zh, whom_en = _whom(rule)
    what_zh, what_en = RULE_KINDS[RuleKind(rule.kind)]
    where_zh = "、".join(zh for zh, _ in rule.fences.values())
    where_en = ", ".join(en or zh for zh, en in rule.fences.values())
    zh = [f"{whom_zh}:{what_zh}" + (f"({where_zh})" if where_zh else "")]
    en = [f"{whom_en}: {what_en}" + (f" ({where_en})" if where_en else "")]
    for more_zh, more_en in (_figures(rule.params), _times(rule), _lifted(rule.permit_kinds)):
        if more_zh:
            zh.append(more_zh)
            en.append(more_en)
    return ";".join(zh), "; ".join(en)


def _whom(rule: Spoken) -> tuple[str, str]:
    zh: list[str] = []
    en: list[str] = []
    for kind in rule.kinds:
        name_zh, name_en = VEHICLE_KINDS[VehicleKind(kind)]
        zh.append(name_zh)
        en.append(name_en)
    for values, label_zh, label_en in (
        (rule.firms, "企业", "firm"), (rule.lists, "名单", "list"), (rule.plates, "车牌", "plate"),
    ):  # fmt: skip
        zh.extend(f"{label_zh}{one}" for one in values)
        en.extend(f"{label_en} {one}" for one in values)
    return ("、".join(zh), ", ".join(en)) if zh else ("所有车辆", "every vehicle")


def _figures(params: Mapping[str, Any]) -> tuple[str, str]:
    words = {
        "limit_kmh": ("限速 {} 公里/小时", "limit {} km/h"),
        "limit_s": ("限时 {} 秒", "limit {} s"),
        "within_m": ("相距 {} 米以内", "within {} m of each other"),
        "for_s": ("持续 {} 秒", "for {} s"),
        "horizon_s": ("提前 {} 秒", "{} s ahead"),
        "night_share": ("夜间按 {} 倍", "times {} at night"),
    }
    known = [(words[name], value) for name, value in params.items() if name in words]
    return "、".join(one[0].format(value) for one, value in known), ", ".join(
        one[1].format(value) for one, value in known
    )


def _times(rule: Spoken) -> tuple[str, str]:
    zh: list[str] = []
    en: list[str] = []
    for day, start, end in rule.weekly:
        zh.append(f"周{DAYS_ZH[int(day) - 1]} {start}-{end}")
        en.append(f"{DAYS_EN[int(day) - 1]} {start}-{end}")
    if rule.holidays in HOLIDAYS:
        zh.append(HOLIDAYS[rule.holidays][0])
        en.append(HOLIDAYS[rule.holidays][1])
    if rule.occasion:
        zh.append(f"仅在活动 {rule.occasion} 期间")
        en.append(f"only during {rule.occasion}")
    return "、".join(zh), ", ".join(en)


def _lifted(kinds: Sequence[str]) -> tuple[str, str]:
    if not kinds:
        return "", ""
    return f"持有效通行证({'、'.join(kinds)})除外", f"unless a valid permit lifts it ({', '.join(kinds)})"
