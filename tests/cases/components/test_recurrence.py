"""The third filed failure of a component in ninety days opens one root-cause case, once, and links the failures to it."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.audit.models import Pending
from gridloop.cases import actions as cases
from gridloop.cases import queries
from gridloop.cases.components import actions
from gridloop.cases.components.models import Filing, RootCause, RootCauseCase
from gridloop.cases.components.rules import recurrence
from gridloop.cases.components.rules.recurrence import Failure
from gridloop.cases.models import Case
from gridloop.places import actions as places
from tests import city as cities
from tests.builders import BUILDER, MONDAY, NOW, Crew, a_report, a_step, a_unit
from tests.cases.components import racing
from tests.cases.components.test_binding import COVER, a_component

DAY = dt.timedelta(days=1)


def filed(crew: Crew, at: dt.datetime = MONDAY) -> str:
    number = a_report(by=crew.citizen, now=at, class_kind="component", class_code=COVER).number
    a_step(number, "register", crew=crew, who="acceptor", now=at)
    a_step(number, "file", crew=crew, who="shift_leader", now=at, rule=1)
    return number


def looked(at: dt.datetime = MONDAY) -> int:
    return actions.look_for_recurrence(at)


def test_the_third_within_the_window_opens_a_root_cause_that_names_all_three(crew: Crew):
    owner = a_unit(kind="water")
    code = a_component(owner_unit_id=owner)
    numbers = [filed(crew, MONDAY - days * DAY) for days in (89, 40, 0)]

    assert looked() == 1

    root = root_number()
    card = queries.card(root, by=crew.dispatcher, now=MONDAY)
    assert (card["source"], card["component"], card["state"]) == ("recurrence", code, "reported")
    assert (card["class_kind"], card["class_code"]) == ("component", COVER)
    assert all(number in card["text"] for number in numbers)
    assert [one["number"] for one in card["explains"]] == numbers
    assert card["routing"]["suggested"] == owner
    assert card["reporter"] == []
    for number in numbers:
        assert queries.card(number, by=crew.dispatcher, now=MONDAY)["root_cause"] == root
    assert Pending.objects.filter(action="case.root_cause").count() == 3
    assert cases.open_card(numbers[0], by=crew.dispatcher, now=MONDAY)["fixture"]["root_cause"] == root


def root_number() -> str:
    return Case.objects.get(pk=RootCause.objects.get().case_id).number


def test_two_or_three_over_a_longer_time_open_none(crew: Crew):
    a_component()
    for days in (91, 40, 0):
        filed(crew, MONDAY - days * DAY)
    assert looked() == 0
    assert not Filing.objects.exists()


def test_failures_of_other_components_do_not_count(crew: Crew):
    a_component()
    filed(crew)
    filed(crew)
    number = a_report(by=crew.citizen, lon=118.1106, class_kind="component", class_code=COVER).number
    a_component(lon=118.1106)
    a_step(number, "register", crew=crew, who="acceptor")
    a_step(number, "file", crew=crew, who="shift_leader", rule=1)
    assert looked() == 0


def test_a_further_failure_of_the_window_joins_the_same_root_cause(crew: Crew):
    a_component()
    for days in (50, 40, 0):
        filed(crew, MONDAY - days * DAY)
    assert looked() == 1
    fourth = filed(crew, MONDAY + 10 * DAY)
    assert looked(MONDAY + 10 * DAY) == 0
    assert RootCauseCase.objects.count() == 4
    assert queries.card(fourth, by=crew.dispatcher, now=MONDAY + 10 * DAY)["root_cause"] == root_number()


def test_after_the_window_three_new_ones_open_another(crew: Crew):
    a_component()
    for days in (2, 1, 0, -91, -92, -93):
        filed(crew, MONDAY - days * DAY)
        looked(MONDAY - days * DAY)
    assert RootCause.objects.count() == 2
    assert sorted(root.cases.count() for root in RootCause.objects.all()) == [3, 3]


def test_a_filing_that_was_taken_back_and_merged_or_voided_cases_do_not_count(crew: Crew):
    a_component()
    first, second, third = (filed(crew) for _ in range(3))
    a_step(third, "take_back", crew=crew, who="shift_leader")
    assert looked() == 0
    a_step(third, "file", crew=crew, who="shift_leader", rule=1)
    a_step(first, "merge", crew=crew, who="dispatcher", into=second)
    assert looked() == 0
    assert not RootCause.objects.exists()


def test_the_root_cause_itself_is_no_failure_and_its_close_closes_nothing_else(crew: Crew):
    a_component()
    numbers = [filed(crew) for _ in range(3)]
    looked()
    root = root_number()
    for who, verb, said in (
        ("acceptor", "register", {}), ("shift_leader", "file", {"rule": 1}), ("dispatcher", "dispatch", {"unit": None}),
        ("unit", "accept", {}), ("unit", "finish", {"note": "换型", "photos": 1}), ("checker", "pass", {"photos": 1}), ("shift_leader", "close", {}),
    ):  # fmt: skip
        a_step(root, verb, crew=crew, who=who, **said)
    assert not Filing.objects.exists()
    assert {Case.objects.get(number=one).state for one in numbers} == {"filed"}
    assert queries.card(root, by=crew.dispatcher, now=MONDAY)["state"] == "closed"


def test_a_component_that_was_given_up_needs_no_root_cause(crew: Crew):
    code = a_component()
    for _ in range(3):
        filed(crew)
    places.change_component(code, places.Change(state="abandoned"), by=BUILDER, now=NOW)
    assert looked() == 0


def test_of_two_covers_on_one_spot_the_root_cause_is_bound_to_the_failing_one(crew: Crew):
    a_component()
    second = a_component()
    for number in [filed(crew) for _ in range(3)]:
        Case.objects.filter(number=number).update(component=second)
    Filing.objects.update(component=second)
    assert looked() == 1
    assert Case.objects.get(number=root_number()).component == second


def test_a_break_in_the_middle_leaves_it_to_be_done_and_done_once(crew: Crew, monkeypatch: pytest.MonkeyPatch):
    a_component()
    for _ in range(3):
        filed(crew)

    class Killed(BaseException): ...

    def dies(*_args: object, **_said: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(actions, "_explained", dies)
        with pytest.raises(Killed):
            looked()
    assert (RootCause.objects.count(), Case.objects.filter(source="recurrence").count()) == (0, 0)
    assert looked() == 1
    assert looked() == 0
    assert Case.objects.filter(source="recurrence").count() == 1


@pytest.mark.slow
def test_processes_at_the_same_moment_and_killed_in_the_middle_open_one(city: cities.City, tmp_path: Path):
    url = cities.copied(city, f"{cities.name_of(city.url)}_recurring", tmp_path / "var")
    try:
        env = cities.environment(url, tmp_path / "var")
        told(env, "arrange")
        died = started(env, "die").wait()
        assert died == racing.DEAD
        assert cities.sql(url, "select count(*) from cases_root_cause")[0][0] == 0

        processes = [started(env, "look") for _ in range(3)]
        opened = [int(process.communicate()[0]) for process in processes]

        assert sum(opened) == 1
        assert cities.sql(url, "select count(*) from cases_root_cause")[0][0] == 1
        assert cities.sql(url, "select count(*) from cases_case where source = 'recurrence'")[0][0] == 1
        assert cities.sql(url, "select count(*) from cases_root_cause_case")[0][0] == racing.FAILURES
        assert cities.sql(url, "select count(*) from cases_filing")[0][0] == 0
    finally:
        cities.drop(url)


def started(env: dict[str, str], part: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.cases.components.racing", part]
    return subprocess.Popen(command, env=env, cwd=cities.ROOT, stdout=subprocess.PIPE, text=True)


def told(env: dict[str, str], part: str) -> str:
    process = started(env, part)
    said, _ = process.communicate()
    assert process.returncode == 0
    return said


@given(st.lists(st.integers(1, 30), max_size=8), st.integers(1, 30))
def test_it_recurs_when_there_are_three_and_this_is_one_of_them(ids: list[int], asked: int):
    failures = [Failure(one, str(one), False, MONDAY) for one in dict.fromkeys(ids)]
    assert recurrence.recurs(failures, asked) == (len(set(ids)) >= 3 and asked in ids)
