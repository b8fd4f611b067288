"""A street at dusk with its lamps: the nearest one dark, or lit."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.site.demo.pictures import surfaces
from gridloop.site.demo.pictures.camera import HEIGHT, WIDTH, Camera
from gridloop.site.demo.pictures.solids import Colour, rod, shaded
from gridloop.site.demo.pictures.stage import Pen, Points, Stage

Pixels = NDArray[np.floating[Any]]
LAMP_M = 4.6
ARM_M = 1.1
GLOW = (255, 214, 150)


def lamps(stage: Stage, *, mended: bool) -> None:
    """Paint the sky and houses above the street, then the row of lamps and their light."""
    stage.colours *= np.float32(0.30)
    stage.colours *= np.array([0.92, 0.98, 1.12], dtype=np.float32)
    _sky(stage)
    _houses(stage)
    across = stage.kerb_m + 0.55
    row = [-5.2, 0.55, 6.0]
    for along in row:
        _pole(stage, along, across)
    for along in row:
        if along != row[1] or mended:
            _light(stage, along, across)


def _sky(stage: Stage) -> None:
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    top, low = np.array((34, 48, 76), dtype=np.float32), np.array((158, 124, 112), dtype=np.float32)
    sky = top + (low - top) * np.clip(rows * 1.75, 0, 1) ** 1.3
    cloudy = np.asarray(surfaces.cloud(stage.seed + 51, 4))
    columns = (np.arange(WIDTH) * 0.32).astype(int) % surfaces.TEXTURE
    lines = (np.arange(HEIGHT) * 0.9).astype(int) % surfaces.TEXTURE
    sky = sky * (1 + np.clip(cloudy[lines][:, columns], -1, 2)[..., None] * np.float32(0.05))
    stage.colours[:] = np.where(stage.front[..., None], np.broadcast_to(sky, stage.colours.shape), stage.colours)


def _houses(stage: Stage) -> None:
    """Silhouettes behind the pavement with a few lit windows."""
    rng = np.random.default_rng(stage.seed + 52)
    front = stage.front_m + 0.0
    along = -14.0
    while along < 14.0:
        breadth, height = float(rng.uniform(3.0, 5.5)), float(rng.uniform(2.4, 5.2))
        tone = float(rng.uniform(0.8, 1.15))
        outline = stage.spots(
            (along, front, 0), (along + breadth, front, 0), (along + breadth, front, height), (along, front, height)
        )
        body = shaded((40, 46, 58), tone)
        _filled(stage, outline, body)
        for up in np.arange(0.9, height - 0.7, 1.05):
            for step in np.arange(along + 0.4, along + breadth - 0.7, 0.95):
                lit = rng.random() < 0.3
                colour = (214, 176, 112) if lit else (54, 62, 76)
                x, z = float(step), float(up)
                pane = stage.spots(
                    (x, front, z), (x + 0.52, front, z), (x + 0.52, front, z + 0.62), (x, front, z + 0.62)
                )
                _filled(stage, pane, colour, soften=0.8)
        along += breadth + float(rng.uniform(0.05, 0.5))


def _filled(stage: Stage, outline: Points, colour: Colour, *, soften: float = 0.0) -> None:
    stage.draw(outline, lambda pen: pen.area(outline, colour), soften=soften)


def _pole(stage: Stage, along: float, across: float) -> None:
    steel = (98, 104, 110)
    rod(stage, (along, across, 0), (along, across, LAMP_M), 0.12, steel)
    rod(stage, (along, across, LAMP_M), (along, across - ARM_M, LAMP_M + 0.18), 0.07, steel)
    head = stage.spots((along, across - ARM_M + 0.3, LAMP_M + 0.12), (along, across - ARM_M - 0.35, LAMP_M + 0.22))
    width = 0.15 * stage.scale_px(along, across - ARM_M, LAMP_M)
    around = [(x + dx, y + dy) for x, y in head for dx in (-width, width) for dy in (-width, width)]

    def paint(pen: Pen) -> None:
        pen.line(head, shaded(steel, 0.9), width)

    stage.draw(around, paint)


def _light(stage: Stage, along: float, across: float) -> None:
    """The pool on the ground and the halo round the head."""
    view = stage.on_ground()
    off = np.hypot((view.along - along) / 2.6, (view.across - across + ARM_M) / 1.9)
    pool = np.exp(-(off**2)).astype(np.float32) * np.where(stage.front, np.float32(0.25), np.float32(1))
    view.colours += view.colours * pool[..., None] * np.array([2.7, 2.05, 1.25], dtype=np.float32)
    view.colours += pool[..., None] * np.array([30, 22, 11], dtype=np.float32)
    ((x, y),) = stage.spots((along, across - ARM_M - 0.05, LAMP_M + 0.13))
    scale = stage.scale_px(along, across - ARM_M, LAMP_M)
    columns, rows = np.arange(WIDTH, dtype=np.float32)[None, :], np.arange(HEIGHT, dtype=np.float32)[:, None]
    away = np.hypot(columns - np.float32(x), (rows - np.float32(y)) * np.float32(1.15)) / np.float32(scale)
    halo = np.exp(-(away * 7.5)) * 1.6 + np.exp(-(away * 1.9)) * 0.28
    stage.colours += halo.astype(np.float32)[..., None] * np.array(GLOW, dtype=np.float32)


def evening_camera(seed: int) -> Camera:
    """The telephone raised towards the lamps."""
    rng = np.random.default_rng(seed + 53)
    return Camera(
        height_m=1.55, pitch=-0.12 + float(rng.normal(0, 0.015)), yaw=float(rng.uniform(-0.3, 0.3)), distance_m=8.2
    )
