"""Kept pictures of pages, compared as from afar: a panel that is missing or a column that sticks out is seen, another font or another figure is not."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from ops import paths

KEPT = Path(__file__).parent / "pictures"
LEFT = paths.VAR / "pictures"
"""Where a picture that differs is left, with its difference."""
ACCEPT = "ACCEPT_PICTURES"
KEPT_SHRINK = 4
SIDE = 2
"""Squares of 2 x 2 pixels of a kept picture, 8 x 8 of the screen."""
GREYS = 32
SHADE_MAX = 12.0
"""Of 255; letters of another font change a square by less, a box with words that is gone by more."""
SHARE_MAX = 0.018
"""Squares of a page that may differ all the same: between what the desk has in wholly another font (0.014) and its least break (0.020)."""
Shades = NDArray[np.float64]


def small(png: bytes) -> Image.Image:
    """The picture as it is kept: a quarter as wide, in 32 greys."""
    shot = Image.open(BytesIO(png)).convert("L")
    size = (max(1, shot.width // KEPT_SHRINK), max(1, shot.height // KEPT_SHRINK))
    return shot.resize(size, Image.Resampling.BOX).quantize(GREYS, dither=Image.Dither.NONE)


def shades(picture: Image.Image) -> Shades:
    """Mean shade of each square and its neighbours, float (rows, columns), 0 to 255: a step of eight pixels to the side hardly changes it."""
    grey = np.asarray(picture.convert("L"), np.float64)
    rows, columns = (side // SIDE for side in grey.shape)
    squares = grey[: rows * SIDE, : columns * SIDE].reshape(rows, SIDE, columns, SIDE).mean(axis=(1, 3))
    wide = np.pad(squares, 1, mode="edge")
    return np.mean([wide[y : y + rows, x : x + columns] for y in range(3) for x in range(3)], axis=0)


def strangers(kept: Image.Image, now: Image.Image) -> NDArray[np.bool_]:
    """Which squares of a page look different, bool (rows, columns); all of them where the pictures have different sizes."""
    one, other = shades(kept), shades(now)
    if one.shape != other.shape:
        return np.ones(other.shape, np.bool_)
    return np.abs(one - other) > SHADE_MAX


def looked_at(page: Page, name: str, hidden: str) -> str:
    """What is wrong with a page beside its kept picture, as one sentence; empty when nothing is. `hidden`: selectors of what moves or tells figures."""
    style = page.add_style_tag(
        content=f"{hidden} {{ visibility: hidden !important }} *, ::before, ::after {{ animation: none !important; caret-color: transparent !important }}"
    )
    png = page.screenshot(animations="disabled")
    style.evaluate("(element) => element.remove()")
    return compared(name, png)


def compared(name: str, png: bytes) -> str:
    """The sentence about one picture; with ACCEPT_PICTURES=1 it becomes the kept one."""
    path, now = KEPT / f"{name}.png", small(png)
    if os.environ.get(ACCEPT) == "1":
        KEPT.mkdir(exist_ok=True)
        now.save(path, optimize=True)
        return ""
    how = f"if it is meant so, accept it with {ACCEPT}=1 ./gridloop test tests/stories/test_pictures.py, and look at what you commit"
    if not path.exists():
        return f"{name}: there is no kept picture; {how}"
    found = strangers(Image.open(path), now)
    if found.mean() <= SHARE_MAX:
        return ""
    LEFT.mkdir(parents=True, exist_ok=True)
    (LEFT / f"{name}.png").write_bytes(png)
    marked = Image.fromarray((found * 255).astype(np.uint8)).resize(now.size, Image.Resampling.NEAREST)
    Image.merge("RGB", (marked, now.convert("L"), now.convert("L"))).save(LEFT / f"{name}-difference.png")
    return f"{name}: {found.mean():.1%} of the page looks different (allowed {SHARE_MAX:.1%}), see {LEFT}/{name}.png and {name}-difference.png; {how}"
