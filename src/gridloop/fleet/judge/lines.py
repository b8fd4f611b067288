"""Rules with all their versions, and permits, ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gridloop.fleet.judge.hours import Hours, hours_of
from gridloop.fleet.judge.rows import PermitRow, RuleRow
from gridloop.fleet.judge.whom import Whom
from gridloop.fleet.rules.kinds import RuleKind


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One version of a rule, ready to be asked: its hours, whom it concerns (v,), the ids of the fences it names."""

    row: RuleRow
    hours: Hours
    mask: NDArray[np.bool_]
    fences: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """All versions of one rule, by validity; `concern` (v,): whom any of them concerns."""

    code: str
    kind: RuleKind
    versions: tuple[Version, ...]
    concern: NDArray[np.bool_]

    def at(self, at_ms: int) -> Version | None:
        """The version valid at this moment."""
        for version in self.versions:
            row = version.row
            if row.valid_from_ms <= at_ms and (row.valid_to_ms is None or at_ms < row.valid_to_ms):
                return version
        return None


@dataclass(frozen=True, slots=True)
class Allowed:
    """A permit and its hours."""

    row: PermitRow
    hours: Hours


def line_of(
    rows: list[RuleRow],
    whom: Whom,
    by_code: Mapping[str, list[int]],
    spans: Mapping[str, tuple[tuple[int, int], ...]],
    holidays: frozenset[int],
) -> Line:
    """One rule from its versions; refuses versions of several kinds and versions that overlap."""
    rows = sorted(rows, key=lambda row: row.valid_from_ms)
    kind = RuleKind(rows[-1].kind)
    for one, other in pairwise(rows):
        if one.kind != other.kind or one.valid_to_ms is None or one.valid_to_ms > other.valid_from_ms:
            message = f"rule {one.code}: versions {one.version} and {other.version} must be of one kind and not overlap in time"
            raise ValueError(message)
    versions = tuple(
        Version(
            row,
            hours_of(
                row.weekly,
                days=row.holidays,
                holidays=holidays,
                spans=spans.get(row.occasion, ()) if row.occasion else None,
            ),
            whom.mask(row),
            frozenset(number for code in row.fences for number in by_code.get(code, ())),
        )
        for row in rows
    )
    concern = np.logical_or.reduce([version.mask for version in versions])
    return Line(rows[-1].code, kind, versions, concern)
