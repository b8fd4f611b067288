"""GeoReport v2 read as a list of demands, each tried over HTTP in JSON and XML (wiki.open311.org/GeoReport_v2)."""

from __future__ import annotations

import datetime as dt
import re
from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest

from tests.cases.open311.conftest import JURISDICTION, Door
from tests.cases.photos.pictures import a_jpeg

pytestmark = pytest.mark.django_db
W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
REQUEST_FIELDS = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible", "service_notice",
    "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url",
]  # fmt: skip


def xml(answer: httpx.Response) -> Element:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return fromstring(answer.content)


def refusal(answer: httpx.Response, status: int) -> str:
    """The sentence of an error in the shape of the specification."""
    assert answer.status_code == status, answer.text
    [error] = answer.json()
    assert error["code"] == status
    return str(error["description"])


def test_discovery_names_the_specification_the_address_and_both_formats(door: Door) -> None:
    [endpoint] = door.get("discovery.json").json()["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == door.url
    assert endpoint["formats"] == ["text/xml", "application/json"]
    root = xml(door.get("discovery.xml"))
    assert root.tag == "discovery"
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]
    assert all(root.find(name) is not None for name in ("changeset", "contact", "key_service"))


def test_the_service_list_has_every_class_with_every_field(door: Door) -> None:
    services = door.get("services.json", jurisdiction_id=JURISDICTION).json()
    assert len(services) == 114 + 74
    for one in services:
        assert set(one) == {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
        assert one["type"] in {"realtime", "batch", "blackbox"}
        assert isinstance(one["metadata"], bool)
        assert one["service_name"]
    root = xml(door.get("services.xml"))
    assert root.tag == "services"
    assert len(root.findall("service")) == len(services)
    assert root.findtext("service/metadata") == "true"


def test_a_definition_lists_the_filing_conditions_as_a_single_value_list(door: Door) -> None:
    definition = door.get("services/E0118.json").json()
    assert definition["service_code"] == "E0118"
    condition, details = definition["attributes"]
    assert (condition["code"], condition["datatype"], condition["required"], condition["order"]) == (
        "CONDITION",
        "singlevaluelist",
        False,
        1,
    )
    assert condition["values"]
    assert {"key", "name"} == set(condition["values"][0])
    assert (details["code"], details["datatype"]) == ("DETAILS", "text")
    root = xml(door.get("services/E0118.xml"))
    assert root.tag == "service_definition"
    assert root.findtext("attributes/attribute/variable") == "true"
    assert root.findtext("attributes/attribute/values/value/key") == condition["values"][0]["key"]


def test_every_service_has_a_definition(door: Door) -> None:
    for one in door.get("services.json").json()[::17]:
        assert door.get(f"services/{one['service_code']}.json").json()["attributes"]


def test_a_posted_request_can_be_fetched_with_every_field(door: Door) -> None:
    number = door.send(
        "A dog in the park <b>&</b> 狗", address_string="中山路 1 号", media_url="https://pictures.example/1.jpg"
    )
    [one] = door.get(f"requests/{number}.json").json()
    assert list(one) == REQUEST_FIELDS
    assert one["status"] == "open"
    assert one["service_code"] == "E0118"
    assert one["description"] == "A dog in the park <b>&</b> 狗"
    assert (one["lat"], one["long"]) == (24.4798, 118.0894)
    assert one["media_url"] == "https://pictures.example/1.jpg"
    assert one["address"] == "中山路 1 号"
    for name in ("requested_datetime", "updated_datetime", "expected_datetime"):
        assert W3C.fullmatch(one[name])
    root = xml(door.get(f"requests/{number}.xml"))
    assert root.tag == "service_requests"
    assert root.findtext("request/description") == one["description"]
    assert [child.tag for child in root.find("request") or []] == REQUEST_FIELDS


def test_a_post_answers_in_xml_too(door: Door) -> None:
    form = {
        "api_key": door.api_key,
        "service_code": "E0118",
        "lat": "24.48",
        "long": "118.09",
        "description": "by xml",
        "account_id": "A7",
    }
    answer = door.post("requests.xml", form)
    assert answer.status_code == 201
    root = xml(answer)
    assert re.fullmatch(r"\d{8}-\d{6}", root.findtext("request/service_request_id") or "")
    assert root.findtext("request/account_id") == "A7"
    assert root.findtext("request/service_notice")


def test_attributes_decide_the_filing_rule_and_stay_with_the_request(door: Door) -> None:
    form = {
        "api_key": door.api_key, "service_code": "E0118", "lat": "24.48", "long": "118.09", "description": "with attributes",
        "attribute[CONDITION]": "1", "attribute[DETAILS]": "blue gate", "attribute[COLOUR][]": ["red", "white"],
    }  # fmt: skip
    number = door.post("requests.json", form).json()[0]["service_request_id"]
    assert door.get(f"requests/{number}.json").json()[0]["description"] == "with attributes\nblue gate"
    wrong = door.post("requests.json", form | {"attribute[CONDITION]": "77"})
    assert "77" in refusal(wrong, 400)


def test_a_token_leads_to_its_request(door: Door) -> None:
    form = {
        "api_key": door.api_key,
        "service_code": "E0118",
        "lat": "24.48",
        "long": "118.09",
        "description": "token",
        "response": "token",
    }
    [given] = door.post("requests.json", form).json()
    assert "service_request_id" not in given
    [found] = door.get(f"tokens/{given['token']}.json").json()
    assert found["token"] == given["token"]
    assert door.get(f"requests/{found['service_request_id']}.json").status_code == 200
    assert (
        xml(door.get(f"tokens/{given['token']}.xml")).findtext("request/service_request_id")
        == found["service_request_id"]
    )
    for forged in (found["service_request_id"] + "-" + "0" * 24, "nonsense", "1"):
        refusal(door.get(f"tokens/{forged}.json"), 404)


def test_lists_are_filtered_by_id_service_status_and_time(door: Door) -> None:
    first, second = door.send("one of two"), door.send("two of two", service_code="C0101")
    ids = [
        one["service_request_id"]
        for one in door.get("requests.json", service_request_id=f"{first},{second},19990101-000001").json()
    ]
    assert ids == [second, first]
    codes = {one["service_code"] for one in door.get("requests.json", service_code="C0101,C0102").json()}
    assert codes == {"C0101"}
    assert door.get("requests.json", service_code="C0999").json() == []
    assert door.get("requests.json", status="closed").json() == []
    assert len(door.get("requests.json", status="open,closed").json()) == len(door.get("requests.json").json())
    now = dt.datetime.now(dt.UTC)
    past = {"start_date": "2020-01-01T00:00:00Z", "end_date": "2020-02-01T00:00:00Z"}
    assert door.get("requests.json", **past).json() == []
    recent = {
        "start_date": (now - dt.timedelta(hours=1)).isoformat(),
        "end_date": (now + dt.timedelta(hours=1)).isoformat(),
    }
    assert second in [one["service_request_id"] for one in door.get("requests.json", **recent).json()]
    assert door.get("requests.json", lat="24.4798", long="118.0894", radius="50").json()
    assert door.get("requests.json", lat="24.6", long="118.2", radius="50").json() == []


def test_pages_follow_each_other_without_a_gap(door: Door) -> None:
    for number in range(5):
        door.send(f"page {number}")
    whole = [one["service_request_id"] for one in door.get("requests.json").json()]
    paged: list[str] = []
    for page in range(1, 99):
        part = door.get("requests.json", page=str(page), page_size="2").json()
        if not part:
            break
        paged += [one["service_request_id"] for one in part]
    assert paged == whole


@pytest.mark.parametrize(
    ("path", "query", "status", "word"),
    [
        ("requests.json", {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, 400, "90 days"),
        ("requests.json", {"start_date": "yesterday"}, 400, "W3C"),
        ("requests.json", {"start_date": "0001-01-01T00:00:00+23:59"}, 400, "W3C"),
        ("requests.json", {"start_date": "2026-03-01", "end_date": "2026-02-01"}, 400, "after"),
        ("requests.json", {"status": "half"}, 400, "half"),
        ("requests.json", {"page_size": "1001"}, 400, "1000"),
        ("requests.json", {"page": "zero"}, 400, "page"),
        ("requests.json", {"lat": "north", "long": "1"}, 400, "lat"),
        ("requests.json", {"jurisdiction_id": "gotham"}, 404, "jurisdiction_id"),
        ("services.json", {"jurisdiction_id": "gotham"}, 404, "jurisdiction_id"),
        ("services/E9999.json", {}, 404, "service_code"),
        ("services/nonsense.json", {}, 404, "service_code"),
        ("requests/20991231-999999.json", {}, 404, "service_request_id"),
        ("requests/x%00y.json", {}, 404, "service_request_id"),
        ("nothing.json", {}, 404, "discovery"),
        ("services.json", {"api_key": "glk_guess"}, 403, "API key"),
    ],
)
def test_a_wrong_question_gets_a_sentence(door: Door, path: str, query: dict[str, str], status: int, word: str) -> None:
    assert word in refusal(door.get(path, **query), status)
    root = xml(door.get(path.replace(".json", ".xml"), **query))
    assert root.tag == "errors"
    assert root.findtext("error/code") == str(status)


GOOD = {"service_code": "E0118", "lat": "24.48", "long": "118.09", "description": "errors"}


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "E9999"}, 404, "service_code"),
        ({"lat": ""}, 400, "lat"),
        ({"lat": "91"}, 400, "lat"),
        ({"long": "nan"}, 400, "long"),
        ({"lat": "", "long": ""}, 400, "where"),
        ({"lat": "", "long": "", "address_string": "Nowhere Lane 12345"}, 400, "was not found"),
        ({"lat": "", "long": "", "address_id": "3502030101000001"}, 400, "component"),
        ({"description": "x" * 4001}, 400, "description"),
        ({"media_url": "file:///etc/passwd"}, 400, "media_url"),
        ({"jurisdiction_id": "gotham"}, 404, "jurisdiction_id"),
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "glk_guess"}, 403, "API key"),
    ],
)
def test_a_wrong_request_is_refused_and_leaves_nothing(
    door: Door, change: dict[str, str], status: int, word: str
) -> None:
    before = len(door.get("requests.json").json())
    assert word in refusal(door.post("requests.json", GOOD | {"api_key": door.api_key} | change), status)
    assert len(door.get("requests.json").json()) == before


def test_a_key_without_the_scope_is_refused(door: Door) -> None:
    assert "open311" in refusal(door.post("requests.json", GOOD | {"api_key": door.other_key}), 403)


def test_the_key_may_come_as_a_bearer_header(door: Door) -> None:
    answer = door.post("requests.json", GOOD | {"description": "bearer"}, Authorization=f"Bearer {door.api_key}")
    assert answer.status_code == 201


def test_the_same_words_within_a_quarter_of_an_hour_are_one_request(door: Door) -> None:
    assert door.send("said twice") == door.send("said twice")
    assert door.send("said twice") != door.send("said twice", device_id="another phone")


def test_an_idempotency_key_makes_one_request_and_refuses_another_body(door: Door) -> None:
    form = GOOD | {"api_key": door.api_key, "description": "by key"}
    first = door.post("requests.json", form, Idempotency_Key="k-1").json()
    assert door.post("requests.json", form, Idempotency_Key="k-1").json() == first
    assert door.post("requests.json", form, X_Idempotency="k-2").json() != first
    assert "Idempotency-Key" in refusal(
        door.post("requests.json", form | {"description": "other"}, Idempotency_Key="k-1"), 409
    )


def test_a_photo_sent_along_is_taken_in_and_a_hostile_one_refused(door: Door) -> None:
    form = GOOD | {"api_key": door.api_key, "description": "with photo"}
    good = httpx.post(
        f"{door.url}/requests.json", data=form, files={"media": ("a.jpg", a_jpeg(), "image/jpeg")}, timeout=30
    )
    assert good.status_code == 201
    bad = httpx.post(
        f"{door.url}/requests.json", data=form | {"description": "x"}, files={"media": ("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")},
        headers={"Accept-Language": "en"}, timeout=30,
    )  # fmt: skip
    assert "SVG" in refusal(bad, 400)


def test_personal_data_of_the_sender_is_nowhere_in_the_answers(door: Door) -> None:
    number = door.send(
        "my neighbour", first_name="Lin", last_name="Secretive", email="lin@secret.example", phone="13800001111"
    )
    for path in (f"requests/{number}.json", "requests.json", f"requests/{number}.xml", "servicerequestupdates.json"):
        text = door.get(path).text
        assert not any(word in text for word in ("Secretive", "lin@secret.example", "13800001111"))


def test_updates_are_listed_and_a_connected_system_can_add_one_once(door: Door) -> None:
    number = door.send("with updates")
    [report] = door.get("servicerequestupdates.json", service_request_id=number).json()
    assert list(report) == ["update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"]
    assert report["status"] == "OPEN"
    form = {
        "api_key": door.api_key,
        "service_request_id": number,
        "update_id": "their-1",
        "status": "OPEN",
        "description": "crew is on its way",
    }
    first = door.post("servicerequestupdates.json", form)
    assert first.status_code == 201
    again = door.post("servicerequestupdates.json", form)
    assert again.json() == first.json()
    listed = door.get("servicerequestupdates.json", service_request_id=number).json()
    assert [one["description"] for one in listed] == ["report", "[OPEN] crew is on its way"]
    assert listed[1]["update_id"] == first.json()[0]["update_id"]
    root = xml(door.get("servicerequestupdates.xml", service_request_id=number))
    assert root.tag == "service_request_updates"
    assert root.findtext("request_update/service_request_id") == number
    refusal(
        door.post("servicerequestupdates.json", form | {"service_request_id": "20991231-999999", "update_id": "x"}), 404
    )
    refusal(door.post("servicerequestupdates.json", form | {"api_key": ""}), 403)
    refusal(door.post("servicerequestupdates.json", {"api_key": door.api_key, "service_request_id": number}), 400)


def test_other_methods_are_refused(door: Door) -> None:
    answer = httpx.delete(f"{door.url}/requests.json")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


def test_xml_with_entities_is_not_read_at_all(door: Door) -> None:
    body = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><request>&e;</request>'
    answer = httpx.post(
        f"{door.url}/requests.xml",
        content=body,
        headers={"Content-Type": "text/xml", "Authorization": f"Bearer {door.api_key}"},
    )
    assert answer.status_code == 400
    assert "root:" not in answer.text


def test_pages_elsewhere_may_read_but_not_write_with_a_cookie(door: Door) -> None:
    assert door.get("services.json").headers["access-control-allow-origin"] == "*"
    answer = httpx.post(f"{door.url}/requests.json", data=GOOD, cookies={"gl_session": "x"})
    assert answer.status_code == 403
