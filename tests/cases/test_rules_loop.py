"""The loop as a table: nothing is stuck, nothing is open without a deadline, no verb is for nobody; refusals are sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.cases.rules import forms, moves
from gridloop.cases.rules.calendars import WorkCalendar, WorkHours
from gridloop.cases.rules.clock import Clock
from gridloop.cases.rules.conditions import CONDITIONS, TURNS
from gridloop.cases.rules.facts import CaseFacts, LastStep
from gridloop.cases.rules.loop import CAN_BE_TAKEN_BACK, LOOP, RESTORES, STAYS, VERBS, steps_from
from gridloop.cases.rules.masters import CaseClass, Clause, FilingRule, Masters, StageLimit
from gridloop.cases.rules.states import CLOSED_TYPE, MAIN_LINE, OPEN, PAUSED, STATE_NAMES, STATION, State
from gridloop.cases.rules.steps import offers, step_for
from gridloop.kernel.caller import Caller, GrantView, system
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import GridloopError, Malformed, NotAllowed, Refused

NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
CLOCK = Clock(WorkCalendar("t", {}, frozenset({2026, 2027})), WorkHours(), dt.date(2026, 1, 1), dt.date(2028, 12, 31))
DESK_STAGES = {state for state in OPEN if state not in {State.HANDLING, State.SUSPENDED}}
MASTERS = Masters(
    version=1,
    clock=CLOCK,
    classes={
        ("event", "0102"): CaseClass(
            "event", "0102", "暴露垃圾", "rubbish", "", "", "sani", "", "", "urgent", "point", "", ""
        )
    },
    rules={
        ("event", "0102", 1): FilingRule(
            "event", "0102", 1, "", "", 4, "working_hour", {"A": 2, "B": 4, "C": 8}, "urgent", "", "", "", 1
        )
    },
    stages={str(state): StageLimit(str(state), 1, "natural_hour", "", "") for state in DESK_STAGES},
    return_rules={"not_ours": Clause("not_ours", "非本单位", "not ours")},
    refusal_reasons={"untrue": Clause("untrue", "不属实", "untrue")},
    suspend_reasons={
        "weather": Clause("weather", "天气", "weather", 120),
        "permit": Clause("permit", "许可", "permit", 360, True, "回执", "the receipt"),
    },
)
UNIT_PATH = "00010002"
FACTS = CaseFacts(
    id=1, number="20261123-000001", version=3, state=State.HANDLING, source="citizen", place="350203001001001", opened_at=NOW - dt.timedelta(hours=1),
    due_at=NOW + dt.timedelta(hours=4), stage_due_at=NOW + dt.timedelta(hours=2), class_kind="event", class_code="0102", rule_no=1, limit_value=4,
    limit_unit="working_hour", unit_id=2, unit_path=UNIT_PATH, reporter_id=50, dispatched_at=NOW - dt.timedelta(minutes=30),
)  # fmt: skip


def a_holder(*duties: Duty, person: int = 7, unit: int | None = None, path: str = "", area: str = "3502") -> Caller:
    return Caller(
        person, "somebody", tuple(GrantView(at, duty, area, unit, path) for at, duty in enumerate(duties, start=1))
    )


WORKER = a_holder(Duty.UNIT, unit=2, path=UNIT_PATH, person=9)
ALL = a_holder(*(duty for duty in Duty if duty is not Duty.UNIT))
SAID = {
    "note": "好的", "photos": ["a" * 32, "b" * 32], "class": "event:0102", "rule": 1, "unit": 2, "units": [2, 3], "reason": "untrue",
    "suspend_reason": "weather", "return_rule": "not_ours", "hours": 3, "until": (NOW + dt.timedelta(hours=30)).isoformat(),
    "into": "20261123-000002", "rating": 5,
}  # fmt: skip


def said_for(verb: str, state: State) -> dict:
    return {must.name: SAID[must.name] for must in LOOP[state, verb].must_say}


def last_into(state: State) -> LastStep | None:
    """The slip of person 7 that led into this state a minute ago, from the first state that it can be made in."""
    made = [
        (verb, start)
        for (start, verb), step in LOOP.items()
        if verb in CAN_BE_TAKEN_BACK and state in step.destinations()
    ]
    if not made:
        return None
    verb, start = made[0]
    before = NOW - dt.timedelta(minutes=20) if start in PAUSED else None
    return LastStep(
        verb, 7, NOW - dt.timedelta(minutes=1), start, NOW + dt.timedelta(hours=2), NOW + dt.timedelta(minutes=30), "event", "0102", 1, before
    )  # fmt: skip


def in_state(state: State) -> CaseFacts:
    asked = {"hours": 3, "until": SAID["until"], "reason": "weather"}
    facts = replace(FACTS, state=state, asked=asked, state_before=State.REGISTERED if state is State.MERGED else None)
    facts = replace(facts, last=last_into(state))
    if state in CLOSED_TYPE:
        facts = replace(facts, closed_at=NOW, stage_due_at=None)
    return replace(facts, paused_at=NOW - dt.timedelta(hours=1)) if state in PAUSED else facts


def somebody_for(verb: str, state: State) -> tuple[Caller, bool]:
    duty = LOOP[state, verb].duties[0]
    if duty is Duty.CITIZEN:
        return Caller(50, "reporter"), True
    return (WORKER, False) if duty is Duty.UNIT else (a_holder(*LOOP[state, verb].duties), verb == "self_handle")


def reaches_an_end(state: State) -> bool:
    seen, todo = {state}, [state]
    while todo:
        here = todo.pop()
        if here in CLOSED_TYPE:
            return True
        for step in steps_from(here).values():
            fresh = {to for to in step.destinations() if to is not None} - seen
            seen |= fresh
            todo += fresh
    return False


@pytest.mark.parametrize("state", State)
def test_from_every_state_an_end_can_be_reached(state):
    assert reaches_an_end(state)


@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_waits_for_somebody_beyond_urging(state):
    moving = [
        verb
        for verb, step in steps_from(state).items()
        if verb not in STAYS | {"void", "merge"} and step.to is not state
    ]
    assert moving


@pytest.mark.parametrize(("state", "verb"), LOOP)
def test_every_step_is_for_somebody_and_can_be_said(state, verb):
    step = LOOP[state, verb]
    assert step.duties
    assert all(must.name in forms.FIELDS for must in step.must_say)
    assert all(name in CONDITIONS for name in step.conditions)
    assert all(turn.when in TURNS for turn in step.turns)
    assert verb in VERBS


@pytest.mark.parametrize("state", State)
def test_no_two_steps_of_a_state_share_a_key(state):
    keys = [step.key for step in steps_from(state).values()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("state", State)
def test_every_state_has_names_and_a_station(state):
    assert all(STATE_NAMES[state])
    assert STATION[state] in MAIN_LINE


@pytest.mark.parametrize(("state", "verb"), LOOP)
def test_every_step_can_be_taken_and_leaves_no_open_case_without_deadlines(state, verb):
    by, is_reporter = somebody_for(verb, state)
    facts = in_state(state)
    if verb in RESTORES:
        assert facts.last is not None
        facts = replace(facts, state_before=facts.last.from_state)

    taken = step_for(facts, verb, said_for(verb, state), by=by, now=NOW, masters=MASTERS, is_reporter=is_reporter)
    after = moves.moved(
        facts, moves.Move(taken, NOW, MASTERS, by.person_id, unit_path=UNIT_PATH, routing={}, into_id=2)
    )

    assert after.version == facts.version + 1
    if after.state in OPEN:
        assert after.due_at is not None
        assert after.stage_due_at is not None
    else:
        assert after.closed_at is not None
    assert (after.paused_at is not None) == (after.state in PAUSED)


@pytest.mark.parametrize(
    ("state", "verb"), [(state, verb) for state, verb in LOOP if LOOP[state, verb].duties != (Duty.CITIZEN,)]
)
def test_nobody_without_the_duty_takes_a_step(state, verb):
    wrong = a_holder(*(duty for duty in Duty if duty not in LOOP[state, verb].duties and duty is not Duty.UNIT))
    with pytest.raises(NotAllowed, match="you need the duty"):
        step_for(in_state(state), verb, said_for(verb, state), by=wrong, now=NOW, masters=MASTERS)


@pytest.mark.parametrize(("state", "verb"), [key for key in LOOP if any(not must.may for must in LOOP[key].must_say)])
def test_a_step_without_what_must_be_said_is_refused_by_name(state, verb):
    by, is_reporter = somebody_for(verb, state)
    facts = replace(in_state(state), class_kind=None, class_code=None, rule_no=None)
    with pytest.raises(Refused, match=f"{verb} needs") as refusal:
        step_for(facts, verb, {}, by=by, now=NOW, masters=MASTERS, is_reporter=is_reporter)
    assert refusal.value.fields
    assert "需要填写" in refusal.value.zh


REFUSALS = [
    ("pass", State.CHECKING, {"handler_id": 7}, a_holder(Duty.COLLECTOR, person=7), "another person must check it"),
    ("pass", State.CHECKING, {"handler_unit_id": 2}, Caller(8, "x", (GrantView(1, Duty.COLLECTOR, "3502"), GrantView(2, Duty.UNIT, "3502", 2, UNIT_PATH))), "somebody from outside must check it"),
    ("return", State.DISPATCHED, {"ruled": True}, WORKER, "the arbiter has ruled"),
    ("return", State.DISPATCHED, {"stage_due_at": NOW - dt.timedelta(seconds=1)}, WORKER, "time for returning it has passed"),
    ("ask_delay", State.HANDLING, {"delays": 1}, WORKER, "once only"),
    ("ask_delay", State.HANDLING, {"due_at": NOW - dt.timedelta(seconds=1)}, WORKER, "the limit has passed"),
    ("grant_delay", State.DELAY_ASKED, {"asked": {"hours": 25}}, a_holder(Duty.DISPATCHER), "a leader must grant it"),
    ("finish", State.HANDLING, {"open_children": 2}, WORKER, "2 of its child cases are still open"),
    ("close", State.CHECKED, {"open_children": 1}, a_holder(Duty.SHIFT_LEADER), "1 of its child cases"),
    ("merge", State.REPORTED, {"open_children": 1}, a_holder(Duty.ACCEPTOR), "open child cases"),
    ("split", State.HANDLING, {"parent_id": 4}, a_holder(Duty.DISPATCHER), "itself a child case"),
    ("reopen", State.DISPUTED, {"disputes": 2}, a_holder(Duty.SUPERVISOR), "a leader must hear it"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "state", "changed", "by", "sentence"), REFUSALS, ids=[f"{r[0]}-{n}" for n, r in enumerate(REFUSALS)]
)
def test_the_rules_refuse_with_a_sentence(verb, state, changed, by, sentence):
    facts = replace(in_state(state), **changed)
    with pytest.raises(Refused, match=sentence) as refusal:
        step_for(facts, verb, said_for(verb, state), by=by, now=NOW, masters=MASTERS)
    assert refusal.value.zh.startswith(f"案件 {facts.number}")


def test_a_dispute_comes_within_fifteen_days_and_from_the_reporter():
    closed = replace(in_state(State.CLOSED), closed_at=NOW - dt.timedelta(days=15, seconds=1))
    with pytest.raises(Refused, match="more than 15 days ago"):
        step_for(closed, "dispute", {}, by=Caller(50, "r"), now=NOW, masters=MASTERS, is_reporter=True)
    with pytest.raises(NotAllowed, match="only the person who reported it"):
        step_for(in_state(State.CLOSED), "dispute", {}, by=ALL, now=NOW, masters=MASTERS)
    twice = replace(in_state(State.CLOSED), disputes=2)
    with pytest.raises(Refused, match="heard on both levels"):
        step_for(twice, "dispute", {}, by=Caller(50, "r"), now=NOW, masters=MASTERS, is_reporter=True)


def test_a_suspension_stays_within_its_budget_and_shows_its_proof():
    long = said_for("ask_suspend", State.HANDLING) | {"until": (NOW + dt.timedelta(hours=121)).isoformat()}
    with pytest.raises(Refused, match="at most 5 days"):
        step_for(FACTS, "ask_suspend", long, by=WORKER, now=NOW, masters=MASTERS)
    bare = {"suspend_reason": "permit", "note": "等许可", "until": SAID["until"]}
    with pytest.raises(Refused, match="needs proof: attach the receipt"):
        step_for(FACTS, "ask_suspend", bare, by=WORKER, now=NOW, masters=MASTERS)


def test_the_second_return_goes_to_the_arbiter():
    first = step_for(
        in_state(State.DISPATCHED), "return", said_for("return", State.DISPATCHED), by=WORKER, now=NOW, masters=MASTERS
    )
    second = step_for(
        replace(in_state(State.DISPATCHED), returns=1),
        "return",
        said_for("return", State.DISPATCHED),
        by=WORKER,
        now=NOW,
        masters=MASTERS,
    )
    assert (first.to, second.to) == (State.RETURNED, State.ARBITRATION)


def test_an_impossible_verb_names_what_is_possible():
    with pytest.raises(
        Refused, match="'dispatch' is not possible now; you could: finish, ask_delay, ask_suspend, comment"
    ):
        step_for(FACTS, "dispatch", {}, by=WORKER, now=NOW, masters=MASTERS)
    with pytest.raises(Malformed, match="there is no step 'explode'"):
        step_for(FACTS, "explode", {}, by=WORKER, now=NOW, masters=MASTERS)
    with pytest.raises(Malformed, match="does not take 'colour'"):
        step_for(FACTS, "finish", {"colour": "red"}, by=WORKER, now=NOW, masters=MASTERS)


def test_a_unit_that_lost_the_case_sees_but_does_not_act():
    facts = replace(FACTS, unit_id=3, unit_path="00010003", past_units=(2,), past_paths=(UNIT_PATH,))
    with pytest.raises(NotAllowed):
        step_for(facts, "finish", said_for("finish", State.HANDLING), by=WORKER, now=NOW, masters=MASTERS)


def test_a_timer_may_resume_but_not_close():
    resumed = step_for(in_state(State.SUSPENDED), "resume", {}, by=system("suspension-end"), now=NOW, masters=MASTERS)
    assert resumed.to is State.HANDLING
    with pytest.raises(NotAllowed):
        step_for(in_state(State.CHECKED), "close", {}, by=system("x"), now=NOW, masters=MASTERS)


@given(state=st.sampled_from(sorted(State)), duties=st.sets(st.sampled_from(sorted(Duty))), is_reporter=st.booleans())
def test_every_offered_step_is_accepted_when_its_form_is_filled_in(state, duties, is_reporter):
    by = Caller(
        7,
        "x",
        tuple(
            GrantView(n, duty, "3502", 2 if duty is Duty.UNIT else None, UNIT_PATH if duty is Duty.UNIT else "")
            for n, duty in enumerate(duties)
        ),
    )
    facts = in_state(State(state))
    for offer in offers(facts, by=by, now=NOW, masters=MASTERS, is_reporter=is_reporter):
        taken = step_for(
            facts,
            offer.verb,
            said_for(offer.verb, facts.state),
            by=by,
            now=NOW,
            masters=MASTERS,
            is_reporter=is_reporter,
        )
        assert taken.duty in offer.step.duties


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(key=st.sampled_from(sorted(LOOP, key=str)), data=st.data())
def test_whatever_is_said_the_answer_is_a_step_or_a_sentence(key, data):
    state, verb = key
    by, is_reporter = somebody_for(verb, state)
    said = {must.name: data.draw(JUNK) for must in LOOP[key].must_say}
    try:
        step_for(in_state(state), verb, said, by=by, now=NOW, masters=MASTERS, is_reporter=is_reporter)
    except GridloopError as error:
        refusal = error
    else:
        return
    assert refusal.en
    assert refusal.zh
