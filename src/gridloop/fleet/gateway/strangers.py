"""Who was not let in, and why: gathered, and written every few seconds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson

from gridloop.fleet import sql
from gridloop.fleet.gateway.desk import Connection
from gridloop.fleet.intake import Known

WAITING_MAX = 10_000
"""Different strangers between two writings; more of them are only counted by the metrics."""
BAD_FRAMES_MOST = 10
"""Bad frames on one connection until it is shown: a single one is weather."""


class Strangers:
    """Notes by protocol, name and reason; implements the refusing side of intake.Register."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str, str], dict[str, Any]] = {}

    def note(self, protocol: str, name: str, address: str, reason: str, said: tuple[str, str]) -> None:
        """Note one; said is English and Chinese."""
        key = (protocol, name, reason)
        noted = self._waiting.get(key)
        if noted is None:
            if len(self._waiting) >= WAITING_MAX:
                return
            noted = self._waiting[key] = {"protocol": protocol, "name": name, "reason": reason, "times": 0}
        noted["times"] += 1
        noted["address"], noted["said_en"], noted["said_zh"] = address, *said
        noted["last_at"] = dt.datetime.now(dt.UTC).isoformat()

    def take(self) -> list[dict[str, Any]]:
        """Rows to be written."""
        rows = list(self._waiting.values())
        self._waiting = {}
        return rows

    @staticmethod
    def write(connection: Connection, rows: list[dict[str, Any]]) -> None:
        """Write them: one row a name and reason, counted up."""
        connection.execute(sql.text("strangers_told"), (orjson.dumps(rows).decode(),))


def name_of(known: Known | None, name: str) -> tuple[str, tuple[str, str]]:
    """(reason, sentences) why a position of this terminal is not taken."""
    if known is None:
        return "unregistered", (
            f"{name} is not in the register of terminals; register it on its vehicle, and it will be let in",
            f"终端 {name} 未登记;请在车辆上登记该终端后再接入",
        )
    if known.blocked:
        return "blocked", (
            f"{name} is blocked, or its vehicle is out of service; unblock it in the register",
            f"终端 {name} 已停用或其车辆已停运;请在登记中恢复",
        )
    if not known.vehicle:
        return "unregistered", (
            f"{name} is registered but on no vehicle; say which vehicle it is on",
            f"终端 {name} 已登记但未绑定车辆;请绑定车辆",
        )
    return "silent", (
        f"{name} of {known.plate} sends without signing in first (0x0102); its positions are refused until it does",
        f"{known.plate} 的终端 {name} 未鉴权(0x0102)即上报,鉴权前的位置不予接收",
    )
