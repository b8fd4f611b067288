"""What may be asked of the past of a rule, and how the question is cut into parts; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from gridloop.fleet.rules.kinds import RuleKind
from gridloop.kernel.errors import Refused

DAYS_MAX = 31
PART_FIXES = 400_000
"""Fixes judged together: some 60 MB as arrays."""
TOGETHER_FIXES_MAX = 4_000_000
VEHICLES_SHOWN, EXAMPLES_SHOWN = 200, 60
PAIRED = frozenset({RuleKind.GATHERING})
"""Kinds that look at two vehicles: all have to be judged together."""
SIDES = ("only_old", "only_new", "both")


def parts_of(counts: Mapping[int, int], kind: str) -> list[list[int]]:
    """Vehicles (by their number of fixes) in parts that are judged one after the other; Refused where one part would be too large."""
    if kind in PAIRED:
        whole = sum(counts.values())
        if whole > TOGETHER_FIXES_MAX:
            raise Refused(
                f"{whole:,} positions have to be looked at together for this kind of rule, at most {TOGETHER_FIXES_MAX:,}; ask fewer days",
                zh=f"该类规则须同时判断 {whole:,} 条定位(上限 {TOGETHER_FIXES_MAX:,}),请缩短天数",
                fields={"days": "fewer"},
            )
        return [sorted(counts)] if counts else []
    parts: list[list[int]] = []
    room = 0
    for vehicle, count in sorted(counts.items()):
        if not parts or count > room:
            parts.append([])
            room = PART_FIXES
        parts[-1].append(vehicle)
        room -= count
    return parts


def checked_days(days: int) -> timedelta:
    """How far back is asked."""
    if not 1 <= days <= DAYS_MAX:
        raise Refused(
            f"a rule is replayed over 1 to {DAYS_MAX} days", zh=f"规则回放为 1 至 {DAYS_MAX} 天", fields={"days": f"1 to {DAYS_MAX}"}
        )  # fmt: skip
    return timedelta(days=days)
