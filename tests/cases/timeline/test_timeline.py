"""The desk as it stood at a moment, and what happened when: from the history, bounded, within the caller's area, nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.actions import timed
from gridloop.cases.alarms.actions import watching
from gridloop.cases.alarms.queries import causes
from gridloop.cases.timeline import queries, rules
from gridloop.cases.timeline.queries import happened as axis_query
from gridloop.cases.timeline.queries import then as then_query
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed
from tests.builders import MONDAY, Crew, a_caller, a_case, a_client, a_person, a_report, a_step

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
CLOSING = (
    ("acceptor", "register", {"class": "event:0102"}), ("shift_leader", "file", {"rule": 1}), ("dispatcher", "dispatch", {"unit": None}),
    ("unit", "accept", {}), ("unit", "finish", {"note": "清理完毕", "photos": 1}), ("checker", "pass", {"photos": 1}), ("shift_leader", "close", {}),
)  # fmt: skip
"""One step an hour, the first an hour after the report."""


@pytest.fixture
def lived(crew: Crew) -> str:
    """A case whose steps lie an hour apart, from its report on Monday at ten."""
    number = a_report(by=crew.citizen).number
    for hour, (who, verb, said) in enumerate(CLOSING, start=1):
        a_step(number, verb, crew=crew, who=who, now=MONDAY + hour * HOUR, **said)
    return number


def stood(
    crew: Crew, hours: float, *, now: dt.datetime = MONDAY + 12 * HOUR, by: Caller | None = None
) -> list[tuple[str, int | None]]:
    found = queries.desk_then(MONDAY + hours * HOUR, by=by or crew.shift_leader, now=now)
    return [(item["state"], item["unit_id"]) for item in found["items"]]


def test_a_case_stands_at_each_moment_as_its_history_says(lived: str, crew: Crew):
    unit = crew.handler
    expected = [
        (-0.5, []), (0.5, [("reported", None)]), (1.5, [("registered", None)]), (2.5, [("filed", None)]), (3.5, [("dispatched", unit)]),
        (4.5, [("handling", unit)]), (5.5, [("checking", unit)]), (6.5, [("checked", unit)]), (7.5, []),
    ]  # fmt: skip
    assert [(hours, stood(crew, hours)) for hours, _ in expected] == expected


def test_a_case_that_came_back_after_its_end_was_ended_in_between(lived: str, crew: Crew):
    a_step(lived, "dispute", crew=crew, who="citizen", now=MONDAY + 9 * HOUR)
    assert [stood(crew, hours) for hours in (6.5, 8)] == [[("checked", crew.handler)], []]
    assert [state for state, _ in stood(crew, 9.5)] == ["disputed"]


def test_a_case_that_was_returned_belonged_to_nobody(crew: Crew):
    number = a_case("dispatched", crew=crew)
    a_step(number, "return", crew=crew, who="unit", now=MONDAY + HOUR, return_rule="not_ours", note="属道路养护")
    a_step(number, "redispatch", crew=crew, who="dispatcher", now=MONDAY + 2 * HOUR, unit=None)
    assert [stood(crew, hours) for hours in (0.5, 1.5, 2.5)] == [
        [("dispatched", crew.handler)], [("returned", None)], [("dispatched", crew.handler)],
    ]  # fmt: skip


def test_what_was_late_then_is_counted_as_of_then(crew: Crew):
    a_case("handling", crew=crew)
    a_report(by=crew.citizen)
    now = MONDAY + 9 * DAY
    before, after = (queries.desk_then(MONDAY + hours * HOUR, by=crew.shift_leader, now=now) for hours in (1, 8 * 24))
    assert before["counts"] == {"open": 2, "late": 0, "due": 0, "paused": 0, "states": {"handling": 1, "reported": 1}}
    assert (after["counts"]["open"], after["counts"]["late"]) == (2, 2)
    assert [point[5] for point in after["points"]] == [True, True]
    classes = [(item["class_kind"], item["class_code"]) for item in after["items"]]
    assert [point[6] for point in after["points"]] == [f"{kind}:{code}" if code else "" for kind, code in classes]
    assert any(code for _, code in classes)
    assert before["points"][0][1:3] == [before["items"][0]["lon"], before["items"][0]["lat"]]
    assert [item["late"] for item in (*before["items"], *after["items"])] == [False, False, True, True]


def test_one_looks_back_within_the_own_area_only(lived: str, crew: Crew):
    elsewhere = a_caller(a_person(Duty.SHIFT_LEADER, area="350205"))
    assert stood(crew, 4.5, by=elsewhere) == []
    assert stood(crew, 4.5, by=crew.unit) == [("handling", crew.handler)]


def test_looking_back_writes_nothing_and_costs_the_same_however_many_cases(crew: Crew):
    costs = []
    for more in (1, 6):
        for _ in range(more):
            a_case("dispatched", crew=crew)
        stood(crew, 1)
        with CaptureQueriesContext(connection) as asked:
            stood(crew, 1)
        costs.append(len(asked))
        assert not any("insert" in one["sql"].lower() for one in asked)
    assert costs[0] == costs[1] <= 3


@pytest.mark.parametrize("moment", [MONDAY + HOUR, MONDAY - 32 * DAY])
def test_a_moment_lies_in_the_past_and_within_reach(moment: dt.datetime):
    with pytest.raises(Malformed, match="one can look back 31 days"):
        rules.checked_moment(moment, MONDAY)


@pytest.mark.parametrize(
    ("length", "expected"), [(dt.timedelta(minutes=10), 60), (6 * HOUR, 120), (DAY, 600), (7 * DAY, 3600)]
)
def test_a_span_is_cut_into_stretches_that_can_be_drawn(length: dt.timedelta, expected: int):
    assert rules.checked_span(MONDAY - length, MONDAY, MONDAY) == expected


@pytest.mark.parametrize("since", [MONDAY, MONDAY - 8 * DAY, MONDAY + DAY])
def test_a_span_that_is_empty_or_too_long_is_refused(since: dt.datetime):
    with pytest.raises(Malformed, match="the axis shows ten minutes to 7 days"):
        rules.checked_span(since, MONDAY, MONDAY)


def test_the_axis_counts_what_was_opened_closed_and_late_and_shows_the_alarms(lived: str, crew: Crew):
    late = a_case("handling", crew=crew, now=MONDAY + HOUR)
    now = MONDAY + 6 * DAY
    timed.climb(now)
    watching.watch(causes.EVERY_MINUTE, now)
    until = now + HOUR
    found = queries.axis(until - 7 * DAY, until, by=crew.shift_leader, now=until)
    assert (sum(found["opened"]), sum(found["closed"]), sum(found["late"])) == (2, 1, 1)
    first = int((MONDAY - found["since"]).total_seconds() // found["stretch_s"])
    assert (found["opened"][first], found["opened"][first + 1], found["closed"][first + 7]) == (1, 1, 1)
    assert [(one["subject"], one["raised_at"]) for one in found["alarms"]] == [(f"case:{late}", now)]
    elsewhere = a_caller(a_person(Duty.SHIFT_LEADER, area="350205"))
    empty = queries.axis(until - 7 * DAY, until, by=elsewhere, now=until)
    assert (sum(empty["opened"]), empty["alarms"]) == (0, [])


MANY = """
insert into cases_case (id, opened_at, changed_at, due_at, dispatched_at, finished_at, closed_at, lon, lat, state, number, place, source, text, geom)
select 1000000000 + n, at, at + interval '3 hours', at + interval '1 day', at, at + interval '2 hours', at + interval '3 hours', c.lon, c.lat, 'closed',
    'X' || n, c.place, c.source, '', c.geom
from (select n, %s::timestamptz - interval '1 day' * (360 - n * 360.0 / %s) as at from generate_series(1, %s) n) made, (select * from cases_case limit 1) c
"""
HISTORY = """
insert into cases_event (case_id, seq, at, verb, to_state)
select c.id, 1, c.opened_at, 'report', 'reported' from cases_case c where c.id > 1000000000
"""
CASES = 60_000


@pytest.fixture
def long_history(crew: Crew) -> None:
    a_report(by=crew.citizen)
    with connection.cursor() as cursor:
        cursor.execute(MANY, [MONDAY, CASES, CASES])
        cursor.execute(HISTORY)
        cursor.execute("select brin_summarize_new_values('cases_case_closed_opened_at_idx')")
        cursor.execute("analyze cases_case_open, cases_case_closed, cases_event")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def test_neither_the_closed_cases_nor_the_history_is_read_whole(
    long_history: None, crew: Crew, monkeypatch: pytest.MonkeyPatch
):
    plans: list[Any] = []
    run = then_query.run

    def explained(text: str, params: Any) -> Any:
        found = run(f"explain (format json) {text}", params)[0][0]
        plans.append(orjson.loads(found) if isinstance(found, str | bytes) else found)
        return run(text, params)

    for module in (then_query, axis_query):
        monkeypatch.setattr(module, "run", explained)
    found = queries.desk_then(MONDAY - 2 * DAY, by=crew.shift_leader, now=MONDAY)
    assert found["counts"]["states"] == {"reported": pytest.approx(CASES / 360 / 8, abs=2)}
    axis = queries.axis(MONDAY - 2 * DAY, MONDAY - DAY, by=crew.shift_leader, now=MONDAY)
    assert sum(axis["opened"]) == pytest.approx(CASES / 360, abs=2)
    assert len(plans) == 3
    read = {
        node.get("Relation Name")
        for plan in plans
        for node in nodes(plan[0]["Plan"])
        if node["Node Type"] == "Seq Scan"
    }
    assert read & {"cases_case_closed", "cases_event"} == set()


def test_the_doors_answer_the_axis_and_the_desk_then(ground: None, db: None):
    desk = a_client(a_person(Duty.DISPATCHER))
    now = dt.datetime.now(dt.UTC)
    span = {"since": (now - DAY).isoformat(), "until": now.isoformat()}
    assert len(desk.get("/api/v1/cases/timeline", span).json()["opened"]) == 144
    moment = (now - HOUR).isoformat()
    assert desk.get("/api/v1/cases/at", {"moment": moment}).json()["counts"]["open"] == 0
    assert desk.get("/api/v1/cases/at", {"moment": (now + DAY).isoformat()}).status_code == 422
    assert a_client(a_person(Duty.ADMIN)).get("/api/v1/cases/at", {"moment": moment}).status_code == 403
