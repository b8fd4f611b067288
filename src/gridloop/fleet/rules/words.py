"""A rule as one sentence in Chinese and English, so that whoever confirms it reads what it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridloop.fleet.rules.areas import PERMIT_KINDS
from gridloop.fleet.rules.kinds import VEHICLE_KINDS, RuleKind, VehicleKind
from gridloop.fleet.rules.params import CLAUSES, SHAPES, Param
from gridloop.fleet.rules.spans import HOLIDAYS, weekly_words

Names = Mapping[str, Mapping[str, tuple[str, str]]]
VERBS: dict[RuleKind, tuple[str, str]] = {
    RuleKind.NO_GO: ("不得驶入{where}", "must not enter {where}"),
    RuleKind.STAY_WITHIN: ("不得驶出{where}", "must stay within {where}"),
    RuleKind.SPEED: ("{in}限速", "{in}keep to a speed limit"),
    RuleKind.DWELL: ("在{where}停留不得超时", "must not stay too long in {where}"),
    RuleKind.GATHERING: ("{in}不得聚集", "{in}must not gather"),
    RuleKind.OFF_ROUTE: ("须按申报路线行驶", "keep to the declared route"),
    RuleKind.OFF_TIME: ("须按申报时间行驶", "drive at the declared time"),
    RuleKind.REST: ("须按规定休息,不得疲劳驾驶", "keep the rest times"),
    RuleKind.SILENCE: ("在{where}内不得失联", "must not fall silent in {where}"),
    RuleKind.JUMP: ("在{where}内位置不得跳变", "must not jump in {where}"),
    RuleKind.CLONE: ("终端不得被克隆", "must not share a terminal"),
    RuleKind.BREACH_AHEAD: ("即将驶入{where}时预警", "are warned of before they enter {where}"),
}


def rule_words(rule: Mapping[str, Any], names: Names) -> tuple[str, str]:
    """The sentence (Chinese, English) of a rule given as its columns; names of fences and occasions by code where they are known."""
    return _chinese(rule, names), _english(rule, names)


def _english(rule: Mapping[str, Any], names: Names) -> str:
    where = _listed([names["fences"].get(code, (code, code))[1] for code in rule["fences"]], ", ")
    verb = VERBS[RuleKind(rule["kind"])][1].format(where=where, **{"in": f"in {where} " if where else ""})
    said = f"{_whom(rule, zh=False)} {verb}"
    numbers = _numbers(rule, zh=False)
    said += f" ({numbers})" if numbers else ""
    when = ", ".join(part for part in _when(rule, names, zh=False) if part)
    said += f"; {when}" if when else "; at all times"
    if rule["permit_kinds"]:
        said += f"; lifted by: {', '.join(PERMIT_KINDS.get(one, (one, one))[1] for one in rule['permit_kinds'])}"
    return f"{said[0].upper()}{said[1:]}."


def _chinese(rule: Mapping[str, Any], names: Names) -> str:
    where = _listed([names["fences"].get(code, (code, code))[0] for code in rule["fences"]], "、")
    verb = VERBS[RuleKind(rule["kind"])][0].format(where=where, **{"in": f"在{where}内" if where else ""})
    numbers = _numbers(rule, zh=True)
    when = "、".join(part for part in _when(rule, names, zh=True) if part) or "全时段"
    said = f"{_whom(rule, zh=True)}{verb}{f'({numbers})' if numbers else ''};{when}"
    if rule["permit_kinds"]:
        said += f";持有{'、'.join(PERMIT_KINDS.get(one, (one, one))[0] for one in rule['permit_kinds'])}的除外"
    return f"{said}。"


def _whom(rule: Mapping[str, Any], *, zh: bool) -> str:
    kinds = [VEHICLE_KINDS[VehicleKind(one)][0 if zh else 1] for one in rule["kinds"]]
    parts = [_plural(one) if not zh else one for one in kinds]
    if rule["firms"]:
        parts.append(f"{'、'.join(rule['firms'])}的车辆" if zh else f"vehicles of {', '.join(rule['firms'])}")
    if rule["lists"]:
        parts.append(f"名单 {'、'.join(rule['lists'])} 的车辆" if zh else f"vehicles on {', '.join(rule['lists'])}")
    if rule["plates"]:
        parts.append("、".join(rule["plates"]) if zh else ", ".join(rule["plates"]))
    if not parts:
        return "所有受监管车辆" if zh else "all vehicles"
    return ("、" if zh else ", ").join(parts)


def _plural(kind: str) -> str:
    return f"{kind}es" if kind.endswith(("s", "ch")) else f"{kind}s"


def _numbers(rule: Mapping[str, Any], *, zh: bool) -> str:
    known = {param.name: param for param in SHAPES[RuleKind(rule["kind"])].params}
    told = [
        f"{known[name].zh if zh else known[name].en} {_amount(known[name], value, zh=zh)}"
        for name, value in rule["params"].items()
        if name in known
    ]
    return (";" if zh else "; ").join(told)


def _amount(param: Param, value: Any, *, zh: bool) -> str:
    """Seconds as minutes or hours, shares as per cent."""
    if param.form == "flag":
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if param.form != "number":
        names = value if isinstance(value, str) else [CLAUSES.get(one, (one, one))[0 if zh else 1] for one in value]
        return names if isinstance(names, str) else (("、" if zh else ", ").join(names) or "-")
    if param.unit == "share":
        return f"{value * 100:g}%" if zh else f"{value * 100:g} %"
    if param.unit == "s" and value >= 3_600 and value % 900 == 0:
        return f"{value / 3_600:g} 小时" if zh else f"{value / 3_600:g} h"
    if param.unit == "s" and value >= 60 and value % 60 == 0:
        return f"{value / 60:g} 分钟" if zh else f"{value / 60:g} min"
    unit = {"s": "秒", "m": "米", "h": "小时", "km/h": "公里/小时"}.get(param.unit, param.unit) if zh else param.unit
    return f"{value:g} {unit}"


def _when(rule: Mapping[str, Any], names: Names, *, zh: bool) -> list[str]:
    event = names["occasions"].get(rule["occasion"], (rule["occasion"], rule["occasion"]))
    during = (f"{event[0]}期间" if zh else f"during {event[1]}") if rule["occasion"] else ""
    return [weekly_words(rule["weekly"], zh=zh), HOLIDAYS[rule["holidays"]][0 if zh else 1], during]


def _listed(names: Sequence[str], between: str) -> str:
    """At most four names; how many more there are."""
    return between.join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")
