"""The doors of the masters: lists, cards with their version, once-only requests, files, and who may knock."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest

from gridloop.fleet import actions
from gridloop.fleet.models import Fence, Stranger, Vehicle
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty
from tests.builders import NOW, a_client, a_person
from tests.fleet.masters.test_masters import a_fence, a_rule
from tests.fleet.masters.test_register import a_truck

SYSTEM = system("test")
API = "/api/v1/fleet"
RING = [[118.08, 24.45], [118.09, 24.45], [118.09, 24.46], [118.08, 24.46], [118.08, 24.45]]
SQUARE = {"shape": "area", "geometry": {"type": "Polygon", "coordinates": [RING]}}


@pytest.fixture
def supervisor(db):
    return a_client(a_person(Duty.SUPERVISOR))


def sent(client, method: str, path: str, body: object, **headers: str):
    return getattr(client, method)(f"{API}{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_a_vehicle_is_registered_once_however_often_the_request_comes(supervisor):
    said = {"plate": "闽d·10001", "kind": "hazmat", "area": "350203"}
    first = sent(supervisor, "post", "/vehicles", said, **{"Idempotency-Key": "k1"})
    again = sent(supervisor, "post", "/vehicles", said, **{"Idempotency-Key": "k1"})
    other = sent(supervisor, "post", "/vehicles", {**said, "plate": "闽D10002"}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == again.json()
    assert Vehicle.objects.count() == 1


def test_a_card_carries_its_version_and_a_stale_change_is_refused(supervisor):
    made = sent(supervisor, "post", "/vehicles", {"plate": "闽D10001", "kind": "hazmat", "area": "350203"})
    seen = made.headers["ETag"]
    done = sent(supervisor, "patch", f"/vehicles/{made.json()['id']}", {"firm": "A"}, **{"If-Match": seen})
    stale = sent(supervisor, "patch", f"/vehicles/{made.json()['id']}", {"firm": "B"}, **{"If-Match": seen})
    assert (done.status_code, stale.status_code) == (200, 412)
    assert supervisor.get(f"{API}/vehicles/{made.json()['id']}").json()["firm"] == "A"


def test_lists_have_pages_filters_and_files(supervisor):
    actions.register_vehicles([a_truck(number, firm="=危险") for number in range(1, 31)], by=SYSTEM, now=NOW)
    page = supervisor.get(f"{API}/vehicles?limit=20").json()
    rest = supervisor.get(f"{API}/vehicles?limit=20&cursor={page['next']}").json()
    assert (len(page["items"]), len(rest["items"]), rest["next"], page["counts"]) == (20, 10, None, {"hazmat": 30})
    text = b"".join(supervisor.get(f"{API}/vehicles/export.csv")).decode("utf-8-sig")
    assert (text.count("\n"), "'=危险" in text) == (31, True)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(supervisor.get(f"{API}/vehicles/export.xlsx?q=0001"))))
    assert book.active.max_row == 12


def test_a_fence_is_checked_drawn_changed_and_written_as_the_import_reads_it(supervisor):
    assert sent(supervisor, "post", "/fences/check", SQUARE).json()["area_m2"] > 1e6
    crossing = {
        "shape": "area",
        "geometry": {"type": "Polygon", "coordinates": [[RING[0], RING[2], RING[1], RING[3], RING[0]]]},
    }
    assert "Self-intersection" in sent(supervisor, "post", "/fences/check", crossing).json()["detail"]
    drawn = sent(supervisor, "post", "/fences", {**SQUARE, "code": "zone", "name_zh": "区域", "area": "3502"})
    assert (drawn.status_code, drawn.headers["ETag"]) == (201, '"1"')
    changed = sent(supervisor, "patch", "/fences/zone", {"name_zh": "新名"}, **{"If-Match": '"1"'})
    assert (changed.json()["version"], len(changed.json()["versions"])) == (2, 2)
    file = json.loads(b"".join(supervisor.get(f"{API}/fences/export.geojson")))
    assert [one["properties"]["name_zh"] for one in file["features"]] == ["新名"]
    assert sent(supervisor, "post", "/fences/zone/end", {"why": "over"}).json()["in_force"] is False
    assert supervisor.get(f"{API}/fences?state=now").json()["items"] == []


def test_a_rule_is_previewed_in_words_and_a_critical_one_waits(supervisor):
    actions.draw_fence(a_fence(), by=SYSTEM, now=NOW)
    actions.register_vehicles([a_truck(1), a_truck(2, kind="taxi")], by=SYSTEM, now=NOW)
    said = {
        "code": "r",
        "kind": "no_go",
        "name_zh": "禁行",
        "fences": ["old-town"],
        "kinds": ["hazmat"],
        "area": "3502",
    }
    told = sent(supervisor, "post", "/rules/preview", said).json()
    assert (told["words_en"], told["concerned"]) == ("Hazardous-goods trucks must not enter 老城区; at all times.", 1)
    assert sent(supervisor, "post", "/rules", said).status_code == 201
    waits = sent(supervisor, "patch", "/rules/r", {"severity": "critical", "why": "worse"}, **{"If-Match": '"1"'})
    assert (waits.status_code, waits.json()["rule"]["severity"]) == (202, "high")
    number = supervisor.get(f"{API}/rule-proposals").json()["items"][0]["id"]
    assert sent(supervisor, "post", f"/rule-proposals/{number}/confirm", {"note": ""}).status_code == 403
    other = a_client(a_person(Duty.SUPERVISOR))
    assert sent(other, "post", f"/rule-proposals/{number}/confirm", {"note": ""}).json()["state"] == "confirmed"
    assert supervisor.get(f"{API}/rules?fence=old-town").json()["items"][0]["severity"] == "critical"
    assert supervisor.get(f"{API}/rules/r").json()["proposals"][0]["decided_by"]


def test_permits_routes_lists_and_events_have_their_doors(supervisor):
    actions.register_vehicles([a_truck()], by=SYSTEM, now=NOW)
    permit = {
        "number": "P1",
        "kind": "hazmat_zone",
        "plate": "示D00001",
        "valid_from": "2026-01-01T00:00",
        "valid_to": "2099-01-01T00:00",
    }
    assert sent(supervisor, "post", "/permits", permit).json()["state"] == "valid"
    assert sent(supervisor, "post", "/permits/P1/revoke", {"why": "sold"}).json()["state"] == "revoked"
    assert supervisor.get(f"{API}/permits?state=valid").json()["items"] == []
    assert b"P1" in b"".join(supervisor.get(f"{API}/permits/export.csv"))
    line = {"type": "LineString", "coordinates": RING[:3]}
    route = {
        "number": "W1",
        "plate": "示D00001",
        "line": line,
        "starts_at": "2099-01-01T06:00",
        "ends_at": "2099-01-01T09:00",
    }
    assert sent(supervisor, "post", "/routes", route).status_code == 201
    assert supervisor.get(f"{API}/routes?q=d00001").json()["items"][0]["number"] == "W1"
    assert sent(supervisor, "post", "/routes/W1/withdraw", {}).status_code == 204
    assert sent(supervisor, "put", "/lists/key", {"name_zh": "重点"}).status_code == 200
    event = {"name_zh": "大会", "spans": [["2099-01-01T08:00", "2099-01-01T18:00"]]}
    assert sent(supervisor, "put", "/occasions/congress", event).status_code == 200
    assert supervisor.delete(f"{API}/occasions/congress").status_code == 204


def test_a_stranger_is_bound_and_its_code_is_shown_once(supervisor):
    actions.register_vehicles([a_truck()], by=SYSTEM, now=NOW)
    Stranger.objects.create(
        protocol="jt808",
        name="13900000001",
        reason="unregistered",
        said_zh="未登记",
        said_en="not registered",
        first_at=NOW,
        last_at=NOW,
    )
    knocking = supervisor.get(f"{API}/strangers").json()["items"][0]
    made = sent(
        supervisor,
        "post",
        "/terminals",
        {"protocol": knocking["protocol"], "name": knocking["name"], "plate": "示D00001"},
    )
    assert (made.status_code, supervisor.get(f"{API}/strangers").json()["items"]) == (201, [])
    assert len(sent(supervisor, "post", f"/terminals/{made.json()['id']}/code", {}).json()["code"]) == 16
    assert supervisor.get(f"{API}/terminals?q=1390").json()["items"][0]["has_code"] is True
    blocked = sent(supervisor, "patch", f"/terminals/{made.json()['id']}", {"blocked": True, "why": "stolen"})
    assert blocked.json()["blocked"] is True


def test_an_acceptor_looks_and_a_collector_does_not(db):
    actions.draw_fence(a_fence(), by=SYSTEM, now=NOW)
    actions.write_rule(a_rule(), "", by=SYSTEM, now=NOW)
    acceptor, collector = a_client(a_person(Duty.ACCEPTOR)), a_client(a_person(Duty.COLLECTOR))
    assert acceptor.get(f"{API}/rules").json()["items"][0]["code"] == "no-hazmat"
    assert sent(acceptor, "post", "/fences", {**SQUARE, "code": "z", "name_zh": "区"}).status_code == 403
    assert collector.get(f"{API}/vehicles").status_code == 403
    assert Fence.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/fences/check", {"shape": "area", "geometry": {"type": "Polygon", "coordinates": [[["a", 1]]]}}),
        ("/fences/check", {"shape": "area", "geometry": {"type": "GeometryCollection", "geometries": []}}),
        ("/fences/check", {"shape": "circle", "geometry": {"type": "Point", "coordinates": []}, "radius_m": 10}),
        ("/rules/preview", {"code": "a", "kind": "speed", "name_zh": "x", "params": {"limit_kmh": "fast"}}),
        ("/rules/preview", {"code": "a", "kind": "no_go", "name_zh": "x", "fences": ["z"], "weekly": [[1]]}),
        ("/vehicles", {"plate": "闽D\u000012345", "kind": "hazmat"}),
        (
            "/permits",
            {
                "number": "p",
                "kind": "k",
                "plate": "闽D12345",
                "valid_from": "0001-01-01T00:00",
                "valid_to": "9999-01-01T00:00",
            },
        ),
    ],
)
def test_nonsense_is_answered_with_a_sentence(supervisor, path, body):
    answer = sent(supervisor, "post", path, body)
    assert answer.status_code == 422, answer.content
    assert answer.json()["detail"]
