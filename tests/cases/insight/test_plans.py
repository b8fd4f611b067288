"""The statements stay bounded: a month of a long history is found by an index, and the history is read by its key."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pytest
from django.db import connection

from gridloop.cases.evaluation.queries.scope import EVERYWHERE
from gridloop.cases.insight.queries import returns, rulings, silence
from gridloop.cases.insight.queries.asking import About
from tests.builders import MONDAY
from tests.cases.evaluation.test_plans import nodes
from tests.cases.insight.lives import a_second_unit, ruled_to

DAYS = 720
CASES = 40_000
MANY = """
insert into cases_case (id, opened_at, changed_at, due_at, dispatched_at, finished_at, closed_at, lon, lat, state, number, place, class_kind, class_code,
    source, text, unit_id, geom, past_units)
select 1000000000 + n, at, at, at + interval '1 day', at, at + interval '2 hours', at + interval '3 hours', c.lon, c.lat, 'closed', 'X' || n, c.place,
    c.class_kind, c.class_code, c.source, '', c.unit_id, c.geom, case when n %% 15 = 0 then array[c.unit_id] else '{}'::bigint[] end
from (select n, %s::timestamptz - interval '1 day' * (%s - n * %s::float8 / %s) as at from generate_series(1, %s) n) made,
    (select * from cases_case where class_code is not null limit 1) c
"""
HISTORY = """
insert into cases_event (case_id, seq, at, verb, to_state, unit_id)
select c.id, step, c.opened_at, (array['report', 'return', 'redispatch', 'accept'])[step], 'closed', c.unit_id
from cases_case c, generate_series(1, 4) step where c.id > 1000000000
"""
FIRST, LAST = dt.date(2026, 6, 1), dt.date(2026, 6, 30)


@pytest.fixture
def long_history(crew) -> None:
    ruled_to(crew, a_second_unit())
    with connection.cursor() as cursor:
        cursor.execute(MANY, [MONDAY, DAYS, DAYS, CASES, CASES])
        cursor.execute(HISTORY)
        cursor.execute("select brin_summarize_new_values('cases_case_closed_opened_at_idx')")
        cursor.execute("analyze cases_case_open, cases_case_closed, cases_event")


def month(name: str) -> Any:
    about = About(FIRST, LAST, EVERYWHERE)
    if name == "returns":
        return returns.read(about)
    if name == "rulings":
        return rulings.suggested(about, level=6, least=2, now=MONDAY)
    return silence.silent(EVERYWHERE, now=dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC))


def test_neither_the_closed_cases_nor_the_history_are_read_whole(long_history, monkeypatch) -> None:
    for name in ("returns", "rulings", "silence"):
        assert tables_read_whole(name, monkeypatch) & {"cases_case_closed", "cases_event"} == set(), name


def tables_read_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    plans: list[Any] = []
    room = {"returns": returns, "rulings": rulings, "silence": silence}[name]
    run = room.run

    def explained(text: str, params: Any = ()) -> list[tuple[Any, ...]]:
        found = run(f"explain (format json) {text}", params)[0][0]
        plans.append(orjson.loads(found) if isinstance(found, str | bytes) else found)
        return run(text, params)

    monkeypatch.setattr(room, "run", explained)
    found = month(name)
    if name == "returns":
        assert len(found) == pytest.approx(CASES / DAYS * 30 / 15, rel=0.05)
    if name == "silence":
        assert found["observed"] == pytest.approx(CASES / DAYS * 7, rel=0.05)
    assert len(plans) == 1
    return {node["Relation Name"] for node in nodes(plans[0][0]["Plan"]) if node["Node Type"] == "Seq Scan"}
