"""Where Xiamen's invented streets may lie: land without hills, water and the airport."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.frame import Frame
from gridloop.engines.streets import blob
from gridloop.site.basemap.sources import Airport, County, Mound, Terrain, townships

FRAME = Frame(118.12, 24.48)  # metres of everything drawn in Xiamen
ISLAND = ("350203", "350206")
SHORE_M = 130.0  # the ring road runs this far from the water
TOWN_RADIUS_M = 2_300.0
TOWN_CORE_M = 1_300.0  # no mountain comes nearer to a township's seat
SEAM_M = 3.0  # counties drawn apart by less than this are one land

Area = shapely.MultiPolygon


@dataclass(frozen=True)
class Ground:
    """One piece of land in metres of `FRAME`: its outline, what is not built on, what is."""

    land: Area
    hills: NDArray[np.object_]
    lakes: NDArray[np.object_]
    airport: shapely.Polygon | None
    towns_m: NDArray[np.float64] | None

    def buildable(self) -> Area:
        """The land behind the ring road, without hills, lakes and the airport."""
        kept_free = [shapely.union_all(self.hills), shapely.buffer(shapely.union_all(self.lakes), 25.0)]
        if self.airport is not None:
            kept_free.append(self.airport)
        return _parts(shapely.difference(shapely.buffer(self.land, -SHORE_M), shapely.union_all(kept_free)))

    def ring_road(self) -> NDArray[np.object_]:
        """The road along the shore of every larger part, rounded."""
        inland = shapely.buffer(shapely.buffer(self.land, -SHORE_M - 260.0), 260.0)
        large = [part for part in shapely.get_parts(inland) if part.area > 2_000_000]
        return np.array([shapely.LinearRing(_rounded(part.exterior)) for part in large], dtype=object)


def island_ground(counties: tuple[County, ...], sketch: Terrain) -> Ground:
    """Xiamen Island and Gulangyu, built over as a whole."""
    land = _land(counties, ISLAND)
    hills = np.array([_mound(each, number) for number, each in enumerate(sketch["hills"])], dtype=object)
    lakes = np.array([_mound(each, 100 + number) for number, each in enumerate(sketch["lakes"])], dtype=object)
    inner = shapely.buffer(land, -60.0)
    return Ground(
        land=land,
        hills=shapely.intersection(shapely.difference(hills, shapely.union_all(lakes)), inner),
        lakes=shapely.intersection(lakes, land),
        airport=_airport(sketch["airport"]),
        towns_m=None,
    )


def mainland_ground(counties: tuple[County, ...], sketch: Terrain) -> Ground:
    """The districts on the mainland: mountains, and towns round the seats of townships."""
    codes = tuple(each.code for each in counties if each.area == "xiamen" and each.code not in ISLAND)
    land = _land(counties, codes)
    centres_m = FRAME.to_metres(np.array([spot.lonlat for spot in townships() if spot.code[:6] in codes]))
    towns = shapely.union_all(shapely.buffer(shapely.points(centres_m), TOWN_CORE_M))
    mountains = np.array(
        [_wavy(_mound(each, 200 + number)) for number, each in enumerate(sketch["mountains"])], dtype=object
    )
    return Ground(
        land=land,
        hills=shapely.intersection(shapely.difference(mountains, towns), shapely.buffer(land, -80.0)),
        lakes=np.array([], dtype=object),
        airport=None,
        towns_m=np.column_stack([centres_m, np.full(len(centres_m), TOWN_RADIUS_M)]),
    )


def _land(counties: tuple[County, ...], codes: tuple[str, ...]) -> Area:
    shapes = [shapely.transform(each.shape, FRAME.to_metres) for each in counties if each.code in codes]
    return _parts(shapely.buffer(shapely.union_all(shapely.buffer(shapes, SEAM_M)), -SEAM_M))


def _parts(shape: shapely.Geometry) -> Area:
    return shapely.MultiPolygon([part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)])


def _mound(each: Mound, seed: int) -> shapely.Geometry:
    x, y = FRAME.to_metres(np.array([each["lon"], each["lat"]])).tolist()
    rough = shapely.Polygon(blob((x, y), each["radius_m"], seed=seed, stretch=each["stretch"], turn=each["turn"]))
    tight_m = 0.35 * each["radius_m"] / each["stretch"] ** 0.5  # no cape or bay narrower than this
    return rough.buffer(-tight_m).buffer(2 * tight_m).buffer(-tight_m).simplify(3.0)


def _airport(each: Airport) -> shapely.Polygon:
    centre = FRAME.to_metres(np.array([each["lon"], each["lat"]]))
    half = np.array([each["length_m"], each["breadth_m"]]) / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    cos, sin = np.cos(each["turn"]), np.sin(each["turn"])
    return shapely.Polygon(corners @ np.array([[cos, sin], [-sin, cos]]) + centre)


def _rounded(ring: shapely.LinearRing) -> NDArray[np.float64]:
    """Corners cut twice (Chaikin), so that a road and not a survey line remains."""
    points = shapely.get_coordinates(shapely.simplify(ring, 12.0))[:-1]
    for _ in range(2):
        ahead = np.roll(points, -1, axis=0)
        points = np.stack([0.75 * points + 0.25 * ahead, 0.25 * points + 0.75 * ahead], axis=1).reshape(-1, 2)
    return points


def _wavy(part: shapely.Geometry) -> shapely.Geometry:
    """The outline pushed to and fro by some hundred metres, as foothills are."""
    ring = shapely.get_coordinates(shapely.segmentize(shapely.get_exterior_ring(part), 150.0))[:-1]
    x, y = ring[:, 0] / 620.0, ring[:, 1] / 750.0
    push = np.column_stack([np.sin(y) + 0.6 * np.sin(2.3 * x + 1), np.cos(x) + 0.6 * np.sin(1.9 * y)])
    return shapely.Polygon(ring + 170.0 * push).buffer(0).buffer(-90.0).buffer(90.0)
