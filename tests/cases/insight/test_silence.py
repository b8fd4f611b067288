"""A district that falls silent is told, with its place, class, patrol and unit; to those who watch the area."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.evaluation.queries.scope import EVERYWHERE
from gridloop.cases.insight.queries import silence
from gridloop.kernel import clock
from gridloop.kernel.duties import Duty
from tests.builders import SPOT, a_caller, a_client, a_person, a_report, a_unit

API = "/api/v1/insight/silence"
DAYS = 63
FAR = (SPOT[0] + 0.003, SPOT[1] + 0.002)
"""Some 370 m from the usual spot: another cell."""


COPIES = """
with copied as (
    insert into cases_case (id, opened_at, changed_at, closed_at, lon, lat, state, number, place, class_kind, class_code, source, text, geom)
    select nextval('cases_case_id'), at, at, at, c.lon, c.lat, 'closed', c.number || '-' || row_number() over (), c.place, c.class_kind,
        c.class_code, c.source, '', c.geom
    from cases_case c, unnest(%s::timestamptz[]) at where c.id = %s
    returning id, opened_at
)
insert into cases_event (case_id, seq, at, verb, to_state, by_id)
select copied.id, 1, copied.opened_at, 'report', 'closed', e.by_id from copied, cases_event e where e.case_id = %s and e.seq = 1
"""


@pytest.fixture
def fallen(crew) -> dict:
    """Eight weeks of reports at two spots, three a day and two; then the patrol that watched the second one reports no more.

    One report of each is real, the others are its copies on other days.
    """
    now = clock.now()
    noon = clock.in_city(now).replace(hour=12, minute=0)
    days = [noon - dt.timedelta(days=ago) for ago in range(DAYS, 0, -1)]
    unit = a_unit()
    walker = a_caller(a_person(Duty.COLLECTOR, area="3502", unit_id=unit, now=days[0] - dt.timedelta(days=1)), now=noon)
    watched = a_report(by=walker, source="collector", now=days[0], class_kind="event", class_code="0102")
    other = a_report(
        by=crew.citizen, now=days[0], own=True, lon=FAR[0], lat=FAR[1], class_kind="event", class_code="0103"
    )
    with connection.cursor() as cursor:
        cursor.execute(COPIES, [days[1:-7] + days[:-7], watched.id, watched.id])
        cursor.execute(COPIES, [days[1:] + days * 2, other.id, other.id])
    return {"unit": unit, "now": now, "last": days[-1].date()}


def told(answer: dict) -> dict[str, dict]:
    return {one["kind"]: one for one in answer["items"]}


def test_the_place_the_class_the_patrol_and_the_unit_are_told(fallen) -> None:
    answer = silence.silent(EVERYWHERE, now=fallen["now"])
    assert answer["enough"]
    assert (answer["observed"], answer["usual"]) == (21, 35.0)
    found = told(answer)
    assert len(answer["items"]) == len(found)
    assert found.keys() >= {"place", "class", "patrol", "unit"}
    assert len(found["place"]["code"]) == 15
    assert found["class"]["code"] == "event:0102"
    assert len(found["patrol"]["code"]) == 9
    assert found["unit"]["code"] == str(fallen["unit"])
    for kind in ("place", "class", "patrol", "unit"):
        one = found[kind]
        assert (one["observed"], one["usual"]) == (0, 14.0)
        assert one["q"] <= answer["promise"]
        assert one["since"] == (fallen["last"] - dt.timedelta(days=6)).isoformat()
        assert one["last_day"] == (fallen["last"] - dt.timedelta(days=7)).isoformat()
        assert one["counts"][-9:] == [2, 2, *[0] * 7]
        assert "no report in the last 7 days" in one["sentence_en"]
        assert "没有上报" in one["sentence_zh"]


@pytest.mark.parametrize(("level", "digits"), [("cell", 15), ("village", 12), ("township", 9)])
def test_by_level(fallen, level, digits) -> None:
    answer = silence.silent(EVERYWHERE, now=fallen["now"], level=level)
    places = [one for one in answer["items"] if one["kind"] == "place"]
    assert all(len(one["code"]) == digits for one in places)
    # further up the other spot makes up more than half of the reports
    assert bool(places) == (level == "cell")


def test_over_the_door(fallen) -> None:
    client = a_client(a_person(Duty.SHIFT_LEADER, area="350203"))
    answer = client.get(API, {"days": 7}).json()
    assert told(answer).keys() >= {"place", "unit"}
    assert client.get(API, {"place": "350211"}).json()["items"] == []
    elsewhere = a_client(a_person(Duty.LEADER, area="350211")).get(API).json()
    assert (elsewhere["observed"], elsewhere["enough"], elsewhere["items"]) == (0, False, [])


def test_a_short_history_says_so(crew) -> None:
    now = clock.now()
    for ago in range(20, 8, -1):
        a_report(by=crew.citizen, now=now - dt.timedelta(days=ago), own=True)
    answer = silence.silent(EVERYWHERE, now=now)
    assert (answer["enough"], answer["tested"], answer["items"]) == (False, 0, [])


def test_it_is_asked_in_three_statements(fallen) -> None:
    silence.silent(EVERYWHERE, now=fallen["now"])
    with CaptureQueriesContext(connection) as seen:
        silence.silent(EVERYWHERE, now=fallen["now"])
    assert len(seen) <= 3  # the counts, the units of the collectors, the stamp of the masters; names are kept


def test_whoever_reads_by_unit_alone_is_refused(crew) -> None:
    answer = a_client(crew.unit.person_id).get(API)
    assert answer.status_code == 403
    inside = a_client(a_person(Duty.DISPATCHER, area="3502", unit_id=crew.handler, grant_unit_id=crew.handler)).get(API)
    assert inside.status_code == 403
    assert inside.json()["detail"].startswith("silence is watched by area")


@pytest.mark.parametrize("wrong", [{"days": 0}, {"days": 15}, {"level": "street"}, {"place": "x"}])
def test_a_question_without_sense_is_refused(crew, wrong) -> None:
    assert a_client(a_person(Duty.LEADER, area="3502")).get(API, wrong).status_code == 422
