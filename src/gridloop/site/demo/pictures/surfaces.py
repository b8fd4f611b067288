"""What streets are made of, as colours of points: asphalt, kerb, paving, walls, hedges, sky."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.floating[Any]]
Colour = tuple[float, float, float]

TEXTURE = 512
TEXTURES_KEPT = 64  # of a megabyte each: four streets


@lru_cache(maxsize=TEXTURES_KEPT)
def cloud(seed: int, octaves: int) -> Pixels:
    """Tileable noise (TEXTURE, TEXTURE) with zero mean and unit deviation; more octaves, finer detail."""
    rng = np.random.default_rng(seed)
    total = np.zeros((TEXTURE, TEXTURE), dtype=np.float32)
    for octave in range(octaves):
        size = min(4 * 2**octave, TEXTURE)
        total += _stretched(rng.standard_normal((size, size)).astype(np.float32)) * np.float32(0.62**octave)
    total -= total.mean()
    scaled: Pixels = (total / total.std()).astype(np.float32)
    return scaled


@lru_cache(maxsize=TEXTURES_KEPT)
def speckle(seed: int) -> Pixels:
    """Tileable fine grain (TEXTURE, TEXTURE), a few samples broad, zero mean and unit deviation."""
    raw = np.random.default_rng(seed).standard_normal((TEXTURE, TEXTURE)).astype(np.float32)
    grain = raw + 0.8 * (np.roll(raw, 1, 0) + np.roll(raw, 1, 1)) + 0.5 * np.roll(raw, (1, 1), (0, 1))
    scaled: Pixels = (grain / grain.std()).astype(np.float32)
    return scaled


def _stretched(coarse: Pixels) -> Pixels:
    size = len(coarse)
    if size == TEXTURE:
        return coarse
    at = np.arange(TEXTURE) * size / TEXTURE
    low = at.astype(np.int64)
    share = (at - low).astype(np.float32)
    share = share * share * (3 - 2 * share)
    rows = coarse[low] * (1 - share)[:, None] + coarse[(low + 1) % size] * share[:, None]
    return rows[:, low] * (1 - share) + rows[:, (low + 1) % size] * share


def sampled(texture: Pixels, x: Pixels, y: Pixels, per_metre: float) -> Pixels:
    """The texture at points in metres."""
    columns = (x * np.float32(per_metre)).astype(np.int32) & (TEXTURE - 1)
    rows = (y * np.float32(per_metre)).astype(np.int32) & (TEXTURE - 1)
    found: Pixels = texture[rows, columns]
    return found


def band(distance: Pixels, half_breadth_m: float, blur_m: Pixels) -> Pixels:
    """1 within a band, 0 outside, soft over one pixel."""
    share: Pixels = np.clip((np.float32(half_breadth_m) - np.abs(distance)) / blur_m + np.float32(0.5), 0, 1)
    return share


def mixed(below: Pixels, above: Pixels | Colour, share: Pixels) -> Pixels:
    """Colours (..., 3) with `above` laid over by share (...)."""
    over = np.asarray(above, dtype=np.float32)
    return below + (over - below) * share[..., None]


def tinted(value: Pixels, colour: Colour) -> Pixels:
    """A brightness (...) round 1 as colour (..., 3)."""
    return value[..., None] * np.asarray(colour, dtype=np.float32)


def asphalt(x: Pixels, y: Pixels, blur_m: Pixels, seed: int) -> Pixels:
    """Worn asphalt: chippings near by, wheel tracks and stains over metres."""
    near = np.clip(0.006 / blur_m, 0, 1).astype(np.float32)
    chips = sampled(speckle(seed), x, y, 190.0) * near
    stains = sampled(cloud(seed + 1, 6), x + 3, y * 0.6, 34.0)
    tracks = np.sin(y * np.float32(2.1) + np.float32(seed % 7)) * np.float32(0.02)
    return tinted(1 + chips * np.float32(0.11) + stains * np.float32(0.014) + tracks, (104, 106, 109))


def kerbstone(x: Pixels, y: Pixels, blur_m: Pixels, seed: int) -> Pixels:
    """Granite kerb in stones of one metre."""
    grain = sampled(speckle(seed + 2), x, y, 260.0) * np.clip(0.005 / blur_m, 0, 1)
    joints = band(x - np.round(x), 0.006, blur_m)
    return tinted((1 + grain * np.float32(0.05)) * (1 - joints * np.float32(0.4)), (164, 163, 158))


def paving(x: Pixels, y: Pixels, blur_m: Pixels, seed: int) -> Pixels:
    """Concrete flags 0.4 x 0.2 m in running bond, each of its own tone."""
    row = np.floor(y / np.float32(0.2))
    shifted = x + (row % 2) * np.float32(0.2)
    column = np.floor(shifted / np.float32(0.4))
    across, upward = shifted - (column + 0.5) * np.float32(0.4), y - (row + 0.5) * np.float32(0.2)
    joints = np.maximum(1 - band(across, 0.196, blur_m), 1 - band(upward, 0.096, blur_m))
    tone = sampled(cloud(seed + 3, 8), column, row, 37.0)
    dirt = sampled(cloud(seed + 4, 6), x, y, 60.0)
    grain = sampled(speckle(seed + 5), x, y, 240.0) * np.clip(0.006 / blur_m, 0, 1)
    fade = np.clip(0.03 / blur_m, 0, 1)
    value = 1 + tone * np.float32(0.035) + dirt * np.float32(0.03) + grain * np.float32(0.035)
    warm = (172, 163, 153) if seed % 3 else (170, 141, 126)
    return tinted(value * (1 - joints * fade * np.float32(0.26)), warm)


def tactile(x: Pixels, y: Pixels, blur_m: Pixels) -> Pixels:
    """Yellow guiding bars for the blind, slabs of 0.3 m."""
    bars = band(np.mod(y, np.float32(0.075)) - np.float32(0.0375), 0.02, blur_m)
    joints = 1 - band(np.mod(x, np.float32(0.3)) - np.float32(0.15), 0.146, blur_m)
    fade = np.clip(0.02 / blur_m, 0, 1)
    return tinted(
        (np.float32(0.93) + bars * np.float32(0.14) * fade) * (1 - joints * np.float32(0.2) * fade), (198, 164, 84)
    )


def wall(x: Pixels, up: Pixels, blur_m: Pixels, seed: int, manner: str) -> Pixels:
    """A street front: `plaster` with a plinth, small white `tiles`, a `hedge` before a wall, or closed `shops`."""
    stains = sampled(cloud(seed + 6, 6), x, up * 0.5, 40.0)
    if manner == "hedge":
        return _hedge(x, up, seed)
    if manner == "tiles":
        gaps = 1 - np.minimum(band(np.mod(x, 0.2) - 0.1, 0.094, blur_m), band(np.mod(up, 0.1) - 0.05, 0.045, blur_m))
        found = tinted((1 + stains * np.float32(0.03)) * (1 - gaps * np.float32(0.12)), (205, 200, 190))
    elif manner == "shops":
        found = _shutters(x, up, blur_m, stains)
    else:
        found = _plaster(x, up, blur_m, seed, stains)
    plinth = np.clip((np.float32(0.42) - up) / blur_m, 0, 1)
    return mixed(found, tinted(1 + stains * np.float32(0.05), (122, 119, 114)), plinth)


def _plaster(x: Pixels, up: Pixels, blur_m: Pixels, seed: int, stains: Pixels) -> Pixels:
    """Rough render in fields, with streaks that rain has drawn down it."""
    rough = sampled(speckle(seed + 10), x, up, 180.0) * np.clip(0.008 / blur_m, 0, 1)
    streaks = sampled(cloud(seed + 12, 6), x * 4, up * 0.25, 45.0)
    joints = np.maximum(
        band(np.mod(x, np.float32(2.6)) - np.float32(1.3), 0.01, blur_m), band(up - np.float32(1.25), 0.01, blur_m)
    )
    value = 1 + rough * np.float32(0.03) + stains * np.float32(0.014) + np.minimum(streaks, 0) * np.float32(0.03)
    colour = ((196, 186, 168), (186, 190, 186), (201, 178, 152))[seed % 3]
    return tinted(value * (1 - joints * np.float32(0.22)), colour)


def _shutters(x: Pixels, up: Pixels, blur_m: Pixels, stains: Pixels) -> Pixels:
    slats = np.sin(up * np.float32(2 * np.pi / 0.09)) * np.float32(0.06) * np.clip(0.02 / blur_m, 0, 1)
    shop = np.floor(x / np.float32(3.4))
    blue = (np.mod(shop, 2) == 0).astype(np.float32)
    found = mixed(
        tinted(1 + slats + stains * np.float32(0.03), (158, 163, 166)),
        tinted(1 + slats + stains * np.float32(0.03), (104, 128, 146)),
        blue,
    )
    pillar = band(np.mod(x, np.float32(3.4)) - np.float32(1.7), 1.42, blur_m)
    found = mixed(tinted(1 + stains * np.float32(0.03), (188, 180, 168)), found, pillar)
    board = np.clip((up - np.float32(2.35)) / blur_m, 0, 1)
    return mixed(found, (148, 74, 62), board)


def _hedge(x: Pixels, up: Pixels, seed: int) -> Pixels:
    leaves = sampled(cloud(seed + 7, 8), x, up, 120.0)
    clumps = sampled(cloud(seed + 8, 4), x, up, 90.0)
    top = np.float32(1.15) + sampled(cloud(seed + 9, 6), x, np.zeros_like(x), 50.0) * np.float32(0.05)
    depth = np.clip(up / np.float32(1.2), 0, 1)
    value = np.float32(0.62) + depth * np.float32(0.42) + leaves * np.float32(0.17) + clumps * np.float32(0.08)
    behind = tinted(1 + clumps * np.float32(0.05), (188, 194, 196))
    return mixed(behind, tinted(np.clip(value, 0.25, 1.6), (86, 112, 62)), np.clip((top - up) / np.float32(0.05), 0, 1))
