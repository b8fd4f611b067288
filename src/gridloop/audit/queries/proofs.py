"""Checkpoints and proofs, as an outsider needs them to check us."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gridloop.audit.models import Checkpoint, Entry
from gridloop.audit.queries.hashes import StoredTree
from gridloop.audit.rules import tree
from gridloop.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A signed statement of the ledger's size and root, with the witnesses' lines under it."""

    size: int
    root: bytes
    algorithm: str
    at: dt.datetime
    note: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """What shows that the entry at `position` is under the root of the tree of `size`."""

    position: int
    size: int
    leaf: bytes
    root: bytes
    hashes: tuple[bytes, ...]
    algorithm: str


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """What shows that the ledger of `first` entries is the beginning of that of `second`."""

    first: int
    second: int
    first_root: bytes
    second_root: bytes
    hashes: tuple[bytes, ...]
    algorithm: str


def checkpoint(size: int | None = None) -> CheckpointView | None:
    """The newest checkpoint, or that of exactly this size; None while the ledger is empty. Two statements."""
    rows = Checkpoint.objects.defer("leaves").prefetch_related("witnesses")
    found = rows.filter(pk=size).first() if size is not None else rows.order_by("-size").first()
    if found is None and size is not None:
        raise NotFound(f"there is no checkpoint of {size} entries", zh=f"没有规模为 {size} 的检查点")
    if found is None:
        return None
    lines = tuple(one.line for one in found.witnesses.all())
    return CheckpointView(found.size, bytes(found.root), found.algorithm, found.at, found.note, lines)


def inclusion_proof(position: int, size: int | None = None) -> InclusionProof:
    """The proof for one entry in the tree of `size` (the newest checkpoint's by default); O(log n) hashes read."""
    size, algorithm = _size_within(size)
    digest = tree.digest_of(algorithm)
    stored = StoredTree(digest)
    hashes = tree.inclusion_proof(digest, stored.subtree, position, size)
    leaf = Entry.objects.filter(pk=position).values_list("leaf", flat=True).first()
    if leaf is None:
        raise NotFound(f"the ledger has no entry at position {position}", zh=f"台账没有位置 {position} 的条目")
    return InclusionProof(position, size, bytes(leaf), stored.root(size), tuple(hashes), algorithm)


def consistency_proof(first: int, second: int | None = None) -> ConsistencyProof:
    """The proof that the ledger only grew between two sizes; O(log n) hashes read."""
    second, algorithm = _size_within(second)
    digest = tree.digest_of(algorithm)
    stored = StoredTree(digest)
    hashes = tree.consistency_proof(digest, stored.subtree, first, second)
    return ConsistencyProof(first, second, stored.root(first), stored.root(second), tuple(hashes), algorithm)


def _size_within(size: int | None) -> tuple[int, str]:
    """The size to prove against and the ledger's hash; refuses a size beyond the newest checkpoint."""
    newest = Checkpoint.objects.order_by("-size").values_list("size", "algorithm").first()
    if newest is None:
        raise NotFound("the ledger is still empty", zh="台账尚无条目")
    if size is not None and not 0 < size <= newest[0]:
        raise NotFound(f"the ledger has {newest[0]} entries, not {size}", zh=f"台账共 {newest[0]} 条,没有规模 {size}")
    return size or newest[0], newest[1]
