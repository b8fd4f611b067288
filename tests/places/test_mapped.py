"""What the one map asks of places: figures, lists and features of a piece of it, bounded however large it is."""

import dataclasses

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.kernel.errors import Malformed, NotFound, Refused
from gridloop.places import queries
from gridloop.places.models import Cell, Component, PlaceName
from gridloop.places.queries import map_layers
from gridloop.places.queries.statements import statement
from tests.places.conftest import CENTRE

WHOLE = "117.8,24.3,118.5,24.9"
NEAR = f"{CENTRE[0] - 0.004},{CENTRE[1] - 0.004},{CENTRE[0] + 0.004},{CENTRE[1] + 0.004}"
LAYERS = ("divisions", "cells", "grids", "stations", "components")


@pytest.mark.parametrize("text", ["", "1,2,3", "118,24,117,25", "118,24,119,nan", "118,-86,119,25", "a,b,c,d"])
def test_a_box_that_is_none_is_refused_with_what_would_work(text):
    with pytest.raises(Malformed, match="box is west,south,east,north"):
        queries.shape(text)


@pytest.mark.parametrize("text", ["118 24,118 25", "118 24;118 25;119 25", "118 24,118 95,119 25", "x y,1 2,3 4"])
def test_a_drawn_shape_needs_three_corners_on_the_map(text):
    with pytest.raises(Malformed, match="within is 3 to 200 corners"):
        queries.shape("", text)


def test_figures_of_a_piece_are_counted_in_two_statements(place):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = queries.counted(queries.shape(NEAR), LAYERS, areas=None)
    assert len(asked) == 2
    west, south, east, north = (float(one) for one in NEAR.split(","))
    inside = Component.objects.filter(geom__intersects=f"SRID=4326;{queries.shape(NEAR).wkt}")
    assert found["components"].n == inside.count() > 100
    assert (
        sum(found["components"].classes.values()) == sum(found["components"].states.values()) == found["components"].n
    )
    assert found["cells"].n == Cell.objects.filter(geom__intersects=f"SRID=4326;{queries.shape(NEAR).wkt}").count()
    assert found["divisions"].n == 1
    assert not any(one.about or one.more for one in found.values())
    assert (west, south, east, north) == queries.shape(NEAR).box


def test_a_wide_piece_is_counted_from_squares_and_says_so(place):
    found = queries.counted(queries.shape(WHOLE), ["components"], areas=None)["components"]
    assert found.about
    assert found.n == Component.objects.count() == sum(found.classes.values())
    assert queries.counted(queries.shape(WHOLE), ["components"], areas=["350206"])["components"].n == 0


def test_a_drawn_triangle_holds_less_than_its_box(place):
    west, south, east, north = (float(one) for one in NEAR.split(","))
    triangle = queries.shape("", f"{west} {south},{east} {south},{west} {north}")
    whole, half = (
        queries.counted(one, ["components"], areas=None)["components"].n for one in (queries.shape(NEAR), triangle)
    )
    assert 0.3 * whole < half < 0.7 * whole


def test_a_list_goes_on_page_after_page_until_the_end(place):
    shape, seen, after = queries.shape(NEAR), [], ""
    while page := queries.listed("components", shape, areas=None, after=after, limit=40):
        seen += [row.code for row in page]
        after = seen[-1]
    assert seen == sorted(set(seen))
    assert len(seen) == queries.counted(shape, ["components"], areas=None)["components"].n
    only = queries.listed("components", shape, areas=None, subclass="02", limit=1000)
    assert only
    assert {row.kind[:2] for row in only} == {"02"}


def test_a_list_too_wide_to_be_read_is_refused_with_the_way_out(place):
    with pytest.raises(Refused, match="zoom in, or draw a smaller shape"):
        queries.listed("components", queries.shape(WHOLE), areas=None)
    assert len(queries.listed("stations", queries.shape(WHOLE), areas=None, limit=500)) > 20


def test_what_lies_outside_the_own_counties_is_neither_counted_nor_listed_nor_opened(place):
    shape, elsewhere = queries.shape(NEAR), ["350206"]
    assert queries.listed("components", shape, areas=elsewhere) == []
    assert queries.counted(shape, LAYERS, areas=elsewhere)["cells"].n == 0
    cell = Cell.objects.first().code
    assert queries.mapped("cells", cell, areas=["350203"]).code == cell
    with pytest.raises(NotFound, match="outside your areas"):
        queries.mapped("cells", cell, areas=elsewhere)
    assert (
        queries.mapped("stations", PlaceName.objects.filter(kind="metro").first().name_zh, areas=elsewhere).kind
        == "metro"
    )


@pytest.mark.parametrize(
    ("name", "index"),
    [("map_components", "places_componentpoint_geom"), ("map_squares", "places_componentcluster_once")],
)
def test_an_index_bounds_each_statement(place, name, index):
    values = {
        "shape": queries.shape(NEAR).wkt,
        "areas": None,
        "class": "",
        "most": 100,
        "zoom": 15,
        "left": 1737300,
        "right": 1737310,
        "top": 900000,
        "bottom": 900010,
    }
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {statement(name)}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan


def test_squares_of_a_box_stay_few_however_wide_it_is():
    for width in (0.001, 0.05, 0.4, 3.0):
        shape = dataclasses.replace(queries.shape(NEAR), box=(118.0, 24.4, 118.0 + width, 24.4 + width / 2))
        zoom, (left, right, _, _) = map_layers.squares(shape)
        assert zoom == 10 or right - left < map_layers.SQUARES_ACROSS


def test_features_for_everybody_name_no_owner(place):
    [one] = queries.features("components", limit=1)
    assert set(one.properties) == {"code", "class", "subclass", "state", "village", "synthetic"}
    assert one.geometry["type"] == "Point"
    assert queries.feature("components", one.id) == one
    assert queries.feature("divisions", "350203").properties["name_en"] == "Siming District"
    assert queries.feature("cells", "nothing") is None
    assert queries.features_counted("components") == Component.objects.count()
