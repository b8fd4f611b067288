"""The statements stay bounded: a month of a long history is found by an index, and the history is read by its key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.db import connection

from gridloop.cases.evaluation.queries import figures, statement
from gridloop.cases.evaluation.rules.question import Question
from tests.builders import MONDAY
from tests.cases.evaluation.lives import LATER, a_morning

DAYS = 360
CASES = 60_000
MANY = """
insert into cases_case (id, opened_at, changed_at, due_at, dispatched_at, finished_at, closed_at, lon, lat, state, number, place, class_kind, class_code,
    source, text, unit_id, geom)
select 1000000000 + n, at, at, at + interval '1 day', at, at + interval '2 hours', at + interval '3 hours', c.lon, c.lat, 'closed', 'X' || n, c.place,
    c.class_kind, c.class_code, c.source, '', c.unit_id, c.geom
from (select n, %s::timestamptz - interval '1 day' * (%s - n * %s::float8 / %s) as at from generate_series(1, %s) n) made,
    (select * from cases_case where class_code is not null limit 1) c
"""
HISTORY = """
insert into cases_event (case_id, seq, at, verb, to_state)
select c.id, step, c.opened_at, 'report', 'closed' from cases_case c, generate_series(1, 3) step where c.id > 1000000000
"""


@pytest.fixture
def long_history(crew) -> None:
    a_morning(crew)
    with connection.cursor() as cursor:
        cursor.execute(MANY, [MONDAY, DAYS, DAYS, CASES, CASES])
        cursor.execute(HISTORY)
        cursor.execute("select brin_summarize_new_values('cases_case_closed_opened_at_idx')")
        cursor.execute("analyze cases_case_open, cases_case_closed, cases_event")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@pytest.mark.parametrize("kind", ["indicators", "league", "punctuality", "stopclock"])
def test_a_month_reads_neither_the_closed_cases_nor_the_history_whole(long_history, monkeypatch, kind) -> None:
    plans: list[dict[str, Any]] = []

    def explained(text: str, params: Any) -> list[tuple[Any, ...]]:
        found = run(f"explain (format json) {text}" if "later" in text else text, params)
        if "later" in text:
            plans.append(orjson.loads(found[0][0]) if isinstance(found[0][0], str | bytes) else found[0][0])
            return run(text, params)
        return found

    run = statement.run
    monkeypatch.setattr(statement, "run", lambda text, params=(): explained(text, params))
    month = Question(dt.date(2026, 6, 1), dt.date(2026, 6, 30))
    more = {"indicator_id": "handle_ontime_rate"} if kind == "league" else {}
    found, _ = figures.ASKED[kind](month, at=LATER, **more)
    if kind == "indicators":
        assert found["rows"][0]["cases"] == pytest.approx(CASES / DAYS * 30, rel=0.02)
    read = [node for node in nodes(plans[0][0]["Plan"]) if node["Node Type"] == "Seq Scan"]
    assert {node["Relation Name"] for node in read} & {"cases_case_closed", "cases_event"} == set()
