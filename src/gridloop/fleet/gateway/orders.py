"""Orders to terminals: text, locate, track, parameters, picture. Taken from the table, sent, and written back with the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from gridloop.fleet.gateway.desk import Connection
from gridloop.fleet.jt808 import BadFrame, Edition
from gridloop.fleet.jt808.plain import plain

ANSWER_S_MAX = 120.0
WAIT_S_MAX = 600.0
TERMINAL_ACK, LOCATED, PARAMETERS, SHOT = 0x0001, 0x0201, 0x0104, 0x0805
TAKE_SQL = """
select id, vehicle_id, verb, said, extract(epoch from now() - asked_at)::float8 from fleet_order where state = 'waiting' order by id limit 5000
"""
LEFT_SQL = "update fleet_order set state = 'unreachable', answer = %s::jsonb where state = 'sent'"
UNHEARD_SQL = LEFT_SQL + " and sent_at < now() - make_interval(secs => %s)"
WRITE_SQL = """
update fleet_order set state = told.state, answer = told.answer,
    sent_at = coalesce(sent_at, case when told.state <> 'unreachable' then told.at end),
    answered_at = case when told.state in ('done', 'refused') then told.at end
from jsonb_to_recordset(%s::jsonb) as told(id bigint, state text, answer jsonb, at timestamptz)
where fleet_order.id = told.id and fleet_order.state in ('waiting', 'sent')
"""
RESTARTED = {"en": "the gateway was restarted before the terminal answered", "zh": "网关重启,终端未应答"}
NO_ANSWER = {"en": "the terminal did not answer within two minutes", "zh": "终端两分钟内未应答"}
NOT_THERE = {"en": "the terminal was not connected for ten minutes", "zh": "终端十分钟内未在线"}
Send = Callable[[int, int, dict[str, Any]], "int | None"]
"""Sends (vehicle, message id, body); the serial, or None where nobody is there."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An order on its way: its row, the message id that answers it, when it went."""

    order: int
    answer: int
    at_s: float


class Orders:
    """`due`: whether the table is to be looked at."""

    def __init__(self) -> None:
        self.due = True
        self._sent: dict[tuple[int, int], Sent] = {}
        self._on_the_way: set[int] = set()
        self._told: dict[int, dict[str, Any]] = {}
        self._absent = False

    @property
    def waits(self) -> bool:
        """Whether somebody is awaited or something is to be written."""
        return self._absent or bool(self._told)

    def take(self, rows: list[tuple[Any, ...]], send: Send, edition_of: Callable[[int], Edition], at: str) -> None:
        """Send waiting orders."""
        self._absent = False
        for order, vehicle, verb, said, age_s in rows:
            if order in self._told or order in self._on_the_way:
                continue
            try:
                message_id, body, answer = message_of(verb, said, edition_of(vehicle))
                serial = send(vehicle, message_id, body)
            except (BadFrame, KeyError, TypeError, ValueError) as wrong:
                self._tell(
                    order,
                    "refused",
                    {"en": f"this cannot be sent: {wrong}", "zh": f"无法下发:{getattr(wrong, 'zh', wrong)}"},
                    at,
                )
                continue
            if serial is not None:
                self._sent[vehicle, serial] = Sent(order, answer, time.monotonic())
                self._on_the_way.add(order)
                self._tell(order, "sent", {}, at)
            elif age_s > WAIT_S_MAX:
                self._tell(order, "unreachable", NOT_THERE, at)
            else:
                self._absent = True

    def answered(self, vehicle: int, serial: int, answer: dict[str, Any], *, kind: int = TERMINAL_ACK, at: str) -> None:
        """A terminal answered a message of this serial."""
        sent = self._sent.get((vehicle, serial))
        if sent is None:
            return
        refused = bool(answer.get("result"))
        if kind != sent.answer and not refused:
            return
        del self._sent[vehicle, serial]
        self._on_the_way.discard(sent.order)
        self._tell(sent.order, "refused" if refused else "done", answer, at)

    def overdue(self, at: str) -> None:
        """What nobody answered."""
        now_s = time.monotonic()
        for key, sent in list(self._sent.items()):
            if now_s - sent.at_s > ANSWER_S_MAX:
                del self._sent[key]
                self._on_the_way.discard(sent.order)
                self._tell(sent.order, "unreachable", NO_ANSWER, at)

    def take_told(self) -> list[dict[str, Any]]:
        """What is to be written."""
        rows, self._told = list(self._told.values()), {}
        return rows

    def _tell(self, order: int, state: str, answer: dict[str, Any], at: str) -> None:
        self._told[order] = {"id": order, "state": state, "answer": answer, "at": at}


def message_of(verb: str, said: dict[str, Any], edition: Edition) -> tuple[int, dict[str, Any], int]:
    """(message id, body, message id of the answer) of an order; raises KeyError, TypeError, ValueError for what says too little."""
    if verb == "text":
        body: dict[str, Any] = {"flags": int(said.get("flags", 8)), "text": str(said["text"])}
        return 0x8300, body | ({"kind": int(said.get("kind", 1))} if edition is Edition.V2019 else {}), TERMINAL_ACK
    if verb == "locate":
        return 0x8201, {}, LOCATED
    if verb == "track":
        interval_s = int(said["interval_s"])
        return 0x8202, {"interval": interval_s} | ({"lasts": int(said["lasts_s"])} if interval_s else {}), TERMINAL_ACK
    if verb == "parameters":
        items = [(int(str(key), 0), value) for key, value in dict(said["parameters"]).items()]
        return 0x8103, {"parameters": items}, TERMINAL_ACK
    if verb == "ask_parameters":
        ids = [int(str(one), 0) for one in said.get("ids", ())]
        return (0x8106, {"ids": ids}, PARAMETERS) if ids else (0x8104, {}, PARAMETERS)
    if verb == "picture":
        return 0x8801, _snapshot(said), SHOT
    raise ValueError(
        f"there is no order '{verb}'; there are text, locate, track, parameters, ask_parameters and picture"
    )


def _snapshot(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "channel": int(said.get("channel", 1)),
        "command": int(said.get("pictures", 1)),
        "interval": int(said.get("interval_s", 0)),
        "store": 0,
        "resolution": int(said.get("resolution", 2)),
        "quality": int(said.get("quality", 5)),
        "brightness": 128,
        "contrast": 64,
        "saturation": 64,
        "hue": 128,
    }


def write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Write back what became of orders."""
    connection.execute(WRITE_SQL, (orjson.dumps(plain(rows)).decode(),))


def waiting(connection: Connection) -> list[tuple[Any, ...]]:
    """Orders that wait."""
    return connection.execute(TAKE_SQL).fetchall()


def left_by_the_last_run(connection: Connection) -> None:
    """Orders that were sent and whose answer nobody was there to hear."""
    connection.execute(LEFT_SQL, (orjson.dumps(RESTARTED).decode(),))


def left_unheard(connection: Connection) -> None:
    """Orders that some gateway sent so long ago that it would have written what became of them."""
    connection.execute(UNHEARD_SQL, (orjson.dumps(RESTARTED).decode(), 2 * ANSWER_S_MAX))
