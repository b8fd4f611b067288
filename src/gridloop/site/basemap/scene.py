"""The layers of the base map, from the real outlines and the invented city."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gridloop.engines.streets import LANE, MAIN, SECONDARY
from gridloop.site.basemap import sources
from gridloop.site.basemap.cutting import Layer
from gridloop.site.basemap.demo_streets import City, island, mainland
from gridloop.site.basemap.ground import FRAME
from gridloop.site.basemap.mvt import Properties

REGION_TO_ZOOM = 12  # coarse layers end here and are drawn larger by the client
DETAIL_FROM_ZOOM, DETAIL_TO_ZOOM = 13, 15
RANKS = {MAIN: "main", SECONDARY: "secondary", LANE: "lane"}
SAME_BORDER_DEGREES = 2e-4  # counties digitised apart by less share a border
HILL_STEPS_M = (0.0, 150.0, 330.0)  # insets of a hill's outline, one tone each


def layers(seed: int) -> list[Layer]:
    """Every layer from the bottom up; the layers of one name become one layer of a tile."""
    cities = (island(seed), mainland(seed))
    return [*_land(), *_nature(cities), *_roads(cities), *_buildings(cities), *_borders(), *_metro(), *_labels()]


def _land() -> list[Layer]:
    rest = shapely.get_parts(sources.neighbours())
    managed = [(part, each) for each in sources.counties() for part in shapely.get_parts(each.shape)]
    own = np.array([part for part, _ in managed], dtype=object)
    kinds: list[Properties] = [{"kind": "managed", "area": each.area} for _, each in managed]
    return [
        Layer("land", rest, [{"kind": "other"}] * len(rest), 5, REGION_TO_ZOOM),
        Layer("land", own, kinds, 5, REGION_TO_ZOOM),
    ]


def _nature(cities: Sequence[City]) -> list[Layer]:
    found = []
    for city in cities:
        for step, inset_m in enumerate(HILL_STEPS_M):
            tops = shapely.buffer(city.ground.hills, -inset_m)
            tops = _degrees(tops[shapely.area(tops) > 12_000.0])
            found.append(Layer("green", tops, [{"kind": "hill", "step": step}] * len(tops), 9, REGION_TO_ZOOM))
        parks = np.asarray(shapely.polygons(city.parks), dtype=object)
        found.append(
            Layer("green", parks, [{"kind": "park"}] * len(parks), DETAIL_FROM_ZOOM, DETAIL_TO_ZOOM, cut=False)
        )
        lakes = _degrees(city.ground.lakes)
        found.append(Layer("water", lakes, [{"kind": "lake"}] * len(lakes), 9, REGION_TO_ZOOM))
        if city.ground.airport is not None:
            apron = _degrees(np.array([city.ground.airport], dtype=object))
            found.append(Layer("airport", apron, [{"kind": "apron"}], 10, REGION_TO_ZOOM))
            found.append(
                Layer("airport", _degrees(_runway(city.ground.airport)), [{"kind": "runway"}], 10, REGION_TO_ZOOM)
            )
    return found


def _roads(cities: Sequence[City]) -> list[Layer]:
    found = []
    for city in cities:
        shapes = city.streets.shapes()
        for rank, zooms in ((LANE, (13, 15)), (SECONDARY, (11, 15)), (MAIN, (8, 15))):
            rows = np.flatnonzero(city.streets.rank == rank)
            named = [_street(city, row) for row in rows.tolist()]
            plain: list[Properties] = [{"class": RANKS[rank]}] * len(rows)
            if rank == LANE:
                found.append(Layer("road", shapes[rows], plain, zooms[0], 14))
                found.append(Layer("road", shapes[rows], named, 15, zooms[1]))
            else:
                found.append(Layer("road", shapes[rows], named, *zooms))
    crossings = sources.terrain()["crossings"]
    paths = np.array([shapely.LineString(_curved(np.array(each["path"]))) for each in crossings], dtype=object)
    bridges: list[Properties] = [{"class": "bridge", "zh": each["zh"], "en": each["en"]} for each in crossings]
    return [*found, Layer("road", paths, bridges, 8, DETAIL_TO_ZOOM)]


def _street(city: City, row: int) -> Properties:
    zh, en = city.names[int(city.streets.name[row])]
    return {"class": RANKS[int(city.streets.rank[row])], "zh": zh, "en": en}


def _buildings(cities: Sequence[City]) -> list[Layer]:
    return [
        Layer(
            "building",
            np.asarray(shapely.polygons(city.buildings), dtype=object),
            [{}] * len(city.buildings),
            14,
            DETAIL_TO_ZOOM,
            cut=False,
        )
        for city in cities
        if len(city.buildings)
    ]


def _borders() -> list[Layer]:
    counties = sources.counties()
    found: list[shapely.Geometry] = []
    kinds: list[Properties] = []
    for number, one in enumerate(counties):
        for other in counties[number + 1 :]:
            near = shapely.buffer(other.shape, SAME_BORDER_DEGREES)
            if not one.shape.intersects(near):
                continue
            shared = shapely.line_merge(shapely.intersection(one.shape.boundary, near))
            pieces = [
                part for part in shapely.get_parts(shared) if part.length > 0.002 and part.geom_type == "LineString"
            ]
            found += pieces
            kinds += [{"kind": "county" if one.code[:4] == other.code[:4] else "city"}] * len(pieces)
    coast = shapely.get_parts(
        shapely.boundary(shapely.union_all([shapely.buffer(each.shape, 3e-5) for each in counties]))
    )
    return [
        Layer("border", np.array(found, dtype=object), kinds, 8, REGION_TO_ZOOM),
        Layer("border", coast, [{"kind": "outline"}] * len(coast), 8, REGION_TO_ZOOM),
    ]


def _metro() -> list[Layer]:
    lines = sources.metro_lines()
    stations = sources.metro_stations()
    paths = np.array([shapely.LineString(_curved(course)) for course in lines.values()], dtype=object)
    points = shapely.points([each.lonlat for each in stations])
    marks: list[Properties] = [{"zh": each.zh, "en": each.en, "lines": int(each.code)} for each in stations]
    return [
        Layer("metro", paths, [{"kind": "line", "zh": name} for name in lines], 9, REGION_TO_ZOOM),
        Layer("metro_station", points, marks, 11, REGION_TO_ZOOM),
    ]


def _labels() -> list[Layer]:
    counties = sources.counties()
    inside = shapely.point_on_surface(
        np.array([max(shapely.get_parts(each.shape), key=shapely.area) for each in counties])
    )
    seats = sources.townships()
    sketch = sources.terrain()
    mounds = [*sketch["hills"], *sketch["mountains"]]
    hills = [(each["lon"], each["lat"]) for each in mounds]
    lakes = [(each["lon"], each["lat"]) for each in sketch["lakes"]]
    port = sketch["airport"]
    return [
        Layer(
            "place", inside, [{"kind": "county", "zh": each.zh, "en": each.en} for each in counties], 7, REGION_TO_ZOOM
        ),
        Layer(
            "place",
            shapely.points([each.lonlat for each in seats]),
            [{"kind": "township", "zh": each.zh, "en": each.en} for each in seats],
            11,
            REGION_TO_ZOOM,
        ),
        Layer("place", shapely.points(hills), [_called(each["zh"], each["en"], "hill") for each in mounds], 12, 12),
        Layer(
            "place",
            shapely.points(lakes),
            [_called(each["zh"], each["en"], "lake") for each in sketch["lakes"]],
            12,
            12,
        ),
        Layer(
            "place", shapely.points([(port["lon"], port["lat"])]), [_called(port["zh"], port["en"], "airport")], 12, 12
        ),
    ]


def _called(zh: str, en: str, kind: str) -> Properties:
    return {"kind": kind, "zh": zh, "en": en}


def _degrees(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    moved: NDArray[np.object_] = shapely.transform(shapes, FRAME.to_degrees)
    return moved


def _runway(apron: shapely.Polygon) -> NDArray[np.object_]:
    """The middle line of the long side, short of both ends."""
    corners = shapely.get_coordinates(apron.exterior)[:4]
    ends = np.array([corners[[0, 3]].mean(axis=0), corners[[1, 2]].mean(axis=0)])
    return np.array(
        [shapely.LineString([ends[0] * 0.94 + ends[1] * 0.06, ends[0] * 0.06 + ends[1] * 0.94])], dtype=object
    )


def _curved(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """A smooth course through all points of a path (Catmull-Rom, eight steps a piece)."""
    held = np.concatenate([path[:1] * 2 - path[1:2], path, path[-1:] * 2 - path[-2:-1]])
    before, start, stop, after = held[:-3], held[1:-2], held[2:-1], held[3:]
    share = np.linspace(0, 1, 8, endpoint=False)[:, None, None]
    course = 0.5 * (
        2 * start
        + (stop - before) * share
        + (2 * before - 5 * start + 4 * stop - after) * share**2
        + (3 * start - before - 3 * stop + after) * share**3
    )
    return np.concatenate([course.transpose(1, 0, 2).reshape(-1, 2), path[-1:]])
