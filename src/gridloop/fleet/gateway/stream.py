"""The live stream: what was just committed, told to readers on this machine (the format stands in docs/how-to/gateway.md)."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from gridloop.fleet.gateway import copying, counts

POSITIONS, WARNINGS, HELLO = 1, 2, 3
VERSION = 1
HEAD = struct.Struct("<IB")
UNREAD_MAX = 2 * 1024 * 1024
"""Bytes a reader may leave unread before it loses positions; twice as many, and it is let go."""


def framed(kind: int, payload: bytes) -> bytes:
    """One frame: its length (of kind and payload), its kind, its payload."""
    return HEAD.pack(len(payload) + 1, kind) + payload


def positions_payload(fixes: npt.NDArray[np.void]) -> bytes:
    """Columns one after the other: count, vehicle i4, lon_e7 i4, lat_e7 i4, at ms i8, speed u2, heading u2, marks u1; little endian."""
    values = copying.values_of(fixes)
    columns = (
        fixes["vehicle"].astype("<i4"),
        values["lon_e7"].astype("<i4"),
        values["lat_e7"].astype("<i4"),
        (values["at"] // 1000 + copying.EPOCH_MS).astype("<i8"),
        fixes["speed"].astype("<u2"),
        fixes["heading"].astype("<u2"),
        fixes["marks"].astype("<u1"),
    )
    return struct.pack("<I", len(fixes)) + b"".join(column.tobytes() for column in columns)


class Reader(asyncio.Protocol):
    """One reader; it says nothing."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Greet it with the last warning there was, so that it can fetch what it missed."""
        self.transport = transport
        transport.set_write_buffer_limits(high=2 * UNREAD_MAX)
        hello = {"version": VERSION, "position": self.stream.last_warning}
        transport.write(framed(HELLO, orjson.dumps(hello)))
        self.stream.readers.add(self)
        counts.READERS.set(len(self.stream.readers))

    def connection_lost(self, _error: Exception | None) -> None:
        """It has gone."""
        self.stream.readers.discard(self)
        counts.READERS.set(len(self.stream.readers))


class Stream:
    """All readers. `last_warning`: id of the newest warning that was told."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.last_warning = 0

    def tell(self, fixes: npt.NDArray[np.void], warnings: list[dict[str, Any]]) -> None:
        """Tell a committed window."""
        if warnings:
            self.last_warning = max(self.last_warning, *(one["id"] for one in warnings))
        if not self.readers:
            return
        said = framed(WARNINGS, orjson.dumps(warnings)) if warnings else b""
        moved = framed(POSITIONS, positions_payload(fixes)) if len(fixes) else b""
        for reader in list(self.readers):
            self._send(reader, said, moved)

    def _send(self, reader: Reader, said: bytes, moved: bytes) -> None:
        unread = reader.transport.get_write_buffer_size()
        if unread > 2 * UNREAD_MAX:
            counts.LET_GO.inc()
            reader.transport.abort()
            return
        if said:
            reader.transport.write(said)
        if moved and unread <= UNREAD_MAX:
            reader.transport.write(moved)
        elif moved:
            counts.UNREAD.inc()
