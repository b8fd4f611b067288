"""From a class and a seed to the picture of a street."""

from copy import deepcopy
from datetime import datetime
from typing import Literal

import numpy as np
from PIL import Image

from gridloop.site.demo.pictures.camera import Camera
from gridloop.site.demo.pictures.evening import evening_camera
from gridloop.site.demo.pictures.families import Family, family_of
from gridloop.site.demo.pictures.finish import Stamp, exif_of, jpeg, photograph
from gridloop.site.demo.pictures.stage import Stage

When = Literal["before", "after"]


def draw(
    class_kind: str,
    class_code: str,
    *,
    seed: int,
    stage: When,
    when: datetime,
    lon: float | None = None,
    lat: float | None = None,
) -> bytes:
    """A 1280 x 960 JPEG for a case of the class; EXIF tells `when` and, if given, the place (WGS-84)."""
    picture = scene(family_of(class_kind, class_code), seed=seed, stage=stage, when=when)
    return jpeg(picture, exif_of(Stamp(when, lon, lat)))


def scene(family: Family, *, seed: int, stage: When, when: datetime) -> Image.Image:
    """The picture alone; before and after of a seed share the viewpoint."""
    return _taken(_street(family, seed), family, seed=seed, stage=stage, when=when)


def both(family: Family, *, seed: int, when: datetime) -> tuple[Image.Image, Image.Image]:
    """Before and after; the street is drawn once, which is half of the work."""
    street = _street(family, seed)
    before = _taken(deepcopy(street), family, seed=seed, stage="before", when=when)
    return before, _taken(street, family, seed=seed, stage="after", when=when)


def _street(family: Family, seed: int) -> Stage:
    rng = np.random.default_rng(seed)
    camera = (
        evening_camera(seed)
        if _own_light(family)
        else Camera(
            height_m=float(rng.uniform(1.45, 1.62)),
            pitch=float(rng.uniform(0.36, 0.42)) + max(0.0, (3.0 - family.distance_m[0]) * 0.13) - family.raised,
            yaw=float(rng.uniform(-0.34, 0.34)),
            distance_m=float(rng.uniform(*family.distance_m)),
        )
    )
    manner = family.manners[int(rng.integers(len(family.manners)))]
    return Stage(camera, seed=seed % 9_973, kerb_m=family.kerb_m, manner=manner)


def _taken(street: Stage, family: Family, *, seed: int, stage: When, when: datetime) -> Image.Image:
    family.paint(street, mended=stage == "after")
    return photograph(street.colours, seed=seed, when=when, outdoors_light=not _own_light(family))


def _own_light(family: Family) -> bool:
    return family.name == "lamp"
