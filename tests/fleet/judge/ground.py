"""A small ground for the judge's tests: a circle of 200 m, trucks that drive along a line east of its middle, rules and permits with short words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from gridloop.engines.fences.shapes import Circle
from gridloop.fleet import intake
from gridloop.fleet.judge.held import begin
from gridloop.fleet.judge.masters import FenceRow, PermitRow, RuleRow, VehicleRow, masters_of
from gridloop.fleet.judge.window import judge

LON, LAT = 118.1, 24.5
EAST_M, NORTH_M = 101_275.0, 110_770.0
MONDAY = 1_767_542_400_000  # Monday, 5 January 2026, 00:00 in Xiamen
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOON = MONDAY + 12 * HOUR
NEW_YEAR = date(2026, 1, 1)

TRUCK, CAR = 71, 72  # ids in the register
OLD_TOWN = FenceRow(5, "old-town", 1, Circle(LON, LAT, 200.0))
PORT = FenceRow(6, "port", 1, Circle(LON + 5_000 / EAST_M, LAT, 200.0))
A_TRUCK = VehicleRow(TRUCK, "闽D0001", "hazmat", firm="吉安物流", lists=("key",))
A_CAR = VehicleRow(CAR, "闽D0002", "taxi", firm="出租一公司")


def a_rule(kind="no_go", code="R1", **said):
    return replace(RuleRow(1, code, 1, kind, fences=("old-town",), kinds=("hazmat",)), **said)


def a_permit(**said):
    whole = PermitRow("P1", "hazmat_zone", TRUCK, ("old-town",), (), MONDAY, MONDAY + DAY)
    return replace(whole, **said)


def a_ground(*rules, vehicles=(A_TRUCK, A_CAR), fences=(OLD_TOWN, PORT), permits=(), version=1, **more):
    return masters_of(vehicles, fences, rules, permits, version=version, **more)


def drive(*east_m, start=NOON, every_s=10, vehicle=TRUCK, kmh=30.0, north_m=0.0):
    """FIX rows of one vehicle at these places east of the middle."""
    fixes = intake.fixes(len(east_m))
    fixes["vehicle"] = vehicle
    fixes["at"] = start + 1000 * every_s * np.arange(len(east_m))
    fixes["received"] = fixes["at"] + 400
    fixes["lon"] = LON + np.array(east_m, float) / EAST_M
    fixes["lat"] = LAT + north_m / NORTH_M
    fixes["serial"] = np.arange(len(east_m))
    fixes["speed"] = round(kmh * 10)
    return fixes


def together(*parts):
    """Fixes of several in the order of device time."""
    fixes = np.concatenate(parts)
    return fixes[np.argsort(fixes["at"], kind="stable")]


def lived(masters, fixes, held=None, window=1000):
    """All that is told of these fixes, so many at a time, and what is held then."""
    held, told = held or begin(masters), []
    for start in range(0, len(fixes), window):
        part = fixes[start : start + window]
        judged = judge(masters, held, part, now_ms=int(part["at"].max()) + 500)
        told, held = told + judged.told, judged.held
    return told, held


def said(told):
    """(stage, seconds after noon) of each."""
    return [(one.stage.value, (one.at_ms - NOON) / 1000) for one in told]
