"""Whom a rule concerns: masks over the rows of vehicles, from kinds, firms, lists and plates."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridloop.fleet.judge.rows import RuleRow, VehicleRow

Coded = tuple[dict[str, int], NDArray[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Whom:
    """Vehicles by row (v,): their ids, kinds and firms as numbers, rows by list and by plate; kept: rows of vehicles that are still in service.

    A vehicle that has gone keeps its row, so that what is held of the others need not move.
    """

    vehicles: tuple[VehicleRow, ...]
    ids: NDArray[np.int64]
    by_id: NDArray[np.int64]
    sorted_ids: NDArray[np.int64]
    kept: NDArray[np.bool_]
    kinds: Coded
    firms: Coded
    lists: dict[str, NDArray[np.int64]]
    plates: dict[str, int]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.ids)

    def rows_of(self, ids: NDArray[np.integer]) -> NDArray[np.int64]:
        """The rows of these ids, -1 for vehicles that are not known."""
        if not len(self.ids):
            return np.full(len(ids), -1, np.int64)
        place = np.minimum(np.searchsorted(self.sorted_ids, ids), len(self.ids) - 1)
        row = self.by_id[place]
        return np.where((self.sorted_ids[place] == ids) & self.kept[row], row, -1)

    def mask(self, rule: RuleRow) -> NDArray[np.bool_]:
        """Who is concerned (v,)."""
        if not (rule.kinds or rule.firms or rule.lists or rule.plates):
            return self.kept.copy()
        found = _one_of(self.kinds, rule.kinds) | _one_of(self.firms, rule.firms)
        for code in rule.lists:
            found[self.lists.get(code, np.zeros(0, np.int64))] = True
        found[[self.plates[plate] for plate in rule.plates if plate in self.plates]] = True
        return found & self.kept


def whom_of(vehicles: Sequence[VehicleRow], before: Whom | None = None) -> Whom:
    """The rows of these vehicles; those known `before` keep theirs, new ones stand behind them."""
    new = {one.id: one for one in vehicles}
    if len(new) != len(vehicles):
        message = "a vehicle was given twice; each id of the register may stand once"
        raise ValueError(message)
    old = before.vehicles if before else ()
    rows = [new.pop(one.id, one) for one in old]
    kept = np.ones(len(rows) + len(new), np.bool_)
    given = {one.id for one in vehicles}
    kept[: len(rows)] = [one.id in given for one in rows]
    rows += new.values()
    ids = np.array([one.id for one in rows], np.int64)
    by_id = np.argsort(ids, kind="stable")
    lists: dict[str, list[int]] = {}
    for row, one in enumerate(rows):
        for code in one.lists:
            lists.setdefault(code, []).append(row)
    return Whom(
        vehicles=tuple(rows),
        ids=ids,
        by_id=by_id,
        sorted_ids=ids[by_id],
        kept=kept,
        kinds=_coded([one.kind for one in rows]),
        firms=_coded([one.firm for one in rows]),
        lists={code: np.array(found, np.int64) for code, found in lists.items()},
        plates={one.plate: row for row, one in enumerate(rows)},
    )


def _coded(words: Sequence[str]) -> Coded:
    number: dict[str, int] = {}
    codes = [number.setdefault(word, len(number)) for word in words]
    return number, np.array(codes, np.int64)


def _one_of(coded: Coded, wanted: Collection[str]) -> NDArray[np.bool_]:
    number, codes = coded
    found: NDArray[np.bool_] = np.isin(codes, [number[word] for word in wanted if word in number])
    return found
