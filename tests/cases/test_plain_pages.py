"""Pages without scripts: report, look up, rate and dispute, see what is open nearby; light, in both languages, and nothing doubled."""

from __future__ import annotations

import datetime as dt
import io
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gridloop.cases.announcements import actions as announcements
from gridloop.cases.announcements.actions import Taken
from gridloop.cases.announcements.rules.steps import Verb
from gridloop.cases.announcements.rules.words import Said
from gridloop.cases.models import Photo
from gridloop.kernel import clock
from gridloop.places import queries as places
from tests.builders import MONDAY, SPOT, Crew, a_case, a_step
from tests.cases.photos.pictures import a_jpeg

pytestmark = pytest.mark.django_db
BYTES_MAX = 30_000
VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """What a text browser or a screen reader gets of a page: its forms' fields, its labels, its headings, and tags that do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.labels: set[str] = set()
        self.ids: set[str] = set()
        self.shown: set[str] = set()
        self.language, self.headings, self.scripts, self.open = "", 0, 0, []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if "id" in said:
            assert said["id"] not in self.ids, f"two elements have the id {said['id']}"
            self.ids.add(said["id"])
        if tag == "html":
            self.language = said["lang"]
        if tag == "input" and said.get("type") == "hidden":
            self.fields[said["name"]] = said["value"]
        elif tag in {"input", "select", "textarea"}:
            self.shown.add(said["id"])
        if tag == "label":
            self.labels.add(said["for"])
        self.headings += tag == "h1"
        self.scripts += tag == "script" or any(name.startswith("on") for name in said)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"p", "li", "option", "dt", "dd"} or self.open[-1] == tag:
            assert self.open.pop() == tag


def page(answer: Any, status: int = 200) -> Page:
    assert answer.status_code == status, answer.content.decode()[:2000]
    assert len(answer.content) < BYTES_MAX
    read = Page(answer.content.decode())
    assert read.scripts == 0
    assert read.headings == 1
    assert read.shown <= read.labels
    assert read.open == []
    return read


@pytest.fixture
def browser(ground: None, settings: Any, tmp_path: Any) -> Client:
    settings.GRIDLOOP_PHOTOS = {"driver": "disk", "root": str(tmp_path)}
    return Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="zh-CN")


def town() -> str:
    return places.at(*SPOT).township.code  # type: ignore[union-attr]


def posted(client: Client, address: str, said: dict[str, Any]) -> Any:
    return client.post(address, {"csrfmiddlewaretoken": client.cookies["csrftoken"].value} | said)


def reported(client: Client, **more: Any) -> tuple[str, str, Any]:
    form = page(client.get("/plain/report"))
    said = {"text": "路灯不亮,晚上很黑", "town": town(), "address": "", "contact": "", "key": form.fields["key"]} | more
    answer = posted(client, "/plain/report", said)
    read = page(answer, 201)
    return read.fields["number"], read.fields["code"], said


def test_every_page_is_light_and_whole_in_both_languages(browser: Client) -> None:
    for path in ("", "report", "find", "near", f"near?town={town()}"):
        joint = "&" if "?" in path else "?"
        assert page(browser.get(f"/plain/{path}{joint}lang=zh")).language == "zh-CN"
        assert page(browser.get(f"/plain/{path}{joint}lang=en")).language == "en"
    assert browser.cookies["gl_lang"].value == "en"


def test_a_report_with_a_photo_is_made_once_however_often_the_form_is_sent(browser: Client) -> None:
    number, code, said = reported(browser, photo=io.BytesIO(a_jpeg()))
    again = page(posted(browser, "/plain/report", said | {"photo": io.BytesIO(a_jpeg())}), 201)
    assert (again.fields["number"], again.fields["code"]) == (number, code)
    assert Photo.objects.filter(case_id__isnull=False).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("select count(*), max(source), min(place) from cases_case")
        count, source, place = cursor.fetchone()
    assert (count, source) == (1, "citizen")
    assert place.startswith(town()[:6])


def test_the_report_is_looked_up_by_number_and_code_and_told_in_words(browser: Client) -> None:
    number, code, _ = reported(browser)
    answer = posted(browser, "/plain/find", {"number": number, "code": code})
    page(answer)
    said = answer.content.decode()
    assert "路灯不亮" in said
    assert re.search(r"<dd>20\d\d-\d\d-\d\d \d\d:\d\d</dd>", said)
    assert re.search(r"<li>20\d\d-\d\d-\d\d \d\d:\d\d \S", said)
    for wrong in ({"number": number, "code": "x"}, {"number": "1", "code": code}, {"number": "", "code": ""}):
        refused = posted(browser, "/plain/find", wrong)
        assert refused.status_code in {404, 422}
        page(refused, refused.status_code)
        assert 'role="alert"' in refused.content.decode()


def test_the_reporter_comments_and_withdraws_once(browser: Client) -> None:
    number, code, _ = reported(browser)
    page(posted(browser, "/plain/find", {"number": number, "code": code}))
    comment = {"number": number, "code": code, "verb": "comment", "note": "<b>还没有人来</b>", "key": "one-comment-key"}
    for _ in range(2):
        said = posted(browser, "/plain/step", comment)
        page(said)
    assert said.content.decode().count("&lt;b&gt;还没有人来&lt;/b&gt;") == 1
    assert page(posted(browser, "/plain/step", {"number": number, "code": code, "verb": "withdraw", "key": "two"}))
    refused = posted(browser, "/plain/step", {"number": number, "code": code, "verb": "withdraw", "key": "three"})
    assert refused.status_code == 409
    page(refused, 409)


def test_a_closed_report_is_rated_and_disputed(browser: Client, crew: Crew) -> None:
    number, code, _ = reported(browser)
    now = clock.now() + dt.timedelta(minutes=1)
    for who, verb, what in (
        ("acceptor", "register", {"class": "event:0102"}),
        ("shift_leader", "file", {"rule": 1}),
        ("dispatcher", "dispatch", {"unit": None}),
        ("unit", "accept", {}),
        ("unit", "finish", {"note": "已修好", "photos": 1}),
        ("checker", "pass", {"photos": 1}),
        ("shift_leader", "close", {}),
    ):
        a_step(number, verb, crew=crew, who=who, now=now, **what)
    said = posted(browser, "/plain/step", {"number": number, "code": code, "verb": "rate", "rating": "4", "key": "r"})
    page(said)
    with connection.cursor() as cursor:
        cursor.execute("select rating from cases_case where number = %s", [number])
        assert cursor.fetchone() == (4,)
    said = posted(
        browser, "/plain/step", {"number": number, "code": code, "verb": "dispute", "note": "又坏了", "key": "d"}
    )
    page(said)
    assert "又坏了" in said.content.decode()


def test_what_is_missing_is_said_and_what_was_typed_is_kept(browser: Client) -> None:
    form = page(browser.get("/plain/report"))
    refused = posted(browser, "/plain/report", {"text": "井盖<没了>", "town": "", "key": form.fields["key"]})
    page(refused, 422)
    said = refused.content.decode()
    assert "请从列表中选择问题所在的一个" in said
    assert "井盖&lt;没了&gt;" in said
    assert f'value="{form.fields["key"]}"' in said


def test_what_is_open_nearby_names_nobody_and_quotes_nobody(browser: Client, crew: Crew) -> None:
    a_case("registered", crew=crew, now=MONDAY, text="张三家门口的垃圾")
    said = browser.get(f"/plain/near?town={town()}").content.decode()
    assert said.count("<li>") == 1
    assert "张三" not in said


def test_what_is_announced_stands_there_in_both_languages(browser: Client, crew: Crew) -> None:
    now = clock.now()
    hours = dt.timedelta(hours=2)
    said = Said("water", "停水通知", "Water off", "抢修。\n请储水。", "Repairs.", ("350203",), now - hours, now + hours)
    made = announcements.write(said, by=crew.supervisor, now=now)
    assert "停水通知" not in browser.get("/plain/news").content.decode(), "nobody hears of a draft"
    announcements.take(made, Taken(Verb.PUBLISH), by=crew.supervisor, now=now)
    for language, words in (("zh", ("停水通知", "进行中")), ("en", ("Water off", "on now"))):
        page = browser.get(f"/plain/news?lang={language}").content.decode()
        assert all(one in page for one in words)
        assert Page(page).scripts == 0
        assert len(page) < BYTES_MAX


def test_a_form_of_another_site_is_refused(browser: Client) -> None:
    assert browser.post("/plain/report", {"text": "x"}).status_code == 403
