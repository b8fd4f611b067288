"""Rules on two vehicles, where vehicles are spread over several evaluators. Pure."""

from __future__ import annotations

from collections.abc import Collection

from gridloop.fleet.rules.kinds import RuleKind
from gridloop.fleet.rules.replays import PAIRED


def spread(rule: str, kind: str, kinds: Collection[str], together: Collection[str]) -> tuple[str, str] | None:
    """Why this rule cannot be judged, in English and Chinese; None where it can.

    kinds: of vehicles that the rule names, none for all; together: kinds that are judged in one place.
    """
    if kind not in {one.value for one in PAIRED} or (kinds and set(kinds) <= set(together)):
        return None
    named, others = ", ".join(sorted(together)) or "-", "、".join(sorted(together)) or "无"
    en = (
        f"rule {rule} ({RuleKind(kind).value}) compares two vehicles, and with several shards only vehicles of the kinds {named} are judged together;"
        " name some of these kinds in the rule, or set gateway.pair_kinds and restart"
    )
    zh = f"规则 {rule} 需比较两辆车;分片运行时仅 {others} 类车辆在同一分片研判。请在规则中指定这些车辆类型,或修改 gateway.pair_kinds 后重启"
    return en, zh
