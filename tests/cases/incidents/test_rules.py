"""Which cases may be one incident, and how it stands with each reporter: rules without a database."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.cases.incidents.rules import answering, grouping, messages
from gridloop.cases.incidents.rules.answering import Answer, Happened, Merged, Reporter, Sent
from gridloop.cases.incidents.rules.grouping import Member
from gridloop.cases.rules.nearness import NEAR_M
from gridloop.cases.rules.states import State
from gridloop.kernel.errors import Malformed, Refused
from tests.builders import MONDAY, SPOT

MINUTE = dt.timedelta(minutes=1)


def member(
    case_id: int, *, east_m: float = 0, north_m: float = 0, state: State = State.REPORTED, **said: object
) -> Member:
    lon = SPOT[0] + east_m / (grouping.DEGREE_M * 0.9102)
    known = Member(case_id, f"20261123-{case_id:06d}", state, lon, SPOT[1] + north_m / grouping.DEGREE_M, ("event", "0102"), MONDAY, frozenset({1, 2, 3}))  # fmt: skip
    return replace(known, **said)


members = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.sampled_from(["0102", "0103", "0305"]), st.integers(0, 10), st.sampled_from(list(State)[:12])),
    max_size=25,
).map(
    lambda rows: [
        member(at, east_m=east, north_m=north, state=state, class_key=("event", code), opened_at=MONDAY - dt.timedelta(days=days), words=frozenset({at % 3}))
        for at, (east, north, code, days, state) in enumerate(rows, 1)
    ]
)  # fmt: skip


@given(members, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_the_cases(cases: list[Member], chance: random.Random):
    shuffled = cases[:]
    chance.shuffle(shuffled)
    assert grouping.groups(cases) == grouping.groups(shuffled)


@given(members)
def test_no_group_is_wider_than_the_distance_and_no_case_is_in_two(cases: list[Member]):
    found = grouping.groups(cases)
    numbers = [one.number for group in found for one in group.members]
    assert len(numbers) == len(set(numbers))
    for group in found:
        assert group.span_m <= NEAR_M
        assert len(group.members) > 1
        assert any(one.member.can_merge for one in group.others)
        assert all(
            one.linked_to in {other.number for other in group.members} - {one.member.number} for one in group.others
        )


def test_the_leading_case_is_the_one_that_a_unit_has_else_the_furthest_else_the_oldest():
    reported, registered, filed, handled = (
        member(4), member(3, state=State.REGISTERED), member(2, state=State.FILED), member(9, state=State.HANDLING)
    )  # fmt: skip
    assert grouping.leading([reported, registered, filed, handled]) == handled
    assert grouping.leading([reported, registered, filed]) == filed
    assert grouping.leading([reported, member(1)]).case_id == 1


def test_cases_that_units_have_already_are_no_group_because_nothing_can_be_merged():
    assert grouping.groups([member(1, state=State.HANDLING), member(2, state=State.DISPATCHED)]) == []


def test_another_class_with_other_words_on_the_same_spot_is_another_matter():
    other = member(2, class_key=("event", "0999"), words=frozenset({9}), opened_at=MONDAY - dt.timedelta(days=9))
    assert grouping.groups([member(1), other]) == []


def test_each_weight_says_why():
    (group,) = grouping.groups([member(1), member(2, east_m=20)])
    weight = group.others[0]
    assert weight.linked_to == group.leading.number
    assert weight.to_leading.why("en").startswith("20 m away, class 100%")


OWN = Reporter(1, 7, "original", MONDAY, 5, joined=False, ends=("5",))


def happened(case_id: int, verb: str, minutes: int, seq: int = 2) -> Happened:
    return Happened(case_id, f"case:{case_id}", seq, verb, MONDAY + minutes * MINUTE)


def test_events_of_ones_own_case_count_from_the_report_on():
    late = replace(OWN, at=MONDAY + 5 * MINUTE)
    assert answering.heard(OWN, happened(7, "register", 1), {})
    assert not answering.heard(late, happened(7, "register", 1), {})


def test_events_of_the_case_one_was_merged_into_count_from_the_merge_on_through_further_merges():
    since = answering.reached_since([Merged(7, 8, MONDAY + 2 * MINUTE), Merged(8, 9, MONDAY + 6 * MINUTE)])
    assert since == {
        (7, 8): MONDAY + 2 * MINUTE, (7, 9): MONDAY + 6 * MINUTE, (8, 9): MONDAY + 6 * MINUTE,
    }  # fmt: skip
    assert not answering.heard(OWN, happened(8, "register", 1), since)
    assert answering.heard(OWN, happened(8, "register", 3), since)
    assert answering.heard(OWN, happened(9, "close", 7), since)
    assert not answering.heard(OWN, happened(9, "close", 5), since)


def test_keys_are_those_under_which_the_loop_tells():
    assert answering.keys(OWN, happened(7, "close", 1, seq=9)) == ("case:7:9:closed:5",)
    joined = replace(OWN, joined=True, person_id=None, ends=("sms:00c0ffee",))
    assert answering.keys(joined, happened(7, "register", 1)) == ("case:7:2:registered:joined:sms:00c0ffee",)


@pytest.mark.parametrize(
    ("sent", "minutes", "reachable", "wanted"),
    [
        ([], 1, False, (Answer.UNREACHABLE, ())),
        ([], 1, True, (Answer.WAITING, ())),
        ([], 6, True, (Answer.FORGOTTEN, ())),
        ([Sent(True, {"email": "queued"})], 6, True, (Answer.TOLD, ("bell",))),
        ([Sent(False, {"sms": "sent"})], 6, True, (Answer.TOLD, ("sms",))),
        ([Sent(False, {"sms": "queued"})], 60, True, (Answer.WAITING, ())),
        ([Sent(False, {"email": "failed", "sms": "skipped"})], 6, True, (Answer.FAILED, ())),
    ],
)
def test_how_it_stands_with_one_reporter(sent, minutes, reachable, wanted):
    assert answering.answer(sent, since=MONDAY, reachable=reachable, now=MONDAY + minutes * MINUTE) == wanted


def test_the_sums_leave_out_those_to_whom_it_is_not_due():
    found = answering.summed(
        [(Answer.TOLD, ("bell", "email")), (Answer.TOLD, ("sms",)), (Answer.UNREACHABLE, ()), (Answer.NOT_DUE, ())]
    )
    assert (found["due"], found["told"], found["unreachable"]) == (3, 2, 1)
    assert found["channels"] == {"bell": 1, "email": 1, "sms": 1}


def test_one_language_serves_for_both_and_none_is_refused():
    assert messages.checked(messages.Message(zh=" 已抢修 ")) == messages.Message("已抢修", "已抢修")
    with pytest.raises(Malformed, match="say something"):
        messages.checked(messages.Message(" ", ""))
    with pytest.raises(Malformed, match="at most 500"):
        messages.checked(messages.Message(en="x" * 501))


def test_a_template_that_needs_more_than_the_case_has_is_refused():
    assert messages.filled("{number} 已修复", "{number} is done", {"number": "1"}).zh == "1 已修复"
    with pytest.raises(Refused, match="needs unit_zh"):
        messages.filled("{unit_zh} 已修复", "done", {"unit_zh": ""})
