"""What a proposal has to say, and what its effect is measured by: pure rules, no database."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from gridloop.cases.proposals.rules import checks, days, placeholders
from gridloop.cases.proposals.rules.effect import Lived, Stay, due_under, reached, share
from gridloop.cases.proposals.rules.tables import BY_NAME, TABLES, four_eyes, table_named
from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.cases.rules.clock import Clock
from gridloop.cases.rules.masters import Escalation
from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.errors import Malformed, NotFound

TODAY = dt.date(2026, 11, 23)  # a Monday
RULE = {
    "condition_zh": "主次干道", "condition_en": "main road", "limit_value": 2, "limit_unit": "working_hour", "tier_a": 1.5, "tier_b": 2, "tier_c": 3,
    "urgency": "urgent", "closing_zh": "清除干净", "closing_en": "cleared",
}  # fmt: skip
CLASS = {
    "name_zh": "暴露垃圾", "name_en": "rubbish", "class_code": "01", "class_zh": "市容环境", "class_en": "city appearance", "dept_kind": "sani",
    "geometry": "point", "urgency": "urgent",
}  # fmt: skip
RUNG = {
    "name_zh": "超时",
    "name_en": "late",
    "about": "whole",
    "moment": "overdue",
    "minutes": 60,
    "duties": ["unit"],
    "level": 1,
}
ROUTE = {"unit_id": None, "dept_kind": "sani", "note_zh": "", "note_en": ""}
TEMPLATE = {"verb": "close", "title_zh": "好了", "title_en": "Done", "text_zh": "{title}", "text_en": "{title}"}
SUSPEND = {
    "name_zh": "等料",
    "name_en": "material",
    "budget_hours": 240,
    "proof": True,
    "proof_zh": "订单",
    "proof_en": "order",
}
GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "class": ("event:0102", CLASS),
    "rule": ("event:0102:1", RULE),
    "stage": ("checking", {"limit_value": 2, "limit_unit": "natural_hour"}),
    "tier": ("350203", {"tier": "A"}),
    "ladder": ("late", RUNG),
    "hours": ("city", {"periods": "08:30-12:00,14:00-18:00"}),
    "calendar": ("cn:2026", {"days": [{"day": "2026-12-26", "kind": "makeup", "name": "x"}]}),
    "route": ("100:event:01:3502", ROUTE),
    "template": ("done", TEMPLATE),
    "return": ("not_ours", {"name_zh": "非本单位", "name_en": "not ours"}),
    "refusal": ("untrue", {"name_zh": "不属实", "name_en": "untrue"}),
    "suspend": ("materials", SUSPEND),
}


def asked(table: str, key: str = "", **changed: Any) -> dict[str, Any]:
    good_key, values = GOOD[table]
    one = table_named(table)
    return checks.checked(one, one.parts(key or good_key), values | changed, today=TODAY)


def test_every_table_takes_a_row_that_is_right() -> None:
    assert set(GOOD) == set(BY_NAME)
    for table in TABLES:
        assert set(asked(table.name)) == {one.name for one in table.fields}


@pytest.mark.parametrize(
    ("table", "changed", "field", "sentence"),
    [
        ("rule", {"limit_value": 0}, "limit_value", "greater than 0"),
        ("rule", {"limit_value": float("inf")}, "limit_value", "greater than 0"),
        ("rule", {"limit_unit": "moon"}, "limit_unit", "one of natural_hour"),
        ("rule", {"tier_a": 9}, "tier_a", "tier A is the strictest"),
        ("rule", {"limit_value": 2001, "tier_c": 2001}, "limit_value", "at most 2000"),
        ("rule", {"condition_en": " "}, "condition_en", "write something"),
        ("rule", {"moons": 1}, "moons", "no such column"),
        ("stage", {"limit_value": True}, "limit_value", "greater than 0"),
        ("class", {"name_en": ""}, "name_en", "write something"),
        ("class", {"class_code": "02"}, "class_code", "first two digits"),
        ("class", {"name_zh": "长" * 101}, "name_zh", "at most 100"),
        ("ladder", {"duties": []}, "duties", "at least one"),
        ("ladder", {"duties": ["mayor"]}, "duties", "at least one"),
        ("ladder", {"moment": "soon", "minutes": 121}, "minutes", "1 to 120"),
        ("ladder", {"minutes": 1.5}, "minutes", "whole number"),
        ("hours", {"periods": "12:00-08:30"}, "periods", "in order"),
        ("hours", {"periods": "08:30-12:00,11:00-18:00"}, "periods", "do not overlap"),
        ("hours", {"periods": "all day"}, "periods", "in order"),
        ("route", {"dept_kind": ""}, "unit_id", "names a unit or a kind"),
        ("template", {"text_en": "{moon}"}, "text_en", "no placeholder {moon}"),
        ("template", {"text_zh": "{title"}, "text_zh", "opened or closed alone"),
        ("suspend", {"proof_en": ""}, "proof_en", "has to be shown"),
        ("suspend", {"proof": "yes"}, "proof", "yes or no"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence_beside_its_field(table: str, changed: dict[str, Any], field: str, sentence: str) -> None:  # fmt: skip
    with pytest.raises(Malformed, match="cannot be proposed") as refused:
        asked(table, **changed)
    assert sentence in refused.value.fields[field]
    assert any("一" <= one <= "鿿" for one in refused.value.zh), "in Chinese too"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ([], "1 to 120 days"),
        ([{"day": "2026-12-26", "kind": "makeup"}, {"day": "2026-12-26", "kind": "holiday"}], "at once"),
        ([{"day": "2026-12-25", "kind": "makeup"}], "weekday"),
        ([{"day": "2027-01-01", "kind": "holiday"}], "does not lie in 2026"),
        ([{"day": "2026-11-23", "kind": "holiday"}], "has come already"),
        ([{"day": "2026-12-24", "kind": "party"}], "one of holiday"),
        ([{"day": "soon", "kind": "holiday"}], "is no day"),
        ("everything", "1 to 120 days"),
    ],
)
def test_the_days_of_a_calendar_are_looked_at(changed: Any, sentence: str) -> None:
    with pytest.raises(Malformed) as refused:
        asked("calendar", days=changed)
    assert sentence in refused.value.fields["days"]


def test_a_day_is_worked_by_its_kind() -> None:
    saturday, friday = dt.date(2026, 12, 26), dt.date(2026, 12, 25)
    assert days.works(saturday, "makeup")
    assert not days.works(saturday, "ordinary")
    assert days.works(friday, "ordinary")
    assert not days.works(friday, "holiday")
    assert [days.kind_of(saturday, worked=True), days.kind_of(friday, worked=False)] == ["makeup", "holiday"]
    assert days.kind_of(friday, worked=True) == "ordinary"


@pytest.mark.parametrize(
    ("table", "key"),
    [("class", "event:102"), ("class", "event:0002"), ("class", "thing:0102"), ("rule", "event:0102"), ("rule", "event:0102:0"), ("stage", "closed"),
     ("tier", "x"), ("ladder", "Has Spaces"), ("hours", "0"), ("calendar", "cn:1999"), ("route", "2000:::"), ("template", "")],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused(table: str, key: str) -> None:
    with pytest.raises(Malformed, match="cannot be the key"):
        table_named(table).parts(key)


def test_a_table_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="no master table 'moons'"):
        table_named("moons")


@pytest.mark.parametrize(
    ("table", "changed", "two"),
    [
        ("rule", {"limit_value": 3}, True),
        ("rule", {"tier_c": 4}, True),
        ("rule", {"limit_unit": "natural_hour"}, True),
        ("rule", {"condition_zh": "主干道"}, False),
        ("stage", {"limit_value": 3}, True),
        ("tier", {"tier": "B"}, True),
        ("hours", {"periods": "09:00-12:00"}, True),
        ("calendar", {}, True),
        ("ladder", {"minutes": 90}, True),
        ("ladder", {"name_en": "later"}, False),
        ("suspend", {"budget_hours": 100}, True),
        ("suspend", {"name_en": "parts"}, False),
        ("class", {"name_en": "litter"}, False),
        ("route", {"dept_kind": "road"}, False),
        ("template", {"title_en": "Fixed"}, False),
        ("return", {"name_en": "not us"}, False),
        ("refusal", {"name_en": "not so"}, False),
    ],
)  # fmt: skip
def test_two_people_are_asked_for_where_a_deadline_moves(table: str, changed: dict[str, Any], two: bool) -> None:
    before = asked(table)
    assert four_eyes(table_named(table), before, before | changed, ends=False) is two


@pytest.mark.parametrize("table", ["rule", "stage", "tier", "ladder", "hours", "suspend"])
def test_two_people_are_asked_for_a_new_row_and_an_end_where_rows_set_time(table: str) -> None:
    assert four_eyes(table_named(table), None, asked(table), ends=False)
    assert four_eyes(table_named(table), asked(table), {}, ends=True)


def test_a_change_that_moves_deadlines_begins_tomorrow_at_the_earliest_and_others_today() -> None:
    checks.check_words("x", TODAY, today=TODAY, four_eyes=False)
    checks.check_words("x", TODAY + dt.timedelta(days=1), today=TODAY, four_eyes=True)
    for day, two in ((TODAY, True), (TODAY - dt.timedelta(days=1), False), (TODAY + dt.timedelta(days=1200), False)):
        with pytest.raises(Malformed) as refused:
            checks.check_words("x", day, today=TODAY, four_eyes=two)
        assert set(refused.value.fields) == {"valid_from"}
    with pytest.raises(Malformed) as refused:
        checks.check_words(" ", TODAY, today=TODAY, four_eyes=False)
    assert set(refused.value.fields) == {"why"}


def test_placeholders_are_filled_in_from_a_case() -> None:
    assert placeholders.filled("{title}: {unit_en}{note}", {"title": "T", "unit_en": "U"}) == "T: U"
    assert placeholders.fault("{number} {title}") is None


CLOCK = Clock(WorkCalendar("t", {}, frozenset({2026})), WorkHours(), dt.date(2026, 1, 1), dt.date(2027, 12, 31))


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=CITY_ZONE)


def lived(**changed: Any) -> Lived:
    given = {"number": "n", "tier": "B", "unit_id": 1, "dispatched_at": at(23, 9), "finished_at": at(23, 11), "due_at": at(23, 11), "limit_value": 2.0, "limit_unit": "working_hour"}  # fmt: skip
    return Lived(**(given | changed))


def test_a_new_limit_is_counted_by_the_products_own_clock() -> None:
    assert due_under(lived(), 4, "working_hour", CLOCK, CLOCK) == at(23, 15)
    assert due_under(lived(), 4, "natural_hour", CLOCK, CLOCK) == at(23, 13)
    assert due_under(lived(), 1, "working_day", CLOCK, CLOCK) == at(24, 18)


def test_what_stood_still_or_was_granted_is_granted_again() -> None:
    paused = lived(due_at=at(23, 15))  # two working hours more: 12 to 14 is no working time
    assert due_under(paused, 1, "working_hour", CLOCK, CLOCK) == at(23, 12)
    assert due_under(paused, 1, "natural_hour", CLOCK, CLOCK) == at(23, 14)


def test_what_is_not_done_counts_once_its_time_has_passed() -> None:
    now = at(24, 9)
    pairs = [(at(23, 10), at(23, 11)), (at(23, 12), at(23, 11)), (None, at(23, 11)), (None, at(25, 11))]
    assert (share(pairs, now).on_time, share(pairs, now).of) == (1, 3)


def test_a_rung_is_reached_by_stays_that_lasted_beyond_it() -> None:
    rung = Escalation("r", "whole", "overdue", 60, ("unit",), 1, "", "")
    stays = [Stay(1, at(23, 9), left, None, at(23, 11), at(23, 9)) for left in (at(23, 11, 30), at(23, 12), None)]
    assert reached(stays, rung, at(24, 9)) == 2
    step = Escalation("s", "stage", "overdue", 0, ("owner",), 0, "", "")
    own = [
        Stay(1, at(23, 9), at(23, 10), at(23, 9, 30), at(23, 11)),
        Stay(1, at(23, 9), at(23, 12), at(23, 11), at(23, 11)),
    ]
    assert reached(own, step, at(24, 9)) == 1, "a step that ends with the whole is told as the whole"
