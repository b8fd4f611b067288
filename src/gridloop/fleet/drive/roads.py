"""Driving along streets that are given as arrays: a walk from line to line, at the speed of the kind of vehicle."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gridloop.engines.frame import Frame
from gridloop.fleet.rules.kinds import VehicleKind

MEETING_M = 40.0  # lines end at the kerb: two that come this close meet
TURN_SHARE = 0.25  # of the crossings passed
PARK_SHARE = 0.01  # of the vertices passed
PARKED_S = (60.0, 600.0)
SPEED_SPREAD = 0.2
SLOW_KMH = 18.0

SPEEDS_KMH: dict[VehicleKind, tuple[float, float, float]] = {
    VehicleKind.HAZMAT: (50, 40, 20),
    VehicleKind.EXPLOSIVES: (45, 35, 20),
    VehicleKind.COACH: (60, 45, 20),
    VehicleKind.SCHOOL_BUS: (45, 35, 20),
    VehicleKind.BUS: (40, 35, 20),
    VehicleKind.TAXI: (60, 45, 25),
    VehicleKind.RIDE_HAILING: (60, 45, 25),
    VehicleKind.TRUCK: (55, 40, 20),
    VehicleKind.CONSTRUCTION: (50, 40, 20),
    VehicleKind.SANITATION: (20, 15, 10),
    VehicleKind.POLICE: (60, 50, 30),
    VehicleKind.FIRE: (60, 50, 30),
    VehicleKind.AMBULANCE: (65, 55, 30),
    VehicleKind.OTHER: (50, 40, 20),
}
"""Usual speed on main streets, secondary streets and lanes."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a vehicle is: degrees WGS-84, km/h, degrees from north clockwise; parked: its engine is off."""

    lon: float
    lat: float
    speed_kmh: float
    heading: float
    parked: bool = False


class Roads:
    """Streets to drive on: points (m, 2) in degrees, line i is points[starts[i]:starts[i + 1]], rank (k,) main 0, secondary 1, lane 2."""

    def __init__(self, points: NDArray[np.float64], starts: NDArray[np.int64], rank: NDArray[np.int64]) -> None:
        if len(starts) < 2 or not len(points):
            message = "there is no street to drive on"
            raise ValueError(message)
        self.frame = Frame(float(points[:, 0].mean()), float(points[:, 1].mean()))
        self.metres = self.frame.to_metres(np.asarray(points, np.float64))
        self.starts = np.asarray(starts, np.int64)
        self.rank = np.asarray(rank, np.int64)
        self.line = np.repeat(np.arange(len(self.rank)), np.diff(self.starts))
        self._tree = cKDTree(self.metres)
        self._meetings: dict[int, list[int]] = {}

    def meeting(self, vertex: int) -> list[int]:
        """Vertices of other lines that meet this one."""
        found = self._meetings.get(vertex)
        if found is None:
            near = self._tree.query_ball_point(self.metres[vertex], MEETING_M)
            found = self._meetings[vertex] = [other for other in near if self.line[other] != self.line[vertex]]
        return found


class Trip:
    """One vehicle on its way; the same random numbers give the same way."""

    def __init__(self, roads: Roads, kind: VehicleKind, rng: Random) -> None:
        self.roads = roads
        self.rng = rng
        self.speeds = SPEEDS_KMH[kind]
        self.parked_s = 0.0
        self.gone_m = 0.0
        self.vertex = rng.randrange(len(roads.metres))
        self.step = rng.choice((-1, 1))
        self._pace = 1.0
        self._choose()

    def advance(self, seconds: float) -> Spot:
        """Drive on for so long, and say where that ends."""
        left = seconds
        while left > 0:
            if self.parked_s > 0:
                waited = min(left, self.parked_s)
                self.parked_s -= waited
                left -= waited
                continue
            speed = self._speed_kmh() / 3.6
            to_go = self._length_m() - self.gone_m
            if speed * left < to_go:
                self.gone_m += speed * left
                break
            left -= to_go / speed
            self._pass()
        return self.spot()

    def spot(self) -> Spot:
        """Where the vehicle is now."""
        start, stop = self.roads.metres[self.vertex], self.roads.metres[self.vertex + self.step]
        length = self._length_m()
        share = self.gone_m / length if length else 0.0
        lon, lat = self.roads.frame.to_degrees(start + (stop - start) * share)
        heading = float(np.degrees(np.arctan2(stop[0] - start[0], stop[1] - start[1])) % 360)
        parked = self.parked_s > 0
        return Spot(float(lon), float(lat), 0.0 if parked else self._speed_kmh(), heading, parked)

    def _speed_kmh(self) -> float:
        rank = min(int(self.roads.rank[self.roads.line[self.vertex]]), len(self.speeds) - 1)
        return self.speeds[rank] * self._pace

    def _length_m(self) -> float:
        start, stop = self.roads.metres[self.vertex], self.roads.metres[self.vertex + self.step]
        return float(np.hypot(*(stop - start)))

    def _pass(self) -> None:
        """The next vertex is reached: go on, turn, or stop there for a while."""
        self.vertex += self.step
        self.gone_m = 0.0
        others = self.roads.meeting(self.vertex)
        if others and (not self._goes_on() or self.rng.random() < TURN_SHARE):
            self.vertex = self.rng.choice(others)
            self.step = self.rng.choice((-1, 1))
        self._choose()
        if self.rng.random() < PARK_SHARE:
            self.parked_s = self.rng.uniform(*PARKED_S)

    def _choose(self) -> None:
        """A direction that has a next vertex, and a pace for it."""
        if not self._goes_on():
            self.step = -self.step
        if not self._goes_on():  # a line of one point is no street
            self.vertex = int(self.roads.starts[int(np.argmax(np.diff(self.roads.starts)))])
            self.step = 1
        self._pace = max(0.3, self.rng.gauss(1.0, SPEED_SPREAD))

    def _goes_on(self) -> bool:
        after = self.vertex + self.step
        return 0 <= after < len(self.roads.line) and self.roads.line[after] == self.roads.line[self.vertex]
