"""Reads the gateway's stream of committed positions (frames of u32 length of what follows, u8 kind, payload; little endian)."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HEAD = struct.Struct("<IB")
POSITIONS = 1
FRAME_MAX = 64 << 20
WAITING_MAX = 1_000
COLUMNS = (("vehicle", "<i4"), ("lon_e7", "<i4"), ("lat_e7", "<i4"), ("at_ms", "<i8"), ("speed", "<u2"), ("heading", "<u2"), ("marks", "u1"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Committed:
    """Columns of positions that are stored: vehicle int32, lon_e7 and lat_e7 int32, at_ms int64, speed 0.1 km/h and heading uint16, marks uint8."""

    vehicle: npt.NDArray[np.int32]
    lon_e7: npt.NDArray[np.int32]
    lat_e7: npt.NDArray[np.int32]
    at_ms: npt.NDArray[np.int64]
    speed: npt.NDArray[np.uint16]
    heading: npt.NDArray[np.uint16]
    marks: npt.NDArray[np.uint8]


def committed_of(payload: bytes) -> Committed:
    """The columns in a frame of kind 1; raises ValueError where their size does not fit."""
    (count,) = struct.unpack_from("<I", payload)
    at, columns = 4, []
    for _, kind in COLUMNS:
        column = np.frombuffer(payload, np.dtype(kind), count, at)
        columns.append(column)
        at += column.nbytes
    if at != len(payload):
        raise ValueError(f"{len(payload)} bytes for {count} positions")
    return Committed(*columns)


async def committed(host: str, port: int) -> AsyncIterator[Committed]:
    """Windows of positions as the gateway commits them; raises OSError or EOFError where it is gone."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while True:
            size, kind = HEAD.unpack(await reader.readexactly(HEAD.size))
            if not 1 <= size <= FRAME_MAX:
                raise ConnectionError(f"a frame of {size} bytes")
            payload = await reader.readexactly(size - 1)
            if kind == POSITIONS:
                yield committed_of(payload)
    finally:
        writer.close()


async def committed_anywhere(streams: Sequence[tuple[str, int]]) -> AsyncIterator[Committed]:
    """Windows of positions as any of several evaluators commits them; raises OSError or EOFError where one of them is gone."""
    windows: asyncio.Queue[Committed] = asyncio.Queue(WAITING_MAX)

    async def follow(host: str, port: int) -> None:
        async for window in committed(host, port):
            await windows.put(window)

    lines = [asyncio.ensure_future(follow(*stream)) for stream in streams]
    try:
        while True:
            wanted = asyncio.ensure_future(windows.get())
            await asyncio.wait([wanted, *lines], return_when=asyncio.FIRST_COMPLETED)
            if not wanted.done() and windows.empty():
                wanted.cancel()
                for line in lines:
                    if line.done():
                        line.result()
            yield await wanted
    finally:
        for line in lines:
            line.cancel()
