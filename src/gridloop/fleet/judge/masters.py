"""Everything the judge judges by, made once from rows of the masters: the index of fences, who is concerned, hours, permits, routes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gridloop.engines.fences.index import GONE, Index, changed, index_of
from gridloop.fleet.judge.clauses import Limits, limits_of
from gridloop.fleet.judge.hours import days_of, hours_of
from gridloop.fleet.judge.limits import floors
from gridloop.fleet.judge.lines import Allowed, Line, line_of
from gridloop.fleet.judge.rows import FenceRow, OccasionRow, PermitRow, RouteRow, RuleRow, VehicleRow
from gridloop.fleet.judge.ways import Ahead, Way, ahead_of, ways_of
from gridloop.fleet.judge.whom import Whom, whom_of
from gridloop.fleet.rules.kinds import RuleKind

__all__ = [
    "FenceRow",
    "Masters",
    "OccasionRow",
    "PermitRow",
    "RouteRow",
    "RuleRow",
    "VehicleRow",
    "masters_of",
    "renewed",
]
AREA_KINDS = frozenset({RuleKind.NO_GO, RuleKind.STAY_WITHIN, RuleKind.DWELL})


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The rows as they were given."""

    fences: tuple[FenceRow, ...]
    rules: tuple[RuleRow, ...]
    permits: tuple[PermitRow, ...]
    routes: tuple[RouteRow, ...]
    occasions: tuple[OccasionRow, ...]
    holidays: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class Masters:
    """Never changed, only replaced. Vehicles by row; fences by id; lines (rules with their versions) by number.

    concern (lines, v); start (columns of the index + 1,), line: which area rules name the fence of a column, one list after the other;
    permits, ways (declared routes): by row of the vehicle; routed (v,): who has declared one; floors (v,): the speed, 0.1 km/h, above which some rule may
    be broken; ahead: of the rules that look ahead, by number of the line; resting: rows whom rest rules concern; minded (v,): whose every fix is looked at.
    """

    version: int
    whom: Whom
    fences: Mapping[int, FenceRow]
    index: Index
    lines: tuple[Line, ...]
    by_kind: Mapping[RuleKind, tuple[int, ...]]
    concern: NDArray[np.bool_]
    start: NDArray[np.int64]
    line: NDArray[np.int64]
    permits: Mapping[int, tuple[Allowed, ...]]
    ways: Mapping[int, tuple[Way, ...]]
    routed: NDArray[np.bool_]
    floors: NDArray[np.float64]
    ahead: Mapping[int, Ahead]
    rest_limits: tuple[Limits, ...]
    resting: NDArray[np.int64]
    minded: NDArray[np.bool_]
    given: Given

    def lines_of(self, kind: RuleKind) -> list[tuple[int, Line]]:
        """The rules of a kind with their numbers."""
        return [(number, self.lines[number]) for number in self.by_kind.get(kind, ())]


def masters_of(
    vehicles: Sequence[VehicleRow],
    fences: Sequence[FenceRow],
    rules: Sequence[RuleRow],
    permits: Sequence[PermitRow] = (),
    routes: Sequence[RouteRow] = (),
    occasions: Sequence[OccasionRow] = (),
    *,
    version: int,
    holidays: Collection[date] = (),
) -> Masters:
    """Masters from rows. Give old versions of rules and fences too as long as fixes of their time may come; holidays: public holidays as dates."""
    given = Given(tuple(fences), tuple(rules), tuple(permits), tuple(routes), tuple(occasions), days_of(holidays))
    return _made(whom_of(vehicles), _indexed(given.fences), given, version)


def renewed(
    masters: Masters,
    *,
    version: int,
    vehicles: Sequence[VehicleRow] | None = None,
    fences: Sequence[FenceRow] | None = None,
    rules: Sequence[RuleRow] | None = None,
    permits: Sequence[PermitRow] | None = None,
    routes: Sequence[RouteRow] | None = None,
    occasions: Sequence[OccasionRow] | None = None,
    holidays: Collection[date] | None = None,
) -> Masters:
    """Masters in which some rows are others (None: as before); all known vehicles keep their rows, and only changed fences are laid anew."""
    was = masters.given
    given = Given(
        was.fences if fences is None else tuple(fences),
        was.rules if rules is None else tuple(rules),
        was.permits if permits is None else tuple(permits),
        was.routes if routes is None else tuple(routes),
        was.occasions if occasions is None else tuple(occasions),
        was.holidays if holidays is None else days_of(holidays),
    )
    whom = masters.whom if vehicles is None else whom_of(vehicles, masters.whom)
    index = masters.index if fences is None else _reindexed(masters, given.fences)
    return _made(whom, index, given, version)


def _made(whom: Whom, index: Index, given: Given, version: int) -> Masters:
    by_code: dict[str, list[int]] = {}
    for fence in given.fences:
        by_code.setdefault(fence.code, []).append(fence.id)
    spans = {one.code: one.spans_ms for one in given.occasions}
    grouped: dict[str, list[RuleRow]] = {}
    for rule in given.rules:
        grouped.setdefault(rule.code, []).append(rule)
    lines = tuple(line_of(rows, whom, by_code, spans, given.holidays) for rows in grouped.values())
    by_kind: dict[RuleKind, list[int]] = {}
    for number, one in enumerate(lines):
        by_kind.setdefault(one.kind, []).append(number)
    concern = np.array([one.concern for one in lines], np.bool_).reshape(len(lines), len(whom))
    start, line = _by_column(index, lines)
    ways = ways_of(whom, given.routes)
    return Masters(
        version=version,
        whom=whom,
        fences={one.id: one for one in given.fences},
        index=index,
        lines=lines,
        by_kind={kind: tuple(numbers) for kind, numbers in by_kind.items()},
        concern=concern,
        start=start,
        line=line,
        permits=_permits(whom, given.permits),
        ways=ways,
        routed=np.isin(np.arange(len(whom)), list(ways)),
        floors=floors(whom, [lines[number] for number in by_kind.get(RuleKind.SPEED, ())]),
        ahead={number: ahead_of(index, lines[number]) for number in by_kind.get(RuleKind.BREACH_AHEAD, ())},
        rest_limits=tuple(limits_of(lines[number] for number in by_kind.get(RuleKind.REST, ()))),
        resting=np.flatnonzero(concern[list(by_kind.get(RuleKind.REST, ()))].any(axis=0)),
        minded=_minded(lines, concern, np.isin(np.arange(len(whom)), list(ways))),
        given=given,
    )


def _minded(lines: tuple[Line, ...], concern: NDArray[np.bool_], routed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whose every fix is looked at (v,): routes were declared or must be, or somebody looks ahead."""
    minded = np.zeros(concern.shape[1], np.bool_)
    for line, mine in zip(lines, concern, strict=True):
        must = any(version.row.params.get("must_declare") for version in line.versions)
        if line.kind is RuleKind.BREACH_AHEAD or (line.kind is RuleKind.OFF_TIME and must):
            minded |= mine
        elif line.kind in (RuleKind.OFF_ROUTE, RuleKind.OFF_TIME):
            minded |= mine & routed
    return minded


def _by_column(index: Index, lines: tuple[Line, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which area rules name the fence of each column: (where its list starts, the lines)."""
    pairs = [
        (fence, number)
        for number, line in enumerate(lines)
        if line.kind in AREA_KINDS
        for fence in frozenset().union(*(version.fences for version in line.versions))
    ]
    fence, line = np.array(pairs, np.int64).reshape(-1, 2).T
    column = index.columns_of(fence)
    fence, line, column = fence[column != GONE], line[column != GONE], column[column != GONE]
    order = np.lexsort((line, column))
    start = np.searchsorted(column[order], np.arange(len(index.ids) + 1))
    return start, line[order]


def _permits(whom: Whom, permits: Iterable[PermitRow]) -> dict[int, tuple[Allowed, ...]]:
    row_of = {int(number): row for row, number in enumerate(whom.ids)}
    found: dict[int, list[Allowed]] = {}
    for one in sorted(permits, key=lambda permit: (permit.from_ms, permit.number)):
        if one.vehicle in row_of:
            found.setdefault(row_of[one.vehicle], []).append(Allowed(one, hours_of(one.weekly, spans=None)))
    return {row: tuple(rows) for row, rows in found.items()}


def _indexed(fences: Sequence[FenceRow]) -> Index:
    shapes = {one.id: one.shape for one in fences}
    if len(shapes) != len(fences):
        message = "a fence was given twice; each id may stand once"
        raise ValueError(message)
    return index_of(shapes)


def _reindexed(masters: Masters, fences: Sequence[FenceRow]) -> Index:
    """The index with what changed laid anew; what had no fence at all, or no flat map near the new ones, is made from the start."""
    shapes = {one.id: one.shape for one in fences}
    before = {number: one.shape for number, one in masters.fences.items()}
    removed = [number for number, shape in before.items() if shapes.get(number) != shape]
    added = {number: shape for number, shape in shapes.items() if before.get(number) != shape}
    if not added and not removed:
        return masters.index
    if not before or len(shapes) != len(fences):
        return _indexed(fences)
    return changed(masters.index, added=added, removed=removed)
