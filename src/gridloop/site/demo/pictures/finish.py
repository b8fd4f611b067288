"""From a painted scene to a photograph: light of the hour, lens, grain, the mark, JPEG with place and time."""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gridloop.site.demo.pictures import surfaces
from gridloop.site.demo.pictures.camera import HEIGHT, WIDTH

Pixels = NDArray[np.floating[Any]]
CITY = ZoneInfo("Asia/Shanghai")
MARK = "SYNTHETIC"
QUALITY = 84
GPS_IFD, EXIF_IFD = 0x8825, 0x8769


@dataclass(frozen=True)
class Stamp:
    """When and where the picture says it was taken; a missing place leaves the position out."""

    when: datetime
    lon: float | None
    lat: float | None


def photograph(colours: Pixels, *, seed: int, when: datetime, outdoors_light: bool) -> Image.Image:
    """Apply the light of `when` (not to scenes that bring their own), vignette, grain and the mark."""
    canvas = colours
    if outdoors_light:
        canvas = _lit(canvas, seed, when.astimezone(CITY).hour)
    picture = Image.fromarray(np.clip(_lens(canvas, seed), 0, 255).astype(np.uint8))
    _marked(picture)
    return picture


def _lit(colours: Pixels, seed: int, hour: int) -> Pixels:
    """Warm and low in the morning and evening, neutral at noon, a flash at night."""
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, WIDTH, dtype=np.float32)[None, :]
    side = np.float32(1 if seed % 2 else -1)
    if hour < 6 or hour >= 19:
        flash = np.exp(-((columns / 0.75) ** 2) - ((rows - 0.62) / 0.5) ** 2).astype(np.float32)
        flashed: Pixels = (
            colours
            * (np.float32(0.2) + flash * np.float32(0.86))[..., None]
            * np.array([0.98, 1.0, 1.05], dtype=np.float32)
        )
        return flashed
    low_sun = min(1.0, abs(hour - 12.5) / 6.0)
    warm = np.array([1.06, 1.0, 0.92], dtype=np.float32) ** np.float32(low_sun)
    slant = 1 + columns * side * np.float32(0.10 + 0.08 * low_sun) + (0.5 - rows) * np.float32(0.06)
    dapple = np.asarray(surfaces.cloud(seed + 61, 3))[::2][:, ::2]
    shadow = Image.fromarray(dapple).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    soft = np.clip(np.asarray(shadow, dtype=np.float32) * np.float32(0.6), -1, 1) * np.float32(0.03)
    bright = np.float32(1.04 - 0.08 * low_sun)
    sunlit: Pixels = colours * (slant + soft)[..., None] * warm * bright
    return sunlit


def _lens(colours: Pixels, seed: int) -> Pixels:
    """Film curve, vignette and grain."""
    rows = np.linspace(-1, 1, HEIGHT, dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, WIDTH, dtype=np.float32)[None, :]
    vignette = 1 - (rows**2 + columns**2) * np.float32(0.11)
    rng = np.random.default_rng(seed + 71)
    grain = rng.standard_normal((HEIGHT // 2, WIDTH), dtype=np.float32)
    grain = np.concatenate([grain, grain[::-1]]) * np.float32(2.6)
    value = np.clip(colours * vignette[..., None], 0, 330) / np.float32(255)
    curved = value * (np.float32(1.12) - value * np.float32(0.14)) - np.float32(0.012)
    return curved * np.float32(255) + grain[..., None]


def _marked(picture: Image.Image) -> None:
    """A small mark in the corner: the picture is drawn, not taken."""
    pen = ImageDraw.Draw(picture, "RGBA")
    font = ImageFont.load_default(size=17)
    width = round(pen.textlength(MARK, font=font)) + 62
    left, top = WIDTH - width - 18, HEIGHT - 44
    pen.rounded_rectangle((left, top, WIDTH - 18, HEIGHT - 16), 6, fill=(12, 20, 28, 150))
    _synthetic_zh(pen, left + 10, top + 6)
    pen.text((left + 54, top + 14), MARK, font=font, fill=(236, 240, 243, 235), anchor="lm")


def _synthetic_zh(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
    """The two characters 合成 in strokes: Pillow brings no Chinese font and the machine may have none."""
    strokes = (
        ((8, 0), (0, 7)),
        ((8, 0), (16, 7)),
        ((4, 7), (12, 7)),
        ((3, 10), (3, 16)),
        ((3, 10), (13, 10)),
        ((13, 10), (13, 16)),
        ((3, 16), (13, 16)),
        ((22, 3), (37, 3)),
        ((23, 3), (20, 16)),
        ((24, 8), (28, 8)),
        ((28, 8), (27, 14)),
        ((30, 0), (32, 9)),
        ((32, 9), (37, 16)),
        ((36, 7), (29, 15)),
        ((34, 0), (36, 2)),
    )
    for (x0, y0), (x1, y1) in strokes:
        pen.line((left + x0, top + y0, left + x1, top + y1), fill=(236, 240, 243, 235), width=2)


def exif_of(stamp: Stamp) -> bytes:
    """EXIF with the time and, where given, the position, ready for a JPEG."""
    exif = Image.Exif()
    exif[0x010E] = "synthetic picture, drawn for demonstration"
    exif[0x0131] = "Gridloop"
    local = stamp.when.astimezone(CITY)
    exif[0x0132] = local.strftime("%Y:%m:%d %H:%M:%S")
    exif.get_ifd(EXIF_IFD).update({0x9003: local.strftime("%Y:%m:%d %H:%M:%S"), 0x9011: "+08:00"})
    if stamp.lon is not None and stamp.lat is not None:
        exif.get_ifd(GPS_IFD).update(
            {
                1: "N" if stamp.lat >= 0 else "S",
                2: _sexagesimal(abs(stamp.lat)),
                3: "E" if stamp.lon >= 0 else "W",
                4: _sexagesimal(abs(stamp.lon)),
            }
        )
    return exif.tobytes()


def jpeg(picture: Image.Image, exif: bytes = b"") -> bytes:
    """The picture as JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, exif=exif)
    return out.getvalue()


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    ten_thousandths = round(degrees * 3600 * 10_000)
    minutes, seconds = divmod(ten_thousandths, 60 * 10_000)
    return float(minutes // 60), float(minutes % 60), seconds / 10_000
