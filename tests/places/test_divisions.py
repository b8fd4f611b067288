"""The lists of divisions, what became of the older one, and the chain at real points."""

import csv
import datetime as dt
import json
from collections import Counter

import pytest
from django.conf import settings

from gridloop.kernel.caller import system
from gridloop.kernel.errors import Malformed, NotFound
from gridloop.places import actions, queries
from gridloop.places.models import Division, DivisionAlias, SearchEntry
from tests.places.conftest import NOW

DATA = settings.ROOT / "data"


def test_loading_counts(place):
    assert (place.loaded.today, place.loaded.former, place.loaded.unresolved) == (4054, 334, 4)
    assert place.loaded.polygons == 20
    levels = Counter(Division.objects.filter(valid_to=None, area__startswith="3502").values_list("level", flat=True))
    assert levels == {2: 1, 3: 6, 4: 54, 5: 555}


def test_loading_again_changes_nothing(place):
    before = sorted(Division.objects.values_list("pk", "code12", "name_zh", "valid_to", "centre_precision"))
    entries = SearchEntry.objects.count()
    assert actions.load_divisions(by=system("tests"), now=NOW) == place.loaded
    assert sorted(Division.objects.values_list("pk", "code12", "name_zh", "valid_to", "centre_precision")) == before
    assert SearchEntry.objects.count() == entries


def test_every_name_of_2016_is_resolved_or_listed(place):
    ways = Counter()
    for name in ("divisions_xiamen_2016_points.csv", "divisions_pingtan_2016.csv"):
        with (DATA / "standards" / name).open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                (meant,) = queries.resolve(row["code12"], on=dt.date(2018, 1, 1))
                assert meant.then[-1].name_zh == row["name_zh"]
                assert bool(meant.today) != (meant.method == "unresolved")
                ways[meant.method] += 1
    assert ways == {
        "current": 469, "same_name": 291, "most_villages": 14, "parent_only": 10, "same_stem": 7, "same_code": 5,
        "unresolved": 4, "same_name_in_successor": 2, "same_stem_other_level": 1,
    }  # fmt: skip
    listed = [fate.old.name_zh for fate in queries.aliases(unresolved=True)]
    assert listed == ["第一农场", "第一农场虚拟生活区", "海沧农场", "海沧农场虚拟生活区"]


def test_a_town_that_became_a_subdistrict(place):
    (town,) = queries.resolve("新民镇")
    assert [step.name_zh for step in town.then] == ["福建省", "厦门市", "同安区", "新民镇"]
    assert [step.name_zh for step in town.today] == ["福建省", "厦门市", "同安区", "新民街道"]
    assert (town.method, town.confidence) == ("same_stem", "high")


def test_a_village_follows_its_town(place):
    (village,) = queries.resolve("350213102001")
    assert [step.name_zh for step in village.then][-2:] == ["马巷镇", "五美社区居委会"]
    assert [step.name_zh for step in village.today][-2:] == ["马巷街道", "五美社区居委会"]


def test_two_villages_of_one_name_go_to_the_successors_of_their_own_towns(place):
    west, east = queries.resolve("350128101218")[0], queries.resolve("350128102218")[0]
    assert west.today[-2].name_zh == "苏平镇"
    assert east.today[-2].name_zh == "君山镇"


def test_a_merged_town_says_how_many_of_its_villages_went_there(place):
    (town,) = queries.resolve("芦洋乡")
    assert town.today[-1].name_zh == "君山镇"
    assert (town.method, town.confidence, town.note_en) == (
        "most_villages",
        "medium",
        "6/7 of its villages lie there today",
    )


def test_a_reused_code_means_what_it_meant_on_the_day(place):
    assert queries.resolve("350205004209", on=dt.date(2017, 1, 1))[0].then[-1].name_zh == "芸尾村委会"
    assert queries.resolve("350205004209", on=dt.date(2024, 1, 1))[0].then[-1].name_zh == "芸美村委会"
    assert queries.resolve("350205004209", on=dt.date(2010, 1, 1)) == []


def test_metro_stations_lie_in_a_county_of_their_city(place):
    cities = {"厦门市": "3502", "福州市": "3501"}
    stations = json.loads((DATA / "geo" / "metro_stations.geojson").read_text("utf-8"))["features"]
    for station in stations:
        found = queries.at(*station["geometry"]["coordinates"])
        assert found.city.code == cities[station["properties"]["city"]], station["properties"]["name"]
        assert found.county.code.startswith(found.city.code)
    assert len(stations) == 160


@pytest.mark.parametrize(
    ("lon", "lat", "county"),
    [
        (118.0895, 24.4798, "思明区"),
        (118.1470, 24.5060, "湖里区"),
        (119.7900, 25.5030, "平潭县"),
        (119.1200, 25.4600, "涵江区"),
    ],
)
def test_the_chain_at_known_points(place, lon, lat, county):
    found = queries.at(lon, lat)
    assert found.county.zh == county
    assert found.chain_zh.startswith(f"{found.city.zh}{county}")
    assert found.place.startswith(found.county.code)


def test_where_there_is_no_cell_nothing_finer_than_the_county_is_claimed(place):
    found = queries.at(118.2480, 24.6200)
    assert found.county.zh == "翔安区"
    assert (found.cell, found.village, found.township, found.village_by, found.place) == (
        None,
        None,
        None,
        "",
        "350213",
    )


def test_the_high_sea_has_no_place(place):
    assert queries.at(125.0, 20.0).place == ""
    with pytest.raises(Malformed, match="not a position"):
        queries.at(float("nan"), 24.5)


def test_the_tree_of_divisions_counts_children_in_one_statement(place, django_assert_num_queries):
    with django_assert_num_queries(1):
        districts = queries.divisions("3502")
    assert [(division.name_en, division.children) for division in districts][:2] == [
        ("Siming District", 10),
        ("Haicang District", 6),
    ]
    with django_assert_num_queries(1):
        assert len(queries.divisions("350203", level=5)) == 99
    with pytest.raises(NotFound, match="former code"):
        queries.division("350212106000")


def test_names_of_divisions_and_cells_in_one_statement(place, django_assert_num_queries):
    with django_assert_num_queries(1):
        names = queries.names(["350203", "350203008000", "350203008014038", "999999", ""])
    assert names["350203"].en == "Siming District"
    assert names["350203008000"].zh == "梧村街道"
    assert names["350203008014038"].zh == "金祥社区居委会 038 号单元网格"
    assert set(names) == {"350203", "350203008000", "350203008014038"}


def test_the_unit_of_the_smallest_area_answers(place):
    by = system("tests")
    actions.answer_for("350203", "street", 11, by=by, now=NOW)
    actions.answer_for("350203008000", "street", 12, by=by, now=NOW)
    assert queries.responsible_unit("350203008014038", "street", on=NOW.date()) == 12
    assert queries.responsible_unit("350203001001", "street", on=NOW.date()) == 11
    assert queries.responsible_unit("350206", "street", on=NOW.date()) is None
    assert queries.at(118.11, 24.475).unit_id == 12
    actions.answer_for("350203008", "street", 13, by=by, now=NOW + dt.timedelta(days=1))
    assert queries.responsible_unit("350203008014038", "street", on=NOW.date()) == 12, "from tomorrow on"
    assert queries.responsible_unit("350203008014038", "street", on=NOW.date() + dt.timedelta(days=1)) == 13


def test_every_alias_names_a_former_division_and_one_of_today(place):
    for fate in DivisionAlias.objects.select_related("old", "successor"):
        assert fate.old.valid_to is not None
        assert fate.successor is None or fate.successor.valid_to is None
