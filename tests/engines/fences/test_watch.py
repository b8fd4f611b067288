"""Windows of fixes against fences: the same as fix after fix by hand, however the stream is cut."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.engines.fences.fixes import Mark, fixes_of
from gridloop.engines.fences.index import border_distance_m, changed, index_of
from gridloop.engines.fences.past import asked_of_past, replayed
from gridloop.engines.fences.shapes import Area, Circle
from gridloop.engines.fences.stages import CONFIRM_FIXES, EXIT_MARGIN_M, TABLE, Kind, Seen, Stage, diagram
from gridloop.engines.fences.state import NO_FIX, expired, no_state, widened
from gridloop.engines.fences.watch import advance

LON, LAT = 118.1, 24.5
EAST_M, NORTH_M = 101_275.0, 110_770.0


def at(east_m, north_m=0.0):
    """Degrees of a place so many metres from the middle."""
    return np.column_stack(np.broadcast_arrays(LON + np.asarray(east_m) / EAST_M, LAT + np.asarray(north_m) / NORTH_M))


def drive(*east_m, every_s=10, vehicle=0, start_s=1_000):
    """Fixes of one vehicle at these places, east of the middle."""
    return fixes_of(
        np.full(len(east_m), vehicle), (start_s + every_s * np.arange(len(east_m))) * 1000, at(np.array(east_m))
    )


def circle(radius_m=200.0):
    return index_of({5: Circle(LON, LAT, radius_m)})


def told(events):
    return [(Kind(event["kind"]).name, int(event["deciding"][-1])) for event in events]


def scattered(seed, vehicles=12, steps=25):
    """Vehicles that wander about some fences, some of them still, with outliers, zero coordinates and repeats; in order of time."""
    chance = np.random.default_rng(seed)
    fences = {
        number: Area(shapely.box(*(at(*corner)[0]), *(at(*(corner + chance.uniform(50, 500, 2)))[0])))
        for number, corner in enumerate(chance.uniform(-800, 600, (15, 2)))
    }
    pace = chance.choice([0.0, 20.0, 120.0], vehicles)
    walk = chance.uniform(-600, 600, (1, vehicles, 2)) + np.cumsum(
        chance.normal(0, 1, (steps, vehicles, 2)) * pace[:, None], axis=0
    )
    walk += chance.normal(0, 8, walk.shape)
    walk[chance.random(walk.shape[:2]) < 0.03] += 2_000
    lonlat = at(walk[..., 0].ravel(), walk[..., 1].ravel())
    lonlat[chance.random(len(lonlat)) < 0.02] = 0.0
    time = np.repeat(np.arange(steps) * 10_000, vehicles) + np.tile(chance.integers(0, 9_000, vehicles), steps)
    time[chance.random(len(time)) < 0.02] //= 10_000
    order = np.argsort(time, kind="stable")
    return index_of(fences), fixes_of(np.tile(np.arange(vehicles), steps)[order], time[order], lonlat[order])


def by_hand(index, fixes, marks):
    """The table walked in plain loops over every fix and every fence, asked by distance alone."""
    found, held, fences = [], {}, len(index.ids)
    rows = np.lexsort((fixes.time, fixes.vehicle))
    rows = rows[marks[rows] == 0]
    points = np.repeat(fixes.lonlat[rows], fences, axis=0)
    away = border_distance_m(index, points, np.tile(np.arange(fences), len(rows))).reshape(-1, fences)
    for row, away_m in zip(rows, away, strict=True):
        for fence, distance_m in zip(index.ids.tolist(), away_m.tolist(), strict=True):
            seen = Seen.IN if distance_m <= 0 else Seen.NEAR if distance_m <= EXIT_MARGIN_M else Seen.OUT
            key = (int(fixes.vehicle[row]), fence)
            held[key], kind = TABLE[held.get(key, Stage.OUTSIDE), seen]
            if kind:
                found.append((int(fixes.time[row]), *key, int(kind), int(fixes.name[row])))
    return sorted(found), {key: stage for key, stage in held.items() if stage}


def plain(events):
    return [
        (int(e["time"]), int(e["vehicle"]), int(e["fence"]), int(e["kind"]), int(e["deciding"][-1])) for e in events
    ]


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_window_says_what_plain_loops_say(seed):
    index, fixes = scattered(seed)
    outcome = advance(index, no_state(12), fixes)
    events, held = by_hand(index, fixes, outcome.marks)
    pairs = outcome.state.live.pairs
    assert plain(outcome.events) == events
    assert {(int(p["key"]) >> 32, int(p["key"]) & 0xFFFFFFFF): p["stage"] for p in pairs} == held
    assert len(events) > 0


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), window=st.integers(1, 200))
def test_it_does_not_matter_how_the_stream_is_cut(seed, window):
    index, fixes = scattered(seed)
    whole = advance(index, no_state(12), fixes)
    events, state = replayed(index, no_state(12), fixes, window)
    order = np.lexsort((events["fence"], events["vehicle"], events["time"]))
    assert np.array_equal(events[order], whole.events)
    assert np.array_equal(state.live.pairs, whole.state.live.pairs)
    assert np.array_equal(state.live.last.lonlat, whole.state.live.last.lonlat)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), window=st.integers(1, 200))
def test_what_is_known_of_squares_changes_no_event(seed, window):
    index, fixes = scattered(seed)
    quick = slow = no_state(12)
    for start in range(0, len(fixes), window):
        part = fixes.of(slice(start, start + window))
        one, other = advance(index, quick, part), advance(index, slow, part, plainly=True)
        assert np.array_equal(one.events, other.events)
        assert np.array_equal(one.marks, other.marks)
        assert np.array_equal(one.state.live.pairs, other.state.live.pairs)
        assert one.asked <= other.asked
        quick, slow = one.state, other.state


def test_the_given_state_stays_as_it_was():
    index, fixes = scattered(3)
    before = advance(index, no_state(12), fixes.of(slice(0, 200))).state
    pairs, settled, time = before.live.pairs.copy(), before.live.settled.copy(), before.live.last.time.copy()
    once = advance(index, before, fixes.of(slice(200, None)))
    again = advance(index, before, fixes.of(slice(200, None)))
    assert np.array_equal(before.live.pairs, pairs)
    assert np.array_equal(before.live.settled, settled)
    assert np.array_equal(before.live.last.time, time)
    assert np.array_equal(once.events, again.events)


def test_entering_is_suspected_at_once_and_confirmed_with_the_third_fix():
    events = advance(circle(), no_state(1), drive(300, 100, 90, 80, 70)).events
    assert told(events) == [("SUSPECTED_IN", 1), ("CONFIRMED_IN", 3)]
    assert events["deciding"].tolist() == [[NO_FIX, NO_FIX, 1], [1, 2, 3]]
    assert events["since"].tolist() == [1_010_000, 1_010_000]


def test_a_suspicion_that_does_not_last_is_withdrawn():
    events = advance(circle(), no_state(1), drive(300, 100, 90, 210, 100)).events
    assert told(events) == [("SUSPECTED_IN", 1), ("WITHDRAWN", 3), ("SUSPECTED_IN", 4)]


def test_just_outside_is_not_out_until_the_margin_is_passed():
    inside = [0.0] * CONFIRM_FIXES
    events = advance(circle(), no_state(1), drive(*inside, 225, 229, 221, 226, 240, 235, 0, 240, 250, 260)).events
    assert told(events)[2:] == [("SUSPECTED_OUT", 7), ("WITHDRAWN", 9), ("SUSPECTED_OUT", 10), ("CONFIRMED_OUT", 12)]
    assert events["left"][-1] == 1_100_000


def test_fixes_are_judged_in_the_order_of_the_device():
    fixes = drive(300, 100, 90, 80)
    turned = fixes.of(np.array([3, 1, 0, 2]))
    assert told(advance(circle(), no_state(1), turned).events) == [("SUSPECTED_IN", 1), ("CONFIRMED_IN", 3)]


def test_late_fixes_are_judged_apart_and_move_nothing_back():
    index = circle()
    now = advance(index, no_state(1), drive(400, 400, start_s=5_000)).state
    outcome = advance(index, now, drive(100, 90, 80, 70, start_s=1_000))
    assert told(outcome.events) == [("SUSPECTED_IN", 0), ("CONFIRMED_IN", 2)]
    assert outcome.events["late"].all()
    assert (outcome.marks == Mark.LATE).all()
    assert not len(outcome.state.live.pairs)
    assert outcome.state.live.last.time[0] == 5_010_000
    older = advance(index, outcome.state, drive(100, start_s=900))
    assert older.marks.tolist() == [Mark.LATE | Mark.TOO_LATE]
    assert not len(older.events)


def test_a_stretch_of_late_fixes_knows_nothing_of_the_stretch_before():
    index = circle()
    state = advance(index, no_state(1), drive(400, start_s=90_000)).state
    state = advance(index, state, drive(0, 0, 0, start_s=1_000)).state
    outcome = advance(index, state, drive(300, 300, 300, 0, start_s=50_000))
    assert told(outcome.events) == [("SUSPECTED_IN", 3)]


def test_dirty_fixes_are_marked_and_kept_out():
    index = circle()
    lonlat = np.concatenate([at([0.0]), [[0.0, 0.0]], at([0.0, 5_000.0, 0.0]), [[np.nan, 24.5]], at([0.0, 0.0])])
    time = np.array([0, 10, 20, 30, 20, 40, 50, 10**9]) * 1000
    outcome = advance(index, no_state(1), fixes_of(np.zeros(8), time, lonlat), not_after=60_000)
    wanted = [Mark.GOOD, Mark.PLACE, Mark.GOOD, Mark.JUMP, Mark.REPEAT, Mark.PLACE, Mark.GOOD, Mark.TIME]
    assert outcome.marks.tolist() == wanted
    assert told(outcome.events) == [("SUSPECTED_IN", 0), ("CONFIRMED_IN", 6)]


def test_no_moment_is_marked():
    time = np.array(["NaT", "2026-11-22T00:00:00"], "M8[s]")
    outcome = advance(circle(), no_state(1), fixes_of(np.zeros(2), time, at([0.0, 0.0])))
    assert outcome.marks.tolist() == [Mark.TIME, Mark.GOOD]


@pytest.mark.parametrize("window", [1, 2, 10])
def test_a_place_that_three_fixes_agree_on_is_believed(window):
    fixes = drive(0, 0, 0, 90_000, 90_010, 90_020, 90_030, 90_040)
    index, state, marks = circle(), no_state(1), []
    for start in range(0, len(fixes), window):
        outcome = advance(index, state, fixes.of(slice(start, start + window)))
        marks += outcome.marks.tolist()
        state = outcome.state
    assert marks == [0, 0, 0, Mark.JUMP, Mark.JUMP, 0, 0, 0]
    assert not len(state.live.pairs)


def test_an_expiring_fence_emits_its_exits():
    index = circle()
    state = advance(index, no_state(2), drive(0, 0, 0)).state
    state = advance(index, state, drive(0, vehicle=1)).state
    events, state = expired(state, np.array([5]), 2_000_000)
    assert [(e["vehicle"], Kind(e["kind"]).name) for e in events] == [(0, "CONFIRMED_OUT"), (1, "WITHDRAWN")]
    assert not len(state.live.pairs)
    index = changed(index, removed=[5])
    assert not len(advance(index, state, drive(0, 0, 0, start_s=3_000)).events)


def test_a_fence_drawn_round_a_parked_vehicle_sees_it():
    index = circle()
    state = advance(index, no_state(1), drive(1_000, 1_000)).state
    index = changed(index, added={6: Circle(*at(1_000.0)[0].tolist(), 50.0)})
    events = advance(index, state, drive(1_000, 1_000, 1_000, start_s=2_000)).events
    assert told(events) == [("SUSPECTED_IN", 0), ("CONFIRMED_IN", 2)]
    merged = index_of({5: Circle(LON, LAT, 2_000.0)}, flat=index.flat, version=9)
    assert told(advance(merged, state, drive(1_000, start_s=2_000)).events) == [("SUSPECTED_IN", 0)]


def test_a_fence_drawn_now_is_asked_of_the_past():
    index, fixes = scattered(11)
    shapes = dict(zip(index.ids.tolist(), index.shapes, strict=True))
    wide = fixes_of(fixes.vehicle + 7_000, fixes.time, fixes.lonlat)
    told = asked_of_past(shapes, wide)
    lived = advance(index, no_state(12), fixes).events
    lived["vehicle"] += 7_000
    assert len(told) > 0
    assert np.array_equal(told, lived)
    assert not len(asked_of_past({1: Circle(LON + 3, LAT, 100.0)}, wide))


def test_the_state_has_room_for_more_vehicles_when_told():
    state = advance(circle(), no_state(1), drive(0, 0)).state
    with pytest.raises(ValueError, match="rows for vehicles 0 to 0"):
        advance(circle(), state, drive(0, vehicle=2))
    wide = widened(state, 3)
    assert told(advance(circle(), wide, drive(0, vehicle=2)).events) == [("SUSPECTED_IN", 0)]
    assert np.array_equal(wide.live.pairs, state.live.pairs)


def test_an_empty_window_and_an_empty_index_are_no_trouble():
    assert not len(advance(circle(), no_state(1), drive()).events)
    assert not len(advance(index_of({}), no_state(1), drive(0, 1, 2)).events)


def test_the_documented_diagram_is_the_table():
    page = Path(__file__).resolve().parents[3] / "docs/reference/fences.md"
    assert diagram() in page.read_text(encoding="utf-8")


def test_the_table_has_a_step_for_everything_and_the_diagram_shows_them():
    assert set(TABLE) == {(stage, seen) for stage in Stage for seen in Seen}
    assert "SUSPECTED_IN_AGAIN --> IN: in / confirmed_in" in diagram()
