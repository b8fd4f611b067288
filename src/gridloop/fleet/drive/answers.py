"""What a terminal answers to what it is asked: a table of messages, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gridloop.fleet.jt808 import Item, Message

ANSWER, NOT_SUPPORTED = 0x0001, 3
QUIET = frozenset({0x8004})
"""Answers of the platform itself, which are not answered again."""
DONE_ONLY = frozenset(
    {0x8105, 0x8202, 0x8203, 0x8204, 0x8300, 0x8400, 0x8401, 0x8600, 0x8601, 0x8602, 0x8603, 0x8604, 0x8605, 0x8606}
    | {0x8607, 0x8702, 0x8803, 0x8804, 0x8805, 0x8900}
)
Said = tuple[int, dict[str, Any]]


def answers_to(message: Message, last: Mapping[str, Any], parameters: dict[int, Any]) -> Iterator[Said]:
    """(message id, body) of each answer; parameters that are set stay in `parameters`."""
    asked, serial = message.header.id, message.header.serial
    if asked in QUIET:
        return
    if asked == 0x8201 and last:
        yield 0x0201, {"acked_serial": serial, "position": dict(last)}
    elif asked == 0x8103:
        parameters |= {item.id: item.value for item in message.body["parameters"]}
        yield _done(message, 0)
    elif asked == 0x8104:
        yield 0x0104, _listed(serial, parameters, sorted(parameters))
    elif asked == 0x8106:
        yield 0x0104, _listed(serial, parameters, [one for one in message.body["ids"] if one in parameters])
    elif asked == 0x8107:
        yield 0x0107, _attributes()
    elif asked == 0x8500 and last:
        yield 0x0500, {"acked_serial": serial, "position": dict(last)}
    elif asked == 0x8801:
        yield 0x0805, {"acked_serial": serial, "result": 0, "media": [serial + 1]}
    else:
        yield _done(message, 0 if asked in DONE_ONLY else NOT_SUPPORTED)


def _done(message: Message, result: int) -> Said:
    return ANSWER, {"acked_serial": message.header.serial, "acked_id": message.header.id, "result": result}


def _listed(serial: int, parameters: Mapping[int, Any], wanted: list[int]) -> dict[str, Any]:
    return {"acked_serial": serial, "parameters": [Item(one, parameters[one]) for one in wanted]}


def _attributes() -> dict[str, Any]:
    return {
        "kind": 0,
        "maker": "GLSIM",
        "model": "SIM-1",
        "terminal_id": "SIM0001",
        "iccid": "99" * 10,
        "hardware": "1",
        "firmware": "1",
        "gnss": 3,
        "network": 0,
    }
