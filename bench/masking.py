"""How many faces and number plates the masking finds, how much it covers in vain, and what a photo costs.

Plates are drawn on drawn vehicles in the demo city's pictures (bench/masking_scenes.py says how), since photos of real ones are somebody's data. Faces come from
a folder of pictures with one large face each, which is named and stays outside; they are cut out, made as small as said and set into the same streets. Their
true boxes are what the net finds in the large picture, so look at those once. Found means that seven tenths of it are covered; covered in vain is the share of
the picture covered beyond a margin around what is there. Last line: one JSON object.

    ./gridloop bench masking [--each 8] [--faces FOLDER]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bench import masking_scenes as scenes
from bench.yardstick import yardstick_ms
from gridloop.cases.photos import masking

PLATE_WIDTHS_PX = (60, 90, 130, 200, 300)
FACE_WIDTHS_PX = (16, 24, 40, 80, 160)
COVERED = 0.7
STREETS = 20
CENTRES_X = (320, 960)
Shot = tuple[NDArray[np.uint8], list[scenes.Thing], bool]
Detector = Callable[[NDArray[np.uint8]], list[masking.Box]]


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=8, help="plates of each colour and width")
    parser.add_argument("--faces", type=Path, help="a folder of pictures with one large face each")
    asked = parser.parse_args()
    figures: dict[str, object] = {"yardstick_ms": yardstick_ms()}
    chance = np.random.default_rng(8)
    figures["plates"] = _told("plates", masking.plates, _with_plates(chance, asked.each))
    if asked.faces:
        figures["faces"] = _told("faces", masking.faces, _with_faces(chance, asked.faces))
    print(json.dumps(figures))


def _with_plates(chance: scenes.Chance, each: int) -> Iterator[Shot]:
    """Two vehicles in a street, every third street at night."""
    wanted = [(colour, width) for width in PLATE_WIDTHS_PX for colour in scenes.COLOURS for _ in range(each)]
    chance.shuffle(wanted)
    for at in range(0, len(wanted), len(CENTRES_X)):
        number = at // len(CENTRES_X)
        night = number % 3 == 2
        picture = scenes.street(number % STREETS, night=night).copy()
        things = [
            scenes.with_vehicle(picture, chance, str(colour), int(width), x)
            for (colour, width), x in zip(wanted[at : at + len(CENTRES_X)], CENTRES_X, strict=False)
        ]
        yield scenes.taken(picture, chance, night=night), things, night


def _with_faces(chance: scenes.Chance, folder: Path) -> Iterator[Shot]:
    """One face of each width in a street, apart from each other."""
    cuts = [_cut_out(path) for path in sorted(folder.iterdir())]
    for number in range(STREETS):
        night = number % 3 == 2
        picture, things = scenes.street(number, night=night).copy(), list[scenes.Thing]()
        for width in FACE_WIDTHS_PX:
            face, inner = cuts[int(chance.integers(len(cuts)))]
            for _ in range(20):  # places tried until one is free
                tried = picture.copy()
                thing = scenes.with_face(tried, face, inner, width, chance)
                if not any(_near(thing, other) for other in things):
                    picture, things = tried, [*things, thing]
                    break
        yield scenes.taken(picture, chance, night=night), things, night


def _cut_out(path: Path) -> tuple[Image.Image, tuple[float, float, float, float]]:
    """The largest face of a picture with what is around it, and its box as shares of that."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((1000, 1000))
    face = max(masking.faces(np.asarray(image)), key=lambda box: box.right - box.left)
    wide, high = face.right - face.left, face.bottom - face.top
    left, top = max(0, round(face.left - 0.6 * wide)), max(0, round(face.top - 0.6 * high))
    right, bottom = min(image.width, round(face.right + 0.6 * wide)), min(image.height, round(face.bottom + 0.8 * high))
    across, down = right - left, bottom - top
    inner = (
        (face.left - left) / across,
        (face.top - top) / down,
        (face.right - left) / across,
        (face.bottom - top) / down,
    )
    return image.crop((left, top, right, bottom)), inner


def _near(one: scenes.Thing, other: scenes.Thing) -> bool:
    """Whether the pictures around two faces could lie over each other."""
    aside = 2 * max(one.width_px, other.width_px)
    (a, b, c, d), (e, f, g, h) = one.box, other.box
    return not (c + aside < e or g + aside < a or d + aside < f or h + aside < b)


def _told(kind: str, detector: Detector, shots: Iterator[Shot]) -> dict[str, object]:
    """How many of each sort were found, what was covered in vain, processor seconds a photo."""
    hits: dict[str, list[bool]] = defaultdict(list)
    vain: list[float] = []
    spent: list[float] = []
    for pixels, things, night in shots:
        begun = time.process_time()
        boxes = detector(pixels)
        spent.append(time.process_time() - begun)
        cover = _cover(pixels.shape[:2], boxes)
        for thing in things:
            left, top, right, bottom = thing.box
            found = bool(cover[top:bottom, left:right].mean() >= COVERED)
            for sort in (thing.kind, f"{thing.width_px} px", "night" if night else "day", "all"):
                hits[sort].append(found)
        vain.append(_in_vain(cover, things))
        if len(vain) % 10 == 0:
            print(f"{kind}: {len(vain)} photos, {_counted(hits)}", flush=True)
    told: dict[str, object] = {
        "found": _counted(hits),
        "photos": len(spent),
        "covered_in_vain_mean": round(float(np.mean(vain)), 4),
        "covered_in_vain_most": round(max(vain), 4),
        "s_a_photo": round(float(np.median(spent)), 2),
    }
    print(f"{kind}: {json.dumps(told)}", flush=True)
    return told


def _counted(hits: dict[str, list[bool]]) -> dict[str, str]:
    return {sort: f"{sum(found)} of {len(found)}" for sort, found in sorted(hits.items())}


def _cover(shape: tuple[int, ...], boxes: Sequence[masking.Box]) -> NDArray[np.bool_]:
    cover = np.zeros(shape, np.bool_)
    for box in boxes:
        cover[max(0, int(box.top)) : max(0, int(box.bottom)), max(0, int(box.left)) : max(0, int(box.right))] = True
    return cover


def _in_vain(cover: NDArray[np.bool_], things: Sequence[scenes.Thing]) -> float:
    beyond = cover.copy()
    for thing in things:
        left, top, right, bottom = thing.box
        margin = (bottom - top) // 2
        beyond[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin] = False
    return float(beyond.mean())


if __name__ == "__main__":
    main()
