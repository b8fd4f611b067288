"""Outlines of divisions and grids: checked, mended, and kept with the days on which they hold."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from gridloop.engines.crs import wgs84_to_gcj02
from gridloop.kernel.caller import system
from gridloop.kernel.errors import Malformed
from gridloop.places import actions as places
from gridloop.places.models import Division, Grid
from gridloop.places.queries import search
from gridloop.site.imports.boundaries import import_boundaries
from gridloop.site.imports.report import Ending
from tests.builders import NOW

BY = system("import")
MAPPING = """
dataset = "survey 2026"
[columns]
code = "code"
name = "name"
valid_from = "from"
valid_to = "to"
"""
TOWNSHIP, VILLAGE = "350203001", "350203001001"
SQUARE = shapely.box(118.09, 24.46, 118.10, 24.47)
WIDER = shapely.box(118.09, 24.46, 118.11, 24.47)
SPAN = {"from": "2026-01-01", "to": ""}


def write(path: Path, *features: tuple[dict[str, str], object]) -> Path:
    listed = [
        {
            "type": "Feature",
            "properties": {"name": "", **SPAN, **said},
            "geometry": json.loads(shapely.to_geojson(shape)) if shape else None,
        }
        for said, shape in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": listed}), encoding="utf-8")
    return path


@pytest.fixture
def take(town, order, tmp_path):
    """Imports these features and gives the account."""

    def taken(*features: tuple[dict[str, str], object], crs: str = "EPSG:4490", **more: object):
        file = write(tmp_path / "b.geojson", *features)
        asked = order(file, MAPPING, crs=crs, **more)
        return import_boundaries(asked, by=BY, now=NOW, progress=lambda _share, _rows: None)

    return taken


def counts(account) -> tuple[int, ...]:
    assert account.whole
    return tuple(account.endings[ending] for ending in Ending)


def today(area: str) -> Division:
    return Division.objects.get(area=area, valid_to=None)


def test_a_division_without_an_outline_gets_one_and_twice_changes_nothing(take):
    account = take(({"code": TOWNSHIP}, SQUARE))
    assert (counts(account), account.extra["outlined"]) == ((1, 0, 0, 0), 1)
    row = today(TOWNSHIP)
    assert shapely.from_wkb(bytes(row.geom.wkb)).equals(SQUARE)
    assert row.source == "import:survey 2026"
    assert counts(take(({"code": TOWNSHIP + "000"}, SQUARE))) == (0, 1, 0, 0)


def test_another_outline_begins_on_its_day_and_the_old_one_ends(take):
    take(({"code": TOWNSHIP}, SQUARE))
    name = today(TOWNSHIP).name_zh
    account = take(({"code": TOWNSHIP, "from": "2026-07-01"}, WIDER))
    assert account.extra["replaced"] == 1
    old, new = Division.objects.filter(area=TOWNSHIP).exclude(geom=None).order_by("valid_from")
    assert (old.valid_to, new.valid_from, new.valid_to) == (dt.date(2026, 7, 1), dt.date(2026, 7, 1), None)
    assert (new.name_zh, new.parent_area) == (name, "350203")


def test_the_lists_do_not_undo_an_imported_outline(take):
    take(({"code": "350203"}, SQUARE))
    loaded = places.load_divisions(by=BY, now=NOW)
    assert shapely.from_wkb(bytes(today("350203").geom.wkb)).equals(SQUARE)
    assert loaded.today == Division.objects.filter(valid_to=None).count()


def test_a_new_division_needs_a_name_and_a_known_one_above_it(take, report):
    fresh = ({"code": "350203099", "name": "新设街道"}, SQUARE)
    assert counts(take(fresh, ({"code": "350203098"}, SQUARE), ({"code": "999999001", "name": "远方"}, SQUARE))) == (
        1,
        0,
        0,
        2,
    )
    assert today("350203099").name_en == "Xinshe Subdistrict"
    assert [found.code for found in search("新设街道", 5)][:1] == ["350203099"]
    lines = "\n".join(report())
    assert "this division is new here and needs a name" in lines
    assert "the division above it is not known; import that first" in lines


def test_grids_lie_below_a_village(take, report):
    grid, lost = f"{VILLAGE}01", "99999999999901"
    assert counts(take(({"code": grid, "name": "第一网格"}, SQUARE), ({"code": lost, "name": "无"}, SQUARE))) == (
        1,
        0,
        0,
        1,
    )
    assert Grid.objects.get(pk=grid).name_zh == "第一网格"
    assert "a grid lies below a village of today" in report()[0]
    assert counts(take(({"code": grid}, SQUARE))) == (0, 1, 0, 0)
    assert take(({"code": grid}, WIDER)).extra["replaced"] == 1


def test_gcj02_outlines_come_home(take):
    moved = shapely.transform(SQUARE, wgs84_to_gcj02)
    take(({"code": TOWNSHIP}, moved), crs="GCJ-02")
    kept = shapely.get_coordinates(shapely.normalize(shapely.from_wkb(bytes(today(TOWNSHIP).geom.wkb))))
    assert np.abs(kept - shapely.get_coordinates(shapely.normalize(SQUARE))).max() < 1e-7


def test_a_line_that_crosses_itself_is_mended_where_that_changes_nothing(take, report):
    spike = shapely.Polygon(
        [(118.09, 24.46), (118.10, 24.46), (118.10, 24.47), (118.10, 24.48), (118.10, 24.47), (118.09, 24.47)]
    )
    bow = shapely.Polygon([(118.09, 24.46), (118.10, 24.47), (118.10, 24.46), (118.09, 24.47)])
    assert not spike.is_valid
    account = take(({"code": TOWNSHIP}, spike), ({"code": "350203002"}, bow))
    assert (counts(account), account.extra["mended"]) == ((1, 0, 0, 1), 1)
    assert shapely.from_wkb(bytes(today(TOWNSHIP).geom.wkb)).is_valid
    assert "the outline is not valid and cannot be mended without changing it: Self-intersection" in report()[0]


@pytest.mark.parametrize(
    ("said", "shape", "reason"),
    [
        ({"code": TOWNSHIP}, None, "a boundary is a polygon that is not empty"),
        ({"code": TOWNSHIP}, shapely.Point(118, 24), "a boundary is a polygon that is not empty"),
        (
            {"code": TOWNSHIP},
            shapely.box(500000, 2700000, 500100, 2700100),
            "the outline leaves the globe; is it in degrees?",
        ),
        ({"code": "12"}, SQUARE, "this division is new here and needs a name"),
        ({"code": "abc"}, SQUARE, "'abc' is not an area"),
        ({"code": ""}, SQUARE, "the code is missing"),
        ({"code": TOWNSHIP, "from": "someday"}, SQUARE, "this is no day"),
        ({"code": TOWNSHIP, "from": "2027-01-01"}, SQUARE, "it holds from a day in the future; import it on that day"),
        ({"code": TOWNSHIP, "to": "2025-01-01"}, SQUARE, "it must end after it began, and not later than today"),
    ],
)
def test_a_bad_boundary_says_why(take, report, said, shape, reason):
    assert counts(take((said, shape))) == (0, 0, 0, 1)
    assert reason in report()[0]


def test_a_table_holds_no_boundaries(town, order, tmp_path):
    (tmp_path / "b.csv").write_text("code\n1\n", encoding="utf-8")
    with pytest.raises(Malformed, match=r"b\.csv is a table; boundaries are polygons"):
        import_boundaries(
            order(tmp_path / "b.csv", MAPPING, crs="EPSG:4326"), by=BY, now=NOW, progress=lambda _s, _r: None
        )
