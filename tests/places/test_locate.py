"""Positions from words, on streets laid out for the purpose."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.engines.frame import Frame
from gridloop.places import actions, queries
from gridloop.places.actions.placenames import NewName
from tests.builders import a_client
from tests.places.conftest import CENTRE, NOW, system

CORNER = (118.11, 24.475)
FRAME = Frame(*CORNER)


def line(*metres):
    return shapely.LineString(FRAME.to_degrees(np.array(metres, dtype=np.float64)))


@pytest.fixture
def streets(place):
    """Two crossing streets, a third one 400 m north, a landmark, and a street of the same name elsewhere."""
    names = [
        NewName("street", "兴业路", line((-800, 0), (800, 0)), "test", synthetic=True, name_en="Xingye Road"),
        NewName("street", "莲前西路", line((0, -600), (0, 600)), "test", synthetic=True, name_en="Lianqian West Road"),
        NewName("street", "仙岳路", line((-700, 400), (700, 400)), "test", synthetic=True, name_en="Xianyue Road"),
        NewName("street", "星叶路", line((-800, 200), (800, 200)), "test", synthetic=True, name_en="Xingye Road"),
        NewName("street", "兴业路", line((9000, 9000), (9500, 9000)), "test", synthetic=True, name_en="Xingye Road"),
        NewName(
            "poi",
            "九州通",
            shapely.Point(*FRAME.to_degrees(np.array([300.0, 20.0]))),
            "test",
            synthetic=True,
            name_en="Jointown",
        ),
    ]
    actions.name_places(names, by=system("tests"), now=NOW)
    return place


def off_m(found, east, north):
    return float(np.hypot(*(FRAME.to_metres(np.array([found.lon, found.lat])) - (east, north))))


@pytest.mark.parametrize(
    ("text", "east", "north", "within"),
    [
        ("兴业路与莲前西路交叉口", 0, 0, 2),
        ("兴业路九州通西侧25米", 276, 0, 25),
        ("兴业路莲前西路路口往东100米", 100, 0, 3),
        ("莲前西路兴业路路口以北50米", 0, 50, 3),
        ("莲前西路(兴业路至仙岳路段)路灯不亮", 0, 200, 3),
        ("九州通", 300, 20, 2),
        ("corner of Lianqian West Rd and Xianyue Rd", 0, 400, 3),
        ("40 m east of Jointown", 340, 20, 3),
    ],
)
def test_a_place_in_words_is_found(streets, text, east, north, within):
    first = queries.locate(text, CENTRE).candidates[0]
    assert off_m(first, east, north) <= within
    assert first.precision_m >= 10
    assert 0 < first.confidence <= 1
    assert first.why
    assert first.why_zh


def test_a_street_of_two_counties_is_told_apart_by_the_county_or_by_nearness(streets):
    assert off_m(queries.locate("兴业路", CENTRE).candidates[0], 0, 0) < 50
    assert len(queries.locate("兴业路").candidates) == 2
    inside = queries.locate("思明区兴业路12号").candidates
    assert inside[0].area.startswith("350203")
    assert inside[0].confidence > inside[1].confidence


def test_streets_that_sound_alike_in_english_are_both_offered(streets):
    found = queries.locate("corner of Xingye Road and Lianqian West Road", CENTRE).candidates
    assert sorted(round(off_m(one, 0, 0)) for one in found) == [0, 200]


def test_a_house_number_says_no_more_than_its_street(streets):
    first = queries.locate("莲前西路2号").candidates[0]
    assert first.label_zh == "莲前西路2号"
    assert first.precision_m == 600
    assert "house numbers are not in the register" in first.why


def test_an_unknown_street_in_a_known_township_is_about_the_township(streets):
    found = queries.locate("厦门市思明区厦港街道查无此路12号")
    assert found.parts.unknown == ("查无此路",)
    assert found.candidates[0].label_zh == "厦港街道"
    assert found.candidates[0].precision_m >= 1000


def test_what_names_no_place_finds_none(streets):
    assert queries.locate("你好").candidates == ()
    assert queries.locate("查无此路与没有此街交叉口").candidates == ()


def test_locating_takes_at_most_three_statements(streets):
    queries.locate("兴业路")
    with CaptureQueriesContext(connection) as seen:
        queries.locate("思明区兴业路与莲前西路交叉口", CENTRE)
    assert len(seen) <= 3


def test_anybody_may_ask_by_the_door_within_bounds(streets):
    client = a_client()
    answer = client.get(
        "/api/v1/places/locate", {"text": "兴业路与莲前西路交叉口", "near_lon": 118.1, "near_lat": 24.47}
    )
    assert answer.status_code == 200
    assert answer.json()["parts"]["relation"] == "junction"
    assert answer.json()["candidates"][0]["label_en"] == "corner of Xingye Road and Lianqian West Road"
    assert client.get("/api/v1/places/locate", {"text": ""}).status_code == 422
    assert client.get("/api/v1/places/locate", {"text": "路" * 1001}).status_code == 422
    assert client.get("/api/v1/places/locate", {"text": "兴业路", "near_lon": 200, "near_lat": 0}).status_code == 422
