"""The frame around a message: delimiters, escapes, the two headers, check word, and the cipher of the body."""

from __future__ import annotations

import binascii
import struct
from dataclasses import dataclass

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.verdicts import BadFrame, Code, Mark

HEAD, TAIL = 0x5B, 0x5D
HEADER_2011, HEADER_2019 = struct.Struct(">IIHI3sBI"), struct.Struct(">IIHI3sBIQ")
CHECK_BYTES = 2
FRAME_MAX = 1 << 20  # bytes between the delimiters; a picture in one message is the longest there is
ESCAPES = ((b"\x5a", b"\x5a\x02"), (b"\x5b", b"\x5a\x01"), (b"\x5e", b"\x5e\x02"), (b"\x5d", b"\x5e\x01"))
WORD = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Keys:
    """What two platforms agreed on for encrypted bodies; zero counts as one where a divisor is needed."""

    m1: int
    ia1: int
    ic1: int

    def turned(self, body: bytes, key: int) -> bytes:
        """The body encrypted, or decrypted: the same stream of a linear congruential generator is laid over it."""
        divisor = self.m1 or 1
        state = (key or 1) & WORD
        stream = bytearray(len(body))
        for at in range(len(body)):
            state = (self.ia1 * (state % divisor) + self.ic1) & WORD
            stream[at] = state >> 20 & 0xFF
        return (int.from_bytes(body, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(body), "big")


@dataclass(frozen=True, slots=True)
class Header:
    """Who says what. centre: the lower platform's access code; key: of this one message, where its body is encrypted.

    moment: seconds since 1970 UTC, only in the header of 2019.
    """

    id: int
    serial: int
    centre: int
    edition: Edition = Edition.V2011
    version: tuple[int, int, int] = (1, 0, 0)
    encrypted: bool = False
    key: int = 0
    moment: int = 0

    @property
    def size(self) -> int:
        """Bytes of this header."""
        return (HEADER_2019 if self.edition is Edition.V2019 else HEADER_2011).size


def crc_of(data: bytes) -> int:
    """CRC-16/CCITT with 0xffff at the start, of the header and the body as they travel, before escaping."""
    return binascii.crc_hqx(data, 0xFFFF)


def escape(data: bytes) -> bytes:
    """As it travels between the delimiters."""
    for plain, escaped in ESCAPES:
        data = data.replace(plain, escaped)
    return data


def unescape(data: bytes) -> tuple[bytes, int]:
    """(the bytes meant, offset of the first wrong escape or -1); a wrong escape stays as it is."""
    if b"\x5a" not in data and b"\x5e" not in data:
        return data, -1
    meant, wrong, at = bytearray(), -1, 0
    while at < len(data):
        byte = data[at]
        follows = data[at + 1] if at + 1 < len(data) else 0
        if byte in {0x5A, 0x5E} and follows in {1, 2}:
            meant.append(byte if follows == 2 else 0x5B if byte == 0x5A else 0x5D)
            at += 2
            continue
        if byte in {0x5A, 0x5E} and wrong < 0:
            wrong = len(meant)
        meant.append(byte)
        at += 1
    return bytes(meant), wrong


@dataclass(frozen=True, slots=True)
class Opened:
    """A frame taken apart: the body is decrypted; offsets of marks count from the length field."""

    header: Header
    body: bytes
    marks: tuple[Mark, ...]


def open_frame(frame: bytes, edition: Edition, *, keys: Keys | None = None, lenient: bool = False) -> Opened:
    """Take a frame apart, with or without its delimiters; raises BadFrame (see jt808.verdicts for what the modes refuse)."""
    start = 1 if frame[:1] == b"\x5b" else 0
    stop = len(frame) - 1 if len(frame) > start and frame[-1] == TAIL else len(frame)
    inside = bytes(frame[start:stop])
    for delimiter in (b"\x5b", b"\x5d"):
        if delimiter in inside:
            raise BadFrame(Code.DELIMITER, inside.index(delimiter))
    if len(inside) > 2 * FRAME_MAX:
        raise BadFrame(Code.LONG, FRAME_MAX)
    whole, wrong = unescape(inside)
    marks: list[Mark] = []
    if wrong >= 0:
        _defect(Mark(Code.ESCAPE, wrong), marks, lenient=lenient)
    layout = HEADER_2019 if edition is Edition.V2019 else HEADER_2011
    if len(whole) < layout.size + CHECK_BYTES:
        raise BadFrame(Code.SHORT, len(whole))
    data, check = whole[:-CHECK_BYTES], int.from_bytes(whole[-CHECK_BYTES:], "big")
    if crc_of(data) != check:
        _defect(Mark(Code.CHECKSUM, len(data)), marks, lenient=lenient)
    length, serial, message_id, centre, version, flag, key, *moment = layout.unpack_from(data)
    if length != len(whole) + 2:  # both delimiters count
        _defect(Mark(Code.LENGTH, 0), marks, lenient=lenient)
    body = data[layout.size :]
    if flag:
        if keys is None:
            raise BadFrame(Code.ENCRYPTED, 17)
        body = keys.turned(body, key)
    numbers = (version[0], version[1], version[2])
    header = Header(message_id, serial, centre, edition, numbers, bool(flag), key, moment[0] if moment else 0)
    return Opened(header, body, tuple(marks))


def _defect(mark: Mark, marks: list[Mark], *, lenient: bool) -> None:
    if not lenient:
        raise BadFrame(mark.code, mark.offset, mark.field)
    marks.append(mark)


def close_frame(header: Header, body: bytes, *, keys: Keys | None = None) -> bytes:
    """The frame as it travels, delimiters included; raises BadFrame where header or body does not fit, or keys are missing."""
    if header.encrypted:
        if keys is None:
            raise BadFrame(Code.ENCRYPTED, 17)
        body = keys.turned(body, header.key)
    if header.size + len(body) + CHECK_BYTES > FRAME_MAX:
        raise BadFrame(Code.LONG, FRAME_MAX)
    total = header.size + len(body) + CHECK_BYTES + 2
    values = (total, header.serial, header.id, header.centre, bytes(header.version), int(header.encrypted), header.key)
    try:
        if header.edition is Edition.V2019:
            data = HEADER_2019.pack(*values, header.moment) + body
        else:
            data = HEADER_2011.pack(*values) + body
    except (struct.error, ValueError) as error:
        detail = ("serial, centre and key are 32 bits, the id 16, version numbers 8", "序列号、接入码、密钥为 32 位")
        raise BadFrame(Code.VALUE, 0, "header", detail=detail) from error
    return b"\x5b" + escape(data + crc_of(data).to_bytes(CHECK_BYTES, "big")) + b"\x5d"
