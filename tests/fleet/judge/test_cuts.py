"""However the stream is cut, and whether the judge was stopped and started in between: the same is told."""

import io
import zipfile

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from gridloop.fleet import intake
from gridloop.fleet.judge.held import begin
from gridloop.fleet.judge.masters import RouteRow, VehicleRow
from gridloop.fleet.judge.told import order
from gridloop.fleet.judge.window import dump, judge, load
from tests.fleet.judge.ground import (
    EAST_M,
    LAT,
    LON,
    MINUTE,
    NOON,
    NORTH_M,
    OLD_TOWN,
    TRUCK,
    a_ground,
    a_permit,
    a_rule,
    drive,
    lived,
)

FLEET = tuple(
    VehicleRow(100 + 7 * number, f"闽D1{number:03}", "hazmat" if number % 2 else "coach") for number in range(8)
)
HALF_HOUR = 30 * MINUTE
RULES = (
    a_rule(code="A", permit_kinds=("zone",)),
    a_rule("dwell", code="B", kinds=(), params={"limit_s": 90}),
    a_rule("stay_within", code="C", kinds=("coach",)),
    a_rule("speed", code="D", kinds=(), fences=(), params={"limit_kmh": 60}),
    a_rule("gathering", code="E", kinds=(), fences=(), params={"within_m": 60, "for_s": 40}),
    a_rule("off_route", code="F", fences=()),
    a_rule("rest", code="G", kinds=(), fences=(), params={"continuous_h": 0.1, "night_h": None}),
    a_rule("jump", code="H", kinds=(), fences=()),
    a_rule("clone", code="I", kinds=(), fences=()),
    a_rule("silence", code="J", kinds=(), params={"limit_s": 45}),
    a_rule("breach_ahead", code="K", kinds=(), params={"horizon_s": 30}),
    a_rule(code="L", kinds=(), weekly=((1, "12:04", "12:07"), (1, "12:10", "12:11"))),
    a_rule("off_time", code="M", kinds=(), fences=(), params={"must_declare": True}),
)


def a_city():
    permits = [
        a_permit(kind="zone", vehicle=one.id, from_ms=NOON + number * MINUTE, to_ms=NOON + (2 * number + 3) * MINUTE)
        for number, one in enumerate(FLEET)
    ]
    line = np.array([[LON - 0.01, LAT], [LON + 0.01, LAT]])
    routes = [RouteRow("W", FLEET[1].id, line, 200.0, NOON, NOON + 8 * MINUTE)]
    return a_ground(*RULES, vehicles=FLEET, fences=(OLD_TOWN,), permits=permits, routes=routes)


CITY = a_city()


def traffic(seed, steps=70):
    """Vehicles that come and go round one circle, with noise, outliers, jumps, pauses and speeds; in the order of device time."""
    chance = np.random.default_rng(seed)
    count = len(FLEET)
    goal = np.repeat(chance.uniform(-450, 450, (steps // 10 + 1, count, 2)), 10, axis=0)[:steps]
    place = goal + np.cumsum(chance.normal(0, 5, (steps, count, 2)), axis=0)
    place[chance.random((steps, count)) < 0.03] += 9_000
    fixes = intake.fixes(steps * count)
    fixes["vehicle"] = np.tile([one.id for one in FLEET], steps)
    fixes["at"] = NOON + np.repeat(np.arange(steps) * 10_000, count) + np.tile(chance.integers(0, 9_000, count), steps)
    fixes["lon"] = LON + place[..., 0].ravel() / EAST_M
    fixes["lat"] = LAT + place[..., 1].ravel() / NORTH_M
    fixes["speed"] = np.repeat(chance.integers(0, 900, (steps // 5, count)), 5, axis=0).ravel()
    fixes["heading"] = chance.integers(0, 360, len(fixes))
    fixes["serial"] = np.arange(len(fixes))
    fixes = fixes[chance.random(len(fixes)) < np.where(fixes["at"] % 200_000 < 120_000, 0.97, 0.7)]
    return fixes[np.argsort(fixes["at"], kind="stable")]


def cut(fixes, window, stopped_at):
    """All that is told window by window, the judge put away and taken up again once."""
    held, told = begin(CITY), []
    for start in range(0, len(fixes), window):
        if start <= stopped_at < start + window:
            held = load(dump(held, CITY), CITY)
        part = fixes[start : start + window]
        judged = judge(CITY, held, part, now_ms=NOON + HALF_HOUR)
        told, held = told + judged.told, judged.held
    return sorted(told, key=order)


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(seed=st.integers(0, 10**6), window=st.integers(4, 300), stopped=st.integers(0, 500))
def test_the_same_is_told_however_the_stream_is_cut(seed, window, stopped):
    fixes = traffic(seed)
    whole = cut(fixes, len(fixes), -1)
    assert cut(fixes, window, stopped) == whole
    assert len({one.rule.code for one in whole}) >= 8


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_stages_of_a_warning_come_in_their_order(seed):
    stages = {}
    for one in cut(traffic(seed), 50, -1):
        stages.setdefault(one.key, []).append(one.stage.value)
        assert one.suspected_ms <= one.at_ms or one.stage.value == "ended"
    allowed = {("suspected",), ("confirmed",), ("suspected", "confirmed"), ("suspected", "withdrawn")}
    allowed |= {(*one, "ended") for one in (("confirmed",), ("suspected", "confirmed"))}
    assert {tuple(one) for one in stages.values()} <= allowed


def test_the_old_state_stays_as_it_was_and_says_the_same_again():
    fixes = traffic(5)
    _, held = lived(CITY, fixes[:250])
    before = dump(held, CITY)
    once = judge(CITY, held, fixes[250:], now_ms=NOON + HALF_HOUR)
    again = judge(CITY, held, fixes[250:], now_ms=NOON + HALF_HOUR)
    assert once.told == again.told
    assert dump(held, CITY) == before


def test_what_another_format_wrote_is_refused_with_a_sentence():
    _, held = lived(CITY, traffic(5)[:50])
    kept = dump(held, CITY)
    newer = io.BytesIO()
    with zipfile.ZipFile(newer, "w") as archive:
        archive.writestr("header.json", '{"format": 2}')
    with pytest.raises(ValueError, match="format 2, this version reads 1; judge the stored tail"):
        load(newer.getvalue(), CITY)
    for broken in (b"", b"what", kept[: len(kept) // 2]):
        with pytest.raises(ValueError, match="nothing that a judge has held"):
            load(broken, CITY)


def test_what_was_held_is_taken_up_under_other_rows_and_without_what_is_gone():
    masters = a_ground(a_rule(), a_rule(code="R2"))
    _, held = lived(masters, drive(0, 0))
    kept = dump(held, masters)
    others = a_ground(a_rule(), vehicles=(VehicleRow(1, "闽D0000", "bus"), *FLEET, *masters.whom.vehicles))
    told, _ = lived(others, drive(0, start=NOON + 20_000), load(kept, others))
    assert [(one.rule.code, one.vehicle, one.stage.value) for one in told] == [("R1", TRUCK, "confirmed")]
    assert [one["serial"] for one in told[0].positions] == [0, 1, 0]
