"""How many faces and number plates the masking finds, how much it covers in vain, and what a photo costs.

Plates are drawn (four colours, four widths, turned, slanted, lit and blurred by chance) on drawn streets, since photos of real ones are somebody's data. Faces come
from a file of grey crops (n, side, side) that is named, such as `skimage/data/lfw_subset.npy` inside the package scikit-image (its first half are faces),
enlarged and set into drawn streets; without it faces are not measured. Found means that seven tenths of it are covered. Last line: one JSON object.

    ./gridloop bench masking [--pictures 10] [--faces FILE.npy]
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bench.yardstick import yardstick_ms
from gridloop.cases.photos import masking

SIZE = (1280, 960)
COLOURS = {
    "blue": ((20, 60, 170), "white"),
    "green": ((110, 205, 150), "black"),
    "yellow": ((240, 190, 30), "black"),
    "white": ((240, 240, 240), "black"),
}
PLATE_WIDTHS_PX = (60, 100, 180, 300)
FACE_WIDTHS_PX = (40, 80, 160)
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
COVERED = 0.7
Spot = tuple[int, int, int, int]


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=10, help="of each colour and width")
    parser.add_argument("--faces", type=Path)
    asked = parser.parse_args()
    chance = np.random.default_rng(8)
    figures: dict[str, object] = {"yardstick_ms": yardstick_ms(), "pictures": asked.pictures}
    spent: list[float] = []
    for colour in COLOURS:
        for width in PLATE_WIDTHS_PX:
            scenes = [_scene(chance, _plate(chance, colour), width) for _ in range(asked.pictures)]
            figures[f"plate_{colour}_{width}"] = _recall(scenes, "plates", spent)
    if asked.faces:
        faces = np.load(asked.faces)
        faces = faces[: len(faces) // 2]
        for width in FACE_WIDTHS_PX:
            scenes = [_scene(chance, _face(chance, faces), width) for _ in range(asked.pictures)]
            figures[f"face_{width}"] = _recall(scenes, "faces", spent)
    figures["s_a_photo"] = round(float(np.median(spent)), 2)
    print(json.dumps(figures))


def _recall(scenes: list[tuple[Image.Image, Spot]], kind: str, spent: list[float]) -> dict[str, float]:
    """Share found, and the share of the picture that was covered besides."""
    found, besides = 0, 0.0
    for image, spot in scenes:
        pixels = np.asarray(image)
        begun = time.process_time()
        boxes = {"faces": masking.faces(pixels), "plates": masking.plates(pixels)}[kind]
        spent.append(time.process_time() - begun)
        cover = np.zeros(pixels.shape[:2], np.bool_)
        for box in boxes:
            cover[max(0, int(box.top)) : max(0, int(box.bottom)), max(0, int(box.left)) : max(0, int(box.right))] = True
        left, top, right, bottom = spot
        found += bool(cover[top:bottom, left:right].mean() >= COVERED)
        cover[top:bottom, left:right] = False
        besides += float(cover.mean())
    told = {"found": round(found / len(scenes), 2), "covered_besides": round(besides / len(scenes), 3)}
    print(f"{kind:<8}{told}", flush=True)
    return told


def _plate(chance: np.random.Generator, colour: str) -> Image.Image:
    ground, ink = COLOURS[colour]
    plate = Image.new("RGBA", (440, 140), (*ground, 255))
    pen = ImageDraw.Draw(plate)
    pen.rectangle((5, 5, 434, 134), outline=ink, width=3)
    letters = "".join(chance.choice(list(LETTERS), 6 if colour == "green" else 5))
    pen.text((24, 22), f"XD·{letters}", fill=ink, font=ImageFont.load_default(78 if colour == "green" else 86))
    return plate


def _face(chance: np.random.Generator, faces: NDArray[np.float64]) -> Image.Image:
    one = faces[int(chance.integers(len(faces)))]
    scaled = (one - one.min()) / max(float(np.ptp(one)), 1e-6) * 255
    return Image.fromarray(scaled.astype(np.uint8)).convert("RGBA")


def _scene(chance: np.random.Generator, thing: Image.Image, width: int) -> tuple[Image.Image, Spot]:
    """A street with the thing in it, so many pixels wide, and where it is."""
    street = Image.new("RGB", SIZE, tuple(int(part) for part in chance.integers(90, 180, 3)))
    pen = ImageDraw.Draw(street)
    for _ in range(25):
        x, y = int(chance.integers(SIZE[0])), int(chance.integers(SIZE[1] // 2))
        wide, high = (int(part) for part in chance.integers(30, 260, 2))
        pen.rectangle((x, y, x + wide, y + high), fill=tuple(int(part) for part in chance.integers(40, 220, 3)))
    high = round(width * thing.height / thing.width)
    small = thing.resize((width, high), Image.Resampling.LANCZOS)
    small = small.rotate(float(chance.uniform(-6, 6)), expand=True, resample=Image.Resampling.BICUBIC)
    left = int(chance.integers(200, SIZE[0] - small.width - 200))
    top = int(chance.integers(480, SIZE[1] - small.height - 100))
    body = tuple(int(part) for part in chance.integers(20, 220, 3))
    pen.rectangle((left - width, top - width, left + 2 * width, top + small.height + width // 3), fill=body)
    street.paste(small, (left, top), small)
    street = street.filter(ImageFilter.GaussianBlur(float(chance.uniform(0.3, 1.0))))
    lit = np.asarray(street) * chance.uniform(0.6, 1.15) + chance.normal(0, 5, (SIZE[1], SIZE[0], 3))
    picture = Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8))
    return picture, (left, top, left + small.width, top + small.height)


if __name__ == "__main__":
    main()
