"""Who drives (0x0702), as far as rest times need it: a number that says nothing of the person."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gridloop.fleet.gateway.desk import Connection

Began = tuple[int, int, int]
"""Vehicle, ms since 1970, token."""
KEPT_DAYS = 8  # a week of rest times and a day
CARD_OUT = 2
WAITING_MAX = 100_000
WRITE_SQL = """
insert into fleet_shift (vehicle_id, at, token) values (%s, %s, %s) on conflict do nothing
"""
FORGET_SQL = "delete from fleet_shift where at < now() - make_interval(days => %s)"
SINCE_SQL = "select vehicle_id, (extract(epoch from at) * 1000)::bigint, token from fleet_shift where token is not null order by at"


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody began to drive, or (token None) took the card out; `stored` is called when it is kept."""

    vehicle: int
    at: dt.datetime
    token: int | None
    stored: Callable[[], None]


class Drivers:
    """Gathers who began and ended to drive what; the licence number itself is forgotten at once."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._waiting: list[Shift] = []

    def take(self, vehicle: int, body: dict[str, Any], received_ms: int, stored: Callable[[], None]) -> None:
        """One 0x0702; a card that could not be read says nothing. When too many wait it is not answered, and comes again."""
        number = str(body.get("qualification") or body.get("id_number") or "")
        out = body.get("state") == CARD_OUT
        if not number and not out:
            stored()
        elif len(self._waiting) < WAITING_MAX:
            time = body.get("time")
            at = time if isinstance(time, dt.datetime) else dt.datetime.fromtimestamp(received_ms / 1000, dt.UTC)
            self._waiting.append(Shift(vehicle, at, None if out else token_of(self._key, number), stored))

    def take_waiting(self) -> list[Shift]:
        """What is to be written."""
        rows, self._waiting = self._waiting, []
        return rows

    @staticmethod
    def write(connection: Connection, rows: Sequence[Shift]) -> None:
        """Keep them, and forget what rest times need no more."""
        with connection.cursor() as cursor:
            cursor.executemany(WRITE_SQL, [(one.vehicle, one.at, one.token) for one in rows])
            cursor.execute(FORGET_SQL, (KEPT_DAYS,))


def began_of(rows: Sequence[Shift]) -> list[Began]:
    """(vehicle, ms since 1970, token) of those who began to drive."""
    return [(one.vehicle, round(one.at.timestamp() * 1000), one.token) for one in rows if one.token is not None]


class Driving:
    """Who drives what from now on, which a message that comes late does not change."""

    def __init__(self) -> None:
        self._newest_ms: dict[int, int] = {}

    def newer(self, rows: Iterable[Began]) -> dict[int, int]:
        """Tokens by vehicle of those who began last."""
        found: dict[int, int] = {}
        for vehicle, at_ms, token in rows:
            if at_ms >= self._newest_ms.get(vehicle, at_ms):
                self._newest_ms[vehicle] = at_ms
                found[vehicle] = token
        return found


def began(connection: Connection) -> list[Began]:
    """(vehicle, ms since 1970, token) of all that is kept, in the order of time."""
    return [(int(vehicle), int(at_ms), int(token)) for vehicle, at_ms, token in connection.execute(SINCE_SQL)]


def token_of(key: bytes, number: str) -> int:
    """A licence number as a keyed number of 63 bits."""
    return int.from_bytes(hmac.new(key, number.encode(), hashlib.sha256).digest()[:8], "big") >> 1
