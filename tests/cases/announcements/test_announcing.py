"""An announcement from its first word to its end: who may, who has to look, who hears of it, and that a repeat changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.audit.models import Pending
from gridloop.cases.announcements import actions, queries
from gridloop.cases.announcements.actions import OUT, OVER, Taken
from gridloop.cases.announcements.models import Announcement
from gridloop.cases.announcements.rules.steps import Verb
from gridloop.cases.announcements.rules.words import Said
from gridloop.cases.nearby import actions as nearby
from gridloop.cases.nearby.rules import Wanted
from gridloop.identity.models import Person
from gridloop.kernel import clock
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed, NotFound, Refused
from gridloop.notices.models import Notice
from tests.builders import MONDAY, SPOT, Crew, a_caller, a_client, a_person, a_unit
from tests.cases.announcements.cap_rules import wrong_in

pytestmark = pytest.mark.django_db
COUNTY = "350203"
SAID = Said(
    "water", "停水通知", "Water off", "抢修期间停水。", "No water during repairs.", (COUNTY,), MONDAY, MONDAY + dt.timedelta(hours=8)
)  # fmt: skip
FORM = {
    "category": "water", "title_zh": "停水通知", "title_en": "Water off", "text_zh": "抢修。", "text_en": "Repairs.", "areas": [COUNTY],

}  # fmt: skip


def written(crew: Crew, *, by: Any = None, **other: Any) -> int:
    return actions.write(replace(SAID, **other), by=by or crew.unit, now=MONDAY)


def out(crew: Crew, **other: Any) -> int:
    made = written(crew, **other)
    actions.take(made, Taken(Verb.PUBLISH), by=crew.unit, now=MONDAY)
    return made


def follower(wanted: Wanted) -> int:
    person = a_person(Duty.CITIZEN)
    nearby.follow(wanted, by=a_caller(person), now=MONDAY)
    return person


def jobs() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("select args from procrastinate_jobs where task_name = 'cases.announcements.tell' order by id")
        return [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor.fetchall()]


def test_a_unit_announces_in_its_county_and_followers_hear_once(crew: Crew) -> None:
    hears = [
        follower(Wanted(COUNTY)),
        follower(Wanted("350203003")),
        follower(Wanted(lon=SPOT[0], lat=SPOT[1], radius_m=300)),
    ]
    silent = [follower(Wanted("350205")), follower(Wanted(lon=118.3, lat=24.6, radius_m=300))]
    made = out(crew)
    assert jobs() == [{"announcement_id": made, "mark": OUT}]
    assert actions.tell(made, OUT, now=MONDAY) == 3
    actions.tell(made, OUT, now=MONDAY)
    told = Notice.objects.filter(kind="announcement")
    assert sorted(told.values_list("person_id", flat=True)) == sorted(hears)
    assert not told.filter(person_id__in=silent).exists()
    assert {(one.title_zh, one.subject) for one in told} == {("通告:停水通知", f"announcement:{made}")}


def test_a_shape_reaches_those_whose_circle_it_meets(crew: Crew) -> None:
    near, far = (follower(Wanted(lon=SPOT[0] + east, lat=SPOT[1], radius_m=300)) for east in (0.004, 0.02))
    made = out(crew, lon=SPOT[0], lat=SPOT[1], radius_m=200)
    assert queries.followers(made) == [near]
    corners = tuple((SPOT[0] + x, SPOT[1] + y) for x, y in ((0.015, -0.01), (0.03, -0.01), (0.03, 0.01), (0.015, 0.01)))
    assert queries.followers(out(crew, ring=corners)) == [far]


def test_several_counties_wait_for_a_second_person(crew: Crew) -> None:
    made = written(crew, by=crew.supervisor, areas=(COUNTY, "350206"))
    actions.take(made, Taken(Verb.PUBLISH), by=crew.supervisor, now=MONDAY)
    assert jobs() == []
    assert queries.published(MONDAY) == []
    with pytest.raises(Refused, match="four eyes"):
        actions.take(made, Taken(Verb.APPROVE), by=crew.supervisor, now=MONDAY)
    with pytest.raises(NotAllowed):
        actions.take(made, Taken(Verb.APPROVE), by=crew.unit, now=MONDAY)
    actions.take(made, Taken(Verb.APPROVE), by=crew.leader, now=MONDAY)
    row = Announcement.objects.get(pk=made)
    assert (row.state, row.approved_name, len(jobs())) == ("published", crew.leader.name, 1)
    assert set(Pending.objects.filter(subject=f"announcement:{made}").values_list("action", flat=True)) == {
        "announcement.written", "announcement.sent_to_second", "announcement.approved",
    }  # fmt: skip


def test_who_sent_anothers_draft_to_the_second_person_is_not_the_second(crew: Crew) -> None:
    made = written(crew, areas=("3502",))
    actions.take(made, Taken(Verb.PUBLISH), by=crew.supervisor, now=MONDAY)
    with pytest.raises(Refused, match="four eyes"):
        actions.take(made, Taken(Verb.APPROVE), by=crew.supervisor, now=MONDAY)
    actions.take(made, Taken(Verb.REFUSE, "英文标题有误"), by=crew.leader, now=MONDAY)
    card = queries.desk_card(made, by=crew.unit, now=MONDAY)
    assert (card["state"], card["note"]) == ("draft", "英文标题有误")
    assert [one["verb"] for one in card["actions"]] == ["change", "publish", "withdraw"]


def test_what_the_second_person_read_is_what_goes_out(crew: Crew) -> None:
    made = written(crew)
    actions.take(made, Taken(Verb.CHANGE, said=replace(SAID, title_zh="停水改期")), by=crew.unit, now=MONDAY)
    with pytest.raises(Refused, match="was changed meanwhile"):
        actions.take(made, Taken(Verb.PUBLISH, version=1), by=crew.unit, now=MONDAY)
    actions.take(made, Taken(Verb.PUBLISH, version=2), by=crew.unit, now=MONDAY)
    assert queries.published(MONDAY)[0]["title_zh"] == "停水改期"
    with pytest.raises(Refused, match="on now; what can be done now: end, withdraw"):
        actions.take(made, Taken(Verb.CHANGE, said=SAID), by=crew.unit, now=MONDAY)


def test_a_repeat_under_the_same_key_changes_nothing(crew: Crew) -> None:
    first = actions.write(SAID, by=crew.unit, now=MONDAY, key="k1")
    assert actions.write(SAID, by=crew.unit, now=MONDAY, key="k1") == first
    with pytest.raises(Refused, match="with other words"):
        actions.write(replace(SAID, title_zh="另一条"), by=crew.unit, now=MONDAY, key="k1")
    for _ in range(2):
        actions.take(first, Taken(Verb.PUBLISH, key="k2"), by=crew.unit, now=MONDAY)
    assert len(jobs()) == 1
    assert Announcement.objects.get().version == 2


def test_an_early_end_and_a_withdrawal_are_seen_and_told(crew: Crew) -> None:
    person = follower(Wanted(COUNTY))
    over, wrong = out(crew), out(crew, title_zh="发错了")
    later = MONDAY + dt.timedelta(hours=1)
    actions.take(over, Taken(Verb.END), by=crew.unit, now=later)
    actions.take(wrong, Taken(Verb.WITHDRAW, "地址写错"), by=crew.supervisor, now=later)
    shown = {one["id"]: one for one in queries.published(later)}
    assert (shown[over]["phase"], shown[wrong]["phase"], shown[wrong]["note"]) == ("ended", "withdrawn", "地址写错")
    for made in (over, wrong):
        actions.tell(made, OVER, now=later)
    told = Notice.objects.filter(person_id=person, kind="announcement_over").order_by("id")
    assert [one.title_zh for one in told] == ["通告提前结束:停水通知", "通告已撤回:发错了"]
    assert queries.published(later + queries.SHOWN_AFTER + dt.timedelta(days=2)) == []
    with pytest.raises(Refused, match="over already"):
        actions.take(over, Taken(Verb.END), by=crew.unit, now=later)


def test_nobody_announces_outside_their_area(crew: Crew) -> None:
    stranger = a_caller(a_person(Duty.SUPERVISOR, area="3501"))
    with pytest.raises(NotAllowed, match="'350203'"):
        written(crew, by=stranger)
    made = written(crew)
    with pytest.raises(NotAllowed):
        actions.take(made, Taken(Verb.PUBLISH), by=stranger, now=MONDAY)
    with pytest.raises(NotFound):
        queries.desk_card(made, by=stranger, now=MONDAY)
    with pytest.raises(NotAllowed):
        actions.take(made, Taken(Verb.PUBLISH), by=crew.acceptor, now=MONDAY)
    with pytest.raises(NotFound):
        written(crew, areas=("350299999",))


def test_a_unit_speaks_for_its_own_area_only(crew: Crew) -> None:
    county = a_unit(area=COUNTY)
    clerk = a_caller(a_person(Duty.UNIT, area="", unit_id=county, grant_unit_id=county))
    assert written(crew, by=clerk)
    with pytest.raises(NotAllowed):
        written(crew, by=clerk, areas=("350206",))
    with pytest.raises(NotAllowed):
        written(crew, by=clerk, areas=("3502",))


def test_residents_see_what_went_out_and_no_draft(crew: Crew) -> None:
    draft, near = written(crew), out(crew, lon=SPOT[0], lat=SPOT[1], radius_m=100)
    out(crew, areas=("350206",))
    found = queries.published(MONDAY, spot=SPOT)
    assert [one["near"] for one in found] == [True, False]
    assert found[0]["id"] == near
    with pytest.raises(NotFound):
        queries.public_card(draft, MONDAY)
    assert not {"by", "version", "state"} & set(found[0])


def test_a_list_costs_a_fixed_number_of_statements(crew: Crew) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries.published(MONDAY, spot=SPOT)
        return len(asked)

    out(crew)
    cost()  # the names are remembered from here on
    one = cost()
    for _ in range(4):
        out(crew)
    assert cost() == one


def test_those_in_charge_read_peoples_names_in_both_languages(crew: Crew) -> None:
    assert crew.leader.person_id
    assert crew.supervisor.person_id
    Person.objects.filter(pk=crew.leader.person_id).update(name_en="Lin Hua")
    made = written(crew, by=crew.supervisor, areas=("3502",))
    actions.take(made, Taken(Verb.PUBLISH), by=crew.supervisor, now=MONDAY)
    actions.take(made, Taken(Verb.APPROVE), by=crew.leader, now=MONDAY)
    card = queries.desk_card(made, by=crew.leader, now=MONDAY)
    assert (card["by"], card["by_en"]) == (crew.supervisor.name, "")
    assert (card["approved_by"], card["approved_by_en"]) == (crew.leader.name, "Lin Hua")
    Person.objects.filter(pk=crew.supervisor.person_id).update(name_en="Wang Fang")
    shown = a_client(crew.leader.person_id).get("/api/v1/announcements/desk").json()["items"]
    assert [(one["by_en"], one["approved_by_en"]) for one in shown] == [("Wang Fang", "Lin Hua")]


def test_the_desk_lists_its_own_however_much_others_wrote_since(crew: Crew) -> None:
    own = written(crew)
    elsewhere = Announcement.objects.get(
        pk=written(crew, by=a_caller(a_person(Duty.SUPERVISOR, area="")), areas=("3501",))
    )
    fields = {one.attname: getattr(elsewhere, one.attname) for one in Announcement._meta.fields if one.name != "id"}
    Announcement.objects.bulk_create(Announcement(**fields) for _ in range(queries.DESK_MAX))
    assert [one["id"] for one in queries.at_desk(by=crew.dispatcher, now=MONDAY)] == [own]
    Announcement.objects.update(areas=[COUNTY])
    assert len(queries.at_desk(by=crew.dispatcher, now=MONDAY)) == queries.DESK_MAX


def test_the_doors_from_a_draft_to_the_feeds(crew: Crew) -> None:
    unit, anybody = a_client(crew.unit.person_id), a_client()
    now = clock.now()
    form = FORM | {"starts_at": now.isoformat(), "ends_at": (now + dt.timedelta(hours=3)).isoformat()}

    def send(path: str, body: dict[str, Any], method: str = "post", key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return getattr(unit, method)(f"/api/v1{path}", body, content_type="application/json", headers=headers)

    made = send("/announcements", form, key="one")
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    assert send("/announcements", form, key="one").json()["id"] == number
    assert anybody.post("/api/v1/announcements", form, content_type="application/json").status_code == 401
    assert anybody.get(f"/api/v1/announcements/{number}").status_code == 404
    assert anybody.get("/api/v1/announcements/desk").status_code == 401
    assert (
        send(f"/announcements/{number}", form | {"title_en": "Water off today", "version": 1}, "put").json()["version"]
        == 2
    )
    gone = send(f"/announcements/{number}/steps", {"verb": "publish", "version": 2})
    assert gone.status_code == 200, gone.content
    assert unit.get("/api/v1/announcements/desk").json()["items"][0]["actions"][0]["verb"] == "end"
    shown = anybody.get(f"/api/v1/announcements?lon={SPOT[0]}&lat={SPOT[1]}").json()["items"]
    assert [(one["title_en"], one["near"]) for one in shown] == [("Water off today", True)]
    told = anybody.get(f"/api/v1/announcements/{number}/cap")
    assert told.headers["Content-Type"] == "application/cap+xml"
    assert wrong_in(told.content) == []
    assert anybody.get("/api/v1/announcements.geojson").json()["features"][0]["properties"]["title_zh"] == "停水通知"
    assert b"Water off today" in anybody.get("/api/v1/announcements.atom?lang=en").content
    bad = send("/announcements", form | {"title_zh": "", "areas": ["3"]})
    assert bad.status_code == 422
    assert set(bad.json()["fields"]) == {"title_zh", "areas"}
