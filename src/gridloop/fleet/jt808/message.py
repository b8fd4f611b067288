"""A message, read from a frame and written to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gridloop.fleet.jt808.cursor import Reader, Trace, Writer
from gridloop.fleet.jt808.frames import BODY_MAX, Edition, Header, Part, close_frame, open_frame
from gridloop.fleet.jt808.kinds import as_bytes
from gridloop.fleet.jt808.records import REST
from gridloop.fleet.jt808.registry import MESSAGES
from gridloop.fleet.jt808.tables.entry import Entry
from gridloop.fleet.jt808.tables.meanings import STATUS_SOUTH, STATUS_WEST
from gridloop.fleet.jt808.verdicts import BadFrame, Code, Mark

RAW, FRAGMENT = "raw", "fragment"
"""The one field of a body that no table knows, and of one packet of several."""
PARTS_MAX = 65_535


@dataclass(frozen=True, slots=True)
class Message:
    """What was said: `body` maps the field names of the registry to values, `marks` says what is strange about it."""

    header: Header
    body: Mapping[str, Any]
    marks: tuple[Mark, ...] = ()

    @property
    def entry(self) -> Entry | None:
        """The line of the registry, or None where the id is unknown."""
        return MESSAGES.get(self.header.id)


def decode(
    frame: bytes, *, lenient: bool = False, edition: Edition | None = None, trace: list[Trace] | None = None
) -> Message:
    """The message in a frame (with or without delimiters); raises BadFrame with code, offset and sentence.

    `lenient` accepts and marks defects that the strict mode refuses. The 2011 edition has the header of 2013: it is recognised
    by the body of 0x0100 and 0x0702, elsewhere `edition` says so. `trace` collects every field with its offsets.
    """
    opened = open_frame(frame, lenient=lenient)
    header, data = opened.header, opened.data
    size = header.size
    if header.part is not None:
        return Message(header, {FRAGMENT: data[size:]}, opened.marks)
    header = replace(header, edition=_edition(header, data, size, edition)) if _unsure(header, edition) else header
    body, marks = _read(header, data, size, lenient=lenient, trace=trace)
    return Message(header, body, opened.marks + marks if marks else opened.marks)


def decode_body(header: Header, body: bytes, *, lenient: bool = False, edition: Edition | None = None) -> Message:
    """The message whose body came in several packets; offsets count from the beginning of the body."""
    whole = replace(header, part=None, edition=_edition(header, body, 0, edition))
    values, marks = _read(whole, body, 0, lenient=lenient, trace=None)
    return Message(whole, values, marks)


def _unsure(header: Header, edition: Edition | None) -> bool:
    entry = MESSAGES.get(header.id)
    return edition is not None or (entry is not None and entry.is_2011 is not None)


def _edition(header: Header, data: bytes, start: int, told: Edition | None) -> Edition:
    """Which edition the body follows; the header alone tells 2019 from the older ones."""
    if header.edition is Edition.V2019:
        return header.edition
    if told is not None:
        return Edition.V2013 if told is Edition.V2019 else told
    entry = MESSAGES.get(header.id)
    old = entry is not None and entry.is_2011 is not None and entry.is_2011(data[start:])
    return Edition.V2011 if old else header.edition


def _read(
    header: Header, data: bytes, start: int, *, lenient: bool, trace: list[Trace] | None
) -> tuple[dict[str, Any], tuple[Mark, ...]]:
    entry = MESSAGES.get(header.id)
    if entry is None:
        return {RAW: data[start:]}, (Mark(Code.UNKNOWN_ID, 0),)
    reader = Reader(data, start, entry.layout_of(header.edition), lenient=lenient, trace=trace)
    if not entry.belongs_to(header.edition):
        reader.mark(Code.EDITION, 0)
    values = entry.body.read(reader)
    if reader.at != reader.end or reader.stopped:
        if not reader.stopped:
            if not lenient:
                raise BadFrame(Code.BODY_LONG, reader.at)
            reader.mark(Code.BODY_LONG, reader.at)
        values[REST] = data[reader.at :]
    return values, tuple(reader.marks)


def encode_body(message: Message) -> bytes:
    """The bytes of the body; raises BadFrame naming the field that cannot be written."""
    header, body = message.header, message.body
    for name in (FRAGMENT,) if header.part is not None else (RAW,):
        if name in body:
            return _raw(body, name)
    entry = message.entry
    if entry is None:
        detail = ("there is no such message; give its body as raw", "没有该消息,请以 raw 给出消息体")
        raise BadFrame(Code.UNKNOWN_ID, 0, RAW, detail=detail)
    writer = Writer(entry.layout_of(header.edition), partial=REST in body)
    entry.body.write(writer, body)
    if REST in body:
        writer.out += _raw(body, REST)
    return bytes(writer.out)


def _raw(body: Mapping[str, Any], name: str) -> bytes:
    raw = as_bytes(body[name])
    if raw is None:
        raise BadFrame(Code.VALUE, 0, name, detail=("bytes are needed, in JSON as hex:0a0b", "应为字节串"))
    return raw


def encode(message: Message) -> bytes:
    """The frame of a message, with delimiters; raises BadFrame where a value or the whole does not fit."""
    return close_frame(message.header, encode_body(message))


def encode_parts(message: Message, *, most: int = BODY_MAX) -> list[bytes]:
    """The frames of a message of any length: one, or packets of at most `most` bytes with serials that follow each other."""
    body = encode_body(message)
    if len(body) <= most:
        return [close_frame(message.header, body)]
    total = -(-len(body) // most)
    if total > PARTS_MAX:
        raise BadFrame(Code.LONG, PARTS_MAX * most)
    return [
        close_frame(
            replace(message.header, serial=(message.header.serial + number) & 0xFFFF, part=Part(total, number + 1)),
            body[number * most : (number + 1) * most],
        )
        for number in range(total)
    ]


def degrees(position: Mapping[str, Any]) -> tuple[float, float]:
    """(lon, lat) of a position's body in degrees, with the signs of its status bits."""
    status = position["status"]
    lon, lat = position["longitude"] / 1e6, position["latitude"] / 1e6
    return (-lon if status >> STATUS_WEST & 1 else lon), (-lat if status >> STATUS_SOUTH & 1 else lat)
