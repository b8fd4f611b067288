"""Rest times: continuous driving by day and by night, the day, the week, coaches that stand at night, drivers that change."""

from dataclasses import replace

import numpy as np

from gridloop.fleet.judge.held import begin
from gridloop.fleet.judge.masters import VehicleRow
from gridloop.fleet.judge.window import judge
from tests.fleet.judge.ground import DAY, HOUR, LON, MINUTE, MONDAY, a_ground, a_permit, a_rule, drive, lived, together

COACH, BUS = 81, 82
VEHICLES = (VehicleRow(COACH, "闽D8881", "coach"), VehicleRow(BUS, "闽D8882", "bus"))
REST = a_rule("rest", fences=(), kinds=("coach",))
MORNING = MONDAY + 6 * HOUR


def driving(minutes, start=MORNING, kmh=50.0, vehicle=COACH, every=1):
    """A fix every minute, there and back along a street."""
    return drive(
        *(100.0 * (np.arange(0, minutes, every) % 2)), start=start, every_s=60 * every, vehicle=vehicle, kmh=kmh
    )


def standing(minutes, start, **said):
    return driving(minutes, start, kmh=0.0, **said)


def clauses(told):
    return [(one.stage.value, one.detail["clause"], round((one.at_ms - MONDAY) / HOUR, 2)) for one in told]


def coaches(*rules, **said):
    return a_ground(*rules, vehicles=VEHICLES, **said)


def test_more_than_four_hours_without_a_rest_are_told_and_ended_by_twenty_minutes():
    way = together(driving(300), standing(40, MORNING + 300 * MINUTE))
    told, _ = lived(coaches(REST), way)
    assert clauses(told) == [("confirmed", "continuous", 10.02), ("ended", "continuous", 11.32)]
    assert told[0].detail["driven_s"] == 4 * 3600 + 60
    assert told[0].key == f"R1|continuous|{COACH}|{told[0].suspected_ms}"
    assert told[1].ended_ms == MORNING + 299 * MINUTE
    assert lived(coaches(REST), driving(300, vehicle=BUS))[0] == []


def test_twenty_minutes_of_rest_begin_the_count_anew_and_fifteen_do_not():
    def way(rest):
        later = MORNING + (180 + rest) * MINUTE
        return together(driving(180), standing(rest, MORNING + 180 * MINUTE), driving(100, later))

    assert lived(coaches(REST), way(22))[0] == []
    assert [one[1] for one in clauses(lived(coaches(REST), way(15))[0])] == ["continuous"]


def test_at_night_two_hours_are_the_limit():
    told, _ = lived(coaches(REST), driving(150, MONDAY + 21 * HOUR))
    assert lived(coaches(REST), driving(170, MONDAY + 21 * HOUR))[0] == []
    assert told == []
    told, _ = lived(coaches(REST), driving(200, MONDAY + 21 * HOUR))
    assert clauses(told) == [("confirmed", "night_continuous", 24.02)]


def test_eight_hours_in_a_day():
    spans = [(0, 200), (230, 430), (460, 600)]
    way = together(
        *(driving(end - start, MORNING + start * MINUTE) for start, end in spans),
        *(standing(30, MORNING + start * MINUTE) for start in (200, 430)),
    )
    told, _ = lived(coaches(REST), way)
    assert [one[:2] for one in clauses(told)] == [("confirmed", "day_total")]
    assert told[0].detail["driven_s"] == 8 * 3600 + 60
    assert lived(coaches(replace(REST, params={"day_h": 9})), way)[0] == []
    assert lived(coaches(replace(REST, params={"day_h": None})), way)[0] == []


def test_forty_four_hours_in_a_week():
    rule = replace(REST, params={"clauses": ["week_total"]})
    days = [driving(480, MONDAY + day * DAY + 6 * HOUR, every=2) for day in range(6)]
    told, _ = lived(coaches(rule), together(*days))
    assert [one[:2] for one in clauses(told)] == [("confirmed", "week_total")]
    assert (told[0].at_ms - MONDAY) // DAY == 5
    apart = [driving(480, MONDAY + day * DAY + 6 * HOUR, every=2) for day in (0, 1, 2, 3, 8, 9)]
    assert lived(coaches(rule), together(*apart))[0] == []


def test_a_long_distance_coach_stands_between_two_and_five():
    rule = replace(REST, params={"clauses": ["night_stop"]})
    told, _ = lived(coaches(rule), driving(20, MONDAY + 2 * HOUR - 10 * MINUTE))
    assert [one[:2] for one in clauses(told)] == [("suspected", "night_stop"), ("confirmed", "night_stop")]
    assert told[0].suspected_ms == MONDAY + 2 * HOUR
    assert lived(coaches(rule), driving(20, MONDAY + 5 * HOUR))[0] == []


def test_a_permit_lifts_rest_rules_too():
    rule = replace(REST, permit_kinds=("relay",))
    relay = a_permit(kind="relay", vehicle=COACH, fences=(), to_ms=MONDAY + DAY)
    assert lived(coaches(rule, permits=[relay]), driving(300))[0] == []
    ends = replace(relay, to_ms=MONDAY + 10 * HOUR + 30 * MINUTE)
    told, _ = lived(coaches(rule, permits=[ends]), driving(300))
    assert clauses(told) == [("confirmed", "continuous", 10.5)]
    assert told[0].permit["why"] == "expired"


def test_another_driver_begins_anew():
    masters, way = coaches(REST), driving(300)
    first = judge(masters, begin(masters), way[:200], now_ms=int(way["at"][199]), drivers={COACH: 4001})
    second = judge(masters, first.held, way[200:], now_ms=int(way["at"][-1]), drivers={COACH: 4002, BUS: 5})
    assert first.told + second.told == []
    same = judge(masters, first.held, way[200:], now_ms=int(way["at"][-1]), drivers={COACH: 4001})
    assert [one.stage.value for one in same.told] == ["confirmed"]


def test_a_long_way_between_two_fixes_was_driven_and_a_short_one_was_not():
    fixes = driving(310, kmh=0.0)
    fixes["lon"] = LON + np.arange(310) * 0.005
    assert [one[1] for one in clauses(lived(coaches(REST), fixes)[0])] == ["continuous"]
    assert lived(coaches(REST), driving(310, kmh=0.0))[0] == []
