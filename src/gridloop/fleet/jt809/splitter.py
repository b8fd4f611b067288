"""Frames out of a stream of bytes, however the network cut it."""

from __future__ import annotations

from gridloop.fleet.jt808.splitter import Losses
from gridloop.fleet.jt809.frames import CHECK_BYTES, FRAME_MAX, HEADER_2011


class Splitter:
    """Cuts one connection's bytes at 0x5b and 0x5d; keeps at most one unfinished frame.

    What stands between two frames, and what is too short or too long for one, is dropped and counted.
    """

    __slots__ = ("_inside", "_tail", "losses", "most")

    def __init__(self, *, most: int = FRAME_MAX) -> None:
        """`most`: longest frame kept, in bytes between the delimiters."""
        self.most = most
        self.losses = Losses()
        self._tail = bytearray()
        self._inside = False

    @property
    def waiting(self) -> int:
        """Bytes of the unfinished frame that are held."""
        return len(self._tail)

    def feed(self, chunk: bytes) -> list[bytes]:
        """The frames that this chunk completes, without delimiters, still escaped."""
        frames: list[bytes] = []
        at, end = 0, len(chunk)
        while at < end:
            if not self._inside:
                head = chunk.find(b"\x5b", at)
                self.losses.bytes += (end if head < 0 else head) - at
                if head < 0:
                    break
                self._inside, at = True, head + 1
            tail = chunk.find(b"\x5d", at)
            piece = chunk[at : end if tail < 0 else tail]
            again = piece.rfind(b"\x5b")
            if again >= 0:  # a new head before the tail: the frame before it lost its end
                self.losses.bytes += len(self._tail) + again
                self._tail.clear()
                piece = piece[again + 1 :]
            self._tail += piece
            at = end if tail < 0 else tail + 1
            if len(self._tail) > self.most:
                self.losses.too_long += 1
                self._drop()
            elif tail >= 0:
                self._finish(frames)
        return frames

    def _finish(self, frames: list[bytes]) -> None:
        if len(self._tail) >= HEADER_2011.size + CHECK_BYTES:
            frames.append(bytes(self._tail))
            self._tail.clear()
            self._inside = False
        else:
            self.losses.too_short += 1
            self._drop()

    def _drop(self) -> None:
        self.losses.bytes += len(self._tail)
        self._tail.clear()
        self._inside = False
