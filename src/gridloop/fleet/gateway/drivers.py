"""Who drives (0x0702), as far as rest times need it: a number that says nothing of the person."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from typing import Any

from gridloop.fleet.gateway.desk import Connection

KEPT_DAYS = 8  # a week of rest times and a day
CARD_OUT = 2
WAITING_MAX = 100_000
WRITE_SQL = """
insert into fleet_shift (vehicle_id, at, token) values (%s, %s, %s) on conflict do nothing
"""
FORGET_SQL = "delete from fleet_shift where at < now() - make_interval(days => %s)"


class Drivers:
    """Gathers who began and ended to drive what; the licence number itself is forgotten at once."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._waiting: list[tuple[int, dt.datetime, int | None]] = []

    def take(self, vehicle: int, body: dict[str, Any], received_ms: int) -> None:
        """One 0x0702; a card that could not be read says nothing."""
        number = str(body.get("qualification") or body.get("id_number") or "")
        out = body.get("state") == CARD_OUT
        if (not number and not out) or len(self._waiting) >= WAITING_MAX:
            return
        time = body.get("time")
        at = time if isinstance(time, dt.datetime) else dt.datetime.fromtimestamp(received_ms / 1000, dt.UTC)
        self._waiting.append((vehicle, at, None if out else token_of(self._key, number)))

    def take_waiting(self) -> list[tuple[int, dt.datetime, int | None]]:
        """Rows to be written."""
        rows, self._waiting = self._waiting, []
        return rows

    @staticmethod
    def write(connection: Connection, rows: list[tuple[int, dt.datetime, int | None]]) -> None:
        """Keep them, and forget what rest times need no more."""
        with connection.cursor() as cursor:
            cursor.executemany(WRITE_SQL, rows)
            cursor.execute(FORGET_SQL, (KEPT_DAYS,))


def token_of(key: bytes, number: str) -> int:
    """A licence number as a keyed number of 63 bits."""
    return int.from_bytes(hmac.new(key, number.encode(), hashlib.sha256).digest()[:8], "big") >> 1
