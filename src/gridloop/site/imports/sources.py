"""Opens any file that can be imported, tables and features alike, and gives positions in WGS-84."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.site.imports.batches import SHAPES, Batch, Batches, kind_of
from gridloop.site.imports.features import read_features
from gridloop.site.imports.mapping import Guide
from gridloop.site.imports.sheets import read_table
from gridloop.site.imports.values import number, to_wgs84


def read(file: Path, guide: Guide) -> Batches:
    """The columns that the mapping names, from a table or from a file with geometries."""
    ending = kind_of(file, shapes=True)
    if ending in SHAPES:
        return read_features(file, guide.form, guide.wanted)
    return read_table(file, ending, guide.form, guide.wanted)


def positions(batch: Batch, guide: Guide) -> NDArray[np.float64]:
    """A WGS-84 position for each row (n, 2): of its columns, or of its shape (a point inside areas, the middle of lines); NaN where none."""
    if {"lon", "lat"} <= guide.columns.keys():
        lonlat = np.column_stack([_numbers(batch, guide.columns[role]) for role in ("lon", "lat")])
    elif batch.shapes is not None:
        lonlat = _points(batch.shapes)
    else:
        lonlat = np.full((len(batch), 2), np.nan)
    if not len(lonlat):
        return lonlat
    with np.errstate(invalid="ignore", over="ignore"):
        possible = np.isfinite(lonlat).all(axis=1) & (np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= 90)
    found = np.full((len(batch), 2), np.nan)
    if possible.any():
        found[possible] = to_wgs84(lonlat[possible], guide.position)
    return found


def outlines(shapes: NDArray[np.object_], guide: Guide) -> NDArray[np.object_]:
    """The same shapes with every vertex in WGS-84, height left out."""
    flat = shapely.force_2d(shapes)
    turned: NDArray[np.object_] = shapely.transform(flat, lambda lonlat: to_wgs84(lonlat, guide.position))
    return turned


def _numbers(batch: Batch, names: tuple[str, ...]) -> NDArray[np.float64]:
    values = batch.columns[names[0]]
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        found = (number(value) for value in values)
        return np.array([np.nan if one is None else one for one in found], dtype=np.float64)


def _points(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Longitude and latitude (n, 2) of one point a shape."""
    found = np.full((len(shapes), 2), np.nan)
    kind = shapely.get_type_id(shapes)
    for here, point in (
        (kind == 0, lambda some: some),
        (
            (kind == 1) | (kind == 5),
            lambda some: shapely.line_interpolate_point(shapely.line_merge(some), 0.5, normalized=True),
        ),
        ((kind == 3) | (kind == 6), shapely.point_on_surface),
        (kind == 4, shapely.centroid),
    ):
        some = here & ~shapely.is_empty(shapes)
        if some.any():
            spots = point(shapes[some])
            found[some] = np.column_stack([shapely.get_x(spots), shapely.get_y(spots)])
    return found
