"""All fences at once: made from many shapes, never changed; a few more or fewer make a new index without making all anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.fences.field import ON_BORDER, Field, field_of
from gridloop.engines.fences.flat import Flat
from gridloop.engines.fences.found import Finder, Pairs, TreeFinder
from gridloop.engines.fences.shapes import Shape, centre, laid_flat

GONE = -1
ID_MAX = 2**31 - 1
CHANGES_MAX = 200  # so many fences in the second tier, or gone from the first, are merged with the next change


@dataclass(frozen=True, slots=True)
class Index:
    """Fences by column; the columns from `first` on are the second tier.

    version: grows with each change; base: the version in which the first tier was made, names its regions. ids: int64 (n,);
    alive: bool (n,), false where a fence was taken away; boxes_m: (n, 4) west, south, east, north.
    """

    version: int
    base: int
    flat: Flat
    ids: NDArray[np.int64]
    shapes: tuple[Shape, ...]
    polygons: NDArray[np.object_]
    boxes_m: NDArray[np.float64]
    alive: NDArray[np.bool_]
    first: int
    finder: Callable[[NDArray[np.object_]], Finder]
    finders: tuple[Finder, ...]
    field: Field
    by_id: NDArray[np.int64]

    def __len__(self) -> int:
        """How many fences stand."""
        return int(self.alive.sum())

    def columns_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The columns of these ids, GONE where no such fence stands."""
        if not len(self.ids):
            return np.full(len(ids), GONE)
        place = np.minimum(np.searchsorted(self.ids, ids, sorter=self.by_id), len(self.ids) - 1)
        column = self.by_id[place]
        return np.where((self.ids[column] == ids) & self.alive[column], column, GONE)


def index_of(
    fences: Mapping[int, Shape],
    *,
    flat: Flat | None = None,
    version: int = 1,
    finder: Callable[[NDArray[np.object_]], Finder] = TreeFinder,
) -> Index:
    """An index of fences by id (0 to 2^31 - 1), on a flat map round their middle unless another one is given."""
    ids, shapes = _checked(fences)
    flat = flat or Flat(*centre(shapes))
    polygons = laid_flat(shapes, flat)
    found = finder(polygons)
    field = field_of(polygons, lambda points_m: _held(polygons, points_m, *found.candidates(points_m)))
    return Index(
        version=version,
        base=version,
        flat=flat,
        ids=ids,
        shapes=tuple(shapes),
        polygons=polygons,
        boxes_m=shapely.bounds(polygons).reshape(-1, 4),
        alive=np.ones(len(ids), np.bool_),
        first=len(ids),
        finder=finder,
        finders=(found,),
        field=field,
        by_id=np.argsort(ids, kind="stable"),
    )


def changed(index: Index, *, added: Mapping[int, Shape] | None = None, removed: Sequence[int] = ()) -> Index:
    """The next version of an index: fences taken away, then fences added; refuses ids that are unknown or taken.

    The new ones stand in a small second tier; when CHANGES_MAX have come together everything is made anew.
    """
    gone = index.columns_of(np.asarray(removed, np.int64).reshape(-1))
    if (gone == GONE).any():
        message = f"fence {list(removed)[int(np.flatnonzero(gone == GONE)[0])]} is not in the index"
        raise ValueError(message)
    ids, shapes = _checked(added or {})
    alive = index.alive.copy()
    alive[gone] = False
    if np.isin(ids, index.ids[alive]).any():
        message = f"fence {int(ids[np.isin(ids, index.ids[alive])][0])} is in the index already; take it away first"
        raise ValueError(message)
    changes = len(index.ids) - index.first + len(ids) + int((~alive[: index.first]).sum())
    if changes > CHANGES_MAX or np.isin(ids, index.ids).any():
        kept = {int(index.ids[at]): index.shapes[at] for at in np.flatnonzero(alive)}
        both = kept | dict(zip(ids.tolist(), shapes, strict=True))
        return index_of(both, flat=index.flat, version=index.version + 1, finder=index.finder)
    polygons = laid_flat(shapes, index.flat)
    together = np.concatenate([index.polygons, polygons])
    boxes_m = shapely.bounds(polygons).reshape(-1, 4)
    every_id = np.concatenate([index.ids, ids])
    second = together[index.first :]
    return replace(
        index,
        version=index.version + 1,
        ids=every_id,
        shapes=(*index.shapes, *shapes),
        polygons=together,
        boxes_m=np.concatenate([index.boxes_m, boxes_m]),
        alive=np.concatenate([alive, np.ones(len(ids), np.bool_)]),
        finders=(index.finders[0], index.finder(second)) if len(second) else index.finders,
        field=index.field.unsure(boxes_m) if len(ids) else index.field,
        by_id=np.argsort(every_id, kind="stable"),
    )


def inside(index: Index, lonlat: NDArray[np.float64]) -> Pairs:
    """Which fences hold which points (n, 2): pairs (row of the point, column of the fence), sorted; a border belongs to its fence."""
    points_m = index.flat.to_metres(np.asarray(lonlat, np.float64).reshape(-1, 2))
    return held(index, points_m, index.field.region_of(points_m))


def inside_plainly(index: Index, lonlat: NDArray[np.float64]) -> Pairs:
    """The same answer with every point asked: what the fast way is measured and tested against."""
    points_m = index.flat.to_metres(np.asarray(lonlat, np.float64).reshape(-1, 2))
    return asked(index, points_m)


def held(index: Index, points_m: NDArray[np.float64], region: NDArray[np.int32]) -> Pairs:
    """Pairs of points in metres and fences, of points whose regions are known; sorted."""
    ask = np.flatnonzero(region == ON_BORDER)
    known = np.flatnonzero(region > 0)
    row, column = asked(index, points_m[ask])
    row = ask[row]
    if len(known):
        place, more = index.field.fences_of(region[known])
        kept = index.alive[more]
        row, column = np.concatenate([row, known[place[kept]]]), np.concatenate([column, more[kept]])
    order = np.argsort(row * np.int64(len(index.ids) + 1) + column)
    return row[order], column[order]


def asked(index: Index, points_m: NDArray[np.float64]) -> Pairs:
    """Pairs of points in metres and fences, every point asked; sorted."""
    if not len(points_m) or not len(index.ids):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    rows, columns = [], []
    for tier, finder in enumerate(index.finders):
        row, column = finder.candidates(points_m)
        rows.append(row)
        columns.append(column + index.first if tier else column)
    row, column = np.concatenate(rows), np.concatenate(columns)
    kept = index.alive[column]
    return _held(index.polygons, points_m, row[kept], column[kept])


def _held(
    polygons: NDArray[np.object_], points_m: NDArray[np.float64], row: NDArray[np.int64], column: NDArray[np.int64]
) -> Pairs:
    """Of these candidates the true ones, sorted."""
    at = points_m[row]
    true = shapely.intersects_xy(polygons[column], at[:, 0], at[:, 1])
    row, column = row[true], column[true]
    order = np.argsort(row * np.int64(len(polygons) + 1) + column)
    return row[order], column[order]


def border_distance_m(index: Index, lonlat: NDArray[np.float64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far each point (n, 2) lies outside the border of its fence (n,), in metres; negative inside."""
    points_m = index.flat.to_metres(np.asarray(lonlat, np.float64).reshape(-1, 2))
    polygons = index.polygons[columns]
    away_m = shapely.distance(shapely.boundary(polygons), shapely.points(points_m))
    within = shapely.intersects_xy(polygons, points_m[:, 0], points_m[:, 1])
    return np.where(within, -away_m, away_m)


def within_m(
    index: Index, points_m: NDArray[np.float64], columns: NDArray[np.int64], reach_m: float
) -> NDArray[np.bool_]:
    """Which points in metres lie in their fence or no further than `reach_m` from it; GONE fences are near to nothing."""
    x, y = points_m[:, 0], points_m[:, 1]
    near: NDArray[np.bool_] = columns != GONE
    box = index.boxes_m[columns] if len(index.ids) else np.zeros((len(columns), 4))
    near &= (x >= box[:, 0] - reach_m) & (x <= box[:, 2] + reach_m)
    near &= (y >= box[:, 1] - reach_m) & (y <= box[:, 3] + reach_m)
    asked_at = np.flatnonzero(near)
    away_m = shapely.distance(index.polygons[columns[asked_at]], shapely.points(points_m[asked_at]))
    near[asked_at] = away_m <= reach_m
    return near


def _checked(fences: Mapping[int, Shape]) -> tuple[NDArray[np.int64], list[Shape]]:
    """Ids and shapes side by side; refuses ids that are no small numbers."""
    wrong = [one for one in fences if not 0 <= one <= ID_MAX]
    if wrong:
        message = f"a fence's id must be a number from 0 to {ID_MAX}, not {wrong[0]}"
        raise ValueError(message)
    return np.array(list(fences), np.int64), list(fences.values())
