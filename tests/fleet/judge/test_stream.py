"""Two that gather, silence, jumps, clones, and fixes that came late."""

from dataclasses import replace

import numpy as np

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.intake import MARK_CLONE
from gridloop.fleet.judge.masters import VehicleRow
from gridloop.fleet.judge.window import judge, tick
from tests.fleet.judge.ground import (
    A_CAR,
    A_TRUCK,
    CAR,
    MINUTE,
    NOON,
    TRUCK,
    a_ground,
    a_permit,
    a_rule,
    drive,
    lived,
    said,
    together,
)

SECOND = 73
BOTH = (A_TRUCK, A_CAR, VehicleRow(SECOND, "闽D0003", "hazmat"))
GATHER = a_rule("gathering", params={"within_m": 100, "for_s": 120})


def meeting(apart_m=50.0, rounds=20, other=SECOND, east_m=0.0):
    parting = [apart_m] * rounds + [500.0] * 3
    there = drive(*(east_m + np.array(parting)), vehicle=other, start=NOON + 5_000)
    return together(drive(*([east_m] * (rounds + 3))), there)


def test_two_trucks_that_stay_together_are_told_once_and_when_they_part():
    told, _ = lived(a_ground(GATHER, vehicles=BOTH), meeting())
    assert said(told) == [("confirmed", 125), ("ended", 205)]
    assert told[0].key == f"R1|-|{TRUCK}+{SECOND}|{NOON + 5_000}"
    assert (told[0].vehicle, told[0].other, told[0].detail["apart_m"]) == (TRUCK, SECOND, 50.0)
    assert [one["at_ms"] for one in told[0].positions] == [NOON + 120_000, NOON + 125_000]


def test_who_passes_who_is_far_who_is_another_kind_and_who_is_elsewhere_does_not_gather():
    masters = a_ground(GATHER, vehicles=BOTH)
    assert lived(masters, meeting(rounds=10))[0] == []
    assert lived(masters, meeting(apart_m=190.0))[0] == []
    assert lived(masters, meeting(other=CAR))[0] == []
    assert lived(masters, meeting(east_m=900.0))[0] == []
    everywhere = a_ground(replace(GATHER, fences=()), vehicles=BOTH)
    assert len(lived(everywhere, meeting(east_m=900.0))[0]) == 2


def test_a_permit_and_the_hours_lift_gathering():
    rule = replace(GATHER, permit_kinds=("hazmat_zone",))
    assert lived(a_ground(rule, vehicles=BOTH, permits=[a_permit()]), meeting())[0] == []
    ends = a_permit(to_ms=NOON + 60_000)
    told, _ = lived(a_ground(rule, vehicles=BOTH, permits=[ends]), meeting())
    assert said(told) == [("confirmed", 180), ("ended", 205)]
    assert told[0].suspected_ms == NOON + 60_000


SILENT = a_rule("silence", params={"limit_s": 300})


def test_silence_inside_is_told_by_time_and_ended_by_the_next_fix():
    masters = a_ground(SILENT)
    _, held = lived(masters, drive(300, 0, 0, 0))
    heard = NOON + 30_000
    assert tick(masters, held, now_ms=heard + 299_000).told == []
    ticked = tick(masters, held, now_ms=heard + 301_000)
    assert said(ticked.told) == [("confirmed", 330)]
    assert ticked.told[0].detail == {"heard_ms": heard, "limit_s": 300}
    assert tick(masters, ticked.held, now_ms=heard + 400_000).told == []
    told, held = lived(masters, drive(900, start=NOON + 600_000), ticked.held)
    assert said(told) == [("ended", 600)]
    assert not list(held.runs)
    _, outside = lived(masters, drive(300, 300, 300))
    assert tick(masters, outside, now_ms=NOON + 900_000).told == []


def test_silence_without_a_tick_between_is_seen_from_the_gap():
    told, _ = lived(a_ground(SILENT), together(drive(0, 0, 0), drive(0, 0, start=NOON + 600_000)), window=2)
    assert said(told) == [("confirmed", 320), ("ended", 600)]
    assert lived(a_ground(SILENT), together(drive(0, 0, 0), drive(0, 0, start=NOON + 200_000)))[0] == []


JUMPS = a_rule("jump")


def test_a_jump_inside_is_suspected_and_withdrawn_when_the_vehicle_was_never_away():
    told, _ = lived(a_ground(JUMPS), drive(0, 0, 0, 9_000, 0, 0))
    assert said(told) == [("suspected", 30), ("withdrawn", 40)]
    assert told[0].fence.code == "old-town"


def test_a_jump_is_confirmed_when_the_vehicle_stays_there():
    told, _ = lived(a_ground(JUMPS), drive(0, 0, 0, 9_000, 9_000, 9_000, 9_000))
    assert said(told) == [("suspected", 30), ("confirmed", 50), ("ended", 50)]


def test_jumps_outside_the_fences_and_of_others_are_no_matter():
    assert lived(a_ground(JUMPS), drive(900, 900, 900, 19_000, 900))[0] == []
    assert lived(a_ground(JUMPS), drive(0, 0, 0, 9_000, 0, vehicle=CAR))[0] == []


CLONE = a_rule("clone", fences=())


def test_one_terminal_on_two_tracks_is_a_clone():
    told, held = lived(a_ground(CLONE), drive(0, 9_000, 10, 9_010, 20, 9_020, 30, 9_030))
    assert said(told) == [("suspected", 30), ("confirmed", 50)]
    assert told[1].detail == {"signs": 3, "two_connections": False}
    later = tick(a_ground(CLONE), held, now_ms=NOON + 20 * MINUTE)
    assert said(later.told) == [("ended", 70)]


def test_outliers_here_and_there_are_no_clone():
    assert lived(a_ground(CLONE), drive(0, 9_000, 10, -9_000, 20, 30_000, 30, -50_000, 40))[0] == []
    assert lived(a_ground(CLONE), drive(0, 9_000, 9_010, 9_020, 9_030, 9_040))[0] == []


def test_two_connections_are_a_sign_by_themselves():
    fixes = drive(0, 10, 20, 30)
    fixes["marks"] = MARK_CLONE
    told, _ = lived(a_ground(CLONE), fixes)
    assert said(told) == [("suspected", 0), ("confirmed", 20)]
    assert told[0].detail["two_connections"] is True


def late(masters, fixes):
    """What is told of fixes that come after a newer one of their vehicle."""
    _, held = lived(masters, drive(50_000, start=int(fixes["at"][-1]) + 60 * MINUTE))
    judged = judge(masters, held, fixes, now_ms=int(fixes["at"][-1]) + 61 * MINUTE)
    assert (judged.marks & Mark.LATE != 0).all()
    return judged.told


def test_a_late_batch_gives_the_same_warnings_marked_late():
    rules = [
        a_rule(),
        a_rule("dwell", code="R2", params={"limit_s": 30}),
        a_rule("speed", code="R3", params={"limit_kmh": 20}),
        a_rule("stay_within", code="R4"),
    ]
    way = drive(300, 150, 0, 0, 0, 0, 0, 0, 300, 400, 500)
    now = lived(a_ground(*rules), way)[0]
    then = late(a_ground(*rules), way)

    def plain(told):
        return [(one.key, one.stage, one.at_ms, one.ended_ms, one.positions) for one in told if one.rule.code != "R4"]

    assert plain(then) == plain(now)
    assert {one.rule.code for one in then} == {"R1", "R2", "R3", "R4"}
    assert all(one.late for one in then)
    assert not any(one.late for one in now)


def test_late_data_is_judged_by_the_version_of_its_own_time():
    old = a_rule(valid_to_ms=NOON + 10 * MINUTE)
    new = a_rule(version=2, kinds=("bus",), valid_from_ms=NOON + 10 * MINUTE)
    assert [one.rule.version for one in late(a_ground(old, new), drive(0, 0, 0))] == [1, 1]


def test_a_late_stretch_that_ends_inside_is_closed_by_time():
    masters = a_ground(a_rule())
    _, held = lived(masters, drive(50_000, start=NOON + 60 * MINUTE))
    held = judge(masters, held, drive(0, 0, 0), now_ms=NOON + 61 * MINUTE).held
    told = tick(masters, held, now_ms=NOON + 61 * MINUTE).told
    assert [(one.stage.value, one.ended_ms, one.late) for one in told] == [("ended", NOON + 20_000, True)]
