"""A bank of scenes, drawn once each and then only stamped with time and place."""

from datetime import datetime, timedelta
from functools import cache

from gridloop.site.demo.pictures.families import FAMILIES, family_of
from gridloop.site.demo.pictures.finish import CITY, Stamp, exif_of, jpeg
from gridloop.site.demo.pictures.scenes import When, scene

VARIANTS = 4  # streets for each family: 15 families x 4 x before and after are 120 scenes
DAY_HOURS = (8, 10, 14, 17)  # the light of each variant by day
NIGHT_HOUR = 21
SUNRISE, SUNSET = 6, 19


def from_bank(
    class_kind: str,
    class_code: str,
    *,
    seed: int,
    stage: When,
    when: datetime,
    lon: float | None = None,
    lat: float | None = None,
) -> bytes:
    """Like `draw`, but one of a few streets for each family; once drawn, a picture costs well under a millisecond."""
    night = not SUNRISE <= when.astimezone(CITY).hour < SUNSET
    body = _drawn(family_of(class_kind, class_code).name, seed % VARIANTS, stage, night=night)
    return _with_exif(body, exif_of(Stamp(when, lon, lat)))


@cache
def _drawn(family: str, variant: int, stage: When, *, night: bool) -> bytes:
    hour = NIGHT_HOUR if night else DAY_HOURS[variant]
    light = datetime(2026, 1, 1, tzinfo=CITY) + timedelta(hours=hour)
    return jpeg(scene(FAMILIES[family], seed=variant * 101 + 7, stage=stage, when=light))


def _with_exif(body: bytes, exif: bytes) -> bytes:
    """The JPEG with an APP1 segment put right behind its start mark, without decoding it."""
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    return body[:2] + segment + body[2:]
