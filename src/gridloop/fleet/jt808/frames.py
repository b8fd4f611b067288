"""The frame around a message: delimiters, escapes, check byte and the two headers."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from enum import IntEnum

from gridloop.fleet.jt808.verdicts import BadFrame, Code, Mark

DELIMITER = 0x7E
BODY_MAX = 1023  # ten bits of the body properties
HEADER_2013, HEADER_2019, PART_BYTES = 12, 17, 4
FRAME_MIN = HEADER_2013 + 1
FRAME_MAX = HEADER_2019 + PART_BYTES + BODY_MAX + 1
ESCAPED_MAX = 2 * FRAME_MAX
LENGTH_BITS, ENCRYPTION_BITS, PART_BIT, VERSION_BIT, RESERVED_BIT = 0x03FF, 0x1C00, 0x2000, 0x4000, 0x8000
RSA_BIT = 0x0400
HEX_DIGITS = frozenset("0123456789abcdef")


class Edition(IntEnum):
    """The year of the standard that a message follows."""

    V2011 = 2011
    V2013 = 2013
    V2019 = 2019

    @property
    def phone_digits(self) -> int:
        """How many digits of the terminal's phone number stand in the header."""
        return 20 if self is Edition.V2019 else 12


@dataclass(frozen=True, slots=True)
class Part:
    """Which packet this is of a message sent in several; the first is number 1."""

    total: int
    number: int


@dataclass(frozen=True, slots=True)
class Header:
    """Who sends what. `phone` has all 12 (2019: 20) digits, zeros at the left included."""

    id: int
    phone: str
    serial: int
    edition: Edition = Edition.V2013
    version: int = 1
    part: Part | None = None
    reserved: bool = False

    @property
    def subscriber(self) -> str:
        """The phone number without zeros at the left: the same in both headers."""
        return self.phone.lstrip("0")

    @property
    def size(self) -> int:
        """Bytes of this header."""
        bare = HEADER_2019 if self.edition is Edition.V2019 else HEADER_2013
        return bare + (PART_BYTES if self.part else 0)

    def but(self, *, edition: Edition) -> Header:
        """The same header, read as another edition."""
        return replace(self, edition=edition)


def xor_of(data: bytes) -> int:
    """XOR of all bytes; folds one large number in halves, which is ten times as fast as a loop."""
    if not data:
        return 0
    bits = 8 << (len(data) - 1).bit_length()
    folded = int.from_bytes(data, "big")
    while bits > 8:
        bits >>= 1
        folded = (folded >> bits) ^ (folded & ((1 << bits) - 1))
    return folded


def escape(data: bytes) -> bytes:
    """As it travels: 0x7d becomes 0x7d 0x01, 0x7e becomes 0x7d 0x02."""
    return data.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")


def unescape(data: bytes) -> tuple[bytes, int]:
    """(the bytes meant, offset of the first wrong escape or -1); a wrong escape stays as it is."""
    lone = data.count(b"\x7d")
    if not lone:
        return data, -1
    wrong = -1
    if lone != data.count(b"\x7d\x01") + data.count(b"\x7d\x02"):
        at = data.find(b"\x7d")
        while data[at + 1 : at + 2] in {b"\x01", b"\x02"}:
            at = data.find(b"\x7d", at + 1)
        wrong = at - data.count(b"\x7d", 0, at)
    return data.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d"), wrong


def bare(frame: bytes) -> bytes:
    """The frame without its delimiters, where it still has them."""
    start = 1 if frame[:1] == b"\x7e" else 0
    stop = len(frame) - 1 if len(frame) > start and frame[-1] == DELIMITER else len(frame)
    return bytes(frame[start:stop])


@dataclass(frozen=True, slots=True)
class Opened:
    """A frame taken apart: `data` from the message id to the end of the body, the body from `header.size` on."""

    header: Header
    data: bytes
    marks: tuple[Mark, ...]


def open_frame(frame: bytes, *, lenient: bool = False) -> Opened:
    """Take a frame apart, with or without its delimiters; raises BadFrame (see verdicts for what the modes refuse)."""
    inside = bare(frame)
    if DELIMITER in inside:
        raise BadFrame(Code.DELIMITER, inside.index(DELIMITER))
    if len(inside) > ESCAPED_MAX:
        raise BadFrame(Code.LONG, ESCAPED_MAX)
    whole, wrong = unescape(inside)
    marks: list[Mark] = []
    if wrong >= 0:
        _defect(Mark(Code.ESCAPE, wrong), marks, lenient=lenient)
    if len(whole) < FRAME_MIN:
        raise BadFrame(Code.SHORT, len(whole))
    if xor_of(whole):
        _defect(Mark(Code.CHECKSUM, len(whole) - 1), marks, lenient=lenient)
    return _open_header(whole[:-1], marks, lenient=lenient)


def _open_header(data: bytes, marks: list[Mark], *, lenient: bool) -> Opened:
    message_id, properties = struct.unpack_from(">HH", data)
    late = properties & VERSION_BIT
    bare_size = HEADER_2019 if late else HEADER_2013
    size = bare_size + (PART_BYTES if properties & PART_BIT else 0)
    if len(data) < size:
        raise BadFrame(Code.SHORT, len(data))
    if properties & ENCRYPTION_BITS:
        known = properties & ENCRYPTION_BITS == RSA_BIT
        detail = ("RSA by its header", "消息头标明 RSA") if known else ("reserved method", "加密方式为保留值")
        raise BadFrame(Code.ENCRYPTED, 2, detail=detail)
    if properties & LENGTH_BITS != len(data) - size:
        _defect(Mark(Code.LENGTH, 2), marks, lenient=lenient)
    phone = data[5:15].hex() if late else data[4:10].hex()
    if not phone.isdecimal():
        marks.append(Mark(Code.DIGITS, 5 if late else 4, "phone"))
    part = None
    if properties & PART_BIT:
        part = Part(*struct.unpack_from(">HH", data, bare_size))
        if not 1 <= part.number <= part.total:
            _defect(Mark(Code.PART, bare_size + 2), marks, lenient=lenient)
    header = Header(
        id=message_id,
        phone=phone,
        serial=(data[bare_size - 2] << 8) | data[bare_size - 1],
        edition=Edition.V2019 if late else Edition.V2013,
        version=data[4] if late else 1,
        part=part,
        reserved=bool(properties & RESERVED_BIT),
    )
    return Opened(header, data, tuple(marks))


def _defect(mark: Mark, marks: list[Mark], *, lenient: bool) -> None:
    if not lenient:
        raise BadFrame(mark.code, mark.offset, mark.field)
    marks.append(mark)


def close_frame(header: Header, body: bytes) -> bytes:
    """The frame as it travels, delimiters included; raises BadFrame where the header or body does not fit."""
    if len(body) > BODY_MAX:
        raise BadFrame(Code.LONG, BODY_MAX)
    late = header.edition is Edition.V2019
    digits = header.edition.phone_digits
    if len(header.phone) > digits or not HEX_DIGITS.issuperset(header.phone):
        detail = (f"a phone number of up to {digits} digits", f"应为不超过 {digits} 位的号码")
        raise BadFrame(Code.VALUE, 4, "phone", detail=detail)
    properties = len(body) | (PART_BIT if header.part else 0) | (VERSION_BIT if late else 0)
    properties |= RESERVED_BIT if header.reserved else 0
    phone = bytes.fromhex(header.phone.zfill(digits))
    try:
        head = struct.pack(">HH", header.id, properties) + (bytes([header.version]) if late else b"") + phone
        head += struct.pack(">H", header.serial)
        if header.part:
            head += struct.pack(">HH", header.part.total, header.part.number)
    except (struct.error, ValueError) as error:
        detail = ("id, serial, version and packet numbers are 16 (version: 8) bits", "消息 ID、流水号、包序号为 16 位")
        raise BadFrame(Code.VALUE, 0, "header", detail=detail) from error
    data = head + body
    return b"\x7e" + escape(data + bytes([xor_of(data)])) + b"\x7e"
