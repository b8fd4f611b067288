"""Surveys of components, from every kind of file, in every coordinate system that is met in China."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from gridloop.engines.crs import wgs84_to_bd09, wgs84_to_gcj02
from gridloop.kernel.caller import system
from gridloop.kernel.errors import Malformed
from gridloop.places.models import Component, ComponentCluster, ComponentPoint, ImportedComponent
from gridloop.places.queries import at, finder
from gridloop.site.imports.components import import_components
from gridloop.site.imports.report import Ending
from tests.builders import NOW, a_unit

BY = system("import")
COLUMNS = """
dataset = "survey"
[columns]
id = "ObjID"
subclass = "SubClass"
name = "ObjName"
state = "ObjState"
owner = "Owner"
surveyed = "CHDate"
note = "Note"
"""
WITH_POSITION = COLUMNS + 'lon = "Lon"\nlat = "Lat"\n'
FIELDS = ["ObjID", "SubClass", "ObjName", "ObjState", "Owner", "CHDate", "Note"]
ROWS = [
    ["a", "0102", "污水井盖", "完好", "SANI", "2024-05-06", ""],
    ["b", "0102", "", "破损", "", "2024-05-06", "缺角"],
    ["c", "0402", "行道树", "intact", "SANI", "", ""],
]
SPOTS = np.array([[118.11, 24.475], [118.111, 24.4755], [118.1105, 24.4748]])


def write(path: Path, rows: list[list[str]], spots: np.ndarray) -> Path:
    """The same rows in whatever form the ending asks for."""
    ending = path.suffix
    table = [[*row, str(lon), str(lat)] for row, (lon, lat) in zip(rows, spots.tolist(), strict=True)]
    header = [*FIELDS, "Lon", "Lat"]
    if ending == ".csv":
        path.write_text("\n".join(",".join(line) for line in [header, *table]), encoding="gb18030")
    elif ending == ".xlsx":
        book = openpyxl.Workbook()
        for line in [header, *table]:
            book.active.append(line)
        book.save(path)
    elif ending == ".parquet":
        pq.write_table(pa.table({name: [line[n] for line in table] for n, name in enumerate(header)}), path)
    elif ending == ".geojson":
        features = [
            {
                "type": "Feature",
                "properties": dict(zip(FIELDS, row, strict=True)),
                "geometry": {"type": "Point", "coordinates": spot},
            }
            for row, spot in zip(rows, spots.tolist(), strict=True)
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    else:
        shapes(path, rows, spots)
    return path


def shapes(path: Path, rows: list[list[str]], spots: np.ndarray, crs: str | None = "EPSG:4490") -> None:
    target = path.with_suffix(".shp") if path.suffix == ".zip" else path
    fields = [np.array([row[n] for row in rows], dtype=object) for n in range(len(FIELDS))]
    pyogrio.raw.write(
        target, np.array(shapely.to_wkb(shapely.points(spots)), dtype=object), fields, FIELDS, geometry_type="Point", crs=crs,
        driver="GPKG" if target.suffix == ".gpkg" else "ESRI Shapefile", encoding="UTF-8",
    )  # fmt: skip
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for part in path.parent.glob(f"{path.stem}.*"):
                if part != path:
                    archive.write(part, part.name)


@pytest.fixture
def take(town, order):
    """Imports a file and gives the account."""
    a_unit(kind="sani", code="SANI")

    def taken(file: Path, mapping: str = "", crs: str = "EPSG:4490", **more: object):
        mapping = mapping or (WITH_POSITION if file.suffix in {".csv", ".xlsx", ".parquet"} else COLUMNS)
        asked = order(file, mapping, crs=crs, **more)
        return import_components(asked, by=BY, now=NOW, progress=lambda _share, _rows: None)

    return taken


def counts(account) -> tuple[int, ...]:
    assert account.whole
    return tuple(account.endings[ending] for ending in Ending)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet", ".geojson", ".gpkg", ".shp", ".zip"])
def test_every_form_of_a_survey_gives_the_same_components(take, tmp_path, ending):
    assert counts(take(write(tmp_path / f"survey{ending}", ROWS, SPOTS))) == (3, 0, 0, 0)
    kept = {row.foreign_id: Component.objects.get(pk=row.code) for row in ImportedComponent.objects.all()}
    assert {name: (one.subclass, one.name, one.state, one.note) for name, one in kept.items()} == {
        "a": ("0102", "污水井盖", "intact", ""),
        "b": ("0102", kept["b"].name, "broken", "缺角"),
        "c": ("0402", "行道树", "intact", ""),
    }
    assert kept["b"].name
    assert kept["a"].owner_unit_id is not None
    assert str(kept["a"].surveyed_on) == "2024-05-06"
    for one, spot in zip((kept["a"], kept["b"], kept["c"]), SPOTS.tolist(), strict=True):
        assert (one.geom.x, one.geom.y) == pytest.approx(spot, abs=1e-8)
        assert (one.place, one.cell) == (at(*spot).place, at(*spot).place)
        assert one.code.startswith(f"350203{one.subclass}")


@pytest.mark.parametrize(
    ("crs", "turn"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09), ("gcj02", wgs84_to_gcj02)]
)
def test_positions_of_map_vendors_are_brought_home(take, tmp_path, crs, turn):
    moved = turn(SPOTS)
    assert np.abs(moved - SPOTS).max() > 0.002
    assert counts(take(write(tmp_path / "survey.geojson", ROWS, moved), crs=crs)) == (3, 0, 0, 0)
    for row, spot in zip(ImportedComponent.objects.order_by("foreign_id"), SPOTS.tolist(), strict=True):
        geom = Component.objects.get(pk=row.code).geom
        assert (geom.x, geom.y) == pytest.approx(spot, abs=1e-7)


def test_without_a_coordinate_system_nothing_is_imported(take, tmp_path):
    with pytest.raises(Malformed, match="say in which coordinate system the file is: --crs EPSG:4326"):
        take(write(tmp_path / "survey.geojson", ROWS, SPOTS), crs="")


def test_a_file_in_metres_is_refused_with_the_way_to_turn_it(take, tmp_path):
    shapes(tmp_path / "survey.gpkg", ROWS, SPOTS * 10000, crs="EPSG:4549")
    with pytest.raises(Malformed, match=r"survey.gpkg says that it is in EPSG:4549; convert it first: ogr2ogr"):
        take(tmp_path / "survey.gpkg")


def test_importing_twice_changes_nothing_and_a_changed_row_is_reported(take, tmp_path, report):
    take(write(tmp_path / "survey.csv", ROWS, SPOTS))
    before = list(Component.objects.order_by("code").values())
    assert counts(take(write(tmp_path / "survey.csv", ROWS, SPOTS))) == (0, 3, 0, 0)
    later = [ROWS[0], [*ROWS[1][:3], "完好", *ROWS[1][4:]], ROWS[2]]
    assert counts(take(write(tmp_path / "survey.csv", later, SPOTS))) == (0, 2, 1, 0)
    code = ImportedComponent.objects.get(foreign_id="b").code
    assert f"says something else than component {code}" in report()[0]
    assert report()[0].startswith("3,b,changed,ObjState,")
    assert list(Component.objects.order_by("code").values()) == before


BUILT = WITH_POSITION.replace("note =", 'installed = "Built"\ncontractor = "Builder"\nwarranty = "Until"\nnote =')


def built(path: Path, until: str) -> Path:
    path.write_text(
        f"ObjID,SubClass,ObjName,ObjState,Owner,CHDate,Built,Builder,Until,Note,Lon,Lat\na,0102,井盖,完好,SANI,2024-05-06,2023-01-02,甲公司,{until},,118.11,24.475\n"
    )
    return path


def test_a_survey_brings_the_warranty_along_and_a_day_that_is_none_is_a_fault(take, tmp_path, report):
    assert counts(take(built(tmp_path / "bad.csv", "soon"), BUILT)) == (0, 0, 0, 1)
    assert "Until" in report()[0]
    assert counts(take(built(tmp_path / "good.csv", "2025-01-02"), BUILT)) == (1, 0, 0, 0)
    one = Component.objects.get()
    assert (str(one.installed_on), one.warranty_contractor, str(one.warranty_until)) == (
        "2023-01-02",
        "甲公司",
        "2025-01-02",
    )


def test_rows_that_came_in_before_a_column_was_known_are_unchanged(take, tmp_path):
    take(write(tmp_path / "survey.csv", ROWS, SPOTS))
    for row in ImportedComponent.objects.all():
        short = bytes(row.fingerprint)[:-12]
        ImportedComponent.objects.filter(dataset=row.dataset, foreign_id=row.foreign_id).update(fingerprint=short)
    assert counts(take(write(tmp_path / "survey.csv", ROWS, SPOTS))) == (0, 3, 0, 0)


def test_bad_rows_are_written_down_and_the_others_come_in(take, tmp_path, report):
    rows = [
        *ROWS, ["d", "9999", "", "", "", "", ""], ["e", "0102", "", "melted", "", "", ""], ["f", "0102", "", "", "NOBODY", "", ""],
        ["g", "0102", "", "", "", "yesterday", ""], ["h", "0102", "", "", "", "", ""], ["i", "102", "", "", "", "", ""],
    ]  # fmt: skip
    spots = np.concatenate([SPOTS, SPOTS, [[118.11, 24.475], [10.0, 10.0], [118.11, 24.476]]])
    assert counts(take(write(tmp_path / "survey.csv", rows, spots))) == (4, 0, 0, 5)
    lines = "\n".join(report())
    for said in (
        "5,d,bad,SubClass,9999,this is no subclass of components",
        "6,e,bad,ObjState,melted,",
        "7,f,bad,Owner,NOBODY,there is no unit with this code",
        "8,g,bad,CHDate,yesterday,this is no day",
        "9,h,bad,,,the position lies in no known county",
    ):
        assert said in lines.replace('"', "")


def test_codes_that_the_survey_gave_are_kept_and_the_next_numbers_follow(take, tmp_path, report):
    mapping = WITH_POSITION + 'code = "Note"\n'
    rows = [
        ["a", "0102", "", "", "", "", "3502030102000007"],
        ["b", "", "", "", "", "", "3502030402000001"],
        ["c", "0102", "", "", "", "", ""],
    ]
    assert counts(take(write(tmp_path / "survey.csv", rows, SPOTS), mapping.replace('note = "Note"\n', ""))) == (
        3,
        0,
        0,
        0,
    )
    codes = dict(ImportedComponent.objects.values_list("foreign_id", "code"))
    assert codes == {"a": "3502030102000007", "b": "3502030402000001", "c": "3502030102000008"}
    wrong = [
        ["x", "0102", "", "", "", "", "3502030102000007"],
        ["y", "0102", "", "", "", "", "3502060102000001"],
        ["z", "0102", "", "", "", "", "77"],
    ]
    assert counts(take(write(tmp_path / "survey.csv", wrong, SPOTS), mapping.replace('note = "Note"\n', ""))) == (
        0,
        0,
        0,
        3,
    )
    lines = "\n".join(report())
    assert "another component has this code already" in lines
    assert "the first six digits of the code are not those of the county where it lies" in lines
    assert "a component code has 16 digits" in lines


def test_tiles_know_what_came_in(take, tmp_path):
    account = take(write(tmp_path / "survey.csv", ROWS, SPOTS))
    assert ComponentPoint.objects.count() == Component.objects.count() == 3
    assert account.extra["clusters"] == ComponentCluster.objects.count() > 0


def test_a_dry_run_writes_nothing(take, tmp_path):
    assert counts(take(write(tmp_path / "survey.csv", ROWS, SPOTS), dry_run=True)) == (3, 0, 0, 0)
    assert not Component.objects.exists()


def test_lines_and_areas_stand_at_a_point_of_theirs(take, tmp_path):
    features = [
        {"type": "Feature", "properties": dict(zip(FIELDS, row, strict=True)), "geometry": geometry}
        for row, geometry in zip(
            ROWS,
            (
                {"type": "LineString", "coordinates": [[118.11, 24.475], [118.112, 24.475]]},
                {
                    "type": "Polygon",
                    "coordinates": [[[118.11, 24.475], [118.111, 24.475], [118.111, 24.476], [118.11, 24.475]]],
                },
                None,
            ),
            strict=True,
        )
    ]
    path = tmp_path / "survey.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    assert counts(take(path)) == (2, 0, 0, 1)
    middle = Component.objects.get(pk=ImportedComponent.objects.get(foreign_id="a").code).geom
    assert (middle.x, middle.y) == pytest.approx((118.111, 24.475))


def test_many_points_lie_where_the_database_says(town):
    rng = np.random.default_rng(3)
    points = np.concatenate(
        [rng.uniform((118.10, 24.46), (118.12, 24.49), (60, 2)), rng.uniform((117.5, 24.2), (118.5, 25.0), (40, 2))]
    )
    cell, place = finder().places(points)
    for (lon, lat), in_cell, in_place in zip(points.tolist(), cell.tolist(), place.tolist(), strict=True):
        spot = at(lon, lat)
        assert (in_cell, in_place) == (spot.cell.code if spot.cell else "", spot.place)
