"""General acknowledgements (0x8001) for many frames at once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.jt808.frames import DELIMITER, HEADER_2013, HEADER_2019, VERSION_BIT, Edition
from gridloop.fleet.jt808.registry import PLATFORM_ACK

BODY = 5
VERSION = 1
ESCAPE = 0x7D
ESCAPED_LESS = 0x7C
"""0x7D 1 stands for 0x7D, 0x7D 2 for 0x7E (JT/T 808)."""


def acks(rows: npt.NDArray[np.void], serials: npt.ArrayLike, results: npt.ArrayLike = 0) -> list[bytes]:
    """One frame of 0x8001, delimiters included, for each row; the arguments are those of `joined`."""
    whole, edges = joined(rows, serials, results)
    cuts = edges.tolist()
    return [whole[start:stop] for start, stop in pairwise(cuts)]


def joined(
    rows: npt.NDArray[np.void], serials: npt.ArrayLike, results: npt.ArrayLike = 0
) -> tuple[bytes, npt.NDArray[np.int64]]:
    """All frames one behind the other, and where each begins (n + 1): a connection's answers are one slice.

    rows: with phone (S20), edition, serial and id, such as `Decoded.rows`; serials: the platform's own serial of each ack;
    results: 0 done, 1 failed, 2 bad message, 3 not supported, 4 alarm confirmed, for all or for each.
    """
    count = len(rows)
    own = np.broadcast_to(np.asarray(serials, np.int64) & 0xFFFF, count)
    result = np.broadcast_to(np.asarray(results, np.uint8), count)
    late = rows["edition"] == Edition.V2019
    widths = np.where(late, HEADER_2019, HEADER_2013) + BODY + 3
    edges = np.concatenate([[0], np.cumsum(widths)])
    whole = np.empty(edges[-1], np.uint8)
    bare = np.zeros(edges[-1], np.bool_)
    bare[edges[:-1]] = bare[edges[1:] - 1] = True
    for is_late, size in ((False, HEADER_2013), (True, HEADER_2019)):
        places = np.flatnonzero(late == is_late)
        if len(places):
            table = _frames(rows[places], own[places], result[places], late=is_late, size=size)
            whole[edges[places][:, None] + np.arange(table.shape[1])] = table
    return _escaped(whole, edges, (whole >= ESCAPE) & (whole <= DELIMITER) & ~bare)


def _escaped(
    whole: npt.NDArray[np.uint8], edges: npt.NDArray[np.int64], marked: npt.NDArray[np.bool_]
) -> tuple[bytes, npt.NDArray[np.int64]]:
    """The same bytes with two in place of each marked one."""
    places = np.flatnonzero(marked)
    if not len(places):
        return whole.tobytes(), edges
    made = np.repeat(whole, 1 + marked)
    at = places + np.arange(len(places))
    made[at], made[at + 1] = ESCAPE, whole[places] - ESCAPED_LESS
    return made.tobytes(), edges + np.searchsorted(places, edges)


def _frames(
    rows: npt.NDArray[np.void], own: npt.NDArray[Any], result: npt.NDArray[Any], *, late: bool, size: int
) -> npt.NDArray[np.uint8]:
    digits = 20 if late else 12
    table = np.zeros((len(rows), size + BODY + 3), np.uint8)
    table[:, 0] = table[:, -1] = DELIMITER
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
    return table
