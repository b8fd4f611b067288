"""Frames out of a stream of bytes, however the network cut it."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.fleet.jt808.frames import ESCAPED_MAX, FRAME_MIN


@dataclass(slots=True)
class Losses:
    """What a stream held that was no frame."""

    bytes: int = 0
    too_short: int = 0
    too_long: int = 0


class Splitter:
    """Cuts one connection's bytes at the delimiters; keeps at most one unfinished frame.

    Everything between two delimiters is a candidate, so a lost delimiter costs one frame and no more. What cannot be a frame
    (before the first delimiter, too short, too long) is dropped and counted; what looks like one and is none, decoding refuses.
    """

    __slots__ = ("_dropped", "_started", "_tail", "losses", "most")

    def __init__(self, *, most: int = ESCAPED_MAX) -> None:
        """`most`: longest frame kept, in bytes between the delimiters."""
        self.most = most
        self.losses = Losses()
        self._tail = bytearray()
        self._started = False
        self._dropped = 0

    @property
    def waiting(self) -> int:
        """Bytes of the unfinished frame that are held."""
        return len(self._tail)

    def feed(self, chunk: bytes) -> list[bytes]:
        """The frames that this chunk completes, without delimiters, still escaped."""
        pieces = chunk.split(b"\x7e")
        last = pieces.pop()
        frames: list[bytes] = []
        if pieces:
            if pieces[0] or self._tail or self._dropped or not self._started:
                self._grow(pieces[0])
                self._finish(frames)
            middle = pieces[1:]
            if middle:
                most = self.most
                fit = [piece for piece in middle if FRAME_MIN <= len(piece) <= most]
                frames += fit
                if len(fit) != len(middle):
                    self._count(middle)
        if last:
            self._grow(last)
        return frames

    def _grow(self, piece: bytes) -> None:
        if self._dropped or len(self._tail) + len(piece) > self.most:
            self._dropped += len(self._tail) + len(piece)
            self._tail.clear()
        else:
            self._tail += piece

    def _finish(self, frames: list[bytes]) -> None:
        """A delimiter was seen: what was held is complete."""
        held = bytes(self._tail)
        if not self._started:
            self.losses.bytes += len(held) + self._dropped
        elif self._dropped:
            self.losses.too_long += 1
            self.losses.bytes += self._dropped
        elif len(held) >= FRAME_MIN:
            frames.append(held)
        else:
            self._count([held])
        self._started = True
        self._tail.clear()
        self._dropped = 0

    def _count(self, pieces: list[bytes]) -> None:
        """Nothing between two delimiters is usual: one frame's end and the next one's beginning."""
        for piece in pieces:
            if len(piece) > self.most:
                self.losses.too_long += 1
                self.losses.bytes += len(piece)
            elif 0 < len(piece) < FRAME_MIN:
                self.losses.too_short += 1
                self.losses.bytes += len(piece)
