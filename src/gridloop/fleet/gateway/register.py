"""The vehicle register in memory: who a phone number is, which connection may speak for it, how much it may say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.intake import Known
from gridloop.fleet.rules.kinds import Protocol, VehicleKind

NOBODY = 0
"""No connection has this number."""
PHONE_DIGITS_MAX = 18  # what a 64-bit number holds; telephone numbers have at most 15 (E.164)
TENS = 10 ** np.arange(PHONE_DIGITS_MAX - 1, -1, -1)
Row = tuple[Any, ...]
Refuse = Callable[[str, str, str, str, tuple[str, str]], None]


class Slots:
    """Columns of all terminals that were ever loaded, one slot each for the life of the process, grown by doubling.

    speaker: number of the connection that signed in last; since: when, ms since 1970; said: frames of this minute; most: how many it may say in one.
    """

    def __init__(self) -> None:
        self.vehicle = np.zeros(1024, np.int32)
        self.speaker = np.zeros(1024, np.int64)
        self.since = np.zeros(1024, np.int64)
        self.said = np.zeros(1024, np.int32)
        self.most = np.zeros(1024, np.int32)

    def hold(self, count: int) -> None:
        """Make room for so many."""
        room = len(self.vehicle)
        while room < count:
            room *= 2
        if room > len(self.vehicle):
            for name in ("vehicle", "speaker", "since", "said", "most"):
                column = getattr(self, name)
                setattr(self, name, np.concatenate([column, np.zeros(room - len(column), column.dtype)]))


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a reading of the database made: terminals by slot, vehicles by id and by plate, phone numbers in order, columns of the slots."""

    known_at: list[Known | None]
    by_id: dict[int, Known]
    plates: dict[str, Known]
    phones: npt.NDArray[np.int64]
    phone_slots: npt.NDArray[np.int64]
    vehicle: npt.NDArray[np.int32]
    most: npt.NDArray[np.int32]


class Terminals:
    """All terminals and vehicles; implements intake.Register. Renewed as a whole: expect, read, prepared, adopt."""

    def __init__(self, refuse: Refuse) -> None:
        self.slots = Slots()
        self.known_at: list[Known | None] = []
        self._slot: dict[tuple[str, str], int] = {}
        self._names: list[str] = []
        self._plates: dict[str, Known] = {}
        self._vehicles: dict[int, Known] = {}
        self._phones = np.empty(0, np.int64)
        self._phone_slots = np.empty(0, np.int64)
        self._changed: dict[int, Known] = {}
        self._refuse = refuse

    def expect(self) -> None:
        """A reading of the database begins: what registration changes from now on is newer than what it will say."""
        self._changed = {}

    def prepared(self, terminals: Iterable[Row], vehicles: Iterable[Row]) -> Prepared:
        """What the database said, in order; may run in another thread. terminals: gateway_register.sql; vehicles: (id, plate, kind, plate colour) of all."""
        by_id = {row[0]: Known(0, row[0], row[1], VehicleKind(row[2]), plate_colour=row[3]) for row in vehicles}
        fresh: dict[int, Known] = {}
        phones: list[tuple[int, int]] = []
        for protocol, name, terminal, vehicle, plate, kind, auth, blocked, most, device in terminals:
            slot = self._slot.setdefault((protocol, name), len(self._slot))
            if slot == len(self._names):
                self._names.append(name)
            known = Known(
                terminal,
                vehicle or 0,
                plate or "",
                VehicleKind(kind or "other"),
                bytes(auth),
                bool(blocked),
                most,
                device,
                by_id[vehicle].plate_colour if vehicle in by_id else 2,
            )
            fresh[slot] = known
            if vehicle:
                by_id[vehicle] = known
            if protocol == Protocol.JT808 and name.isdecimal() and len(name) <= PHONE_DIGITS_MAX:
                phones.append((int(name), slot))
        ordered = np.array(sorted(phones), np.int64).reshape(len(phones), 2)
        known_at = [fresh.get(slot) for slot in range(len(self._slot))]
        return Prepared(
            known_at,
            by_id,
            {known.plate: known for known in by_id.values()},
            ordered[:, 0].copy(),
            ordered[:, 1].copy(),
            np.array([one.vehicle if one and not one.blocked else 0 for one in known_at], np.int32),
            np.array([one.frames_per_min_max if one else 0 for one in known_at], np.int32),
        )

    def adopt(self, prepared: Prepared) -> None:
        """Go by it from now on; whoever is blocked or gone speaks no more."""
        self.known_at, self._vehicles, self._plates = prepared.known_at, prepared.by_id, prepared.plates
        self._phones, self._phone_slots = prepared.phones, prepared.phone_slots
        for slot, known in self._changed.items():
            self.known_at[slot] = known
        count = len(self.known_at)
        self.slots.hold(count)
        self.slots.vehicle[:count], self.slots.most[:count] = prepared.vehicle, prepared.most
        self.slots.speaker[:count][prepared.vehicle == 0] = NOBODY

    def slots_of(self, phones: npt.NDArray[np.bytes_]) -> npt.NDArray[np.int64]:
        """Slots of phone numbers as they stand in headers (S20, digits with zeros at the left); -1 where nobody has it."""
        if not len(phones) or not len(self._phones):
            return np.full(len(phones), -1)
        numbers = numbers_of(phones)
        at = np.minimum(np.searchsorted(self._phones, numbers), len(self._phones) - 1)
        return np.where(self._phones[at] == numbers, self._phone_slots[at], -1)

    def slot(self, protocol: str, name: str) -> int:
        """The slot of one terminal, -1 where there is none of that name."""
        slot = self._slot.get((protocol, name), -1)  # one that was just read may stand there before it is adopted
        return slot if 0 <= slot < len(self.known_at) and self.known_at[slot] is not None else -1

    def name_at(self, slot: int) -> str:
        """The name of the terminal in a slot."""
        return self._names[slot]

    def name_of_any(self, slots: Iterable[int]) -> str:
        """The name of one of these terminals, empty where there is none."""
        return next((self._names[slot] for slot in slots), "")

    def replace(self, slot: int, known: Known) -> None:
        """What registration has changed, before the next renewal says the same."""
        self.known_at[slot] = known
        self._changed[slot] = known

    def slots_of_vehicle(self, vehicle: int) -> list[int]:
        """The slots of a vehicle's terminals."""
        return np.flatnonzero(self.slots.vehicle[: len(self.known_at)] == vehicle).tolist()

    def known(self, protocol: str, name: str) -> Known | None:
        """The terminal of that name in that protocol."""
        slot = self.slot(protocol, name)
        return self.known_at[slot] if slot >= 0 else None

    def by_plate(self, plate: str) -> Known | None:
        """A vehicle by its plate; its terminal may be 0."""
        return self._plates.get(plate)

    def by_vehicle(self, vehicle: int) -> Known | None:
        """A vehicle by its id; its terminal may be 0."""
        return self._vehicles.get(vehicle)

    def refuse(self, protocol: str, name: str, address: str, reason: str, said: tuple[str, str]) -> None:
        """Note a stranger."""
        self._refuse(protocol, name, address, reason, said)


def numbers_of(phones: npt.NDArray[np.bytes_]) -> npt.NDArray[np.int64]:
    """Phone numbers (S20 of 12 or 20 digits, zeros at the left) as numbers; -1 for what is none of at most 18 digits."""
    bytes_of = np.ascontiguousarray(phones).view(np.uint8).reshape(len(phones), 20)
    digits = bytes_of.astype(np.int64) - ord("0")
    decimal = (digits >= 0) & (digits <= 9)
    short = bytes_of[:, 12] == 0
    value = np.where(short, digits[:, :12] @ TENS[-12:], digits[:, 2:] @ TENS)
    whole = np.where(
        short, decimal[:, :12].all(axis=1), decimal.all(axis=1) & (digits[:, 0] == 0) & (digits[:, 1] == 0)
    )
    return np.where(whole, value, -1)
