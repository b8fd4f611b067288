"""Vector tiles of the layers, drawn by the database and kept for a minute in the process."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from gridloop.kernel.errors import Malformed, NotFound
from gridloop.places.queries.boxes import patterns
from gridloop.places.queries.statements import statement
from gridloop.places.rules.codes import digits

LAYERS = {
    "divisions": "code, level, name_zh, name_en",
    "cells": "code, village, village_by, area_m2 (from zoom 13)",
    "grids": "code, village, name_zh, name_en, workers (from zoom 10)",
    "components": "zoom 10-15: n, broken, n01-n05 a 64th of a tile; from zoom 16: code, subclass, class, state",
}
"""The layers and the fields that their features carry."""

PUBLIC_LAYERS = frozenset({"divisions"})
ZOOM_MAX = 22
CLUSTER_ZOOMS = range(10, 16)
KEPT_S = 60.0  # a change of a layer is on the map after this time at the latest
KEPT_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tile:
    """One vector tile and the mark by which a browser asks whether it changed."""

    body: bytes
    etag: str


class Shelf:
    """Recently drawn tiles, least recently used out first; safe between threads."""

    def __init__(self, most_bytes: int, seconds: float) -> None:
        self._most, self._seconds = most_bytes, seconds
        self._tiles: OrderedDict[tuple[object, ...], tuple[float, Tile]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...]) -> Tile | None:
        """The tile while it is fresh."""
        with self._lock:
            kept = self._tiles.get(key)
            if kept is None or time.monotonic() > kept[0]:
                return None
            self._tiles.move_to_end(key)
            return kept[1]

    def put(self, key: tuple[object, ...], tile: Tile) -> None:
        """Keeps a tile, throwing out what was not asked for longest."""
        with self._lock:
            before = self._tiles.pop(key, None)
            self._bytes += len(tile.body) - (len(before[1].body) if before else 0)
            self._tiles[key] = (time.monotonic() + self._seconds, tile)
            while self._bytes > self._most:
                _, (_, oldest) = self._tiles.popitem(last=False)
                self._bytes -= len(oldest.body)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._tiles.clear()
            self._bytes = 0


SHELF = Shelf(KEPT_BYTES, KEPT_S)


def tile(layer: str, z: int, x: int, y: int, *, areas: Sequence[str] | None = None, subclass: str = "") -> Tile:
    """The tile, limited to the counties round `areas` (None: everywhere) and, for components, to a class or subclass; one statement or none."""
    _check(layer, z, x, y, subclass)
    limited = None if layer in PUBLIC_LAYERS else patterns(areas)
    key = (layer, z, x, y, limited, subclass)
    kept = SHELF.get(key)
    if kept is None:
        body = _draw(layer, z, x, y, list(limited) if limited is not None else None, subclass)
        kept = Tile(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')
        SHELF.put(key, kept)
    return kept


def forget_tiles() -> None:
    """Draws every tile anew from now on, in this process."""
    SHELF.clear()


def _draw(layer: str, z: int, x: int, y: int, areas: list[str] | None, subclass: str) -> bytes:
    name = f"tile_{layer}"
    if layer == "components" and z < CLUSTER_ZOOMS.stop:
        if z not in CLUSTER_ZOOMS:
            return b""
        name = "tile_clusters"
    with connection.cursor() as cursor:
        cursor.execute(statement(name), {"z": z, "x": x, "y": y, "areas": areas, "class": subclass})
        return bytes(cursor.fetchone()[0])


def _check(layer: str, z: int, x: int, y: int, subclass: str) -> None:
    if layer not in LAYERS:
        raise NotFound(
            f"there is no layer '{layer}'; the layers are {', '.join(LAYERS)}",
            zh=f"没有图层“{layer}”;可用图层:{'、'.join(LAYERS)}",
        )
    if not (0 <= z <= ZOOM_MAX and 0 <= x < 2**z and 0 <= y < 2**z):
        raise Malformed(
            f"there is no tile {z}/{x}/{y}; zoom is 0 to {ZOOM_MAX}, column and row 0 to 2^zoom - 1",
            zh=f"没有瓦片 {z}/{x}/{y};级别为 0 至 {ZOOM_MAX},行列号为 0 至 2^级别 - 1",
        )
    if subclass and not (digits(subclass) and len(subclass) in {2, 4}):
        raise Malformed(
            f"'{subclass}' is not a class; write two digits of a class or four of a subclass",
            zh=f"“{subclass}”不是部件类别;请填写两位大类或四位小类",
        )
