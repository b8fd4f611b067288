"""A city edits its masters: every change is a version from a day on; who, when and why stand in the ledger."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from gridloop.audit import actions as ledger
from gridloop.audit import queries as entries
from gridloop.cases import actions
from gridloop.cases.actions import editing
from gridloop.cases.models import AnswerTemplate, Case, FilingRule
from gridloop.cases.queries import masters as masters_now
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound
from tests.builders import BUILDER, MONDAY, Crew, a_client, a_person, a_report, a_step

pytestmark = pytest.mark.django_db
WORDS = {
    "verb": "close", "title_zh": "已修好", "title_en": "Repaired", "text_zh": "感谢您的反映", "text_en": "Thank you for telling us",
}  # fmt: skip
DAY = dt.timedelta(days=1)
KEY = ("event", "0102", 1)
TODAY = clock.in_city(MONDAY).date()
EDITOR = system("editor")


def ask(client: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.generic(method, f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")


@pytest.mark.parametrize("duty", [Duty.SHIFT_LEADER, Duty.SUPERVISOR, Duty.ADMIN])
def test_a_template_is_made_changed_and_ended_with_versions_and_the_ledger(duty: Duty, ground: None) -> None:
    client = a_client(a_person(duty))
    made = ask(client, "POST", "/templates", WORDS | {"code": "repaired"})
    assert made.status_code == 201, made.content
    assert (made.json()["version"], made.json()["confidence"]) == (1, "local")
    assert ask(client, "POST", "/templates", WORDS | {"code": "repaired"}).status_code == 409
    changed = ask(client, "PATCH", "/templates/repaired", {"text_zh": "谢谢"}).json()
    assert (changed["version"], changed["text_zh"], changed["title_zh"]) == (2, "谢谢", "已修好")
    assert ask(client, "PATCH", "/templates/repaired", {"text_zh": "谢谢"}).json()["version"] == 2, (
        "nothing is different"
    )
    assert "repaired" in {one["code"] for one in client.get("/api/v1/templates?verb=close").json()["items"]}
    assert ask(client, "DELETE", "/templates/repaired").status_code == 204
    assert "repaired" not in {one["code"] for one in client.get("/api/v1/templates").json()["items"]}
    assert ask(client, "DELETE", "/templates/repaired").status_code == 404
    assert ask(client, "PATCH", "/templates/repaired", {"text_zh": "x"}).status_code == 404
    assert AnswerTemplate.objects.filter(code="repaired").count() == 2, "ended, not deleted"
    assert ask(client, "POST", "/templates", WORDS | {"code": "repaired"}).json()["version"] == 3
    ledger.sequence(clock.now())
    written = [one.action for one in entries.entries_about("template:repaired")]
    assert sorted(written) == ["masters.template_added"] * 2 + ["masters.template_changed", "masters.template_ended"]


def test_the_words_of_a_template_are_looked_at(ground: None) -> None:
    client = a_client(a_person(Duty.ADMIN))
    for wrong in ({"verb": "fly"}, {"title_zh": ""}, {"code": "Has Spaces"}, {"text_en": "x" * 1001}, {"other": 1}):
        answer = ask(client, "POST", "/templates", WORDS | {"code": "c"} | wrong)
        assert answer.status_code == 422, wrong


WRITES = (
    ("POST", "/templates", WORDS | {"code": "probe"}),
    ("PATCH", "/templates/closed_default", {"text_zh": "谢谢"}),
    ("DELETE", "/templates/closed_default", {}),
    (
        "POST",
        "/masters/rules/event/0102/1",
        {"valid_from": "2099-01-01", "limit": 5, "unit": "working_hour", "why": "示范"},
    ),
)


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=[f"{one[0]} {one[1]}" for one in WRITES])
def test_what_holds_in_the_whole_city_is_changed_by_who_holds_the_duty_in_the_whole_city(
    method: str, path: str, body: dict[str, Any], ground: None
) -> None:
    able = {Duty.ADMIN} if "rules" in path else set(editing.TEMPLATE_DUTIES)
    for duty in Duty:
        for area in ("350203", "3501"):
            assert ask(a_client(a_person(duty, area=area)), method, path, body).status_code == 403, (duty, area)
        if duty not in able:
            assert ask(a_client(a_person(duty)), method, path, body).status_code == 403, duty
    assert ask(a_client(a_person(min(able))), method, path, body).status_code in {200, 201, 204}


def test_a_new_limit_holds_from_its_day_and_older_cases_keep_theirs(crew: Crew) -> None:
    old = masters_now.current(MONDAY).rules[KEY]
    early = a_report(by=crew.citizen, now=MONDAY)
    new = editing.NewLimit(TODAY + DAY, 99, "working_hour", "雨季加人手", {"A": 50})
    row = editing.change_limit(*KEY, new, by=EDITOR, now=MONDAY)
    assert row.version == old.version + 1
    assert masters_now.current(MONDAY).rules[KEY] == old, "not before its day"
    tomorrow = MONDAY + DAY
    assert masters_now.current(tomorrow).rules[KEY].limit_value == 99
    assert masters_now.current(tomorrow).rules[KEY].tiers == {"A": 50, "B": 99, "C": 99}
    late = a_report(by=crew.citizen, now=tomorrow)
    for made in (early, late):
        a_step(made.number, "register", crew=crew, who="acceptor", now=tomorrow, **{"class": "event:0102"})
        a_step(made.number, "file", crew=crew, who="shift_leader", now=tomorrow, rule=1)
    limits = [Case.objects.get(number=made.number).limit_value for made in (early, late)]
    assert limits == [old.limit("B"), 99]
    shown = a_client(crew.acceptor.person_id).get(f"/api/v1/cases/{late.number}")
    assert shown.status_code == 200
    ledger.sequence(tomorrow)
    [entry] = entries.entries_about("rule:event:0102:1")
    assert (entry.action, entry.detail["why"], entry.detail["limit"]) == ("masters.limit_changed", "雨季加人手", 99)
    assert float(entry.detail["before"]["limit"]) == old.limit_value


def test_a_change_that_does_not_hold_yet_is_replaced_by_the_next_one(ground: None) -> None:
    old = masters_now.current(MONDAY).rules[KEY]
    for days, limit in ((10, 5), (3, 6), (5, 7)):
        new = editing.NewLimit(TODAY + days * DAY, limit, "working_hour", "试行")
        editing.change_limit(*KEY, new, by=EDITOR, now=MONDAY)
    held = {days: masters_now.current(MONDAY + days * DAY).rules[KEY].limit_value for days in (0, 3, 4, 5, 11)}
    assert held == {0: old.limit_value, 3: old.limit_value, 4: old.limit_value, 5: 7, 11: 7}
    assert masters_now.current(MONDAY + 6 * DAY).rule_at(*KEY, MONDAY) == old
    assert FilingRule.objects.filter(kind="event", code="0102", rule_no=1).count() == 4


def test_a_limit_is_set_for_a_later_day_and_says_why(ground: None) -> None:
    with pytest.raises(Malformed, match="a day after") as reason:
        editing.change_limit(*KEY, editing.NewLimit(TODAY, 0, "moons", " ", {"D": 1}), by=EDITOR, now=MONDAY)
    assert set(reason.value.fields) == {"valid_from", "unit", "tiers", "limit", "why"}
    with pytest.raises(NotFound):
        editing.change_limit(
            "event", "0102", 99, editing.NewLimit(TODAY + DAY, 1, "working_day", "x"), by=EDITOR, now=MONDAY
        )


def test_loading_the_files_again_leaves_alone_what_the_city_has_set(ground: None) -> None:
    editing.change_limit(*KEY, editing.NewLimit(TODAY + DAY, 99, "working_hour", "雨季"), by=EDITOR, now=MONDAY)
    editing.change_template("closed_default", {"text_zh": "谢谢"}, by=EDITOR, now=MONDAY)
    editing.add_template(editing.NewTemplate("ours", **WORDS), by=EDITOR, now=MONDAY)
    assert actions.load_masters(by=BUILDER, now=MONDAY + DAY).touched == 0
    assert masters_now.current(MONDAY + 2 * DAY).rules[KEY].limit_value == 99
    assert AnswerTemplate.objects.get(code="closed_default", valid_to=None).text_zh == "谢谢"
    assert AnswerTemplate.objects.filter(code="ours", valid_to=None).exists()


def test_the_versions_door_says_what_the_city_has_set(ground: None) -> None:
    client = a_client(a_person(Duty.ADMIN))
    before = client.get("/api/v1/masters/versions").json()
    when = (clock.in_city(clock.now()).date() + 2 * DAY).isoformat()
    body = {"valid_from": when, "limit": 12, "unit": "working_hour", "tiers": {"A": 6}, "why": "街道会议纪要"}
    made = ask(client, "POST", "/masters/rules/event/0102/1", body)
    assert made.status_code == 201, made.content
    assert made.json()["what"] == {"limit": 12, "unit": "working_hour", "tiers": {"A": 6, "B": 12, "C": 12}}
    route = ask(client, "POST", "/masters/routes", {"area": "3502", "dept_kind": "sani", "priority": 7}).json()["id"]
    assert ask(client, "POST", "/masters/routes", {"area": "3502", "unit_id": 999_999_999}).status_code == 409
    after = client.get("/api/v1/masters/versions").json()
    assert after["version"] > before["version"]
    assert {("rule", "event:0102:1"), ("route", str(route))} <= {(one["table"], one["key"]) for one in after["items"]}
    newest = after["items"][0]
    assert (newest["valid_from"], newest["valid_to"], newest["source"]) == (when, None, "set by the city: 街道会议纪要")
    assert ask(client, "DELETE", f"/masters/routes/{route}").status_code == 204
    assert ask(client, "DELETE", f"/masters/routes/{route}").status_code == 404
