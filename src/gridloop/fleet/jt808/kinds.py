"""The kinds of single values: numbers, times, digits, texts and bytes. Each reads itself, writes itself and says its name."""

from __future__ import annotations

import datetime as dt
import struct
from typing import Any, Protocol

from gridloop.fleet.jt808.cursor import Reader, Writer
from gridloop.fleet.jt808.frames import HEX_DIGITS
from gridloop.fleet.jt808.verdicts import Code
from gridloop.kernel.clock import CITY_ZONE

CHARSET = "gbk"
NO_DIGITS = 99_999  # no year, month, day, hour, minute or second: datetime refuses it
BCD = tuple((byte >> 4) * 10 + (byte & 15) if byte >> 4 < 10 and byte & 15 < 10 else NO_DIGITS for byte in range(256))
HEX_PREFIX = "hex:"
"""How bytes are written where only text can stand (JSON): hex:0a0b."""


class Kind(Protocol):
    """How a value stands in the bytes."""

    name: str

    def read(self, reader: Reader) -> Any:
        """The value, from where the reader stands."""

    def write(self, writer: Writer, value: Any) -> None:
        """Append the value."""


class Fixed(Kind, Protocol):
    """A kind of constant size: neighbours of this kind are unpacked in one go."""

    code: str
    plain: bool

    def load(self, raw: Any, reader: Reader, at: int) -> Any:
        """The value that the unpacked `raw`, found at `at`, stands for; not asked where `plain`."""


def as_bytes(value: Any) -> bytes | None:
    """The bytes that a value from code or JSON means, or None where it is something else."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str) and value.startswith(HEX_PREFIX):
        try:
            return bytes.fromhex(value[len(HEX_PREFIX) :])
        except ValueError:
            return None
    return None


class Number:
    """An unsigned whole number, big endian; above `most` it is marked as no place on earth."""

    def __init__(self, code: str, name: str, *, most: int | None = None) -> None:
        self.code = code
        self.name = name
        self.most = most
        self.plain = most is None
        self._struct = struct.Struct(">" + code)
        self.size = self._struct.size

    def load(self, raw: int, reader: Reader, at: int) -> int:
        """The number itself, looked at."""
        if self.most is not None and raw > self.most:
            reader.mark(Code.PLACE, at)
        return raw

    def read(self, reader: Reader) -> int:
        """The next number."""
        at = reader.at
        return self.load(int.from_bytes(reader.take(self.size), "big"), reader, at)

    def write(self, writer: Writer, value: Any) -> None:
        """Append a number; a text such as 0x0200 will do."""
        if isinstance(value, str):
            try:
                value = int(value, 0)
            except ValueError:
                value = None
        top = (1 << (8 * self.size)) - 1
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= top:
            raise writer.refuse(f"a whole number from 0 to {top} is needed", f"应为 0 到 {top} 的整数")
        writer.out += self._struct.pack(value)


U8 = Number("B", "BYTE")
U16 = Number("H", "WORD")
U32 = Number("I", "DWORD")
U64 = Number("Q", "BYTE[8]")
LATITUDE = Number("I", "DWORD", most=90_000_000)
LONGITUDE = Number("I", "DWORD", most=180_000_000)


class Signed:
    """Sign and magnitude in a word: the top bit means negative. The two zeros are kept apart as 0 and the raw word."""

    name = "WORD (top bit: minus)"
    code = "H"
    plain = False
    size = 2

    def load(self, raw: int, _reader: Reader, _at: int) -> int | bytes:
        """A whole number; minus zero, which no sensor means, stays raw."""
        if raw == 0x8000:
            return b"\x80\x00"
        return -(raw & 0x7FFF) if raw & 0x8000 else raw

    def read(self, reader: Reader) -> int | bytes:
        """The next number."""
        return self.load(int.from_bytes(reader.take(2), "big"), reader, reader.at)

    def write(self, writer: Writer, value: Any) -> None:
        """Append a number from -32767 to 32767."""
        raw = as_bytes(value)
        if raw == b"\x80\x00":
            writer.out += raw
        elif isinstance(value, bool) or not isinstance(value, int) or abs(value) > 0x7FFF:
            raise writer.refuse("a whole number from -32767 to 32767 is needed", "应为 -32767 到 32767 的整数")
        else:
            writer.out += struct.pack(">H", -value | 0x8000 if value < 0 else value)


class Time:
    """BCD[6] YYMMDDhhmmss by the city's clocks; what is no such moment stays raw (6 bytes) and is marked."""

    name = "BCD[6]"
    code = "6s"
    plain = False
    size = 6

    def __init__(self, *, zone: dt.tzinfo = CITY_ZONE, open_dates: bool = False) -> None:
        """`open_dates`: a date of zeros means every day, and is nothing strange."""
        self.zone = zone
        self.open_dates = open_dates

    def load(self, raw: bytes, reader: Reader, at: int) -> dt.datetime | bytes:
        """An aware moment, or the raw bytes."""
        year, month, day, hour, minute, second = raw
        try:
            return dt.datetime(
                2000 + BCD[year], BCD[month], BCD[day], BCD[hour], BCD[minute], BCD[second], tzinfo=self.zone
            )
        except ValueError:
            if not (self.open_dates and raw[:3] == b"\0\0\0"):
                reader.mark(Code.TIME, at)
            return raw

    def read(self, reader: Reader) -> dt.datetime | bytes:
        """The next moment."""
        at = reader.at
        return self.load(reader.take(6), reader, at)

    def write(self, writer: Writer, value: Any) -> None:
        """Append a moment of the years 2000 to 2099 (aware, or ISO 8601 text), or six raw bytes."""
        raw = as_bytes(value)
        if raw is not None and len(raw) == 6:
            writer.out += raw
            return
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value)
            except ValueError:
                value = None
        if isinstance(value, dt.datetime) and value.tzinfo is not None and 1999 <= value.year <= 2100:
            local = value.astimezone(self.zone)
            if 2000 <= local.year <= 2099:
                writer.out += bytes.fromhex(local.strftime("%y%m%d%H%M%S"))
                return
        raise writer.refuse("an aware moment from 2000 to 2099 is needed", "应为 2000 至 2099 年间带时区的时间")


class Day:
    """BCD[4] YYYYMMDD; what is no such day stays raw (4 bytes) and is marked."""

    name = "BCD[4]"
    code = "4s"
    plain = False
    size = 4

    def load(self, raw: bytes, reader: Reader, at: int) -> dt.date | bytes:
        """A date, or the raw bytes."""
        try:
            return dt.date(BCD[raw[0]] * 100 + BCD[raw[1]], BCD[raw[2]], BCD[raw[3]])
        except ValueError:
            reader.mark(Code.TIME, at)
            return raw

    def read(self, reader: Reader) -> dt.date | bytes:
        """The next date."""
        at = reader.at
        return self.load(reader.take(4), reader, at)

    def write(self, writer: Writer, value: Any) -> None:
        """Append a date (or ISO 8601 text), or four raw bytes."""
        raw = as_bytes(value)
        if raw is not None and len(raw) == 4:
            writer.out += raw
            return
        if isinstance(value, str):
            try:
                value = dt.date.fromisoformat(value)
            except ValueError:
                value = None
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise writer.refuse("a date is needed", "应为日期")
        writer.out += bytes.fromhex(f"{value.year:04d}{value.month:02d}{value.day:02d}")


class Digits:
    """BCD digits kept as text, two a byte; half bytes above nine are shown as a to f and marked."""

    plain = False

    def __init__(self, size: int) -> None:
        self.size = size
        self.code = f"{size}s"
        self.name = f"BCD[{size}]"

    def load(self, raw: bytes, reader: Reader, at: int) -> str:
        """The digits."""
        digits = raw.hex()
        if not digits.isdecimal():
            reader.mark(Code.DIGITS, at)
        return digits

    def read(self, reader: Reader) -> str:
        """The next digits."""
        at = reader.at
        return self.load(reader.take(self.size), reader, at)

    def write(self, writer: Writer, value: Any) -> None:
        """Append digits, zeros at the left."""
        if not isinstance(value, str) or len(value) > 2 * self.size or not HEX_DIGITS.issuperset(value):
            raise writer.refuse(f"up to {2 * self.size} digits are needed", f"应为不超过 {2 * self.size} 位的数字")
        writer.out += bytes.fromhex(value.zfill(2 * self.size))


def text_of(raw: bytes, reader: Reader, at: int) -> str:
    """GBK without the zero bytes at the end; what is not GBK is kept as lone surrogates and marked."""
    raw = raw.rstrip(b"\0")
    if raw.isascii():
        return raw.decode("ascii")
    try:
        return raw.decode(CHARSET)
    except UnicodeDecodeError as error:
        reader.mark(Code.TEXT, at + error.start)
        return raw.decode(CHARSET, "surrogateescape")


def raw_of(value: Any, writer: Writer, most: int) -> bytes:
    """The GBK bytes of a text, at most `most` of them; raises BadFrame otherwise."""
    if isinstance(value, bytes):
        raw = value
    elif not isinstance(value, str):
        raise writer.refuse("a text is needed", "应为文本")
    else:
        try:
            raw = value.encode(CHARSET, "surrogateescape")
        except UnicodeEncodeError as error:
            odd = value[error.start]
            raise writer.refuse(f"GBK has no {odd!r}; use other words", f"GBK 没有字符 {odd!r},请改写") from error
    if len(raw) > most:
        raise writer.refuse(f"at most {most} bytes of GBK fit, these are {len(raw)}", f"最多 {most} 字节(GBK)")
    return raw


class Text:
    """STRING: GBK of a fixed size padded with zero bytes, or with `size` None up to the end of the body."""

    plain = False

    def __init__(self, size: int | None = None) -> None:
        self.size = size
        self.code = f"{size}s" if size else ""
        self.name = f"STRING[{size}]" if size else "STRING"

    def load(self, raw: bytes, reader: Reader, at: int) -> str:
        """The text."""
        return text_of(raw, reader, at)

    def read(self, reader: Reader) -> str:
        """The next text."""
        at = reader.at
        return text_of(reader.rest() if self.size is None else reader.take(self.size), reader, at)

    def write(self, writer: Writer, value: Any) -> None:
        """Append a text."""
        raw = raw_of(value, writer, 65_535 if self.size is None else self.size)
        writer.out += raw if self.size is None else raw.ljust(self.size, b"\0")


class LongText:
    """STRING after its length."""

    plain = False
    code = ""

    def __init__(self, length: Number) -> None:
        self.length = length
        self.name = f"{length.name} n, STRING[n]"

    def read(self, reader: Reader) -> str:
        """Length and text."""
        size = self.length.read(reader)
        at = reader.at
        return text_of(reader.take(size), reader, at)

    def write(self, writer: Writer, value: Any) -> None:
        """Append length and text."""
        raw = raw_of(value, writer, (1 << (8 * self.length.size)) - 1)
        self.length.write(writer, len(raw))
        writer.out += raw


class Raw:
    """Bytes: of a fixed size, after their length, or (with neither) up to the end."""

    def __init__(self, size: int | None = None, *, length: Number | None = None) -> None:
        self.size = size
        self.length = length
        self.plain = True
        self.code = f"{size}s" if size else ""
        self.name = f"BYTE[{size}]" if size else f"{length.name} n, BYTE[n]" if length else "BYTE[]"

    def load(self, raw: bytes, _reader: Reader, _at: int) -> bytes:
        """The bytes as they are."""
        return raw

    def read(self, reader: Reader) -> bytes:
        """The next bytes."""
        if self.length is not None:
            return reader.take(self.length.read(reader))
        return reader.rest() if self.size is None else reader.take(self.size)

    def write(self, writer: Writer, value: Any) -> None:
        """Append bytes, or what hex:... says."""
        raw = as_bytes(value)
        if raw is None or (self.size is not None and len(raw) != self.size):
            wanted = f"{self.size} bytes are needed" if self.size else "bytes are needed"
            raise writer.refuse(f"{wanted}, in JSON as hex:0a0b", "应为字节串,JSON 中写作 hex:0a0b")
        if self.length is not None:
            self.length.write(writer, len(raw))
        writer.out += raw
