"""The ledger of returns: each return with its way, the totals, the pairs, the file, and who may read what."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.evaluation.queries.scope import EVERYWHERE
from gridloop.cases.insight.queries import returns
from gridloop.cases.insight.queries.asking import About
from gridloop.kernel.duties import Duty
from tests.builders import MONDAY, a_client, a_person, a_unit
from tests.cases.insight.lives import HOUR, Shuttle, a_second_unit, ruled_to

DAY = MONDAY.date()
PERIOD = {"from": DAY.isoformat(), "to": (DAY + dt.timedelta(days=3)).isoformat()}
WHOLE = About(DAY, DAY + dt.timedelta(days=3), EVERYWHERE)
API = "/api/v1/insight"


@pytest.fixture
def other(crew):
    return a_second_unit()


@pytest.fixture
def shuttled(crew, other) -> dict[str, str]:
    """Three cases: ruled after going to and fro, sent straight back to who returned it, and returned with nobody acting."""
    return {
        "ruled": ruled_to(crew, other).number,
        "again": Shuttle(crew, other).sent().back().then("dispatcher", "redispatch", unit=None).then("unit", "accept").number,
        "open": Shuttle(crew, other).sent().back(rule="outside_area").number,
    }  # fmt: skip


def leader(language: str = "en"):
    return a_client(a_person(Duty.LEADER, area="3502"), language=language)


def test_each_return_says_who_sent_it_there_and_how_it_went_on(shuttled, crew, other) -> None:
    by_case = {(one.number, one.seq): one for one in returns.read(WHOLE)}
    assert len(by_case) == 4
    first, second = (one for key, one in sorted(by_case.items()) if key[0] == shuttled["ruled"])
    assert (first.unit_id, first.rule, first.to_arbiter) == (crew.handler, "not_ours", False)
    assert (first.sent_verb, first.sent_by, first.sent_at) == ("dispatch", crew.dispatcher.name, first.at - HOUR)
    assert (first.onward_verb, first.onward_unit_id) == ("redispatch", other.id)
    assert (second.unit_id, second.rule, second.to_arbiter) == (other.id, "wrong_place", True)
    assert (second.onward_verb, second.onward_unit_id, second.accepted_unit_id) == ("rule", other.id, other.id)
    assert first.waited_s == 4 * 3600
    assert second.waited_s == 2 * 3600


def test_a_return_that_nobody_has_acted_on_costs_time_until_now(shuttled) -> None:
    one = next(one for one in returns.read(WHOLE) if one.number == shuttled["open"])
    assert one.onward_verb is None
    assert one.waited_s is None
    assert one.lost_s(one.at + 5 * HOUR) == 6 * 3600


def test_the_totals_by_unit_and_by_rule(shuttled, crew, other) -> None:
    answer = leader().get(f"{API}/returns", PERIOD).json()
    assert (answer["count"], answer["cases"]) == (4, 3)
    units = {one["group"]: one for one in answer["by_unit"]}
    assert units[str(crew.handler)]["returns"] == 3
    assert units[str(crew.handler)]["back_again"] == 1
    assert units[str(other.id)] | {"hours_lost": 0} == {
        "group": str(other.id), "returns": 1, "cases": 1, "to_arbiter": 1, "back_again": 1, "hours_lost": 0, "accepted": 1, "median_wait_hours": 2.0,
    }  # fmt: skip
    rules = {one["group"]: one["returns"] for one in answer["by_rule"]}
    assert rules == {"not_ours": 2, "wrong_place": 1, "outside_area": 1}
    assert all(all(answer["names"]["rules"][code]) for code in rules)


def test_pages_go_on_where_the_last_one_ended(shuttled) -> None:
    client, seen, cursor = leader(), [], ""
    while cursor is not None:
        page = client.get(f"{API}/returns", PERIOD | {"limit": 3, "cursor": cursor}).json()
        seen += [one["key"] for one in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize(
    ("asked", "count"),
    [({"rule": "wrong_place"}, 1), ({"class": "event:0102"}, 4), ({"class": "component"}, 0), ({"place": "350211"}, 0)],
)
def test_filters_narrow_what_is_listed(shuttled, asked, count) -> None:
    if asked == {"class": "component"}:
        asked = {"class": "component:"}
    assert leader().get(f"{API}/returns", PERIOD | asked).json()["count"] == count


def test_by_one_unit(shuttled, other) -> None:
    answer = leader().get(f"{API}/returns", PERIOD | {"unit": other.id}).json()
    assert [one["unit_id"] for one in answer["items"]] == [other.id]


def test_a_return_counts_in_the_period_in_which_it_was_made(crew, other) -> None:
    Shuttle(crew, other, start=MONDAY - dt.timedelta(days=20)).sent().back()
    assert returns.read(WHOLE) == []
    assert len(returns.read(About(DAY - dt.timedelta(days=25), DAY, EVERYWHERE))) == 1


def test_pairs_count_the_cases_that_both_returned(shuttled, crew, other) -> None:
    answer = leader().get(f"{API}/returns/pairs", PERIOD).json()
    (pair,) = answer["pairs"]
    assert {pair["low"], pair["high"]} == {crew.handler, other.id}
    assert (pair["cases"], pair["arbiter"], pair["back"]) == (1, 1, 0)
    assert (
        pair["hours_lost"] == 4.0
    )  # dispatched, returned, redispatched, returned, ruled: four hours between the first and the last
    assert pair["ruled"] == [{"unit_id": other.id, "count": 1}]
    moves = {(one["from"], one["to"]): one["count"] for one in answer["moves"]}
    assert moves == {(crew.handler, other.id): 1, (other.id, other.id): 1, (crew.handler, crew.handler): 1}


def test_a_case_that_was_handled_in_between_is_no_ping_pong(crew, other) -> None:
    (
        Shuttle(crew, other).sent().back().then("dispatcher", "redispatch", unit=other.id).then("other", "accept")
        .then("other", "finish", note="已清理", photos=1).then("checker", "pass", photos=1).then("shift_leader", "close")
        .then("citizen", "dispute").then("supervisor", "reopen", note="未解决").back("other")
    )  # fmt: skip
    assert len(returns.read(WHOLE)) == 2
    assert leader().get(f"{API}/returns/pairs", PERIOD).json()["pairs"] == []


@pytest.mark.parametrize(("language", "head", "arbiter"), [("en", "number", "yes"), ("zh", "案件编号", "是")])
def test_the_file_holds_every_return_in_the_callers_language(shuttled, language, head, arbiter) -> None:
    answer = leader(language).get(f"{API}/returns.csv", PERIOD | {"rule": "wrong_place"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0][0] == head
    assert len(rows) == 2
    assert rows[1][0] == shuttled["ruled"]
    assert arbiter in rows[1]


def test_a_note_that_looks_like_a_formula_is_text_in_the_file(crew, other) -> None:
    Shuttle(crew, other).sent().then("unit", "return", return_rule="not_ours", note="=1+1")
    body = b"".join(leader().get(f"{API}/returns.csv", PERIOD).streaming_content).decode()
    assert ",'=1+1," in body


def test_a_unit_reads_the_returns_of_cases_that_it_has_or_had(shuttled, crew, other) -> None:
    mine = a_client(crew.unit.person_id).get(f"{API}/returns", PERIOD).json()
    assert mine["count"] == 4
    theirs = a_client(other.caller.person_id).get(f"{API}/returns", PERIOD).json()
    assert {one["number"] for one in theirs["items"]} == {shuttled["ruled"]}
    stranger = a_unit(area="3502")
    nobody = a_client(a_person(Duty.UNIT, area="3502", unit_id=stranger, grant_unit_id=stranger))
    assert nobody.get(f"{API}/returns", PERIOD).json()["count"] == 0
    assert nobody.get(f"{API}/returns/pairs", PERIOD).json()["moves"] == []


def test_another_area_is_not_listed(shuttled) -> None:
    client = a_client(a_person(Duty.LEADER, area="350211"))
    for door in ("returns", "returns/pairs", "rulings"):
        answer = client.get(f"{API}/{door}", PERIOD).json()
        assert not answer.get("items")
        assert not answer.get("pairs")
    assert len(b"".join(client.get(f"{API}/returns.csv", PERIOD).streaming_content).decode().splitlines()) == 1


@pytest.mark.parametrize("duty", [Duty.COLLECTOR, Duty.ACCEPTOR, Duty.AUDITOR, Duty.ADMIN])
@pytest.mark.parametrize("door", ["returns", "returns.csv", "returns/pairs", "rulings"])
def test_other_duties_are_refused(crew, duty, door) -> None:
    assert a_client(a_person(duty, area="3502")).get(f"{API}/{door}", PERIOD).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"from": "2026-11-30", "to": "2026-11-01"}, "'from' lies after 'to'"),
        ({"from": "2020-01-01", "to": "2026-11-01"}, "at most 370 days at once; ask for a shorter period"),
        ({"from": "1900-01-01", "to": "1900-01-02"}, "the period lies in a year that no case has"),
        ({"to": "0001-01-02"}, "the period lies in a year that no case has"),
        ({"from": "9999-12-31", "to": "9999-12-31"}, "the period lies in a year that no case has"),
    ],
)
@pytest.mark.parametrize("door", ["returns", "rulings"])
def test_a_period_without_sense_is_refused(crew, wrong, sentence, door) -> None:
    answer = leader().get(f"{API}/{door}", wrong)
    assert answer.status_code == 422
    assert answer.json()["detail"] == sentence


def test_the_ledger_is_read_in_one_statement(shuttled) -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        returns.read(WHOLE)
    assert len(seen) == 1
