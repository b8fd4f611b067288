"""From the bytes that somebody sent to a harmless picture: checked, turned upright, stripped, encoded anew in three sizes."""

from __future__ import annotations

import datetime as dt
import io
import struct
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from gridloop.cases.photos.containers import container, cut_off
from gridloop.kernel.clock import CITY_ZONE
from gridloop.kernel.errors import Malformed

BYTES_MAX = 15 * 1024 * 1024
PIXELS_MAX = 50_000_000
SIDE_MAX_PX = 4096  # longest side kept; enough to read a number plate across a street
SIZES_PX = {"thumb": 320, "medium": 1280}
EXIF_BYTES_MAX = 256 * 1024  # a JPEG holds 64 KiB; PNG and WEBP could hold gigabytes

Exif = Mapping[int, object]
_UNREADABLE = (
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OSError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
)
"""What Pillow raises on broken metadata; metadata is optional, so a photo is never lost for it."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What the camera noted: position (WGS-84 degrees), moment, and the compass degrees it looked to; each may be missing.

    How exact the position is, metres, only a phone says; no picture holds it.
    """

    lon: float | None = None
    lat: float | None = None
    taken_at: dt.datetime | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None

    def or_else(self, phone: Spot) -> Spot:
        """This, and where it says nothing what the phone said; position and accuracy belong together."""
        where = phone if self.lon is None else self
        return Spot(
            where.lon,
            where.lat,
            self.taken_at or phone.taken_at,
            phone.heading_deg if self.heading_deg is None else self.heading_deg,
            where.accuracy_m,
        )


NOWHERE = Spot()
"""What a phone says that says nothing."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo made harmless. `files` maps full, medium and thumb to JPEG bytes without metadata."""

    files: Mapping[str, bytes]
    width_px: int
    height_px: int
    spot: Spot


def read(data: bytes, *, bytes_max: int = BYTES_MAX) -> Picture:
    """Take in one photo; raises Malformed with a sentence for anything that is not one (type, size, damage, bomb, animation)."""
    if not data:
        raise Malformed("the file is empty; choose a photo", zh="文件为空,请选择照片", fields={"file": "empty"})
    if len(data) > bytes_max:
        raise too_heavy(len(data), bytes_max)
    kind = container(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", Image.DecompressionBombWarning
            )  # our own limit is lower and speaks in sentences
            image = Image.open(io.BytesIO(data[: kind.end]), formats=[kind.kind])
            _refuse_huge(image)
            _refuse_animated(image, kind.kind)
            spot = _spot(image)
            upright = _decoded(image)
    except Image.DecompressionBombError as bomb:
        raise _too_many_pixels("far over 50 million pixels", "像素远超 5000 万") from bomb
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as damage:
        raise cut_off(kind.kind) from damage
    files = {"full": _encoded(upright, SIDE_MAX_PX, quality=86), **_smaller(upright)}
    return Picture(files=files, width_px=upright.width, height_px=upright.height, spot=spot)


def sizes_of(jpeg: bytes) -> dict[str, bytes]:
    """The three sizes of a picture of ours that was changed; `full` is kept as it is."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
        return {"full": jpeg, **_smaller(image.convert("RGB"))}


def _smaller(image: Image.Image) -> dict[str, bytes]:
    return {name: _encoded(image, side, quality=80) for name, side in SIZES_PX.items()}


def too_heavy(size_bytes: int, bytes_max: int) -> Malformed:
    """The sentence for a file that is larger than allowed."""
    return Malformed(
        f"the photo has {size_bytes / 1048576:.1f} MB; at most {bytes_max / 1048576:.0f} MB are taken",
        zh=f"照片大小为 {size_bytes / 1048576:.1f} MB,最多 {bytes_max / 1048576:.0f} MB",
        fields={"file": "size"},
    )


def _refuse_huge(image: Image.Image) -> None:
    if image.width * image.height > PIXELS_MAX:
        size = f"{image.width} x {image.height}"
        raise _too_many_pixels(f"{size} pixels", f"{size} 像素")


def _too_many_pixels(how_many_en: str, how_many_zh: str) -> Malformed:
    return Malformed(
        f"the photo has {how_many_en}; at most 50 million are taken",
        zh=f"照片为 {how_many_zh},最多 5000 万像素",
        fields={"file": "pixels"},
    )


def _refuse_animated(image: Image.Image, kind: str) -> None:
    # a JPEG of several frames is what 3-D and portrait modes of telephones write: its first frame is the photo
    if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:
        raise Malformed(
            "this picture moves; send a still photo (JPEG, PNG or WEBP)",
            zh="这是动态图片,请上传静态照片(JPEG、PNG 或 WEBP)",
            fields={"file": "animated"},
        )


def _decoded(image: Image.Image) -> Image.Image:
    """Upright RGB pixels, at most SIDE_MAX_PX long; transparent parts become white."""
    image.draft("RGB", (SIDE_MAX_PX, SIDE_MAX_PX))  # JPEG only: decodes at a half or quarter, which saves memory
    image.load()
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        flat = Image.new("RGB", layered.size, "white")
        flat.paste(layered, mask=layered.getchannel("A"))
        upright = _turned(flat, _orientation(image))
    else:
        upright = _turned(image.convert("RGB"), _orientation(image))
    upright.thumbnail((SIDE_MAX_PX, SIDE_MAX_PX), Image.Resampling.LANCZOS)
    return upright


def _orientation(image: Image.Image) -> int:
    value = _exif(image).get(ExifTags.Base.Orientation, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _encoded(image: Image.Image, side_px: int, *, quality: int) -> bytes:
    copy = ImageOps.contain(image, (side_px, side_px)) if max(image.size) > side_px else image.copy()
    copy.info.clear()  # comments, profiles and whatever else came along
    out = io.BytesIO()
    copy.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _exif(image: Image.Image) -> Exif:
    raw = image.info.get("exif", b"")
    if len(raw) > EXIF_BYTES_MAX:
        return {}
    try:
        return dict(image.getexif())
    except _UNREADABLE:
        return {}


def _sub(image: Image.Image, tag: int) -> Exif:
    if len(image.info.get("exif", b"")) > EXIF_BYTES_MAX:
        return {}
    try:
        return dict(image.getexif().get_ifd(tag))
    except _UNREADABLE:
        return {}


def _spot(image: Image.Image) -> Spot:
    gps = _sub(image, ExifTags.IFD.GPSInfo)
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    if lon is None or lat is None or (lon == 0 and lat == 0):  # 0, 0 is what cameras write without a fix
        lon = lat = None
    heading = _number(gps.get(ExifTags.GPS.GPSImgDirection))
    return Spot(
        lon=lon,
        lat=lat,
        taken_at=_moment(_sub(image, ExifTags.IFD.Exif)),
        heading_deg=heading if heading is not None and 0 <= heading <= 360 else None,
    )


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]  # rationals, ints and rubbish: float() decides
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if abs(number) < 1e9 else None  # also false for NaN


def _degrees(parts: object, reference: object, negative: str, limit: int) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    degrees, minutes, seconds = (_number(part) for part in parts)
    if degrees is None or minutes is None or seconds is None:
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not 0 <= value <= limit:
        return None
    return round(-value if str(reference).strip().upper() == negative else value, 7)


def _moment(exif: Exif) -> dt.datetime | None:
    """When the shutter opened; a camera that names no offset is taken to show the city's time."""
    text = str(exif.get(ExifTags.Base.DateTimeOriginal, "")).strip("\x00 ")
    offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 ")
    try:
        moment = dt.datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone is set below
        zone = dt.datetime.strptime(offset, "%z").tzinfo if offset else CITY_ZONE
    except ValueError:
        return None
    try:
        return moment.replace(tzinfo=zone).astimezone(dt.UTC)
    except OverflowError:
        return None
