"""Reads labelled texts from a CSV file: any size, UTF-8 or GB18030, with what is wrong said line by line."""

from __future__ import annotations

import codecs
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from gridloop.engines.text_classes import TEXT_SIGNS_MAX
from gridloop.kernel.errors import Malformed, NotFound

ROWS_MAX = 400_000  # of a longer file an even sample is read, so that memory stays bounded
LABEL_SIGNS_MAX = 300
WRONG_KEPT = 1000
CHUNK = 1 << 20
TEXT_COLUMNS = ("text", "tokens")


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """What was read: texts and labels in their order, the lines that could not be used with their reason, and how the file is made."""

    texts: list[str]
    labels: list[str]
    tokens: bool
    encoding: str
    rows_total: int
    wrong: list[tuple[int, str]]
    wrong_total: int
    same_twice: int
    contradicting: int


def read(path: Path, *, rows_max: int = ROWS_MAX, seed: int = 0) -> LabelledFile:
    """All usable rows of a file with the columns `text,label` or `tokens,label`; NotFound and Malformed say what would work."""
    if not path.is_file():
        raise NotFound(f"there is no file {path}", zh=f"找不到文件 {path}")
    encoding = encoding_of(path)
    csv.field_size_limit(sys.maxsize)
    texts: list[str] = []
    labels: list[str] = []
    wrong: list[tuple[int, str]] = []
    total = bad = 0
    chance = Random(seed)  # noqa: S311 - which rows are sampled is no secret
    with path.open(encoding=encoding, errors="replace", newline="") as source:
        rows = csv.reader(_without_nul(source), delimiter=_delimiter(path, encoding))
        text_at, label_at, tokens = _columns(next(rows, []), path)
        for row in rows:
            if not row:
                continue
            text, label, reason = _row(row, text_at, label_at)
            if reason:
                bad += 1
                if len(wrong) < WRONG_KEPT:
                    wrong.append((rows.line_num, reason))
                continue
            total += 1
            if len(texts) < rows_max:
                texts.append(text)
                labels.append(label)
            elif (at := chance.randrange(total)) < rows_max:
                texts[at], labels[at] = text, label
    same, contradicting = _repeated(texts, labels)
    return LabelledFile(texts, labels, tokens, encoding, total, wrong, bad, same, contradicting)


def encoding_of(path: Path) -> str:
    """utf-8-sig, utf-16 by its mark, or gb18030 where the bytes are no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as source:
        first = source.read(2)
        if first in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        source.seek(0)
        try:
            while chunk := source.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\0", "")


def _delimiter(path: Path, encoding: str) -> str:
    """A comma, or what stands in the header instead."""
    with path.open(encoding=encoding, errors="replace", newline="") as source:
        head = source.readline(CHUNK)
    return next((sign for sign in ",\t;" if sign in head), ",")


def _columns(head: list[str], path: Path) -> tuple[int, int, bool]:
    names = [name.strip().strip("\ufeff").lower() for name in head]
    named = next((name for name in TEXT_COLUMNS if name in names), "")
    if not named or "label" not in names:
        raise Malformed(
            f"{path.name}: the first line must name the columns text,label (or tokens,label); it says {','.join(head)[:200] or 'nothing'}",
            zh=f"{path.name}:首行应为列名 text,label(或 tokens,label),实际为 {','.join(head)[:200] or '空'}",
        )
    return names.index(named), names.index("label"), named == "tokens"


def _row(row: list[str], text_at: int, label_at: int) -> tuple[str, str, str]:
    if len(row) <= max(text_at, label_at):
        return "", "", "too few columns / 列数不足"
    text, label = row[text_at].strip()[: 2 * TEXT_SIGNS_MAX], row[label_at].strip()
    if not text:
        return "", "", "empty text / 文本为空"
    if not label:
        return "", "", "empty label / 标签为空"
    if len(label) > LABEL_SIGNS_MAX:
        return "", "", "label is longer than 300 signs / 标签超过 300 字"
    return text, label, ""


def _repeated(texts: list[str], labels: list[str]) -> tuple[int, int]:
    """Rows that say the same as an earlier one, and texts that bear more than one label."""
    pairs = Counter((hash(text), label) for text, label in zip(texts, labels, strict=True))
    by_text = Counter(text for text, _ in pairs)
    return sum(pairs.values()) - len(pairs), sum(1 for count in by_text.values() if count > 1)
