"""Names of units and places, kept in the process for a short while, so that a page of a hundred rows asks nobody."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Lock
from typing import Generic, TypeVar

from gridloop.identity import queries as identity
from gridloop.identity.queries import UnitView
from gridloop.places import queries as places
from gridloop.places.queries import Name

KEPT_S = 20.0  # how long a renamed unit may still be shown under its old name
MISSING_KEPT_S = 2.0
VILLAGE_DIGITS = 12
LEVELS = (4, 6, 9, 12)

K = TypeVar("K")
V = TypeVar("V")


class Shelf(Generic[K, V]):
    """Values by key with the moment they were read; a missing one is remembered for less long."""

    def __init__(self) -> None:
        self._held: dict[K, tuple[float, V | None]] = {}
        self._lock = Lock()

    def missing(self, keys: Iterable[K]) -> set[K]:
        """Which of these keys must be read."""
        now = time.monotonic()
        with self._lock:
            return {key for key in keys if (held := self._held.get(key)) is None or held[0] < now}

    def put(self, key: K, value: V | None) -> None:
        """Keep one value."""
        with self._lock:
            self._held[key] = (time.monotonic() + (KEPT_S if value is not None else MISSING_KEPT_S), value)

    def get(self, key: K) -> V | None:
        """The value as last read, or None."""
        held = self._held.get(key)
        return held[1] if held else None


UNITS: Shelf[int, UnitView] = Shelf()
PLACES: Shelf[str, Name] = Shelf()


def unit(unit_id: int | None) -> UnitView | None:
    """The unit with this id, or None."""
    return None if unit_id is None else units([unit_id]).get(unit_id)


def units(ids: Iterable[int | None]) -> dict[int, UnitView]:
    """Units by id; one statement for those not known yet."""
    wanted = {one for one in ids if one is not None}
    missing = UNITS.missing(wanted)
    if missing:
        found = {view.id: view for view in identity.units(missing)}
        for one in missing:
            UNITS.put(one, found.get(one))
    return {one: view for one in wanted if (view := UNITS.get(one)) is not None}


def unit_path(unit_id: int | None) -> str:
    """The unit's path in the tree, empty for no unit."""
    found = unit(unit_id)
    return found.path if found else ""


def places_named(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Short names (township and village) by the code of a village or of what lies above it, in Chinese and English.

    Longer codes are cut to their village. One or two statements for unknown ones.
    """
    wanted = {code[:VILLAGE_DIGITS] for code in codes}
    prefixes = {code[:digits] for code in wanted for digits in LEVELS if len(code) >= digits}
    missing = PLACES.missing(prefixes)
    if missing:
        found = places.names(missing)
        for code in missing:
            PLACES.put(code, found.get(code))
    return {code: _short(code) for code in wanted}


def _short(code: str) -> tuple[str, str]:
    """The two finest known divisions of a place: where it is, without the city that everybody knows."""
    parts = [name for digits in LEVELS if len(code) >= digits and (name := PLACES.get(code[:digits])) is not None][-2:]
    return "".join(name.zh for name in parts), ", ".join(name.en for name in reversed(parts))


def chain(code: str) -> tuple[str, str]:
    """Every division round a place from the widest, in Chinese and English."""
    places_named([code])
    parts = [name for digits in LEVELS if len(code) >= digits and (name := PLACES.get(code[:digits])) is not None]
    return "".join(name.zh for name in parts), ", ".join(name.en for name in reversed(parts))
