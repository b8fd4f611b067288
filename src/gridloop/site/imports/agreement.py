"""How far our verdicts "on time" agree with what a foreign file says of itself. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from gridloop.cases.queries import Verdicts

CLASSES_SHOWN = 10
NAMES = {True: "on_time", False: "late"}


def agreement(found: Iterable[Verdicts]) -> dict[str, Any]:
    """Counts of agreement by the case's own deadline and by our class tables, and the classes in which they differ most."""
    rows = list(found)
    compared = [one for one in rows if one.said_on_time is not None and one.on_time is not None]
    differ: Counter[str] = Counter()
    for one in compared:
        if one.said_on_time != one.on_time:
            differ[f"{one.class_kind}:{one.class_code}" if one.class_code else "no class"] += one.cases
    return {
        "cases": sum(one.cases for one in rows),
        "no_flag": sum(one.cases for one in rows if one.said_on_time is None),
        "open_when_it_came": sum(one.cases for one in rows if one.said_on_time is not None and one.on_time is None),
        "by_deadline": _table(compared, lambda one: one.on_time),
        "by_our_rules": _table(compared, lambda one: one.on_time_by_rules),
        "our_verdict": _ours(rows),
        "classes_that_differ": dict(differ.most_common(CLASSES_SHOWN)),
    }


def _table(rows: Iterable[Verdicts], ours: Callable[[Verdicts], bool | None]) -> dict[str, Any]:
    """Two by two: what the file says, what we say; and the share in which both say the same (None without any)."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for one in rows:
        verdict = ours(one)
        if one.said_on_time is not None and verdict is not None:
            counts[one.said_on_time, verdict] += one.cases
    total = sum(counts.values())
    same = counts[True, True] + counts[False, False]
    table = {f"file_{NAMES[said]}_ours_{NAMES[verdict]}": counts[said, verdict] for said in NAMES for verdict in NAMES}
    return {"compared": total, "same": same, "share": round(same / total, 4) if total else None, **table}


def _ours(rows: Iterable[Verdicts]) -> dict[str, int]:
    """What we say of all cases, also of those without a flag."""
    counts: Counter[str] = Counter()
    for one in rows:
        counts["open" if one.on_time is None else NAMES[one.on_time]] += one.cases
    return dict(counts)


def told(result: dict[str, Any]) -> list[str]:
    """The same for a person."""
    ours = ", ".join(f"{name} {count}" for name, count in sorted(result["our_verdict"].items())) or "no cases"
    lines = [f"  our verdict on {result['cases']} imported cases: {ours}"]
    if result["no_flag"] == result["cases"]:
        return [*lines, "  the file says of no row whether it was on time: nothing to compare"]
    for name, title in (
        ("by_deadline", "by the deadline of the case"),
        ("by_our_rules", "by the limits of our class tables"),
    ):
        table = result[name]
        share = "-" if table["share"] is None else f"{table['share']:.2%}"
        lines += [
            f"  {title}: {share} of {table['compared']} agree with the file's flag",
            "                    ours on time   ours late",
            f"    file on time    {table['file_on_time_ours_on_time']:>12}{table['file_on_time_ours_late']:>12}",
            f"    file late       {table['file_late_ours_on_time']:>12}{table['file_late_ours_late']:>12}",
        ]
    if result["classes_that_differ"]:
        listed = ", ".join(f"{name} {count}" for name, count in result["classes_that_differ"].items())
        lines.append(f"  classes that differ most (by the deadline of the case): {listed}")
    lines.append(f"  no flag: {result['no_flag']}; still open when they came: {result['open_when_it_came']}")
    return lines
