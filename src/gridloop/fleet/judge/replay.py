"""The past asked again: a fence drawn now, and what a rule would have said under other masters."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.calendars import FAR
from gridloop.fleet.judge.held import begin
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.ticking import GRACE_MS
from gridloop.fleet.judge.told import Told
from gridloop.fleet.judge.window import judge, tick
from gridloop.fleet.rules.kinds import RuleKind, WarningStage

WINDOW = 20_000  # fixes judged at a time: large windows cost less a fix
BOUND_TO_FENCES = frozenset({RuleKind.NO_GO, RuleKind.DWELL, RuleKind.SPEED, RuleKind.SILENCE, RuleKind.GATHERING})


class Difference(NamedTuple):
    """Confirmed warnings that only the old masters give, only the new ones, or both (as the new ones tell them)."""

    only_old: list[Told]
    only_new: list[Told]
    both: list[Told]


def asked_of_past(masters: Masters, fixes: NDArray[np.void]) -> list[Told]:
    """All that these masters tell of past FIX rows (in any order), as if each had come when it was taken.

    The validity of rules and fences counts: give a fence that is drawn now a `valid_from_ms` before the first fix. Vehicles that no rule concerns, and those
    that never came near the fences when all rules are bound to fences, are left out first.
    """
    mine = fixes[_matter(masters, fixes)]
    mine = mine[np.argsort(mine["at"], kind="stable")]
    held, told = begin(masters), list[Told]()
    for start in range(0, len(mine), WINDOW):
        part = mine[start : start + WINDOW]
        judged = judge(masters, held, part, now_ms=int(part["at"][-1]))
        told, held = told + judged.told, judged.held
    if len(mine):
        told += tick(masters, held, now_ms=int(fixes["at"].max()) + GRACE_MS).told
    return told


def difference(old: Masters, new: Masters, fixes: NDArray[np.void]) -> Difference:
    """What two masters say of the same past; warnings of one rule, fence and vehicle that overlap in time are the same."""
    before, after = _episodes(asked_of_past(old, fixes)), _episodes(asked_of_past(new, fixes))
    return Difference(
        only_old=[one.told for one in before if not _known(one, after)],
        only_new=[one.told for one in after if not _known(one, before)],
        both=[one.told for one in after if _known(one, before)],
    )


class Episode(NamedTuple):
    """A confirmed warning and until when it lasted; `about`: rule, fence or clause, vehicles."""

    told: Told
    about: str
    until_ms: int


def _episodes(told: list[Told]) -> list[Episode]:
    ends = {one.key: one.ended_ms for one in told if one.stage is WarningStage.ENDED}
    confirmed = [one for one in told if one.stage is WarningStage.CONFIRMED]
    return [Episode(one, one.key.rpartition("|")[0], ends.get(one.key) or FAR) for one in confirmed]


def _known(one: Episode, others: list[Episode]) -> bool:
    """Whether the others tell of the same thing at the same time."""
    return any(
        one.about == other.about and one.told.suspected_ms <= other.until_ms and other.told.suspected_ms <= one.until_ms
        for other in others
    )


def _matter(masters: Masters, fixes: NDArray[np.void]) -> NDArray[np.bool_]:
    """Which fixes can matter to some rule."""
    row = masters.whom.rows_of(fixes["vehicle"])
    anybody = np.zeros(len(masters.whom) + 1, np.bool_)  # one more, for vehicles that are not known
    anybody[:-1] = masters.concern.any(axis=0)
    found: NDArray[np.bool_] = anybody[row]
    bound = all(
        line.kind in BOUND_TO_FENCES and all(version.row.fences for version in line.versions) for line in masters.lines
    )
    if not bound or not found.any() or not len(masters.index):
        return found
    x, y = masters.index.flat.to_metres(np.column_stack([fixes["lon"], fixes["lat"]])).T
    boxes = masters.index.boxes_m[masters.index.alive]
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    came = np.zeros(len(masters.whom), np.bool_)
    came[row[found & (x >= west) & (x <= east) & (y >= south) & (y <= north)]] = True
    return found & came[row]
