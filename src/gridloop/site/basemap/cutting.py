"""Cutting layers into tiles of the web's square pyramid."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.site.basemap.mvt import EXTENT, Properties, TileLayer, encoded_tile

MARGIN = 96  # tile units beyond the edge, so that line caps and blurred outlines do not show the cut
FINEST_UNITS = 3.0  # what is smaller than this many of the 4,096 units of a tile is not worth a vertex
WORLD = 1.0

Tile = tuple[int, int, int]


@dataclass(frozen=True)
class Layer:
    """Features of one layer between two zooms.

    shapes: geometries (n,) in lon/lat; properties: one mapping for each; cut: False keeps small shapes whole.
    """

    name: str
    shapes: NDArray[np.object_]
    properties: Sequence[Properties]
    from_zoom: int
    to_zoom: int
    cut: bool = True


def mercator(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees (n, 2) to web Mercator with the world as the unit square, y downwards."""
    sine = np.sin(np.radians(lonlat[:, 1]))
    x = lonlat[:, 0] / 360.0 + 0.5
    y = 0.5 - np.log((1.0 + sine) / (1.0 - sine)) / (4.0 * np.pi)
    return np.column_stack([x, y]) * WORLD


def tiles(
    layers: Sequence[Layer], zooms: Iterable[int], *, only: Collection[Tile] | None = None
) -> Iterator[tuple[Tile, bytes]]:
    """Every tile that holds a feature (or, of those, the ones in `only`), zoom by zoom, columns from the west."""
    unit = [(layer, shapely.transform(layer.shapes, mercator)) for layer in layers]
    for zoom in zooms:
        yield from _tiles_of_zoom(
            [(layer, shapes) for layer, shapes in unit if layer.from_zoom <= zoom <= layer.to_zoom], zoom, only
        )


def _tiles_of_zoom(
    layers: Sequence[tuple[Layer, NDArray[np.object_]]], zoom: int, only: Collection[Tile] | None
) -> Iterator[tuple[Tile, bytes]]:
    scale = float(EXTENT * 2**zoom)
    scaled = [(layer, _scaled(shapes, scale)) for layer, shapes in layers]
    found: dict[tuple[int, int], list[tuple[int, NDArray[np.int64]]]] = defaultdict(list)
    for number, (_, shapes) in enumerate(scaled):
        for tile, rows in _rows_by_tile(shapes):
            found[tile].append((number, rows))
    for x, y in sorted(found):
        if only is not None and (zoom, x, y) not in only:
            continue
        written: dict[str, TileLayer] = {}
        for number, rows in found[x, y]:
            layer, shapes = scaled[number]
            target = written.setdefault(layer.name, TileLayer(layer.name))
            for row, shape in zip(rows.tolist(), _in_tile(shapes[rows], x, y, cut=layer.cut), strict=True):
                target.add(shape, layer.properties[row])
        body = encoded_tile(list(written.values()))
        if body:
            yield (zoom, x, y), body


def _scaled(shapes: NDArray[np.object_], scale: float) -> NDArray[np.object_]:
    sized = shapely.transform(shapes, lambda points: points * scale)
    simple: NDArray[np.object_] = shapely.simplify(sized, FINEST_UNITS)
    return simple


def _rows_by_tile(shapes: NDArray[np.object_]) -> Iterator[tuple[tuple[int, int], NDArray[np.int64]]]:
    """For each tile, in order, the rows of the shapes that reach into it or its margin."""
    present = ~shapely.is_empty(shapes)
    rows = np.flatnonzero(present)
    if not len(rows):
        return
    bounds = shapely.bounds(shapes[rows])
    low = np.floor((bounds[:, :2] - MARGIN) / EXTENT).astype(np.int64)
    high = np.floor((bounds[:, 2:] + MARGIN) / EXTENT).astype(np.int64)
    single = (low == high).all(axis=1)
    pairs = [np.column_stack([low[single], rows[single]])]
    for row, (x0, y0), (x1, y1) in zip(rows[~single].tolist(), low[~single], high[~single], strict=True):
        pairs.append(_touched(shapes[row], row, range(int(x0), int(x1) + 1), range(int(y0), int(y1) + 1)))
    table = np.concatenate(pairs)
    table = table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))]
    breaks = np.flatnonzero((np.diff(table[:, :2], axis=0) != 0).any(axis=1)) + 1
    for group in np.split(table, breaks):
        yield (int(group[0, 0]), int(group[0, 1])), group[:, 2]


def _touched(shape: shapely.Geometry, row: int, xs: range, ys: range) -> NDArray[np.int64]:
    x, y = (grid.ravel() for grid in np.meshgrid(np.array(xs), np.array(ys), indexing="ij"))
    west, north = x * EXTENT - MARGIN, y * EXTENT - MARGIN
    squares = shapely.box(west, north, west + EXTENT + 2 * MARGIN, north + EXTENT + 2 * MARGIN)
    shapely.prepare(shape)
    hit = shapely.intersects(shape, squares)
    return np.column_stack([x[hit], y[hit], np.full(int(hit.sum()), row)])


def _in_tile(shapes: NDArray[np.object_], x: int, y: int, *, cut: bool) -> NDArray[np.object_]:
    west, north = x * EXTENT, y * EXTENT
    if cut:
        far = EXTENT + MARGIN
        shapes = shapely.clip_by_rect(shapes, west - MARGIN, north - MARGIN, west + far, north + far)
    moved: NDArray[np.object_] = shapely.transform(shapes, lambda points: points - (west, north))
    return moved
