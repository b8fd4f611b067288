"""Which shard judges which vehicle. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.gateway.loading import Loaded
from gridloop.fleet.rules.pairs import spread

MIX = np.uint64(
    0x9E3779B97F4A7C15
)  # 2^64 divided by the golden ratio: neighbours in the register come to different shards
TOGETHER = 0
"""The shard of all vehicles that some rule compares with each other."""


class Partition:
    """A vehicle's shard follows from its id, but those of `pair_kinds` are all in one, as rules compare them with each other."""

    def __init__(self, shards: int, pair_kinds: Iterable[str]) -> None:
        self.shards = shards
        self.pair_kinds = frozenset(pair_kinds)
        self._paired: npt.NDArray[np.int64] = np.empty(0, np.int64)

    def of(self, vehicles: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """The shard of each of these vehicles (ids)."""
        mixed = vehicles.astype(np.uint64) * MIX >> np.uint64(32)
        shard = (mixed % np.uint64(self.shards)).astype(np.int64)
        return np.where(np.isin(vehicles, self._paired), TOGETHER, shard)

    def know(self, loaded: Loaded, now_ms: int) -> Loaded:
        """Go by these kinds of vehicles from now on. Raises ValueError for a rule in force that compares vehicles of several shards."""
        for rule in loaded.rules:
            over = rule.valid_to_ms is not None and rule.valid_to_ms <= now_ms
            why = None if over else spread(rule.code, rule.kind, rule.kinds, self.pair_kinds)
            if why is not None:
                raise ValueError(" / ".join(why))
        paired = [row[0] for row in loaded.vehicles if row[2] in self.pair_kinds]
        self._paired = np.array(sorted(paired), np.int64)
        return loaded

    def know_of(self, shard: int, loaded: Loaded, now_ms: int) -> Loaded:
        """The same, and what is left for one shard to judge: the vehicles that are its own."""
        self.know(loaded, now_ms)
        mine = self.of(np.array([row.id for row in loaded.in_service], np.int64)) == shard
        return replace(
            loaded, in_service=[row for row, is_mine in zip(loaded.in_service, mine, strict=True) if is_mine]
        )
