"""What an uploaded file really is: its kind by its first bytes, where its picture ends, and what was hidden behind it."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.kernel.errors import Malformed

_KNOWN: tuple[tuple[bytes, int, str], ...] = (
    (b"GIF8", 0, "GIF"),
    (b"%PDF", 0, "PDF"),
    (b"PK\x03\x04", 0, "ZIP"),
    (b"BM", 0, "BMP"),
    (b"II*\x00", 0, "TIFF"),
    (b"MM\x00*", 0, "TIFF"),
    (b"8BPS", 0, "PSD"),
    (b"\x00\x00\x01\x00", 0, "ICO"),
    (b"ftypheic", 4, "HEIC"),
    (b"ftypheix", 4, "HEIC"),
    (b"ftypmif1", 4, "HEIC"),
    (b"ftypavif", 4, "AVIF"),
    (b"ftyp", 4, "MP4"),
)
_PASSENGERS: tuple[tuple[bytes, str], ...] = (
    (b"pk\x03\x04", "ZIP"),
    (b"pk\x05\x06", "ZIP"),
    (b"%pdf-", "PDF"),
    (b"<script", "HTML"),
    (b"<html", "HTML"),
    (b"<svg", "SVG"),
    (b"<!doctype", "HTML"),
    (b"<?php", "PHP"),
    (b"#!/", "script"),
)
"""Beginnings of other files that make a picture a polyglot, in lower case."""


@dataclass(frozen=True, slots=True)
class Container:
    """One picture file: its kind (JPEG, PNG or WEBP), and the byte after its last one that belongs to the picture."""

    kind: str
    end: int


def container(data: bytes) -> Container:
    """The kind of `data` by content; raises Malformed for anything but a whole JPEG, PNG or WEBP that carries no other file."""
    if data.startswith(b"\xff\xd8\xff"):
        found = Container("JPEG", _jpeg_end(data))
    elif data.startswith(b"\x89PNG\r\n\x1a\n"):
        found = Container("PNG", _png_end(data))
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found = Container("WEBP", 8 + int.from_bytes(data[4:8], "little"))
    else:
        raise _unknown(data)
    if found.end > len(data):
        raise cut_off(found.kind)
    hidden = _passenger(data[:4096]) or _passenger(data[found.end :])
    if hidden:
        raise Malformed(
            f"this {found.kind} file also carries {hidden} content; take the photo again or save it anew as JPEG, then send it",
            zh=f"该 {found.kind} 文件中夹带了 {hidden} 内容;请重新拍照或另存为 JPEG 后再上传",
            fields={"file": "polyglot"},
        )
    return found


def cut_off(kind: str) -> Malformed:
    """The sentence for a picture of which only a part arrived."""
    return Malformed(
        f"this {kind} photo is cut off or damaged; please send it again",
        zh=f"该 {kind} 照片不完整或已损坏,请重新上传",
        fields={"file": "damaged"},
    )


def _unknown(data: bytes) -> Malformed:
    name = next((label for magic, offset, label in _KNOWN if data[offset : offset + len(magic)] == magic), "")
    lowered = data[:1024].lower()
    if not name and b"<svg" in lowered:
        name = "SVG"
    elif not name and (b"<html" in lowered or b"<script" in lowered or b"<!doctype" in lowered):
        name = "HTML"
    what_en, what_zh = (
        (f"this is a {name} file", f"这是 {name} 文件") if name else ("this is not a photo", "这不是照片")
    )
    return Malformed(
        f"{what_en}; photos are taken as JPEG, PNG or WEBP",
        zh=f"{what_zh};请上传 JPEG、PNG 或 WEBP 格式的照片",
        fields={"file": "type"},
    )


def _passenger(part: bytes) -> str:
    lowered = part.lower()
    return next((label for magic, label in _PASSENGERS if magic in lowered), "")


def _jpeg_end(data: bytes) -> int:
    """Walks the marker segments: a length field skips embedded thumbnails, stuffed bytes skip the coded pixels."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise cut_off("JPEG")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        elif marker == 0xD9:
            return at + 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if marker == 0xDA:
                at = _after_scan(data, at)
    if data[at : at + 2] == b"\xff\xd9":
        return at + 2
    raise cut_off("JPEG")


def _after_scan(data: bytes, at: int) -> int:
    """The next marker after entropy-coded data that is neither stuffing nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise cut_off("JPEG")
        following = data[at + 1]
        if following == 0x00 or 0xD0 <= following <= 0xD7:
            at += 2
        elif following == 0xFF:
            at += 1
        else:
            return at


def _png_end(data: bytes) -> int:
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name = data[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at
    raise cut_off("PNG")
