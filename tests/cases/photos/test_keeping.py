"""Keeping photos: on disk and in S3, whose they are, to which case they belong, who may see them."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from gridloop.cases.photos import actions, queries
from gridloop.cases.photos.models import Photo, PhotoKey
from gridloop.cases.photos.storage import DiskStore, S3Store, Store, store
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotFound, Refused
from tests.builders import NOW, a_client, a_person
from tests.cases.photos.pictures import a_camera_exif, a_jpeg, hostile

KEY = "0123456789abcdef0123456789abcdef"
LIN, WANG, NOBODY = Caller(101, "Lin"), Caller(102, "Wang"), Caller(None, "public", via="public")
HOSTILE = hostile()


@pytest.fixture(autouse=True)
def on_disk(settings: Any, tmp_path: Path) -> None:
    settings.GRIDLOOP_PHOTOS = {"driver": "disk", "root": str(tmp_path / "photos")}


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            httpx.get(address, timeout=2)
            break
        except httpx.HTTPError:
            time.sleep(0.1)
    boto3.client(
        "s3", endpoint_url=address, aws_access_key_id="k", aws_secret_access_key="s", region_name="us-east-1"
    ).create_bucket(Bucket="photos")
    yield address
    process.kill()
    process.wait()


@pytest.fixture(params=["disk", "s3"])
def either(request: pytest.FixtureRequest, settings: Any) -> Store:
    """Both drivers behind the one interface."""
    if request.param == "s3":
        settings.GRIDLOOP_PHOTOS = {
            "driver": "s3", "endpoint": request.getfixturevalue("s3_address"), "bucket": "photos", "key_id": "k", "secret": "s",
        }  # fmt: skip
    return store()


def test_both_stores_put_get_replace_and_delete(either: Store) -> None:
    assert either.get(f"{KEY}/full") is None
    either.put(f"{KEY}/full", b"one")
    either.put(f"{KEY}/full", b"two")
    assert either.get(f"{KEY}/full") == b"two"
    either.delete(f"{KEY}/full")
    either.delete(f"{KEY}/full")
    assert either.get(f"{KEY}/full") is None


def test_an_unreachable_bucket_is_an_error_and_not_an_absent_photo() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(Exception, match="connect"):
            S3Store(endpoint=f"http://127.0.0.1:{port}", bucket="photos", key_id="k", secret="s").get(f"{KEY}/full")


@pytest.mark.parametrize("key", ["../etc/passwd", f"{KEY}/../x", "short/full", f"{KEY}/huge", f"{KEY.upper()}/full"])
def test_the_disk_takes_no_key_that_leaves_its_folder(key: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="photo key"):
        DiskStore(tmp_path).put(key, b"x")


def test_a_write_that_is_cut_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = DiskStore(tmp_path)
    disk.put(f"{KEY}/full", b"old")

    def power_cut(_descriptor: int) -> None:
        raise OSError("power cut")

    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(OSError, match="power cut"):
        disk.put(f"{KEY}/full", b"new and longer")
    assert disk.get(f"{KEY}/full") == b"old"


@pytest.mark.django_db
def test_a_photo_is_kept_in_three_sizes_with_what_the_camera_noted(either: Store) -> None:
    photo = actions.take_in(a_jpeg(2000, 1500, exif=a_camera_exif()), by=LIN, now=NOW)
    assert photo.lat == pytest.approx(24.4798, abs=1e-4)
    assert all(either.get(f"{photo.id}/{size}") for size in actions.SIZES)


@pytest.mark.django_db
def test_the_same_file_of_one_person_is_one_photo_until_it_is_used() -> None:
    data = a_jpeg()
    first = actions.take_in(data, by=LIN, now=NOW)
    assert actions.take_in(data, by=LIN, now=NOW).id == first.id
    assert actions.take_in(data, by=WANG, now=NOW).id != first.id
    actions.attach([first.id], 7, "report", by=LIN, now=NOW)
    assert actions.take_in(data, by=LIN, now=NOW).id != first.id
    assert actions.take_in(data, by=NOBODY, now=NOW).id != actions.take_in(data, by=NOBODY, now=NOW).id


@pytest.mark.django_db
def test_an_upload_that_broke_off_is_finished_by_the_next_try() -> None:
    data = a_jpeg()
    photo = actions.take_in(data, by=LIN, now=NOW)
    Photo.objects.filter(pk=photo.id).update(state="arriving")
    store().delete(f"{photo.id}/thumb")
    with pytest.raises(Refused):
        actions.attach([photo.id], 7, "report", by=LIN, now=NOW)
    assert actions.take_in(data, by=LIN, now=NOW).id == photo.id
    assert store().get(f"{photo.id}/thumb")


@pytest.mark.django_db
def test_only_ones_own_loose_photos_can_be_attached_and_only_once() -> None:
    mine, theirs = (actions.take_in(a_jpeg(100 + n), by=by, now=NOW).id for n, by in enumerate((LIN, WANG)))
    for ids in ([theirs], [mine, theirs], ["f" * 32]):
        with pytest.raises(Refused, match="cannot be used"):
            actions.attach(ids, 7, "report", by=LIN, now=NOW)
    Photo.objects.filter(pk=mine).update(case_id=None)
    actions.attach([mine], 7, "report", by=LIN, now=NOW)
    actions.attach([mine], 7, "report", by=LIN, now=NOW)
    with pytest.raises(Refused):
        actions.attach([mine], 8, "report", by=LIN, now=NOW)
    assert [one.id for one in queries.of_cases([7])[7]] == [mine]


@pytest.mark.django_db
def test_a_photo_that_nobody_used_is_let_go_after_a_day_and_a_used_one_stays() -> None:
    loose, used = (actions.take_in(a_jpeg(100 + n), by=LIN, now=NOW).id for n in range(2))
    actions.attach([used], 7, "report", by=LIN, now=NOW)
    assert actions.let_go(NOW + dt.timedelta(hours=23)) == 0
    assert actions.let_go(NOW + dt.timedelta(hours=25)) == 1
    assert store().get(f"{loose}/full") is None
    assert store().get(f"{used}/full")


@pytest.mark.django_db
def test_a_loose_photo_is_shown_to_its_owner_alone() -> None:
    photo = actions.take_in(a_jpeg(), by=LIN, now=NOW).id
    assert queries.may_be_shown(photo, by=LIN) == queries.Shown("photo", photo, masked=False, own=True)
    for by in (WANG, NOBODY):
        with pytest.raises(NotFound):
            queries.may_be_shown(photo, by=by)
    with pytest.raises(NotFound):
        queries.may_be_shown("f" * 32, by=LIN)


@pytest.mark.django_db
def test_the_door_takes_a_photo_and_serves_it_safely() -> None:
    client = a_client(a_person(Duty.COLLECTOR))
    answer = client.post(
        "/api/v1/photos", {"file": SimpleUploadedFile("../../x.html", a_jpeg(exif=a_camera_exif()), "text/html")}
    )
    assert answer.status_code == 201, answer.content
    card = answer.json()
    assert card["heading_deg"] == 270
    shown = client.get(card["url"])
    assert shown.status_code == 200
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-cache" in shown.headers["Cache-Control"], "a mask drawn later must hold at once"
    assert "private" in shown.headers["Cache-Control"]
    assert shown.headers["Content-Disposition"].startswith('inline; filename="photo-')
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert client.get(card["thumb"], headers={"If-None-Match": f'"{card["id"]}-thumb"'}).status_code == 304
    assert a_client().get(card["url"]).status_code == 404
    assert client.get(f"/api/v1/photos/{card['id']}/huge").status_code == 422
    assert client.get("/api/v1/photos/..%2F..%2Fetc/full").status_code in (404, 422)


@pytest.mark.django_db
def test_what_the_phone_knew_is_kept_where_the_picture_says_nothing() -> None:
    client = a_client(a_person(Duty.COLLECTOR))
    beside = {
        "lon": "118.1",
        "lat": "24.4",
        "accuracy_m": "7.5",
        "heading_deg": "33",
        "taken_at": "2026-11-22T10:00:00+08:00",
    }

    def sent(exif: Image.Exif | None, **said: str):
        return client.post(
            "/api/v1/photos", {"file": SimpleUploadedFile("a.jpg", a_jpeg(exif=exif), "image/jpeg"), **said}
        )

    plain = sent(None, **beside).json()
    assert (plain["lon"], plain["lat"], plain["accuracy_m"], plain["heading_deg"]) == (118.1, 24.4, 7.5, 33)
    assert dt.datetime.fromisoformat(plain["taken_at"]) == dt.datetime(2026, 11, 22, 2, tzinfo=dt.UTC)
    told = sent(a_camera_exif(), **beside).json()
    assert told["lon"] != 118.1
    assert (told["accuracy_m"], told["heading_deg"]) == (None, 270)
    wrong = sent(None, lon="east", lat="24.4", heading_deg="999")
    assert wrong.status_code == 422
    assert set(wrong.json()["fields"]) == {"lon", "heading_deg"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"png_text_bomb"}))
def test_a_hostile_upload_is_refused_by_the_door_and_leaves_nothing(name: str, tmp_path: Path) -> None:
    data, word = HOSTILE[name]
    answer = a_client().post("/api/v1/photos", {"file": SimpleUploadedFile("photo.jpg", data, "image/jpeg")})
    assert answer.status_code == 422
    assert word in answer.json()["detail"]
    assert not Photo.objects.exists()
    assert not (tmp_path / "photos").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b"x", "multipart/form-data"),
        (b"--b--", "multipart/form-data; boundary=b"),
        (b"", "text/plain"),
    ],
)
def test_a_form_without_a_photo_is_refused_with_a_sentence(body: bytes, kind: str) -> None:
    answer = a_client().generic("POST", "/api/v1/photos", body, content_type=kind)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def sent(client: Client, data: bytes, key: str) -> Any:
    form = {"file": SimpleUploadedFile("photo.jpg", data, "image/jpeg")}
    return client.post("/api/v1/photos", form, headers={"Idempotency-Key": key})


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [True, False])
def test_the_same_key_with_the_same_file_is_the_same_photo_even_after_it_was_used(signed_in: bool) -> None:
    client = a_client(a_person(Duty.COLLECTOR) if signed_in else None)
    first = sent(client, a_jpeg(), "k1")
    assert first.status_code == 201
    assert sent(client, a_jpeg(), "k1").json() == first.json()
    Photo.objects.filter(pk=first.json()["id"]).update(case_id=7, kind="report")
    assert sent(client, a_jpeg(), "k1").json() == first.json()
    assert sent(client, a_jpeg(), "k2").json()["id"] != first.json()["id"]


@pytest.mark.django_db
def test_a_key_with_another_file_is_refused_and_a_key_is_its_senders_own() -> None:
    lin, wang = a_client(a_person(Duty.COLLECTOR)), a_client(a_person(Duty.COLLECTOR))
    first = sent(lin, a_jpeg(), "k1").json()["id"]
    answer = sent(lin, a_jpeg(320, 200), "k1")
    assert answer.status_code == 409
    assert "used for another photo" in answer.json()["detail"]
    assert sent(wang, a_jpeg(320, 200), "k1").status_code == 201
    assert sent(lin, a_jpeg(), "k" * 101).status_code == 422
    assert sent(lin, a_jpeg(), "k2").json()["id"] == first, "the same file under a second key is still one photo"
    assert sent(lin, a_jpeg(320, 200), "k2").status_code == 409


@pytest.mark.django_db
def test_an_upload_that_broke_off_is_finished_by_its_key_without_an_account() -> None:
    data = a_jpeg()
    photo = actions.take_in(data, by=NOBODY, now=NOW, key="k1")
    Photo.objects.filter(pk=photo.id).update(state="arriving")
    store().delete(f"{photo.id}/thumb")
    assert actions.take_in(data, by=NOBODY, now=NOW, key="k1").id == photo.id
    assert store().get(f"{photo.id}/thumb")


@pytest.mark.django_db
def test_keys_of_photos_are_forgotten_with_the_photo_or_after_three_days() -> None:
    loose, used = (actions.take_in(a_jpeg(100 + n), by=LIN, now=NOW, key=f"k{n}").id for n in range(2))
    actions.attach([used], 7, "report", by=LIN, now=NOW)
    assert actions.let_go(NOW + dt.timedelta(hours=25)) == 1
    assert list(PhotoKey.objects.values_list("photo_id", flat=True)) == [used]
    assert loose != used
    actions.let_go(NOW + dt.timedelta(days=3, hours=1))
    assert not PhotoKey.objects.exists()
