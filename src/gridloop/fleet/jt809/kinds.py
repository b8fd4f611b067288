"""The one kind of value that JT/T 808 does not have: date and time as binary numbers."""

from __future__ import annotations

import datetime as dt
import struct
from typing import Any

from gridloop.fleet.jt808.cursor import Reader, Writer
from gridloop.fleet.jt808.kinds import as_bytes
from gridloop.fleet.jt808.verdicts import Code
from gridloop.kernel.clock import CITY_ZONE

LAYOUT = struct.Struct(">BBHBBB")


class GnssTime:
    """Day, month, year (a word), hour, minute, second by the city's clocks; what is no such moment stays raw (7 bytes) and is marked."""

    name = "BYTE[4] date, BYTE[3] time"
    code = "7s"
    plain = False
    size = 7

    def load(self, raw: bytes, reader: Reader, at: int) -> dt.datetime | bytes:
        """An aware moment, or the raw bytes."""
        day, month, year, hour, minute, second = LAYOUT.unpack(raw)
        try:
            return dt.datetime(year, month, day, hour, minute, second, tzinfo=CITY_ZONE)
        except ValueError:
            reader.mark(Code.TIME, at)
            return raw

    def read(self, reader: Reader) -> dt.datetime | bytes:
        """The next moment."""
        at = reader.at
        return self.load(reader.take(7), reader, at)

    def write(self, writer: Writer, value: Any) -> None:
        """Append an aware moment (or ISO 8601 text), or seven raw bytes."""
        raw = as_bytes(value)
        if raw is not None and len(raw) == 7:
            writer.out += raw
            return
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value)
            except ValueError:
                value = None
        if not isinstance(value, dt.datetime) or value.tzinfo is None or not 2 <= value.year <= 9998:
            raise writer.refuse("an aware moment is needed", "应为带时区的时间")
        local = value.astimezone(CITY_ZONE)
        writer.out += LAYOUT.pack(local.day, local.month, local.year, local.hour, local.minute, local.second)
