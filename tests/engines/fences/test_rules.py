"""Rules over who is where and how they move: each breach told once, however the stream is cut."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.engines.fences.calendars import ALWAYS, CITY_EAST_MS, FAR, Calendar
from gridloop.engines.fences.fixes import fixes_of
from gridloop.engines.fences.index import index_of
from gridloop.engines.fences.motion import NO_MEETINGS, NO_RUNS, close_pairs, gathering, seconds_to_border, speeding
from gridloop.engines.fences.shapes import Area, Circle
from gridloop.engines.fences.stages import Kind
from gridloop.engines.fences.state import no_state
from gridloop.engines.fences.stays import dwell, entered, no_go, outside, silent, stays
from gridloop.engines.fences.watch import advance

LON, LAT = 118.1, 24.5
EAST_M, NORTH_M = 101_275.0, 110_770.0
HOUR = 3_600_000
MONDAY = 1_767_542_400_000  # Monday, 5 January 2026, 00:00 in Xiamen
HERE = np.array([0])


def at(east_m, north_m=0.0):
    return np.column_stack(np.broadcast_arrays(LON + np.asarray(east_m) / EAST_M, LAT + np.asarray(north_m) / NORTH_M))


def visits(seed, vehicles=8, steps=60):
    """Vehicles that come and go at one circle of 200 m, a fix a minute, in order of time."""
    chance = np.random.default_rng(seed)
    away = np.repeat(chance.integers(0, 2, (steps // 5, vehicles)), 5, axis=0) * 400.0
    away += chance.normal(0, 8, away.shape) + (chance.random(away.shape) < 0.03) * 300
    time = MONDAY + np.repeat(np.arange(steps) * 60_000, vehicles)
    return fixes_of(np.tile(np.arange(vehicles), steps), time, at(away.ravel()))


def lived(fixes, window, rule):
    """All breaches of a rule over stays, living through the fixes so many at a time."""
    index, state, found = index_of({0: Circle(LON, LAT, 200.0)}), no_state(8), []
    for start in range(0, len(fixes), window):
        outcome = advance(index, state, fixes.of(slice(start, start + window)))
        found += zip(*(c.tolist() for c in rule(stays(state, outcome.events, outcome.state))), strict=True)
        state = outcome.state
    return sorted(found)


def breaches(found):
    return list(zip(*(column.tolist() for column in found), strict=True))


EVERYONE = np.ones(8, bool)
BANS = [
    ALWAYS,
    Calendar(weekly=[(10 * 60_000, 20 * 60_000), (30 * 60_000, 45 * 60_000)]),
    Calendar(once=[(MONDAY + 15 * 60_000, MONDAY + 16 * 60_000)]),
]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), window=st.integers(1, 100), ban=st.sampled_from(BANS))
def test_no_go_says_the_same_however_the_stream_is_cut(seed, window, ban):
    fixes = visits(seed)
    whole = lived(fixes, len(fixes), lambda stood: no_go(stood, HERE, EVERYONE, ban))
    assert lived(fixes, window, lambda stood: no_go(stood, HERE, EVERYONE, ban)) == whole


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), window=st.integers(1, 100), minutes=st.integers(0, 12))
def test_dwell_says_the_same_however_the_stream_is_cut(seed, window, minutes):
    fixes = visits(seed)
    whole = lived(fixes, len(fixes), lambda stood: dwell(stood, HERE, EVERYONE, minutes * 60_000))
    assert lived(fixes, window, lambda stood: dwell(stood, HERE, EVERYONE, minutes * 60_000)) == whole


def standing(minutes, start=MONDAY):
    """One vehicle that stands inside from the start on."""
    return fixes_of(np.zeros(minutes), start + 60_000 * np.arange(minutes), at(np.zeros(minutes)))


def test_a_vehicle_that_is_inside_when_the_ban_begins_breaks_it_then_and_each_time():
    ban = Calendar(weekly=[(10 * 60_000, 20 * 60_000), (30 * 60_000, 45 * 60_000)])
    found = lived(standing(50), 50, lambda stood: no_go(stood, HERE, EVERYONE, ban))
    assert found == [(0, 0, MONDAY + 10 * 60_000), (0, 0, MONDAY + 30 * 60_000)]


def test_who_enters_during_the_ban_is_told_when_confirmed():
    assert lived(standing(50), 7, lambda stood: no_go(stood, HERE, EVERYONE)) == [(0, 0, MONDAY + 2 * 60_000)]
    nobody = np.zeros(8, bool)
    assert lived(standing(50), 7, lambda stood: no_go(stood, HERE, nobody)) == []
    assert lived(standing(50), 7, lambda stood: no_go(stood, np.array([4]), EVERYONE)) == []


def test_dwell_counts_from_the_first_fix_inside():
    found = lived(standing(50), 7, lambda stood: dwell(stood, HERE, EVERYONE, 25 * 60_000))
    assert found == [(0, 0, MONDAY + 25 * 60_000)]
    ended = Calendar(once=[(0, MONDAY + 20 * 60_000)])
    assert lived(standing(50), 7, lambda stood: dwell(stood, HERE, EVERYONE, 25 * 60_000, ended)) == []


def test_leaving_an_area_to_stay_within_is_an_event_of_its_kind():
    index = index_of({0: Circle(LON, LAT, 200.0)})
    fixes = fixes_of(np.zeros(6), MONDAY + 60_000 * np.arange(6), at([0, 0, 0, 400, 400, 400]))
    outcome = advance(index, no_state(8), fixes)
    left = entered(outcome.events, Kind.CONFIRMED_OUT, HERE, EVERYONE)
    assert left["time"].tolist() == [MONDAY + 5 * 60_000]
    assert not len(entered(outcome.events, Kind.CONFIRMED_OUT, HERE, EVERYONE, Calendar(once=[(0, MONDAY)])))
    assert outside(outcome.state, HERE, EVERYONE).tolist() == [0]
    home = advance(index, no_state(8), standing(3)).state
    assert outside(home, HERE, EVERYONE).tolist() == []


def test_silence_in_a_protected_area_is_told_once():
    state = advance(index_of({0: Circle(LON, LAT, 200.0)}), no_state(8), standing(3)).state
    heard = MONDAY + 2 * 60_000
    early = silent(state, HERE, EVERYONE, 300_000, last_asked=heard, now=heard + 200_000)
    due = silent(state, HERE, EVERYONE, 300_000, last_asked=heard + 200_000, now=heard + 400_000)
    later = silent(state, HERE, EVERYONE, 300_000, last_asked=heard + 400_000, now=heard + 900_000)
    assert (breaches(early), breaches(due), breaches(later)) == ([], [(0, 0, heard + 300_000)], [])


def test_a_calendar_knows_weeks_of_the_city_and_single_spans():
    nights = Calendar(weekly=[(22 * HOUR, 30 * HOUR)], once=[(MONDAY + 100 * HOUR, MONDAY + 101 * HOUR)])
    asked = MONDAY + HOUR * np.array([21, 22, 29, 30, 99, 100, 101, 168 + 23])
    assert nights.in_force(asked).tolist() == [False, True, True, False, False, True, False, True]
    first = (nights.first_in_force(asked) - MONDAY) / HOUR
    assert first.tolist() == [22, 22, 29, 100, 100, 100, 168 + 22, 168 + 23]
    over_sunday = Calendar(weekly=[(167 * HOUR, 169 * HOUR)])
    assert over_sunday.in_force(MONDAY + HOUR * np.array([0, 1, 167])).tolist() == [True, False, True]
    assert ALWAYS.next_start(asked[:1]).tolist() == [FAR]
    assert CITY_EAST_MS == 8 * HOUR


def racing(speeds, window):
    """Breaches of 40 km/h in a circle for three fixes running, of one vehicle that stands inside but for its speeds."""
    index, runs, found = index_of({9: Circle(LON, LAT, 200.0)}), NO_RUNS, []
    fixes = fixes_of(np.zeros(len(speeds)), 1_000 * np.arange(len(speeds)), at(np.zeros(len(speeds))))
    for start in range(0, len(speeds), window):
        part = slice(start, start + window)
        told, runs = speeding(index, fixes.of(part), np.array(speeds[part]), np.array([40.0]), runs, fixes_min=3)
        found += breaches(told)
    return found


@pytest.mark.parametrize("window", [1, 2, 3, 100])
def test_speed_is_told_once_a_run_however_it_is_cut(window):
    speeds = [50, 50, 30, 50, 50, 50, 50, 50, 39, 60, 60, 60]
    assert racing(speeds, window) == [(0, 9, 5_000), (0, 9, 11_000)]


def test_speed_outside_the_fence_ends_the_run():
    index = index_of({9: Circle(LON, LAT, 200.0)})
    fixes = fixes_of(np.zeros(5), 1_000 * np.arange(5), at([0, 0, 900, 0, 0]))
    told, runs = speeding(index, fixes, np.full(5, 80.0), np.array([40.0]), NO_RUNS, fixes_min=3)
    assert breaches(told) == []
    assert runs.running.tolist() == [2]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(0, 60), within_m=st.floats(1, 300))
def test_close_pairs_are_all_close_pairs(seed, count, within_m):
    points_m = np.random.default_rng(seed).normal(0, 300, (count, 2))
    apart_m = np.hypot(*np.moveaxis(points_m[:, None] - points_m[None], -1, 0))
    low, high = np.nonzero(np.triu(apart_m <= within_m, 1))
    found = close_pairs(points_m, within_m)
    assert (found[0].tolist(), found[1].tolist()) == (low.tolist(), high.tolist())


def test_two_marked_vehicles_that_stay_together_are_told_once():
    points_m = np.array([[0.0, 0.0], [40.0, 0.0], [20.0, 0.0], [45.0, 0.0]])
    marked, meetings, found = np.array([True, True, False, True]), NO_MEETINGS, []
    for second in range(0, 100, 10):
        time = np.full(4, second * 1_000)
        time[3] = -200_000
        due, meetings = gathering(
            points_m, time, marked, meetings, within_m=50.0, lasting_ms=60_000, now=second * 1_000, fresh_ms=60_000
        )
        found += [(second, *pair) for pair in zip(due.one.tolist(), due.other.tolist(), strict=True)]
    assert found == [(60, 0, 1)]


def test_seconds_to_a_border_ahead():
    index = index_of({1: Area(shapely.box(*at(1_000, -100)[0], *at(2_000, 100)[0])), 2: Circle(LON, LAT, 100.0)})
    row, column, seconds = seconds_to_border(
        index, at([0, 0, 0, 0]), np.array([36.0, 36.0, 0.0, 20.0]), np.array([90.0, 270.0, 90.0, 90.0]), horizon_s=120
    )
    assert (row.tolist(), column.tolist()) == ([0], [0])
    assert seconds == pytest.approx([100.0], rel=1e-3)
