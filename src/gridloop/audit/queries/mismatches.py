"""Telling what happened from where the leaves that stand differ from those that were signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Told = tuple[str, int, str, str]
"""(kind, position, sentence in English, sentence in Chinese)."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A position whose entry is not the signed one: the leaf that stands there (None: nothing does), and the one signed."""

    position: int
    actual: bytes | None
    expected: bytes


def explained(mismatches: Sequence[Mismatch]) -> Iterator[Told]:
    """Each fault once: entries that moved together tell of one removal or insertion, others of a swap or a change."""
    signed_at = {one.expected: one.position for one in mismatches}
    standing_at = {one.actual: one.position for one in mismatches if one.actual is not None}
    i = 0
    while i < len(mismatches):
        one = mismatches[i]
        shift = _shift(mismatches, i, signed_at)
        if one.expected not in standing_at and shift is not None and shift[0] == 1:
            yield _removed(one.position, moved_up=True)
            i = shift[1]
        elif one.actual is not None and one.actual not in signed_at and _pushed_down(mismatches, i, signed_at):
            yield _inserted(one.position)
            i = _end_of_run(mismatches, i + 1, signed_at, -1)
        else:
            yield _single(one, signed_at)
            i += 1


def _shift(mismatches: Sequence[Mismatch], i: int, signed_at: dict[bytes, int]) -> tuple[int, int] | None:
    """(by how much the run of entries beginning here moved, where in the list it ends), if it is a move by one place."""
    origin = signed_at.get(mismatches[i].actual or b"")
    if origin is None or origin - mismatches[i].position != 1:
        return None
    end = _end_of_run(mismatches, i, signed_at, 1)
    if (
        end < len(mismatches)
        and mismatches[end].actual is None
        and mismatches[end].position == mismatches[end - 1].position + 1
    ):
        return 1, end + 1  # the empty place that the move left at its end
    if end - i >= 2:
        return 1, end
    return None


def _end_of_run(mismatches: Sequence[Mismatch], i: int, signed_at: dict[bytes, int], by: int) -> int:
    """Where the run of neighbouring entries that all stand `by` places away from their own ends."""
    while i < len(mismatches) and signed_at.get(mismatches[i].actual or b"") == mismatches[i].position + by:
        i += 1
    return i


def _pushed_down(mismatches: Sequence[Mismatch], i: int, signed_at: dict[bytes, int]) -> bool:
    """Whether the entry after this one is the one signed here."""
    return i + 1 < len(mismatches) and signed_at.get(mismatches[i + 1].actual or b"") == mismatches[i].position


def _single(one: Mismatch, signed_at: dict[bytes, int]) -> Told:
    """What a fault that stands alone is."""
    if one.actual is None:
        return _removed(one.position, moved_up=False)
    origin = signed_at.get(one.actual)
    if origin is not None:
        return (
            "reordered",
            one.position,
            f"entries were reordered: at {one.position} stands the one that was signed at {origin}",
            f"条目顺序被调换:位置 {one.position} 上是原位于 {origin} 的条目",
        )
    return (
        "changed",
        one.position,
        f"entry {one.position} was changed, its leaf hash with it: the checkpoint that covers it kept another one",
        f"条目 {one.position} 及其叶摘要被更改:与检查点保存的摘要不同",
    )


def _removed(position: int, *, moved_up: bool) -> Told:
    """The sentence for a removed entry."""
    tail, tail_zh = ("; the ones after it were moved up", ",其后条目被前移") if moved_up else ("", "")
    return "removed", position, f"entry {position} was removed{tail}", f"条目 {position} 被删除{tail_zh}"


def _inserted(position: int) -> Told:
    """The sentence for an inserted entry."""
    return (
        "inserted",
        position,
        f"entry {position} was inserted; the ones after it were moved down",
        f"条目 {position} 系插入,其后条目被后移",
    )
