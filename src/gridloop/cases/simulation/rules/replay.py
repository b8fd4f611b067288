"""The cases of the last days once more, by the product's own rules: under the masters in force, and under the proposed ones.

Nothing here decides anything itself: the unit comes from `routing.routed`, the limit from `moves.rule_of` and `moves.limit_of`, the deadline
from the clock and from `moves.delayed`. Answers are kept by what they depend on, so that most cases cost a look-up.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gridloop.cases.rules import moves, routing
from gridloop.cases.rules.clock import NATURAL_HOUR
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.routing import Routed, UnitForKind
from gridloop.cases.simulation.rules.columns import Columns, Told
from gridloop.cases.simulation.rules.rows import Limit, Row, allowed_s, due, stood, used_s

Kind = tuple[str, str, int | None, str]
"""All that routing asks of a case: class kind, code, owner of the component, and the longest area that anything speaks of."""
NOWHERE = "\x00"
"""No prefix at all: a place that no rule speaks of."""


@dataclass
class Side:
    """One set of masters, asked case by case; every answer is kept."""

    masters: Masters
    unit_for_kind: UnitForKind
    ways: list[Routed]
    _numbers: dict[Routed, int]
    _routed: dict[Kind, int] = field(default_factory=dict)
    _tiers: dict[str, str] = field(default_factory=dict)
    _limits: dict[tuple[str | None, str | None, int | None, str], Limit] = field(default_factory=dict)

    def way(self, row: Row, prefix: str) -> int:
        """The number of the way on which this case goes."""
        key = (row.class_kind or "", row.class_code or "", row.owner_unit, prefix)
        found = self._routed.get(key)
        if found is None:
            known = self.masters.classes.get(key[:2])
            way = routing.routed(
                self.masters, known, row.place, owner_unit=row.owner_unit, unit_for_kind=self.unit_for_kind
            )
            found = self._numbers.setdefault(way, len(self._numbers))
            if found == len(self.ways):
                self.ways.append(way)
            self._routed[key] = found
        return found

    def limit(self, row: Row, prefix: str) -> Limit:
        """Value and unit of the limit of this case."""
        tier = self._tiers.get(prefix)
        if tier is None:
            tier = self._tiers[prefix] = self.masters.tier_at(row.place)
        key = (row.class_kind, row.class_code, row.rule_no, tier)
        found = self._limits.get(key)
        if found is None:
            rule = moves.rule_of(self.masters, row.class_kind, row.class_code, row.rule_no, row.opened_at)
            found = self._limits[key] = moves.limit_of(rule, tier)
        return found

    def rule_of(self, kind: Kind) -> int | None:
        """The routing rule that decided this kind of case, which was asked for before."""
        return self.ways[self._routed[kind]].rule_id


class Replay:
    """Takes the cases in any portions and in any order; `told` gives the same whatever the portions were."""

    def __init__(
        self, before: Masters, after: Masters, *, unit_for_kind: UnitForKind, prefixes: Iterable[str], at: dt.datetime
    ) -> None:
        """`prefixes`: every area that either set of masters or a unit speaks of."""
        self.ways: list[Routed] = []
        numbers: dict[Routed, int] = {}
        self.before = Side(before, unit_for_kind, self.ways, numbers)
        self.after = Side(after, unit_for_kind, self.ways, numbers)
        self.at = at
        self.columns = Columns()
        self._kinds: dict[Kind, int] = {}
        self._prefix_of = _longest(prefixes)

    def add(self, rows: Iterable[Row]) -> None:
        """Replay these cases."""
        for row in rows:
            self._one(row)

    def _one(self, row: Row) -> None:
        prefix = self._prefix_of(row.place)
        way_before, way_after = self.before.way(row, prefix), self.after.way(row, prefix)
        kind = (row.class_kind or "", row.class_code or "", row.owner_unit, prefix)
        self._kinds[kind] = self._kinds.get(kind, 0) + 1
        units = self.ways[way_before].unit_id, self.ways[way_after].unit_id
        limits = self.before.limit(row, prefix), self.after.limit(row, prefix)
        begun = row.dispatched_at
        times = None if begun is None else self._times(row, begun, units, limits)
        self.columns.add(row, (way_before, way_after), units, times, other_limit=limits[0] != limits[1])

    def _times(
        self, row: Row, begun: dt.datetime, units: tuple[int | None, int | None], limits: tuple[Limit, Limit]
    ) -> tuple[float, float, float, float, float, float, float]:
        """Seconds since 1970: begin of the limit, end of the work, deadline before and after; seconds allowed after and used; 1 for a natural limit."""
        run = stood(row, begun, self.at)
        clock_before, clock_after = (
            self.before.masters.clock_of(units[0]),
            self.after.masters.clock_of(units[1]),
        )
        due_before = due(limits[0], run, clock_before)
        same = limits[0] == limits[1] and clock_before is clock_after
        due_after = due_before if same else due(limits[1], run, clock_after)
        unit = limits[1][1]
        used = allowed = float("nan")
        if row.finished_at is not None:
            used = max(0.0, used_s(run, row.finished_at, unit, self.before.masters.clock_of(row.unit_id)))
            if units[0] != units[1]:
                allowed = allowed_s(limits[1], run, clock_after)
        end = row.finished_at or row.closed_at
        return (
            run.start.timestamp(),
            end.timestamp() if end else float("nan"),
            due_before.timestamp(),
            due_after.timestamp(),
            allowed,
            used,
            float(unit == NATURAL_HOUR),
        )

    def decided(self) -> dict[Kind, tuple[int, int | None]]:
        """Every kind of case that came: how many there were, and the routing rule that decides them under the proposal."""
        return {kind: (many, self.after.rule_of(kind)) for kind, many in sorted(self._kinds.items(), key=repr)}

    def told(self) -> Told:
        """Everything in arrays, in the order of the cases' ids, with ways, classes and areas numbered by their names."""
        return self.columns.told(self.ways, self.at.timestamp())


def _longest(prefixes: Iterable[str]) -> Callable[[str], str]:
    """A function from place to the longest of these prefixes that holds it."""
    known = frozenset(prefixes)
    lengths = sorted({len(one) for one in known}, reverse=True)
    kept: dict[str, str] = {}

    def found(place: str) -> str:
        held = kept.get(place)
        if held is None:
            held = kept[place] = next((place[:n] for n in lengths if place[:n] in known), NOWHERE)
        return held

    return found
