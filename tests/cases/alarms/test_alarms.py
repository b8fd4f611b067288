"""One cause is one row: raised and cleared as often as one likes, noted once with who and how long, put aside with a reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.audit.models import Pending
from gridloop.cases import actions as cases
from gridloop.cases.actions import timed
from gridloop.cases.alarms import actions, queries
from gridloop.cases.alarms.actions import watching
from gridloop.cases.alarms.models import Alarm, AlarmSource
from gridloop.cases.alarms.queries import causes
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound
from tests.builders import BUILDER, MONDAY, Crew, a_caller, a_case, a_client, a_person, a_report, a_unit

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def raised(
    key: str = "ladder:a", *, severity: str = "high", at: dt.datetime = MONDAY, area: str = "350203", **said: Any
) -> int:
    words = {"source": "ladder", "title_zh": "超时", "title_en": "late", "area": area} | said
    return cases.raise_alarm(key, severity=severity, at=at, by=BUILDER, **words)


def standing(by: Any, now: dt.datetime = MONDAY) -> list[tuple[int, str]]:
    return [(one["id"], one["standing"]) for one in queries.standing(by=by, now=now)["items"]]


@pytest.fixture
def leader() -> Any:
    """A shift leader of the whole city."""
    return a_caller(a_person(Duty.SHIFT_LEADER))


def test_the_same_cause_raised_again_is_the_same_row_and_one_entry_of_the_ledger(leader: Any):
    first = raised()
    assert raised(at=MONDAY + MINUTE, title_en="late by more") == first
    (item,) = queries.standing(by=leader, now=MONDAY)["items"]
    assert (item["title_en"], item["times"], item["raised_at"]) == ("late by more", 1, MONDAY)
    assert [one.action for one in Pending.objects.filter(subject=f"alarm:{first}")] == ["alarm.raised"]


def test_an_acknowledgement_keeps_who_when_and_how_long_it_took(leader: Any):
    one = raised()
    actions.acknowledge(one, by=leader, now=MONDAY + 3 * MINUTE, note="已联系街道")
    card = queries.alarm(one, by=leader, now=MONDAY + 4 * MINUTE)
    assert (card["standing"], card["acknowledged_by"], card["acknowledged_s"]) == (
        "acknowledged_active",
        leader.name,
        180.0,
    )
    assert [(act["verb"], act["note"], act["after_s"]) for act in card["acts"]] == [
        ("raised", "", None), ("acknowledged", "已联系街道", 180.0),
    ]  # fmt: skip
    assert card["limits"] == {"level": 2, "cases": 200}


def test_a_cleared_alarm_stays_until_somebody_has_noted_it(leader: Any):
    one = raised()
    cases.clear_alarm("ladder:a", at=MONDAY + MINUTE, by=BUILDER)
    cases.clear_alarm("ladder:a", at=MONDAY + 2 * MINUTE, by=BUILDER)
    assert standing(leader) == [(one, "unacknowledged_cleared")]
    actions.acknowledge(one, by=leader, now=MONDAY + 5 * MINUTE)
    assert standing(leader) == []
    (over,) = queries.past(by=leader, now=MONDAY, before=None, limit=10)["items"]
    assert (over["id"], over["standing"], over["cleared_at"]) == (one, "over", MONDAY + MINUTE)
    assert raised(at=MONDAY + 6 * MINUTE) != one


def test_a_noted_alarm_is_over_when_its_cause_goes_and_calls_again_when_it_gets_worse(leader: Any):
    one = raised()
    actions.acknowledge(one, by=leader, now=MONDAY + MINUTE)
    raised(severity="medium")
    assert standing(leader) == [(one, "acknowledged_active")]
    raised(severity="critical", at=MONDAY + 2 * MINUTE)
    assert standing(leader) == [(one, "unacknowledged_active")]
    actions.acknowledge(one, by=leader, now=MONDAY + 4 * MINUTE)
    assert Alarm.objects.get(pk=one).acknowledged_s == 120
    cases.clear_alarm("ladder:a", at=MONDAY + 5 * MINUTE, by=BUILDER)
    assert standing(leader) == []


def test_a_cause_that_comes_back_before_it_was_noted_is_the_same_row(leader: Any):
    one = raised()
    cases.clear_alarm("ladder:a", at=MONDAY + MINUTE, by=BUILDER)
    assert raised(at=MONDAY + 2 * MINUTE) == one
    (item,) = queries.standing(by=leader, now=MONDAY + 2 * MINUTE)["items"]
    assert (item["standing"], item["times"], item["active_at"]) == ("unacknowledged_active", 2, MONDAY + 2 * MINUTE)


def test_a_shelved_alarm_comes_back_by_itself_as_it_was(leader: Any):
    one = raised()
    actions.shelve(one, "等待 退潮", MONDAY + 10 * MINUTE, by=leader, now=MONDAY)
    assert standing(leader, MONDAY + 9 * MINUTE) == [(one, "shelved")]
    assert standing(leader, MONDAY + 10 * MINUTE) == [(one, "unacknowledged_active")]
    actions.unshelve(one, by=leader, now=MONDAY + MINUTE)
    assert standing(leader, MONDAY + MINUTE) == [(one, "unacknowledged_active")]
    assert [act["verb"] for act in queries.alarm(one, by=leader, now=MONDAY)["acts"]] == [
        "raised",
        "shelved",
        "unshelved",
    ]


def test_a_false_alarm_is_said_with_its_reason(leader: Any):
    one = raised()
    actions.acknowledge(one, by=leader, now=MONDAY + MINUTE, false_because="期限录入错误")
    card = queries.alarm(one, by=leader, now=MONDAY + MINUTE)
    assert (card["false_because"], card["acts"][-1]["verb"]) == ("期限录入错误", "called_false")


def test_only_the_desk_of_the_area_deals_with_an_alarm_and_a_unit_sees_its_own(leader: Any):
    unit = a_unit()
    one = raised(unit=unit)
    handler = a_caller(a_person(Duty.UNIT, grant_unit_id=unit))
    elsewhere = a_caller(a_person(Duty.SHIFT_LEADER, area="350205"))
    assert standing(handler) == standing(leader) == [(one, "unacknowledged_active")]
    assert standing(elsewhere) == []
    for stranger in (handler, elsewhere):
        with pytest.raises(NotFound, match=f"there is no alarm {one} in your area"):
            actions.acknowledge(one, by=stranger, now=MONDAY)


def test_a_source_is_declared_once_and_keeps_the_figures_of_the_site():
    with pytest.raises(Malformed, match="'vehicle' is not declared"):
        raised("vehicle:1", source="vehicle")
    for limit in (30, 60):
        cases.declare_source("vehicle", name_zh="车辆", name_en="vehicle", limits={"silence_s": limit}, at=MONDAY)
    assert AlarmSource.objects.get(pk="vehicle").limits == {"silence_s": 30}
    assert raised("vehicle:1", source="vehicle")


def test_the_list_costs_the_same_however_many_alarms_there_are(leader: Any):
    costs = []
    for more in (1, 30):
        for at in range(more):
            raised(f"ladder:{more}-{at}", unit=a_unit() if at < 2 else None)
        with CaptureQueriesContext(connection) as asked:
            queries.standing(by=leader, now=MONDAY)
        costs.append(len(asked))
    assert max(costs) <= 2


def test_what_stood_at_a_moment_is_answered_as_it_stood_then(leader: Any):
    one = raised()
    actions.acknowledge(one, by=leader, now=MONDAY + 2 * MINUTE)
    cases.clear_alarm("ladder:a", at=MONDAY + 4 * MINUTE, by=BUILDER)

    def then(minutes: int) -> list[str]:
        moment = MONDAY + minutes * MINUTE
        return [
            item["standing"] for item in queries.standing(by=leader, now=MONDAY + 9 * MINUTE, moment=moment)["items"]
        ]

    assert [then(minutes) for minutes in (-1, 1, 3, 5)] == [[], ["unacknowledged_active"], ["acknowledged_active"], []]


def test_a_case_that_climbs_the_ladder_calls_and_is_quiet_when_it_has_ended(crew: Crew):
    number = a_case("handling", crew=crew)
    late = MONDAY + dt.timedelta(days=9)
    timed.climb(late)
    assert watching.watch(causes.EVERY_MINUTE, late)[0] == 1
    assert watching.watch(causes.EVERY_MINUTE, late + MINUTE) == (0, 0)
    (item,) = queries.standing(by=crew.shift_leader, now=late)["items"]
    assert (item["key"], item["subject"], item["severity"], item["unit_id"]) == (
        f"ladder:{number}", f"case:{number}", "high", crew.handler,
    )  # fmt: skip
    cases.take_step(number, "void", {"note": "误报"}, by=crew.shift_leader, now=late + MINUTE)
    assert watching.watch(causes.EVERY_MINUTE, late + 2 * MINUTE) == (0, 1)
    assert standing(crew.shift_leader, late) == [(item["id"], "unacknowledged_cleared")]


def test_a_unit_whose_late_work_piles_up_calls_once(crew: Crew):
    AlarmSource.objects.filter(pk="overload").update(limits={"late": 2, "late_share": 0.5})
    reading = {"overload": causes.overloads}
    a_case("handling", crew=crew)
    late = MONDAY + dt.timedelta(days=9)
    assert watching.watch(reading, late) == (0, 0)
    a_case("handling", crew=crew)
    assert watching.watch(reading, late) == (1, 0)
    (item,) = queries.standing(by=crew.shift_leader, now=late)["items"]
    assert (item["why"]["late"], item["why"]["open"], item["unit_id"]) == (2, 2, crew.handler)


def test_many_reports_of_one_thing_call_for_the_incident(crew: Crew):
    AlarmSource.objects.filter(pk="incident").update(limits={"reports": 2, "hours": 48})
    first = a_report(by=crew.citizen).number
    other = a_report(by=a_caller(a_person())).number
    reading = {"incident": causes.incidents}
    assert watching.watch(reading, MONDAY) == (0, 0)
    cases.take_step(first, "register", {"class": "event:0102"}, by=crew.acceptor, now=MONDAY)
    cases.take_step(other, "merge", {"into": first}, by=crew.acceptor, now=MONDAY)
    assert watching.watch(reading, MONDAY) == (1, 0)
    assert Alarm.objects.get().key == f"incident:{first}"


def test_silence_is_read_from_whole_days(crew: Crew):
    assert watching.watch(causes.EVERY_HOUR, MONDAY) == (0, 0)


def test_the_doors_answer_the_list_the_card_and_take_note(ground: None, db: None):
    one = raised(at=dt.datetime.now(dt.UTC))
    desk = a_client(a_person(Duty.DISPATCHER))
    listed = desk.get("/api/v1/alarms").json()
    assert listed["counts"] == {
        "unacknowledged": 1, "critical": 0, "unacknowledged_active": 1, "acknowledged_active": 0, "unacknowledged_cleared": 0, "shelved": 0,
    }  # fmt: skip
    assert listed["items"][0]["sound"] is False

    def post(path: str, body: dict[str, Any]) -> Any:
        return desk.post(f"/api/v1/alarms/{one}/{path}", body, content_type="application/json")

    until = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).isoformat()
    assert post("shelve", {"reason": "", "until": until}).status_code == 422
    assert post("shelve", {"reason": "等待天气", "until": until}).json()["standing"] == "shelved"
    assert post("unshelve", {}).json()["standing"] == "unacknowledged_active"
    assert post("acknowledge", {"note": "知道了"}).json()["standing"] == "acknowledged_active"
    assert "has acknowledged this alarm already" in post("acknowledge", {}).json()["detail"]
    assert desk.get("/api/v1/alarms/past").json() == {"items": [], "next": None}
    assert [act["verb"] for act in desk.get(f"/api/v1/alarms/{one}").json()["acts"]][-1] == "acknowledged"
    assert a_client(a_person(Duty.DISPATCHER, area="3501")).get(f"/api/v1/alarms/{one}").status_code == 404
