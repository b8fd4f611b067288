"""Streets to measure the masking on: the demo city's drawn pictures with drawn vehicles and their plates, and with faces from pictures that are named.

Plates follow GA 36-2018 in size, colour and arrangement (440 x 140 mm, new energy 480 x 140, rear of large vehicles not drawn); their letters are drawn by chance.
They are set in by a perspective of up to a quarter, then lit by day or night, blurred by lens and movement, given noise and kept as JPEG like a telephone does.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from gridloop.site.demo.pictures.families import FAMILIES
from gridloop.site.demo.pictures.scenes import scene

FONT = Path(
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
)  # Debian's fonts-noto-cjk; without it the province is a Latin letter
PROVINCES = "闽京沪粤浙苏鲁赣皖湘"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SIGNS = LETTERS + "0123456789" * 3
GROUND = {
    "blue": ((18, 62, 168), (22, 70, 186)),
    "yellow": ((236, 178, 24), (228, 168, 20)),
    "green": ((235, 248, 240), (96, 190, 120)),
    "white": ((242, 242, 240), (232, 232, 230)),
    "black": ((22, 22, 24), (30, 30, 32)),
}
INK = {"blue": "white", "yellow": "black", "green": "black", "white": "black", "black": "white"}
COLOURS = tuple(GROUND)
NOON, NIGHT = datetime(2026, 5, 6, 4, tzinfo=UTC), datetime(2026, 5, 6, 14, tzinfo=UTC)
Chance = np.random.Generator
Corners = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Thing:
    """What was set into a street: what it is, how wide it came out (pixels), and the box around it (left, top, right, bottom)."""

    kind: str
    width_px: int
    box: tuple[int, int, int, int]


@cache
def street(number: int, *, night: bool) -> Image.Image:
    """One of the demo city's pictures, 1280 x 960; the families take turns."""
    names = sorted(set(FAMILIES) - {"lamp"})
    family = FAMILIES[names[number % len(names)]]
    return scene(family, seed=900 + number, stage="before", when=NIGHT if night else NOON)


def plate(chance: Chance, colour: str) -> Image.Image:
    """A plate seen straight on, 440 or 480 x 140 pixels, a pixel for a millimetre."""
    wide = 480 if colour == "green" else 440
    top, bottom = (np.array(one, np.float32) for one in GROUND[colour])
    share = np.linspace(0, 1, 140, dtype=np.float32)[:, None, None]
    ground = np.broadcast_to(top * (1 - share) + bottom * share, (140, wide, 3))
    image = Image.fromarray(ground.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((5, 5, wide - 6, 134), 8, outline=INK[colour], width=3)
    words = [_one(chance, PROVINCES if FONT.exists() else LETTERS), _one(chance, LETTERS)]
    words += [_one(chance, SIGNS) for _ in range(6 if colour == "green" else 5)]
    step = (wide - 30 - 22) / len(words)
    font = ImageFont.truetype(str(FONT), 74) if FONT.exists() else ImageFont.load_default(84)
    for at, word in enumerate(words):
        _sign(
            image,
            word,
            (round(17 + at * step + (22 if at > 1 else 0)), 25),
            (round(step * 0.86), 90),
            font,
            INK[colour],
        )
    middle = round(17 + 2 * step + 8)
    pen.ellipse((middle - 5, 65, middle + 5, 75), fill=INK[colour])
    return image


def _one(chance: Chance, of: str) -> str:
    return of[int(chance.integers(len(of)))]


def _sign(
    image: Image.Image,
    word: str,
    at: tuple[int, int],
    size: tuple[int, int],
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    ink: str,
) -> None:
    """One letter stretched to the size that plates have."""
    shape = Image.new("L", (120, 140))
    ImageDraw.Draw(shape).text((10, 10), word, fill=255, font=font)
    box = shape.getbbox()
    if box:
        image.paste(ink, at, shape.crop(box).resize(size, Image.Resampling.LANCZOS))


def with_vehicle(picture: Image.Image, chance: Chance, colour: str, width_px: int, centre_x: int) -> Thing:
    """Draw the rear of a vehicle whose plate is about so wide, into the picture."""
    pen = ImageDraw.Draw(picture)
    body = tuple(int(part) for part in chance.integers(15, 235, 3))
    dark = tuple(part // 3 for part in body)
    scale = width_px / 440
    half, high = (
        min(round(900 * scale), picture.width // 4 - 5),
        round(760 * scale),
    )  # no vehicle hides the other's plate
    low = min(picture.height - 20, int(chance.integers(picture.height // 2, picture.height - 40)) + high // 3)
    low = max(low, high + 200)
    left, right = centre_x - half, centre_x + half
    pen.rounded_rectangle((left, low - high, right, low), round(80 * scale), fill=body)
    pen.polygon(
        [
            (left + half // 4, low - high),
            (left + half // 2, low - round(1300 * scale)),
            (right - half // 2, low - round(1300 * scale)),
            (right - half // 4, low - high),
        ],
        fill=(38, 48, 58),
    )
    for side in (left + round(60 * scale), right - round(260 * scale)):
        pen.rectangle(
            (side, low - round(620 * scale), side + round(200 * scale), low - round(430 * scale)), fill=(150, 22, 24)
        )
    pen.rectangle((left + round(40 * scale), low - round(170 * scale), right - round(40 * scale), low), fill=dark)
    top_left = (centre_x - width_px / 2, low - 420 * scale)
    return _set_in(picture, plate(chance, colour), colour, top_left, width_px, chance)


def with_face(
    picture: Image.Image, face: Image.Image, inner: tuple[float, float, float, float], width_px: int, chance: Chance
) -> Thing:
    """Set a cut-out of a person into the picture so that the face in it is so wide; `inner` is the face's box as shares of the cut-out."""
    wide = round(width_px / (inner[2] - inner[0]))
    high = round(wide * face.height / face.width)
    cut = face.resize((wide, high), Image.Resampling.LANCZOS)
    left = int(chance.integers(0, max(1, picture.width - wide)))
    top = int(chance.integers(0, max(1, picture.height - high)))
    picture.paste(cut, (left, top))
    box = (left + inner[0] * wide, top + inner[1] * high, left + inner[2] * wide, top + inner[3] * high)
    return Thing("face", width_px, tuple(round(side) for side in box))  # type: ignore[arg-type]  # four of them


def _set_in(
    picture: Image.Image, flat: Image.Image, kind: str, at: tuple[float, float], width_px: int, chance: Chance
) -> Thing:
    high = width_px * flat.height / flat.width
    ends = np.array([[0, 0], [width_px, 0], [width_px, high], [0, high]], np.float32)
    turn = np.deg2rad(chance.uniform(-7, 7))
    narrow = chance.uniform(0.75, 1.0)
    moved = (ends - ends.mean(axis=0)) * np.float32([narrow, 1])
    moved[[1, 2] if chance.random() < 0.5 else [0, 3], 1] *= np.float32(chance.uniform(0.85, 1.0))
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
    corners: Corners = (moved @ spin.T + ends.mean(axis=0) + np.array(at, np.float32)).astype(np.float32)
    return Thing(kind, width_px, _warped(picture, flat, corners))


def _warped(picture: Image.Image, flat: Image.Image, corners: Corners) -> tuple[int, int, int, int]:
    """Draw the flat picture between the four corners; returns the box around them."""
    near = flat.filter(ImageFilter.GaussianBlur(max(0.0, flat.width / max(1.0, float(np.ptp(corners[:, 0]))) * 0.35)))
    source = np.array([[0, 0], [flat.width, 0], [flat.width, flat.height], [0, flat.height]], np.float32)
    plane = cv2.getPerspectiveTransform(source, corners)
    size = (picture.width, picture.height)
    drawn = cv2.warpPerspective(np.asarray(near), plane, size, flags=cv2.INTER_LINEAR)
    shape = cv2.warpPerspective(np.full((flat.height, flat.width), 255, np.uint8), plane, size, flags=cv2.INTER_LINEAR)
    picture.paste(Image.fromarray(drawn), (0, 0), Image.fromarray(shape))
    low, up = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    return max(0, int(low[0])), max(0, int(low[1])), min(picture.width, int(up[0])), min(picture.height, int(up[1]))


def taken(picture: Image.Image, chance: Chance, *, night: bool) -> NDArray[np.uint8]:
    """The picture as a telephone keeps it: light, lens, movement, noise, JPEG; RGB pixels (h, w, 3)."""
    soft = picture.filter(ImageFilter.GaussianBlur(float(chance.uniform(0.2, 1.1))))
    pixels = np.asarray(soft, np.float32)
    length = int(chance.integers(1, 5))
    if length > 1:
        pixels = cv2.blur(pixels, (length, 1))
    pixels = pixels * np.float32(chance.uniform(0.3, 0.55) if night else chance.uniform(0.75, 1.15))
    pixels = pixels + chance.normal(0, 9 if night else 4, pixels.shape).astype(np.float32)
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=int(chance.integers(60, 92)))
    return np.asarray(Image.open(out).convert("RGB"))
