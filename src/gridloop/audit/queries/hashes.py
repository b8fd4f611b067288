"""Reading the stored tree: leaf hashes stand with their entries, every 256th-power subtree has a node of its own."""

from __future__ import annotations

from collections.abc import Iterable

from gridloop.audit.models import Entry, Node
from gridloop.audit.rules import tree

TIER_LEVELS = 8
TILE = 1 << TIER_LEVELS  # 256 hashes are read at once (as in C2SP tlog-tiles)


class StoredTree:
    """Hashes of complete subtrees out of the database, at most one statement for each run of 256 that a proof touches."""

    def __init__(self, digest: tree.Digest) -> None:
        """Nothing is read before it is needed; what was read is kept for this proof."""
        self.digest = digest
        self.tiles: dict[tuple[int, int], list[bytes]] = {}

    def subtree(self, level: int, index: int) -> bytes:
        """The hash of the complete subtree at (level, index)."""
        tier, inside = divmod(level, TIER_LEVELS)
        start = index << inside
        tile, offset = divmod(start, TILE)
        row = self._tile(tier, tile)[offset : offset + (1 << inside)]
        if len(row) != 1 << inside:
            raise LookupError(
                f"the stored tree lacks hashes of tier {tier} from {start} on; run `gridloop ledger verify`"
            )
        return tree.fold(self.digest, row)

    def frontier(self, size: int) -> tree.Frontier:
        """The right edge of the tree of this size."""
        peaks = [(level, self.subtree(level, index)) for level, index in tree.complete_subtrees(0, size)]
        return tree.Frontier(self.digest, peaks)

    def root(self, size: int) -> bytes:
        """The root of the tree of this size."""
        return tree.range_root(self.digest, self.subtree, 0, size)

    def _tile(self, tier: int, tile: int) -> list[bytes]:
        """Up to 256 hashes of one tier."""
        if (tier, tile) not in self.tiles:
            low, high = tile * TILE, (tile + 1) * TILE
            rows: Iterable[tuple[bytes | memoryview]]
            if tier == 0:
                rows = (
                    Entry.objects.filter(position__gte=low, position__lt=high).order_by("position").values_list("leaf")
                )
            else:
                rows = (
                    Node.objects.filter(tier=tier, index__gte=low, index__lt=high).order_by("index").values_list("hash")
                )
            self.tiles[tier, tile] = [bytes(one) for (one,) in rows]
        return self.tiles[tier, tile]
