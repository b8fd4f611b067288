"""Everything that is held of a resident in one file, and nothing of them anywhere after they asked to be forgotten."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gridloop.audit.models import Pending
from gridloop.cases.models import Photo, Reporter
from gridloop.cases.nearby import actions as nearby
from gridloop.cases.nearby.rules import Wanted
from gridloop.cases.own_data import actions
from gridloop.cases.own_data.models import OwnFile
from gridloop.cases.own_data.rules import KEPT, readable
from gridloop.cases.queries import contacts
from gridloop.identity import actions as identity
from gridloop.identity.actions.sign_in import SignedIn
from gridloop.identity.models import Person
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotFound, Refused
from gridloop.notices import actions as notices
from gridloop.notices import queries as words
from tests.builders import SPOT, a_caller, a_client, a_person
from tests.cases.photos.pictures import a_jpeg

pytestmark = pytest.mark.django_db
PHONE = "13987654321"
NAME = "林晓燕女士"
HERE = identity.Visitor(ip="203.0.113.7", user_agent="OldPhone/1.0", language="zh")


@pytest.fixture(autouse=True)
def photos_apart(settings: Any, tmp_path: Any, ground: None) -> None:
    settings.GRIDLOOP_PHOTOS = {"driver": "disk", "root": str(tmp_path)}


def signed_in() -> SignedIn:
    now = clock.now()
    made = identity.start_phone(PHONE, visitor=HERE, now=now)
    said = words.words("phone_code", {"code": made.code, "minutes": "5"}, now.date())
    notices.tell_words(notices.Address("sms", made.phone, "zh"), said, subject="", key=made.key)
    return identity.verify_phone(PHONE, made.code, visitor=HERE, now=now)


@pytest.fixture
def lin() -> tuple[Client, Caller, str]:
    """A resident with a name, a number, a report with a photo and a contact, an area, a notice; and the number of her case."""
    session = signed_in()
    Person.objects.filter(pk=session.person_id).update(email="lin@example.cn")
    client = a_client()
    client.cookies[identity.SESSION_COOKIE] = session.token
    photo = client.post("/api/v1/photos", {"file": io.BytesIO(a_jpeg())}).json()["id"]
    form = {
        "text": "路灯不亮", "lon": SPOT[0], "lat": SPOT[1], "class_kind": "event", "class_code": "0118",
        "photos": [photo], "contact": PHONE, "name": NAME,
    }  # fmt: skip
    number = client.post("/api/v1/reports", form, content_type="application/json").json()["number"]
    by = identity.caller_from(session_token=session.token, now=clock.now())
    nearby.follow(Wanted("350203"), by=by, now=clock.now())
    said = words.words("closed", {"number": number, "title": "路灯不亮"}, clock.now().date())
    notices.tell_words(session.person_id, said, subject=f"case:{number}", key="k")
    return client, by, number


def texts_with(*wanted: str) -> list[str]:
    """Every table and column of text, JSON, arrays or bytes that holds one of these anywhere, in every row."""
    columns = """
        select table_name, column_name from information_schema.columns join information_schema.tables using (table_schema, table_name)
        where table_schema = 'public' and table_type = 'BASE TABLE' and data_type in ('text', 'jsonb', 'json', 'ARRAY', 'character varying', 'bytea')
    """
    found = []
    with connection.cursor() as cursor:
        cursor.execute(columns)
        for table, column in cursor.fetchall():
            for one in wanted:
                # bytes are read as they lie there: the ledger's bodies are JSON in UTF-8
                said = (
                    f"position(convert_to(%s, 'UTF8') in \"{column}\"::bytea) > 0"
                    if _is_bytes(table, column)
                    else f"\"{column}\"::text like '%%' || %s || '%%'"
                )
                cursor.execute(f'select count(*) from "{table}" where {said}', [one])
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column}: {one}")
    return found


def _is_bytes(table: str, column: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select data_type = 'bytea' from information_schema.columns where table_name = %s and column_name = %s",
            [table, column],
        )
        return bool(cursor.fetchone()[0])


def test_the_file_holds_everything_that_is_known_and_the_photo_as_it_was_taken(lin: tuple[Client, Caller, str]) -> None:
    client, by, number = lin
    asked = client.post("/api/v1/own-data")
    assert asked.status_code == 202
    assert asked.json()["file"]["state"] == "waiting"
    again = actions.ask(by=by, now=clock.now())
    assert actions.pack(again, now=clock.now()) == "ready"
    assert actions.pack(again, now=clock.now()) == "gone"
    shown = client.get("/api/v1/own-data").json()
    assert (shown["file"]["state"], shown["file"]["done"], shown["file"]["total"], shown["reports"]) == (
        "ready",
        1,
        1,
        1,
    )
    answer = client.get(shown["file"]["link"])
    assert answer["Content-Type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    held = json.loads(packed.read("data.json"))
    assert held["person"]["phone"] == PHONE
    assert held["reports"][0]["number"] == number
    assert held["reports"][0]["text"] == "路灯不亮"
    assert held["sessions"][0]["ip"] == "203.0.113.7"
    assert held["areas"][0]["place"] == "350203"
    assert any(one["kind"] == "closed" for one in held["notices"])
    [photo] = held["photos"]
    assert packed.read(f"photos/{photo}.jpg").startswith(b"\xff\xd8")
    assert number in packed.read("index.html").decode()
    box = bytes(OwnFile.objects.get().box_sealed or b"")
    assert answer.content[:40] not in box


def test_the_link_is_for_its_person_alone_and_for_a_short_time(lin: tuple[Client, Caller, str]) -> None:
    _, by, _ = lin
    file_id = actions.ask(by=by, now=clock.now())
    actions.pack(file_id, now=clock.now())
    token = actions.link_of(file_id, by.person_id or 0)
    with pytest.raises(NotFound, match="not yours"):
        actions.fetch(token, by=a_caller(a_person(Duty.CITIZEN)), now=clock.now())
    with pytest.raises(NotFound, match="no longer good"):
        actions.fetch(token + "x", by=by, now=clock.now())
    with pytest.raises(NotFound, match="not there any more"):
        actions.fetch(token, by=by, now=clock.now() + KEPT)
    assert actions.sweep(clock.now() + KEPT + dt.timedelta(minutes=1)) == 1


def test_a_page_to_read_escapes_what_somebody_wrote() -> None:
    page = readable({"notices": [{"title": "<script>alert(1)</script>"}]}, clock.now())
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_somebody_with_a_duty_is_closed_by_an_administrator_and_not_here() -> None:
    with pytest.raises(Refused, match="an administrator closes such an account"):
        identity.own_phone(a_caller(a_person(Duty.COLLECTOR)))


def test_forgetting_needs_the_code_of_ones_own_phone(lin: tuple[Client, Caller, str]) -> None:
    client, by, _ = lin
    assert client.post("/api/v1/own-data/forget/code").status_code == 202
    wrong = client.post("/api/v1/own-data/forget", {"code": "000000x"}, content_type="application/json")
    assert wrong.status_code == 409
    assert "nothing was deleted" in wrong.json()["detail"]
    assert Person.objects.get(pk=by.person_id).active


def test_after_forgetting_neither_number_nor_name_is_in_any_table_and_the_case_stays(
    lin: tuple[Client, Caller, str],
) -> None:
    client, by, number = lin
    assert texts_with("lin@example.cn"), "the scan finds what is there"
    actions.ask(by=by, now=clock.now())
    code = actions.start_forgetting(visitor=HERE, by=by, now=clock.now() + dt.timedelta(hours=1)).code
    actions.forget(code, by=by, now=clock.now() + dt.timedelta(hours=1))
    assert texts_with(PHONE, NAME, "lin@example.cn", f"{PHONE[:3]}****{PHONE[-4:]}") == []
    for kept in Reporter.objects.all():
        assert PHONE not in contacts.opened(kept.contact)
    assert client.get("/api/v1/reports/mine").status_code == 401
    with connection.cursor() as cursor:
        cursor.execute("select text, reporter_id from cases_case where number = %s", [number])
        assert cursor.fetchone() == ("路灯不亮", None)
    assert Photo.objects.get().owner_id is None
    assert "person.forgotten" in set(Pending.objects.values_list("action", flat=True))
    assert signed_in().person_id != by.person_id
