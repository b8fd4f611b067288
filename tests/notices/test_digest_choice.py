"""Choosing a digest: what is held back then, what is not, and the door of preferences."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gridloop.identity.models import Grant
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, Refused
from gridloop.notices import actions, queries, rules
from gridloop.notices.models import Delivery, Notice, Preference
from tests.builders import NOW, a_caller, a_client, a_person
from tests.notices.conftest import Mailbox

pytestmark = pytest.mark.django_db
DOOR = "/api/v1/notices/preferences"
FACTS = {
    "number": "20261122-000731", "title": "路灯不亮", "due": "d", "note": "n", "code": "1", "minutes": "5", "place_zh": "p", "place_en": "p",
    "class_zh": "c", "class_en": "c", "unit_zh": "u", "unit_en": "u",
}  # fmt: skip


def tell(kind: str, person_id: int) -> None:
    words = queries.words(kind, FACTS, NOW.date())
    actions.tell_words(person_id, words, subject="case:20261122-000731", key=f"{kind}:{Notice.objects.count()}")


def choose(person_id: int, digest: str, hour: int = 8) -> None:
    actions.prefer([], [], by=a_caller(person_id), now=NOW, digest=digest, digest_hour=hour)


def ways(kind: str) -> set[str]:
    return set(Delivery.objects.filter(notice__kind=kind).values_list("channel", flat=True))


def test_ordinary_mails_are_held_back_the_bell_rings_and_text_messages_go_as_before() -> None:
    person = a_person(Duty.UNIT, email="lin@city.example")
    choose(person, "daily")
    tell("closed", person)
    tell("dispatched", person)
    assert ways("closed") == {"sms"}
    assert ways("dispatched") == set()
    assert queries.unread(person) == 2


def test_the_bell_opens_at_its_newest_without_being_told_where_to_begin() -> None:
    person = a_person(Duty.UNIT)
    tell("dispatched", person)
    tell("closed", person)
    client = a_client(person)
    newest = client.get("/api/v1/notices").json()
    assert len(newest["items"]) == newest["unread"] == 2
    older = client.get("/api/v1/notices", {"before": newest["items"][0]["id"]}).json()
    assert [one["id"] for one in older["items"]] == [newest["items"][1]["id"]]
    assert client.get("/api/v1/notices", {"before": -1}).status_code == 422


def test_the_escalation_ladder_codes_and_the_digest_itself_go_out_at_once() -> None:
    person = a_person(Duty.UNIT)
    choose(person, "weekly")
    for kind in ("overdue", "escalated", "phone_code"):
        tell(kind, person)
    actions.tell(
        person, rules.DIGEST, subject="d", title_zh="d", title_en="d", text_zh="d", text_en="d", key="d", channels=("bell", "email")
    )  # fmt: skip
    assert ways("overdue") == {"email", "sms"}
    assert ways("escalated") == {"email"}
    assert ways("phone_code") == {"sms"}
    assert ways("digest") == {"email"}


def test_a_muted_mail_stays_muted_for_the_digest_too() -> None:
    person = a_person(Duty.UNIT)
    actions.prefer(["email"], [], by=a_caller(person), now=NOW, digest="daily")
    tell("overdue", person)
    assert ways("overdue") == {"sms"}


def test_without_a_digest_and_after_the_last_grant_ended_mails_go_singly_again() -> None:
    person = a_person(Duty.UNIT)
    choose(person, "daily")
    choose(person, "")
    tell("dispatched", person)
    assert Delivery.objects.count() == 1
    choose(person, "daily")
    Grant.objects.filter(person_id=person).update(revoked_at=NOW)
    tell("dispatched", person)
    assert Delivery.objects.count() == 2


def test_telling_somebody_with_a_digest_is_still_one_statement() -> None:
    persons = [a_person(Duty.UNIT), a_person(Duty.UNIT)]
    choose(persons[0], "daily")
    with CaptureQueriesContext(connection) as spent:
        actions.tell_words(persons, queries.words("dispatched", FACTS, NOW.date()), subject="x", key="k")
    assert len(spent) == 1
    assert Delivery.objects.get().notice.person_id == persons[1]


def test_a_digest_needs_a_duty_a_known_pace_and_an_hour_of_the_day() -> None:
    nobody, somebody = a_person(), a_person(Duty.UNIT)
    with pytest.raises(Refused, match="you hold none"):
        choose(nobody, "daily")
    choose(nobody, "")
    with pytest.raises(Malformed, match="daily or weekly"):
        choose(somebody, "hourly")
    for hour in (-1, 24):
        with pytest.raises(Malformed, match="0 to 23"):
            choose(somebody, "daily", hour)
    for wrong in ({"digest": "hourly"}, {"digest_hour": 24}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Preference.objects.filter(pk=nobody).update(**wrong)


def test_what_is_left_out_stays_and_the_digest_kind_cannot_be_muted() -> None:
    person = a_person(Duty.UNIT)
    choose(person, "weekly", 17)
    actions.prefer(["sms"], ["closed"], by=a_caller(person), now=NOW)
    assert queries.preferences(person) == queries.PreferenceView(("sms",), ("closed",), "weekly", 17)
    with pytest.raises(Malformed):
        actions.prefer([], ["digest"], by=a_caller(person), now=NOW)
    assert "digest" not in {kind for kind, _, _ in queries.kinds()}
    assert queries.preferences(None) == queries.PreferenceView()


def test_switching_on_never_brings_a_letter_for_an_hour_that_is_over() -> None:
    person = a_person(Duty.UNIT)
    today = dt.date(2026, 11, 22)  # NOW is eleven in the city
    choose(person, "daily", 8)
    assert Preference.objects.get(pk=person).digest_on == today
    assert queries.digest_readers(today, 23) == []
    choose(person, "", 8)
    Preference.objects.filter(pk=person).update(digest_on=None)
    choose(person, "daily", 12)
    assert [one.person_id for one in queries.digest_readers(today, 12)] == [person]
    assert queries.digest_readers(today, 11) == []


def test_a_day_is_taken_once_and_only_as_it_is_wanted() -> None:
    person = a_person(Duty.UNIT)
    choose(person, "daily")
    day = dt.date(2026, 11, 23)
    assert not actions.take_digest(person, "weekly", day)
    assert actions.take_digest(person, "daily", day)
    assert not actions.take_digest(person, "daily", day)


def test_notices_are_counted_by_kind_since_the_last_digest() -> None:
    person, long_ago = a_person(Duty.UNIT), NOW - dt.timedelta(days=3650)
    for kind in ("dispatched", "dispatched", "urged"):
        tell(kind, person)
    counted = queries.came_since_digest(person, long_ago)
    assert [(kind, count) for kind, _, _, count in counted] == [("dispatched", 2), ("urged", 1)]
    assert all("{" not in zh + en for _, zh, en, _ in counted)
    assert queries.came_since_digest(person, dt.datetime(2999, 1, 1, tzinfo=dt.UTC)) == []
    actions.tell(person, rules.DIGEST, subject="d", title_zh="d", title_en="d", text_zh="d", text_en="d", key="d")
    assert queries.came_since_digest(person, long_ago) == []
    tell("closed", person)
    assert [one[0] for one in queries.came_since_digest(person, long_ago)] == ["closed"]


def test_the_door_keeps_both_and_says_them_again() -> None:
    client = a_client(a_person(Duty.UNIT))
    first = client.get(DOOR).json()
    assert (first["digest"], first["digest_hour"]) == ("", 8)
    said = client.put(DOOR, {"muted_channels": ["sms"], "digest": "daily", "digest_hour": 18}, "application/json")
    assert said.status_code == 200
    assert client.get(DOOR).json() == said.json()
    assert (said.json()["digest"], said.json()["digest_hour"], said.json()["muted_channels"]) == ("daily", 18, ["sms"])
    kept = client.put(DOOR, {"muted_channels": []}, "application/json").json()
    assert (kept["digest"], kept["digest_hour"], kept["muted_channels"]) == ("daily", 18, [])
    for wrong in ({"digest": "hourly"}, {"digest_hour": 24}, {"digest_hour": "noon"}):
        answer = client.put(DOOR, wrong, "application/json")
        assert answer.status_code in {400, 422}
        assert answer["content-type"].startswith("application/problem+json")


def test_somebody_without_a_duty_is_told_why_not() -> None:
    answer = a_client(a_person()).put(DOOR, {"digest": "daily"}, "application/json")
    assert answer.status_code == 409
    assert "you hold none" in answer.json()["detail"]


def test_openapi_knows_the_choice() -> None:
    shapes = json.loads(a_client().get("/api/v1/openapi.json").content)["components"]["schemas"]
    assert {"digest", "digest_hour"} <= set(shapes["PreferenceForm"]["properties"])
    assert {"digest", "digest_hour"} <= set(shapes["PreferenceCard"]["required"])


def test_the_letter_goes_out_as_text_with_all_its_lines(mailbox: Mailbox) -> None:
    person = a_person(Duty.UNIT, email="lin@city.example")
    choose(person, "daily")
    said = {
        "day": "2026-11-23", "every_zh": "每日", "every_en": "Daily", "head_zh": "超期 1", "head_en": "1 late",
        "body_zh": "当前:未结 1\n\n超期与最近到期:\n- 20261122-000731", "body_en": "Now: 1 open", "settings": "/console/settings",
    }  # fmt: skip
    actions.tell_words(person, queries.words("digest", said, NOW.date()), subject="digest:2026-11-23", key="digest:1")
    assert actions.deliver(Delivery.objects.get().pk, now=NOW) == "sent"
    [mail] = mailbox.mails
    assert mail.get_content_type() == "text/plain"
    assert mail["Subject"] == "2026-11-23 每日简报:超期 1"
    lines = mail.get_content().splitlines()
    assert lines[:4] == ["当前:未结 1", "", "超期与最近到期:", "- 20261122-000731"]
    assert lines[-1].endswith("/console/settings")
