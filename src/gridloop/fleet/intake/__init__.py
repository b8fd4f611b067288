"""What comes in, whatever protocol it came by: fixes of known vehicles, offered to the window, told back when they are stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from gridloop.fleet.rules.kinds import VehicleKind

FIX = np.dtype(
    [
        ("vehicle", np.int32),  # id in the register
        ("at", np.int64),  # ms since 1970 UTC, by the device; intake.NO_MOMENT where the device said none
        ("received", np.int64),  # ms since 1970 UTC, at the gateway
        ("lon", np.float64),  # degrees, WGS-84
        ("lat", np.float64),
        (
            "serial",
            np.int32,
        ),  # the protocol's own number of the message, 0 where it has none; with vehicle and at the key of a position
        ("speed", np.uint16),  # 0.1 km/h
        ("heading", np.uint16),  # degrees
        ("altitude_m", np.int16),
        ("alarm", np.uint32),  # bits of JT/T 808, 0 elsewhere
        ("status", np.uint32),  # bits of JT/T 808; other feeds set ACC and POSITIONED
        ("marks", np.uint8),  # Mark of the fence engine where the feed knows already (intake.Mark)
        ("source", np.uint8),  # Source
    ]
)
"""One position of a registered vehicle."""
NO_MOMENT = np.iinfo(np.int64).min
STATUS_ACC, STATUS_POSITIONED = 1, 2
MARK_CLONE = 64
"""Beside the marks of the fence engine: the same terminal speaks from two places at once, and this fix came from one of them."""


class Source(IntEnum):
    """Where a position came from, as the number that is stored."""

    JT808 = 1
    JT808_LATE = 2  # an item of a late batch (0x0704 kind 1)
    JT809 = 3
    MQTT = 4
    GTFS_RT = 5
    NMEA = 6
    HTTP = 7


@dataclass(frozen=True, slots=True)
class Known:
    """What a feed must know of a terminal: its vehicle, whether it may speak, and how often."""

    terminal: int
    vehicle: int
    plate: str
    kind: VehicleKind
    auth_hash: bytes = b""
    blocked: bool = False
    frames_per_min_max: int = 600
    device: str = ""
    plate_colour: int = 2  # JT/T 697.7


class Register(Protocol):
    """The vehicle register as a feed asks it; kept in memory and renewed when the database says so."""

    def known(self, protocol: str, name: str) -> Known | None:
        """The terminal of that name in that protocol."""
        ...

    def by_plate(self, plate: str) -> Known | None:
        """A vehicle by its plate, for feeds that name plates; its terminal may be 0."""
        ...

    def by_vehicle(self, vehicle: int) -> Known | None:
        """A vehicle by its id, for feeds that send onwards; its terminal may be 0."""
        ...

    def refuse(self, protocol: str, name: str, address: str, reason: str, said: tuple[str, str]) -> None:
        """Note a stranger: reason is a code of models.Stranger, said is English and Chinese."""
        ...


@dataclass(slots=True)
class Offered:
    """Fixes (FIX rows) and what is to be called when their transaction has committed; extras: raw further items by row, where there are any."""

    fixes: npt.NDArray[np.void]
    stored: Callable[[], None] = field(default=lambda: None)
    extras: dict[int, bytes] = field(default_factory=dict)


class Window(Protocol):
    """Takes what feeds offer; the window that is open is judged, stored and then told."""

    async def offer(self, offered: Offered) -> None:
        """Add to the open window; waits while the database is behind, so that a feed stops reading."""
        ...


class Feed(Protocol):
    """One way in. Adding one is one class: see docs/how-to/add-a-feed.md."""

    name: str

    async def run(self, window: Window, register: Register) -> None:
        """Serve until cancelled; a lost peer is waited for and sought again, never an end."""
        ...


def fixes(count: int) -> npt.NDArray[np.void]:
    """So many empty rows."""
    return np.zeros(count, FIX)
