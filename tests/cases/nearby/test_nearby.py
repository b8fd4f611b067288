"""Following an area: counts of what happens there, three times a day at most, and nothing about other residents."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.audit.models import Pending
from gridloop.cases.nearby import actions, queries
from gridloop.cases.nearby.models import Watch
from gridloop.cases.nearby.rules import WATCHES_MAX, Wanted
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotFound, Refused
from gridloop.notices.models import Delivery, Notice
from tests.builders import MONDAY, SPOT, Crew, a_caller, a_case, a_client, a_person, a_step

pytestmark = pytest.mark.django_db
BEFORE = MONDAY - dt.timedelta(hours=1)
NOON = MONDAY.replace(hour=4, minute=2)  # 12:02 in the city
NEAR = Wanted(lon=SPOT[0], lat=SPOT[1], radius_m=500)


def follower(wanted: Wanted = NEAR, *, now: dt.datetime = BEFORE) -> int:
    person = a_person(Duty.CITIZEN)
    actions.follow(wanted, by=a_caller(person), now=now)
    return person


def registered(crew: Crew, now: dt.datetime = MONDAY) -> str:
    return a_case("registered", crew=crew, now=now)


def titles(person: int) -> list[str]:
    return list(
        Notice.objects.filter(person_id=person, kind="nearby").order_by("id").values_list("title_zh", flat=True)
    )


def test_followers_hear_at_the_next_hour_of_news_how_many_were_taken_on(crew: Crew) -> None:
    near = follower()
    in_county, of_class = follower(Wanted("350203")), follower(Wanted("350203", classes=("event:01",)))
    elsewhere, late = follower(Wanted("350205")), follower(now=NOON)
    registered(crew)
    assert actions.tell_news(MONDAY.replace(hour=5)) == 0  # 13 o'clock: not an hour of news
    told_first = titles(near)
    assert actions.tell_news(NOON) == 3
    assert told_first == []
    for person in (near, in_county, of_class):
        assert titles(person) == ["您关注的区域:新受理 1 件"]
    assert titles(elsewhere) == titles(late) == []
    assert actions.tell_news(NOON + dt.timedelta(minutes=20)) == 0
    assert not Delivery.objects.filter(channel__in=("sms", "email"), notice__kind="nearby").exists()


def test_a_message_holds_counts_and_nothing_that_a_reporter_wrote(crew: Crew) -> None:
    person = follower()
    number = registered(crew)
    actions.tell_news(NOON)
    one = Notice.objects.get(person_id=person)
    said = one.title_zh + one.text_zh + one.title_en + one.text_en + one.subject
    assert number not in said
    assert "118." not in said


def test_what_was_withdrawn_by_then_is_not_told(crew: Crew) -> None:
    person = follower()
    number = registered(crew)
    a_step(number, "void", crew=crew, who="shift_leader", note="试填")
    actions.tell_news(NOON)
    assert titles(person) == []


def test_all_followers_are_told_by_two_statements_of_reading(crew: Crew) -> None:
    for _ in range(5):
        follower()
    registered(crew)
    with CaptureQueriesContext(connection) as spent:
        found = queries.news(BEFORE, NOON)
    assert len(found) == 5
    assert len(spent) <= 3


def test_following_is_once_limited_and_ended_by_its_owner_alone(crew: Crew) -> None:
    person, other = a_person(Duty.CITIZEN), a_person(Duty.CITIZEN)
    by = a_caller(person)
    first = actions.follow(NEAR, by=by, now=BEFORE)
    assert actions.follow(NEAR, by=by, now=MONDAY) == first
    for number in range(1, WATCHES_MAX):
        actions.follow(Wanted(lon=118.1, lat=24.4 + number / 100, radius_m=500), by=by, now=BEFORE)
    with pytest.raises(Refused, match="at most 10 areas"):
        actions.follow(Wanted("350203"), by=by, now=BEFORE)
    with pytest.raises(NotFound, match="you follow no area"):
        actions.stop(first, by=a_caller(other), now=MONDAY)
    actions.stop(first, by=by, now=MONDAY)
    assert Watch.objects.filter(person_id=person).count() == WATCHES_MAX - 1
    with pytest.raises(NotFound):
        actions.follow(Wanted("999999"), by=by, now=BEFORE)
    assert set(Pending.objects.filter(actor_id=person).values_list("action", flat=True)) >= {
        "area.followed",
        "area.unfollowed",
    }


def test_the_doors_follow_list_and_stop(crew: Crew) -> None:
    client = a_client(a_person(Duty.CITIZEN))
    form = {"lon": SPOT[0], "lat": SPOT[1], "radius_m": 500, "classes": ["event:01"]}
    page = client.post("/api/v1/reports/areas", form, content_type="application/json")
    assert page.status_code == 201, page.content
    [row] = page.json()["items"]
    assert (row["lon"], row["lat"]) == (round(SPOT[0], 3), round(SPOT[1], 3))
    assert page.json()["hours"] == [8, 12, 18]
    assert client.delete(f"/api/v1/reports/areas/{row['id']}").status_code == 204
    assert client.get("/api/v1/reports/areas").json()["items"] == []
    assert a_client().get("/api/v1/reports/areas").status_code == 401
