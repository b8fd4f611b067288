"""A message, read from a frame and written to one."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gridloop.fleet.jt808.cursor import Reader, Writer
from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.kinds import as_bytes
from gridloop.fleet.jt808.records import REST, Record
from gridloop.fleet.jt808.verdicts import BadFrame, Code, Mark
from gridloop.fleet.jt809.frames import Header, Keys, close_frame, open_frame
from gridloop.fleet.jt809.registry import FAMILIES, MESSAGES
from gridloop.fleet.jt809.tables.entry import Entry

RAW = "raw"
"""The one field of a body that no table knows."""
INSIDE = struct.Struct(">HI")


@dataclass(frozen=True, slots=True)
class Message:
    """What was said. sub: the message inside a family's envelope, 0 where there is none; `about`: the envelope's fields (plate, plate_colour)."""

    header: Header
    body: Mapping[str, Any]
    sub: int = 0
    about: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[Mark, ...] = ()

    @property
    def entry(self) -> Entry | None:
        """The line of the registry, or None where the ids are unknown."""
        return MESSAGES.get((self.header.id, self.sub))


def decode(
    frame: bytes, *, edition: Edition = Edition.V2011, keys: Keys | None = None, lenient: bool = False
) -> Message:
    """The message in a frame (with or without delimiters); raises BadFrame with code, offset and sentence.

    Nothing in a frame tells its edition: it is agreed between platforms. `lenient` accepts and marks what strict refuses.
    """
    opened = open_frame(frame, edition, keys=keys, lenient=lenient)
    header, data = opened.header, opened.body
    marks = list(opened.marks)
    family = FAMILIES.get(header.id)
    if family is None or edition > family.until:
        body = _read_entry(MESSAGES.get((header.id, 0)), data, edition, marks, lenient=lenient)
        return Message(header, body, marks=tuple(marks))
    reader = Reader(data, 0, edition, lenient=False, trace=None)
    about = family.envelope.read(reader)
    sub, length = INSIDE.unpack(reader.take(INSIDE.size))
    marks += reader.marks
    inside = reader.rest()
    if length != len(inside):
        mark = Mark(Code.LENGTH, reader.end - len(inside) - 4, "data_length")
        if not lenient:
            raise BadFrame(mark.code, mark.offset, mark.field)
        marks.append(mark)
    body = _read_entry(MESSAGES.get((header.id, sub)), inside, edition, marks, lenient=lenient)
    return Message(header, body, sub, about, tuple(marks))


def _read_entry(
    entry: Entry | None, data: bytes, edition: Edition, marks: list[Mark], *, lenient: bool
) -> dict[str, Any]:
    """Offsets count from the beginning of the body, or of the message inside an envelope."""
    if entry is None:
        marks.append(Mark(Code.UNKNOWN_ID, 0))
        return {RAW: data}
    if not entry.known_in(edition):
        marks.append(Mark(Code.EDITION, 0))
        return {RAW: data}
    reader = Reader(data, 0, edition, lenient=lenient, trace=None)
    values = entry.body.read(reader)
    if reader.at != reader.end or reader.stopped:
        if not reader.stopped:
            if not lenient:
                raise BadFrame(Code.BODY_LONG, reader.at)
            reader.mark(Code.BODY_LONG, reader.at)
        values[REST] = data[reader.at :]
    marks += reader.marks
    return values


def encode(message: Message, *, keys: Keys | None = None) -> bytes:
    """The frame of a message, with delimiters; raises BadFrame naming the field that cannot be written."""
    header = message.header
    family = FAMILIES.get(header.id)
    inside = _written(message)
    if family is not None and header.edition <= family.until:
        writer = Writer(header.edition)
        family.envelope.write(writer, message.about)
        inside = bytes(writer.out) + INSIDE.pack(message.sub & 0xFFFF, len(inside)) + inside
    return close_frame(header, inside, keys=keys)


def _written(message: Message) -> bytes:
    body, entry, edition = message.body, message.entry, message.header.edition
    if RAW in body:
        return _raw(body, RAW)
    if entry is None or not entry.known_in(edition):
        detail = ("its layout is not known here; give its body as raw", "其消息体格式未知,请以 raw 给出消息体")
        raise BadFrame(Code.UNKNOWN_ID, 0, RAW, detail=detail)
    writer = Writer(edition, partial=REST in body)
    record: Record = entry.body
    record.write(writer, body)
    if REST in body:
        writer.out += _raw(body, REST)
    return bytes(writer.out)


def _raw(body: Mapping[str, Any], name: str) -> bytes:
    raw = as_bytes(body[name])
    if raw is None:
        raise BadFrame(Code.VALUE, 0, name, detail=("bytes are needed, in JSON as hex:0a0b", "应为字节串"))
    return raw
