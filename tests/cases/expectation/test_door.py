"""Anybody may ask how long it takes: figures and areas only, the smallest area that says enough, a few statements, a limited number of times."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridloop.cases import sql
from gridloop.cases.expectation import api, queries
from gridloop.cases.expectation.rules import DAYS, NEWEST
from gridloop.kernel import clock
from tests.builders import SPOT, Crew, a_case, a_client
from tests.cases.evaluation.test_plans import nodes

pytestmark = pytest.mark.django_db
ASKED = {"lon": SPOT[0], "lat": SPOT[1], "class_kind": "event", "class_code": "0102"}
MANY = """
insert into cases_case (id, opened_at, changed_at, due_at, dispatched_at, finished_at, closed_at, lon, lat, state, number, place, class_kind, class_code,
    source, text, unit_id, geom, synthetic)
select 1000000000 + %(first)s + n, at, at, at + interval '1 day', case when %(sent)s then at end, at, at + interval '1 hour' * (n %% 10 + 1), c.lon, c.lat,
    %(state)s, 'X' || %(first)s + n, coalesce(%(place)s, c.place), 'event', '0102', 'citizen', '张三家门口', c.unit_id, c.geom, %(synthetic)s
from (select n, %(now)s::timestamptz - interval '1 hour' * (%(newest_h)s + n * %(apart_h)s) as at from generate_series(1, %(cases)s) n) made,
    (select * from cases_case order by id limit 1) c
"""


def many(cases: int, **more: Any) -> None:
    """Closed cases of the class where the first case lies, done in one to ten hours."""
    given = {
        "first": 0, "cases": cases, "place": None, "state": "closed", "sent": True, "synthetic": False, "newest_h": 48, "apart_h": 1,
        "now": clock.now(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MANY, given | more)


@pytest.fixture
def client(crew: Crew) -> Client:
    a_case(crew=crew, now=clock.now())
    return a_client()


def asked(client: Client, **more: object) -> dict[str, Any] | None:
    answer = client.get("/api/v1/reports/expectation", ASKED | more)
    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert set(said) == {"expectation"}
    return said["expectation"]


def test_nothing_is_said_under_twenty_done_cases_in_the_whole_city(client: Client) -> None:
    many(19)
    many(40, first=1000, state="rejected")
    many(40, first=2000, sent=False)
    many(40, first=3000, synthetic=True)
    many(40, first=4000, newest_h=24 * DAYS + 1)
    many(40, first=5000, place="350100001")
    assert asked(client) is None
    many(1, first=6000, place="350213001")
    found = asked(client)
    assert found is not None
    assert (found["level"], found["area"], found["area_en"], found["done"]) == ("city", "3502", "Xiamen City", 20)


def test_the_smallest_area_that_says_enough_is_told_with_its_name(client: Client) -> None:
    many(20, place="350203")
    county = asked(client)
    assert county is not None
    assert (county["level"], county["area_zh"], county["done"], county["days"]) == ("county", "思明区", 20, DAYS)
    many(30, first=1000)
    township = asked(client)
    assert township is not None
    assert (township["level"], len(township["area"]), township["done"]) == ("township", 9, 30)
    assert (township["duration_s_p50"], township["duration_s_p90"]) == (5 * 3600, 9 * 3600)
    assert township["area_zh"].endswith("街道")


def test_figures_and_area_are_all_that_is_told(client: Client) -> None:
    many(30)
    found = asked(client)
    assert found is not None
    assert set(found) == set(api.Expectation.model_fields)
    assert "张三" not in str(found)
    assert asked(client, class_code="0101") is None
    assert asked(client, lon=10, lat=10) is None


def test_what_is_no_class_or_place_is_said_so(client: Client) -> None:
    for wrong in ({"class_code": "x"}, {"class_kind": "thing"}, {"lat": 99}, {"lon": "nan"}):
        assert client.get("/api/v1/reports/expectation", ASKED | wrong).status_code == 422, wrong


def test_one_address_asks_only_so_often(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "ASKED_PER_HOUR", 2)
    asked(client)
    asked(client)
    answer = client.get("/api/v1/reports/expectation", ASKED)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("cases", [0, 25, 800])
def test_the_statements_are_as_many_however_many_cases_there_are(client: Client, cases: int) -> None:
    many(cases)
    with CaptureQueriesContext(connection) as statements:
        queries.expectation(*SPOT, "event", "0102", now=clock.now())
    assert len(statements) <= 5


@pytest.mark.parametrize("statement", [queries.COUNTY_SQL, queries.CITY_SQL], ids=["county", "city"])
def test_the_closed_cases_are_walked_by_an_index_and_never_read_whole(client: Client, statement: str) -> None:
    many(40_000, apart_h=0.5)
    with connection.cursor() as cursor:
        cursor.execute("analyze cases_case_open, cases_case_closed")
    asked_for = {"class_kind": "event", "class_code": "0102", "county": "350203", "demo": False}
    found = sql.run(f"explain (analyze, format json) {statement}", asked_for)[0][0]
    plan = orjson.loads(found) if isinstance(found, str | bytes) else found
    read = [one for one in nodes(plan[0]["Plan"]) if one.get("Relation Name") == "cases_case_closed"]
    assert [one["Node Type"] for one in read] == ["Index Scan"]
    assert read[0]["Scan Direction"] == "Backward"
    assert read[0]["Actual Rows"] == NEWEST
    assert read[0].get("Rows Removed by Filter", 0) == 0
