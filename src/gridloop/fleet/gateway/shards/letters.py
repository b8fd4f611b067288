"""What a gateway writes to an evaluator: one window's fixes of one shard. Pure.

Layout: length of the head (u32, little endian), the head (JSON), FIX rows, sizes of their further items (i4 each), the items one after the other.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from gridloop.fleet.gateway.drivers import Began
from gridloop.fleet.intake import FIX

VERSION = 1
HEAD = struct.Struct("<I")
ROWS_MAX = 6_000
"""Rows of one letter: with their further items well below the megabyte that a message may have."""
ITEMS_MAX = 400_000
"""Bytes of further items in one letter."""


class BadLetterError(ValueError):
    """A message on the stream that no gateway of this version wrote."""


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """sender: one gateway's run; number: counts its letters; now_ms: its moment; masters_us: up to when it knew the register (the database's clock).

    drivers: who began to drive before these fixes; fixes: FIX rows; sizes: bytes of the further items of each, which follow each other in `data`.
    """

    sender: str
    number: int
    now_ms: int
    masters_us: int
    drivers: list[Began]
    fixes: npt.NDArray[np.void]
    sizes: npt.NDArray[np.int64]
    data: bytes


def written(letter: Letter) -> bytes:
    """A letter as bytes."""
    head = orjson.dumps(
        {
            "version": VERSION,
            "from": letter.sender,
            "number": letter.number,
            "now_ms": letter.now_ms,
            "masters_us": letter.masters_us,
            "drivers": letter.drivers,
            "rows": len(letter.fixes),
        }
    )
    sizes = letter.sizes.astype("<i4").tobytes()
    return b"".join([HEAD.pack(len(head)), head, letter.fixes.tobytes(), sizes, letter.data])


def read(raw: bytes) -> Letter:
    """The letter in these bytes; raises BadLetterError."""
    try:
        (length,) = HEAD.unpack_from(raw)
        head: dict[str, Any] = orjson.loads(raw[HEAD.size : HEAD.size + length])
        if head["version"] != VERSION:
            raise BadLetterError(f"a letter of version {head['version']}, this evaluator reads {VERSION}")
        rows, at = int(head["rows"]), HEAD.size + length
        fixes = np.frombuffer(raw, FIX, rows, at).copy()
        at += rows * FIX.itemsize
        sizes = np.frombuffer(raw, "<i4", rows, at).astype(np.int64)
        drivers = [(int(vehicle), int(at_ms), int(token)) for vehicle, at_ms, token in head["drivers"]]
        letter = Letter(
            str(head["from"]), int(head["number"]), int(head["now_ms"]), int(head["masters_us"]), drivers, fixes, sizes,
            raw[at + 4 * rows :],
        )  # fmt: skip
    except (struct.error, KeyError, TypeError, ValueError) as wrong:
        raise BadLetterError(f"no letter of a gateway: {wrong}") from wrong
    if len(letter.data) != int(sizes.sum()):
        raise BadLetterError(f"a letter with {len(letter.data)} bytes of further items that says {int(sizes.sum())}")
    return letter


def parted(sizes: npt.NDArray[np.int64]) -> Iterator[slice]:
    """Rows of a window in parts that fit a letter each; one part where there is nothing."""
    start, items = 0, 0
    for row, size in enumerate(sizes.tolist()):
        if row > start and (row - start >= ROWS_MAX or items + size > ITEMS_MAX):
            yield slice(start, row)
            start, items = row, 0
        items += size
    yield slice(start, len(sizes))


def gathered(
    extras: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], data: bytes, rows: npt.NDArray[np.int64]
) -> bytes:
    """The further items of chosen rows, one after the other."""
    chosen = rows[sizes[rows] > 0]
    return b"".join(
        data[at : at + size] for at, size in zip(extras[chosen].tolist(), sizes[chosen].tolist(), strict=True)
    )
