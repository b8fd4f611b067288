"""From proposing to holding: previewed, confirmed by another person, in force on its day; cases from before keep what they have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridloop.audit import actions as ledger
from gridloop.audit import queries as entries
from gridloop.cases import actions
from gridloop.cases.models import AnswerTemplate, CalendarDay, Case, CaseClass, MastersProposal, StageLimit
from gridloop.cases.proposals.actions import proposing, putting
from gridloop.cases.proposals.actions.proposing import Wanted
from gridloop.cases.proposals.queries import proposals, rows
from gridloop.cases.proposals.rules.tables import TABLES, table_named
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.rules.masters import Masters
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused
from tests.builders import BUILDER, MONDAY, Crew, a_caller, a_case, a_person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TODAY = clock.in_city(MONDAY).date()
TUESDAY = MONDAY + DAY
Reader = Callable[[Masters], Any]


@pytest.fixture
def admin(ground: None) -> Caller:
    return a_caller(a_person(Duty.ADMIN))


@pytest.fixture
def second(ground: None) -> Caller:
    return a_caller(a_person(Duty.SUPERVISOR))


def present(table: str, key: str) -> dict[str, Any]:
    return dict(rows.present(table_named(table), key, MONDAY)[1] or {})


def wanted(table: str, key: str, *, ahead: int = 1, why: str = "会议纪要", **changed: Any) -> Wanted:
    values = present(table, key) | changed
    return Wanted(table, key, values, TODAY + ahead * DAY, why)


def word(code: str, table: str) -> Reader:
    return lambda masters: getattr(masters, table)[code].en


TEMPLATE = {"verb": "close", "title_zh": "好了", "title_en": "Done", "text_zh": "{title}", "text_en": "{title}"}
NEW_CLASS = {
    "name_zh": "共享单车堆放", "name_en": "heaps of shared bicycles", "class_code": "01", "class_zh": "市容环境", "class_en": "city appearance",
    "dept_kind": "chengguan", "geometry": "point", "urgency": "normal",
}  # fmt: skip
CHANGES: dict[str, tuple[str, dict[str, Any], Reader | None, Any]] = {
    "class": ("event:0199", NEW_CLASS, lambda m: m.classes[("event", "0199")].en if ("event", "0199") in m.classes else None, NEW_CLASS["name_en"]),
    "rule": ("event:0102:1", {"tier_a": 1.0, "tier_b": 1.0, "limit_value": 1.0}, lambda m: m.rules[("event", "0102", 1)].limit_value, 1.0),
    "stage": ("checking", {"limit_value": 9.0}, lambda m: m.stages["checking"].value, 9.0),
    "tier": ("350203", {"tier": "A"}, lambda m: m.tier_at("350203008"), "A"),
    "ladder": ("whole_overdue", {"minutes": 7}, lambda m: next(one.minutes for one in m.escalations if one.code == "whole_overdue"), 7),
    "hours": ("city", {"periods": "09:00-12:00,13:00-17:00"}, lambda m: f"{m.clock.hours.periods[0][0]:%H:%M}", "09:00"),
    "route": ("100:event:01:3502", {"unit_id": None, "dept_kind": "sani", "note_zh": "", "note_en": ""}, lambda m: [one.dept_kind for one in m.routes], ["sani"]),
    "return": ("not_ours", {"name_en": "not us"}, word("not_ours", "return_rules"), "not us"),
    "refusal": ("untrue", {"name_en": "not so"}, word("untrue", "refusal_reasons"), "not so"),
    "suspend": ("weather", {"budget_hours": 48.0}, lambda m: m.suspend_reasons["weather"].budget_hours, 48.0),
}  # fmt: skip


@pytest.mark.parametrize("table", CHANGES)
def test_a_change_is_previewed_confirmed_and_in_force_on_its_day(table: str, admin: Caller, second: Caller) -> None:
    key, changed, read, after = CHANGES[table]
    assert read is not None
    asked = wanted(table, key, **changed)
    before = read(masters_now.current(MONDAY))
    assert before != after
    shown = proposing.preview(asked, by=admin, now=MONDAY)
    assert shown["lines"]
    proposal = proposing.propose(asked, by=admin, now=MONDAY)
    assert proposal.four_eyes is shown["four_eyes"]
    if proposal.four_eyes:
        assert read(masters_now.current(TUESDAY)) == before, "nothing holds before it is confirmed"
        [listed] = proposals.proposals(MONDAY, state="open", table=table)
        assert (listed["state"], listed["preview"]["lines"]) == ("proposed", shown["lines"])
        proposal = proposing.confirm(proposal.pk, note="同意", by=second, now=MONDAY)
    assert proposals.one(proposal, MONDAY)["state"] == "scheduled"
    assert read(masters_now.current(MONDAY)) == before, "not before its day"
    assert read(masters_now.current(TUESDAY)) == after
    assert proposals.one(proposal, TUESDAY)["state"] == "in_force"
    newest = rows.versions(table_named(table), key)[0]
    assert (newest["confidence"], newest["source"], newest["made"]["why"]) == ("local", "set by the city: 会议纪要", "会议纪要")  # fmt: skip
    ledger.sequence(MONDAY)
    written = entries.entries_about(f"{table}:{key}")
    assert {one.action for one in written} == (
        {"masters.proposed", "masters.confirmed"} if proposal.four_eyes else {"masters.changed"}
    )
    assert all(one.detail["why"] == "会议纪要" and one.detail["after"] for one in written)


def test_every_table_with_versions_is_among_the_changes_above() -> None:
    assert {one.name for one in TABLES} - set(CHANGES) == {"calendar", "template"}


def test_words_hold_at_once_with_one_person(admin: Caller) -> None:
    proposal = proposing.propose(Wanted("template", "done", TEMPLATE, TODAY, "新模板"), by=admin, now=MONDAY)
    assert (proposal.four_eyes, proposals.one(proposal, MONDAY)["state"]) == (False, "in_force")
    again = proposing.propose(
        Wanted("template", "done", TEMPLATE | {"title_en": "Fixed"}, TODAY, "改词"), by=admin, now=MONDAY
    )
    held = AnswerTemplate.objects.get(code="done", valid_to=None)
    assert (held.title_en, held.version, held.pk) == ("Fixed", 2, again.row_id)
    proposing.propose(Wanted("template", "done", valid_from=TODAY, why="不再使用", ends=True), by=admin, now=MONDAY)
    assert not AnswerTemplate.objects.filter(code="done", valid_to=None).exists()
    assert AnswerTemplate.objects.filter(code="done").count() == 2, "ended, not deleted"


def due(number: str, column: str) -> dt.datetime:
    value: dt.datetime = getattr(Case.objects.get(number=number), column)
    return clock.in_city(value)


@pytest.mark.parametrize(
    ("table", "key", "changed", "column", "expected"),
    [
        ("rule", "event:0102:1", {"limit_value": 1.0, "tier_a": 1.0, "tier_b": 1.0}, "due_at", (24, 11, 0)),
        ("stage", "dispatched", {"limit_value": 1.0, "limit_unit": "natural_hour"}, "stage_due_at", (24, 11, 0)),
        ("tier", "350203", {"tier": "A"}, "due_at", (24, 11, 30)),
        ("hours", "city", {"periods": "10:00-11:00,15:00-18:00"}, "due_at", (24, 16, 0)),
        ("calendar", "cn:2026", {"days": [{"day": "2026-11-24", "kind": "holiday", "name": "市庆"}]}, "due_at", (25, 10, 30)),
    ],
)  # fmt: skip
def test_the_next_case_has_it_and_the_former_one_keeps_its_deadline(
    table: str, key: str, changed: dict[str, Any], column: str, expected: tuple[int, int, int], crew: Crew, admin: Caller, second: Caller
) -> None:  # fmt: skip
    early = a_case("dispatched", crew=crew)
    was = due(early, column)
    assert (was.day, was.hour, was.minute) == (23, 12, 0)
    proposal = proposing.propose(wanted(table, key, **changed), by=admin, now=MONDAY)
    proposing.confirm(proposal.pk, note="", by=second, now=MONDAY)
    late = due(a_case("dispatched", crew=crew, now=TUESDAY), column)
    assert (late.day, late.hour, late.minute) == expected
    assert due(early, column) == was


def test_nobody_confirms_or_rejects_what_they_proposed_themselves(admin: Caller, second: Caller) -> None:
    proposal = proposing.propose(wanted("stage", "checking", limit_value=5.0), by=admin, now=MONDAY)
    with pytest.raises(Refused, match="four eyes see more") as refused:
        proposing.confirm(proposal.pk, note="", by=admin, now=MONDAY)
    assert "复核" in refused.value.zh
    with pytest.raises(Refused, match="withdraw it instead"):
        proposing.reject(proposal.pk, note="x", by=admin, now=MONDAY)
    assert proposals.waiting_for(admin) == 0
    assert proposals.waiting_for(second) == 1


def test_the_database_itself_knows_no_confirmation_by_the_proposer(admin: Caller) -> None:
    proposal = proposing.propose(wanted("stage", "checking", limit_value=5.0), by=admin, now=MONDAY)
    with pytest.raises(Exception, match="cases_masters_proposal_four_eyes"):
        MastersProposal.objects.filter(pk=proposal.pk).update(state="confirmed", decided_by_id=admin.person_id)


@pytest.mark.parametrize("duty", [one for one in Duty if one not in {Duty.ADMIN, Duty.SUPERVISOR}])
def test_only_an_administrator_or_a_supervisor_of_the_whole_city_confirms(duty: Duty, admin: Caller) -> None:
    proposal = proposing.propose(wanted("stage", "checking", limit_value=5.0), by=admin, now=MONDAY)
    for by in (a_caller(a_person(duty)), a_caller(a_person(Duty.SUPERVISOR, area="350203"))):
        with pytest.raises(NotAllowed):
            proposing.confirm(proposal.pk, note="", by=by, now=MONDAY)
        with pytest.raises(NotAllowed):
            proposing.reject(proposal.pk, note="x", by=by, now=MONDAY)


@pytest.mark.parametrize("table", [one.name for one in TABLES])
def test_who_may_propose_stands_in_the_table(table: str, ground: None) -> None:
    key, changed, _, _ = CHANGES.get(table, ("closed_default", {"title_en": "Fixed"}, None, None))
    if table == "calendar":
        key, changed = "cn:2026", {"days": [{"day": "2026-12-24", "kind": "holiday", "name": ""}]}
    asked = wanted(table, key, **changed)
    for duty in Duty:
        if duty in table_named(table).proposers:
            assert proposing.preview(asked, by=a_caller(a_person(duty)), now=MONDAY)["lines"]
        else:
            with pytest.raises(NotAllowed):
                proposing.preview(asked, by=a_caller(a_person(duty)), now=MONDAY)


def test_the_second_of_two_who_confirm_at_once_is_told_so(admin: Caller, second: Caller) -> None:
    proposal = proposing.propose(wanted("stage", "checking", limit_value=5.0), by=admin, now=MONDAY)
    with CaptureQueriesContext(connection) as captured:
        proposing.confirm(proposal.pk, note="", by=second, now=MONDAY)
    held = [one["sql"] for one in captured if "cases_masters_proposal" in one["sql"] and "FOR UPDATE" in one["sql"]]
    assert held, "the row is held, so that the second one waits and then sees what the first one did"
    with pytest.raises(Refused, match="confirmed already"):
        proposing.confirm(proposal.pk, note="", by=a_caller(a_person(Duty.ADMIN)), now=MONDAY)
    assert StageLimit.objects.filter(state="checking").count() == 2


def test_one_proposal_waits_for_a_row_and_the_same_values_are_no_change(admin: Caller, second: Caller) -> None:
    asked = wanted("stage", "checking", limit_value=5.0)
    proposal = proposing.propose(asked, by=admin, now=MONDAY)
    with pytest.raises(Refused, match="waits already"):
        proposing.propose(asked, by=second, now=MONDAY)
    proposing.reject(proposal.pk, note="太长", by=second, now=MONDAY)
    assert proposing.propose(asked, by=second, now=MONDAY).state == "proposed"
    with pytest.raises(Refused, match="nothing would be different"):
        proposing.propose(wanted("stage", "checked"), by=admin, now=MONDAY)


def test_a_rejection_says_why(admin: Caller, second: Caller) -> None:
    proposal = proposing.propose(wanted("stage", "checking", limit_value=5.0), by=admin, now=MONDAY)
    with pytest.raises(Malformed, match="say why not"):
        proposing.reject(proposal.pk, note=" ", by=second, now=MONDAY)
    gone = proposing.reject(proposal.pk, note="太长", by=second, now=MONDAY)
    assert (gone.state, gone.note, masters_now.current(TUESDAY).stages["checking"].value) == ("rejected", "太长", 1)


def test_a_proposer_changes_and_withdraws_their_own_and_nobody_elses(admin: Caller, second: Caller) -> None:
    proposal = proposing.propose(wanted("stage", "checking", limit_value=5.0), by=admin, now=MONDAY)
    other = wanted("stage", "checking", limit_value=6.0, ahead=3)
    with pytest.raises(NotAllowed, match="only who proposed it"):
        proposing.change(proposal.pk, other, by=second, now=MONDAY)
    with pytest.raises(NotAllowed, match="only who proposed it"):
        proposing.withdraw(proposal.pk, note="", by=second, now=MONDAY)
    with pytest.raises(Refused, match="stays with its row"):
        proposing.change(proposal.pk, wanted("stage", "checked", limit_value=6.0), by=admin, now=MONDAY)
    changed = proposing.change(proposal.pk, other, by=admin, now=MONDAY)
    assert (changed.values["limit_value"], changed.valid_from) == (6.0, TODAY + 3 * DAY)
    assert proposing.withdraw(proposal.pk, note="", by=admin, now=MONDAY).state == "withdrawn"
    with pytest.raises(Refused, match="withdrawn already"):
        proposing.withdraw(proposal.pk, note="", by=admin, now=MONDAY)
    with pytest.raises(NotFound):
        proposing.withdraw(10**9, note="", by=admin, now=MONDAY)


def test_what_is_confirmed_but_does_not_hold_yet_is_taken_back_and_the_row_before_holds_on(admin: Caller, second: Caller) -> None:  # fmt: skip
    old = masters_now.current(MONDAY).stages["checking"].value
    proposal = proposing.propose(wanted("stage", "checking", limit_value=5.0, ahead=4), by=admin, now=MONDAY)
    proposing.confirm(proposal.pk, note="", by=second, now=MONDAY)
    assert masters_now.current(MONDAY + 4 * DAY).stages["checking"].value == 5
    proposing.withdraw(proposal.pk, note="", by=second, now=TUESDAY)
    assert masters_now.current(MONDAY + 9 * DAY).stages["checking"].value == old
    late = proposing.propose(wanted("stage", "checking", limit_value=5.0), by=admin, now=MONDAY)
    proposing.confirm(late.pk, note="", by=second, now=MONDAY)
    with pytest.raises(Refused, match="in force already"):
        proposing.withdraw(late.pk, note="", by=second, now=TUESDAY)


def test_an_announced_change_is_replaced_by_the_next_one(admin: Caller, second: Caller) -> None:
    for days, limit in ((10, 5.0), (3, 6.0), (5, 7.0)):
        proposal = proposing.propose(wanted("stage", "checking", limit_value=limit, ahead=days), by=admin, now=MONDAY)
        proposing.confirm(proposal.pk, note="", by=second, now=MONDAY)
    held = [masters_now.current(MONDAY + days * DAY).stages["checking"].value for days in (0, 3, 4, 5, 11)]
    assert held == [1, 1, 1, 7, 7]
    states = MastersProposal.objects.filter(table="stage", key="checking").order_by("id").values_list("state", flat=True)  # fmt: skip
    assert list(states) == ["replaced", "replaced", "confirmed"]
    assert len(rows.versions(table_named("stage"), "checking")) == 2, "what never held is no version"


def test_a_row_that_somebody_changed_meanwhile_is_not_written_over(admin: Caller, second: Caller) -> None:
    proposal = proposing.propose(wanted("rule", "event:0102:1", limit_value=2.5, tier_b=2.5), by=admin, now=MONDAY)
    StageLimit.objects.filter(state="checking").update(valid_to=TODAY)
    MastersProposal.objects.filter(pk=proposal.pk).update(base_id=1)
    with pytest.raises(Refused, match="has been changed since"):
        proposing.confirm(proposal.pk, note="", by=second, now=MONDAY)


def test_one_person_does_not_write_over_what_another_has_just_set(admin: Caller) -> None:
    asked = wanted("return", "not_ours", name_en="not us")
    looked = proposing.looked(asked, by=admin, now=MONDAY)
    proposing.propose(asked, by=admin, now=MONDAY)
    late = MastersProposal(
        table="return", key="not_ours", values=looked.values, valid_from=TODAY, base_id=looked.base_id, at=MONDAY
    )
    with pytest.raises(Refused, match="in this moment; look again"):
        putting.put(late, looked.table, now=MONDAY)


def test_a_day_that_came_before_the_second_person_did_has_to_be_set_anew(admin: Caller, second: Caller) -> None:
    proposal = proposing.propose(wanted("stage", "checking", limit_value=5.0), by=admin, now=MONDAY)
    with pytest.raises(Malformed, match="valid_from: a day after"):
        proposing.confirm(proposal.pk, note="", by=second, now=TUESDAY)


def test_rows_name_what_exists(admin: Caller) -> None:
    route = {"unit_id": 10**9, "dept_kind": "", "note_zh": "", "note_en": ""}
    for asked, field in (
        (Wanted("route", "100:event:01:3502", route, TODAY, "x"), "unit_id"),
        (Wanted("route", "100:event:01:3502", route | {"unit_id": None, "dept_kind": "moon"}, TODAY, "x"), "dept_kind"),
        (Wanted("hours", "999999999", {"periods": "09:00-12:00"}, TODAY + DAY, "x"), "unit_id"),
        (Wanted("rule", "event:9999:1", present("rule", "event:0102:1"), TODAY + DAY, "x"), "key"),
    ):
        with pytest.raises(Malformed) as refused:
            proposing.propose(asked, by=admin, now=MONDAY)
        assert set(refused.value.fields) == {field}
    with pytest.raises(NotFound):
        proposing.propose(Wanted("calendar", "xx:2026", {}, None, "x"), by=admin, now=MONDAY)
    with pytest.raises(Refused, match="cannot be ended"):
        proposing.propose(Wanted("hours", "city", valid_from=TODAY + DAY, why="x", ends=True), by=admin, now=MONDAY)


def test_loading_the_files_again_neither_undoes_nor_revives(admin: Caller, second: Caller) -> None:
    proposing.propose(Wanted("class", "event:0102", valid_from=TODAY, why="并入他类", ends=True), by=admin, now=MONDAY)
    days = [
        {"day": "2026-12-31", "kind": "holiday", "name": "市庆"},
        {"day": "2026-12-26", "kind": "makeup", "name": ""},
    ]
    calendar = proposing.propose(Wanted("calendar", "cn:2026", {"days": days}, None, "市庆"), by=admin, now=MONDAY)
    proposing.confirm(calendar.pk, note="", by=second, now=MONDAY)
    assert actions.load_masters(by=BUILDER, now=TUESDAY).touched == 0
    assert not CaseClass.objects.filter(kind="event", code="0102", valid_to=None).exists()
    assert {one.works for one in CalendarDay.objects.filter(confidence="local")} == {True, False}
    [year] = [one for one in rows.rows(table_named("calendar"), MONDAY) if one["key"] == "cn:2026"]
    assert {"day": "2026-12-31", "kind": "holiday", "name": "市庆", "local": True} in year["values"]["days"]
    assert year["confidence"] == "local"


PREVIEW_STATEMENTS_MAX = 12
"""Reading the row, the masters when they changed, and at most four statements that measure."""


@pytest.mark.parametrize("table", [one.name for one in TABLES])
def test_a_preview_asks_a_fixed_number_of_statements_however_many_cases_there_are(table: str, crew: Crew, admin: Caller) -> None:  # fmt: skip
    key, changed, _, _ = CHANGES.get(table, ("closed_default", {"title_en": "Fixed"}, None, None))
    if table == "calendar":
        key, changed = "cn:2026", {"days": [{"day": "2026-12-24", "kind": "holiday", "name": ""}]}
    asked = wanted(table, key, **changed)
    asks = []
    for _ in range(2):
        for _ in range(2):
            a_case("closed", crew=crew)
        proposing.preview(asked, by=admin, now=TUESDAY)  # names and masters are known from here on
        with CaptureQueriesContext(connection) as captured:
            shown = proposing.preview(asked, by=admin, now=TUESDAY)
        asks.append(len(captured))
        assert shown["lines"]
    assert asks[0] == asks[1] <= PREVIEW_STATEMENTS_MAX


def test_a_preview_of_a_limit_counts_what_was_lived(crew: Crew, admin: Caller) -> None:
    a_case("closed", crew=crew)
    a_case("dispatched", crew=crew)
    asked = wanted("rule", "event:0102:1", limit_value=1.0, tier_a=1.0, tier_b=1.0)
    lines = {one["code"]: (one["before"], one["after"]) for one in proposing.preview(asked, by=admin, now=MONDAY + DAY / 2)["lines"]}  # fmt: skip
    assert lines["open"] == (1, None)
    assert lines["recent"] == (2, None)
    assert lines["on_time"] == (0.5, 0.5), "one finished at once, one still waits and is late"
    assert lines["measured"] == (2, 2)


def test_a_preview_of_a_route_names_cases_that_would_go_elsewhere(crew: Crew, admin: Caller) -> None:
    number = a_case("dispatched", crew=crew)
    asked = Wanted(
        "route",
        "1:event:0102:3502",
        {"unit_id": crew.handler, "dept_kind": "", "note_zh": "", "note_en": ""},
        TODAY,
        "x",
    )
    shown = proposing.preview(asked, by=admin, now=MONDAY)
    lines = {one["code"]: one["after"] for one in shown["lines"]}
    assert lines["elsewhere"] == len(shown["sample"])
    ended = proposing.preview(Wanted("class", "event:0102", ends=True), by=admin, now=MONDAY)
    counted = {one["code"]: one["before"] for one in ended["lines"]}
    assert (counted["open"], counted["rules"]) == (1, 2)
    worded = proposing.preview(Wanted("template", "t", TEMPLATE | {"text_en": "{number}"}), by=admin, now=MONDAY)
    assert next(one["after"] for one in worded["lines"] if one["code"] == "text_en") == number
