"""What happens to the carriageway: manholes, potholes, water, subsidence."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloop.site.demo.pictures import surfaces
from gridloop.site.demo.pictures.solids import box, cone, rod
from gridloop.site.demo.pictures.stage import Stage, View

Pixels = NDArray[np.floating[Any]]


def manhole(stage: Stage, *, mended: bool) -> None:
    """A round manhole in the lane, open and coned off, or with its cover back."""
    view = stage.patch(0, 0, 0.75)
    off = np.hypot(view.along, view.across).astype(np.float32)
    grain = surfaces.sampled(surfaces.cloud(stage.seed + 11, 8), view.along, view.across, 260.0)
    collar = np.clip((np.float32(0.52) - off) / 0.03, 0, 1)
    view.colours[:] = surfaces.mixed(
        view.colours, surfaces.tinted(1 + grain * np.float32(0.06), (126, 124, 119)), collar * 0.85
    )
    _disc(view, off, 0.40, surfaces.tinted(1 + grain * np.float32(0.09), (92, 88, 83)))
    _disc(view, off, 0.368, (40, 39, 38))
    if mended:
        _disc(view, off, 0.36, _cover(view, off, grain))
        return
    depth = np.hypot(view.along, (view.across + 0.15)).astype(np.float32)
    far_wall = np.clip((depth - np.float32(0.27)) / 0.2, 0, 1)
    bricks = 1 - 0.25 * surfaces.band(np.mod(view.across * 2.2, 0.11) - 0.055, 0.008, view.blur_m * 2)
    inside = surfaces.mixed(
        np.full_like(view.colours, 9), surfaces.tinted(bricks + grain * np.float32(0.12), (96, 88, 78)), far_wall
    )
    _disc(view, off, 0.345, inside)
    cone(stage, 0.85, 0.22)


def _disc(view: View, off: Pixels, radius_m: float, colour: Pixels | tuple[float, float, float]) -> None:
    view.colours[:] = surfaces.mixed(
        view.colours, colour, np.clip((np.float32(radius_m) - off) / view.blur_m + 0.5, 0, 1)
    )


def _cover(view: View, off: Pixels, grain: Pixels) -> Pixels:
    """A cast iron cover: raised studs in rings, two lifting slots."""
    angle = np.arctan2(view.across, view.along)
    ring = np.floor(off / 0.052)
    count = np.maximum(np.round(ring * 6.2), 1)
    sector = np.mod(angle / (2 * np.pi) * count, 1) - 0.5
    stud = np.clip((0.33 - np.abs(sector)) * 12, 0, 1) * np.clip(
        (0.36 - np.abs(np.mod(off / 0.052, 1) - 0.5)) * 12, 0, 1
    )
    stud = stud * (ring > 1) * (ring < 6)
    slot = np.clip(1.4 - np.hypot((np.abs(view.along) - 0.22) / 0.035, view.across / 0.018), 0, 1)
    light = 1 + grain * np.float32(0.07) + stud * np.float32(0.34) - slot * np.float32(0.75)
    return surfaces.tinted(light.astype(np.float32), (86, 82, 79))


def pothole(stage: Stage, *, mended: bool) -> None:
    """A broken piece of asphalt, or the square patch that replaced it."""
    if mended:
        _patch(stage)
        return
    view = stage.patch(0, 0, 1.5)
    off = _ragged(view, stage.seed, 0.62)
    gravel = surfaces.sampled(surfaces.cloud(stage.seed + 13, 8), view.along, view.across, 120.0)
    fine = surfaces.sampled(surfaces.cloud(stage.seed + 14, 8), view.along, view.across, 300.0)
    _cracks(view, off, stage.seed)
    floor = surfaces.tinted(1 + gravel * np.float32(0.2) + fine * np.float32(0.1), (82, 77, 70))
    drop = np.clip(1 - (1 - off) / 0.2, 0, 1) * np.clip(0.35 - view.across / 0.9, 0, 1)
    hole = floor * (0.62 + 0.38 * np.clip((1 - off) * 2.2, 0, 1) - 0.25 * drop)[..., None]
    wet = np.clip((0.42 - off) * 7 + gravel * 0.5, 0, 1)
    hole = surfaces.mixed(
        hole, surfaces.tinted(1 + view.across * np.float32(0.25), (112, 124, 134)), (wet * 0.72).astype(np.float32)
    )
    view.colours[:] = surfaces.mixed(view.colours, hole, np.clip((1 - off) / 0.05, 0, 1))
    rim = np.clip(1 - np.abs(off - 1.02) / 0.05, 0, 1) * np.clip(view.across, 0, 0.4) * 2.2
    view.colours[:] = surfaces.mixed(view.colours, (158, 156, 150), (rim * 0.5).astype(np.float32))
    crumbs = np.clip(gravel - 1.7, 0, 1) * np.clip((1.7 - off) * 2, 0, 1) * (off > 1)
    view.colours[:] = surfaces.mixed(view.colours, (66, 63, 59), (crumbs * 0.8).astype(np.float32))
    cone(stage, -1.05, 0.35)


def _ragged(view: View, seed: int, radius_m: float) -> Pixels:
    """Distance from the middle in units of an uneven outline: 1 on it."""
    angle = np.arctan2(view.across, view.along)
    rng = np.random.default_rng(seed)
    edge = np.ones_like(angle)
    for order in range(2, 8):
        edge += np.cos(angle * order + rng.uniform(0, 6.3)).astype(np.float32) * np.float32(
            rng.normal(0, 0.16) / order**0.6
        )
    rough = surfaces.sampled(surfaces.cloud(seed + 15, 6), view.along, view.across, 160.0) * 0.035
    off: Pixels = (np.hypot(view.along, view.across * 1.25) / (radius_m * edge) + rough).astype(np.float32)
    return off


def _cracks(view: View, off: Pixels, seed: int) -> None:
    field = surfaces.sampled(surfaces.cloud(seed + 16, 5), view.along, view.across, 70.0)
    thin = np.clip(1 - np.abs(field) / 0.045, 0, 1) * np.clip((2.2 - off) / 0.9, 0, 1)
    view.colours *= (1 - thin * np.float32(0.5)).astype(np.float32)[..., None]


def _patch(stage: Stage) -> None:
    view = stage.patch(0, 0, 1.7)
    grain = surfaces.sampled(surfaces.speckle(stage.seed + 13), view.along, view.across, 210.0)
    edge = np.maximum(np.abs(view.along) - 0.95, np.abs(view.across) - 0.72).astype(np.float32)
    inside = np.clip(-edge / view.blur_m + 0.5, 0, 1)
    fresh = surfaces.tinted(1 + grain * np.float32(0.1), (64, 64, 67))
    view.colours[:] = surfaces.mixed(view.colours, fresh, inside)
    seal = np.clip((0.035 - np.abs(edge + 0.01)) / 0.012, 0, 1)
    view.colours[:] = surfaces.mixed(view.colours, (34, 34, 36), (seal * 0.9).astype(np.float32))


def water(stage: Stage, *, mended: bool) -> None:
    """Water standing along the kerb, or the wet rim that it left."""
    view = stage.on_ground()
    spread = surfaces.sampled(surfaces.cloud(stage.seed + 17, 5), view.along, view.across, 26.0)
    reach = np.hypot(view.along / 2.5, (view.across - 0.35) / 1.15).astype(np.float32) + spread * np.float32(0.13)
    low = ((view.across < stage.kerb_m + 0.01) & ~stage.front).astype(np.float32)
    damp = np.clip((1.22 - reach) / 0.16, 0, 1) * low
    view.colours *= (1 - damp * np.float32(0.2 if mended else 0.3))[..., None]
    if mended:
        leaves = np.clip(
            surfaces.sampled(surfaces.cloud(stage.seed + 18, 8), view.along, view.across, 60.0) - 2.0, 0, 1
        )
        view.colours[:] = surfaces.mixed(view.colours, (96, 84, 58), (leaves * damp * 0.9).astype(np.float32))
        return
    ripple = surfaces.sampled(surfaces.cloud(stage.seed + 19, 6), view.along * 0.5, view.across * 2.2, 90.0)
    mirror = _mirrored(stage, view, ripple)
    pool = np.clip((1.02 - reach) / 0.03, 0, 1) * low
    view.colours[:] = surfaces.mixed(view.colours, mirror, (pool * 0.84).astype(np.float32))
    rim = np.clip(1 - np.abs(reach - 1.02) / 0.02, 0, 1) * low
    view.colours[:] = surfaces.mixed(view.colours, (196, 204, 208), (rim * 0.35).astype(np.float32))


def _mirrored(stage: Stage, view: View, ripple: Pixels) -> Pixels:
    """The front and the sky upside down, stirred."""
    rise = np.clip((stage.front_m - view.across) / 5.5, 0, 1.4)
    front = surfaces.wall(
        view.along + ripple * np.float32(0.06),
        (1.9 - rise * 1.3 + ripple * 0.05).astype(np.float32),
        view.blur_m * 3,
        stage.seed,
        "plaster",
    )
    sky = surfaces.tinted(np.float32(1) + ripple * np.float32(0.03), (164, 178, 188))
    share = np.clip((rise - 0.52 + ripple * 0.03) * 5, 0, 1).astype(np.float32)
    return surfaces.mixed(front * np.float32(0.6), sky * np.float32(0.86), share)


def digging(stage: Stage, *, mended: bool) -> None:
    """A trench dug across the lane with barriers, or the lane made good."""
    if mended:
        _patch(stage)
        return
    view = stage.patch(0, 0, 1.7)
    grain = surfaces.sampled(surfaces.cloud(stage.seed + 21, 8), view.along, view.across, 150.0)
    ragged = surfaces.sampled(surfaces.cloud(stage.seed + 22, 6), view.along, view.across, 70.0) * np.float32(0.03)
    edge = np.maximum(np.abs(view.along) - 1.1, np.abs(view.across) - 0.38) + ragged
    earth = (
        surfaces.tinted(1 + grain * np.float32(0.18), (112, 84, 58))
        * np.clip(0.45 + view.across * 0.7 + 0.25, 0.3, 1)[..., None]
    )
    view.colours[:] = surfaces.mixed(
        view.colours, earth.astype(np.float32), np.clip(-edge / 0.03, 0, 1).astype(np.float32)
    )
    for step in range(9):
        box(
            stage,
            (-0.9 + step * 0.24, 0.85 + 0.1 * np.sin(step * 2.1), 0),
            (0.3, 0.3, 0.14 + 0.1 * abs(np.sin(step))),
            (124, 98, 70),
            turn=step,
        )
    for side in (-1.35, 1.35):
        for up in (0.35, 0.75):
            rod(stage, (side, -0.5, up), (side, 0.6, up), 0.09, (206, 86, 48) if up > 0.5 else (214, 212, 206))
        for across in (-0.5, 0.6):
            rod(stage, (side, across, 0), (side, across, 0.85), 0.05, (200, 198, 192))
