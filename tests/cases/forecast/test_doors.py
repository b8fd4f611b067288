"""Training, the table of probabilities and its doors, on a real database: what is written, to whom it is shown, for how many statements."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.cases.evaluation.queries import scope
from gridloop.cases.forecast import actions, jobs, queries
from gridloop.cases.forecast.models import Forecast, ForecastModel
from gridloop.cases.forecast.rules.features import Asked, Records, known_at
from gridloop.cases.models import Case
from gridloop.kernel.caller import system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, Refused
from tests.builders import MONDAY, a_case, a_client, a_person, a_session, a_step, a_unit
from tests.cases.forecast.test_rules import NOW_S, a_past

API = "/api/v1/forecast"
BY = system("forecast")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def learnt(monkeypatch, crew) -> ForecastModel:
    """A city that has learnt from a made-up past; the masters' clock is the real one."""
    told = a_past()
    with monkeypatch.context() as patch:
        patch.setattr(queries, "_lines", lambda rows: iter(told))
        actions.train(by=BY, now=dt.datetime.fromtimestamp(NOW_S, dt.UTC))
    return ForecastModel.objects.get(current=True)


def told(**said: object) -> dict[str, Forecast]:
    return {Case.objects.get(pk=one.case_id).number: one for one in Forecast.objects.filter(**said)}


def test_a_city_with_few_cases_is_told_that_there_is_nothing_to_learn_from(crew) -> None:
    a_case("closed", crew=crew)
    with pytest.raises(Refused, match="too few cases have come to their deadline"):
        actions.train(by=BY, now=MONDAY)
    assert not ForecastModel.objects.exists()
    assert actions.refresh(now=MONDAY) == 0
    assert jobs.refresh(timestamp=0).startswith("too few cases")


def test_a_training_keeps_its_marks_and_stands_because_it_beats_the_base(learnt) -> None:
    assert learnt.brier < learnt.brier_stage < learnt.brier_base
    assert learnt.tested < learnt.samples
    assert "base rate" in learnt.reason
    assert set(learnt.weights["records"]["units"]) == {"7", "8", "9"}


def test_every_case_in_hand_gets_one_row_and_no_other(learnt, crew) -> None:
    wanted = {a_case(state, crew=crew) for state in ("dispatched", "handling", "delay_asked", "suspend_asked")}
    for state in ("reported", "filed", "returned", "suspended", "checking", "closed"):
        a_case(state, crew=crew)
    assert actions.refresh(now=MONDAY + HOUR) == 4
    rows = told()
    assert set(rows) == wanted
    assert all(0 < one.p < 1 and one.model_id == learnt.pk for one in rows.values())


def test_a_case_that_is_finished_leaves_the_table_and_an_overdue_one_is_certain(learnt, crew) -> None:
    number = a_case("handling", crew=crew)
    actions.refresh(now=MONDAY)
    before = told()[number].p
    actions.refresh(now=MONDAY + dt.timedelta(days=60))
    assert before < told()[number].p == 1.0
    assert told()[number].why == [["overdue"]]
    Case.objects.filter(number=number).update(state="checking")
    connection.cursor().execute("alter table cases_event disable trigger cases_event_append_only")
    connection.cursor().execute("update cases_event set to_state = 'checking' where verb in ('accept', 'dispatch')")
    assert actions.refresh(now=MONDAY + dt.timedelta(days=60)) == 0
    assert not told()


def test_a_refresh_takes_a_handful_of_statements_however_many_cases(learnt, crew) -> None:
    a_case("handling", crew=crew)
    actions.refresh(now=MONDAY)
    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            actions.refresh(now=MONDAY)
        counted.append(len([one for one in asked if "SAVEPOINT" not in one["sql"]]))
        for _ in range(4):
            a_case("handling", crew=crew)
    assert counted[0] == counted[1] <= 5


def test_without_a_standing_model_nothing_is_told(learnt, crew) -> None:
    a_case("handling", crew=crew)
    actions.refresh(now=MONDAY)
    assert told()
    ForecastModel.objects.update(weights=learnt.weights | {"features": ["another", "version"]})
    assert actions.refresh(now=MONDAY) == 0
    assert not told()


def test_the_better_of_two_models_stands(learnt, monkeypatch) -> None:
    now = dt.datetime.fromtimestamp(NOW_S, dt.UTC)
    monkeypatch.setattr(queries, "_lines", lambda rows: iter(a_past()))
    spoilt = learnt.weights | {"weights": [-one for one in learnt.weights["weights"]]}
    ForecastModel.objects.update(weights=spoilt)
    assert actions.train(by=BY, now=now).current, "a new model that is better takes over"
    ForecastModel.objects.filter(current=True).update(weights=learnt.weights)
    monkeypatch.setattr(actions.training, "learnt_from", lambda cut: actions.Chances.read(spoilt))
    done = actions.train(by=BY, now=now)
    assert not done.current
    assert ForecastModel.objects.get(current=True).pk != done.model_id


def known(number: str, *, at: dt.datetime, seen: dt.datetime) -> list[float]:
    """What the history, read at `seen`, says was known of a case at `at`."""
    past = queries.past(seen, days=21, most=1000)
    stays, at_s = past.stays, at.timestamp()
    case_id = Case.objects.get(number=number).pk
    mine = (past.case_ids[stays.case] == case_id) & (stays.start_s <= at_s) & (at_s < stays.end_s)
    asked = Asked(np.flatnonzero(mine), np.array([at_s]))
    return known_at(past, asked, queries.working_time(seen), Records(past).at(asked)).table[0].tolist()


def test_what_happens_later_changes_nothing_of_what_was_known(crew) -> None:
    number, other = a_case("handling", crew=crew), a_case("handling", crew=crew)
    then = MONDAY + HOUR
    before = known(number, at=then, seen=then)
    for at, who, verb, said in (
        (2, "unit", "ask_delay", {"hours": 4, "note": "缺件"}),
        (3, "dispatcher", "grant_delay", {}),
        (4, "unit", "finish", {"note": "已清理", "photos": 1}),
        (5, "checker", "fail", {"note": "仍有", "photos": 1}),
        (6, "unit", "finish", {"note": "已清理", "photos": 1}),
    ):
        a_step(number, verb, crew=crew, who=who, now=MONDAY + at * HOUR, **said)
    a_step(other, "finish", crew=crew, who="unit", now=MONDAY + 2 * HOUR, note="已清理", photos=1)
    a_case("closed", crew=crew, now=MONDAY + 3 * HOUR)
    assert known(number, at=then, seen=MONDAY + 60 * HOUR) == pytest.approx(before)


@pytest.fixture
def three(learnt, crew) -> list[str]:
    """Three cases in hand, with probabilities set by hand, and one that is hardly ever late."""
    numbers = [a_case("handling", crew=crew) for _ in range(4)]
    actions.refresh(now=MONDAY)
    for number, p in zip(numbers, (0.5, 0.9, 0.4, 0.1), strict=True):
        Forecast.objects.filter(case_id=Case.objects.get(number=number).pk).update(p=p, why=[["time", 80.0]])
    return numbers


def page(now: dt.datetime = MONDAY, **said: object) -> list[str]:
    return [one["number"] for one in queries.cases(queries.Wanted(**said), scope.EVERYWHERE, now=now)["items"]]


def test_the_worst_that_can_still_be_saved_come_first(three) -> None:
    assert page() == [three[1], three[0], three[2]]
    assert page(from_share=0.0) == [three[1], three[0], three[2], three[3]]
    assert page(to_share=0.8) == [three[0], three[2]]
    assert page(now=MONDAY + dt.timedelta(days=60)) == [], "what is late cannot be saved"


def test_pages_follow_each_other(three) -> None:
    first = queries.cases(queries.Wanted(limit=2), scope.EVERYWHERE, now=MONDAY)
    assert [one["number"] for one in first["items"]] == [three[1], three[0]]
    assert page(limit=2, cursor=first["next"]) == [three[2]]
    for wrong in ("nonsense", "W10", "WyJhIiwxXQ"):
        with pytest.raises(Malformed, match="cursor is not ours"):
            page(cursor=wrong)


def test_the_list_takes_three_statements(three) -> None:
    page()
    with CaptureQueriesContext(connection) as asked:
        page()
    assert len(asked) <= 3


def on_monday(person_id: int):
    """A browser of that Monday."""
    client = a_client()
    client.cookies["gl_session"] = a_session(person_id, now=MONDAY)
    return client


def door(client, **said: object) -> dict:
    return client.get(f"{API}/cases", said).json()


def test_each_sees_the_cases_of_their_area_or_unit(three, crew, monkeypatch) -> None:
    monkeypatch.setattr("gridloop.kernel.clock.now", lambda: MONDAY)
    here = on_monday(a_person(Duty.DISPATCHER, area="3502"))
    found = door(here)
    assert [one["number"] for one in found["items"]] == [three[1], three[0], three[2]]
    assert found["items"][0]["why"][0] == {"code": "time", "zh": "时限已用去 80%", "en": "80 % of the limit is used"}
    assert found["items"][0]["late_probability"] == 0.9
    assert door(on_monday(a_person(Duty.DISPATCHER, area="3501")))["items"] == []
    other = a_unit()
    mine = on_monday(a_person(Duty.UNIT, unit_id=crew.handler, grant_unit_id=crew.handler))
    stranger = on_monday(a_person(Duty.UNIT, unit_id=other, grant_unit_id=other))
    assert len(door(mine)["items"]) == 3
    assert door(stranger)["items"] == []
    assert door(here, unit=other)["items"] == []
    assert len(door(here, unit=crew.handler)["items"]) == 3
    assert door(here, place="350206")["items"] == []


def test_collectors_and_residents_do_not_read_it(learnt) -> None:
    for person in (a_person(Duty.COLLECTOR), a_person()):
        assert a_client(person).get(f"{API}/cases").status_code == 403
        assert a_client(person).get(f"{API}/model").status_code == 403
    assert a_client().get(f"{API}/cases").status_code == 401


def test_the_model_says_how_far_it_can_be_believed(learnt) -> None:
    answer = a_client(a_person(Duty.LEADER)).get(f"{API}/model").json()
    one = answer["current"]
    assert one["brier"] < one["brier_base"]
    assert one["id"] == answer["last"]["id"] == learnt.pk
    assert "weights" not in one
    assert answer["saveable"] == [0.3, 0.95]
    assert sum(line["rows"] for line in one["reliability"]) == one["tested"]


def test_before_the_first_training_there_is_no_model(crew) -> None:
    assert a_client(a_person(Duty.LEADER)).get(f"{API}/model").json() == {
        "current": None, "last": None, "saveable": [0.3, 0.95],
    }  # fmt: skip
