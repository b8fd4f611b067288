"""What a replay finds, case by case, laid out in arrays: Python lists while cases come in, NumPy when all have come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gridloop.cases.rules.routing import Routed
from gridloop.cases.rules.states import PAUSED, State
from gridloop.cases.simulation.rules.rows import Row

NONE = -1
"""No unit."""
AREA_DIGITS = 9
"""Areas of a result are townships and subdistricts."""
TIMES = 7
REMOVED = frozenset({State.MERGED, State.VOIDED, State.WITHDRAWN})
"""Nobody had to handle them; they are routed, and count for no rate."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Told:
    """All cases of a replay, one row each, in the order of their ids; times are seconds since 1970, NaN where there is none.

    ways: what `before` and `after` number; units are ids, -1 for none; `removed` cases were merged, voided or withdrawn, `standing` ones
    wait for others; `natural` limits count natural seconds; `allowed_s` only for finished cases that change hands, `used_s` for finished ones.
    """

    ids: Ints
    numbers: tuple[str, ...]
    titles: tuple[str, ...]
    places: tuple[str, ...]
    opened: tuple[dt.datetime, ...]
    classes: tuple[str, ...]
    areas: tuple[str, ...]
    class_of: Ints
    area_of: Ints
    ways: tuple[Routed, ...]
    before: Ints
    after: Ints
    from_unit: Ints
    to_unit: Ints
    recorded: Ints
    dispatched: Bools
    finished: Bools
    removed: Bools
    standing: Bools
    other_limit: Bools
    recorded_due: Floats
    start: Floats
    end: Floats
    due_before: Floats
    due_after: Floats
    allowed_s: Floats
    used_s: Floats
    natural: Bools
    at: float

    @property
    def moved(self) -> Bools:
        """Which cases change hands."""
        return np.not_equal(self.from_unit, self.to_unit)

    @property
    def finish(self) -> Floats:
        """When the unit was done, NaN where it was not."""
        return np.where(self.finished, self.end, np.nan)


@dataclass
class Columns:
    """Lists that grow with every case."""

    cases: list[Row] = field(default_factory=list)
    ways: list[tuple[int, int]] = field(default_factory=list)
    units: list[tuple[int, int]] = field(default_factory=list)
    other_limit: list[bool] = field(default_factory=list)
    times: list[Sequence[float]] = field(default_factory=list)

    def add(
        self, case: Row, ways: tuple[int, int], units: tuple[int | None, int | None], times: Sequence[float] | None, *, other_limit: bool
    ) -> None:  # fmt: skip
        """One case."""
        self.cases.append(case)
        self.ways.append(ways)
        self.units.append((_unit(units[0]), _unit(units[1])))
        self.other_limit.append(other_limit)
        self.times.append(times or (np.nan,) * TIMES)

    def told(self, ways: Sequence[Routed], at: float) -> Told:
        """In arrays; the ways are numbered by their words, not by which case came first."""
        order = sorted(range(len(self.cases)), key=lambda one: self.cases[one].id)
        cases = [self.cases[one] for one in order]
        named = sorted(range(len(ways)), key=lambda one: _told_by(ways[one]))
        rank = np.empty(max(1, len(ways)), np.int64)
        rank[named] = np.arange(len(named))
        went = rank[_ints([self.ways[one] for one in order], 2)]
        units = _ints([self.units[one] for one in order], 2)
        times = np.array([self.times[one] for one in order], np.float64).reshape(-1, TIMES)
        classes, class_of = _numbered([f"{one.class_kind}:{one.class_code}" if one.class_code else "" for one in cases])
        areas, area_of = _numbered([one.place[:AREA_DIGITS] for one in cases])
        return Told(
            ids=np.array([one.id for one in cases], np.int64), numbers=tuple(one.number for one in cases), titles=tuple(one.title for one in cases),
            places=tuple(one.place for one in cases), opened=tuple(one.opened_at for one in cases), classes=classes, areas=areas,
            class_of=class_of, area_of=area_of, ways=tuple(ways[one] for one in named), before=went[:, 0], after=went[:, 1],
            from_unit=units[:, 0], to_unit=units[:, 1], recorded=np.array([_unit(one.unit_id) for one in cases], np.int64),
            dispatched=np.isfinite(times[:, 0]), finished=np.array([one.finished_at is not None for one in cases], bool),
            removed=np.array([one.state in REMOVED for one in cases], bool), standing=np.array([one.state in PAUSED for one in cases], bool),
            other_limit=np.array([self.other_limit[one] for one in order], bool),
            recorded_due=np.array([one.due_at.timestamp() if one.due_at else np.nan for one in cases], np.float64), start=times[:, 0],
            end=times[:, 1], due_before=times[:, 2], due_after=times[:, 3], allowed_s=times[:, 4], used_s=times[:, 5],
            natural=times[:, 6] == 1, at=at,
        )  # fmt: skip


def _told_by(way: Routed) -> tuple[int, int, str]:
    return (_unit(way.unit_id), way.rule_id or 0, way.why_en)


def _unit(unit: int | None) -> int:
    return NONE if unit is None else unit


def _ints(rows: Sequence[Sequence[int]], width: int) -> Ints:
    return np.array(rows, np.int64).reshape(-1, width)


def _numbered(names: Sequence[str]) -> tuple[tuple[str, ...], Ints]:
    """The names in order, each once, and which of them each row has."""
    known = sorted(set(names))
    place = {name: at for at, name in enumerate(known)}
    return tuple(known), np.array([place[name] for name in names], np.int64)
