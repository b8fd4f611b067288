"""General acknowledgements (0x8001) for many frames at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.jt808.frames import HEADER_2013, HEADER_2019, VERSION_BIT, Edition, escape
from gridloop.fleet.jt808.registry import PLATFORM_ACK

BODY = 5
VERSION = 1


def acks(rows: npt.NDArray[np.void], serials: npt.ArrayLike, results: npt.ArrayLike = 0) -> list[bytes]:
    """One frame of 0x8001, delimiters included, for each row.

    rows: with phone (S20), edition, serial and id, such as `Decoded.rows`; serials: the platform's own serial of each ack;
    results: 0 done, 1 failed, 2 bad message, 3 not supported, 4 alarm confirmed, for all or for each.
    """
    count = len(rows)
    own = np.broadcast_to(np.asarray(serials, np.int64) & 0xFFFF, count)
    result = np.broadcast_to(np.asarray(results, np.uint8), count)
    made: list[bytes] = [b""] * count
    for late, size in ((False, HEADER_2013), (True, HEADER_2019)):
        places = np.flatnonzero((rows["edition"] == Edition.V2019) == late)
        if len(places):
            frames = _frames(rows[places], own[places], result[places], late=late, size=size)
            for place, frame in zip(places.tolist(), frames, strict=True):
                made[place] = frame
    return made


def _frames(
    rows: npt.NDArray[np.void], own: npt.NDArray[Any], result: npt.NDArray[Any], *, late: bool, size: int
) -> list[bytes]:
    digits = 20 if late else 12
    table = np.zeros((len(rows), size + BODY + 3), np.uint8)
    table[:, 0] = table[:, -1] = 0x7E
    inner = table[:, 1:-1]
    words = (
        (0, np.full(len(rows), PLATFORM_ACK)),
        (2, np.full(len(rows), BODY | (VERSION_BIT if late else 0))),
        (size - 2, own),
        (size, rows["serial"]),
        (size + 2, rows["id"]),
    )
    for at, values in words:
        inner[:, at], inner[:, at + 1] = values >> 8, values & 0xFF
    if late:
        inner[:, 4] = VERSION
    phone = np.ascontiguousarray(rows["phone"]).view(np.uint8).reshape(len(rows), 20)[:, :digits] - ord("0")
    inner[:, size - 2 - digits // 2 : size - 2] = phone[:, 0::2] << 4 | phone[:, 1::2]
    inner[:, size + 4] = result
    inner[:, -1] = np.bitwise_xor.reduce(inner[:, :-1], axis=1)
    whole, width = table.tobytes(), table.shape[1]
    frames = [whole[at : at + width] for at in range(0, len(whole), width)]
    for place in np.flatnonzero(((inner == 0x7D) | (inner == 0x7E)).any(axis=1)).tolist():
        frames[place] = b"\x7e" + escape(frames[place][1:-1]) + b"\x7e"
    return frames
