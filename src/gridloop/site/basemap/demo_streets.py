"""The invented streets of Xiamen, for the base map and for the demonstration's lamps, trees and manholes alike."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.streets import (
    MAIN,
    Lines,
    Network,
    Plan,
    WarpField,
    footprints,
    plan_streets,
    street_names,
)
from gridloop.site.basemap.ground import FRAME, Ground, island_ground, mainland_ground
from gridloop.site.basemap.sources import counties, terrain

ISLAND_PLAN = Plan()
MAINLAND_PLAN = Plan(main_m=1_700.0, secondary_m=430.0, lane_m=140.0, demoted=0.2)
RING_NAME = ("环岛路", "Huandao Road")


@dataclass(frozen=True)
class City:
    """Everything invented for one piece of land, in degrees.

    streets: lines with ranks and name numbers; names: (zh, en) by that number; buildings, parks: float64 (n, 4, 2).
    """

    ground: Ground
    streets: Lines
    names: list[tuple[str, str]]
    buildings: NDArray[np.float64]
    parks: NDArray[np.float64]


def demo_streets(seed: int) -> tuple[Lines, list[tuple[str, str]]]:
    """The streets of Xiamen Island in degrees and their names (zh, en), the same as on the base map of that seed; without its buildings."""
    _, _, streets, names = _island_streets(seed)
    return _degrees(streets), names


@cache
def island(seed: int) -> City:
    """Xiamen Island, dense: streets with a ring road, buildings, small parks."""
    ground, network, streets, names = _island_streets(seed)
    houses, parks = footprints(network, shapely.buffer(ground.buildable(), -12.0), seed=seed + 1)
    return City(ground, _degrees(streets), names, FRAME.to_degrees(houses), FRAME.to_degrees(parks))


@cache
def _island_streets(seed: int) -> tuple[Ground, Network, Lines, list[tuple[str, str]]]:
    ground = island_ground(counties(), terrain())
    field = WarpField.seeded(seed, angle=0.36)
    network = plan_streets(ground.buildable(), field=field, plan=ISLAND_PLAN, seed=seed)
    streets, names = _named(_with_ring(network, ground), seed + 2)
    names[0] = RING_NAME
    return ground, network, streets, names


@cache
def mainland(seed: int) -> City:
    """The districts on the mainland: main streets everywhere outside the mountains, finer ones in towns."""
    ground = mainland_ground(counties(), terrain())
    network = plan_streets(
        ground.buildable(),
        field=WarpField.seeded(seed + 7, angle=0.2, wave_m=(9_000.0, 26_000.0)),
        plan=MAINLAND_PLAN,
        seed=seed + 7,
        towns_m=ground.towns_m,
    )
    streets, names = _named(network.lines, seed + 9)
    nothing = np.empty((0, 4, 2))
    return City(ground, _degrees(streets), names, nothing, nothing)


def _with_ring(network: Network, ground: Ground) -> Lines:
    rings = ground.ring_road()
    lines = network.lines
    shapes = np.concatenate([[shapely.LineString(ring.coords) for ring in rings], lines.shapes()])
    rank = np.concatenate([np.full(len(rings), MAIN), lines.rank])
    return Lines.of(shapes, rank, np.concatenate([np.zeros(len(rings), dtype=np.int64), lines.name + 1]))


def _named(lines: Lines, seed: int) -> tuple[Lines, list[tuple[str, str]]]:
    """The lines with an invented name for each name number."""
    number, first = np.unique(lines.name, return_index=True)
    names = street_names(lines.rank[first].tolist(), seed=seed)
    by_number = dict(zip(number.tolist(), names, strict=True))
    return lines, [by_number.get(each, ("", "")) for each in range(int(number.max()) + 1)]


def _degrees(lines: Lines) -> Lines:
    return lines.moved(FRAME.to_degrees(lines.points))
