"""The files that photo tests send: good ones, and every hostile one we know of."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image


def a_jpeg(width: int = 640, height: int = 480, *, exif: Image.Exif | None = None, quality: int = 85) -> bytes:
    """A JPEG with a gradient, so that left, right, top and bottom differ."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **({"exif": exif.tobytes()} if exif else {}))
    return out.getvalue()


def a_camera_exif(*, orientation: int = 1) -> Image.Exif:
    """EXIF of a telephone at 24.4798 N 118.0894 E, looking 270 degrees, on 2026-11-20 08:30:00 city time, with a serial number."""
    exif = Image.Exif()
    exif[274] = orientation
    exif[271] = "SecretMaker"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (24.0, 28.0, 47.28)
    gps[3], gps[4] = "E", (118.0, 5.0, 21.84)
    gps[17] = 270.0
    shot = exif.get_ifd(0x8769)
    shot[36867] = "2026:11:20 08:30:00"
    shot[36881] = "+08:00"
    return exif


def a_png(width: int = 320, height: int = 200, mode: str = "RGBA") -> bytes:
    """A PNG, half transparent where the mode has an alpha channel."""
    out = io.BytesIO()
    Image.new(mode, (width, height), (200, 30, 30, 128)[: len(mode)]).save(out, "PNG")
    return out.getvalue()


def a_webp(*, frames: int = 1) -> bytes:
    """A WEBP of one or more frames."""
    out = io.BytesIO()
    first, *rest = [Image.new("RGB", (60, 40), (40 * n, 90, 90)) for n in range(frames)]
    first.save(out, "WEBP", save_all=frames > 1, append_images=rest)
    return out.getvalue()


def png_chunk(name: bytes, body: bytes) -> bytes:
    """One chunk of a PNG with its right checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def a_png_bomb(width: int, height: int) -> bytes:
    """A tiny PNG that announces huge dimensions and inflates to gigabytes."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(bytes(1_000_000))) + png_chunk(b"IEND", b"")


def an_apng() -> bytes:
    """A PNG of three frames."""
    out = io.BytesIO()
    first, *rest = [Image.new("RGB", (40, 40), (80 * n, 9, 9)) for n in range(3)]
    first.save(out, "PNG", save_all=True, append_images=rest, duration=100)
    return out.getvalue()


def a_text_bomb() -> bytes:
    """A PNG whose compressed comment inflates to 200 MB."""
    good = a_png(mode="RGB")
    bomb = png_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(200_000_000)))
    return good[:33] + bomb + good[33:]


def a_zip(name: str = "x.js", body: bytes = b"alert(1)") -> bytes:
    """A ZIP of one file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, body)
    return out.getvalue()


def an_exif_loop() -> bytes:
    """A JPEG whose EXIF directory points at itself and names four billion entries."""
    tiff = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 2)
    tiff += (
        struct.pack("<HHII", 0x8825, 4, 1, 8) + struct.pack("<HHII", 0x0112, 3, 0xFFFFFFFF, 8) + struct.pack("<I", 8)
    )
    body = b"Exif\x00\x00" + tiff
    good = a_jpeg(64, 48)
    return good[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + good[2:]


def a_big_exif_png() -> bytes:
    """A PNG with 3 MB of EXIF."""
    good = a_png(mode="RGB")
    return good[:33] + png_chunk(b"eXIf", b"MM\x00*" + bytes(3_000_000)) + good[33:]


def hostile() -> dict[str, tuple[bytes, str]]:
    """Every file that must be refused: its name, bytes, and the word that the sentence must contain."""
    jpeg, script = a_jpeg(200, 150), b"<script>alert(1)</script>"
    return {
        "empty": (b"", "empty"),
        "svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
        "svg_bom": (b"\xef\xbb\xbf\n<svg><script>alert(1)</script></svg>", "SVG"),
        "html": (b"<!DOCTYPE html><html>" + script, "HTML"),
        "gif_js": (b"GIF89a/*" + bytes(8) + b"*/=1;alert(1)//", "GIF"),
        "pdf": (b"%PDF-1.7\n", "PDF"),
        "zip": (a_zip(), "ZIP"),
        "text": (b"hello, this is no picture at all", "not a photo"),
        "heic": (b"\x00\x00\x00\x18ftypheic" + bytes(20), "HEIC"),
        "jpeg_zip": (jpeg + a_zip(), "ZIP"),
        "jpeg_html": (jpeg + b"<html>" + script, "HTML"),
        "jpeg_comment": (jpeg[:2] + b"\xff\xfe" + struct.pack(">H", len(script) + 2) + script + jpeg[2:], "HTML"),
        "jpeg_pdf": (jpeg[:2] + b"\xff\xfe\x00\x0b%PDF-1.4x" + jpeg[2:], "PDF"),
        "png_php": (a_png() + b"<?php system($_GET[0]);", "PHP"),
        "jpeg_cut": (jpeg[: len(jpeg) // 2], "cut off"),
        "jpeg_head": (jpeg[:20], "cut off"),
        "png_cut": (a_png()[:-20], "cut off"),
        "webp_cut": (a_webp()[:-9], "cut off"),
        "png_wide": (a_png_bomb(100_000, 100_000), "50 million"),
        "png_limit": (a_png_bomb(10_000, 5_001), "50 million"),
        "png_lie": (a_png_bomb(4000, 4000), "cut off"),
        "png_text_bomb": (a_text_bomb(), "cut off"),
        "apng": (an_apng(), "moves"),
        "webp_moves": (a_webp(frames=3), "moves"),
        "too_heavy": (jpeg[:-2] + bytes(15 * 1024 * 1024), "15 MB"),
    }
