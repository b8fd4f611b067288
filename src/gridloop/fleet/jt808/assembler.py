"""Messages that came in several packets, put together again."""

from __future__ import annotations

from dataclasses import dataclass, field

from gridloop.fleet.jt808.frames import BODY_MAX, Edition, Header
from gridloop.fleet.jt808.message import FRAGMENT, Message, decode_body
from gridloop.fleet.jt808.registry import PLATFORM_RESEND, TERMINAL_RESEND

HELD_BYTES_MAX = 64 * 1024 * 1024
PARTS_OPEN_MAX = 8_192  # a message of 8 MB
REQUEST_MOST_2013 = 255  # counted by one byte
REQUEST_MOST_2019 = (BODY_MAX - 4) // 2
PART_BYTES_LEAST = 160  # what a packet costs beside its bytes, roughly: even an empty one is no gift
KEY_BYTES = 512  # what an open message costs beside its packets, roughly


@dataclass(slots=True)
class _Open:
    """A message of which packets are missing."""

    first: Header
    first_serial: int
    total: int
    touched_s: float
    parts: dict[int, bytes] = field(default_factory=dict)
    size: int = KEY_BYTES


@dataclass(frozen=True, slots=True)
class Missing:
    """What is still to come of one message, and the message that asks for it."""

    phone: str
    id: int
    first_serial: int
    parts: tuple[int, ...]
    edition: Edition

    def request(self, serial: int, *, by_terminal: bool = False) -> Message:
        """0x8003, or 0x0005 where a terminal asks; names as many packets as one request holds."""
        most = REQUEST_MOST_2019 if self.edition is Edition.V2019 else REQUEST_MOST_2013
        header = Header(TERMINAL_RESEND if by_terminal else PLATFORM_RESEND, self.phone, serial, self.edition)
        return Message(header, {"first_serial": self.first_serial, "parts": list(self.parts[:most])})


@dataclass(slots=True)
class Lost:
    """Messages that were given up, by reason."""

    timed_out: int = 0
    replaced: int = 0
    too_large: int = 0


class Assembler:
    """Holds the packets of unfinished messages of all terminals, within a bound of bytes and of time.

    A terminal has one unfinished message of an id at a time: one that contradicts it (another number of packets, or other bytes
    under a number that is there) replaces it.
    """

    def __init__(self, *, timeout_s: float = 60.0, held_bytes_max: int = HELD_BYTES_MAX) -> None:
        """`timeout_s`: how long after its last packet an unfinished message is kept."""
        self.timeout_s = timeout_s
        self.held_bytes_max = held_bytes_max
        self.held_bytes = 0
        self.lost = Lost()
        self._open: dict[tuple[str, int], _Open] = {}

    def __len__(self) -> int:
        """How many messages are unfinished."""
        return len(self._open)

    def take(self, packet: Message, now_s: float, *, lenient: bool = False) -> Message | None:
        """The whole message once its last packet came, else None; a message of one piece comes back as it is.

        `now_s`: any clock that only goes forward. Raises BadFrame where the whole cannot be read.
        """
        part = packet.header.part
        if part is None:
            return packet
        self.forget(now_s)
        if not 1 <= part.number <= part.total or part.total > PARTS_OPEN_MAX:
            self.lost.too_large += 1
            return None
        key = (packet.header.phone, packet.header.id)
        piece = bytes(packet.body[FRAGMENT])
        held = self._held(key, packet.header, piece, now_s)
        if part.number not in held.parts:
            held.parts[part.number] = piece
            cost = len(piece) + PART_BYTES_LEAST
            held.size += cost
            self.held_bytes += cost
        if part.number == 1:
            held.first, held.first_serial = packet.header, packet.header.serial
        held.touched_s = now_s
        if len(held.parts) == held.total:
            self._drop(key)
            body = b"".join(held.parts[number] for number in range(1, held.total + 1))
            return decode_body(held.first, body, lenient=lenient)
        self._keep_within_bounds()
        return None

    def _held(self, key: tuple[str, int], header: Header, piece: bytes, now_s: float) -> _Open:
        part = header.part
        assert part is not None
        held = self._open.pop(key, None)
        if held is not None and (held.total != part.total or held.parts.get(part.number, piece) != piece):
            self.held_bytes -= held.size
            self.lost.replaced += 1
            held = None
        if held is None:
            held = _Open(header, (header.serial - part.number + 1) & 0xFFFF, part.total, now_s)
            self.held_bytes += held.size
        self._open[key] = held  # the last touched stands last
        return held

    def missing(self, now_s: float, *, quiet_s: float = 0.0) -> list[Missing]:
        """What is to be asked for again: of every message that got no packet for `quiet_s` seconds."""
        return [
            Missing(
                held.first.phone,
                held.first.id,
                held.first_serial,
                tuple(number for number in range(1, held.total + 1) if number not in held.parts),
                held.first.edition,
            )
            for held in self._open.values()
            if now_s - held.touched_s >= quiet_s
        ]

    def forget(self, now_s: float) -> None:
        """Give up what had no packet for too long."""
        while self._open:
            key, oldest = next(iter(self._open.items()))
            if now_s - oldest.touched_s <= self.timeout_s:
                break
            self._drop(key)
            self.lost.timed_out += 1

    def _keep_within_bounds(self) -> None:
        while self.held_bytes > self.held_bytes_max and self._open:
            self._drop(next(iter(self._open)))
            self.lost.too_large += 1

    def _drop(self, key: tuple[str, int]) -> None:
        self.held_bytes -= self._open.pop(key).size
