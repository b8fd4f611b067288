"""Frames of positions for browsers (docs/reference/live-fleet.md): everything in a key frame, then one byte an axis for what moved.

Little endian. A frame is a head of 24 bytes (kind, version, two spare bytes, rows, sequence, moment in ms, four spare bytes) and arrays one
after the other; on the wire it is deflated without header (RFC 1951). Places are units of 1e-5 degree, about a metre.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

VERSION = 1
KEY, DELTA = 1, 2
HEAD = struct.Struct("<BBHIIdI")
COUNTS = struct.Struct("<II")
PER_UNIT_E7 = 100  # ten-millionths of a degree in one unit
NEAR_MAX = 127
FAR_MAX = 32_767
FAR = -128
"""In dx: look for this row among the far ones."""
AGE_MAX_S = 65_535
DEFLATE_LEVEL = 1
Ints = npt.NDArray[np.int32]


@dataclass(slots=True)
class Rows:
    """What is shown of some vehicles; arrays of the same length. x, y: units; at_ms: 0 where nothing was ever heard; kind: index into the kinds."""

    ids: npt.NDArray[np.uint32]
    x: Ints
    y: Ints
    at_ms: npt.NDArray[np.int64]
    heading: npt.NDArray[np.uint16]
    kind: npt.NDArray[np.uint8]
    jumped: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


def key_frame(rows: Rows, *, seq: int, now_ms: int) -> bytes:
    """Every row: id, place, age in seconds (65,535: older or never heard), heading in steps of two degrees, kind."""
    age = np.where(rows.at_ms > 0, np.clip((now_ms - rows.at_ms) // 1000, 0, AGE_MAX_S), AGE_MAX_S).astype("<u2")
    heading = ((rows.heading % 360) // 2).astype(np.uint8)
    parts = (rows.ids.astype("<u4"), rows.x.astype("<i4"), rows.y.astype("<i4"), age, heading, rows.kind)
    return _deflated(HEAD.pack(KEY, VERSION, 0, len(rows), seq, now_ms, 0), *parts)


class Sent:
    """What the readers of one frame sequence have been sent; the next delta is made against it."""

    def __init__(self, rows: Rows) -> None:
        self.x, self.y, self.at_ms = rows.x.copy(), rows.y.copy(), rows.at_ms.copy()

    def delta_frame(self, rows: Rows, *, seq: int, now_ms: int) -> bytes:
        """What changed since the last frame, and moves this sequence on.

        Rows are the same in the same order as in the key frame. A row that moved further than a byte says is listed with two more bytes
        an axis; one that jumped (or went further still) is listed with its place, so that it is drawn there and not slid to.
        """
        dx, dy = rows.x - self.x, rows.y - self.y
        reach = np.maximum(np.abs(dx), np.abs(dy))
        heard = rows.at_ms != self.at_ms
        jump = (reach > FAR_MAX) | ((reach > 0) & rows.jumped)
        far = (reach > NEAR_MAX) & ~jump
        special = far | jump
        near_x, near_y = np.where(special, 0, dx).astype(np.int8), np.where(special, 0, dy).astype(np.int8)
        near_x[special] = FAR
        far_rows, jump_rows = np.flatnonzero(far), np.flatnonzero(jump)
        frame = _deflated(
            HEAD.pack(DELTA, VERSION, 0, len(rows), seq, now_ms, 0) + COUNTS.pack(len(far_rows), len(jump_rows)),
            near_x, near_y, np.packbits(heard, bitorder="little"), far_rows.astype("<u4"), dx[far].astype("<i2"), dy[far].astype("<i2"),
            jump_rows.astype("<u4"), rows.x[jump].astype("<i4"), rows.y[jump].astype("<i4"),
        )  # fmt: skip
        self.x[:], self.y[:], self.at_ms[:] = rows.x, rows.y, rows.at_ms
        return frame


def _deflated(head: bytes, *arrays: npt.NDArray[np.generic]) -> bytes:
    squeeze = zlib.compressobj(DEFLATE_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = [squeeze.compress(head), *(squeeze.compress(array.tobytes()) for array in arrays), squeeze.flush()]
    return b"".join(parts)
