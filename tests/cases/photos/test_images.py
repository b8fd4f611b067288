"""What becomes of a photo: turned upright, stripped, encoded anew; and what is no photo is refused with a sentence."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image

from gridloop.cases.photos import images
from gridloop.kernel.errors import Malformed
from tests.cases.photos.pictures import a_big_exif_png, a_camera_exif, a_jpeg, a_png, a_webp, an_exif_loop, hostile

HOSTILE = hostile()


def test_position_moment_and_heading_are_read_and_then_stripped() -> None:
    picture = images.read(a_jpeg(exif=a_camera_exif()))
    assert picture.spot.lat == pytest.approx(24.4798, abs=1e-4)
    assert picture.spot.lon == pytest.approx(118.0894, abs=1e-4)
    assert picture.spot.heading_deg == 270
    assert picture.spot.taken_at == dt.datetime(2026, 11, 20, 0, 30, tzinfo=dt.UTC)
    for data in picture.files.values():
        image = Image.open(io.BytesIO(data))
        assert image.format == "JPEG"
        assert not dict(image.getexif())
        assert b"SecretMaker" not in data
        assert b"Exif" not in data


def test_a_photo_held_sideways_is_turned_upright() -> None:
    picture = images.read(a_jpeg(640, 480, exif=a_camera_exif(orientation=6)))
    assert (picture.width_px, picture.height_px) == (480, 640)
    full = Image.open(io.BytesIO(picture.files["full"])).convert("L")
    assert full.getpixel((470, 320)) < full.getpixel((10, 320))  # the dark top now lies at the right


def test_three_sizes_are_kept_and_none_is_blown_up() -> None:
    picture = images.read(a_jpeg(3000, 2000))
    sizes = {name: Image.open(io.BytesIO(data)).size for name, data in picture.files.items()}
    assert sizes == {"full": (3000, 2000), "medium": (1280, 853), "thumb": (320, 213)}
    small = images.read(a_jpeg(100, 80))
    assert Image.open(io.BytesIO(small.files["medium"])).size == (100, 80)


def test_a_photo_longer_than_4096_is_kept_at_4096() -> None:
    picture = images.read(a_jpeg(9000, 3000, quality=40))
    assert (picture.width_px, picture.height_px) == (4096, 1365)


def test_png_and_webp_become_jpeg_on_white() -> None:
    for data in (a_png(), a_png(mode="RGB"), a_png(mode="L"), a_webp()):
        assert Image.open(io.BytesIO(images.read(data).files["full"])).format == "JPEG"
    red, green, _ = Image.open(io.BytesIO(images.read(a_png()).files["full"])).getpixel((5, 5))
    assert red > 200
    assert 120 < green < 170  # half red over white


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_with_a_sentence(name: str) -> None:
    data, word = HOSTILE[name]
    with pytest.raises(Malformed) as refusal:
        images.read(data)
    assert word in refusal.value.en
    assert refusal.value.zh
    assert "file" in refusal.value.fields


def test_broken_metadata_does_not_cost_the_photo() -> None:
    for data in (an_exif_loop(), a_big_exif_png()):
        picture = images.read(data)
        assert picture.spot.lon is None
        assert picture.width_px > 0


def test_a_harmless_tail_as_telephones_write_is_cut_off() -> None:
    picture = images.read(a_jpeg() + b"SEFH" + bytes(500) + b"SEFT")
    assert b"SEFT" not in picture.files["full"]


@pytest.mark.parametrize("moment", ["0000:00:00 00:00:00", "not a date", "2026:13:45 99:00:00", ""])
def test_a_nonsense_moment_is_left_out(moment: str) -> None:
    exif = a_camera_exif()
    exif.get_ifd(0x8769)[36867] = moment
    assert images.read(a_jpeg(exif=exif)).spot.taken_at is None


def test_the_zero_position_of_a_camera_without_a_fix_is_left_out() -> None:
    exif = a_camera_exif()
    gps = exif.get_ifd(0x8825)
    gps[2] = gps[4] = (0.0, 0.0, 0.0)
    assert images.read(a_jpeg(exif=exif)).spot.lat is None
