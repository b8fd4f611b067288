"""What is held of one vehicle and one rule between windows, and the store of it, of which each window makes the next without changing the old."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, NamedTuple

from gridloop.engines.fences.calendars import FAR
from gridloop.engines.fences.fixes import NEVER
from gridloop.fleet.judge.told import Position

SHARDS = 1024  # a window touches some fifty vehicles: it copies their shards alone


class Key(NamedTuple):
    """Which watch of a vehicle: code of the rule, id of the fence (or NO_FENCE), whether of late fixes; also: the row of the other one, or a clause."""

    line: str
    fence: int
    late: bool
    also: int = -1


@dataclass(slots=True)
class Watch:
    """One vehicle before one rule at one fence; changed only as a copy. Moments are ms by the device, NEVER for none.

    level: 0 nothing, 1 suspected, 2 certain, whether the rule is in force or not; doubt: since when it seems to be over; open_from: since when the rule
    is in force for this vehicle; gate_until: until when that was looked up; wake: the next moment to look without an event.
    fixes, clear: how many fixes running spoke for it, or against it; heard: the last fix that was looked at.
    stage: what was told (0, 1 suspected, 2 confirmed), with suspected, confirmed, version and permit of then; mark: what stands in the warning's key for a fence.
    """

    key: Key
    vehicle: int
    other: int = -1
    mark: str = ""
    level: int = 0
    since: int = NEVER
    doubt: int = NEVER
    open_from: int = NEVER
    gate_until: int = NEVER
    wake: int = NEVER
    limit_ms: int = 0
    fixes: int = 0
    clear: int = 0
    heard: int = NEVER
    inside: tuple[tuple[int, int], ...] = ()
    positions: tuple[Position, ...] = ()
    stage: int = 0
    suspected: int = NEVER
    confirmed: int = NEVER
    version: int = 0
    permit: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)

    def copied(self) -> Watch:
        """The same once more."""
        return Watch(*VALUES(self))


NAMES = tuple(one.name for one in fields(Watch))
VALUES = attrgetter(*NAMES)
Shard = dict[int, dict[Key, Watch]]


class Watches:
    """All watches by vehicle row."""

    __slots__ = ("shards",)

    def __init__(self, shards: tuple[Shard, ...] | None = None) -> None:
        self.shards = shards or tuple({} for _ in range(SHARDS))

    def of(self, vehicle: int) -> dict[Key, Watch]:
        """The watches of one vehicle."""
        return self.shards[vehicle % SHARDS].get(vehicle, {})

    def __iter__(self) -> Iterator[Watch]:
        """All of them."""
        for shard in self.shards:
            for mine in shard.values():
                yield from mine.values()


class Editing:
    """The next store in the making; `touched` are the vehicles whose watches changed."""

    def __init__(self, watches: Watches) -> None:
        self._old = watches.shards
        self._new: dict[int, Shard] = {}
        self.touched: set[int] = set()

    def of(self, vehicle: int) -> dict[Key, Watch]:
        """The watches of one vehicle as they stand now; not to be changed."""
        return self._shard(vehicle).get(vehicle, {})

    def open(self, vehicle: int, key: Key) -> Watch | None:
        """A copy of a watch that may be changed and is to be given back by `keep` or `drop`."""
        found = self.of(vehicle).get(key)
        return None if found is None else found.copied()

    def keep(self, watch: Watch) -> None:
        """Put it (back) in."""
        self._mine(watch.vehicle)[watch.key] = watch

    def drop(self, vehicle: int, key: Key) -> None:
        """Forget it, if it was there."""
        if key not in self.of(vehicle):
            return
        mine = self._mine(vehicle)
        del mine[key]
        if not mine:
            del self._new[vehicle % SHARDS][vehicle]

    def all(self) -> Iterator[Watch]:
        """All watches as they stand now; not to be changed."""
        return iter(self.done())

    def done(self) -> Watches:
        """The store after all that."""
        shards = list(self._old)
        for number, shard in self._new.items():
            shards[number] = shard
        return Watches(tuple(shards))

    def _shard(self, vehicle: int) -> Shard:
        number = vehicle % SHARDS
        return self._new.get(number, self._old[number])

    def _mine(self, vehicle: int) -> dict[Key, Watch]:
        number = vehicle % SHARDS
        if number not in self._new:
            self._new[number] = dict(self._old[number])
        shard = self._new[number]
        if vehicle not in self.touched:
            self.touched.add(vehicle)
            shard[vehicle] = dict(shard.get(vehicle, {}))
        return shard.setdefault(vehicle, {})


def next_wake(mine: dict[Key, Watch]) -> int:
    """When a vehicle is to be looked at again without an event."""
    return min((watch.wake for watch in mine.values() if not watch.key.late), default=FAR)
