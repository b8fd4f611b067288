"""Rulings become suggestions of routing rules that were tried out first; nothing is changed by asking."""

from __future__ import annotations

import datetime as dt

import pytest

from gridloop.cases.actions import masters as routes
from gridloop.cases.models import RoutingRule
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.routing import routed
from gridloop.kernel.duties import Duty
from tests.builders import BUILDER, MONDAY, NOW, a_client, a_person
from tests.cases.insight.lives import a_second_unit, ruled_to

API = "/api/v1/insight/rulings"
PERIOD = {"from": "2026-11-01", "to": "2026-11-30"}
DAY = dt.timedelta(days=1)


@pytest.fixture
def other(crew):
    return a_second_unit()


def asked(**more) -> list[dict]:
    return a_client(a_person(Duty.ARBITER, area="3502")).get(API, PERIOD | more).json()["items"]


def test_two_rulings_to_the_same_unit_suggest_a_rule(crew, other) -> None:
    numbers = [ruled_to(crew, other, start=MONDAY + at * DAY).number for at in range(2)]
    before = RoutingRule.objects.count()
    (one,) = asked()
    assert one["class"] == "event:0102"
    assert (one["area"], one["kind"], one["count"], one["total"]) == ("350203", "road", 2, 2)
    assert one["today"] == [{"unit_id": crew.handler, "count": 2}]
    assert (one["right_today"], one["right_then"], one["why"]) == (0, 2, "")
    assert one["numbers"] == numbers[::-1]
    assert one["body"] == {
        "area": "350203", "class_kind": "event", "class_prefix": "0102", "unit_id": None, "dept_kind": "road", "priority": 100,
        "note_zh": "依据 2 次裁决", "note_en": "after 2 rulings",
    }  # fmt: skip
    assert "was ruled 2 times to a unit of kind 'road'" in one["sentence_en"]
    assert "被裁决 2 次" in one["sentence_zh"]
    assert RoutingRule.objects.count() == before


def test_the_body_fits_the_door_and_then_nothing_is_left_to_suggest(crew, other) -> None:
    for at in range(2):
        ruled_to(crew, other, start=MONDAY + at * DAY)
    (one,) = asked()
    admin = a_client(a_person(Duty.ADMIN, area="3502"))
    made = admin.post("/api/v1/masters/routes", one["body"], content_type="application/json")
    assert made.status_code == 201
    masters = masters_now.current(dt.datetime.now(dt.UTC))
    known = masters.classes["event", "0102"]
    way = routed(
        masters,
        known,
        "350203001001001",
        owner_unit=None,
        unit_for_kind=lambda kind, _area: other.id if kind == "road" else None,
    )
    assert (way.unit_id, way.rule_id) == (other.id, made.json()["id"])
    (after,) = asked()
    assert (after["why"], after["body"], after["right_today"]) == ("routed", None, 2)


def test_one_ruling_alone_suggests_nothing(crew, other) -> None:
    ruled_to(crew, other)
    (one,) = asked()
    assert (one["why"], one["body"], one["right_then"]) == ("rare", None, None)
    (one,) = asked(least=1)
    assert one["body"] is not None


def test_rulings_that_contradict_each_other_suggest_nothing(crew, other) -> None:
    third = a_second_unit(kind="water")
    for at, unit in enumerate((other, other, third, third)):
        ruled_to(crew, unit, start=MONDAY + at * DAY)
    assert [(one["kind"], one["why"]) for one in asked()] == [("road", "divided"), ("water", "divided")]


def test_a_rule_that_stands_in_the_way_is_gone_before_or_replaced(crew, other) -> None:
    for at in range(2):
        ruled_to(crew, other, start=MONDAY + at * DAY)
    sharp = routes.add_route(
        area="", class_kind="event", class_prefix="0102", unit_id=crew.handler, priority=50, by=BUILDER, now=NOW
    )
    (one,) = asked()
    assert (one["today_rule"], one["body"]["priority"], one["replaces"]) == (sharp, 50, None)
    same = routes.add_route(
        area="350203", class_kind="event", class_prefix="0102", unit_id=crew.handler, priority=50, by=BUILDER, now=NOW
    )
    (one,) = asked()
    assert (one["today_rule"], one["body"]["priority"], one["replaces"]) == (same, 50, same)


def test_one_unit_of_several_of_its_kind_is_named_itself(crew) -> None:
    a_second_unit(kind="road")
    chosen = a_second_unit(kind="road")
    for at in range(2):
        ruled_to(crew, chosen, start=MONDAY + at * DAY)
    (one,) = asked()
    assert (one["body"]["unit_id"], one["body"]["dept_kind"]) == (chosen.id, "")


def test_by_a_finer_area(crew, other) -> None:
    for at in range(2):
        ruled_to(crew, other, start=MONDAY + at * DAY)
    (one,) = asked(level=9)
    assert len(one["area"]) == 9
    assert one["body"]["area"] == one["area"]


def test_rulings_of_another_period_are_not_counted(crew, other) -> None:
    ruled_to(crew, other)
    client = a_client(a_person(Duty.ARBITER, area="3502"))
    answer = client.get(API, {"from": "2026-10-01", "to": "2026-10-31"}).json()
    assert (answer["rulings"], answer["items"], answer["door"]) == (0, [], "/masters/routes")
