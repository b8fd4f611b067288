"""What a replay comes to: load, owners and on-time rate before and after, by unit, class and area; the flows between units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridloop.cases.simulation.rules.columns import NONE, Bools, Floats, Ints, Told
from gridloop.cases.simulation.rules.estimate import Estimate, estimated

FORM = 1
"""Version of the form of kept figures."""


@dataclass(frozen=True)
class Judged:
    """bool arrays over all cases: which count for the rate before and after, and which of those were in time with their own duration."""

    due_before: Bools
    ontime_before: Bools
    due_after: Bools
    ontime_after: Bools


def judged(told: Told) -> Judged:
    """As the statistics count: dispatched, and finished or past the limit while the clock ran; without merged, voided, withdrawn cases."""
    parts = []
    for due in (told.due_before, told.due_after):
        over = (due <= told.at) & ~told.standing
        counts = told.dispatched & ~told.removed & (told.finished | over)
        with np.errstate(invalid="ignore"):
            parts += [counts, counts & told.finished & (told.finish <= due)]
    return Judged(*parts)


def figures(told: Told, *, days: int, seed: int) -> dict[str, Any]:
    """Everything that is kept of a simulation beside the list of cases and the warnings; plain values."""
    marks = judged(told)
    estimate = estimated(told, marks.due_after, seed=seed)
    units = np.unique(np.concatenate([told.from_unit, told.to_unit, told.recorded]))
    units = units[units != NONE]
    everything = np.zeros(len(told.ids), np.int64)
    return {
        "form": FORM,
        "totals": _totals(told, marks, estimate, everything),
        "methods": dict(estimate.methods),
        "units": _units(told, marks, estimate, units, days),
        "classes": _rows(told, marks, estimate, told.class_of, told.classes),
        "areas": _rows(told, marks, estimate, told.area_of, told.areas),
        "flows": flows(told),
    }


def _share(part: float, whole: float) -> float | None:
    return round(float(part) / float(whole), 5) if whole else None


def _totals(told: Told, marks: Judged, estimate: Estimate, one: Ints) -> dict[str, Any]:
    known = told.recorded != NONE
    with np.errstate(invalid="ignore"):
        same_due = np.abs(told.due_before - told.recorded_due) < 1
    dated = told.dispatched & np.isfinite(told.recorded_due)
    (row,) = _rows(told, marks, estimate, one, ("",)) or [_nothing()]
    return {
        **{name: value for name, value in row.items() if name != "group"},
        "no_unit_before": int((told.from_unit == NONE).sum()),
        "no_unit_after": int((told.to_unit == NONE).sum()),
        "other_limit": int(told.other_limit.sum()),
        "as_recorded": {
            "unit": _share((known & (told.recorded == told.from_unit)).sum(), known.sum()),
            "deadline": _share((dated & same_due).sum(), dated.sum()),
        },
    }


def _nothing() -> dict[str, Any]:
    none = {"due": 0, "ontime": 0, "rate": None}
    return {"cases": 0, "moved": 0, "before": none, "after": none, "estimate": None, "unknown": 0}


def _rows(told: Told, marks: Judged, estimate: Estimate, groups: Ints, names: Sequence[str]) -> list[dict[str, Any]]:
    """One row for each class or area: cases, how many change hands, the rate before, after with the same durations, and as estimated."""
    if not len(groups):
        return []
    count = len(names)
    cases, moved = _sum(groups, count), _sum(groups, count, told.moved)
    before, after = (
        _rate(groups, count, marks.due_before, marks.ontime_before),
        _rate(groups, count, marks.due_after, marks.ontime_after),
    )
    guessed = _estimates(estimate, marks, groups, count)
    unknown = _sum(groups[estimate.unknown], count)
    return [
        {
            "group": name, "cases": int(cases[at]), "moved": int(moved[at]), "before": before[at], "after": after[at], "estimate": guessed[at],
            "unknown": int(unknown[at]),
        }
        for at, name in enumerate(names)
    ]  # fmt: skip


def _estimates(estimate: Estimate, marks: Judged, groups: Ints, count: int) -> list[dict[str, float] | None]:
    kept = marks.ontime_after.copy()
    kept[estimate.rows] = False
    return estimate.rates(groups, count, _sum(groups, count, kept), _sum(groups, count, marks.due_after))


def _units(told: Told, marks: Judged, estimate: Estimate, units: Ints, days: int) -> list[dict[str, Any]]:
    """One row for each unit: what the rules send it before and after; and how many cases it really had."""
    count = len(units)
    places = {int(unit): at for at, unit in enumerate(units)}
    sides = []
    for owner, due, ontime in (
        (told.from_unit, marks.due_before, marks.ontime_before),
        (told.to_unit, marks.due_after, marks.ontime_after),
    ):
        has = owner != NONE
        groups = np.array([places.get(int(one), 0) for one in owner], np.int64)
        cases = _sum(groups, count, has)
        rates = _rate(groups, count, due & has, ontime & has)
        highest = peaks(groups, count, has & told.dispatched & ~told.removed, told.start, told.end, told.at)
        sides.append([
            {"cases": int(cases[at]), "per_day": round(float(cases[at]) / days, 2), "peak": highest[at], **rates[at]} for at in range(count)
        ])  # fmt: skip
    to_has = told.to_unit != NONE
    groups = np.array([places.get(int(one), 0) for one in told.to_unit], np.int64)
    kept = marks.ontime_after & to_has
    kept[estimate.rows] = False
    guessed = estimate.rates(groups, count, _sum(groups, count, kept), _sum(groups, count, marks.due_after & to_has))
    unknown = _sum(groups[estimate.unknown], count)
    recorded = {int(unit): int(many) for unit, many in zip(*np.unique(told.recorded, return_counts=True), strict=True)}
    return [
        {
            "unit_id": int(unit), "before": sides[0][at], "after": sides[1][at], "estimate": guessed[at], "recorded": recorded.get(int(unit), 0),
            "unknown": int(unknown[at]),
        }
        for at, unit in enumerate(units)
    ]  # fmt: skip


def _sum(groups: Ints, count: int, which: Bools | None = None) -> Floats:
    return np.bincount(groups if which is None else groups[which], minlength=count).astype(float)


def _rate(groups: Ints, count: int, due: Bools, ontime: Bools) -> list[dict[str, Any]]:
    counted, done = _sum(groups, count, due), _sum(groups, count, ontime)
    return [
        {"due": int(counted[at]), "ontime": int(done[at]), "rate": _share(done[at], counted[at])} for at in range(count)
    ]  # fmt: skip


def peaks(groups: Ints, count: int, which: Bools, start: Floats, end: Floats, at: float) -> list[int]:
    """The most cases that each group had in hand at one moment; what has no end is in hand still. A case that ends as another begins makes room for it."""
    rows = np.flatnonzero(which)
    until = np.where(np.isfinite(end[rows]), end[rows], at + 1)
    found = [0] * count
    for one in np.unique(groups[rows]):
        mine = groups[rows] == one
        moments = np.concatenate([start[rows][mine], until[mine]])
        steps = np.concatenate([np.ones(mine.sum(), np.int64), -np.ones(mine.sum(), np.int64)])
        order = np.lexsort((steps, moments))
        found[int(one)] = max(0, int(np.cumsum(steps[order]).max()))
    return found


def flows(told: Told) -> list[dict[str, Any]]:
    """How many cases go from each unit to each other one, the most first; None is no unit."""
    moved = told.moved
    pairs, counts = np.unique(
        np.stack([told.from_unit[moved], told.to_unit[moved]], axis=1), axis=0, return_counts=True
    )
    found = [
        {"from": _unit(pair[0]), "to": _unit(pair[1]), "count": int(many)} for pair, many in zip(pairs, counts, strict=True)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one["count"], one["from"] or 0, one["to"] or 0))


def _unit(value: int) -> int | None:
    return None if value == NONE else int(value)
