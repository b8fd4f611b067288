"""A resident finds that somebody has reported it already, and joins: one case, several reporters, nobody reads another's words."""

from __future__ import annotations

import math
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gridloop.audit import actions as ledger
from gridloop.audit import queries as entries
from gridloop.cases.actions.telling import tell_waiting
from gridloop.cases.models import Case, Event, Reporter
from gridloop.cases.rules.joining import JOIN_M
from gridloop.kernel import clock
from gridloop.kernel.duties import Duty
from gridloop.notices.models import Delivery, Notice
from tests.builders import MONDAY, SPOT, Crew, a_caller, a_case, a_client, a_person, a_photo, a_report, a_step

pytestmark = pytest.mark.django_db
FORM = {"text": "我也看到这堆垃圾", "lon": SPOT[0], "lat": SPOT[1]}
METRE_LAT = 1 / 111_195  # degrees of latitude


def join(client: Client, number: str, *, key: str = "", **more: object) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(
        "/api/v1/reports", FORM | {"same_as": number} | more, content_type="application/json", headers=headers
    )


def card(client: Client, number: str, secret: str = "") -> Any:
    return client.get(f"/api/v1/reports/{number}?secret={secret}")


def test_who_joins_becomes_one_more_reporter_of_the_same_case(crew: Crew) -> None:
    number = a_case("dispatched", crew=crew, text="张三家门口一堆垃圾")
    before = Case.objects.get(number=number)
    answer = join(a_client(), number)
    assert answer.status_code == 201, answer.content
    assert answer.json()["number"] == number
    assert answer.json()["secret"]
    after = Case.objects.get(number=number)
    assert (after.reports, after.version, after.state) == (before.reports + 1, before.version + 1, before.state)
    assert Case.objects.count() == 1
    event = Event.objects.filter(case_id=after.id).latest("seq")
    assert (event.verb, event.note, event.duty) == ("join", FORM["text"], "citizen")
    ledger.sequence(clock.now())
    actions = [one.action for one in entries.entries_about(f"case:{number}")]
    assert actions.count("case.join") == 1
    desk = a_client(a_person(Duty.ACCEPTOR)).get(f"/api/v1/cases/{number}").json()
    assert desk["reports"] == 2
    assert [one["verb_zh"] for one in desk["history"]][-1] == "也上报了"
    assert len(desk["reporter"]) == 2


def test_each_reporter_reads_their_own_words_and_nobody_elses(crew: Crew) -> None:
    first = a_report(
        "张三家门口一堆垃圾", by=crew.citizen, photos=(a_photo(by=crew.citizen),), class_kind="event", class_code="0102"
    )
    a_step(first.number, "comment", crew=crew, who="citizen", note="张三又来了", photos=1)
    one, two = (join(a_client(), first.number, text=words).json()["secret"] for words in ("李四看到的", "王五看到的"))
    lin_id = a_person()
    lin = a_client(lin_id)
    assert join(lin, first.number, text="赵六看到的").json()["secret"] is None
    for client, secret, own in ((a_client(), one, "李四"), (a_client(), two, "王五"), (lin, "", "赵六")):
        body = card(client, first.number, secret)
        assert body.status_code == 200
        seen = body.content.decode()
        assert own in seen
        assert not [name for name in ("张三", "李四", "王五", "赵六") if name != own and name in seen]
        assert body.json()["joined"] is True
        assert body.json()["photos"] == []
        assert body.json()["title"] == "暴露垃圾"
    assert "赵六看到的" in lin.get(f"/api/v1/cases/{first.number}").content.decode()
    assert "张三" not in lin.get(f"/api/v1/cases/{first.number}").content.decode()
    assert "张三" not in lin.get("/api/v1/reports/mine").content.decode()
    citizen = a_client(crew.citizen.person_id)
    mine = card(citizen, first.number).json()
    assert mine["joined"] is False
    assert mine["text"] == "张三家门口一堆垃圾"
    assert len(mine["photos"]) == 2
    assert [event["note"] for event in mine["history"]] == ["", "张三又来了", "", "", ""]


def test_the_joined_are_told_and_rate_and_cannot_take_the_report_of_others_back(crew: Crew) -> None:
    number = a_case(crew=crew, text="张三家门口一堆垃圾")
    tell_waiting(MONDAY)
    secret = join(a_client(), number, contact="13812345678").json()["secret"]
    wang = a_person()
    join(a_client(wang), number)
    client = a_client()

    def step(**said: object) -> Any:
        path = f"/api/v1/reports/{number}/steps?secret={secret}"
        return client.post(path, said, content_type="application/json")

    refused = step(verb="withdraw")
    assert refused.status_code == 409
    assert "others have reported the same" in refused.json()["detail"]
    assert "withdraw" not in {one["verb"] for one in card(client, number, secret).json()["actions"]}
    drive(crew, number)
    tell_waiting(MONDAY)
    told = list(Notice.objects.filter(person_id=wang).values_list("kind", "text_zh", "title_zh"))
    assert "closed" in {kind for kind, _, _ in told}
    assert "张三" not in str(told)
    assert Delivery.objects.filter(channel="sms", notice__kind="closed").exists()
    assert step(verb="rate", rating=4).json()["rating"] == 4


def drive(crew: Crew, number: str) -> None:
    for who, verb, what in (
        ("acceptor", "register", {"class": "event:0102"}), ("shift_leader", "file", {"rule": 1}), ("dispatcher", "dispatch", {"unit": None}),
        ("unit", "accept", {}), ("unit", "finish", {"note": "清理完毕", "photos": 1}), ("checker", "pass", {"photos": 1}), ("shift_leader", "close", {}),
    ):  # fmt: skip
        a_step(number, verb, crew=crew, who=who, **what)


def test_only_an_open_case_near_the_spot_can_be_joined(crew: Crew) -> None:
    number = a_case(crew=crew)
    closed = a_case("rejected", crew=crew)
    near, far = (SPOT[1] + metres * METRE_LAT for metres in (JOIN_M - 3, JOIN_M + 3))
    east = SPOT[0] + (JOIN_M - 3) * METRE_LAT / math.cos(math.radians(SPOT[1]))
    for refused in (join(a_client(), number, lat=far), join(a_client(), closed), join(a_client(), "20991231-000001")):
        assert refused.status_code == 409
        assert "within 300 m of this place" in refused.json()["detail"]
        assert refused.json()["fields"] == {"same_as": "no open case near"}
    assert "300 米" in join(a_client(language="zh"), closed).json()["detail"]
    assert join(a_client(), "1").status_code == 422
    assert Case.objects.get(number=number).reports == 1
    assert join(a_client(), number, lat=near).status_code == 201
    assert join(a_client(), number, lon=east).status_code == 201


def test_the_same_key_joins_once_and_another_request_under_it_is_refused(crew: Crew) -> None:
    number = a_case(crew=crew)
    client = a_client()
    first = join(client, number, key="k1")
    assert join(client, number, key="k1").json() == first.json()
    assert Case.objects.get(number=number).reports == 2
    assert Reporter.objects.filter(case_id=Case.objects.get(number=number).id).count() == 2
    for other in (join(client, number, key="k1", text="别的"), join(client, "", key="k1")):
        assert other.status_code == 409
        assert "Idempotency-Key" in other.json()["detail"]
    second = join(client, number, key="k2").json()
    assert second["secret"] != first.json()["secret"]


def test_somebody_with_an_account_joins_a_case_once(crew: Crew) -> None:
    number = a_case(crew=crew)
    lin = a_client(a_person())
    for _ in range(2):
        assert join(lin, number).json() == {"number": number, "secret": None}
    assert Case.objects.get(number=number).reports == 2
    assert join(a_client(crew.citizen.person_id), number).status_code == 201
    assert Case.objects.get(number=number).reports == 2, "its own reporter need not join"


def test_a_reporters_photo_of_a_joined_report_belongs_to_the_case(crew: Crew) -> None:
    number = a_case(crew=crew)
    lin = a_person()
    photo = a_photo(by=a_caller(lin))
    assert join(a_client(lin), number, photos=[photo]).status_code == 201
    assert [one["id"] for one in card(a_client(lin), number).json()["photos"]] == [photo]
    assert join(a_client(), number, photos=[a_photo(by=crew.checker)]).status_code == 409
    assert Case.objects.get(number=number).reports == 2, "a photo of somebody else takes the whole report back"
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_event where verb = 'join'")
        assert cursor.fetchone()[0] == 1


def test_the_card_of_a_report_carries_its_version_and_is_not_sent_again_unchanged(crew: Crew) -> None:
    number = a_case(crew=crew)
    client = a_client(crew.citizen.person_id)
    first = card(client, number)
    tag = first.headers["ETag"]
    assert tag.startswith('"1')
    again = client.get(f"/api/v1/reports/{number}", headers={"If-None-Match": f'W/{tag}, "x"'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert "no-cache" in again.headers["Cache-Control"]
    join(a_client(), number)
    changed = client.get(f"/api/v1/reports/{number}", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.json()["reports"] == 2
    assert changed.headers["ETag"] != tag
    assert a_client().get(f"/api/v1/reports/{number}", headers={"If-None-Match": tag}).status_code == 404
