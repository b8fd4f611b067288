"""Lists of vehicles: filled by plates, told by line what is wrong, kept apart by area, ended when nothing needs them."""

from __future__ import annotations

import json

import pytest

from gridloop.fleet import actions
from gridloop.fleet.models import Vehicle, VehicleList
from gridloop.fleet.queries import lists as asked
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotAllowed, Refused, Stale
from tests.builders import NOW
from tests.fleet.masters.test_doors import API, sent, supervisor
from tests.fleet.masters.test_masters import a_fence, a_rule, detail_of
from tests.fleet.masters.test_register import DESK, SIMING, SYSTEM, a_truck, entries

__all__ = ["supervisor"]
FIRST, SECOND, ELSEWHERE = "示D00001", "示D00002", "示D00009"


@pytest.fixture
def town(db):
    trucks = [a_truck(1), a_truck(2), a_truck(9, area="350206")]
    actions.register_vehicles(trucks, by=SYSTEM, now=NOW)
    actions.put_list("key", "重点", "", "", by=SIMING, now=NOW)


def on_list(code: str = "key") -> set[str]:
    return set(Vehicle.objects.filter(lists__contains=[code]).values_list("plate", flat=True))


def test_a_list_holds_exactly_the_plates_given_and_twice_writes_nothing(town):
    filled = actions.fill_list("key", ["示d·00001", "", SECOND, SECOND], by=SIMING, now=NOW)
    assert (filled.added, filled.gone, on_list()) == ((FIRST, SECOND), (), {FIRST, SECOND})
    assert actions.fill_list("key", [SECOND, FIRST], by=SIMING, now=NOW) == ((), ())
    assert actions.fill_list("key", [SECOND], by=SIMING, now=NOW).gone == (FIRST,)
    assert (entries("fleet.list_filled"), FIRST in detail_of("fleet.list_filled")) == (2, True)


def test_wrong_lines_are_told_by_their_number_and_nothing_is_written(town):
    lines = [FIRST, "", "??", "闽D77777", ELSEWHERE, FIRST]
    read = asked.read_plates(lines, SIMING)
    assert ([one.line for one in read.wrong], read.plates, read.twice) == ([3, 4, 5], (FIRST,), 1)
    assert "no vehicle 示D00009 is registered in your area" in read.wrong[2].why[0]
    with pytest.raises(Malformed, match=r"3 lines .* the first is line 3"):
        actions.fill_list("key", lines, by=SIMING, now=NOW)
    assert on_list() == set()


def test_vehicles_of_other_areas_stay_on_a_list_and_keep_it_from_ending(town):
    actions.fill_list("key", [FIRST, ELSEWHERE], by=SYSTEM, now=NOW)
    actions.fill_list("key", [SECOND], by=SIMING, now=NOW)
    assert on_list() == {SECOND, ELSEWHERE}
    card = asked.vehicle_list("key", by=SIMING, now=NOW)
    assert (card["plates"], card["own"], card["vehicles"]) == ([SECOND], [SECOND], 2)
    assert asked.vehicle_list("key", by=DESK, now=NOW)["plates"] == [SECOND, ELSEWHERE]
    with pytest.raises(Refused, match="1 vehicles of other areas"):
        actions.drop_list("key", by=SIMING, now=NOW)
    actions.drop_list("key", by=SYSTEM, now=NOW)
    assert (on_list(), VehicleList.objects.count(), SECOND in detail_of("fleet.list_dropped")) == (set(), 0, True)


def test_a_list_that_a_rule_names_stays_and_who_watches_changes_none(town):
    actions.draw_fence(a_fence(), by=SYSTEM, now=NOW)
    actions.write_rule(a_rule(lists=("key",)), "", by=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="is named by no-hazmat"):
        actions.drop_list("key", by=SIMING, now=NOW)
    assert asked.lists(by=SIMING, now=NOW)[0]["rules"][0]["code"] == "no-hazmat"
    with pytest.raises(NotAllowed, match="only supervisors and administrators"):
        actions.fill_list("key", [FIRST], by=Caller(5, "a", DESK.grants, via="session"), now=NOW)


def test_two_who_fill_a_list_at_once_do_not_undo_each_other(town):
    seen = asked.vehicle_list("key", by=SIMING, now=NOW)["version"]
    actions.fill_list("key", [FIRST], by=SIMING, now=NOW, version=seen)
    with pytest.raises(Stale, match="somebody else has changed who is on list key"):
        actions.fill_list("key", [SECOND], by=SIMING, now=NOW, version=seen)
    assert on_list() == {FIRST}


def test_the_doors_of_a_list(supervisor, town):
    told = sent(supervisor, "post", "/lists/check", {"code": "key", "lines": [FIRST, "闽D77777"]}).json()
    assert (told["vehicles"], told["added"], told["wrong_count"], told["wrong"][0]["line"]) == (1, 1, 1, 2)
    assert sent(supervisor, "put", "/lists/key/vehicles", {"lines": ["闽D77777"]}).json()["fields"] == {"lines": "1"}
    seen = supervisor.get(f"{API}/lists/key").headers["ETag"]
    filled = sent(supervisor, "put", "/lists/key/vehicles", {"lines": [FIRST]}, **{"If-Match": seen})
    assert (filled.json()["plates"], filled.json()["added"], filled.headers["ETag"] != seen) == ([FIRST], 1, True)
    assert sent(supervisor, "put", "/lists/key/vehicles", {"lines": []}, **{"If-Match": seen}).status_code == 412
    assert supervisor.get(f"{API}/lists").json()["items"][0]["vehicles"] == 1
    assert supervisor.delete(f"{API}/lists/key").status_code == 204
    assert supervisor.get(f"{API}/lists/key").status_code == 404


def test_routes_by_state_and_as_a_file_and_events_with_their_rules(supervisor, town):
    line = {"type": "LineString", "coordinates": [[118.08, 24.45], [118.12, 24.48]]}
    for number, year in (("old", 2025), ("new", 2099)):
        route = {
            "number": number, "plate": FIRST, "line": line, "starts_at": f"{year}-01-01T06:00", "ends_at": f"{year}-01-01T09:00",
        }  # fmt: skip
        assert sent(supervisor, "post", "/routes", route).status_code == 201
    states = {
        state: [one["number"] for one in supervisor.get(f"{API}/routes?state={state}").json()["items"]]
        for state in ("now", "coming", "over", "")
    }
    assert states == {"now": [], "coming": ["new"], "over": ["old"], "": ["new", "old"]}
    file = json.loads(b"".join(supervisor.get(f"{API}/routes/export.geojson?state=over")))
    assert [(one["properties"]["number"], one["geometry"]) for one in file["features"]] == [("old", line)]
    spans = [["2099-01-01T08:00", "2099-01-01T18:00"]]
    actions.put_occasion("congress", "大会", "", spans, by=SYSTEM, now=NOW)
    actions.draw_fence(a_fence(), by=SYSTEM, now=NOW)
    actions.write_rule(a_rule(occasion="congress"), "", by=SYSTEM, now=NOW)
    event = supervisor.get(f"{API}/occasions").json()["items"][0]
    assert [one["code"] for one in event["rules"]] == ["no-hazmat"]
