"""Vehicles keep to the streets, and their troubles come by share."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import shapely

from gridloop.fleet.drive.faults import Fault, Trouble
from gridloop.fleet.drive.roads import SPEEDS_KMH, Roads, Spot, Trip
from gridloop.fleet.rules.kinds import VehicleKind

LINES = [
    [(118.10, 24.48), (118.11, 24.48), (118.12, 24.48)],
    [(118.11, 24.4801), (118.11, 24.49)],
    [(118.12, 24.4799), (118.12, 24.47)],
]


def roads() -> Roads:
    starts = np.cumsum([0, *(len(line) for line in LINES)])
    return Roads(np.array([point for line in LINES for point in line]), starts, np.array([0, 1, 2]))


@pytest.mark.parametrize("kind", list(VehicleKind))
def test_a_vehicle_never_leaves_the_streets_nor_hurries(kind):
    streets = shapely.MultiLineString(LINES)
    trip = Trip(roads(), kind, Random(1))
    for _ in range(200):
        spot = trip.advance(10)
        assert streets.distance(shapely.Point(spot.lon, spot.lat)) < 1e-7
        assert 0 <= spot.speed_kmh < 2 * max(SPEEDS_KMH[kind])
        assert 0 <= spot.heading < 360


def test_the_same_seed_drives_the_same_way():
    first, second = (Trip(roads(), VehicleKind.TAXI, Random(7)) for _ in range(2))
    assert [first.advance(5) for _ in range(50)] == [second.advance(5) for _ in range(50)]


def test_a_vehicle_turns_from_street_to_street():
    trip = Trip(roads(), VehicleKind.BUS, Random(3))
    assert {int(trip.roads.line[trip.vertex]) for _ in range(300) if trip.advance(10)} == {0, 1, 2}


def test_there_must_be_a_street():
    with pytest.raises(ValueError, match="no street"):
        Roads(np.zeros((0, 2)), np.zeros(1, np.int64), np.zeros(0, np.int64))


def test_troubles_come_by_their_share_and_each_kind_comes():
    trouble = Trouble(0.1, Random(1))
    seen = [trouble.next() for _ in range(20_000)]
    assert {fault for fault in seen if fault} == set(Fault)
    assert 0.07 < sum(fault is not None for fault in seen) / len(seen) < 0.13
    assert not any(Trouble(0.0, Random(1)).next() for _ in range(100))


def test_each_trouble_shows_in_the_position():
    spot, trouble = Spot(118.1, 24.5, 40, 90), Trouble(0.5, Random(1))
    assert (trouble.seen(spot, Fault.ZERO).lon, trouble.seen(spot, Fault.ZERO).lat) == (0.0, 0.0)
    jump = trouble.seen(spot, Fault.JUMP)
    assert np.hypot(jump.lon - spot.lon, jump.lat - spot.lat) * 111_195 >= 2_999
    quiet = [trouble.seen(spot, None) for _ in range(100)]
    assert max(np.hypot(one.lon - spot.lon, one.lat - spot.lat) * 111_195 for one in quiet) < 20
