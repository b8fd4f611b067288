"""Every door of supervision tried by somebody of another area: what is not theirs is refused, not there, or not in the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from gridloop.fleet import actions
from gridloop.fleet.actions import NewPermit, NewRoute, NewRule, NewTerminal, orders
from gridloop.fleet.models import RuleReplay, Stranger, VehicleWarning
from gridloop.fleet.queries import plates
from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty
from gridloop.site import api
from tests.builders import a_caller, a_client, a_fence, a_person, a_warning

pytestmark = pytest.mark.django_db
API = "/api/v1"
PERMITS = api.permits()
SYSTEM = system("test")
HERE, ELSEWHERE = "350203", "440304"
RING = [[118.08, 24.45], [118.09, 24.45], [118.09, 24.46], [118.08, 24.46], [118.08, 24.45]]
SHAPE = {"shape": "area", "geometry": {"type": "Polygon", "coordinates": [RING]}}
LINE = {"type": "LineString", "coordinates": RING[:3]}
REFUSED = {403, 404, 422}
Asked = Callable[["Here"], tuple[str, object]]


class Here:
    """One of everything in the area, as the doors name it."""

    def __init__(self) -> None:
        self.now = clock.now()
        before = self.now - dt.timedelta(days=2)
        self.fence = a_fence("zone-here", now=before)
        self.fence.area = HERE
        self.fence.save()
        self.warning: VehicleWarning = a_warning(area=HERE, place=HERE, fence=self.fence, now=before)
        self.vehicle = self.warning.vehicle_id
        actions.write_rule(
            NewRule("rule-here", "no_go", "规则", fences=("zone-here",), area=HERE), "", by=SYSTEM, now=before
        )
        self.plate = _plate(self.vehicle)
        self.terminal = actions.bind_terminal(NewTerminal("jt808", "139000", self.plate), by=SYSTEM, now=before).pk
        ends = self.now + dt.timedelta(days=5)
        actions.issue_permit(NewPermit("P-HERE", "hazmat_zone", self.plate, before, ends), by=SYSTEM, now=before)
        actions.declare_route(NewRoute("W-HERE", self.plate, LINE, before, ends), by=SYSTEM, now=before)
        watcher = a_caller(a_person(Duty.SUPERVISOR, area=HERE), now=self.now)
        critical = NewRule("critical-here", "no_go", "规则", fences=("zone-here",), area=HERE, severity="critical")
        self.proposal = actions.write_rule(critical, "why", by=watcher, now=before).waits.pk
        self.batch, _ = orders.text_many([self.vehicle], "注意安全", typed="1", by=watcher, now=before)
        self.replay = RuleReplay.objects.create(
            code="rule-here", version=1, said=NewRule("rule-here", "no_go", "规则", fences=("zone-here",)).said(), since=before, until=self.now,
            areas=[HERE], at=before,
        ).pk  # fmt: skip
        self.stranger = Stranger.objects.create(
            protocol="jt808", name="1", reason="unregistered", first_at=before, last_at=before
        ).pk


def _plate(vehicle: int) -> str:
    return plates([vehicle])[vehicle]


CHANGED: dict[tuple[str, str], Asked] = {
    ("POST", "/fleet/vehicles"): lambda one: ("/fleet/vehicles", {"plate": "闽D99999", "kind": "bus", "area": HERE}),
    ("PATCH", "/fleet/vehicles/{vehicle_id}"): lambda one: (f"/fleet/vehicles/{one.vehicle}", {"firm": "A"}),
    ("POST", "/fleet/terminals"): lambda one: ("/fleet/terminals", {"name": "139001", "plate": one.plate}),
    ("PATCH", "/fleet/terminals/{terminal_id}"): lambda one: (f"/fleet/terminals/{one.terminal}", {"blocked": True, "why": "w"}),
    ("POST", "/fleet/terminals/{terminal_id}/code"): lambda one: (f"/fleet/terminals/{one.terminal}/code", {}),
    ("POST", "/fleet/terminals/{terminal_id}/unbind"): lambda one: (f"/fleet/terminals/{one.terminal}/unbind", {}),
    ("POST", "/fleet/fences"): lambda one: ("/fleet/fences", {**SHAPE, "code": "new", "name_zh": "新", "area": HERE}),
    ("PATCH", "/fleet/fences/{code}"): lambda one: ("/fleet/fences/zone-here", {"name_zh": "新"}),
    ("POST", "/fleet/fences/{code}/end"): lambda one: ("/fleet/fences/zone-here/end", {"why": "w"}),
    ("POST", "/fleet/rules"): lambda one: ("/fleet/rules", {"code": "n", "kind": "no_go", "name_zh": "n", "fences": ["zone-here"], "area": HERE}),
    ("PATCH", "/fleet/rules/{code}"): lambda one: ("/fleet/rules/rule-here", {"name_zh": "新"}),
    ("POST", "/fleet/rules/{code}/end"): lambda one: ("/fleet/rules/rule-here/end", {"why": "w"}),
    ("POST", "/fleet/rules/{code}/replay"): lambda one: ("/fleet/rules/rule-here/replay", {"days": 1, "proposed": {}}),
    ("POST", "/fleet/rule-proposals/{proposal_id}/{verdict}"): lambda one: (f"/fleet/rule-proposals/{one.proposal}/reject", {"note": "n"}),
    ("POST", "/fleet/permits"): lambda one: ("/fleet/permits", {"number": "P2", "kind": "hazmat_zone", "plate": one.plate, "valid_from": "2026-01-01T00:00", "valid_to": "2099-01-01T00:00"}),
    ("POST", "/fleet/permits/{number}/revoke"): lambda one: ("/fleet/permits/P-HERE/revoke", {"why": "w"}),
    ("POST", "/fleet/routes"): lambda one: ("/fleet/routes", {"number": "W2", "plate": one.plate, "line": LINE, "starts_at": "2026-12-01T00:00", "ends_at": "2026-12-02T00:00"}),
    ("POST", "/fleet/routes/{number}/withdraw"): lambda one: ("/fleet/routes/W-HERE/withdraw", {}),
    ("POST", "/fleet/vehicles/{vehicle_id}/orders"): lambda one: (f"/fleet/vehicles/{one.vehicle}/orders", {"verb": "locate"}),
    ("POST", "/fleet/texts"): lambda one: ("/fleet/texts", {"vehicles": [one.vehicle], "text": "注意", "typed": "1"}),
    ("GET", "/fleet/vehicles/{vehicle_id}"): lambda one: (f"/fleet/vehicles/{one.vehicle}", None),
    ("GET", "/fleet/vehicles/{vehicle_id}/track"): lambda one: (f"/fleet/vehicles/{one.vehicle}/track", None),
    ("GET", "/fleet/vehicles/{vehicle_id}/track.{kind}"): lambda one: (f"/fleet/vehicles/{one.vehicle}/track.csv", None),
    ("GET", "/fleet/vehicles/{vehicle_id}/orders"): lambda one: (f"/fleet/vehicles/{one.vehicle}/orders", None),
    ("GET", "/fleet/fences/{code}"): lambda one: ("/fleet/fences/zone-here", None),
    ("GET", "/fleet/rules/{code}"): lambda one: ("/fleet/rules/rule-here", None),
    ("GET", "/fleet/replays/{replay_id}"): lambda one: (f"/fleet/replays/{one.replay}", None),
    ("GET", "/fleet/texts/{batch}"): lambda one: (f"/fleet/texts/{one.batch}", None),
    ("GET", "/fleet/warnings/{warning_id}"): lambda one: (f"/fleet/warnings/{one.warning.pk}", None),
    ("POST", "/fleet/warnings/{warning_id}/acknowledge"): lambda one: (f"/fleet/warnings/{one.warning.pk}/acknowledge", {}),
    ("POST", "/fleet/warnings/{warning_id}/shelve"): lambda one: (f"/fleet/warnings/{one.warning.pk}/shelve", {"reason": "r", "until": (one.now + dt.timedelta(hours=1)).isoformat()}),
    ("POST", "/fleet/warnings/{warning_id}/false"): lambda one: (f"/fleet/warnings/{one.warning.pk}/false", {"reason": "drift", "note": "n"}),
}  # fmt: skip
"""Doors to one thing: refused or not there for another area. Ids are new in each test, so each door is tried on what was just made."""

LISTED: dict[tuple[str, str], Asked] = {
    ("GET", "/fleet/vehicles"): lambda one: ("/fleet/vehicles", None),
    ("GET", "/fleet/vehicles/export.{kind}"): lambda one: ("/fleet/vehicles/export.csv", None),
    ("GET", "/fleet/terminals"): lambda one: ("/fleet/terminals", None),
    ("GET", "/fleet/fences"): lambda one: ("/fleet/fences", None),
    ("GET", "/fleet/fences/export.geojson"): lambda one: ("/fleet/fences/export.geojson", None),
    ("GET", "/fleet/rules"): lambda one: ("/fleet/rules", None),
    ("GET", "/fleet/rule-proposals"): lambda one: ("/fleet/rule-proposals", None),
    ("GET", "/fleet/rules/{code}/replays"): lambda one: ("/fleet/rules/rule-here/replays", None),
    ("GET", "/fleet/permits"): lambda one: ("/fleet/permits", None),
    ("GET", "/fleet/permits/export.{kind}"): lambda one: ("/fleet/permits/export.csv", None),
    ("GET", "/fleet/routes"): lambda one: ("/fleet/routes", None),
    ("GET", "/fleet/routes/export.geojson"): lambda one: ("/fleet/routes/export.geojson", None),
    ("GET", "/fleet/warnings"): lambda one: ("/fleet/warnings", None),
    ("GET", "/fleet/texts"): lambda one: ("/fleet/texts", None),
    ("POST", "/fleet/texts/preview"): lambda one: ("/fleet/texts/preview", {}),
}
"""Lists: something is in them for this area and nothing of it for another."""
ELSEWHERE_TRIED = {
    ("GET", "/fleet/in-view"): "test_tracks",
    ("POST", "/fleet/who-was-here"): "test_tracks",
    ("POST", "/fleet/fences/ask"): "test_tracks",
    ("GET", "/fleet/warnings/counts"): "test_warnings",
    ("POST", "/fleet/warnings/{warning_id}/case"): "test_warnings",
    ("POST", "/fleet/texts/{batch}/again"): "test_tracks",
    ("POST", "/fleet/positions"): "test_push_door",
    ("POST", "/fleet/lists/check"): "test_lists",
    ("GET", "/fleet/lists/{code}"): "test_lists",
    ("DELETE", "/fleet/lists/{code}"): "test_lists",
    ("PUT", "/fleet/lists/{code}/vehicles"): "test_lists",
}
"""Doors whose area is tried in the room's other tests, because they need positions, a loop or a list."""
OF_NO_AREA = {
    ("GET", "/fleet/kinds"), ("POST", "/fleet/fences/check"), ("POST", "/fleet/rules/preview"), ("GET", "/fleet/lists"), ("PUT", "/fleet/lists/{code}"),
    ("GET", "/fleet/strangers"), ("DELETE", "/fleet/strangers/{stranger_id}"), ("GET", "/fleet/occasions"), ("PUT", "/fleet/occasions/{code}"),
    ("DELETE", "/fleet/occasions/{code}"), ("GET", "/fleet/rules/{code}/rate"),
}  # fmt: skip
"""What belongs to no district: words, lists, events, terminals that nobody knows, and how often a rule was wrong."""


def test_every_door_of_the_room_stands_in_one_of_these_tables() -> None:
    doors = {one for one in PERMITS if one[1].startswith("/fleet/")}
    tables = [set(CHANGED), set(LISTED), set(ELSEWHERE_TRIED), OF_NO_AREA]
    assert doors == set().union(*tables)
    assert sum(map(len, tables)) == len(doors)


def asked(client: Any, method: str, path: str, body: object) -> Any:
    said = orjson.dumps(body if body is not None else {})
    return client.generic(method, f"{API}{path}", b"" if method == "GET" else said, content_type="application/json")


def text_of(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_doors_to_one_thing_open_in_its_area_only(where: str) -> None:
    here = Here()
    wrong = []
    client = a_client(a_person(Duty.SUPERVISOR, area=HERE if where == "inside" else ELSEWHERE))
    reading_first = sorted(CHANGED, key=lambda one: (one[0] != "GET", "end" in one[1] or "false" in one[1]))
    for address in reading_first:
        status = asked(client, address[0], *CHANGED[address](here)).status_code
        fine = status in REFUSED - {422} if where == "outside" else status not in {401, 403, 404}
        if not fine and not (where == "outside" and address == ("POST", "/fleet/texts") and status == 422):
            wrong.append((address, status))
    assert wrong == []


@pytest.mark.parametrize(("area", "full"), [(HERE, True), (ELSEWHERE, False)])
def test_lists_hold_what_is_of_ones_area(area: str, full: bool) -> None:
    here = Here()
    client = a_client(a_person(Duty.SUPERVISOR, area=area))
    marks = [
        one.encode() for one in (here.plate, "zone-here", "rule-here", "critical-here", "P-HERE", "139000", here.batch)
    ]
    shown = {}
    for address, ask in LISTED.items():
        answer = asked(client, address[0], *ask(here))
        assert answer.status_code == 200, address
        body = text_of(answer)
        shown[address] = any(mark in body for mark in marks)
    assert shown == dict.fromkeys(LISTED, full)


def test_a_grant_that_ended_opens_nothing() -> None:
    here = Here()
    person = a_person(Duty.SUPERVISOR, area=HERE)
    client = a_client(person)
    assert client.get(f"{API}/fleet/vehicles/{here.vehicle}").status_code == 200
    for grant in a_caller(person, now=here.now).grants:
        identity.revoke(grant.id, by=SYSTEM, now=here.now)
    assert client.get(f"{API}/fleet/vehicles/{here.vehicle}").status_code == 403
