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
from gridloop.cases.models import AnswerTemplate
from gridloop.cases.proposals.actions import proposing
from gridloop.cases.queries import masters as masters_now
from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty
from tests.builders import BUILDER, MONDAY, a_caller, a_client, a_person

pytestmark = pytest.mark.django_db
WORDS = {
    "verb": "close", "title_zh": "已修好", "title_en": "Repaired", "text_zh": "感谢您的反映", "text_en": "Thank you for telling us",
}  # fmt: skip
DAY = dt.timedelta(days=1)
KEY = ("event", "0102", 1)
TODAY = clock.in_city(MONDAY).date()
EDITOR = system("editor")
SOON = (clock.in_city(clock.now()).date() + 2 * DAY).isoformat()


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
    for wrong in (
        {"verb": "fly"},
        {"text_zh": "{moon}"},
        {"title_zh": ""},
        {"code": "Has Spaces"},
        {"text_en": "x" * 1001},
        {"other": 1},
    ):
        answer = ask(client, "POST", "/templates", WORDS | {"code": "c"} | wrong)
        assert answer.status_code == 422, wrong


WRITES = (
    ("POST", "/templates", WORDS | {"code": "probe"}),
    ("PATCH", "/templates/closed_default", {"text_zh": "谢谢"}),
    ("DELETE", "/templates/closed_default", {}),
    (
        "POST",
        "/masters/rules/event/0102/1",
        {"valid_from": SOON, "limit": 5, "unit": "working_hour", "why": "示范"},
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
    assert ask(a_client(a_person(min(able))), method, path, body).status_code in {200, 201, 202, 204}


def a_limit(by: int, **changed: Any) -> Any:
    when = (clock.in_city(clock.now()).date() + 2 * DAY).isoformat()
    body = {"valid_from": when, "limit": 12, "unit": "working_hour", "tiers": {"A": 6}, "why": "街道会议纪要"} | changed
    return ask(a_client(by), "POST", "/masters/rules/event/0102/1", body)


def test_new_limits_wait_for_a_second_person_and_hold_from_their_day(ground: None) -> None:
    admin, second = a_person(Duty.ADMIN), a_person(Duty.SUPERVISOR)
    now = clock.now()
    old = masters_now.current(now).rules[KEY]
    made = a_limit(admin)
    assert made.status_code == 202, made.content
    assert (made.json()["state"], made.json()["four_eyes"]) == ("proposed", True)
    assert masters_now.current(now + 3 * DAY).rules[KEY] == old, "nobody has confirmed it yet"
    path = f"/masters/proposals/{made.json()['id']}/confirm"
    assert ask(a_client(admin), "POST", path).status_code == 409, "four eyes"
    done = ask(a_client(second), "POST", path, {"note": "同意"})
    assert (done.status_code, done.json()["state"]) == (200, "scheduled")
    assert masters_now.current(now).rules[KEY] == old, "not before its day"
    new = masters_now.current(now + 3 * DAY).rules[KEY]
    assert (new.tiers, new.version, new.condition_zh) == (
        {"A": 6, "B": 12, "C": 12}, old.version + 1, old.condition_zh,
    )  # fmt: skip
    assert masters_now.current(now + 3 * DAY).rule_at(*KEY, now) == old, "a case opened before keeps its limit"


def test_a_limit_is_set_for_a_later_day_and_says_why(ground: None) -> None:
    admin = a_person(Duty.ADMIN)
    today = clock.in_city(clock.now()).date().isoformat()
    wrong = (
        {"valid_from": today},
        {"limit": 0},
        {"unit": "moon"},
        {"tiers": {"D": 1}},
        {"tiers": {"A": 99}},
        {"why": ""},
        {"limit": 99_999},
    )
    for changed in wrong:
        assert a_limit(admin, **changed).status_code == 422, changed
    gone = ask(
        a_client(admin),
        "POST",
        "/masters/rules/event/0102/99",
        {"valid_from": "2099-01-01", "limit": 1, "unit": "working_day", "why": "x"},
    )
    assert gone.status_code == 404


def test_loading_the_files_again_leaves_alone_what_the_city_has_set(ground: None) -> None:
    admin, second = a_caller(a_person(Duty.ADMIN)), a_caller(a_person(Duty.SUPERVISOR))
    limits = {"limit_value": 99.0, "limit_unit": "working_hour", "tier_a": 99.0, "tier_b": 99.0, "tier_c": 99.0}
    made = proposing.propose_limit("event:0102:1", limits, TODAY + DAY, "雨季", by=admin, now=MONDAY)
    proposing.confirm(made.pk, note="", by=second, now=MONDAY)
    editing.change_template("closed_default", {"text_zh": "谢谢"}, by=EDITOR, now=MONDAY)
    editing.add_template(editing.NewTemplate("ours", **WORDS), by=EDITOR, now=MONDAY)
    assert actions.load_masters(by=BUILDER, now=MONDAY + DAY).touched == 0
    assert masters_now.current(MONDAY + 2 * DAY).rules[KEY].limit_value == 99
    assert AnswerTemplate.objects.get(code="closed_default", valid_to=None).text_zh == "谢谢"
    assert AnswerTemplate.objects.filter(code="ours", valid_to=None).exists()


def test_the_versions_door_says_what_the_city_has_set(ground: None) -> None:
    admin = a_person(Duty.ADMIN)
    client = a_client(admin)
    before = client.get("/api/v1/masters/versions").json()
    made = a_limit(admin).json()
    assert ask(a_client(a_person(Duty.SUPERVISOR)), "POST", f"/masters/proposals/{made['id']}/confirm").status_code == 200  # fmt: skip
    route = ask(client, "POST", "/masters/routes", {"area": "3502", "dept_kind": "sani", "priority": 7}).json()["id"]
    assert ask(client, "POST", "/masters/routes", {"area": "3502", "unit_id": 999_999_999}).status_code == 409
    after = client.get("/api/v1/masters/versions").json()
    assert after["version"] > before["version"]
    assert {("rule", "event:0102:1"), ("route", str(route))} <= {(one["table"], one["key"]) for one in after["items"]}
    newest = after["items"][0]
    assert newest["what"] == {"limit": 12, "unit": "working_hour", "tiers": {"A": 6, "B": 12, "C": 12}}
    assert (newest["valid_from"], newest["valid_to"], newest["source"]) == (
        made["valid_from"], None, "set by the city: 街道会议纪要",
    )  # fmt: skip
    assert ask(client, "DELETE", f"/masters/routes/{route}").status_code == 204
    assert ask(client, "DELETE", f"/masters/routes/{route}").status_code == 404
