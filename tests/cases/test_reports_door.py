"""The residents' door: report without an account, follow by a secret, act as the reporter, and see nothing of others."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from gridloop.cases.models import Reporter
from gridloop.kernel import clock
from gridloop.kernel.duties import Duty
from tests.builders import a_client, a_person
from tests.cases.photos.pictures import a_jpeg

pytestmark = pytest.mark.django_db
SPOT = {"lon": 118.0894, "lat": 24.4798}
FORM = {"text": "路灯不亮,晚上很黑", **SPOT, "class_kind": "event", "class_code": "0118"}


@pytest.fixture(autouse=True)
def photos_apart(settings: Any, tmp_path: Any, ground: None) -> None:
    settings.GRIDLOOP_PHOTOS = {"driver": "disk", "root": str(tmp_path)}


def send(client: Client, **more: object) -> dict[str, Any]:
    answer = client.post("/api/v1/reports", FORM | more, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def step(client: Client, number: str, secret: str, **said: object) -> Any:
    return client.post(f"/api/v1/reports/{number}/steps?secret={secret}", said, content_type="application/json")


def test_anybody_reports_and_follows_by_the_secret() -> None:
    client = a_client()
    taken = send(client)
    card = client.get(f"/api/v1/reports/{taken['number']}?secret={taken['secret']}").json()
    assert card["text"] == FORM["text"]
    assert card["state"] == "reported"
    assert {one["verb"] for one in card["actions"]} >= {"withdraw", "comment"}
    for guess in ("", "wrong", taken["secret"][:-1]):
        assert client.get(f"/api/v1/reports/{taken['number']}?secret={guess}").status_code == 404
    assert client.get(f"/api/v1/reports/20991231-000001?secret={taken['secret']}").status_code == 404


def test_the_secret_is_kept_as_a_hash_and_the_contact_sealed() -> None:
    taken = send(a_client(), contact="13812345678", name="林女士")
    row = Reporter.objects.get(secret_hash__isnull=False)
    assert taken["secret"].encode() not in bytes(row.secret_hash or b"")
    with connection.cursor() as cursor:
        cursor.execute("select r::text from cases_reporter r")
        assert "13812345678" not in str(cursor.fetchall())


def test_a_resident_who_is_signed_in_follows_without_a_secret() -> None:
    lin, wang = a_client(a_person(Duty.CITIZEN)), a_client(a_person(Duty.CITIZEN))
    taken = send(lin)
    assert taken["secret"] is None
    assert [one["number"] for one in lin.get("/api/v1/reports/mine").json()["items"]] == [taken["number"]]
    assert lin.get(f"/api/v1/reports/{taken['number']}").status_code == 200
    assert wang.get("/api/v1/reports/mine").json()["items"] == []
    assert wang.get(f"/api/v1/reports/{taken['number']}").status_code == 404
    assert step(wang, taken["number"], "", verb="withdraw").status_code == 404
    assert a_client().get("/api/v1/reports/mine").status_code == 401


def test_the_reporter_comments_and_withdraws_and_nothing_else_is_theirs() -> None:
    client = a_client()
    taken = send(client)
    number, secret = taken["number"], taken["secret"]
    card = step(client, number, secret, verb="comment", note="还没修").json()
    assert [one["note"] for one in card["history"] if one["verb"] == "comment"] == ["还没修"]
    assert step(client, number, secret, verb="rate", rating=5).status_code == 409
    assert step(client, number, secret, verb="register").status_code == 422
    assert step(client, number, secret, verb="withdraw").json()["state"] == "withdrawn"
    assert step(client, number, secret, verb="withdraw").status_code == 409
    assert step(client, number, "wrong", verb="comment", note="x").status_code == 404


def test_the_same_key_reports_once() -> None:
    client = a_client()
    answers = [
        client.post("/api/v1/reports", FORM, content_type="application/json", headers={"Idempotency-Key": "k1"}).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    other = client.post(
        "/api/v1/reports", FORM | {"text": "x"}, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )
    assert other.status_code == 409


def test_photos_of_a_report_are_shown_by_its_secret_and_to_nobody_else() -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = a_client()
    photo = client.post("/api/v1/photos", {"file": SimpleUploadedFile("a.jpg", a_jpeg(), "image/jpeg")}).json()["id"]
    taken = send(client, photos=[photo])
    card = client.get(f"/api/v1/reports/{taken['number']}?secret={taken['secret']}").json()
    [shown] = card["photos"]
    assert client.get(shown["url"]).status_code == 200
    assert client.get(shown["url"].partition("?")[0]).status_code == 404
    assert a_client(a_person(Duty.ACCEPTOR)).get(shown["url"].partition("?")[0]).status_code == 200
    assert a_client(a_person(Duty.ACCEPTOR, area="3501")).get(shown["url"].partition("?")[0]).status_code == 404


def test_nearby_says_what_was_reported_but_not_in_whose_words() -> None:
    client = a_client()
    taken = send(client, text="我家楼下邻居张三太吵", contact="13812345678")
    found = client.get("/api/v1/reports/near", SPOT).json()["items"]
    mine = next(one for one in found if one["number"] == taken["number"])
    assert mine["distance_m"] < 1
    assert "张三" not in str(mine)
    assert client.get("/api/v1/reports/near", SPOT | {"class_code": "0101"}).json()["items"] == []
    assert client.get("/api/v1/reports/near", {"lon": 0, "lat": 99}).status_code == 422


def test_one_address_sends_only_so_many_photos_without_an_account(settings: Any) -> None:
    settings.GRIDLOOP_PHOTOS_PER_HOUR = 3

    def photo(client: Client) -> Any:
        return client.post("/api/v1/photos", {"file": SimpleUploadedFile("a.jpg", a_jpeg(), "image/jpeg")})

    nobody = a_client()
    assert [photo(nobody).status_code for _ in range(4)] == [201, 201, 201, 429]
    assert photo(a_client(a_person(Duty.CITIZEN))).status_code == 201


def test_one_address_reports_only_so_often(settings: Any) -> None:
    settings.GRIDLOOP_REPORTS_PER_HOUR = 3
    client = a_client()
    for number in range(3):
        send(client, text=f"第 {number} 个")
    answer = client.post("/api/v1/reports", FORM, content_type="application/json")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_the_desk_hears_of_a_report_by_polling_and_strangers_do_not() -> None:
    from gridloop.audit import actions as ledger

    desk, elsewhere = a_client(a_person(Duty.ACCEPTOR)), a_client(a_person(Duty.ACCEPTOR, area="3501"))
    start = desk.get("/api/v1/events").json()["position"]
    assert desk.get("/api/v1/events", {"after": start}).json() == {"items": [], "position": start}
    assert a_client().get("/api/v1/events").status_code == 401
    assert elsewhere.get("/api/v1/events", {"after": -2}).status_code == 422
    assert ledger.sequence(clock.now()) >= 0
