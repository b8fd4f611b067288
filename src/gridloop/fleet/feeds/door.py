"""Whom a feed lets in: registered, not blocked, not too talkative; everybody else is noted with the reason."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from gridloop.fleet.feeds.counts import Counts
from gridloop.fleet.feeds.sightings import Sighting, rows_of
from gridloop.fleet.intake import Known, Offered, Register, Source, Window
from gridloop.fleet.rules.kinds import Protocol

MINUTE_S = 60.0
Said = tuple[str, str]


def now_ms() -> int:
    """The gateway's clock, ms since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Door:
    """The doings that all feeds share: who may speak, turning what they say into rows, counting, offering."""

    def __init__(self, protocol: Protocol, source: Source, window: Window, register: Register, counts: Counts) -> None:
        self.protocol = protocol
        self.source = source
        self.window = window
        self.register = register
        self.counts = counts
        self._minute = 0
        self._said: dict[int, int] = {}

    def let_in(self, name: str, address: str) -> Known | None:
        """The terminal of this name, or None after noting why not."""
        return self._judged(self.register.known(self.protocol, name), name, address)

    def let_in_plate(self, plate: str, address: str) -> Known | None:
        """The vehicle with this plate, or None after noting why not."""
        return self._judged(self.register.by_plate(plate), plate, address)

    def _judged(self, known: Known | None, name: str, address: str) -> Known | None:
        if known is None or not known.vehicle:
            self.refuse(
                name,
                address,
                "unregistered",
                (
                    f"'{name}' is not in the vehicle register; register it under the protocol {self.protocol}",
                    f"“{name}”未在车辆登记册中;请以协议 {self.protocol} 登记",
                ),
            )
        elif known.blocked:
            self.refuse(name, address, "blocked", (f"'{name}' is blocked", f"“{name}”已被封禁"))
        elif not self._within_limit(known):
            most = known.frames_per_min_max
            self.refuse(name, address, "flood", (f"'{name}' says more than {most} messages a minute", f"“{name}”每分钟消息超过 {most} 条"))  # fmt: skip
        else:
            return known
        return None

    def refuse(self, name: str, address: str, reason: str, said: Said) -> None:
        """Note somebody who is not let in."""
        self.counts.refused[reason] += 1
        self.register.refuse(self.protocol, name, address, reason, said)

    async def offer(
        self, sightings: Sequence[tuple[Known, Sighting]], stored: Callable[[], None] = lambda: None
    ) -> None:
        """Offer what was seen; `stored` is called when it is committed. Waits while the database is behind."""
        rows = rows_of([(known.vehicle, one) for known, one in sightings], self.source, now_ms())
        self.counts.offered += len(rows)
        self.counts.marked += int((rows["marks"] != 0).sum())

        def kept() -> None:
            self.counts.stored += len(rows)
            stored()

        await self.window.offer(Offered(rows, kept))

    def _within_limit(self, known: Known) -> bool:
        minute = int(time.monotonic() // MINUTE_S)
        if minute != self._minute:
            self._minute = minute
            self._said.clear()
        said = self._said[known.vehicle] = self._said.get(known.vehicle, 0) + 1
        return said <= known.frames_per_min_max
