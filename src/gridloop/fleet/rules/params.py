"""Which numbers each kind of rule takes, within which bounds, and where its usual value comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gridloop.fleet.rules.kinds import RuleKind
from gridloop.kernel.errors import Malformed

CLAUSES: dict[str, tuple[str, str]] = {
    "continuous": ("连续驾驶", "at a stretch"),
    "night_continuous": ("夜间连续驾驶", "at a stretch at night"),
    "day_total": ("24 小时累计", "in 24 hours"),
    "week_total": ("7 日累计", "in 7 days"),
    "night_stop": ("夜间停驶", "standing at night"),
}
"""Clauses of the rest rule that a rule can choose from (vehicle_rules.json), in Chinese and English."""
SPAN = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
CONSTRUCTED = "constructed"


@dataclass(frozen=True, slots=True)
class Param:
    """One number of a kind of rule: its unit, bounds, usual value (None: there is none, a rule may leave it out unless needed), and the source of that value.

    form: `number`; `flag` is true or false, `hours` a span such as "02:00-05:00", `some` a list of `choices`.
    """

    name: str
    zh: str
    en: str
    unit: str
    least: float
    most: float
    usual: float | None = None
    needed: bool = False
    source: str = CONSTRUCTED
    confidence: str = CONSTRUCTED
    form: str = "number"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """What a kind of rule is made of: its numbers, and whether it names fences (`needed`, `may`, `none`)."""

    params: tuple[Param, ...] = ()
    fences: str = "needed"


SHAPES: dict[RuleKind, Shape] = {
    RuleKind.NO_GO: Shape(),
    RuleKind.STAY_WITHIN: Shape(),
    RuleKind.SPEED: Shape(
        (
            Param("limit_kmh", "限速", "speed limit", "km/h", 5, 120,  source="道路交通安全法实施条例 Art. 78", confidence="high"),
            Param("night_share", "夜间系数", "night factor", "share", 0.3, 1, source="vehicle_rules.json, night_speed", confidence="high"),
        ),
        fences="may",
    ),
    RuleKind.DWELL: Shape((Param("limit_s", "停留上限", "longest stay", "s", 30, 604_800, needed=True),)),
    RuleKind.GATHERING: Shape(
        (
            Param("within_m", "相距不超过", "within", "m", 5, 2_000, usual=100, needed=True),
            Param("for_s", "持续", "for", "s", 0, 86_400, usual=300, needed=True),
        ),
        fences="may",
    ),
    RuleKind.OFF_ROUTE: Shape(fences="none"),
    RuleKind.OFF_TIME: Shape(
        (
            Param("around_s", "申报前后多久内适用", "holds this long before and after", "s", 0, 604_800),
            Param("must_declare", "未申报即违规", "driving undeclared breaks it", "", 0, 1, form="flag"),
        ),
        fences="none",
    ),
    RuleKind.REST: Shape(
        (
            Param("clauses", "适用条款", "clauses", "", 0, 0, form="some", choices=tuple(CLAUSES)),
            Param("continuous_h", "连续驾驶上限", "driving at a stretch", "h", 0.1, 24, source="vehicle_rules.json, day_continuous", confidence="high"),
            Param("night_h", "夜间连续驾驶上限", "driving at a stretch at night", "h", 0.1, 24, source="vehicle_rules.json, day_continuous", confidence="high"),
            Param("day_h", "24 小时累计驾驶上限", "driving in 24 h", "h", 1, 24, source="vehicle_rules.json, day_total", confidence="high"),
            Param("week_h", "7 日累计驾驶上限", "driving in 7 days", "h", 1, 168, source="vehicle_rules.json, week_total", confidence="high"),
            Param("stop", "夜间停驶时段", "standing at night", "", 0, 0, source="vehicle_rules.json, night_stop", confidence="high", form="hours"),
        ),
        fences="none",
    ),
    RuleKind.SILENCE: Shape(
        (Param("limit_s", "失联超过", "silent for", "s", 30, 86_400, usual=120, needed=True, source="vehicle_rules.json, max_gap_s"),),
    ),
    RuleKind.JUMP: Shape(),
    RuleKind.CLONE: Shape(fences="none"),
    RuleKind.BREACH_AHEAD: Shape((Param("horizon_s", "提前", "ahead by", "s", 10, 900, usual=90, needed=True),)),
}  # fmt: skip


def checked_params(kind: RuleKind, said: Mapping[str, object]) -> dict[str, Any]:
    """The numbers of a rule with the usual ones filled in where they are needed; Malformed for a missing, unknown or impossible one."""
    known = {one.name: one for one in SHAPES[kind].params}
    for name in said:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise Malformed(
                f"a rule of kind {kind} has no parameter '{str(name)[:30]}'; it has {listed}",
                zh=f"{kind} 规则没有参数“{str(name)[:30]}”;可用:{'、'.join(known) or '无'}",
                fields={f"params.{str(name)[:30]}": "unknown"},
            )
    found = {}
    for name, param in known.items():
        value = said.get(name)
        if value is None or value == "":
            value = param.usual if param.needed else None
            if param.needed and value is None:
                raise _wrong(param, "is missing", "不能为空")
        if value is not None:
            found[name] = READERS[param.form](param, value)
    return found


def _number(param: Param, value: object) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(param, "is a number", "应为数字")
    if not param.least <= value <= param.most:  # refuses NaN too
        raise _wrong(
            param,
            f"lies between {param.least:g} and {param.most:g} {param.unit}",
            f"须在 {param.least:g} 至 {param.most:g} 之间",
        )
    return int(value) if float(value).is_integer() else float(value)


def _flag(param: Param, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(param, "is true or false", "应为是或否")
    return value


def _hours(param: Param, value: object) -> str:
    if not isinstance(value, str) or not SPAN.fullmatch(value):
        raise _wrong(param, "is a span of hours such as 02:00-05:00", "应为时段,例如 02:00-05:00")
    return value


def _some(param: Param, value: object) -> list[str]:
    if not isinstance(value, list | tuple) or not all(one in param.choices for one in value):
        raise _wrong(param, f"names some of {', '.join(param.choices)}", f"可选:{'、'.join(param.choices)}")
    return [one for one in param.choices if one in value]


READERS: dict[str, Callable[[Param, object], Any]] = {"number": _number, "flag": _flag, "hours": _hours, "some": _some}


def _wrong(param: Param, en: str, zh: str) -> Malformed:
    return Malformed(
        f"'{param.en}' ({param.name}) {en}", zh=f"“{param.zh}”({param.name}){zh}", fields={f"params.{param.name}": en}
    )
