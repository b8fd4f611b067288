"""The Merkle tree of RFC 6962 (and RFC 9162): roots, inclusion and consistency proofs, and their verification.

Hashes are bytes of 32. A tree is known by its size; `Subtree` reads the hash of any complete, aligned subtree, so that a
proof costs O(log n) look-ups wherever the hashes are kept. Algorithms: RFC 9162, sections 2.1.1 to 2.1.5.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence

from cryptography.hazmat.primitives import hashes as other_hashes

from gridloop.kernel.errors import Malformed

LEAF = b"\x00"
NODE = b"\x01"
HASH_BYTES = 32
ALGORITHMS = ("sha256", "sm3")

Digest = Callable[[bytes], bytes]
Subtree = Callable[[int, int], bytes]
"""(level, index) -> hash of the complete subtree over leaves [index << level, (index + 1) << level)."""


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3_of_openssl(data: bytes) -> bytes:
    return hashlib.new("sm3", data).digest()


def _sm3_of_cryptography(data: bytes) -> bytes:
    state = other_hashes.Hash(other_hashes.SM3())
    state.update(data)
    return state.finalize()


@functools.cache
def digest_of(algorithm: str) -> Digest:
    """The hash function of this name: `sha256`, or `sm3` (GB/T 32905) from whichever library here has it."""
    if algorithm == "sha256":
        return _sha256
    if algorithm == "sm3":
        return _sm3_of_openssl if "sm3" in hashlib.algorithms_available else _sm3_of_cryptography
    raise Malformed(
        f"'{algorithm}' is no leaf hash of the ledger; use one of {', '.join(ALGORITHMS)}",
        zh=f"台账不支持摘要算法“{algorithm}”,可用:{'、'.join(ALGORITHMS)}",
    )


def leaf_hash(digest: Digest, body: bytes) -> bytes:
    """The hash of one entry."""
    return digest(LEAF + body)


def node_hash(digest: Digest, left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return digest(NODE + left + right)


def empty_root(digest: Digest) -> bytes:
    """The root of a tree without leaves."""
    return digest(b"")


def fold(digest: Digest, row: Sequence[bytes]) -> bytes:
    """The hash over a row whose length is a power of two."""
    level = list(row)
    while len(level) > 1:
        level = [digest(NODE + level[i] + level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The largest aligned subtrees (level, index) that cover leaves [start, end), from left to right."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def range_root(digest: Digest, subtree: Subtree, start: int, end: int) -> bytes:
    """The RFC's MTH over leaves [start, end), where `start` is 0 or aligned as every node of the tree is."""
    parts = [subtree(level, index) for level, index in complete_subtrees(start, end)]
    if not parts:
        return empty_root(digest)
    root = parts.pop()
    while parts:
        root = node_hash(digest, parts.pop(), root)
    return root


def _split(size: int) -> int:
    """The largest power of two below `size` (> 1)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(digest: Digest, subtree: Subtree, position: int, size: int) -> list[bytes]:
    """The hashes that lead from the leaf at `position` to the root of the tree of `size`, lowest first."""
    if not 0 <= position < size:
        raise Malformed(
            f"position {position} is not within a ledger of {size} entries", zh=f"台账共 {size} 条,没有位置 {position}"
        )
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            proof.append(range_root(digest, subtree, middle, end))
            end = middle
        else:
            proof.append(range_root(digest, subtree, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(digest: Digest, subtree: Subtree, first: int, second: int) -> list[bytes]:
    """The hashes that show the tree of `first` leaves to be the beginning of the tree of `second`."""
    if not 0 < first <= second:
        raise Malformed(
            f"sizes {first} and {second}: the first must be at least 1 and no larger than the second",
            zh=f"规模 {first} 与 {second}:前者至少为 1 且不大于后者",
        )
    proof: list[bytes] = []
    start, end, whole = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            proof.append(range_root(digest, subtree, middle, end))
            end = middle
        else:
            proof.append(range_root(digest, subtree, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(range_root(digest, subtree, start, end))
    return proof[::-1]


def root_from_inclusion(digest: Digest, leaf: bytes, position: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that this proof leads to, or None when its length does not fit the tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        return None
    node, last, root = position, size - 1, leaf
    for step in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(digest, step, root)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            root = node_hash(digest, root, step)
        node >>= 1
        last >>= 1
    return root if last == 0 else None


def includes(digest: Digest, leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows this leaf at this position of the tree with this root."""
    found = root_from_inclusion(digest, leaf, position, size, proof)
    return found is not None and hmac.compare_digest(found, root)


def consistent(
    digest: Digest, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows the first tree to be the beginning of the second (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and hmac.compare_digest(first_root, second_root)
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    if not path:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old = node_hash(digest, step, old)
            new = node_hash(digest, step, new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(digest, new, step)
        node >>= 1
        last >>= 1
    return last == 0 and hmac.compare_digest(old, first_root) and hmac.compare_digest(new, second_root)


class Frontier:
    """The right edge of a growing tree: enough to append leaves and to give the root, in O(log n) memory."""

    def __init__(self, digest: Digest, peaks: Iterable[tuple[int, bytes]] = ()) -> None:
        """`peaks`: (level, hash) of the complete subtrees of the present tree, from left to right."""
        self.digest = digest
        self.peaks = list(peaks)
        self.size = sum(1 << level for level, _ in self.peaks)

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add one leaf; returns the subtrees that became complete above it as (level, index, hash), lowest first."""
        level, made = 0, leaf
        completed = []
        while self.peaks and self.peaks[-1][0] == level:
            made = node_hash(self.digest, self.peaks.pop()[1], made)
            level += 1
            completed.append((level, self.size >> level, made))
        self.peaks.append((level, made))
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of everything appended so far."""
        if not self.peaks:
            return empty_root(self.digest)
        root = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            root = node_hash(self.digest, left, root)
        return root
