"""Lays the cells of a managed area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Right
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridloop.audit import actions as ledger
from gridloop.engines.cells import cells_inside, outlines
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused
from gridloop.kernel.units import SRID_WGS84
from gridloop.places.actions.divisions import multipolygon
from gridloop.places.actions.loading import copy_rows
from gridloop.places.actions.search import refresh_search
from gridloop.places.models import Cell, Division, ManagedArea
from gridloop.places.queries.divisions import outline
from gridloop.places.rules import lattice
from gridloop.places.rules.codes import scope

MARGIN_DEGREES = 0.003  # some 300 m, so that squares at the rim of the area are whole before they are chosen
COLUMNS = (
    "code", "village12", "village_by", "geom", "centre", "area_m2", "whole", "lattice_column", "lattice_row",
    "managed_area_id", "valid_from", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Laid:
    """How many cells were laid, how many squares had one already, and in how many communities."""

    cells: int
    kept: int
    communities: int


@dataclass(frozen=True, slots=True)
class Squares:
    """The squares to be laid in one county, small parts joined: outline, centre, area and lattice position by row."""

    outline: NDArray[np.object_]
    centre: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    whole: NDArray[np.bool_]
    column: NDArray[np.int64]
    row: NDArray[np.int64]


def make_cells(
    managed: str, geometry: BaseGeometry, *, by: Caller, now: dt.datetime, name_en: str = "", overflow: bool = False
) -> Laid:
    """Lays cells over a WGS-84 polygon under the name of a managed area; squares that have a cell already keep it.

    A square belongs to the area that holds its centre. Refused outside every county, or beyond 999 cells a community
    unless `overflow` lets them take codes of communities whose position is unknown.
    """
    if geometry.is_empty or geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        raise Refused("a managed area is a polygon that is not empty", zh="管理区域须为非空多边形")
    today = clock.in_city(now).date()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('places_make_cells'))")
        area = _managed_area(managed, geometry, today, name_en)
        counties = Division.objects.filter(level=3, valid_to=None, geom__intersects=area.geom).order_by("area")
        if not counties:
            raise Refused(
                f"the managed area {managed} lies in no county whose outline is known; load the divisions first or draw it elsewhere",
                zh=f"管理区域“{managed}”不在任何已知县级界线内;请先加载区划或重新划定",
            )
        laid = [_lay(county, area, geometry, today, overflow=overflow) for county in counties]
        total = Laid(sum(a.cells for a in laid), sum(a.kept for a in laid), sum(a.communities for a in laid))
        refresh_search("managed")
        ledger.record(
            by, "places.cells_laid", f"managed:{area.pk}", at=now, area=counties[0].area if len(counties) == 1 else "",
            detail={"name": managed, "cells": total.cells, "kept": total.kept, "communities": total.communities},
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("analyze places_cell")
    return total


def _managed_area(name: str, geometry: BaseGeometry, today: dt.date, name_en: str) -> ManagedArea:
    area, _ = ManagedArea.objects.update_or_create(
        name=name, defaults={"geom": multipolygon(geometry), "name_en": name_en}, create_defaults={
            "geom": multipolygon(geometry), "name_en": name_en, "valid_from": today,
        },
    )  # fmt: skip
    return area


def _lay(county: Division, area: ManagedArea, geometry: BaseGeometry, today: dt.date, *, overflow: bool) -> Laid:
    villages, spare = _villages(county.area)
    squares, kept = _without_laid(county.area, _squares(county, geometry))
    if not len(squares.centre):
        return Laid(0, kept, 0)
    frame = lattice.frame_of(county.area)
    order = np.lexsort((squares.column, -squares.row))  # from the north-west, as one reads
    nearest = lattice.nearest_villages(squares.centre[order], villages, frame)
    wanted = [villages[at].code12 for at in nearest]
    numbered = lattice.number(wanted, _used(county.area), spare, overflow=overflow)
    count = copy_rows("places_cell", COLUMNS, _rows(squares, order, numbered, area.pk, today))
    return Laid(count, kept, len({cell.code[:12] for cell in numbered}))


def _squares(county: Division, geometry: BaseGeometry) -> Squares:
    """Squares of the county whose point lies in the area; parts smaller than a quarter of a cell join a neighbour."""
    near = _multi(shapely.intersection(outline(county.area), shapely.box(*geometry.buffer(MARGIN_DEGREES).bounds)))
    cells = cells_inside(near, lattice.frame_of(county.area), every_part=True)
    outlined = outlines(cells, near)
    point = np.where(cells.whole[:, None], cells.centre, shapely.get_coordinates(shapely.point_on_surface(outlined)))
    shapely.prepare(geometry)
    inside = np.flatnonzero(shapely.contains_xy(geometry, point))
    column, row, area_m2 = cells.column[inside], cells.row[inside], cells.area_m2[inside].copy()
    outlined, point, whole = outlined[inside], point[inside], cells.whole[inside].copy()
    joined = lattice.joins(column, row, area_m2)
    for small, large in joined.items():
        outlined[large] = shapely.union(outlined[large], outlined[small])
        area_m2[large] += area_m2[small]
        whole[large] = False
    left = np.setdiff1d(np.arange(len(inside)), np.fromiter(joined, dtype=np.int64, count=len(joined)))
    return Squares(outlined[left], point[left], area_m2[left], whole[left], column[left], row[left])


def _without_laid(county6: str, squares: Squares) -> tuple[Squares, int]:
    """The squares that have no valid cell of this county yet, and how many have."""
    low, high = scope(county6)
    laid = set(
        Cell.objects.filter(code__gte=low, code__lt=high, valid_to=None).values_list("lattice_column", "lattice_row")
    )
    free = np.array(
        [(int(c), int(r)) not in laid for c, r in zip(squares.column, squares.row, strict=True)], dtype=np.bool_
    )
    chosen = Squares(
        squares.outline[free], squares.centre[free], squares.area_m2[free], squares.whole[free], squares.column[free],
        squares.row[free],
    )  # fmt: skip
    return chosen, int(len(free) - free.sum())


def _villages(county6: str) -> tuple[list[lattice.Village], list[str]]:
    """The county's communities with a known point, and the codes of those without; Refused if there are none of the first."""
    low, high = scope(county6)
    rows = Division.objects.filter(level=5, valid_to=None, area__gte=low, area__lt=high).order_by("area")
    known, spare = [], []
    for code12, centre in rows.values_list("code12", "centre"):
        if centre is None:
            spare.append(code12)
        else:
            known.append(lattice.Village(code12, centre.x, centre.y))
    if not known:
        raise Refused(
            f"no community of {county6} has a known position, so its cells cannot be given a community; load positions first",
            zh=f"{county6} 没有任何已知位置的社区,无法为单元网格确定所属社区;请先加载社区位置",
        )
    return known, spare


def _used(county6: str) -> dict[str, int]:
    """The last sequence in use of each community, ended cells included: codes are not given twice."""
    low, high = scope(county6)
    rows = (
        Cell.objects.filter(code__gte=low, code__lt=high)
        .values("village12")
        .annotate(last=Max(Right("code", 3)))
        .order_by()
    )
    return {row["village12"]: int(row["last"]) for row in rows}


def _rows(
    squares: Squares, order: NDArray[np.int64], numbered: list[lattice.Numbered], managed_area: int, today: dt.date
) -> Iterator[tuple[object, ...]]:
    outline_hex = _hex(np.array([_multi(shape) for shape in squares.outline[order]], dtype=object))
    centre_hex = _hex(np.atleast_1d(np.asarray(shapely.points(squares.centre[order]), dtype=object)))
    for at, cell in enumerate(numbered):
        source = order[at]
        yield (
            cell.code, cell.code[:12], cell.village_by, outline_hex[at], centre_hex[at], round(squares.area_m2[source]),
            bool(squares.whole[source]), int(squares.column[source]), int(squares.row[source]), managed_area, today, "",
        )  # fmt: skip


def _multi(shape: BaseGeometry) -> shapely.MultiPolygon:
    """Only the areas of a cut, as one multipolygon."""
    polygons = [part for part in shapely.get_parts(shape, return_index=False) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(polygons)


def _hex(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Hexadecimal EWKB with WGS-84 named."""
    text = shapely.to_wkb(shapely.set_srid(shapes, SRID_WGS84), hex=True, include_srid=True)
    return np.asarray(text, dtype=object)
