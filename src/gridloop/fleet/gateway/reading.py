"""Frames of a window to fixes of registered vehicles: who said it, whether they may, and what is plainly wrong with it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.engines.fences.fixes import Mark
from gridloop.fleet.gateway.register import Terminals
from gridloop.fleet.intake import FIX, NO_MOMENT, Source
from gridloop.fleet.jt808.message import Message
from gridloop.fleet.jt808.positions import MARK_PLACE, MARK_TIME, Decoded, decode_many
from gridloop.fleet.jt808.verdicts import BadFrame

LATE_BATCH = 1
"""Kind of a 0x0704: positions from a blind area."""
ITEM_SHIFT = 16
"""A batch has one serial for all its items: their number stands above it, so that each position has a key of its own."""
ALTITUDE_MAX = 32_767
HOUR_MS = 3_600_000
DAY_MS = 86_400_000
Numbers = npt.NDArray[Any]


@dataclass(slots=True)
class Taken:
    """What the sockets gave since the last window. One entry of numbers, counts and received a chunk: connection, its frames, ms since 1970."""

    frames: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    received: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Read:
    """A window taken apart.

    frames: as they came; decoded: rows, other messages, refused frames; conn, received: of each frame; slot: terminal of each row, -1 unknown.
    """

    frames: list[bytes]
    decoded: Decoded
    conn: Numbers
    received: Numbers
    slot: Numbers

    @property
    def others(self) -> list[tuple[int, Message]]:
        """(frame, message) of all that is no position."""
        return self.decoded.others

    @property
    def refused(self) -> list[tuple[int, BadFrame]]:
        """(frame, error)."""
        return self.decoded.refused


def read(taken: Taken, terminals: Terminals) -> Read:
    """Decode a window and look its terminals up."""
    decoded = decode_many(taken.frames)
    counts = np.array(taken.counts, np.int64)
    return Read(
        taken.frames,
        decoded,
        np.repeat(np.array(taken.numbers, np.int64), counts),
        np.repeat(np.array(taken.received, np.int64), counts),
        terminals.slots_of(decoded.rows["phone"]),
    )


def may_speak(read: Read, terminals: Terminals) -> npt.NDArray[np.bool_]:
    """Which rows come from the connection on which their terminal signed in last."""
    at = np.maximum(read.slot, 0)
    may: npt.NDArray[np.bool_] = (read.slot >= 0) & (
        terminals.slots.speaker[at] == read.conn[read.decoded.rows["frame"]]
    )
    return may


def fixes_of(read: Read, chosen: Numbers, terminals: Terminals) -> npt.NDArray[np.void]:
    """FIX rows of chosen rows, in their order."""
    rows = read.decoded.rows[chosen]
    fixes = np.zeros(len(rows), FIX)
    fixes["vehicle"] = terminals.slots.vehicle[read.slot[chosen]]
    fixes["received"] = read.received[rows["frame"]]
    at = rows["time"].astype("M8[ms]").astype(np.int64)
    untimely = (rows["marks"] & MARK_TIME) != 0
    fixes["at"] = np.where(untimely, NO_MOMENT, at)
    fixes["lon"], fixes["lat"] = rows["lon"], rows["lat"]
    fixes["serial"] = rows["serial"].astype(np.int32) | rows["item"].astype(np.int32) << ITEM_SHIFT
    fixes["speed"], fixes["heading"] = rows["speed"], rows["heading"]
    fixes["altitude_m"] = np.minimum(rows["altitude_m"], ALTITUDE_MAX)
    fixes["alarm"], fixes["status"] = rows["alarm"], rows["status"]
    fixes["marks"] = np.where(untimely, Mark.TIME, 0) | np.where(rows["marks"] & MARK_PLACE, Mark.PLACE, 0)
    fixes["source"] = np.where(rows["batch"] == LATE_BATCH, Source.JT808_LATE, Source.JT808)
    return fixes


def stored_moment(fixes: npt.NDArray[np.void]) -> Numbers:
    """The moment each fix is stored under, ms.

    A fix without one stands under the hour it came in: a terminal that sends it again within that hour meets its own key.
    """
    moment: Numbers = np.where(fixes["at"] == NO_MOMENT, fixes["received"] // HOUR_MS * HOUR_MS, fixes["at"])
    return moment


def mark_untimely(fixes: npt.NDArray[np.void], days: Numbers) -> None:
    """Mark what claims a day that has no partition. days: numbers of days since 1970 that have one, ascending."""
    day = stored_moment(fixes) // DAY_MS
    at = np.minimum(np.searchsorted(days, day), len(days) - 1)
    there = days[at] == day if len(days) else np.zeros(len(fixes), np.bool_)
    fixes["marks"] |= np.where(there, 0, Mark.TIME).astype(np.uint8)
