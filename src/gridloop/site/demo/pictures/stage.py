"""The street scene itself: a camera, bands of ground, a front behind, and a canvas to paint on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from gridloop.site.demo.pictures import surfaces
from gridloop.site.demo.pictures.camera import FARTHEST_M, FOCAL_PX, HEIGHT, WIDTH, Camera

Pixels = NDArray[np.floating[Any]]
Points = list[tuple[float, float]]
FINER = 3  # shapes are drawn so many times larger and shrunk, for smooth edges
PAVEMENT_M = 3.1


@dataclass
class View:
    """A window of the canvas over a patch of ground: colours to change in place, and street coordinates of its pixels."""

    colours: Pixels
    along: Pixels
    across: Pixels
    blur_m: Pixels


class Stage:
    """A drawn street with the subject at the origin.

    kerb_m: where the kerb runs, across the street from the subject; behind zero the subject stands on the pavement.
    """

    def __init__(self, camera: Camera, *, seed: int, kerb_m: float, manner: str) -> None:
        self.camera = camera
        self.seed = seed
        self.kerb_m = kerb_m
        self.front_m = kerb_m + PAVEMENT_M
        self.rng = np.random.default_rng(seed)
        along, across, up = camera.rays()
        foot = camera.foot()
        reach = np.where(up < -1e-3, camera.height_m / np.maximum(-up, np.float32(1e-3)), np.float32(FARTHEST_M))
        to_front = np.float32(self.front_m - foot[1]) / np.maximum(across, np.float32(1e-3))
        on_front = to_front < reach
        reach = np.minimum(np.minimum(reach, to_front), np.float32(FARTHEST_M))
        self._along = (foot[0] + along * reach).astype(np.float32)
        self._across = (foot[1] + across * reach).astype(np.float32)
        self._up = np.where(on_front, camera.height_m + up * reach, 0).astype(np.float32)
        self._blur = np.maximum(reach / np.float32(FOCAL_PX) * np.float32(1.3), np.float32(1e-4))
        self.front = on_front
        self.colours = _out_of_focus(self._painted(manner), on_front)

    def _painted(self, manner: str) -> Pixels:
        x, y, blur, seed = self._along, self._across, self._blur, self.seed
        canvas = np.empty((HEIGHT, WIDTH, 3), dtype=np.float32)
        from_kerb = y - np.float32(self.kerb_m)
        parts: list[tuple[NDArray[np.bool_], Callable[[NDArray[np.bool_]], Pixels]]] = [
            (self.front, lambda at: surfaces.wall(x[at], self._up[at], blur[at], seed, manner)),
            (~self.front & (from_kerb <= 0), lambda at: surfaces.asphalt(x[at], y[at], blur[at], seed)),
            (~self.front & (from_kerb > 0), lambda at: self._pavement(x[at], from_kerb[at], blur[at])),
        ]
        for where, paint in parts:
            if where.any():
                canvas[where] = paint(where)
        edge = surfaces.band(from_kerb + np.float32(0.42), 0.06, blur) * ~self.front
        worn = np.clip(0.72 + surfaces.sampled(surfaces.cloud(seed + 1, 6), x, y, 90.0) * 0.16, 0, 1)
        canvas = surfaces.mixed(canvas, (205, 204, 198), (edge * worn).astype(np.float32))
        gutter = np.clip(1 - np.abs(from_kerb + np.float32(0.06)) / np.float32(0.1), 0, 1) * ~self.front
        foot_of_front = np.clip(1 - (np.float32(self.front_m) - y) / np.float32(0.5), 0, 1) * ~self.front
        canvas *= (1 - gutter * np.float32(0.38) - foot_of_front * np.float32(0.28))[..., None]
        return canvas

    def _pavement(self, x: Pixels, from_kerb: Pixels, blur: Pixels) -> Pixels:
        flags = surfaces.paving(x, from_kerb, blur, self.seed)
        guide = surfaces.band(from_kerb - np.float32(2.35), 0.3, blur)
        flags = surfaces.mixed(flags, surfaces.tactile(x, from_kerb, blur), guide)
        stone = surfaces.band(from_kerb - np.float32(0.07), 0.08, blur)
        return surfaces.mixed(flags, surfaces.kerbstone(x, from_kerb, blur, self.seed), stone)

    def patch(self, along: float, across: float, radius_m: float) -> View:
        """The window over the ground within `radius_m` of a spot."""
        turns = np.linspace(0, 2 * np.pi, 12, endpoint=False)
        rim = np.column_stack([along + radius_m * np.cos(turns), across + radius_m * np.sin(turns), np.zeros(12)])
        (left, top), (right, bottom) = self._box(self.camera.seen(rim))
        window = np.s_[top:bottom, left:right]
        return View(self.colours[window], self._along[window], self._across[window], self._blur[window])

    def on_ground(self) -> View:
        """The whole canvas; pixels of the front have coordinates of the front's foot."""
        return View(self.colours, self._along, self._across, self._blur)

    def shade(self, along: float, across: float, radius_m: tuple[float, float], strength: float) -> None:
        """Darken a soft ellipse of ground, as the shadow under a thing."""
        view = self.patch(along, across, max(radius_m) * 1.6)
        off = np.hypot((view.along - along) / radius_m[0], (view.across - across) / radius_m[1])
        depth = np.clip(1.35 - off, 0, 1) * np.float32(strength)
        view.colours *= (1 - depth.astype(np.float32))[..., None]

    def spots(self, *spots: tuple[float, float, float]) -> Points:
        """Pixel positions of spots."""
        return [(float(x), float(y)) for x, y in self.camera.seen(np.array(spots, dtype=np.float64))]

    def scale_px(self, along: float, across: float, up: float = 0.0) -> float:
        """How many pixels a metre measures at a spot."""
        low, high = self.camera.seen(np.array([[along, across, up - 0.25], [along, across, up + 0.25]]))
        return float(np.hypot(*(high - low))) * 2

    def draw(self, around: Points, paint: "Callable[[Pen], None]", *, soften: float = 0.0) -> None:
        """Draw shapes with smooth edges inside the box of the points `around`."""
        (left, top), (right, bottom) = self._box(np.array(around))
        if right - left < 2 or bottom - top < 2:
            return
        sheet = Image.new("RGBA", ((right - left) * FINER, (bottom - top) * FINER))
        paint(Pen(ImageDraw.Draw(sheet), (left, top)))
        small = sheet.resize((right - left, bottom - top), Image.Resampling.BOX)
        if soften:
            small = small.convert("RGBa").filter(ImageFilter.GaussianBlur(soften)).convert("RGBA")
        drawn = np.asarray(small, dtype=np.float32)
        window = self.colours[top:bottom, left:right]
        window += (drawn[..., :3] - window) * (drawn[..., 3:] / np.float32(255))

    def _box(self, points: NDArray[np.float64]) -> tuple[tuple[int, int], tuple[int, int]]:
        low = np.clip(np.floor(points.min(axis=0)) - 3, 0, (WIDTH, HEIGHT)).astype(int).tolist()
        high = np.clip(np.ceil(points.max(axis=0)) + 4, 0, (WIDTH, HEIGHT)).astype(int).tolist()
        return (low[0], low[1]), (high[0], high[1])


def _out_of_focus(colours: Pixels, front: NDArray[np.bool_]) -> Pixels:
    """The front lies a little behind the focus; what is painted later stands before it and is sharp."""
    bottom = int(np.flatnonzero(front.any(axis=1)).max(initial=0))
    if bottom:
        strip = Image.fromarray(np.clip(colours[:bottom], 0, 255).astype(np.uint8)).filter(
            ImageFilter.GaussianBlur(1.7)
        )
        colours[:bottom] = np.where(front[:bottom, :, None], np.asarray(strip, dtype=np.float32), colours[:bottom])
    return colours


class Pen:
    """Draws in pixels of the picture on an enlarged sheet; later shapes replace earlier ones, they do not shine through."""

    def __init__(self, sheet: ImageDraw.ImageDraw, corner: tuple[int, int]) -> None:
        self._sheet = sheet
        self._corner = corner

    def _at(self, points: Points) -> Points:
        return [((x - self._corner[0]) * FINER, (y - self._corner[1]) * FINER) for x, y in points]

    def area(self, points: Points, colour: tuple[int, int, int], opacity: float = 1.0) -> None:
        """A filled outline."""
        self._sheet.polygon(self._at(points), fill=(*colour, round(255 * opacity)))

    def line(self, points: Points, colour: tuple[int, int, int], width_px: float, opacity: float = 1.0) -> None:
        """A line with rounded joints."""
        broad = max(1, round(width_px * FINER))
        fill = (*colour, round(255 * opacity))
        self._sheet.line(self._at(points), fill=fill, width=broad, joint="curve")
        for x, y in self._at([points[0], points[-1]]):
            self._sheet.ellipse((x - broad / 2, y - broad / 2, x + broad / 2, y + broad / 2), fill=fill)

    def disc(
        self,
        centre: tuple[float, float],
        radius_px: tuple[float, float],
        colour: tuple[int, int, int],
        opacity: float = 1.0,
    ) -> None:
        """An upright ellipse."""
        ((x, y),) = self._at([centre])
        across, down = radius_px[0] * FINER, radius_px[1] * FINER
        self._sheet.ellipse((x - across, y - down, x + across, y + down), fill=(*colour, round(255 * opacity)))
