"""The doors of the masters: what the console reads and sends, as their shapes say, and who is let in."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from gridloop.cases.proposals import api
from gridloop.cases.proposals.rules.tables import TABLES
from gridloop.kernel import clock
from gridloop.kernel.duties import Duty
from tests.builders import a_client, a_person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def ask(client: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.generic(method, f"/api/v1/masters{path}", json.dumps(body or {}), content_type="application/json")


def wanted(limit: float = 3.0, **changed: Any) -> dict[str, Any]:
    when = (clock.in_city(clock.now()).date() + 2 * DAY).isoformat()
    values = {"limit_value": limit, "limit_unit": "natural_hour"}
    return {"table": "stage", "key": "checking", "values": values, "valid_from": when, "why": "人手不足"} | changed


def test_tables_rows_and_versions_are_read_as_their_shapes_say(ground: None) -> None:
    client = a_client(a_person(Duty.ACCEPTOR))
    tables = api.TableList.model_validate(ask(client, "GET", "/tables").json()).items
    assert [one.name for one in tables] == [one.name for one in TABLES]
    assert not any(one.may_propose or one.may_confirm for one in tables), "an acceptor reads"
    for one in tables:
        rows = api.RowList.model_validate(ask(client, "GET", f"/tables/{one.name}").json()).items
        assert bool(rows) is (one.name not in {"tier", "route"})
        if rows:
            versions = ask(client, "GET", f"/tables/{one.name}/versions?key={rows[0].key}").json()
            held = api.FormerList.model_validate(versions).items
            assert len(held) == (0 if one.name == "calendar" else 1)
    assert ask(client, "GET", "/tables/moons").status_code == 404
    assert ask(client, "GET", "/tables/stage/versions?key=moon").status_code == 422


def test_a_proposal_goes_through_its_doors(ground: None) -> None:
    leader, second = a_person(Duty.SHIFT_LEADER), a_person(Duty.ADMIN)
    mine, other = a_client(leader), a_client(second)
    shown = api.EffectAnswer.model_validate(ask(mine, "POST", "/proposals/preview", wanted()).json())
    assert shown.four_eyes
    made = ask(mine, "POST", "/proposals", wanted())
    assert made.status_code == 202, made.content
    number = api.ProposalOut.model_validate(made.json()).id
    assert ask(mine, "POST", "/proposals", wanted()).status_code == 409, "one waits already"
    changed = ask(mine, "PATCH", f"/proposals/{number}", wanted(4.0))
    assert changed.json()["values"]["limit_value"] == 4
    assert [ask(one, "GET", "/proposals/waiting").json()["count"] for one in (mine, other)] == [0, 1]
    assert ask(mine, "POST", f"/proposals/{number}/confirm").status_code == 403, "a shift leader is no second person"
    assert ask(other, "POST", f"/proposals/{number}/reject").status_code == 422, "a rejection says why"
    assert ask(other, "POST", f"/proposals/{number}/reject", {"note": "不同意"}).json()["state"] == "rejected"
    again = ask(mine, "POST", "/proposals", wanted()).json()["id"]
    assert ask(mine, "POST", f"/proposals/{again}/withdraw").json()["state"] == "withdrawn"
    listed = api.ProposalList.model_validate(ask(mine, "GET", "/proposals?table=stage&key=checking").json()).items
    assert [(one.id, one.state) for one in listed] == [(again, "withdrawn"), (number, "rejected")]
    assert ask(mine, "GET", "/proposals?state=open").json()["items"] == []


def test_words_are_set_at_once_and_a_proposal_that_is_not_there_is_not_found(ground: None) -> None:
    client = a_client(a_person(Duty.SHIFT_LEADER))
    today = clock.in_city(clock.now()).date().isoformat()
    values = {"name_zh": "非本单位职责", "name_en": "not our duty"}
    body = {"table": "return", "key": "not_ours", "values": values, "valid_from": today, "why": "改词"}
    made = ask(client, "POST", "/proposals", body)
    assert (made.status_code, made.json()["state"]) == (201, "in_force")
    assert ask(client, "POST", "/proposals", body).status_code == 409, "nothing would be different"
    assert ask(client, "POST", "/proposals/999999/withdraw").status_code == 404


@pytest.mark.parametrize("duty", [Duty.CITIZEN, Duty.COLLECTOR, Duty.INTEGRATOR])
def test_who_has_no_desk_reads_no_masters(duty: Duty, ground: None) -> None:
    assert ask(a_client(a_person(duty)), "GET", "/tables").status_code == 403
