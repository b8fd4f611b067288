"""Others see photos without faces and plates; the original is sealed, and opened only with a reason by who decides."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from gridloop.audit.models import Pending
from gridloop.cases.photos import actions, masking, sealing
from gridloop.cases.photos.models import Photo
from gridloop.cases.photos.storage import store
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound
from tests.builders import NOW, Crew, a_caller, a_client, a_person, a_report
from tests.cases.photos.pictures import a_jpeg

PLATE = (180, 57)


@pytest.fixture(autouse=True)
def on_disk(settings: Any, tmp_path: Path) -> None:
    settings.GRIDLOOP_PHOTOS = {"driver": "disk", "root": str(tmp_path / "photos")}


def a_car(at: tuple[int, int] = (520, 400)) -> bytes:
    """A drawn car with a blue plate whose upper left corner lies there, in a picture of 960 x 720."""
    street = Image.new("RGB", (960, 720), (150, 152, 148))
    pen = ImageDraw.Draw(street)
    pen.rectangle((0, 0, 960, 330), fill=(196, 206, 214))
    pen.rectangle((at[0] - 190, at[1] - 190, at[0] + PLATE[0] + 190, at[1] + 130), fill=(120, 32, 30))
    pen.rectangle((at[0] - 130, at[1] - 170, at[0] + PLATE[0] + 130, at[1] - 70), fill=(40, 46, 52))
    plate = Image.new("RGB", (440, 140), (20, 60, 170))
    letters = ImageDraw.Draw(plate)
    letters.rectangle((5, 5, 434, 134), outline="white", width=3)
    letters.text((28, 20), "XD·A83K6", fill="white", font=ImageFont.load_default(92))
    street.paste(plate.resize(PLATE, Image.Resampling.LANCZOS), at)
    noise = np.random.default_rng(2).normal(0, 4, (720, 960, 3))
    out = io.BytesIO()
    Image.fromarray(np.clip(np.asarray(street) + noise, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=92)
    return out.getvalue()


def covered(box: tuple[int, int, int, int], boxes: list[masking.Box]) -> float:
    """The share of a rectangle that lies in the boxes."""
    left, top, right, bottom = box
    seen = np.zeros((bottom - top, right - left), np.bool_)
    for one in boxes:
        seen[
            max(0, int(one.top) - top) : max(0, int(one.bottom) - top),
            max(0, int(one.left) - left) : max(0, int(one.right) - left),
        ] = True
    return float(seen.mean())


def detail(jpeg: bytes, box: tuple[int, int, int, int]) -> float:
    """How much neighbouring pixels differ inside: letters do, coarse squares hardly."""
    part = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L").crop(box), np.float64)
    return float(np.abs(np.diff(part, axis=1)).mean())


def test_a_blue_plate_is_found() -> None:
    found = masking.plates(np.asarray(Image.open(io.BytesIO(a_car())).convert("RGB")))
    assert covered((520, 400, 700, 457), found) > 0.7


def test_an_empty_picture_has_neither_faces_nor_plates() -> None:
    assert not masking.look(a_jpeg(320, 240))


def test_a_mask_takes_the_detail_and_leaves_the_rest() -> None:
    picture, inside, beside = a_car(), (520, 400, 700, 457), (40, 500, 220, 557)
    hidden = masking.masked(picture, [masking.Box(*inside)])
    assert detail(hidden, inside) < detail(picture, inside) / 2
    assert abs(detail(hidden, beside) - detail(picture, beside)) < 3


def test_boxes_at_the_edge_and_of_no_size_are_no_trouble() -> None:
    picture = a_jpeg(200, 100)
    for box in (
        masking.Box(-50, -50, 20, 20),
        masking.Box(190, 90, 400, 300),
        masking.Box(50, 50, 50, 50),
        masking.Box(900, 900, 950, 950),
    ):
        assert Image.open(io.BytesIO(masking.masked(picture, [box]))).size == (200, 100)


@pytest.fixture
def of_a_case(crew: Crew) -> str:
    """The id of a resident's photo of a car, part of a case."""
    photo = actions.take_in(a_car(), by=crew.citizen, now=NOW).id
    a_report(by=crew.citizen, photos=(photo,))
    return photo


INSIDE = (530, 404, 690, 453)


def test_the_owner_sees_it_as_taken_and_everybody_else_masked(crew: Crew, of_a_case: str) -> None:
    taken = detail(store().get(f"{of_a_case}/full") or b"", INSIDE)
    own = a_client(crew.citizen.person_id).get(f"/api/v1/photos/{of_a_case}/full")
    assert detail(own.content, INSIDE) == taken
    others = a_client(crew.acceptor.person_id).get(f"/api/v1/photos/{of_a_case}/full")
    assert others.status_code == 200
    assert detail(others.content, INSIDE) < taken / 3
    row = Photo.objects.get(pk=of_a_case)
    assert row.masked_at is not None
    assert (row.plates or 0) >= 1
    small = a_client(crew.leader.person_id).get(f"/api/v1/photos/{of_a_case}/medium")
    assert detail(small.content, INSIDE) < taken / 3
    assert others.headers["ETag"] != own.headers["ETag"], "what a browser kept of the one is not shown for the other"


def test_the_job_masks_each_photo_once(crew: Crew, of_a_case: str) -> None:
    assert sealing.mask_waiting(NOW) == 1
    masked = store().get(f"{of_a_case}/full")
    assert sealing.mask_waiting(NOW) == 0
    assert store().get(f"{of_a_case}/full") == masked


def test_a_process_killed_before_it_was_written_down_begins_again_from_the_sealed_original(of_a_case: str) -> None:
    taken = store().get(f"{of_a_case}/full")
    sealing.mask(of_a_case, now=NOW)
    box = store().get(f"{of_a_case}/sealed") or b""
    assert taken is not None
    assert taken[:200] not in box, "sealed means unreadable on the disk"
    Photo.objects.filter(pk=of_a_case).update(masked_at=None, faces=None, plates=None)
    assert sealing.mask(of_a_case, now=NOW)
    assert store().get(f"{of_a_case}/sealed") == box, "a masked picture is never sealed in place of the original"


def test_the_original_is_opened_with_a_reason_that_stands_in_the_ledger(crew: Crew, of_a_case: str) -> None:
    taken = store().get(f"{of_a_case}/full")
    sealing.mask(of_a_case, now=NOW)
    answer = a_client(crew.supervisor.person_id).post(
        f"/api/v1/photos/{of_a_case}/original/open", {"reason": "认定占道车辆号牌"}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    assert answer.content == taken
    assert answer.headers["Cache-Control"] == "no-store"
    entry = Pending.objects.get(action="photo.original_opened")
    assert entry.looked
    assert "认定占道车辆号牌" in bytes(entry.body).decode()


def test_without_the_duty_or_without_a_reason_it_stays_sealed(crew: Crew, of_a_case: str) -> None:
    for by in (crew.acceptor, crew.dispatcher, crew.collector):
        with pytest.raises(NotAllowed):
            sealing.open_original(of_a_case, "看一看原图", by=by, now=NOW)
    with pytest.raises(Malformed, match="why the original must be seen"):
        sealing.open_original(of_a_case, "  ok ", by=crew.supervisor, now=NOW)
    assert not Pending.objects.filter(action="photo.original_opened").exists()


def test_a_supervisor_of_another_city_finds_no_such_photo(of_a_case: str) -> None:
    stranger = a_caller(a_person(Duty.SUPERVISOR, area="3501"))
    with pytest.raises(NotFound):
        sealing.open_original(of_a_case, "看一看原图", by=stranger, now=NOW)


def test_pictures_of_two_shapes_are_looked_at_alike() -> None:
    assert not masking.look(a_jpeg(640, 480))
    assert not masking.look(a_jpeg(320, 240))
    assert not masking.look(a_jpeg(240, 640))


def test_pictures_that_were_drawn_are_not_looked_at(of_a_case: str) -> None:
    sealing.declare_drawn([of_a_case], now=NOW)
    assert sealing.mask_waiting(NOW) == 0
    assert store().get(f"{of_a_case}/sealed") is None
