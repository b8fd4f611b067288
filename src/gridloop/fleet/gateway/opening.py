"""Opens windows: takes what came from sockets and feeds, decodes it and looks its terminals up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridloop.fleet.gateway import counts, reading
from gridloop.fleet.gateway.answering import Answers, Heard
from gridloop.fleet.gateway.newest import first_of_each
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.gateway.wire import Inbox
from gridloop.fleet.intake import Offered

OFFERED_MAX = 20_000
"""Fixes of other feeds that may wait; more make the feed wait."""


@dataclass(slots=True)
class Opened:
    """A window that is read and not judged yet.

    fixes: FIX rows; extras, sizes: where the further items of each lie in `data`; heard: whom to answer; stored: to be called once it is committed;
    dropped: rows that stood in it twice; spent: seconds by phase.
    """

    fixes: npt.NDArray[np.void]
    extras: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    data: bytes
    heard: Heard
    stored: list[Callable[[], None]]
    dropped: int
    spent: dict[str, float]


class Opening:
    """Implements intake.Window. `days`: numbers of days that have a partition."""

    def __init__(self, inbox: Inbox, terminals: Terminals, answers: Answers) -> None:
        self.inbox, self.terminals, self.answers = inbox, terminals, answers
        self.days: npt.NDArray[np.int64] = np.empty(0, np.int64)
        self._offered: list[Offered] = []
        self._offered_rows = 0
        self._room = asyncio.Event()
        self._room.set()

    async def offer(self, offered: Offered) -> None:
        """Add to the open window; waits while the database is behind."""
        await self._room.wait()
        self.put(offered)

    def put(self, offered: Offered) -> None:
        """Add to the open window at once; for the few that cannot wait."""
        self._offered.append(offered)
        self._offered_rows += len(offered.fixes)
        if self._offered_rows > OFFERED_MAX:
            self._room.clear()

    def opened(self) -> Opened:
        """Everything since the last time; who may not speak is refused at once."""
        begun = time.perf_counter()
        taken = self.inbox.take()
        counts.WAITING.set(len(taken.frames))
        offered, self._offered, self._offered_rows = self._offered, [], 0
        self._room.set()
        spent: dict[str, float] = {}
        read = reading.read(taken, self.terminals)
        begun = lap(spent, "decode", begun)
        heard = self.answers.hear(read)
        fixes = np.concatenate([heard.fixes, *(one.fixes for one in offered)]) if offered else heard.fixes
        extras, sizes, data = _extras(heard.extras_at, heard.extras_sizes, heard.data, offered)
        kept = first_of_each(fixes)
        fixes, extras, sizes, dropped = fixes[kept], extras[kept], sizes[kept], len(fixes) - len(kept)
        reading.mark_untimely(fixes, self.days)
        self.answers.refuse_now(heard)
        lap(spent, "read", begun)
        return Opened(fixes, extras, sizes, data, heard, [one.stored for one in offered], dropped, spent)


def lap(spent: dict[str, float], phase: str, begun: float) -> float:
    """Note the seconds since `begun` under a phase; the moment now."""
    now = time.perf_counter()
    spent[phase] = now - begun
    return now


def _extras(
    at: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], data: bytes, offered: list[Offered]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], bytes]:
    """Where the further items of all rows lie, those of other feeds behind those of terminals."""
    if not offered:
        return at, sizes, data
    starts, lengths, parts, end = [at], [sizes], [data], len(data)
    for one in offered:
        found = np.zeros(len(one.fixes), np.int64)
        length = np.zeros(len(one.fixes), np.int64)
        for row, raw in one.extras.items():
            found[row], length[row] = end, len(raw)
            parts.append(raw)
            end += len(raw)
        starts.append(found)
        lengths.append(length)
    return np.concatenate(starts), np.concatenate(lengths), b"".join(parts)
