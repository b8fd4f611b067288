"""Buildings inside blocks: slabs, old houses, podiums and sheds, each kind in whole quarters."""

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.streets.network import Network

KERB_M = 13.0  # half a street, its pavement and a strip of green
EMPTY_SHARE = 0.07  # blocks left open, as small parks and yards
SMALLEST_M = 6.0
QUARTER_M = 420.0  # a neighbourhood has one way of building

Rect = tuple[float, float, float, float]


def footprints(
    network: Network, ground: shapely.Polygon | shapely.MultiPolygon, *, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Building footprints float64 (n, 4, 2) and small parks float64 (p, 4, 2), in ground metres, all on `ground`."""
    rng = np.random.default_rng(seed)
    kinds: tuple[Callable[[Rect, np.random.Generator], list[Rect]], ...] = (
        _slabs,
        _slabs,
        _old_houses,
        _podiums,
        _sheds,
    )
    manner = rng.integers(0, len(kinds), (64, 64))
    houses: list[Rect] = []
    parks: list[Rect] = []
    for u0, v0, u1, v1 in network.blocks.tolist():
        inside = (u0 + KERB_M, v0 + KERB_M, u1 - KERB_M, v1 - KERB_M)
        if inside[2] - inside[0] < SMALLEST_M or inside[3] - inside[1] < SMALLEST_M:
            continue
        if rng.random() < EMPTY_SHARE:
            parks.append(inside)
        else:
            kind = manner[int(u0 / QUARTER_M) % 64, int(v0 / QUARTER_M) % 64]
            houses += kinds[kind](inside, rng)
    return _standing(houses, network, ground), _standing(parks, network, ground)


def _standing(
    rects: list[Rect], network: Network, ground: shapely.Polygon | shapely.MultiPolygon
) -> NDArray[np.float64]:
    plan = np.array(rects).reshape(-1, 4)[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    corners = network.field.to_ground(plan).reshape(-1, 4, 2)
    shapely.prepare(ground)
    on_ground = shapely.contains_xy(ground, corners.reshape(-1, 2)).reshape(-1, 4).all(axis=1)
    chosen: NDArray[np.float64] = corners[on_ground]
    return chosen


def _slabs(inside: Rect, rng: np.random.Generator) -> list[Rect]:
    """Residential slabs in parallel rows, the long side across."""
    return _rows(inside, rng, depth_m=(11.0, 14.0), row_gap_m=(13.0, 19.0), length_m=(26.0, 52.0), gap_m=(7.0, 12.0))


def _old_houses(inside: Rect, rng: np.random.Generator) -> list[Rect]:
    """Small houses wall to wall with alleys between the rows."""
    return _rows(inside, rng, depth_m=(9.0, 14.0), row_gap_m=(3.5, 6.0), length_m=(8.0, 18.0), gap_m=(0.8, 2.6))


def _sheds(inside: Rect, rng: np.random.Generator) -> list[Rect]:
    """Workshops and warehouses."""
    return _rows(inside, rng, depth_m=(24.0, 36.0), row_gap_m=(10.0, 16.0), length_m=(40.0, 80.0), gap_m=(8.0, 14.0))


def _podiums(inside: Rect, rng: np.random.Generator) -> list[Rect]:
    """One large building, or two beside each other."""
    u0, v0, u1, v1 = inside
    inset_u, inset_v = (u1 - u0) * rng.uniform(0.04, 0.16), (v1 - v0) * rng.uniform(0.04, 0.16)
    whole = (u0 + inset_u, v0 + inset_v, u1 - inset_u, v1 - inset_v)
    if max(u1 - u0, v1 - v0) < 70.0:
        return [whole]
    share = rng.uniform(0.35, 0.65)
    if u1 - u0 > v1 - v0:
        at = whole[0] + (whole[2] - whole[0]) * share
        return [(whole[0], whole[1], at - 6.0, whole[3]), (at + 6.0, whole[1], whole[2], whole[3])]
    at = whole[1] + (whole[3] - whole[1]) * share
    return [(whole[0], whole[1], whole[2], at - 6.0), (whole[0], at + 6.0, whole[2], whole[3])]


def _rows(
    inside: Rect,
    rng: np.random.Generator,
    *,
    depth_m: tuple[float, float],
    row_gap_m: tuple[float, float],
    length_m: tuple[float, float],
    gap_m: tuple[float, float],
) -> list[Rect]:
    u0, v0, u1, v1 = inside
    houses: list[Rect] = []
    v = v0
    while v + SMALLEST_M < v1:
        top = min(v + rng.uniform(*depth_m), v1)
        u = u0 + rng.uniform(0.0, gap_m[1])
        while u + SMALLEST_M < u1:
            right = min(u + rng.uniform(*length_m), u1)
            if right - u > SMALLEST_M and top - v > SMALLEST_M and rng.random() > 0.06:
                houses.append((u, v, right, top))
            u = right + rng.uniform(*gap_m)
        v = top + rng.uniform(*row_gap_m)
    return houses
