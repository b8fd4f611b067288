"""The codec at the terminal: decode a frame into a table with byte offsets, encode a message, list the messages."""

from __future__ import annotations

import argparse
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gridloop.fleet.jt808.cursor import Trace
from gridloop.fleet.jt808.frames import Edition, bare, unescape
from gridloop.fleet.jt808.message import Message, decode, encode_parts
from gridloop.fleet.jt808.plain import from_plain, plain, to_plain
from gridloop.fleet.jt808.records import Field, Tag
from gridloop.fleet.jt808.reference import page
from gridloop.fleet.jt808.registry import MESSAGES
from gridloop.fleet.jt808.tables.entry import Entry
from gridloop.fleet.jt808.verdicts import BadFrame

HEX_SHOWN = 24
NOT_HEX = re.compile(r"0x|[\s:,-]+")
STANDARD_INPUT = "-"
UNITS = frozenset({"m", "s", "ms", "km/h", "0.1 km/h", "0.1 km", "0.1 L", "1e-6 degree", "bytes"})
"""Notes that a Chinese reader reads too; all other notes are English."""


class _Told(Exception):
    """A sentence for the person at the terminal, in two languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


def main(arguments: Sequence[str]) -> int:
    """Run one word; the exit code is 0 for done, 1 for refused."""
    asked = _parser().parse_args(arguments)
    chinese = asked.language == "zh"
    try:
        lines = {"decode": _decode, "encode": _encode, "ids": _ids, "reference": _reference}[asked.word](asked)
    except (BadFrame, _Told) as error:
        _say([error.zh if chinese else error.en], sys.stderr)
        return 1
    _say(lines, sys.stdout)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gridloop jt808", description=__doc__)
    parser.add_argument("--language", choices=["en", "zh"], default="en", help=argparse.SUPPRESS)
    words = parser.add_subparsers(dest="word", required=True)
    decoding = words.add_parser("decode", help="a frame as a table / 解析报文")
    decoding.add_argument("hex", nargs="+", help="the frame in hexadecimal, or - for standard input / 十六进制报文")
    decoding.add_argument("--lenient", action="store_true", help="accept and mark defects / 宽松模式")
    decoding.add_argument("--json", action="store_true", help="JSON that encode takes / 输出 JSON")
    decoding.add_argument("--edition", type=int, choices=[2011, 2013], help="the edition of an old header / 旧版标准")
    encoding = words.add_parser("encode", help="frames of a message in JSON / 由 JSON 生成报文")
    encoding.add_argument("file", help="JSON as decode --json writes it, or - / JSON 文件")
    words.add_parser("ids", help="all messages / 列出全部消息")
    words.add_parser("reference", help="the reference page in Markdown / 参考文档")
    return parser


def _decode(asked: argparse.Namespace) -> list[str]:
    frame = _bytes(sys.stdin.read() if asked.hex == [STANDARD_INPUT] else "".join(asked.hex))
    edition = Edition(asked.edition) if asked.edition else None
    trace: list[Trace] = []
    message = decode(frame, lenient=asked.lenient, edition=edition, trace=trace)
    if asked.json:
        return [json.dumps(to_plain(message, asked.language), ensure_ascii=False, indent=2)]
    return table(message, unescape(bare(frame))[0], trace, asked.language)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(NOT_HEX.sub("", text))
    except ValueError as error:
        en, zh = "that is no hexadecimal text; a frame looks like 7e0002...7e", "不是十六进制报文,应形如 7e0002...7e"
        raise _Told(en, zh) from error


def _encode(asked: argparse.Namespace) -> list[str]:
    try:
        said = sys.stdin.read() if asked.file == STANDARD_INPUT else Path(asked.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _Told(f"{asked.file} cannot be read: {error}", f"无法读取 {asked.file}:{error}") from error
    try:
        parsed = json.loads(said)
    except (ValueError, RecursionError) as error:
        raise _Told(f"{asked.file} is no JSON: {error}", f"{asked.file} 不是 JSON:{error}") from error
    return [frame.hex() for frame in encode_parts(from_plain(parsed))]


def _ids(asked: argparse.Namespace) -> list[str]:
    chinese = asked.language == "zh"
    rows = [
        (f"0x{entry.id:04x}", _arrow(entry), editions(entry), entry.standard, entry.sure.value, entry.zh, entry.en)
        for entry in MESSAGES.values()
    ]
    head = (
        ("ID", "方向", "版本", "标准", "可信度", "名称", "英文")
        if chinese
        else ("id", "from", "edition", "standard", "known", "name", "English")
    )
    return _columns([head, *rows])


def _reference(_asked: argparse.Namespace) -> list[str]:
    return [page().rstrip("\n")]


def _arrow(entry: Entry) -> str:
    return "terminal" if entry.direction == "up" else "platform"


def editions(entry: Entry) -> str:
    """In which editions a message stands, for people."""
    if entry.since > Edition.V2011:
        return f"{int(entry.since)}-"
    return f"-{int(entry.until)}" if entry.until < Edition.V2019 else "all"


def table(message: Message, data: bytes, trace: Iterable[Trace], language: str) -> list[str]:
    """The message as lines: head, one line a field with its bytes, marks."""
    chinese = language == "zh"
    header, entry = message.header, message.entry
    name = (entry.zh if chinese else entry.en) if entry else ("未知消息" if chinese else "unknown message")
    packet = f" {header.part.number}/{header.part.total}" if header.part else ""
    lines = [f"0x{header.id:04x} {name}{packet}", *_head(message, data, chinese=chinese)]
    rows = [_row(one, data, chinese=chinese) for one in trace]
    if not rows:
        rows = [
            (_span(header.size, header.size + len(raw)), _hex(raw), key, f"{len(raw)} B", "")
            for key, raw in message.body.items()
            if isinstance(raw, bytes) and raw
        ]
    lines += _columns(rows)
    lines += [f"! {mark.sentence(language)}" for mark in message.marks]
    return lines


def _head(message: Message, data: bytes, *, chinese: bool) -> list[str]:
    header, size = message.header, message.header.size
    words = ("标准", "手机号", "流水号", "消息体") if chinese else ("edition", "phone", "serial", "body")
    said = (int(header.edition), header.phone, header.serial, f"{len(data) - size - 1} B")
    return [f"  {word}: {value}" for word, value in zip(words, said, strict=True)]


def _row(one: Trace, data: bytes, *, chinese: bool) -> tuple[str, ...]:
    label = one.path
    if chinese and one.field is not None:
        label = f"{one.path} {one.field.zh}"
    return (
        _span(one.start, one.stop),
        _hex(data[one.start : one.stop]),
        label,
        _shown(one.value),
        _meaning(one, chinese=chinese),
    )


def _span(start: int, stop: int) -> str:
    return f"{start}-{stop - 1}" if stop - start > 1 else f"{start}" if stop > start else "-"


def _hex(raw: bytes) -> str:
    text = raw.hex()
    return text if len(text) <= HEX_SHOWN else text[: HEX_SHOWN - 1] + "…"


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return _hex(value)
    if isinstance(value, list):
        return f"n = {len(value)}"
    shown = plain(value)
    return json.dumps(shown, ensure_ascii=False) if isinstance(shown, dict) else str(shown)


def _meaning(one: Trace, *, chinese: bool) -> str:
    field: Field | Tag | None = one.field
    if field is None:
        return ""
    if isinstance(one.value, int):
        if field.bits is not None:
            known = field.bits.of(one.edition)
            places = [bit for bit in range(one.value.bit_length()) if one.value >> bit & 1]
            return ", ".join(known.get(bit, (f"bit {bit}", f"位 {bit}"))[chinese] for bit in places) or "-"
        if field.words is not None and one.value in field.words:
            return field.words[one.value][chinese]
    unit = field.note.partition(";")[0]
    return (unit if unit in UNITS else "") if chinese else field.note


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Lines whose columns stand below each other; Chinese characters are two wide."""
    if not rows:
        return []
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _say(lines: Iterable[str], stream: Any) -> None:
    encoding = stream.encoding or "utf-8"
    for line in lines:
        stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
