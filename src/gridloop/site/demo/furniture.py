"""Where the demo city's components stand: along its invented streets, at the distances that streets really have them (constructed)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.frame import Frame
from gridloop.engines.streets import Lines, along

MAIN, SECONDARY, LANE = 0, 1, 2
EVERYWHERE = (MAIN, SECONDARY, LANE)
STREETS = (MAIN, SECONDARY)


@dataclass(frozen=True, slots=True)
class Kind:
    """One subclass (`data/standards/components.csv`): how far apart, how far from the middle of the street, on which ranks of street."""

    subclass: str
    every_m: float
    aside_m: float
    ranks: tuple[int, ...] = EVERYWHERE


KINDS = (
    Kind("0402", 22, 6.0), Kind("0118", 34, 5.2), Kind("0104", 38, 3.8), Kind("0103", 48, 1.6), Kind("0102", 52, -1.4), Kind("0101", 85, 2.4),
    Kind("0107", 95, 4.4), Kind("0105", 120, -4.2), Kind("0111", 150, 2.9), Kind("0106", 160, 5.0), Kind("0305", 95, 6.4),
    Kind("0209", 130, 5.6, STREETS), Kind("0211", 70, 0.4, (MAIN,)), Kind("0113", 140, 5.8), Kind("0117", 150, 5.4), Kind("0213", 220, 5.0),
    Kind("0210", 280, 4.8, STREETS), Kind("0136", 230, 5.5, STREETS), Kind("0227", 210, 6.6), Kind("0407", 180, 7.0), Kind("0223", 120, 3.2, (SECONDARY,)),
    Kind("0203", 430, 6.0, (MAIN,)), Kind("0116", 330, 7.5), Kind("0405", 380, 9.0), Kind("0307", 340, 7.4, STREETS), Kind("0147", 520, 9.5),
    Kind("0220", 200, 5.1, STREETS), Kind("0408", 260, 6.8, STREETS), Kind("0115", 460, 6.9), Kind("0144", 540, 6.2), Kind("0146", 700, 8.8),
    Kind("0301", 900, 10.0), Kind("0126", 950, 11.0), Kind("0123", 1100, 6.3), Kind("0406", 1500, 9.0, STREETS), Kind("0401", 1700, 10.0),
    Kind("0205", 1900, 0.0, (MAIN,)), Kind("0509", 800, 8.0), Kind("0109", 260, 2.1), Kind("0143", 420, 3.0, STREETS),
)  # fmt: skip


@dataclass(frozen=True)
class Furniture:
    """subclass: (n,) text; lonlat: float64 (n, 2); street: int64 (n,) number of the street's name. Ordered by subclass."""

    subclass: NDArray[np.str_]
    lonlat: NDArray[np.float64]
    street: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.subclass)

    def part(self, start: int, stop: int) -> Furniture:
        """Those from `start` to before `stop`."""
        return Furniture(self.subclass[start:stop], self.lonlat[start:stop], self.street[start:stop])


def furnish(
    streets: Lines, inside: shapely.Geometry, frame: Frame, *, count: int, seed: int, closer: float = 1.0
) -> Furniture:
    """`count` components along `streets` (degrees) that stand inside `inside` (degrees), `closer` times as close as usual; the same seed gives the same ones."""
    metres = streets.moved(frame.to_metres(streets.points))
    shapely.prepare(inside)
    kinds = [replace(kind, every_m=kind.every_m / closer) for kind in KINDS]
    parts = [_of_kind(kind, metres, inside, frame, seed + number) for number, kind in enumerate(kinds)]
    subclass = np.concatenate(
        [np.full(len(lonlat), kind.subclass) for kind, (lonlat, _) in zip(KINDS, parts, strict=True)]
    )
    lonlat = np.concatenate([lonlat for lonlat, _ in parts])
    street = np.concatenate([street for _, street in parts])
    if len(subclass) < count:
        raise ValueError(
            f"these streets have room for {len(subclass)} components, {count} were asked for; take a larger area"
        )
    kept = np.sort(np.random.default_rng(seed).choice(len(subclass), size=count, replace=False))
    return Furniture(subclass[kept], lonlat[kept], street[kept])


def _of_kind(
    kind: Kind, metres: Lines, inside: shapely.Geometry, frame: Frame, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    places = along(metres, every_m=kind.every_m, aside_m=kind.aside_m, seed=seed)
    lonlat = frame.to_degrees(places.points)
    kept = np.isin(metres.rank[places.line], kind.ranks) & shapely.contains_xy(inside, lonlat)
    return lonlat[kept], metres.name[places.line[kept]]
