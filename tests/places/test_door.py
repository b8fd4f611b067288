"""The addresses of this room as the web sees them, and who may use them."""

import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient

from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import Duty
from gridloop.places.api import PERMITS, STAFF, router
from gridloop.site import problems
from tests.places.test_map import tile_at

PUBLIC = Caller(person_id=None, name="", via="public")


def a_caller(duty, area="350203"):
    return Caller(person_id=1, name="某人", grants=(GrantView(1, duty, area),))


@pytest.fixture(scope="module")
def door():
    api = NinjaAPI(urls_namespace="places-door")
    problems.install(api)
    api.add_router("", router)
    return TestClient(api)


def tile(door, layer, zoom, caller, **headers):
    z, x, y = tile_at(zoom)
    return door.get(f"/tiles/{layer}/{z}/{x}/{y}.mvt", caller=caller, headers=headers)


def test_every_address_has_a_permit():
    addresses = {
        (method, path)
        for path, operation in router.path_operations.items()
        for op in operation.operations
        for method in op.methods
    }
    assert addresses == set(PERMITS)


def test_anybody_may_ask_where_a_point_is(place, door):
    answer = door.get("/places/at?lon=118.11&lat=24.475", caller=PUBLIC)
    assert answer.status_code == 200
    assert answer.json()["county"] == {"code": "350203", "zh": "思明区", "en": "Siming District"}
    assert door.get("/places/at?lon=500&lat=24", caller=PUBLIC).status_code == 422


def test_anybody_may_search_but_finds_no_components(place, door):
    code = place.components[0]
    assert door.get("/places/search?q=siming", caller=PUBLIC).json()[0]["code"] == "350203"
    assert door.get(f"/places/search?q={code}", caller=PUBLIC).json() == []
    assert door.get(f"/places/search?q={code}", caller=a_caller(Duty.COLLECTOR)).json()[0]["code"] == code


@pytest.mark.parametrize("layer", ["cells", "grids", "components"])
def test_work_layers_need_a_duty(place, door, layer):
    assert tile(door, layer, 15, PUBLIC).status_code == 401
    refused = tile(door, layer, 15, a_caller(Duty.CITIZEN))
    assert refused.status_code == 403
    assert layer in refused.json()["detail"]
    assert (
        door.get(f"/places/box?w=118.1&s=24.4&e=118.2&n=24.5&layers=divisions,{layer}", caller=PUBLIC).status_code
        == 401
    )
    for duty in STAFF:
        assert tile(door, layer, 15, a_caller(duty)).status_code == 200


def test_divisions_are_for_everybody(place, door):
    answer = tile(door, "divisions", 11, PUBLIC)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert door.get("/places/box?w=118&s=24&e=119&n=25&layers=divisions,names", caller=PUBLIC).status_code == 200


def test_a_tile_shows_only_counties_of_ones_duties(place, door):
    inside = tile(door, "components", 17, a_caller(Duty.UNIT, "350203008"))
    outside = tile(door, "components", 17, a_caller(Duty.UNIT, "350206"))
    assert len(inside.content) > 100
    assert outside.content == b""
    assert inside.headers["Cache-Control"] == "private, max-age=30"


def test_an_unchanged_tile_is_not_sent_again(place, door):
    first = tile(door, "cells", 15, a_caller(Duty.COLLECTOR))
    again = tile(door, "cells", 15, a_caller(Duty.COLLECTOR), **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_component_is_shown_to_those_with_a_duty_in_its_county(place, door):
    code = place.components[0]
    assert door.get(f"/places/components/{code}", caller=a_caller(Duty.COLLECTOR)).json()["code"] == code
    assert door.get(f"/places/components/{code}", caller=a_caller(Duty.COLLECTOR, "350206")).status_code == 403
    assert door.get(f"/places/components/{code}", caller=PUBLIC).status_code == 401
    assert door.get("/places/components/12", caller=a_caller(Duty.ADMIN, "")).status_code == 422
    assert door.get("/places/components/3502039999000001", caller=a_caller(Duty.ADMIN, "")).status_code == 404


def test_the_division_tree_and_former_names_are_public(place, door):
    districts = door.get("/places/divisions?under=3502", caller=PUBLIC).json()
    assert [division["name_zh"] for division in districts][:2] == ["思明区", "海沧区"]
    (town,) = door.get("/places/resolve?q=新民镇&on=2018-01-01", caller=PUBLIC).json()
    assert town["today"][-1]["name_zh"] == "新民街道"
    assert door.get("/places/divisions?under=abc", caller=PUBLIC).status_code == 422
