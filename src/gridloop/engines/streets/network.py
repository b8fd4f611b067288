"""Streets by halving: avenues cut the plan into quarters, quarters are halved into blocks, all bent by the field."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.streets.field import WarpField
from gridloop.engines.streets.lines import Lines

MAIN, SECONDARY, LANE = 0, 1, 2
ACROSS, UP = 0, 1  # a line of constant v, a line of constant u
SAMPLE_M = 45.0
SHORTEST_M = 40.0

Rect = tuple[float, float, float, float]
Stroke = tuple[int, float, float, float, int, int]  # direction, at, from, to, rank, name


@dataclass(frozen=True)
class Plan:
    """How dense a network is: distances between main streets, secondary streets and lanes, in metres."""

    main_m: float = 760.0
    secondary_m: float = 310.0
    lane_m: float = 104.0
    demoted: float = 0.14  # share of main pieces that are only secondary, so that avenues end as they do in towns


@dataclass(frozen=True)
class Network:
    """Streets on the ground and the blocks between them.

    lines: streets in metres, the names counted 0 .. names - 1; blocks: float64 (b, 4) u0, v0, u1, v1 in the field's plan.
    """

    lines: Lines
    blocks: NDArray[np.float64]
    field: WarpField
    names: int


def plan_streets(
    ground: shapely.Polygon | shapely.MultiPolygon,
    *,
    field: WarpField,
    plan: Plan,
    seed: int,
    towns_m: NDArray[np.float64] | None = None,
) -> Network:
    """Streets for a piece of buildable ground in metres.

    towns_m: (t, 3) x, y, radius: secondary streets and lanes only inside these discs; None: everywhere.
    """
    rng = np.random.default_rng(seed)
    outline = field.to_plan(shapely.get_coordinates(ground))
    low, high = outline.min(axis=0) - plan.main_m, outline.max(axis=0) + plan.main_m
    us, vs = _ticks(low[0], high[0], plan.main_m, rng), _ticks(low[1], high[1], plan.main_m, rng)
    strokes: list[Stroke] = []
    _main_strokes(us, vs, plan, rng, strokes)
    _main_strokes(vs, us, plan, rng, strokes, turned=True)
    blocks: list[Rect] = []
    for quarter in _quarters(us, vs, ground, field, towns_m):
        _halve(quarter, MAIN, plan, rng, strokes, blocks)
    lines = _on_ground(strokes, ground, field)
    names, renumbered = np.unique(lines.name, return_inverse=True)
    lines = Lines(points=lines.points, starts=lines.starts, rank=lines.rank, name=renumbered.astype(np.int64))
    return Network(lines=lines, blocks=np.array(blocks).reshape(-1, 4), field=field, names=len(names))


def _ticks(low: float, high: float, step_m: float, rng: np.random.Generator) -> NDArray[np.float64]:
    steps = rng.uniform(0.68, 1.32, int((high - low) / step_m) + 4) * step_m
    ticks = low + np.cumsum(steps)
    return ticks[ticks < high]


def _main_strokes(
    lines_at: NDArray[np.float64],
    crossed: NDArray[np.float64],
    plan: Plan,
    rng: np.random.Generator,
    strokes: list[Stroke],
    *,
    turned: bool = False,
) -> None:
    """One main street for each line; here and there a stretch of it is demoted and the name changes after it."""
    for at in lines_at.tolist():
        demoted = rng.random(len(crossed) - 1) < plan.demoted
        name = _next_name(strokes)
        for piece, low in enumerate(demoted.tolist()):
            start, stop = float(crossed[piece]), float(crossed[piece + 1])
            if piece and (low or demoted[piece - 1]):
                name += 1
            direction = ACROSS if turned else UP
            strokes.append((direction, at, start, stop, SECONDARY if low else MAIN, name))


def _next_name(strokes: list[Stroke]) -> int:
    return strokes[-1][5] + 1 if strokes else 0


def _quarters(
    us: NDArray[np.float64],
    vs: NDArray[np.float64],
    ground: shapely.Polygon | shapely.MultiPolygon,
    field: WarpField,
    towns_m: NDArray[np.float64] | None,
) -> list[Rect]:
    """The rectangles between main streets that touch the ground (and, with towns, lie in one)."""
    u, v = (grid.ravel() for grid in np.meshgrid(np.arange(len(us) - 1), np.arange(len(vs) - 1), indexing="ij"))
    rects = np.column_stack([us[u], vs[v], us[u + 1], vs[v + 1]])
    corners = field.to_ground(rects[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)).reshape(-1, 4, 2)
    shapely.prepare(ground)
    chosen = shapely.intersects(ground, shapely.convex_hull(shapely.polygons(corners)))
    if towns_m is not None:
        away = corners.mean(axis=1)[:, None, :] - towns_m[None, :, :2]
        chosen &= (np.hypot(away[..., 0], away[..., 1]) < towns_m[:, 2]).any(axis=1)
    return [(r[0], r[1], r[2], r[3]) for r in rects[chosen].tolist()]


def _halve(
    rect: Rect, cut_by: int, plan: Plan, rng: np.random.Generator, strokes: list[Stroke], blocks: list[Rect]
) -> None:
    """Cut a rectangle across its longer side until it is a block; a quarter has its own grain, finer or coarser."""
    grain = float(rng.choice([0.8, 1.0, 1.0, 1.25, 1.6]))
    todo: list[tuple[Rect, int]] = [(rect, cut_by)]
    while todo:
        (u0, v0, u1, v1), depth = todo.pop()
        broad, tall = u1 - u0, v1 - v0
        rank = SECONDARY if max(broad, tall) > 1.45 * plan.secondary_m else LANE
        small = max(broad, tall) < 1.5 * plan.lane_m * grain or broad * tall < 1.6 * (plan.lane_m * grain) ** 2
        if small or depth > 12:
            blocks.append((u0, v0, u1, v1))
            continue
        share = float(rng.uniform(0.38, 0.62))
        if broad > tall:
            at = u0 + broad * share
            strokes.append((UP, at, v0, v1, rank, _next_name(strokes)))
            todo += [((u0, v0, at, v1), depth + 1), ((at, v0, u1, v1), depth + 1)]
        else:
            at = v0 + tall * share
            strokes.append((ACROSS, at, u0, u1, rank, _next_name(strokes)))
            todo += [((u0, v0, u1, at), depth + 1), ((u0, at, u1, v1), depth + 1)]


def _on_ground(strokes: list[Stroke], ground: shapely.Polygon | shapely.MultiPolygon, field: WarpField) -> Lines:
    """Bend the strokes by the field and keep what lies on the ground."""
    table = np.array(strokes)
    count = np.maximum(np.ceil((table[:, 3] - table[:, 2]) / SAMPLE_M).astype(np.int64), 1) + 1
    owner = np.repeat(np.arange(len(table)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    along = table[owner, 2] + (table[owner, 3] - table[owner, 2]) * step / (count[owner] - 1)
    upright = table[owner, 0] == UP
    plan_m = np.where(
        upright[:, None], np.column_stack([table[owner, 1], along]), np.column_stack([along, table[owner, 1]])
    )
    drawn = np.asarray(shapely.linestrings(field.to_ground(plan_m), indices=owner), dtype=object)
    shapely.prepare(ground)
    touched = shapely.intersects(ground, drawn)
    cut = touched & ~shapely.contains_properly(ground, drawn)
    drawn[cut] = shapely.intersection(drawn[cut], ground)
    pieces, piece_owner = shapely.get_parts(drawn[touched], return_index=True)
    long = (shapely.get_type_id(pieces) == shapely.GeometryType.LINESTRING) & (shapely.length(pieces) > SHORTEST_M)
    source = np.flatnonzero(touched)[piece_owner[long]]
    smooth = shapely.simplify(pieces[long], 0.8)
    return Lines.of(smooth, table[source, 4].astype(np.int64), table[source, 5].astype(np.int64))
