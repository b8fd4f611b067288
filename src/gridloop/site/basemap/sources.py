"""Reading what the base map is drawn from: real outlines and stations, and the sketch of Xiamen's terrain."""

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

import numpy as np
import shapely
from numpy.typing import NDArray

GEO = Path(__file__).resolve().parents[4] / "data" / "geo"


@dataclass(frozen=True)
class County:
    """A county of a managed area, its outline in WGS-84."""

    code: str
    zh: str
    en: str
    area: str
    shape: shapely.MultiPolygon


@dataclass(frozen=True)
class Spot:
    """A named point in WGS-84."""

    zh: str
    en: str
    lonlat: tuple[float, float]
    code: str = ""


class Mound(TypedDict):
    """A hill or lake of the sketch: centre, mean radius, how long against broad, direction of its long axis in radians."""

    lon: float
    lat: float
    radius_m: float
    stretch: float
    turn: float
    zh: str
    en: str


class Airport(TypedDict):
    """A runway field of the sketch."""

    lon: float
    lat: float
    turn: float
    length_m: float
    breadth_m: float
    zh: str
    en: str


class Crossing(TypedDict):
    """A bridge or tunnel of the sketch, its course in lon/lat."""

    zh: str
    en: str
    path: list[list[float]]


class Terrain(TypedDict):
    """The sketch of Xiamen's terrain; approximate, see data/geo/README.md."""

    hills: list[Mound]
    mountains: list[Mound]
    lakes: list[Mound]
    airport: Airport
    crossings: list[Crossing]


@cache
def counties() -> tuple[County, ...]:
    """The counties of the four managed areas, by code."""
    features = json.loads((GEO / "counties.geojson").read_bytes())["features"]
    return tuple(
        County(
            code=each["properties"]["code"],
            zh=each["properties"]["name_zh"],
            en=each["properties"]["name_en"],
            area=each["properties"]["area"],
            shape=_areas(each["geometry"]),
        )
        for each in features
    )


def neighbours() -> shapely.MultiPolygon:
    """The rest of Fujian's land, coarse."""
    features = json.loads((GEO / "fujian_land.geojson").read_bytes())["features"]
    return _areas(features[0]["geometry"])


def _areas(geometry: object) -> shapely.MultiPolygon:
    """A GeoJSON Polygon or MultiPolygon as its parts."""
    parts = shapely.get_parts(shapely.from_geojson(json.dumps(geometry)))
    return shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon)])


@cache
def townships() -> tuple[Spot, ...]:
    """Townships whose seat is known, by code."""
    with (GEO / "townships.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Spot(row["name_zh"], row["name_en"], (float(row["lon"]), float(row["lat"])), row["code"])
            for row in csv.DictReader(file)
        )


def terrain() -> Terrain:
    """The sketch of Xiamen's hills, lakes, airport and crossings."""
    sketch: Terrain = json.loads((GEO / "xiamen_terrain.json").read_bytes())
    return sketch


def metro_stations() -> list[Spot]:
    """Metro stations of Xiamen and Fuzhou; `code` is the number of lines that meet there."""
    return [
        Spot(
            each["properties"]["name"],
            each["properties"]["pinyin"].capitalize(),
            (each["geometry"]["coordinates"][0], each["geometry"]["coordinates"][1]),
            str(len(each["properties"]["lines"])),
        )
        for each in _stations()
    ]


def metro_lines() -> dict[str, NDArray[np.float64]]:
    """The course of each metro line, by city and line: its stations (n, 2) in lon/lat joined in order.

    The list names an interchange only at the first of its lines; on the others it is put where it lengthens the line least.
    """
    own: dict[str, list[tuple[float, float]]] = defaultdict(list)
    borrowed: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for each in _stations():
        lon, lat = each["geometry"]["coordinates"]
        for number, line in enumerate(each["properties"]["lines"]):
            (borrowed if number else own)[each["properties"]["city"] + line].append((lon, lat))
    return {line: _with_all(np.array(stops), borrowed[line]) for line, stops in own.items()}


def _with_all(stops: NDArray[np.float64], borrowed: list[tuple[float, float]]) -> NDArray[np.float64]:
    waiting = [np.array(stop) for stop in borrowed]
    while waiting:
        best = min(
            (
                (_longer_by(stops, stop, at), number, at)
                for number, stop in enumerate(waiting)
                for at in range(len(stops) + 1)
            )
        )
        stops = np.insert(stops, best[2], waiting.pop(best[1]), axis=0)
    return stops


def _longer_by(stops: NDArray[np.float64], stop: NDArray[np.float64], at: int) -> float:
    to = np.hypot(*(stops - stop).T)
    if at == 0:
        return float(to[0])
    if at == len(stops):
        return float(to[-1])
    return float(to[at - 1] + to[at] - np.hypot(*(stops[at] - stops[at - 1])))


class _StationProperties(TypedDict):
    city: str
    name: str
    pinyin: str
    lines: list[str]


class _Point(TypedDict):
    coordinates: list[float]


class _Station(TypedDict):
    properties: _StationProperties
    geometry: _Point


def _stations() -> list[_Station]:
    features: list[_Station] = json.loads((GEO / "metro_stations.geojson").read_bytes())["features"]
    return features
