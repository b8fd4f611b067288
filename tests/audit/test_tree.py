"""The tree's arithmetic against a tree built naively after the RFC's definition."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridloop.audit.rules import tree
from gridloop.kernel.errors import Malformed

DIGEST = tree.digest_of("sha256")
sizes = st.integers(min_value=1, max_value=300)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def leaves_of(size: int) -> list[bytes]:
    return [tree.leaf_hash(DIGEST, str(i).encode()) for i in range(size)]


def reader(leaves: list[bytes]) -> tree.Subtree:
    return lambda level, index: tree.fold(DIGEST, leaves[index << level : (index + 1) << level])


def test_the_published_root_of_the_reference_tree_is_met() -> None:
    # Test vectors of the certificate-transparency reference implementation (8 leaves).
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [tree.leaf_hash(DIGEST, bytes.fromhex(one)) for one in inputs]
    root = tree.range_root(DIGEST, reader(leaves), 0, 8)
    assert root.hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert (
        tree.range_root(DIGEST, reader(leaves), 0, 7).hex()
        == "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    )


def test_sm3_is_the_standards_sm3() -> None:
    # GB/T 32905-2016, annex A.1.
    assert tree.digest_of("sm3")(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert tree._sm3_of_cryptography(b"abc") == tree.digest_of("sm3")(b"abc")


def test_an_unknown_hash_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(Malformed, match="'md5' is no leaf hash of the ledger; use one of sha256, sm3"):
        tree.digest_of("md5")


@given(sizes)
def test_the_frontier_gives_the_naive_root_and_every_completed_subtree(size: int) -> None:
    leaves = leaves_of(size)
    frontier = tree.Frontier(DIGEST)
    for leaf in leaves:
        for level, index, made in frontier.append(leaf):
            assert made == naive_root(leaves[index << level : (index + 1) << level])
    assert frontier.root() == naive_root(leaves) == tree.range_root(DIGEST, reader(leaves), 0, size)


@given(sizes, st.data())
@settings(max_examples=60)
def test_every_inclusion_proof_verifies_and_no_other_leaf_passes(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    position = data.draw(st.integers(0, size - 1))
    root = naive_root(leaves)
    proof = tree.inclusion_proof(DIGEST, reader(leaves), position, size)
    assert tree.includes(DIGEST, leaves[position], position, size, proof, root)
    assert not tree.includes(DIGEST, tree.leaf_hash(DIGEST, b"forged"), position, size, proof, root)
    other = data.draw(st.integers(0, size - 1))
    if other != position:
        assert not tree.includes(DIGEST, leaves[position], other, size, proof, root)
    if proof:
        broken = [*proof[:-1], bytes(32)]
        assert not tree.includes(DIGEST, leaves[position], position, size, broken, root)
        assert not tree.includes(DIGEST, leaves[position], position, size, proof[:-1], root)
    assert not tree.includes(DIGEST, leaves[position], position, size, [*proof, bytes(32)], root)


@given(sizes, st.data())
@settings(max_examples=60)
def test_every_consistency_proof_verifies_and_no_other_history_passes(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    leaves = leaves_of(second)
    old, new = naive_root(leaves[:first]), naive_root(leaves)
    proof = tree.consistency_proof(DIGEST, reader(leaves), first, second)
    assert tree.consistent(DIGEST, first, second, old, new, proof)
    forged = naive_root([tree.leaf_hash(DIGEST, b"forged"), *leaves[1:first]])
    assert not tree.consistent(DIGEST, first, second, forged, new, proof)
    if proof:
        assert not tree.consistent(DIGEST, first, second, old, new, proof[:-1])
    assert not tree.consistent(DIGEST, first, second, old, new, [*proof, bytes(32)])


def test_a_proof_reads_only_a_logarithm_of_the_tree() -> None:
    leaves = leaves_of(4096)
    read: list[tuple[int, int]] = []

    def counting(level: int, index: int) -> bytes:
        read.append((level, index))
        return bytes(32) if level else leaves[index]

    tree.inclusion_proof(DIGEST, counting, 1234, 4000)
    assert len(read) <= 2 * 12


def test_a_position_outside_the_ledger_is_refused_by_name() -> None:
    with pytest.raises(Malformed, match="position 7 is not within a ledger of 7 entries"):
        tree.inclusion_proof(DIGEST, reader(leaves_of(7)), 7, 7)
    with pytest.raises(Malformed, match="sizes 9 and 3"):
        tree.consistency_proof(DIGEST, reader(leaves_of(9)), 9, 3)
