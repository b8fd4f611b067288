"""The base map: what is in the shipped archive, and that it can be built again."""

import gzip
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader

from gridloop.site.basemap import sources
from gridloop.site.basemap.archive import write_archive
from gridloop.site.basemap.cutting import Layer, tiles
from gridloop.site.basemap.demo_streets import demo_streets, island
from gridloop.site.basemap.mvt import TileLayer, encoded_tile
from gridloop.site.basemap.scene import layers

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "basemap" / "xiamen.pmtiles"
DETAIL = (15, 27135, 14085)  # in the middle of the island
TOWN = (13, 6782, 3519)
REGION = (11, 1695, 880)


@pytest.fixture(scope="module")
def shipped():
    with SHIPPED.open("rb") as file:
        yield Reader(MmapSource(file))


def opened(reader: Reader, tile: tuple[int, int, int]) -> dict:
    return mapbox_vector_tile.decode(gzip.decompress(reader.get(*tile)))


def test_the_shipped_map_says_that_it_is_synthetic(shipped):
    assert "synthetic" in shipped.metadata()["attribution"]
    assert "示范数据" in shipped.metadata()["attribution"]


def test_a_tile_of_the_island_has_named_streets_and_buildings(shipped):
    tile = opened(shipped, DETAIL)
    roads = [each["properties"] for each in tile["road"]["features"]]
    assert {each["class"] for each in roads} >= {"secondary", "lane"}
    assert all(each["zh"] and each["en"] for each in roads)
    assert len(tile["building"]["features"]) > 50


def test_a_tile_of_the_region_has_land_borders_metro_and_places(shipped):
    assert {"land", "border", "metro", "place", "road"} <= set(opened(shipped, REGION))


def test_the_open_sea_has_no_tile(shipped):
    assert shipped.get(12, 3400, 1770) is None


def test_the_shipped_tiles_are_what_the_builder_makes_of_seed_1(shipped):
    wanted = {DETAIL, TOWN, REGION}
    built = dict(tiles(layers(1), sorted({tile[0] for tile in wanted}), only=wanted))
    assert set(built) == wanted
    assert all(gzip.decompress(shipped.get(*tile)) == body for tile, body in built.items())


def test_the_demonstrations_streets_are_those_of_the_map():
    streets, names = demo_streets(1)
    assert np.array_equal(streets.points, island(1).streets.points)
    assert names == island(1).names
    land = shapely.union_all([each.shape for each in sources.counties() if each.code in ("350203", "350206")])
    assert shapely.contains_xy(land.buffer(1e-4), streets.points).all()


def test_an_archive_has_the_same_bytes_each_time(tmp_path):
    square = np.array([shapely.box(118.0, 24.4, 118.2, 24.6)], dtype=object)
    for name in ("one", "two"):
        found = tiles([Layer("land", square, [{"kind": "managed"}], 8, 10)], range(8, 11))
        write_archive(
            tmp_path / name, found, bounds=(118, 24, 119, 25), centre=(118.1, 24.5, 9), metadata={"name": "x"}
        )
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_tiles_are_read_as_they_were_meant():
    layer = TileLayer("things")
    layer.add(
        shapely.Polygon([(0, 0), (0, 100), (100, 100), (100, 0)], [[(20, 20), (60, 20), (60, 60), (20, 60)]]),
        {"zh": "湖", "step": 2},
    )
    layer.add(shapely.LineString([(0, 0), (10, 5), (10.2, 5.1), (300, -40)]), {"zh": "路"})
    layer.add(shapely.Point(7, 9), {"step": -3})
    read = mapbox_vector_tile.decode(encoded_tile([layer]), default_options={"y_coord_down": True})["things"][
        "features"
    ]
    assert shapely.geometry.shape(read[0]["geometry"]).area == 100 * 100 - 40 * 40
    assert read[1]["geometry"]["coordinates"] == [[0, 0], [10, 5], [300, -40]]
    assert read[2]["geometry"]["coordinates"] == [7, 9]
    assert [each["properties"] for each in read] == [{"zh": "湖", "step": 2}, {"zh": "路"}, {"step": -3}]


def test_what_rounds_to_nothing_is_left_out():
    layer = TileLayer("things")
    layer.add(shapely.Polygon([(0, 0), (0.2, 0), (0.2, 0.2)]), {})
    layer.add(shapely.LineString([(5.0, 5.0), (5.3, 5.1)]), {})
    assert not layer
    assert encoded_tile([layer]) == b""


def test_an_interchange_is_put_where_it_lengthens_the_line_least():
    stops = sources.metro_lines()["厦门市2号线"]
    names = {station.lonlat: station.zh for station in sources.metro_stations()}
    course = [names[tuple(stop)] for stop in stops.tolist()]
    assert course[course.index("育秀东路") : course.index("江头") + 1] == ["育秀东路", "吕厝", "江头"]
