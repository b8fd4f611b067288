"""The replay: nothing proposed changes nothing, a merger moves exactly the merged unit's cases, portions do not matter."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as some

from gridloop.cases.rules import routing
from gridloop.cases.rules.masters import Route
from gridloop.cases.simulation.rules import proposal as proposals
from gridloop.cases.simulation.rules import proposed, warnings
from gridloop.cases.simulation.rules.figures import peaks
from gridloop.cases.simulation.rules.proposal import Boundary, Merger, NewLimit, NewRoute, Proposal
from gridloop.cases.simulation.rules.rows import Row, Trail, due, stood
from tests.cases.simulation import town
from tests.cases.simulation.town import GARDENS, ROADS, SANI_EAST, SANI_WEST, a_row, replayed, result

HOUR = dt.timedelta(hours=1)
UNITS = (SANI_EAST, SANI_WEST, ROADS, GARDENS)
ROWS = some.builds(
    lambda number, place, named, owner, hours, unit: a_row(
        number, place=place, class_kind=named[0] if named else None, class_code=named[1] if named else None, owner_unit=owner, unit_id=unit,
        finished_at=None if hours is None else town.START + dt.timedelta(hours=number % 200 + hours),
    ),
    some.integers(1, 10**6), some.sampled_from(town.PLACES), some.sampled_from((*town.CLASSES, None)), some.sampled_from((None, *UNITS)),
    some.sampled_from((None, 1, 5, 30, 200)), some.sampled_from((None, *UNITS)),
)  # fmt: skip
CITY = some.lists(ROWS, max_size=60, unique_by=lambda row: row.id)
PROPOSALS = some.builds(
    Proposal,
    mergers=some.sampled_from(
        [(), (Merger(SANI_EAST, SANI_WEST),), (Merger(ROADS, GARDENS), Merger(GARDENS, SANI_EAST))]
    ),
    boundaries=some.sampled_from([(), (Boundary("350206", "sani", SANI_EAST),)]),
    routes_added=some.sampled_from([(), (NewRoute("event", "", "350203", GARDENS, "", 50, ""),)]),
    routes_ended=some.sampled_from([(), (7,)]),
    limits=some.sampled_from([(), (NewLimit("event", "0101", 1, 3.0, "natural_hour", {}),)]),
)


@settings(max_examples=60, deadline=None)
@given(CITY)
def test_an_empty_proposal_changes_nothing(rows: list[Row]) -> None:
    told, _ = replayed(Proposal(), rows)
    assert not told.moved.any()
    assert not told.other_limit.any()
    np.testing.assert_array_equal(told.due_before, told.due_after)
    made = result(Proposal(), rows)
    assert made["flows"] == []
    assert all(one["before"] == one["after"] and one["estimate"] is None for one in made["units"])


@settings(max_examples=60, deadline=None)
@given(CITY, some.permutations(UNITS))
def test_a_merger_moves_exactly_the_cases_of_the_merged_unit(rows: list[Row], units: list[int]) -> None:
    gone, stays = units[:2]
    told, _ = replayed(Proposal(mergers=(Merger(gone, stays),)), rows)
    np.testing.assert_array_equal(told.moved, told.from_unit == gone)
    assert set(told.to_unit[told.moved].tolist()) <= {stays}


@settings(max_examples=60, deadline=None)
@given(CITY, PROPOSALS, some.integers(1, 7), some.randoms())
def test_portions_and_order_do_not_matter(rows: list[Row], wanted: Proposal, portion: int, random) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert result(wanted, rows) == result(wanted, mixed, portion=portion)


@settings(max_examples=60, deadline=None)
@given(CITY, PROPOSALS)
def test_what_is_kept_says_what_routing_says_of_each_case(rows: list[Row], wanted: Proposal) -> None:
    told, _ = replayed(wanted, rows)
    by_id = {row.id: row for row in rows}
    sides = (town.masters(), told.before), (proposed.applied(town.masters(), wanted), told.after)
    for masters, went in sides:
        for at, case_id in enumerate(told.ids.tolist()):
            row = by_id[case_id]
            known = masters.classes.get((row.class_kind or "", row.class_code or ""))
            way = routing.routed(masters, known, row.place, owner_unit=row.owner_unit, unit_for_kind=town.of_kind)
            assert told.ways[went[at]] == way


def test_a_boundary_goes_before_the_areas_of_units_and_not_before_rules() -> None:
    rows = [a_row(1, place="350206001"), a_row(2, place="350206001", class_code="0301"), a_row(3, class_code="0102")]
    wanted = Proposal(boundaries=(Boundary("350206", "sani", ROADS), Boundary("350203", "sani", SANI_WEST)))
    told, _ = replayed(wanted, rows)
    assert told.from_unit.tolist() == [SANI_WEST, ROADS, ROADS]
    assert told.to_unit.tolist() == [ROADS, ROADS, ROADS], "the third follows routing rule 7"
    assert told.ways[told.after[0]].why_en.endswith("x area 350206 that it answers for")
    assert "指定负责" in told.ways[told.after[0]].why_zh


def test_mergers_are_followed_to_the_last_unit_and_told() -> None:
    told, _ = replayed(Proposal(mergers=(Merger(SANI_EAST, SANI_WEST), Merger(SANI_WEST, GARDENS))), [a_row(1)])
    assert told.to_unit.tolist() == [GARDENS]
    assert told.ways[told.after[0]].why_en.endswith("that unit was merged into this one")


def test_a_shorter_limit_is_held_against_the_time_that_a_case_really_took() -> None:
    quick, slow = a_row(1), a_row(2, finished_at=a_row(2).opened_at + 5 * HOUR)
    made = result(Proposal(limits=(NewLimit("event", "0101", 1, 3.0, "natural_hour", {}),)), [quick, slow])
    assert made["totals"]["other_limit"] == 2
    assert made["totals"]["before"] == {"due": 2, "ontime": 2, "rate": 1.0}
    assert made["totals"]["after"] == {"due": 2, "ontime": 1, "rate": 0.5}


def test_pauses_delays_and_reopening_move_the_deadline_as_the_loop_moves_it() -> None:
    start = town.START
    trail = (
        Trail(start + HOUR, "return", "dispatched", "returned", 0),
        Trail(start + 3 * HOUR, "redispatch", "returned", "dispatched", 0),
        Trail(start + 4 * HOUR, "grant_delay", "delay_asked", "handling", 5),
    )
    run = stood(a_row(1, trail=trail), start, town.AT)
    clock = town.masters().clock
    assert due((4, "natural_hour"), run, clock) == start + 11 * HOUR
    assert due((1, "working_hour"), run, clock) == start + dt.timedelta(days=1, minutes=30), (
        "one hour, five by delay, two that stood: seven on Monday from nine, one on Tuesday from half past eight"
    )
    again = stood(
        a_row(1, trail=(*trail, Trail(start + 50 * HOUR, "reopen", "disputed", "dispatched", 0))), start, town.AT
    )
    assert (again.start, again.pauses, again.delays) == (start + 50 * HOUR, (), ())


def test_a_pause_without_an_end_stands_until_now() -> None:
    trail = (Trail(town.START + HOUR, "grant_suspend", "suspend_asked", "suspended", 0),)
    run = stood(a_row(1, trail=trail, finished_at=None, closed_at=None, state="suspended"), town.START, town.AT)
    assert run.pauses == ((town.START + HOUR, town.AT),)


def test_the_new_units_own_durations_make_the_estimate() -> None:
    slow = [
        a_row(at, place="350206001", unit_id=SANI_WEST, finished_at=a_row(at).opened_at + 60 * HOUR)
        for at in range(1, 41)
    ]
    quick = [a_row(at) for at in range(101, 121)]
    made = result(Proposal(mergers=(Merger(SANI_EAST, SANI_WEST),)), slow + quick)
    west = next(one for one in made["units"] if one["unit_id"] == SANI_WEST)
    assert made["methods"] == {"resampled": 20, "shifted": 0, "kept": 0}
    assert made["totals"]["after"]["ontime"] > made["totals"]["before"]["ontime"] - 1, "as it was, nothing is lost"
    assert west["after"]["ontime"] == 20
    assert west["estimate"]["high"] < 20 / 60, "all of them would be late with the slow unit"


def test_the_pace_of_the_new_unit_is_taken_where_it_never_had_the_class() -> None:
    east = [a_row(at) for at in range(1, 41)]
    roads = [
        a_row(at, class_code="0301", unit_id=ROADS, finished_at=a_row(at).opened_at + 2 * HOUR)
        for at in range(101, 141)
    ]
    gardens = [
        a_row(at, class_code="0301", unit_id=GARDENS, finished_at=a_row(at).opened_at + 90 * HOUR)
        for at in range(201, 241)
    ]
    made = result(Proposal(mergers=(Merger(SANI_EAST, GARDENS),)), east + roads + gardens)
    assert made["methods"]["shifted"] == 40
    estimate = next(one for one in made["units"] if one["unit_id"] == GARDENS)["estimate"]
    assert estimate["low"] <= estimate["rate"] <= estimate["high"]


def test_a_unit_that_nobody_knows_is_not_guessed() -> None:
    made = result(Proposal(mergers=(Merger(SANI_EAST, GARDENS),)), [a_row(at) for at in range(1, 31)])
    assert made["methods"] == {"resampled": 0, "shifted": 0, "kept": 30}
    gardens = next(one for one in made["units"] if one["unit_id"] == GARDENS)
    assert (gardens["estimate"], gardens["unknown"]) == (None, 30)


def test_the_same_seed_gives_the_same_interval() -> None:
    rows = [
        a_row(at, unit_id=SANI_WEST if at % 2 else SANI_EAST, finished_at=a_row(at).opened_at + at * HOUR)
        for at in range(1, 99)
    ]
    wanted = Proposal(mergers=(Merger(SANI_EAST, SANI_WEST),))
    assert result(wanted, rows) == result(wanted, rows)
    assert result(wanted, rows)["totals"]["estimate"] != result(wanted, rows, seed=12)["totals"]["estimate"]


def test_the_peak_is_the_most_in_hand_at_one_moment() -> None:
    groups = np.array([0, 0, 0, 1])
    start, end = np.array([0.0, 5, 10, 0]), np.array([10.0, 20, np.nan, 1])
    assert peaks(groups, 3, np.array([True] * 4), start, end, 30.0) == [2, 1, 0]


def test_units_that_get_twice_as_much_and_classes_without_a_unit_are_warned_of() -> None:
    rows = [a_row(at) for at in range(1, 31)]
    told, _ = replayed(Proposal(mergers=(Merger(SANI_EAST, SANI_WEST),)), rows)
    made = result(Proposal(mergers=(Merger(SANI_EAST, SANI_WEST),)), rows)
    assert warnings.overloaded(made["units"]) == [{"kind": "overload", "unit_id": SANI_WEST, "before": 0, "after": 30}]
    assert warnings.unrouted(told) == []
    orphans = town.masters(
        classes={key: replace(one, dept_kind="circus") for key, one in town.masters().classes.items()}
    )
    told, _ = replayed(Proposal(routes_ended=(7,)), [a_row(1, class_code="0102")], base=orphans)
    assert warnings.unrouted(told) == [{"kind": "unrouted", "class": "event:0102", "cases": 1}]


def test_rules_that_never_decide_are_told() -> None:
    wanted = Proposal(
        routes_added=(
            NewRoute("event", "01", "3502", GARDENS, "", 10, ""),
            NewRoute("event", "0301", "3502", None, "sani", 50, ""),
            NewRoute("component", "05", "350299", ROADS, "", 50, ""),
        )
    )
    _, replay = replayed(wanted, [a_row(1, class_code="0102"), a_row(2)])
    found = warnings.idle_rules(proposed.applied(town.masters(), wanted), replay.decided())
    assert found == [
        {"kind": "dead", "rule": "new 3", "class": "component:05", "area": "350299"},
        {"kind": "dead", "rule": "new 2", "class": "event:0301", "area": "3502"},
        {"kind": "shadowed", "rule": "7", "class": "event:0102", "area": "350203", "by": "new 1", "always": True},
    ]
    told, _ = replayed(wanted, [a_row(1)])
    assert warnings.spoken(told.ways[told.after[0]].why_en).startswith("routing rule new 1, version 1")


def test_a_rule_by_kind_shadows_nothing_for_sure() -> None:
    routes = (Route(1, 1, 1, "", "", "", None, "circus", "", ""), Route(2, 1, 2, "event", "01", "", ROADS, "", "", ""))
    assert proposed.shadowed(routes) == {}
    assert proposed.shadowed((replace(routes[0], unit_id=3, dept_kind=""), routes[1])) == {2: 1}


def test_a_new_rule_with_the_key_of_one_in_force_follows_it() -> None:
    new = NewRoute("event", "0102", "350203", GARDENS, "", 100, "")
    after = proposed.applied(town.masters(), Proposal(routes_added=(new,)))
    assert [one.id for one in after.routes] == [proposed.FIRST_TRIED_ID]
    assert proposals.merged(town.masters(successors={1: 2}), Proposal(mergers=(Merger(1, None),))) == {}
