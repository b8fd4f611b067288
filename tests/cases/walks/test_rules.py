"""When a shift begins and ends, which positions are its own, and where to patrol; without a database."""

from __future__ import annotations

import datetime as dt

import pytest

from gridloop.cases.walks import rules
from gridloop.cases.walks.rules import Cell, Fix
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, Refused
from tests.builders import MONDAY

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def a_fix(minutes: float) -> Fix:
    return Fix(MONDAY + minutes * MINUTE, 118.11, 24.475, 8)


def someone(*grants: GrantView) -> Caller:
    return Caller(7, "Lin", grants)


def test_a_position_is_kept_inside_the_shift_alone_and_once_a_moment():
    fixes = [a_fix(3), a_fix(-1), a_fix(1), a_fix(3), a_fix(61), a_fix(64)]
    kept = rules.inside(fixes, MONDAY, MONDAY + HOUR)
    assert [fix.at - MONDAY for fix in kept] == [MINUTE, 3 * MINUTE, 61 * MINUTE]


def test_a_shift_begins_as_the_phone_says_but_never_in_the_future_nor_after_its_own_end():
    assert rules.beginning(MONDAY - HOUR, MONDAY, hours=12) == MONDAY - HOUR
    assert rules.beginning(MONDAY + HOUR, MONDAY, hours=12) == MONDAY
    assert rules.beginning(None, MONDAY, hours=12) == MONDAY
    with pytest.raises(Refused, match="began more than 12 hours ago"):
        rules.beginning(MONDAY - 12 * HOUR, MONDAY, hours=12)


@pytest.mark.parametrize(
    ("said", "found"),
    [(2 * HOUR, 2 * HOUR), (None, 5 * HOUR), (9 * HOUR, 5 * HOUR), (-HOUR, 0 * HOUR)],
)
def test_a_shift_ends_as_the_phone_says_inside_the_shift(said: dt.timedelta | None, found: dt.timedelta):
    moment = None if said is None else MONDAY + said
    assert rules.ending(moment, MONDAY, MONDAY + 5 * HOUR, hours=12) == MONDAY + found
    assert rules.ending(None, MONDAY, MONDAY + DAY, hours=12) == MONDAY + 12 * HOUR


def test_workers_are_seen_by_dispatchers_and_supervisors_of_the_area_and_by_no_unit():
    seen = rules.watched_areas(
        someone(
            GrantView(1, Duty.DISPATCHER, "350203"),
            GrantView(2, Duty.SUPERVISOR, "3502"),
            GrantView(3, Duty.LEADER, "3501"),
            GrantView(4, Duty.SUPERVISOR, "3503", unit_id=9),
        )
    )
    assert seen == ("3502",)


def test_only_a_collector_goes_on_shift_and_a_key_is_a_key():
    assert (
        rules.area_of(someone(GrantView(1, Duty.COLLECTOR, "350203"), GrantView(2, Duty.COLLECTOR, "3502"))) == "3502"
    )
    with pytest.raises(NotAllowed, match="a shift on foot is for collectors"):
        rules.area_of(someone(GrantView(1, Duty.LEADER)))
    with pytest.raises(Malformed, match="8 to 64 letters"):
        rules.checked_key("../x")


def a_cell(code: str, reports: int, seen: dt.timedelta | None) -> Cell:
    return Cell(code, 118.1, 24.4, reports, None if seen is None else MONDAY - seen)


def test_a_patrol_goes_where_most_was_reported_then_where_nobody_was_the_longest():
    cells = [
        a_cell("lately", 90, 2 * DAY), a_cell("quiet", 0, None), a_cell("busy", 8, 20 * DAY), a_cell("even", 3, 9 * DAY), a_cell("older", 3, 30 * DAY), a_cell("never", 3, None),
    ]  # fmt: skip
    found = rules.worth_a_patrol(cells, MONDAY, days=7, most=4)
    assert [cell.code for cell in found] == ["busy", "never", "older", "even"]
    assert rules.worth_a_patrol([a_cell("line", 1, 7 * DAY)], MONDAY, days=7, most=4) == []
