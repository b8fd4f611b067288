"""A fence drawn now, and a rule lived through again: what they would have said."""

from dataclasses import replace

from gridloop.fleet import intake
from gridloop.fleet.judge.replay import asked_of_past, difference
from tests.fleet.judge.ground import CAR, MINUTE, MONDAY, NOON, TRUCK, a_ground, a_rule, drive, lived, said, together

VISITS = together(
    drive(300, 0, 0, 0, 0, 0, 300, 300, 300),
    drive(300, 0, 0, 0, 300, 300, 300, start=NOON + 30 * MINUTE),
    drive(9_000, 9_000, 9_000, vehicle=CAR),
)


def test_a_fence_drawn_now_tells_what_it_would_have_told():
    masters = a_ground(a_rule())
    told = asked_of_past(masters, VISITS[::-1])
    assert said(told) == said(lived(masters, VISITS)[0])
    assert len({one.key for one in told}) == 2
    assert asked_of_past(masters, intake.fixes(0)) == []
    assert asked_of_past(a_ground(), VISITS) == []


def test_marks_that_were_stored_do_not_hide_what_was_late_then():
    stored = VISITS.copy()
    stored["marks"] = 16
    assert said(asked_of_past(a_ground(a_rule()), stored)) == said(asked_of_past(a_ground(a_rule()), VISITS))


def test_what_was_open_at_the_end_and_what_its_hours_ended():
    masters = a_ground(a_rule(), a_rule("silence", code="R2", params={"limit_s": 60}))
    told = asked_of_past(masters, together(drive(0, 0, 0), drive(900, vehicle=CAR, start=NOON + 10 * MINUTE)))
    assert [(one.rule.code, one.stage.value) for one in told] == [
        ("R1", "suspected"),
        ("R1", "confirmed"),
        ("R2", "confirmed"),
    ]
    both = together(drive(0, 0, 0), drive(900, start=NOON + 10 * MINUTE))
    assert ("R2", "ended") in [(one.rule.code, one.stage.value) for one in asked_of_past(masters, both)]


def test_the_difference_of_two_rules_over_the_same_past():
    old = a_ground(a_rule("dwell", params={"limit_s": 10}))
    new = a_ground(a_rule("dwell", params={"limit_s": 30}), a_rule(code="R2", kinds=("taxi",), fences=("port",)))
    found = difference(old, new, VISITS)
    assert [one.suspected_ms for one in found.both] == [NOON + 10_000]
    assert [one.suspected_ms for one in found.only_old] == [NOON + 30 * MINUTE + 10_000]
    assert found.only_new == []
    back = difference(new, old, VISITS)
    assert (len(back.only_old), len(back.only_new), len(back.both)) == (0, 1, 1)
    never = a_ground(replace(a_rule(), valid_from_ms=MONDAY, valid_to_ms=MONDAY + 1))
    assert [one.vehicle for one in difference(never, a_ground(a_rule()), VISITS).only_new] == [TRUCK, TRUCK]
