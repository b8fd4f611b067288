"""Two trucks that go side by side and nine others, each on its way in and out of the square, and what a single process makes of it."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.fleet.gateway.conftest import CODE, Running, Town
from tests.fleet.gateway.terminal import Terminal, frame, position
from tests.fleet.gateway.test_kill import Truck

PHONES = [f"1390001{number:04d}" for number in range(11)]
CONVOY = PHONES[:2]
"""Hazardous goods, which go side by side; what a rule on two vehicles says depends on who reports first, so they report by turns."""
IN, OUT = (118.1195, 24.51), (118.1205, 24.51)
ROUND = [OUT] * 3 + [IN] * 6 + [OUT] * 6
ROUNDS = 2
EVERY_S = 6
AHEAD_S = 100
"""Device clocks run ahead of ours, within what is allowed: nothing that is told hangs on how much time passed on this machine."""
WHOLE = len(ROUND) * ROUNDS * len(PHONES)
FINISH_S_MAX = 120.0
WARNINGS_SQL = """
select key, rule_code, fence_code, vehicle_id, other_vehicle_id, stage, suspected_at, confirmed_at, ended_at, late, lon, lat, positions
from fleet_warning order by key
"""
POSITIONS_SQL = (
    "select vehicle_id, at, serial, lon_e7, lat_e7, speed, marks, extras from fleet_position order by 1, 2, 3"
)


def way(number: int, phone: str, begin: dt.datetime) -> list[tuple[int, bytes]]:
    """Where one vehicle goes: in and out of the square, too fast in the second round."""
    return [
        (
            place + 1,
            frame(
                phone,
                0x0200,
                place + 1,
                position(
                    begin + dt.timedelta(seconds=EVERY_S * place + number % 3),
                    lon + number * 0.00001,
                    lat,
                    speed=900 if place // len(ROUND) == 1 else 300,
                    extras=((0x01, place),),
                ),
            ),
        )
        for place, (lon, lat) in enumerate(ROUND * ROUNDS)
    ]


class Convoy(threading.Thread):
    """Vehicles that report by turns: the next one when the one before is acknowledged."""

    def __init__(self, port: int, ways: dict[str, list[tuple[int, bytes]]]) -> None:
        super().__init__(daemon=True)
        self.port, self.ways = port, ways
        self.acked = 0
        self._lines: dict[str, Terminal] = {}

    def run(self) -> None:
        for turn in zip(*self.ways.values(), strict=True):
            for phone, (serial, sent) in zip(self.ways, turn, strict=True):
                while not self._told(phone, serial, sent):
                    time.sleep(0.1)
                self.acked += 1

    def _told(self, phone: str, serial: int, sent: bytes) -> bool:
        """Whether it was acknowledged; on a line of its own, a new one where the last one was lost."""
        try:
            if phone not in self._lines:
                self._lines[phone] = Terminal(self.port, phone)
                assert self._lines[phone].sign_in(CODE) == 0
            self._lines[phone].say_raw(sent)
            return self._lines[phone].hear(0x8001, acked_serial=serial, acked_id=0x0200).body["result"] == 0
        except (OSError, AssertionError):
            self._lines.pop(phone, None)
            return False


def masters(town: Town) -> None:
    """The same vehicles and rules with the same ids each time."""
    town.empty()
    town.a_no_go()
    for code, kind, kinds, params in (
        ("fast", "speed", [], '{"limit_kmh": 60}'),
        ("meet", "gathering", ["hazmat"], '{"within_m": 100, "for_s": 20}'),
    ):
        town.do(
            "insert into fleet_rule (code, kind, name_zh, fences, kinds, params, weekly, valid_from)"
            " values (%s, %s, %s, %s, %s, %s, '[]', now() - interval '1 day')",
            code, kind, code, ["square"], kinds, params,
        )  # fmt: skip
    for number, phone in enumerate(PHONES):
        town.a_vehicle(f"闽D{number:05d}", phone, kind="hazmat" if phone in CONVOY else "coach")


def driven(port: int, begin: dt.datetime, harm: Callable[[], None]) -> int:
    """Let all vehicles drive their way while `harm` is done; how many positions were acknowledged."""
    ways = {phone: way(number, phone, begin) for number, phone in enumerate(PHONES)}
    convoy = Convoy(port, {phone: ways[phone] for phone in CONVOY})
    trucks = [Truck(port, phone, begin) for phone in PHONES if phone not in CONVOY]
    for truck in trucks:
        truck.way = ways[truck.phone]
    for one in (convoy, *trucks):
        one.start()
    harm()
    until = time.monotonic() + FINISH_S_MAX
    convoy.join(FINISH_S_MAX)
    for truck in trucks:
        truck.join(max(0.0, until - time.monotonic()))
        truck.given_up.set()
        truck.join()
    return convoy.acked + sum(len(truck.acked) for truck in trucks)


Said = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]
"""Stored positions, and warnings with all their stages."""


def said(town: Town) -> Said:
    return town.rows(POSITIONS_SQL), town.rows(WARNINGS_SQL)


def alone(town: Town, var: Path, begin: dt.datetime) -> Said:
    """What a single process makes of it."""
    masters(town)
    running = Running(var, window_ms=50).start()
    try:
        running.wait_known(PHONES[-1])
        assert driven(running.settings.port, begin, lambda: None) == WHOLE
    finally:
        running.stop()
    return said(town)
