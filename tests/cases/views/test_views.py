"""Named filters: one's own, shared with one's unit, checked by the queue's own parser, and never more than fit a list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridloop.cases.models import SavedView
from gridloop.cases.views import queries, rules
from gridloop.kernel.duties import Duty
from tests.builders import a_caller, a_client, a_person, a_unit

pytestmark = pytest.mark.django_db
LATE = {"view": "late", "state": "handling,checking", "sort": "due"}


def sent(client: Client, method: str, address: str, body: dict[str, Any] | None = None) -> Any:
    return client.generic(method, f"/api/v1/views{address}", json.dumps(body or {}), content_type="application/json")


def saved(client: Client, name: str = "超时", **said: Any) -> Any:
    return sent(client, "POST", "", {"name": name, "query": LATE, **said})


def names(client: Client) -> list[str]:
    return [one["name"] for one in client.get("/api/v1/views").json()["items"]]


def of_unit(unit_id: int, *duties: Duty) -> Client:
    return a_client(a_person(*(duties or (Duty.DISPATCHER,)), unit_id=unit_id))


def actions_in_ledger() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select action from audit_pending where subject like 'view:%%'")
        return [row[0] for row in cursor.fetchall()]


def test_a_view_is_kept_and_read_back():
    client = of_unit(a_unit())
    made = saved(client, name="  超时  案件 ")
    assert made.status_code == 201, made.content
    one = made.json()
    assert (one["name"], one["query"], one["own"], one["unit_id"]) == ("超时 案件", LATE, True, None)
    listed = client.get("/api/v1/views").json()
    assert listed["items"] == [one]
    assert len(listed["units"]) == 1
    assert actions_in_ledger() == []


def test_the_people_of_the_unit_see_what_is_shared_with_it_and_nobody_else_does():
    unit, other = a_unit(), a_unit()
    owner, colleague, stranger = of_unit(unit), of_unit(unit), of_unit(other)
    holder = a_client(a_person(Duty.UNIT, grant_unit_id=unit))
    saved(owner, "自己的")
    shared = saved(owner, "大家的", unit_id=unit).json()
    assert names(owner) == ["大家的", "自己的"]
    assert names(colleague) == names(holder) == ["大家的"]
    assert names(stranger) == []
    (seen,) = colleague.get("/api/v1/views").json()["items"]
    assert (seen["own"], seen["unit_id"]) == (False, unit)
    assert sent(colleague, "DELETE", f"/{shared['id']}").status_code == 404
    assert sent(colleague, "PATCH", f"/{shared['id']}", {"name": "我的"}).status_code == 404
    assert actions_in_ledger() == ["cases.view_shared"]


def test_sharing_can_be_ended_and_the_ledger_knows():
    unit = a_unit()
    owner, colleague = of_unit(unit), of_unit(unit)
    one = saved(owner, unit_id=unit).json()
    answer = sent(owner, "PATCH", f"/{one['id']}", {"unit_id": 0})
    assert (answer.status_code, answer.json()["unit_id"]) == (200, None)
    assert names(colleague) == []
    assert actions_in_ledger() == ["cases.view_shared", "cases.view_unshared"]


def test_a_view_is_shared_with_ones_own_unit_only():
    owner = of_unit(a_unit())
    refused = saved(owner, unit_id=a_unit())
    assert refused.status_code == 403
    assert "your own unit only" in refused.json()["detail"]
    assert not SavedView.objects.exists()


def test_rename_change_and_delete():
    client = of_unit(a_unit())
    one = saved(client).json()
    saved(client, "别的")
    assert sent(client, "PATCH", f"/{one['id']}", {"name": "新名"}).json()["name"] == "新名"
    assert sent(client, "PATCH", f"/{one['id']}", {"query": {"place": "350203"}}).json()["query"] == {"place": "350203"}
    taken = sent(client, "PATCH", f"/{one['id']}", {"name": "别的"})
    assert (taken.status_code, taken.json()["fields"]) == (409, {"name": "taken"})
    assert sent(client, "DELETE", f"/{one['id']}").status_code == 204
    assert names(client) == ["别的"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"view": "oldest"}, "does not understand 'view'"),
        ({"state": "sleeping"}, "there is no state 'sleeping'"),
        ({"place": "x"}, "does not understand 'place'"),
        ({"box": "1,2,3"}, "box is west,south,east,north"),
        ({"box": "119,25,118,24"}, "box is west,south,east,north"),
        ({"cursor": "abc"}, "no filter 'cursor'"),
        ({"since": "yesterday"}, "does not understand 'since'"),
    ],
)
def test_a_filter_that_the_queue_refuses_is_not_kept(query, sentence):
    client = of_unit(a_unit())
    refused = sent(client, "POST", "", {"name": "x", "query": query})
    assert refused.status_code == 422
    assert sentence in refused.json()["detail"]
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", "   ", "名" * 41, "a\x07b"])
def test_a_name_has_one_to_forty_signs(name):
    refused = saved(of_unit(a_unit()), name)
    assert refused.status_code == 422
    assert "1 to 40 characters" in refused.json()["detail"]


def test_a_person_keeps_fifty_views_and_each_name_once(monkeypatch: pytest.MonkeyPatch):
    client = of_unit(a_unit())
    assert rules.VIEWS_MAX == 50
    monkeypatch.setattr(rules, "VIEWS_MAX", 2)
    saved(client, "a")
    assert saved(client, "a").json()["fields"] == {"name": "taken"}
    saved(client, "b")
    full = saved(client, "c")
    assert (full.status_code, "delete one first" in full.json()["detail"]) == (409, True)
    assert saved(of_unit(a_unit()), "a").status_code == 201


def test_the_list_costs_the_same_however_many_views():
    unit = a_unit()
    reader = a_caller(a_person(Duty.DISPATCHER, unit_id=unit))
    costs = []
    for count in (1, 6):
        for at in range(count):
            saved(of_unit(unit), f"v{at}", unit_id=unit)
        with CaptureQueriesContext(connection) as asked:
            queries.views(reader)
        costs.append(len(asked))
    assert max(costs) <= 4


def test_the_public_has_no_views():
    assert a_client().get("/api/v1/views").status_code == 401
