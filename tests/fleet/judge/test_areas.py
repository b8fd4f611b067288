"""Staying within, dwelling, time that passes, masters that change."""

from dataclasses import replace

import pytest

from gridloop.fleet.judge.held import begin
from gridloop.fleet.judge.masters import VehicleRow, masters_of, renewed
from gridloop.fleet.judge.window import judge, renew, tick
from tests.fleet.judge.ground import (
    A_CAR,
    A_TRUCK,
    CAR,
    HOUR,
    MINUTE,
    MONDAY,
    NOON,
    OLD_TOWN,
    PORT,
    TRUCK,
    a_ground,
    a_permit,
    a_rule,
    drive,
    lived,
    said,
)

WITHIN = a_rule("stay_within")
DWELL = a_rule("dwell", params={"limit_s": 60})


def test_leaving_is_suspected_confirmed_and_ended_by_coming_back():
    told, _ = lived(a_ground(WITHIN), drive(0, 0, 0, 300, 400, 500, 500, 0, 0, 0))
    assert said(told) == [("suspected", 30), ("confirmed", 50), ("ended", 90)]
    assert (told[1].suspected_ms, told[2].ended_ms) == (NOON + 30_000, NOON + 70_000)
    assert told[0].key == f"R1|-|{TRUCK}|{NOON + 30_000}"


def test_a_look_over_the_border_is_withdrawn_and_the_margin_is_no_exit():
    assert said(lived(a_ground(WITHIN), drive(0, 0, 0, 300, 0, 0, 220, 225, 0))[0]) == [
        ("suspected", 30),
        ("withdrawn", 40),
    ]


def test_going_over_into_another_fence_of_the_rule_is_no_leaving():
    near = replace(PORT, shape=replace(PORT.shape, lon=OLD_TOWN.shape.lon + 300 / 101_275))
    both = a_rule("stay_within", fences=("old-town", "port"))
    way = drive(0, 0, 0, 100, 180, 250, 300, 350, 400)
    assert lived(a_ground(both, fences=(OLD_TOWN, near)), way)[0] == []
    assert len(lived(a_ground(WITHIN, fences=(OLD_TOWN, near)), way)[0]) == 2


def test_who_starts_outside_is_astray_after_three_fixes():
    told, _ = lived(a_ground(WITHIN), drive(900, 900, 900, 900))
    assert said(told) == [("suspected", 0), ("confirmed", 20)]
    assert lived(a_ground(WITHIN), drive(900, 900, 900, vehicle=CAR))[0] == []


def test_a_permit_lets_a_vehicle_leave():
    rule = a_rule("stay_within", permit_kinds=("hazmat_zone",))
    way = drive(0, 0, 0, 300, 400, 500, 500, 500, 500)
    assert lived(a_ground(rule, permits=[a_permit()]), way)[0] == []
    ends = a_permit(to_ms=NOON + 65_000)
    assert said(lived(a_ground(rule, permits=[ends]), way)[0]) == [("confirmed", 70)]


def test_dwell_is_told_when_the_limit_is_reached_by_a_later_fix():
    told, _ = lived(a_ground(DWELL), drive(300, 0, 0, 0, 0, 0, 0, 0, 0, 300, 300, 300))
    assert said(told) == [("confirmed", 70), ("ended", 110)]
    assert (told[0].suspected_ms, told[0].detail["limit_s"], told[1].ended_ms) == (NOON + 10_000, 60, NOON + 90_000)
    assert lived(a_ground(DWELL), drive(300, 0, 0, 0, 0, 300, 300, 300, 300))[0] == []
    assert lived(a_ground(DWELL), drive(*([0] * 12), vehicle=CAR))[0] == []


def test_dwell_counts_from_when_the_rule_began_to_hold():
    rule = a_rule("dwell", params={"limit_s": 60}, permit_kinds=("hazmat_zone",))
    told, _ = lived(a_ground(rule, permits=[a_permit(to_ms=NOON + 35_000)]), drive(*([0] * 14)))
    assert said(told) == [("confirmed", 100)]
    assert told[0].suspected_ms == NOON + 35_000


def test_time_that_passes_suspects_and_the_next_fix_confirms():
    night = a_rule(weekly=tuple((day, "22:00", "06:00") for day in range(1, 8)))
    masters, late_evening = a_ground(night), MONDAY + 22 * HOUR
    _, held = lived(masters, drive(0, 0, 0, start=late_evening - MINUTE))
    assert tick(masters, held, now_ms=late_evening + 1_000).told == []
    ticked = tick(masters, held, now_ms=late_evening + 6_000)
    assert [(one.stage.value, one.suspected_ms) for one in ticked.told] == [("suspected", late_evening)]
    assert tick(masters, ticked.held, now_ms=late_evening + 9_000).told == []
    told, _ = lived(masters, drive(0, start=late_evening + 10_000), ticked.held)
    assert [(one.stage.value, one.key) for one in told] == [("confirmed", ticked.told[0].key)]


def test_time_that_passes_ends_what_its_hours_end():
    night = a_rule(weekly=tuple((day, "22:00", "06:00") for day in range(1, 8)))
    masters, morning = a_ground(night), MONDAY + 6 * HOUR
    _, held = lived(masters, drive(0, 0, 0, start=morning - MINUTE))
    ticked = tick(masters, held, now_ms=morning + 6_000)
    assert [(one.stage.value, one.ended_ms) for one in ticked.told] == [("ended", morning)]


def test_a_fence_that_is_taken_away_emits_the_exits():
    masters = a_ground(a_rule(), a_rule("stay_within", code="R2", fences=("old-town", "port")))
    _, held = lived(masters, drive(0, 0, 0, 0))
    ended = replace(OLD_TOWN, valid_to_ms=NOON + 40_000)
    told, held = renew(masters, new := renewed(masters, version=2, fences=[PORT]), held, now_ms=NOON + 50_000)
    assert [(one.stage.value, one.ended_ms, one.detail["why"]) for one in told] == [("ended", NOON + 50_000, "fence")]
    told, _ = lived(new, drive(0, 0, 0, start=NOON + MINUTE), held)
    assert [(one.stage.value, one.rule.code) for one in told] == [("suspected", "R2"), ("confirmed", "R2")]
    expiring = a_ground(a_rule(), fences=(ended, PORT))
    told, _ = lived(expiring, drive(0, 0, 0, 0, 0, 0))
    assert said(told)[-1] == ("ended", 40)


def test_a_rule_that_is_new_bites_who_stands_inside_already():
    masters = a_ground()
    _, held = lived(masters, drive(0, 0, 0, 0))
    new = renewed(masters, version=2, rules=[a_rule(), replace(DWELL, code="R2"), replace(WITHIN, code="R3")])
    told, held = renew(masters, new, held, now_ms=NOON + 35_000)
    assert told == []
    told, _ = lived(new, drive(0, 0, 0, 0, 0, 0, 0, 300, 400, 500, start=NOON + 40_000), held)
    assert [(one.rule.code, one.stage.value) for one in told] == [
        ("R1", "confirmed"),
        ("R2", "confirmed"),
        ("R3", "suspected"),
        ("R1", "ended"),
        ("R2", "ended"),
        ("R3", "confirmed"),
    ]


def test_a_permit_that_is_revoked_or_given_while_the_vehicle_is_inside():
    rule = a_rule(permit_kinds=("hazmat_zone",))
    masters = a_ground(rule, permits=[a_permit()])
    _, held = lived(masters, drive(0, 0, 0, 0))
    gone = renewed(masters, version=2, permits=[a_permit(revoked_ms=NOON + 35_000)])
    told, held = renew(masters, gone, held, now_ms=NOON + 36_000)
    assert told == []
    told, held = lived(gone, drive(0, start=NOON + 40_000), held)
    assert [(one.stage.value, one.suspected_ms, one.permit["why"]) for one in told] == [
        ("confirmed", NOON + 36_000, "revoked")
    ]
    again = renewed(gone, version=3, permits=[a_permit()])
    _, held = renew(gone, again, held, now_ms=NOON + 45_000)
    told = tick(again, held, now_ms=NOON + 51_000).told
    assert [(one.stage.value, one.ended_ms, one.detail["why"]) for one in told] == [("ended", NOON + 45_000, "permit")]


def test_new_vehicles_get_rows_and_others_keep_theirs():
    masters = a_ground(a_rule())
    _, held = lived(masters, drive(0, 0))
    new = renewed(masters, version=2, vehicles=[VehicleRow(3, "闽D0003", "hazmat"), A_CAR, A_TRUCK])
    told, held = renew(masters, new, held, now_ms=NOON + 15_000)
    assert told == []
    assert [one.stage.value for one in lived(new, drive(0, start=NOON + 20_000), held)[0]] == ["confirmed"]
    assert [one.vehicle for one in lived(new, drive(0, vehicle=3, start=NOON + 20_000), held)[0]] == [3]
    fewer = renewed(new, version=3, vehicles=[A_CAR])
    assert lived(fewer, drive(0, 0, 0), renew(new, fewer, held, now_ms=NOON + 15_000)[1])[0] == []
    moved = masters_of([A_CAR, A_TRUCK], [OLD_TOWN], [], version=4)
    with pytest.raises(ValueError, match="renewed"):
        renew(masters, moved, begin(masters), now_ms=NOON)


def test_a_wrong_clock_and_given_marks_are_not_judged():
    masters, fixes = a_ground(a_rule()), drive(0, 0, 0)
    fixes["marks"][1] = 1
    fixes["at"][2] = NOON + 3_600_000
    judged = judge(masters, begin(masters), fixes, now_ms=NOON + 30_000)
    assert judged.marks.tolist() == [0, 1, 2]
    assert said(judged.told) == [("suspected", 0)]


def test_empty_windows_and_a_city_without_fences_or_rules():
    for masters in (a_ground(), a_ground(fences=()), a_ground(a_rule("speed", fences=(), params={}), fences=())):
        judged = judge(masters, begin(masters), drive(), now_ms=NOON)
        assert (judged.told, len(judged.marks)) == ([], 0)
        assert lived(masters, drive(0, 0, 0), judged.held)[0] == []
        assert tick(masters, judged.held, now_ms=NOON).told == []
