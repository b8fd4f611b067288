"""A no-go rule: told once at the line, lifted by permits, in its hours, under the version of the day."""

from datetime import date

from gridloop.fleet.judge.masters import OccasionRow
from tests.fleet.judge.ground import (
    CAR,
    DAY,
    HOUR,
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
)

IN_AND_OUT = (300, 150, 100, 50, 0, 50, 300, 400, 500)


def test_a_warning_is_given_once_at_the_line_and_confirmed_by_the_third_fix():
    told, _ = lived(a_ground(a_rule()), drive(*IN_AND_OUT))
    assert said(told) == [("suspected", 10), ("confirmed", 30), ("ended", 80)]
    assert {one.key for one in told} == {f"R1|old-town|{TRUCK}|{NOON + 10_000}"}
    first, second, third = told
    assert [one["serial"] for one in first.positions] == [1]
    assert [one["serial"] for one in second.positions] == [1, 2, 3]
    assert (second.suspected_ms, second.confirmed_ms, second.ended_ms) == (NOON + 10_000, NOON + 30_000, None)
    assert third.ended_ms == NOON + 60_000
    assert (second.fence.code, second.rule.version, second.vehicle, second.permit) == ("old-town", 1, TRUCK, {})


def test_a_single_outlier_is_withdrawn():
    told, held = lived(a_ground(a_rule()), drive(300, 190, 300, 300))
    assert said(told) == [("suspected", 10), ("withdrawn", 20)]
    assert told[1].ended_ms is None
    assert not list(held.watches)


def test_other_kinds_and_other_fences_are_not_concerned():
    assert lived(a_ground(a_rule()), drive(*IN_AND_OUT, vehicle=CAR))[0] == []
    assert lived(a_ground(a_rule(fences=("port",))), drive(*IN_AND_OUT))[0] == []
    assert lived(a_ground(a_rule()), drive(*IN_AND_OUT, vehicle=4711))[0] == []


def test_a_rule_for_a_firm_a_list_or_one_plate():
    for whom in ({"firms": ("吉安物流",)}, {"lists": ("key",)}, {"plates": ("闽D0001",)}):
        rule = a_rule(**({"kinds": ()} | whom))
        assert len(lived(a_ground(rule), drive(*IN_AND_OUT))[0]) == 3
        assert lived(a_ground(rule), drive(*IN_AND_OUT, vehicle=CAR))[0] == []
    everybody = a_rule(kinds=())
    assert len(lived(a_ground(everybody), drive(*IN_AND_OUT, vehicle=CAR))[0]) == 3


def test_a_permit_lifts_the_rule():
    masters = a_ground(a_rule(permit_kinds=("hazmat_zone",)), permits=[a_permit()])
    assert lived(masters, drive(*IN_AND_OUT))[0] == []


def test_a_permit_that_does_not_lift_says_why():
    cases = {
        "expired": a_permit(to_ms=NOON - HOUR),
        "not_yet": a_permit(from_ms=NOON + HOUR),
        "other_fence": a_permit(fences=("port",)),
        "outside_hours": a_permit(weekly=((1, "22:00", "06:00"),)),
        "revoked": a_permit(revoked_ms=NOON - MINUTE),
    }
    for why, permit in cases.items():
        told, _ = lived(a_ground(a_rule(permit_kinds=("hazmat_zone",)), permits=[permit]), drive(*IN_AND_OUT))
        assert [one.permit["why"] for one in told] == [why] * 3
        assert told[0].permit["number"] == "P1"
    other = a_ground(a_rule(permit_kinds=("waste",)), permits=[a_permit()])
    assert [one.permit for one in lived(other, drive(*IN_AND_OUT))[0]] == [{}] * 3


def test_a_permit_that_ends_inside_makes_the_rule_bite_at_that_moment():
    masters = a_ground(a_rule(permit_kinds=("hazmat_zone",)), permits=[a_permit(to_ms=NOON + 45_000)])
    told, _ = lived(masters, drive(*IN_AND_OUT))
    assert said(told) == [("confirmed", 50), ("ended", 80)]
    assert told[0].suspected_ms == NOON + 45_000
    assert told[0].permit == {"number": "P1", "kind": "hazmat_zone", "until_ms": NOON + 45_000, "why": "expired"}


def test_who_is_on_the_way_out_when_the_permit_ends_is_not_accused():
    masters = a_ground(a_rule(permit_kinds=("hazmat_zone",)), permits=[a_permit(to_ms=NOON + 55_000)])
    assert lived(masters, drive(*IN_AND_OUT))[0] == []


def test_a_permit_that_begins_ends_the_warning():
    masters = a_ground(a_rule(permit_kinds=("hazmat_zone",)), permits=[a_permit(from_ms=NOON + 45_000)])
    told, _ = lived(masters, drive(*IN_AND_OUT))
    assert said(told) == [("suspected", 10), ("confirmed", 30), ("ended", 45)]
    assert (told[2].ended_ms, told[2].detail["why"]) == (NOON + 45_000, "permit")
    assert told[2].permit["why"] == "not_yet"


def test_outside_its_hours_a_rule_says_nothing_and_bites_when_they_begin():
    at_night = a_rule(weekly=tuple((day, "22:00", "06:00") for day in range(1, 8)))
    assert lived(a_ground(at_night), drive(*IN_AND_OUT))[0] == []
    evening = drive(*([0] * 20), start=MONDAY + 22 * HOUR - MINUTE)
    told, _ = lived(a_ground(at_night), evening)
    assert [(one.stage.value, one.suspected_ms - MONDAY) for one in told] == [("confirmed", 22 * HOUR)]
    morning = drive(*([0] * 20), start=MONDAY + 6 * HOUR - MINUTE)
    told, _ = lived(a_ground(at_night), morning)
    assert [one.stage.value for one in told] == ["suspected", "confirmed", "ended"]
    assert (told[2].ended_ms, told[2].detail["why"]) == (MONDAY + 6 * HOUR, "hours")


def test_holidays_are_days_of_the_city():
    only, never = a_rule(holidays="only"), a_rule(holidays="never")
    monday = [date(2026, 1, 5)]
    assert len(lived(a_ground(only, holidays=monday), drive(*IN_AND_OUT))[0]) == 3
    assert lived(a_ground(never, holidays=monday), drive(*IN_AND_OUT))[0] == []
    assert lived(a_ground(only), drive(*IN_AND_OUT))[0] == []
    assert len(lived(a_ground(never), drive(*IN_AND_OUT))[0]) == 3
    told, _ = lived(a_ground(only, holidays=monday), drive(*([0] * 20), start=MONDAY + DAY - MINUTE))
    assert told[-1].ended_ms == MONDAY + DAY


def test_an_occasion_limits_a_rule_to_its_spans():
    rule = a_rule(occasion="congress")
    here = OccasionRow("congress", ((NOON + 40_000, NOON + DAY),))
    told, _ = lived(a_ground(rule, occasions=[here]), drive(*IN_AND_OUT))
    assert said(told) == [("confirmed", 40), ("ended", 80)]
    assert lived(a_ground(rule), drive(*IN_AND_OUT))[0] == []


def test_the_version_of_the_fix_s_own_time_judges():
    old = a_rule(valid_to_ms=NOON + 25_000)
    new = a_rule(id=2, version=2, valid_from_ms=NOON + 25_000, severity="critical")
    told, _ = lived(a_ground(old, new), drive(*IN_AND_OUT))
    assert [(one.stage.value, one.rule.version) for one in told] == [("suspected", 1), ("confirmed", 1), ("ended", 1)]
    narrower = a_rule(id=2, version=2, valid_from_ms=NOON + 35_000, kinds=("bus",))
    told, _ = lived(a_ground(a_rule(valid_to_ms=NOON + 35_000), narrower), drive(*IN_AND_OUT))
    assert said(told) == [("suspected", 10), ("confirmed", 30), ("ended", 35)]
    assert told[2].detail["why"] == "rule"
