"""Messages as JSON and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from gridloop.fleet.jt808.frames import Edition, Header, Part
from gridloop.fleet.jt808.kinds import HEX_PREFIX
from gridloop.fleet.jt808.message import Message
from gridloop.fleet.jt808.records import Item
from gridloop.fleet.jt808.verdicts import BadFrame, Code

HEADER_KEYS = frozenset({"id", "edition", "phone", "serial", "version", "part"})
SAID_ONLY = frozenset({"name", "marks"})


def plain(value: Any) -> Any:
    """A value of a body as JSON has it: bytes as hex:0a0b, moments as ISO 8601, items with id and value."""
    if isinstance(value, bytes):
        return HEX_PREFIX + value.hex()
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Item):
        return {"id": f"{value.id:#04x}", "value": plain(value.value)}
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def to_plain(message: Message, language: str = "en") -> dict[str, Any]:
    """A whole message, with its name and marks for the reader."""
    header, entry = message.header, message.entry
    said: dict[str, Any] = {
        "id": f"0x{header.id:04x}",
        "edition": int(header.edition),
        "phone": header.phone,
        "serial": header.serial,
        "version": header.version,
    }
    if header.part is not None:
        said["part"] = {"total": header.part.total, "number": header.part.number}
    if entry is not None:
        said["name"] = entry.zh if language.startswith("zh") else entry.en
    said["body"] = plain(message.body)
    said["marks"] = [mark.sentence(language) for mark in message.marks]
    return said


def from_plain(said: Any) -> Message:
    """The message that JSON describes; name and marks are not needed. Raises BadFrame for what is no message."""
    if not isinstance(said, Mapping) or not {"id", "phone", "body"} <= set(said):
        raise _bad("id, phone and body are needed", "应有 id、phone 和 body")
    strange = sorted(set(said) - HEADER_KEYS - SAID_ONLY - {"body"})
    if strange:
        raise _bad(f"there is no key {strange[0]!r}", f"没有键 {strange[0]!r}")
    if not isinstance(said["body"], Mapping):
        raise _bad("body maps field names to values", "body 应为字段与值")
    part = said.get("part")
    try:
        number = said["id"]
        header = Header(
            id=int(number, 0) if isinstance(number, str) else int(number),
            phone=str(said["phone"]),
            serial=int(said.get("serial", 0)),
            edition=Edition(int(said.get("edition", Edition.V2013))),
            version=int(said.get("version", 1)),
            part=Part(int(part["total"]), int(part["number"])) if part else None,
        )
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise _bad(f"the header cannot be read: {error}", f"消息头无法读取:{error}") from error
    return Message(header, said["body"])


def _bad(en: str, zh: str) -> BadFrame:
    return BadFrame(Code.VALUE, 0, "message", detail=(en, zh))
