"""Rules that look at single fixes: speed, declared routes and times, what lies ahead."""

from dataclasses import replace

import numpy as np
import pytest

from gridloop.fleet.judge.masters import RouteRow
from gridloop.fleet.judge.window import tick
from tests.fleet.judge.ground import (
    A_CAR,
    A_TRUCK,
    CAR,
    EAST_M,
    HOUR,
    LAT,
    LON,
    MINUTE,
    MONDAY,
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

SPEED = a_rule("speed", params={"limit_kmh": 60})


def racing(*kmh, vehicle=TRUCK, start=NOON, every_s=10, east_m=0.0):
    fixes = drive(*([east_m] * len(kmh)), vehicle=vehicle, start=start, every_s=every_s)
    fixes["speed"] = 10 * np.array(kmh)
    return fixes


def test_speeding_is_suspected_at_once_confirmed_by_three_fixes_and_ended_by_a_slower_one():
    told, _ = lived(a_ground(SPEED), racing(50, 70, 71, 72, 73, 60, 50))
    assert said(told) == [("suspected", 10), ("confirmed", 30), ("ended", 50)]
    assert (told[0].detail, told[0].fence.code) == ({"speed_kmh": 70.0, "limit_kmh": 60.0}, "old-town")
    assert [one["speed"] for one in told[1].positions] == [700, 710, 720]


def test_three_fast_fixes_within_ten_seconds_are_not_enough():
    told, _ = lived(a_ground(SPEED), racing(*([70] * 13), 50, every_s=1))
    assert said(told) == [("suspected", 0), ("confirmed", 10), ("ended", 13)]


def test_one_fast_fix_is_withdrawn():
    assert said(lived(a_ground(SPEED), racing(50, 70, 50))[0]) == [("suspected", 10), ("withdrawn", 20)]


def test_speed_counts_in_the_fence_for_whom_it_concerns_without_permit_in_its_hours():
    fast = (70,) * 5
    assert lived(a_ground(SPEED), racing(*fast, east_m=900.0))[0] == []
    assert lived(a_ground(SPEED), racing(*fast, vehicle=CAR))[0] == []
    lifted = replace(SPEED, permit_kinds=("hazmat_zone",))
    assert lived(a_ground(lifted, permits=[a_permit()]), racing(*fast))[0] == []
    told, _ = lived(a_ground(lifted, permits=[a_permit(to_ms=NOON + 15_000)]), racing(*fast))
    assert said(told) == [("suspected", 20), ("confirmed", 20)] or said(told) == [("confirmed", 20)]
    assert lived(a_ground(replace(SPEED, weekly=((1, "22:00", "23:00"),))), racing(*fast))[0] == []
    everywhere = replace(SPEED, fences=())
    assert len(lived(a_ground(everywhere), racing(*fast, east_m=900.0))[0]) == 2


def test_the_newer_version_s_limit_counts_from_its_day():
    new = replace(SPEED, version=2, params={"limit_kmh": 40}, valid_from_ms=NOON + 25_000)
    told, _ = lived(a_ground(replace(SPEED, valid_to_ms=NOON + 25_000), new), racing(*([50] * 6)))
    assert [(one.stage.value, one.rule.version, one.detail["limit_kmh"]) for one in told] == [
        ("suspected", 2, 40.0),
        ("confirmed", 2, 40.0),
    ]


def test_the_vehicle_s_own_limit_and_the_night_lower_it():
    slow = replace(A_TRUCK, speed_limit_kmh=50)
    assert len(lived(a_ground(SPEED, vehicles=[slow, A_CAR]), racing(55, 55, 55))[0]) == 2
    night = replace(SPEED, params={"limit_kmh": 60, "night_share": 0.8})
    assert lived(a_ground(night), racing(50, 50, 50))[0] == []
    told, _ = lived(a_ground(night), racing(50, 50, 50, start=MONDAY + 23 * HOUR))
    assert told[1].detail["limit_kmh"] == 48.0


def test_a_gap_ends_what_runs():
    told, _ = lived(a_ground(SPEED), together(racing(70, 70, 70), racing(70, 70, start=NOON + 5 * MINUTE)))
    assert said(told) == [("suspected", 0), ("confirmed", 20), ("ended", 300), ("suspected", 300)]
    assert (told[2].ended_ms, told[2].detail["why"]) == (NOON + 20_000, "gap")


def a_route(**said):
    line = np.array([[LON - 0.1, LAT], [LON, LAT], [LON + 0.1, LAT]])
    return replace(RouteRow("W1", TRUCK, line, 200.0, NOON - HOUR, NOON + HOUR), **said)


OFF = a_rule("off_route", fences=())


def test_off_the_declared_route():
    masters = a_ground(OFF, routes=[a_route()])
    off = drive(*([0] * 5), north_m=200.0, start=NOON + 30_000)
    back = drive(*([0] * 4), start=NOON + 80_000)
    told, _ = lived(masters, together(drive(0, 0, 0), off, back))
    assert said(told) == [("suspected", 30), ("confirmed", 50), ("ended", 100)]
    assert (told[0].detail["routes"], told[2].ended_ms) == (["W1"], NOON + 80_000)
    assert lived(masters, drive(*([0] * 9), north_m=110.0))[0] == []  # within the width and the margin
    assert lived(masters, drive(*([0] * 9), north_m=900.0, vehicle=CAR))[0] == []
    assert lived(masters, drive(*([0] * 9), north_m=900.0, start=NOON + 2 * HOUR))[0] == []


def test_driving_at_a_time_that_was_not_declared():
    rule = a_rule("off_time", fences=())
    masters = a_ground(rule, routes=[a_route()])
    assert lived(masters, drive(*([0] * 9)))[0] == []
    told, _ = lived(masters, drive(*([0] * 4), start=NOON + HOUR))
    assert [one.stage.value for one in told] == ["suspected", "confirmed"]
    assert told[0].detail["declared"][0] == "W1"
    assert lived(masters, drive(*([0] * 4), start=NOON + HOUR, kmh=0.0))[0] == []
    assert lived(masters, drive(*([0] * 4), start=NOON + 20 * HOUR))[0] == []
    assert lived(a_ground(rule), drive(*([0] * 4)))[0] == []
    must = replace(rule, params={"must_declare": True})
    assert lived(a_ground(must), drive(*([0] * 4)))[0][0].detail == {"declared": None}
    stands = drive(*([0] * 40), start=NOON + HOUR + 40_000, kmh=0.0)
    told, _ = lived(masters, together(drive(*([0] * 4), start=NOON + HOUR), stands))
    assert (told[-1].stage.value, told[-1].ended_ms) == ("ended", NOON + HOUR + 40_000)


def test_a_route_without_a_way_is_refused():
    with pytest.raises(ValueError, match="at least two places"):
        a_ground(OFF, routes=[a_route(line=np.zeros((1, 2)))])


def heading(*east_m, degrees=90, kmh=72.0, **said_of):
    fixes = drive(*east_m, kmh=kmh, **said_of)
    fixes["heading"] = degrees
    return fixes


def test_about_to_enter_is_told_with_the_seconds_that_are_left():
    rule = a_rule("breach_ahead", params={"horizon_s": 60})
    told, _ = lived(a_ground(rule), heading(-1500, -1300, -1100, -900, -700, -500, -300, -100, 0, 0, 0))
    assert said(told) == [("suspected", 10), ("confirmed", 30), ("ended", 90)]
    assert told[0].detail["enters_in_s"] == pytest.approx(55, abs=0.5)
    assert lived(a_ground(rule), heading(-1500, -1300, -1100, -900, degrees=270))[0] == []
    assert lived(a_ground(rule), heading(-1500, -1300, -1100, -900, vehicle=CAR))[0] == []
    lifted = replace(rule, permit_kinds=("hazmat_zone",))
    assert lived(a_ground(lifted, permits=[a_permit()]), heading(-1500, -1300, -1100, -900))[0] == []
    assert EAST_M > 0


def test_time_that_passes_ends_what_ran_when_the_vehicle_fell_silent():
    masters = a_ground(SPEED)
    _, held = lived(masters, racing(70, 70, 70))
    assert tick(masters, held, now_ms=NOON + 20_000 + 2 * MINUTE).told == []
    told = tick(masters, held, now_ms=NOON + 26_000 + 2 * MINUTE).told
    assert [(one.stage.value, one.ended_ms, one.detail["why"]) for one in told] == [("ended", NOON + 20_000, "gap")]
