"""What happens around every request: references, sentences, tokens of the page, headers, files, health."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from django.conf import settings as live_settings
from django.db import connection

from gridloop.kernel.duties import Duty
from gridloop.site import pages
from tests.builders import PASSWORD, a_client, a_person

pytestmark = pytest.mark.django_db


def post(client, path: str, body: object, **headers: str):
    return client.post(f"/api/v1{path}", data=json.dumps(body), content_type="application/json", headers=headers)


def test_signing_in_and_out_over_http() -> None:
    a_person(Duty.DISPATCHER, login="lin", password=PASSWORD)
    client = a_client()
    answer = post(client, "/session", {"login": "lin", "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json()["grants"][0]["duty_name"] == "dispatcher"
    cookie = client.cookies["gl_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    client.defaults["HTTP_X_CSRFTOKEN"] = client.cookies["csrftoken"].value
    assert client.get("/api/v1/session").json()["person"]["name"]
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").json()["person"] is None


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip, deflate, br", True), ("br;q=1.0, gzip;q=0.5", True), ("*", True), ("", False), ("gzip;q=0, *", False)],
)
def test_a_built_file_goes_packed_to_who_unpacks_it(tmp_path: Path, monkeypatch, accepted: str, packed: bool) -> None:
    text = b"export const city = 'Xiamen'\n" * 100
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app.js").write_bytes(text)
    (tmp_path / "assets" / "app.js.gz").write_bytes(gzip.compress(text))
    monkeypatch.setattr(pages, "DIST", tmp_path)
    client = a_client()

    answer = client.get("/assets/app.js", headers={"accept-encoding": accepted})
    body = b"".join(answer.streaming_content)
    assert (gzip.decompress(body) if packed else body) == text
    assert answer.headers.get("Content-Encoding") == ("gzip" if packed else None)
    assert (answer.headers["Content-Type"], answer.headers["Vary"]) == ("text/javascript", "Accept-Encoding")
    again = client.get("/assets/app.js", headers={"accept-encoding": accepted, "if-none-match": answer.headers["ETag"]})
    part = client.get("/assets/app.js", headers={"accept-encoding": accepted, "range": "bytes=0-5"})
    assert (again.status_code, part.status_code, b"".join(part.streaming_content)) == (304, 206, b"export")


def test_a_packed_file_older_than_its_file_is_left_alone(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "robots.txt").write_bytes(b"new")
    (tmp_path / "robots.txt.gz").write_bytes(gzip.compress(b"old"))
    os.utime(tmp_path / "robots.txt.gz", (1, 1))
    monkeypatch.setattr(pages, "DIST", tmp_path)
    answer = a_client().get("/robots.txt", headers={"accept-encoding": "gzip"})
    assert b"".join(answer.streaming_content) == b"new"


def test_a_change_without_the_pages_token_is_refused_in_words() -> None:
    client = a_client(a_person(Duty.ADMIN))
    del client.defaults["HTTP_X_CSRFTOKEN"]
    answer = post(client, "/session/totp", {})
    assert answer.status_code == 403
    assert "reload the page and try again (header X-CSRFToken" in answer.json()["detail"]


def test_another_sites_page_cannot_sign_a_visitor_in() -> None:
    answer = post(a_client(), "/session", {"login": "lin", "password": "x"}, origin="https://evil.example")
    assert answer.status_code == 403
    assert (
        answer.json()["detail"]
        == "changes sent from the site https://evil.example are not accepted here; open this platform's own address"
    )


@pytest.mark.parametrize(("language", "sentence"), [("zh-CN,en;q=0.5", "请先登录"), ("en-GB", "please sign in first")])
def test_a_refusal_is_a_problem_in_the_readers_language_with_a_reference(language: str, sentence: str) -> None:
    answer = a_client(language=language).get("/api/v1/ledger")
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["detail"]) == (401, sentence)
    assert body["reference"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("/session", b"{", 400, "Cannot parse request body"),
        ("/session", b'{"login":"a\\u0000","password":"b"}', 422, "holds a NUL character"),
        ("/session", b'{"login":"a"}', 422, "password: Field required"),
        ("/nothing-here", b"{}", 404, "there is nothing at this address"),
        ("/ledger", b"{}", 405, "this address does not take POST, only GET"),
    ],
)
def test_what_cannot_be_understood_is_answered_with_a_sentence(
    path: str, body: bytes, status: int, sentence: str
) -> None:
    answer = a_client().generic("POST", f"/api/v1{path}", body, content_type="application/json")
    assert answer.status_code == status
    assert sentence in answer.json()["detail"]


def test_a_telephone_code_is_made_and_sent_in_one_transaction() -> None:
    client = a_client()
    assert post(client, "/session/phone", {"phone": "13812345678"}).status_code == 202
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from notices_delivery where channel = 'sms'")
        assert cursor.fetchone() == (1,)
    assert post(client, "/session/phone", {"phone": "123"}).json()["fields"] == {"phone": "11 digits"}


def test_pages_carry_a_strict_policy() -> None:
    answer = a_client().get("/docs/api")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"http" not in b"".join(answer.streaming_content).replace(b"http-equiv", b"")


def test_the_api_viewer_and_its_document_come_from_here() -> None:
    client = a_client()
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "api_docs.js"):
        assert client.get(f"/docs/api/{name}").status_code == 200
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["paths"]["/api/v1/ledger"]["get"]["security"] == [{"session": []}, {"key": ["ledger:read"]}]


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for app in ("citizen", "console"):
        (tmp_path / app).mkdir()
        (tmp_path / app / "index.html").write_text(f"<title>{app}</title>")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "main-1a2b.js").write_text("0123456789")
    monkeypatch.setattr(pages, "DIST", tmp_path)
    return tmp_path


def whole(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_every_address_of_an_app_gives_its_page_and_assets_are_kept_forever(dist: Path) -> None:
    client = a_client()
    assert whole(client.get("/")) == b"<title>citizen</title>"
    assert whole(client.get("/console/cases/20261122-000731")) == b"<title>console</title>"
    asset = client.get("/assets/main-1a2b.js")
    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asset.headers["Content-Type"] == "text/javascript"
    assert client.get("/assets/main-1a2b.js", headers={"if-none-match": asset.headers["ETag"]}).status_code == 304
    missing = client.get("/field/")
    assert missing.status_code == 503
    assert b"The pages are not built yet" in missing.content


@pytest.mark.parametrize(
    "path", ["/assets/../index.html", "/assets/..%2f..%2fetc/passwd", "/assets/gone.js", "/console/x.js", "/nowhere"]
)
def test_nothing_outside_the_folders_is_given(dist: Path, path: str) -> None:
    answer = a_client().get(path)
    assert answer.status_code == 404
    assert b"Page not found" in answer.content


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=2-4", 206, b"234"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=20-", 416, b""),
        ("bytes=x", 200, b"0123456789"),
    ],
)
def test_a_map_archive_can_be_read_by_ranges(dist: Path, asked: str, status: int, body: bytes) -> None:
    answer = a_client().get("/assets/main-1a2b.js", headers={"range": asked})
    assert answer.status_code == status
    assert (whole(answer) if answer.streaming else answer.content) == body


def test_health_readiness_and_metrics() -> None:
    client = a_client()
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert (ready["database"], ready["migrations"]) == ("ok", "ok")
    assert b'gridloop_http_requests_total{method="GET",route="readyz",status="200"}' in client.get("/metrics").content


def test_the_site_tells_what_a_page_needs() -> None:
    facts = a_client().get("/api/v1/site").json()
    assert facts["languages"] == ["zh", "en"]
    assert len(facts["center"]) == 2
    assert "demo_logins" not in facts or live_settings.CONFIG.demo


def test_a_page_of_people_costs_few_statements(django_assert_max_num_queries) -> None:
    client = a_client(a_person(Duty.ADMIN, area=""))
    with django_assert_max_num_queries(2):
        assert client.get("/api/v1/people").status_code == 200
    with django_assert_max_num_queries(2):
        assert client.get("/api/v1/ledger").status_code == 200
    with django_assert_max_num_queries(4):
        assert client.get("/api/v1/session").status_code == 200
