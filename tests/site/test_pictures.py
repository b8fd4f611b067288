"""Drawn pictures: every class has one, before and after share the street, the stamp is right."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gridloop.site.demo.pictures import FAMILIES, draw, family_of, from_bank, scene

STANDARDS = Path(__file__).resolve().parents[2] / "data" / "standards"
MORNING = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
GPS_IFD = 0x8825


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("RGB"), dtype=np.float64)


@pytest.mark.parametrize("kind", ["component", "event"])
def test_every_class_of_the_masters_has_a_picture(kind):
    with (STANDARDS / f"{kind}s.csv").open(encoding="utf-8") as file:
        names = {family_of(kind, row["code"]).name for row in csv.DictReader(file)}
    assert names <= set(FAMILIES)
    assert len(names) > 6


def test_a_kind_that_is_no_kind_is_refused():
    with pytest.raises(KeyError):
        family_of("person", "0101")


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_before_and_after_are_one_street_and_differ_at_the_subject(name):
    before, after = (pixels(scene(FAMILIES[name], seed=5, stage=stage, when=MORNING)) for stage in ("before", "after"))
    assert before.shape == (960, 1280, 3)
    change = np.abs(before - after).mean(axis=2)
    assert (change < 3).mean() > 0.4  # the street round it is the same
    assert (change > 12).mean() > 0.005  # and the subject is not
    assert before.std() > 15  # nor is it a grey sheet


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_street():
    first, again, other = (draw("component", "0102", seed=seed, stage="before", when=MORNING) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_the_night_is_darker_than_the_morning():
    night = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 22:00 in Xiamen
    by_night, by_day = (
        pixels(scene(FAMILIES["pothole"], seed=5, stage="before", when=when)) for when in (night, MORNING)
    )
    assert by_night.mean() < 0.75 * by_day.mean()


@pytest.mark.parametrize("maker", [draw, from_bank], ids=["draw", "from_bank"])
def test_the_jpeg_tells_time_and_place(maker):
    taken = Image.open(io.BytesIO(maker("event", "0110", seed=8, stage="after", when=MORNING, lon=118.1, lat=24.5)))
    assert taken.format == "JPEG"
    taken.load()
    exif = taken.getexif()
    assert exif[0x0132] == "2026:11:22 09:30:00"
    gps = exif.get_ifd(GPS_IFD)
    assert gps[1] + gps[3] == "NE"
    assert sum(part / 60**power for power, part in enumerate(gps[2])) == pytest.approx(24.5, abs=1e-6)
    assert sum(part / 60**power for power, part in enumerate(gps[4])) == pytest.approx(118.1, abs=1e-6)


def test_without_a_place_there_is_no_position():
    taken = Image.open(io.BytesIO(from_bank("event", "0110", seed=8, stage="after", when=MORNING)))
    assert not taken.getexif().get_ifd(GPS_IFD)


def test_the_bank_hands_out_a_few_streets_for_each_family():
    made = {from_bank("event", "0201", seed=seed, stage="before", when=MORNING) for seed in range(8)}
    assert len(made) == 4
