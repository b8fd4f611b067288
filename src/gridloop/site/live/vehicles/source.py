"""The gateway's stream as `live` reads it: positions and warnings that have just been committed.

A frame is `u32 length | u8 kind | payload`, little endian; the length counts kind and payload. Kind 1: `u32 n`, then int32 vehicle[n], int32
lon_e7[n], int32 lat_e7[n], int64 at_ms[n], uint16 speed[n], uint16 heading[n], uint8 marks[n]. Kind 2: JSON list of warnings. Kind 3: hello.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

LENGTH = struct.Struct("<I")
POSITIONS, WARNINGS, HELLO = 1, 2, 3
FRAME_BYTES_MAX = 64 * 1024 * 1024
VERSION = 1
COLUMNS: tuple[tuple[str, str], ...] = (
    ("vehicle", "<i4"), ("lon_e7", "<i4"), ("lat_e7", "<i4"), ("at_ms", "<i8"), ("speed", "<u2"), ("heading", "<u2"), ("marks", "u1"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fixes:
    """Positions that were committed together; arrays of the same length, speed in 0.1 km/h."""

    vehicle: npt.NDArray[np.int32]
    lon_e7: npt.NDArray[np.int32]
    lat_e7: npt.NDArray[np.int32]
    at_ms: npt.NDArray[np.int64]
    speed: npt.NDArray[np.uint16]
    heading: npt.NDArray[np.uint16]
    marks: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Warned:
    """Warnings that were committed together."""

    items: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Hello:
    """The gateway's first word: the highest id of a warning when the stream began."""

    last_warning: int


class BrokenStreamError(Exception):
    """The other side does not speak this protocol."""


def positions(payload: bytes) -> Fixes:
    """The arrays of a kind 1 frame; BrokenStreamError when its length is not that of its count."""
    (count,) = LENGTH.unpack_from(payload)
    at = LENGTH.size
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, kind in COLUMNS:
        size = count * np.dtype(kind).itemsize
        if at + size > len(payload):
            raise BrokenStreamError(f"a frame of {count} positions is too short")
        arrays[name] = np.frombuffer(payload, kind, count, at)
        at += size
    return Fixes(**arrays)


def positions_frame(fixes: Fixes) -> bytes:
    """The frame of kind 1 with these positions: what the gateway sends, kept here beside the reader for the two to be tested together."""
    parts = [np.ascontiguousarray(getattr(fixes, name), kind).tobytes() for name, kind in COLUMNS]
    return frame(POSITIONS, LENGTH.pack(len(fixes.vehicle)) + b"".join(parts))


def frame(kind: int, payload: bytes) -> bytes:
    """One frame on the wire."""
    return LENGTH.pack(len(payload) + 1) + bytes([kind]) + payload


def read(kind: int, payload: bytes) -> Fixes | Warned | Hello | None:
    """What a frame says; None for a kind of a later version."""
    if kind == POSITIONS:
        return positions(payload)
    if kind == WARNINGS:
        return Warned(orjson.loads(payload))
    if kind == HELLO:
        said = orjson.loads(payload)
        if said.get("version") != VERSION:
            raise BrokenStreamError(f"the gateway speaks version {said.get('version')}, this is {VERSION}")
        return Hello(int(said.get("position") or 0))
    return None


async def heard(host: str, port: int) -> AsyncIterator[Fixes | Warned | Hello]:
    """Everything the gateway tells until the line is lost (OSError, EOFError)."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while True:
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            if not 1 <= length <= FRAME_BYTES_MAX:
                raise BrokenStreamError(f"a frame of {length} bytes")
            body = await reader.readexactly(length)
            said = read(body[0], body[1:])
            if said is not None:
                yield said
    finally:
        writer.close()
