"""The doors of mass actions: the console's way from preview to undo, over HTTP."""

from __future__ import annotations

from typing import Any

from django.test import Client

from gridloop.cases.models import Case
from gridloop.kernel import clock
from gridloop.kernel.duties import Duty
from tests.builders import Crew, a_case, a_client, a_person


def posted(client: Client, address: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(f"/api/v1/cases/mass{address}", body, content_type="application/json", headers=headers)


def test_preview_do_watch_and_undo(crew: Crew):
    numbers = [a_case("filed", crew=crew, now=clock.now()) for _ in range(2)]
    client = a_client(crew.dispatcher.person_id)
    body = {"verb": "dispatch", "fields": {"unit": crew.handler}, "numbers": numbers}

    shown = posted(client, "/preview", body).json()
    assert shown["totals"] == {"possible": 2}
    assert [one["name"] for one in shown["fields"]] == ["unit", "note"]
    versions = {one["number"]: one["version"] for one in shown["items"]}
    done = posted(client, "", body | {"versions": versions}, **{"idempotency-key": "desk-1"})
    assert done.status_code == 200, done.content
    said = done.json()
    assert (said["totals"], said["can_undo"]) == ({"done": 2}, True)
    assert posted(client, "", body | {"versions": versions}, **{"idempotency-key": "desk-1"}).json() == said
    assert client.get(f"/api/v1/cases/mass/{said['id']}").json() == said

    back = posted(client, f"/{said['id']}/undo", {}).json()
    assert (back["undo_totals"], back["can_undo"]) == ({"back": 2}, False)
    assert set(Case.objects.filter(number__in=numbers).values_list("state", flat=True)) == {"filed"}


def test_the_doors_refuse_with_a_problem(crew: Crew):
    number = a_case("filed", crew=crew)
    client = a_client(crew.dispatcher.person_id, language="zh")
    body = {"verb": "dispatch", "fields": {"unit": crew.handler}, "numbers": [number]}
    assert "Idempotency-Key" in posted(client, "", body).json()["detail"]
    assert posted(client, "/preview", body | {"verb": "finish"}).status_code == 422
    assert posted(client, "/preview", body | {"numbers": [number] * 501}).status_code == 422
    assert posted(client, "/preview", body | {"fields": {"colour": "red"}}).status_code == 422
    assert client.get("/api/v1/cases/mass/999999").status_code == 404
    worker = a_client(a_person(Duty.COLLECTOR))
    assert posted(worker, "/preview", body).status_code == 403
