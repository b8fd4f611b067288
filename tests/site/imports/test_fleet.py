"""Vehicles from a table, fences from a file with geometries: every row accounted for, twice changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from gridloop.engines.crs import wgs84_to_gcj02
from gridloop.fleet.models import Fence, Terminal, Vehicle
from gridloop.kernel.caller import system
from gridloop.kernel.errors import Malformed
from gridloop.site.imports.fences import import_fences
from gridloop.site.imports.report import Ending
from gridloop.site.imports.vehicles import import_vehicles
from tests.builders import NOW

ROOT = Path(__file__).parents[3]
BY = system("import")
VEHICLES = (ROOT / "data/mappings/vehicles.toml").read_text(encoding="utf-8")
FENCES = (ROOT / "data/mappings/fences.toml").read_text(encoding="utf-8")
HEADER = ("车牌号", "车辆类型", "车牌颜色", "业户名称", "区划代码", "终端手机号", "终端ID")
GOOD = [
    ("示D00001", "危险品运输", "黄色", "示范物流", "350203000000", "013900000001", "A1"),
    ("示D00002", "coach", "2", "示范客运", "350206", "", ""),
]
SQUARE = shapely.box(118.08, 24.45, 118.09, 24.46)


def counts(account) -> tuple[int, ...]:
    assert account.whole
    return tuple(account.endings[ending] for ending in Ending)


def quiet(_share: float, _rows: int) -> None:
    """Nobody watches."""


@pytest.fixture
def take(db, order, tmp_path):
    """Imports these rows and gives the account."""

    def taken(*rows: tuple[str, ...], **more: object):
        path = tmp_path / "v.csv"
        path.write_text("\n".join(",".join(row) for row in (HEADER, *rows)), encoding="utf-8")
        return import_vehicles(order(path, VEHICLES, **more), by=BY, now=NOW, progress=quiet)

    return taken


def test_vehicles_come_in_with_their_terminals_and_twice_changes_nothing(take):
    account = take(*GOOD)
    assert (counts(account), account.extra["terminals"]) == ((2, 0, 0, 0), 1)
    truck = Vehicle.objects.get(plate="示D00001")
    assert (truck.kind, truck.plate_colour, truck.area) == ("hazmat", 2, "350203")
    assert Terminal.objects.get().vehicle == truck
    assert counts(take(*GOOD)) == (0, 2, 0, 0)


def test_a_row_that_says_something_else_is_reported_and_stays(take, report):
    take(*GOOD)
    assert counts(take((*GOOD[0][:3], "另一家", *GOOD[0][4:]))) == (0, 0, 1, 0)
    assert "is registered already and differs in firm" in report()[0]
    assert "业户名称" in report()[0]
    assert counts(take((*GOOD[1][:5], "13900000001", "A1"))) == (0, 0, 1, 0)
    assert "sits in 示D00001 already" in report()[0]


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (0, "", "this must be said"),
        (0, "no plate", "is no number plate"),
        (1, "飞机", "this is no kind of vehicle"),
        (2, "plaid", "this is no colour of a plate"),
        (4, "somewhere", "'somewhere' is not an area"),
        (5, "abc", "is no terminal number"),
    ],
)
def test_a_bad_row_says_why(take, report, at, value, reason):
    row = [*GOOD[0]]
    row[at] = value
    assert counts(take(tuple(row))) == (0, 0, 0, 1)
    assert reason in report()[0]
    assert report()[0].startswith("2,")


def test_a_dry_run_writes_nothing(take):
    assert counts(take(*GOOD, dry_run=True)) == (2, 0, 0, 0)
    assert not Vehicle.objects.exists()


def test_a_workbook_is_read_too(db, order, tmp_path):
    book = openpyxl.Workbook()
    for row in (HEADER, *GOOD):
        book.active.append(row)
    book.save(tmp_path / "v.xlsx")
    assert counts(import_vehicles(order(tmp_path / "v.xlsx", VEHICLES), by=BY, now=NOW, progress=quiet)) == (2, 0, 0, 0)


def test_a_mapping_with_an_unknown_kind_is_refused(db, order, tmp_path):
    with pytest.raises(Malformed, match="'rocket' is no kind of vehicle"):
        import_vehicles(
            order(tmp_path / "v.csv", VEHICLES.replace('"hazmat"', '"rocket"')), by=BY, now=NOW, progress=quiet
        )


FEATURES = [
    (
        {
            "code": "zone",
            "name_zh": "禁行区",
            "name_en": "",
            "radius_m": None,
            "width_m": None,
            "area": "350203",
            "note": "",
        },
        SQUARE,
    ),
    (
        {
            "code": "school",
            "name_zh": "学校",
            "name_en": "School",
            "radius_m": 150,
            "width_m": None,
            "area": "350203",
            "note": "",
        },
        shapely.Point(118.1, 24.46),
    ),
    (
        {"code": "tunnel", "name_zh": "隧道", "name_en": "", "radius_m": None, "width_m": 30, "area": "", "note": ""},
        shapely.LineString([(118.1, 24.46), (118.13, 24.47)]),
    ),
]


def written(path: Path, features) -> Path:
    listed = [
        {"type": "Feature", "properties": said, "geometry": json.loads(shapely.to_geojson(shape)) if shape else None}
        for said, shape in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), encoding="utf-8")
    return path


@pytest.fixture
def draw(db, order, tmp_path):
    """Imports these features and gives the account."""

    def drawn(*features, crs: str = "EPSG:4326", **more: object):
        return import_fences(
            order(written(tmp_path / "f.geojson", features), FENCES, crs=crs, **more), by=BY, now=NOW, progress=quiet
        )

    return drawn


def test_areas_circles_and_corridors_come_in_and_twice_changes_nothing(draw):
    account = draw(*FEATURES)
    assert (counts(account), [account.extra[kind] for kind in ("area", "circle", "corridor")]) == (
        (3, 0, 0, 0),
        [1, 1, 1],
    )
    assert (Fence.objects.get(code="school").radius_m, Fence.objects.get(code="tunnel").width_m) == (150, 30)
    assert counts(draw(*FEATURES)) == (0, 3, 0, 0)
    other = ({**FEATURES[0][0]}, shapely.box(118.08, 24.45, 118.10, 24.46))
    assert counts(draw(other)) == (0, 0, 1, 0)
    assert Fence.objects.filter(code="zone").count() == 1


def test_gcj02_comes_home(draw):
    draw((FEATURES[0][0], shapely.transform(SQUARE, wgs84_to_gcj02)), crs="GCJ-02")
    kept = shapely.get_coordinates(shapely.normalize(shapely.from_wkb(bytes(Fence.objects.get().geom.wkb))))
    assert np.abs(kept - shapely.get_coordinates(shapely.normalize(SQUARE))).max() < 2e-7


@pytest.mark.parametrize("form", ["gpkg", "shp"])
def test_shapefiles_and_geopackages_are_read(db, order, tmp_path, form):
    file = tmp_path / f"f.{form}"
    names = ["code", "name_zh", "name_en", "radius_m", "width_m", "area", "note"]
    columns = [np.array([value], dtype=object) for value in ("zone", "禁行区", "", "", "", "350203", "")]
    pyogrio.raw.write(
        file,
        np.array([shapely.to_wkb(SQUARE)], dtype=object),
        columns,
        names,
        geometry_type="Polygon",
        crs="EPSG:4326",
        encoding="UTF-8",
    )
    account = import_fences(order(file, FENCES, crs="EPSG:4326"), by=BY, now=NOW, progress=quiet)
    assert counts(account) == (1, 0, 0, 0)
    assert Fence.objects.get().name_zh == "禁行区"


@pytest.mark.parametrize(
    ("said", "shape", "reason"),
    [
        ({"code": ""}, SQUARE, "this must be said"),
        ({"code": "a b"}, SQUARE, "is no code"),
        ({}, None, "a fence is a polygon"),
        ({}, shapely.Point(118.1, 24.4), "a circle's radius lies between"),
        ({"radius_m": "far"}, shapely.Point(118.1, 24.4), "no length in metres"),
        (
            {},
            shapely.Polygon([(118.08, 24.45), (118.09, 24.46), (118.09, 24.45), (118.08, 24.46)]),
            "Self-intersection",
        ),
        ({"area": "x"}, SQUARE, "is not an area"),
    ],
)
def test_a_bad_fence_says_why(draw, report, said, shape, reason):
    assert counts(draw((FEATURES[0][0] | said, shape))) == (0, 0, 0, 1)
    assert reason in report()[0]


def test_the_coordinate_system_must_be_said_and_tables_hold_no_fences(draw, order, tmp_path):
    with pytest.raises(Malformed, match="say in which coordinate system"):
        draw(*FEATURES, crs="")
    (tmp_path / "f.csv").write_text("code\n1\n", encoding="utf-8")
    with pytest.raises(Malformed, match="is a table; fences are"):
        import_fences(order(tmp_path / "f.csv", FENCES, crs="EPSG:4326"), by=BY, now=NOW, progress=quiet)
