"""The doors of the statistics: what they answer, to whom, and for how many statements."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.evaluation.queries import drill, figures, statement
from gridloop.cases.evaluation.rules.indicators import BY_ID, INDICATORS
from gridloop.cases.evaluation.rules.question import Question
from gridloop.kernel.duties import Duty
from tests.builders import MONDAY, SPOT, a_client, a_person, a_unit
from tests.cases.evaluation.lives import LATER, a_morning

DAY = MONDAY.date()
PERIOD = {"from": DAY.isoformat(), "to": DAY.isoformat()}
API = "/api/v1/statistics"


@pytest.fixture
def morning(crew) -> dict[str, str]:
    return a_morning(crew)


def leader():
    return a_client(a_person(Duty.LEADER, area="3502"))


def test_a_leader_reads_all_24_with_what_they_can_be_held_to(morning) -> None:
    answer = leader().get(f"{API}/indicators", PERIOD).json()
    row = answer["figures"]["rows"][0]
    assert row["cases"] == 13
    assert list(row["indicators"]) == [one.id for one in INDICATORS]
    assert answer["cite"]["ledger_position"] >= 0
    assert answer["cite"]["query_version"] == statement.query_version()


@pytest.mark.parametrize("by", ["unit", "area", "class", "person"])
def test_the_groups_have_names(morning, by) -> None:
    answer = leader().get(f"{API}/indicators", PERIOD | {"by": by, "level": 9}).json()
    groups = {row["group"] for row in answer["figures"]["rows"]}
    assert groups
    assert groups <= answer["names"].keys()


@pytest.mark.parametrize("part", drill.PARTS)
@pytest.mark.parametrize("indicator", [one.id for one in INDICATORS])
def test_the_cases_behind_a_figure_are_as_many_as_it_counts(morning, indicator, part) -> None:
    found, _ = figures.indicators(Question(DAY, DAY), at=LATER)
    one = found["rows"][0]["indicators"][indicator]
    page = drill.cases(Question(DAY, DAY), drill.Drill(BY_ID[indicator], part), at=LATER)
    counted = one["denominator"] - one["numerator"] if part == "rest" else one[part]
    assert len(page["items"]) == counted
    assert page["next"] is None


@pytest.mark.parametrize("by", ["unit", "area", "class"])
@pytest.mark.parametrize("indicator", ["filing_rate", "handle_ontime_rate", "repeat_rate"])
def test_the_cases_behind_a_row_of_a_table_are_as_many_as_it_counts(morning, indicator, by) -> None:
    question = Question(DAY, DAY, by=by)
    found, _ = figures.indicators(question, at=LATER)
    counted = {row["group"]: row["indicators"][indicator] for row in found["rows"] if row["group"]}
    assert sum(one["denominator"] for one in counted.values()) > 0
    for group, one in counted.items():
        wanted = {"numerator": one["numerator"], "rest": one["denominator"] - one["numerator"]}
        for part, number in wanted.items():
            page = drill.cases(question, drill.Drill(BY_ID[indicator], part, group), at=LATER)
            assert (group, part, len(page["items"])) == (group, part, number)


def test_pages_of_cases_go_on_where_the_last_one_ended(morning) -> None:
    client, seen, cursor = leader(), [], ""
    while cursor is not None:
        page = client.get(f"{API}/indicators/filing_rate/cases", PERIOD | {"limit": 4, "cursor": cursor}).json()
        seen += [case["number"] for case in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 9
    assert seen == sorted(seen, reverse=True)


def test_the_cases_of_one_person_in_their_part(morning, crew) -> None:
    group = f"checker:{crew.checker.person_id}"
    asked = PERIOD | {"by": "person", "group": group, "part": "denominator"}
    page = leader().get(f"{API}/indicators/check_ontime_rate/cases", asked).json()
    assert len(page["items"]) == 5
    other = leader().get(f"{API}/indicators/close_rate/cases", asked).json()
    assert other["items"] == []


def test_a_unit_reads_its_own_figures_only(morning, crew) -> None:
    mine = a_client(crew.unit.person_id).get(f"{API}/indicators", PERIOD).json()
    assert mine["figures"]["rows"][0]["cases"] == 8  # dispatched to it, the returned one is with it again
    stranger = a_unit(area="3502")
    other = a_client(a_person(Duty.UNIT, area="3502", unit_id=stranger, grant_unit_id=stranger))
    assert other.get(f"{API}/indicators", PERIOD).json()["figures"]["rows"][0]["cases"] == 0
    assert other.get(f"{API}/indicators/close_rate/cases", PERIOD).json()["items"] == []


def test_another_area_is_not_counted(morning) -> None:
    client = a_client(a_person(Duty.LEADER, area="350211"))
    assert client.get(f"{API}/indicators", PERIOD).json()["figures"]["rows"][0]["cases"] == 0
    assert client.get(f"{API}/indicators", PERIOD | {"place": "350203"}).json()["figures"]["rows"][0]["cases"] == 0
    assert client.get(f"{API}/heat", PERIOD).json()["figures"]["rows"] == []


def test_figures_of_persons_are_for_those_who_lead_them(morning, crew) -> None:
    for person in (crew.unit.person_id, crew.dispatcher.person_id):
        answer = a_client(person).get(f"{API}/indicators", PERIOD | {"by": "person"})
        assert answer.status_code == 403
        assert "single persons" in answer.json()["detail"]


@pytest.mark.parametrize("duty", [Duty.COLLECTOR, Duty.ACCEPTOR, Duty.AUDITOR, Duty.ADMIN])
def test_other_duties_are_refused(crew, duty) -> None:
    assert a_client(a_person(duty, area="3502")).get(f"{API}/indicators", PERIOD).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "2026-11-30", "to": "2026-11-01"},
        {"from": "2020-01-01", "to": "2026-11-01"},
        {"level": 7},
        {"place": "x"},
        {"by": "colour"},
    ],
)
def test_a_question_without_sense_is_refused(crew, wrong) -> None:
    assert leader().get(f"{API}/indicators", wrong).status_code == 422


def test_an_indicator_that_there_is_not(crew) -> None:
    answer = leader().get(f"{API}/indicators/beauty_rate/cases", PERIOD)
    assert answer.status_code == 404
    assert "close_rate" in answer.json()["detail"]


@pytest.mark.parametrize("what", ["league", "trend", "heat", "stopclock", "punctuality"])
def test_every_other_door_answers_with_a_citation(morning, what) -> None:
    answer = leader().get(f"{API}/{what}", PERIOD)
    assert answer.status_code == 200
    assert answer.json()["figures"]["rows"]
    assert answer.json()["cite"]["ledger_position"] >= 0


def test_a_saved_answer_is_a_file(morning) -> None:
    answer = leader().get(f"{API}/league", PERIOD | {"save": 1})
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("kind", ["indicators", "league", "stopclock", "punctuality", "heat"])
def test_a_question_costs_a_few_statements(morning, kind) -> None:
    question = Question(DAY, DAY, by="unit")
    more = {"indicator_id": "close_rate"} if kind == "league" else {}
    with CaptureQueriesContext(connection) as statements:
        figures.ASKED[kind](question, at=LATER, **more)
    assert len([one for one in statements if "savepoint" not in one["sql"].lower()]) <= 2


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("kind", "begin"), [("pdf", b"%PDF-"), ("xlsx", b"PK")])
def test_the_monthly_report_is_a_file_of_its_kind(morning, kind, begin, language) -> None:
    answer = leader().get(f"{API}/report.{kind}", {"month": f"{DAY:%Y-%m}", "language": language})
    assert answer.status_code == 200
    assert answer.content.startswith(begin)
    assert len(answer.content) > 4000


def test_the_report_of_an_empty_month_says_so(crew) -> None:
    assert leader().get(f"{API}/report.pdf", {"month": "2019-02"}).content.startswith(b"%PDF-")
    assert leader().get(f"{API}/report.pdf", {"month": "2019-13"}).status_code == 422


def feed(kind: str) -> bytes:
    answer = a_client().get(f"/api/v1/opendata/cases.{kind}", {"month": f"{DAY:%Y-%m}"})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("kind", ["csv", "geojson"])
def test_the_open_feed_names_nobody_and_no_house(morning, crew, kind) -> None:
    text = feed(kind).decode()
    assert text.count("20261123-") == 12  # the withdrawn one is nobody's business
    for secret in ("路口有一堆", crew.citizen.name, crew.checker.name, f"{SPOT[0]}", "已清理"):
        assert secret not in text


def test_the_open_feed_moves_every_position(morning) -> None:
    row = next(csv.DictReader(io.StringIO(feed("csv").decode("utf-8-sig"))))
    assert abs(float(row["lon"]) - SPOT[0]) <= 0.0011
    assert abs(float(row["lat"]) - SPOT[1]) <= 0.0011
    assert len(row["village"]) <= 12
    assert dt.date.fromisoformat(row["reported_on"]) == DAY
