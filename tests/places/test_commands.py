"""The commands that load divisions and lay cells, and input that means harm."""

import io
import json

import pytest
import shapely
from django.core.management import CommandError, call_command

from gridloop.kernel.caller import system
from gridloop.places import actions, queries
from gridloop.places.models import Cell, ManagedArea
from tests.places.conftest import CENTRE, NOW


def said(*command):
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def test_load_divisions_says_what_it_loaded(place):
    assert said("load_divisions").startswith(
        "4054 divisions of today, 334 former ones (4 without a known successor), 20 county outlines"
    )


def test_cells_of_a_file(place, tmp_path):
    file = tmp_path / "area.geojson"
    shape = queries.circle_of_cells(118.10, 24.452, 60)
    file.write_text(
        json.dumps({"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(shape))})
    )
    before = Cell.objects.count()
    assert "kept" in said("make_cells", "--area", str(file), "--managed", "文件区")
    assert Cell.objects.count() > before
    assert ManagedArea.objects.filter(name="文件区").exists()


def test_cells_round_a_point_of_a_county(place):
    line = said("make_cells", "--area", "湖里区", "--managed", "湖里", "--around", "118.12,24.51", "--cells", "100")
    assert 85 <= int(line.split()[0]) <= 115


def test_an_area_that_is_unknown_is_refused_with_a_sentence(place):
    with pytest.raises(CommandError, match="outlines are known for counties"):
        said("make_cells", "--area", "无此区", "--managed", "x")
    with pytest.raises(CommandError, match="there is no file"):
        said("make_cells", "--area", "missing.geojson", "--managed", "x")


def test_an_address_is_told_from_street_and_station(place):
    street = shapely.LineString([(CENTRE[0] - 0.002, CENTRE[1]), (CENTRE[0] + 0.002, CENTRE[1])])
    station = shapely.Point(CENTRE[0] + 0.001, CENTRE[1] + 0.001)
    new = [
        actions.NewName("street", "湖滨南路", street, "demo", synthetic=True),
        actions.NewName("metro", "样站", station, "demo", synthetic=True),
    ]
    assert actions.name_places(new, by=system("tests"), now=NOW) == 2
    found = queries.address_of(CENTRE[0], CENTRE[1] + 0.0002)
    assert (found.zh, found.en) == ("湖滨南路 近样站", "Hubin South Road, near Yang Station")
    assert queries.address_of(118.05, 24.70).zh == ""
    assert queries.search("湖滨南路")[0].kind == "street"
    assert queries.search("hubin south")[0].name.zh == "湖滨南路"


@pytest.mark.parametrize(
    "hostile", ["\x00", "²²²²²²", "١٢٣", "350203\x00", "'", "%%", "\udcff".encode("utf-8", "replace").decode()]
)
def test_hostile_words_find_nothing_and_break_nothing(place, hostile):
    assert isinstance(queries.search(hostile), list)
    assert isinstance(queries.resolve(hostile), list)
