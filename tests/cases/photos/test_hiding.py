"""A resident hides what others must not see: before the photo is sent, and later in the own report, with an account or by its code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gridloop.audit.models import Pending
from gridloop.cases.photos import by_hand, sealing
from gridloop.cases.photos.models import Photo
from gridloop.kernel.errors import NotAllowed
from tests.builders import NOW, SPOT, Crew, a_client
from tests.cases.photos.test_by_hand import BOX, INSIDE, a_busy_picture, detail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_disk(settings: Any, tmp_path: Path, ground: None) -> None:
    settings.GRIDLOOP_PHOTOS = {"driver": "disk", "root": str(tmp_path / "photos")}


def sent(client: Client, boxes: object = None, key: str = "") -> Any:
    said = {"file": SimpleUploadedFile("photo.jpg", a_busy_picture(), content_type="image/jpeg")}
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/v1/photos", said | ({"boxes": json.dumps(boxes)} if boxes is not None else {}), headers=headers)  # fmt: skip


def reported(client: Client, photo: str) -> tuple[str, str]:
    body = {"text": "路面坑洼", "lon": SPOT[0], "lat": SPOT[1], "photos": [photo]}
    taken = client.post("/api/v1/reports", body, content_type="application/json").json()
    return taken["number"], taken["secret"] or ""


def masks_at(number: str, photo: str, secret: str, mask: int | None = None) -> str:
    last = f"/{mask}" if mask else ""
    return f"/api/v1/reports/{number}/photos/{photo}/masks{last}?secret={secret}"


def test_what_is_hidden_before_sending_nobody_else_ever_sees(crew: Crew) -> None:
    resident, leader = a_client(), a_client(crew.shift_leader.person_id)
    photo = sent(resident, [BOX]).json()["id"]
    assert Pending.objects.filter(action="photo.masked_by_hand", subject=f"photo:{photo}").count() == 1
    reported(resident, photo)
    seen = leader.get(f"/api/v1/photos/{photo}/full").content
    assert detail(seen, INSIDE) < detail(a_busy_picture(), INSIDE) / 3, "covered in the first answer already"
    assert detail(sealing.original_of(photo), INSIDE) > detail(seen, INSIDE) * 3, "the original is sealed as it was"
    assert [mask.source for mask in by_hand.masks_of(photo, by=crew.acceptor).masks][-1:] == ["person"]


def test_the_same_upload_again_is_the_same_photo_and_other_boxes_are_another_request() -> None:
    resident = a_client()
    first = sent(resident, [BOX], key="one")
    assert sent(resident, [BOX], key="one").json() == first.json()
    assert Photo.objects.get().masks.count() == 1
    assert sent(resident, [BOX, (0.6, 0.6, 0.8, 0.8)], key="one").status_code == 409


@pytest.mark.parametrize("wrong", ["x", [[1, 2]], [[0.1, 0.1, 1.4, 0.5]], [["a", 0, 1, 1]]])
def test_boxes_that_are_none_are_refused_with_a_sentence(wrong: object) -> None:
    answer = sent(a_client(), wrong)
    assert answer.status_code == 422
    assert "boxes" in answer.json()["fields"]
    assert Photo.objects.count() == 0


def test_by_the_code_of_a_report_its_own_photo_is_covered_and_uncovered_again(crew: Crew) -> None:
    resident, leader = a_client(), a_client(crew.shift_leader.person_id)
    photo = sent(resident).json()["id"]
    sealing.declare_drawn([photo], now=NOW)  # what the machine finds is another test's matter
    number, secret = reported(resident, photo)
    card = resident.get(f"/api/v1/reports/{number}?secret={secret}").json()
    assert [one["own"] for one in card["photos"]] == [True]
    told = resident.post(masks_at(number, photo, secret), {"boxes": [BOX]}, content_type="application/json")
    assert told.status_code == 200, told.content
    covered = leader.get(f"/api/v1/photos/{photo}/full").content
    assert detail(covered, INSIDE) < detail(a_busy_picture(), INSIDE) / 3
    mask = told.json()["masks"][0]["id"]
    assert resident.delete(masks_at(number, photo, secret, mask)).json()["masks"] == []
    assert resident.get(masks_at(number, photo, secret)).json()["revision"] == 2


def test_without_the_code_or_for_a_photo_of_the_staff_there_is_nothing_to_hide(crew: Crew) -> None:
    resident = a_client()
    photo = sent(resident).json()["id"]
    number, secret = reported(resident, photo)
    for guess in ("", "wrong"):
        assert resident.get(masks_at(number, photo, guess)).status_code == 404
    assert resident.post(masks_at(number, "0" * 32, secret), {"boxes": [BOX]}, content_type="application/json").status_code == 404  # fmt: skip
    stranger = a_client(crew.citizen.person_id)
    assert stranger.get(masks_at(number, photo, "")).status_code == 404


def test_a_resident_takes_back_their_own_box_and_none_of_the_desks(crew: Crew) -> None:
    resident = a_client(crew.citizen.person_id)
    photo = sent(resident).json()["id"]
    sealing.declare_drawn([photo], now=NOW)
    number, _ = reported(resident, photo)
    desk = by_hand.draw(photo, [BOX], by=crew.acceptor, now=NOW).masks[0].id
    refused = resident.delete(masks_at(number, photo, "", desk))
    assert refused.status_code == 403
    assert "somebody else covered this" in refused.json()["detail"]
    with pytest.raises(NotAllowed):
        by_hand.take_back(photo, desk, by=crew.citizen, now=NOW)
    mine = resident.post(masks_at(number, photo, ""), {"boxes": [(0.6, 0.6, 0.9, 0.9)]}, content_type="application/json").json()["masks"][1]["id"]  # fmt: skip
    assert [one["id"] for one in resident.delete(masks_at(number, photo, "", mine)).json()["masks"]] == [desk]
