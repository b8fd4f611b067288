"""Is the ledger whole? Reads all of it (or a part) and says which entry, node or checkpoint is not what was signed, and how.

Four copies must agree: the entry's columns with its signed body, the body with its leaf hash, the leaf hash with the one that its
checkpoint kept, and these with the tree's nodes, the checkpoint's root and its signature. Whoever changes one of them,
even as the database's owner, is named by the others; whoever changes all is stopped by the signature.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import Max, Min

from gridloop.audit.models import Checkpoint, Entry, Node
from gridloop.audit.queries.entry_check import COLUMNS, Row, column_fault
from gridloop.audit.queries.hashes import TIER_LEVELS, StoredTree
from gridloop.audit.queries.mismatches import Mismatch, explained
from gridloop.audit.rules import note, tree

CHUNK = 5_000
FINDINGS_MAX = 100


class Kind(StrEnum):
    """What is wrong."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REORDERED = "reordered"
    NODE = "node"
    CHECKPOINT = "checkpoint"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what, where (position of an entry, or size of a checkpoint), and a sentence in two languages."""

    kind: Kind
    position: int
    en: str
    zh: str


@dataclass(slots=True)
class Report:
    """What a verification read and found."""

    entries: int = 0
    checkpoints: int = 0
    nodes: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def add(self, kind: Kind, position: int, en: str, zh: str) -> None:
        """Note a fault; after a hundred only the count goes on mattering, so the rest is left out."""
        if len(self.findings) < FINDINGS_MAX:
            self.findings.append(Finding(kind, position, en, zh))


Progress = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """No progress is shown."""


def verify(trusted: Sequence[str], *, start: int = 0, end: int | None = None, progress: Progress = silent) -> Report:
    """Read checkpoints, nodes and the entries from `start` to before `end`, and report every disagreement.

    `trusted`: verifier keys whose signatures count. With a `start` above 0 the tree before it is taken from the stored hashes.
    """
    report = Report()
    newest = Checkpoint.objects.order_by("-size").only("size", "algorithm").first()
    size = newest.size if newest else 0
    _outside(report, size)
    if newest is None:
        return report
    digest = tree.digest_of(newest.algorithm)
    keys = [note.read_verifier(one) for one in trusted]
    run = _Run(report, digest, keys, min(end if end is not None else size, size), progress)
    run.go(start)
    return report


def _outside(report: Report, size: int) -> None:
    """Entries below 0 or beyond the newest checkpoint were never signed; missing ones at the end were."""
    ends = Entry.objects.aggregate(low=Min("position"), high=Max("position"))
    if ends["low"] is not None and ends["low"] < 0:
        report.add(
            Kind.INSERTED,
            ends["low"],
            f"entry {ends['low']} stands before the beginning",
            f"条目 {ends['low']} 位于起点之前",
        )
    for position in (
        Entry.objects.filter(position__gte=size).order_by("position").values_list("position", flat=True)[:FINDINGS_MAX]
    ):
        report.add(
            Kind.INSERTED,
            position,
            f"entry {position} was inserted: the newest checkpoint ends before it, at size {size}",
            f"条目 {position} 系插入:最新检查点规模为 {size},不包含该条目",
        )


class _Run:
    """One pass over the checkpoints in order, each with its entries."""

    def __init__(
        self, report: Report, digest: tree.Digest, keys: Sequence[tuple[str, bytes]], end: int, progress: Progress
    ) -> None:
        self.report, self.digest, self.keys, self.end, self.progress = report, digest, keys, end, progress
        self.mismatches: list[Mismatch] = []

    def go(self, start: int) -> None:
        """Check each checkpoint that covers something from `start` to the end."""
        rows = Checkpoint.objects.filter(size__gt=start, first__lt=self.end).order_by("first")
        first_row = rows.only("first").first()
        if first_row is None:
            return
        expected_first = first_row.first if start else 0
        frontier = self._frontier(expected_first)
        for checkpoint in rows.iterator(chunk_size=50):
            self.report.checkpoints += 1
            if checkpoint.first != expected_first:
                self._gap(expected_first, checkpoint)
                frontier = self._frontier(checkpoint.first)
            frontier = self._one(checkpoint, frontier, start)
            expected_first = checkpoint.size
            self.progress(min(checkpoint.size, self.end), self.end)
        for kind, position, en, zh in explained(self.mismatches):
            self.report.add(Kind(kind), position, en, zh)

    def _one(self, checkpoint: Checkpoint, frontier: tree.Frontier, start: int) -> tree.Frontier:
        """A checkpoint's leaves give its root and the nodes above them; its entries have these leaves."""
        raw = bytes(checkpoint.leaves)
        leaves = [raw[i : i + tree.HASH_BYTES] for i in range(0, len(raw), tree.HASH_BYTES)]
        self._check_note(checkpoint)
        if len(leaves) != checkpoint.size - checkpoint.first:
            self._bad_checkpoint(checkpoint, f"keeps {len(leaves)} leaf hashes", f"保存了 {len(leaves)} 个叶摘要")
            return self._frontier(checkpoint.size)
        completed = [made for leaf in leaves for made in frontier.append(leaf)]
        if frontier.root() != bytes(checkpoint.root):
            self._bad_checkpoint(checkpoint, "its leaf hashes do not give its root", "其叶摘要算不出其根摘要")
        self._check_nodes([one for one in completed if one[0] % TIER_LEVELS == 0])
        low, high = max(start, checkpoint.first), min(self.end, checkpoint.size)
        self._check_entries(low, high, leaves[low - checkpoint.first : high - checkpoint.first])
        return frontier

    def _check_note(self, checkpoint: Checkpoint) -> None:
        """The columns are what was signed, and one of our keys signed it."""
        said = note.read(checkpoint.note)
        if (said.size, said.root, said.at, said.algorithm) != (
            checkpoint.size,
            bytes(checkpoint.root),
            checkpoint.at,
            checkpoint.algorithm,
        ):
            self._bad_checkpoint(checkpoint, "its columns differ from its signed note", "其字段与已签名内容不一致")
        if not any(note.signed_by(checkpoint.note, name, public) for name, public in self.keys):
            self.report.add(
                Kind.SIGNATURE,
                checkpoint.size,
                f"the checkpoint of {checkpoint.size} entries is not signed by a trusted key",
                f"规模 {checkpoint.size} 的检查点没有可信密钥的签名",
            )

    def _check_nodes(self, completed: list[tuple[int, int, bytes]]) -> None:
        """The stored nodes are those that the leaves give."""
        for level, index, made in completed:
            self.report.nodes += 1
            tier = level // TIER_LEVELS
            stored = Node.objects.filter(tier=tier, index=index).values_list("hash", flat=True).first()
            if stored is None or bytes(stored) != made:
                what, what_zh = ("is missing", "缺失") if stored is None else ("was changed", "被更改")
                first = index << level
                self.report.add(
                    Kind.NODE,
                    first,
                    f"the tree's node over entries {first} to {first + (1 << level) - 1} {what}",
                    f"覆盖条目 {first} 至 {first + (1 << level) - 1} 的树节点{what_zh}",
                )

    def _check_entries(self, low: int, high: int, expected: Sequence[bytes]) -> None:
        """Each position holds an entry whose body gives the leaf that was signed, and whose columns say what the body says."""
        wanted = low
        for row in _rows(low, high):
            while wanted < row.position:
                self._missing(wanted, expected[wanted - low])
                wanted += 1
            self.report.entries += 1
            self._check_entry(row, expected[row.position - low])
            wanted = row.position + 1
        while wanted < high:
            self._missing(wanted, expected[wanted - low])
            wanted += 1

    def _check_entry(self, row: Row, expected: bytes) -> None:
        """One entry against its leaf, its signed leaf and its own columns."""
        actual = tree.leaf_hash(self.digest, row.body)
        if actual != row.leaf:
            self._changed(row.position, "its body does not give its leaf hash", "正文与叶摘要不符")
        elif actual != expected:
            self.mismatches.append(Mismatch(row.position, actual, expected))
        else:
            fault = column_fault(row)
            if fault:
                self._changed(
                    row.position, f"its column {fault} differs from its signed body", f"字段 {fault} 与已签名正文不一致"
                )

    def _changed(self, position: int, why: str, why_zh: str) -> None:
        """Note a changed entry."""
        self.report.add(
            Kind.CHANGED, position, f"entry {position} was changed: {why}", f"条目 {position} 被更改:{why_zh}"
        )

    def _missing(self, position: int, expected: bytes) -> None:
        """Note that nothing stands where something was signed."""
        self.mismatches.append(Mismatch(position, None, expected))

    def _gap(self, expected_first: int, checkpoint: Checkpoint) -> None:
        """Note that checkpoints do not follow each other."""
        self.report.add(
            Kind.CHECKPOINT,
            expected_first,
            f"a checkpoint is missing: none covers entries {expected_first} to {checkpoint.first - 1}",
            f"缺少检查点:条目 {expected_first} 至 {checkpoint.first - 1} 没有检查点覆盖",
        )

    def _bad_checkpoint(self, checkpoint: Checkpoint, why: str, why_zh: str) -> None:
        """Note a changed checkpoint."""
        self.report.add(
            Kind.CHECKPOINT,
            checkpoint.size,
            f"the checkpoint of {checkpoint.size} entries was changed: {why}",
            f"规模 {checkpoint.size} 的检查点被更改:{why_zh}",
        )

    def _frontier(self, size: int) -> tree.Frontier:
        """The stored tree's edge, or an empty one where it cannot be read (each later root will then say so)."""
        try:
            return StoredTree(self.digest).frontier(size)
        except LookupError:
            return tree.Frontier(self.digest)


def _rows(low: int, high: int) -> Iterator[Row]:
    """Entries from `low` to before `high`, a few thousand at a time."""
    start = low
    while start < high:
        page = (
            Entry.objects.filter(position__gte=start, position__lt=high)
            .order_by("position")
            .values_list(*COLUMNS)[:CHUNK]
        )
        rows = [Row(*row) for row in page]
        yield from rows
        if len(rows) < CHUNK:
            return
        start = rows[-1].position + 1
