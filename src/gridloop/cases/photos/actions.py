"""What is done with photos: take one in, attach to a case, let go of those that nobody used."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from gridloop.cases import sql
from gridloop.cases.photos import images
from gridloop.cases.photos.models import Photo
from gridloop.cases.photos.queries import PhotoView, view
from gridloop.cases.photos.storage import store
from gridloop.kernel import ids
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused

LOOSE_FOR = dt.timedelta(days=1)
SWEEP_MAX = 500  # a run of the sweep stays short; the next one goes on
SIZES = ("full", "medium", "thumb")
ATTACH_SQL = """
update cases_photo set case_id = %(case_id)s, kind = %(kind)s, attached_at = %(now)s
where id = any(%(ids)s) and state = 'kept'
  and (case_id = %(case_id)s or (case_id is null and (owner_id is null or owner_id = %(owner_id)s)))
returning id
"""


def take_in(data: bytes, *, by: Caller, now: dt.datetime, bytes_max: int = images.BYTES_MAX) -> PhotoView:
    """Keep one uploaded photo in three sizes; the same file again from the same person is the same photo.

    The row is written first, so that a process killed in between leaves nothing that the sweep does not find.
    """
    picture = images.read(data, bytes_max=bytes_max)
    sha256 = hashlib.sha256(data).digest()
    if by.person_id is not None:
        known = Photo.objects.filter(owner_id=by.person_id, sha256=sha256, case_id__isnull=True).first()
        if known is not None:
            return _kept(known, picture)
    row = Photo(
        id=ids.random_key(),
        owner_id=by.person_id,
        uploaded_at=now,
        lon=picture.spot.lon,
        lat=picture.spot.lat,
        taken_at=picture.spot.taken_at,
        heading_deg=picture.spot.heading_deg,
        width_px=picture.width_px,
        height_px=picture.height_px,
        size_bytes=len(picture.files["full"]),
        sha256=sha256,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same person sent the same file twice at once
        row = Photo.objects.get(owner_id=by.person_id, sha256=sha256, case_id__isnull=True)
    return _kept(row, picture)


def _kept(row: Photo, picture: images.Picture) -> PhotoView:
    """Put the files away if that was not finished before."""
    if row.state != "kept":
        keeper = store()
        for size, data in picture.files.items():
            keeper.put(f"{row.id}/{size}", data)
        row.state = "kept"
        row.save(update_fields=["state"])
    return view(row)


def attach(photo_ids: Sequence[str], case_id: int, kind: str, *, by: Caller, now: dt.datetime) -> None:
    """Make photos part of a case, in the caller's transaction; one statement, none without photos.

    Raises Refused when one is unknown, expired, somebody else's or part of another case already.
    """
    if not photo_ids:
        return
    rows = sql.run(
        ATTACH_SQL, {"ids": list(photo_ids), "case_id": case_id, "kind": kind, "now": now, "owner_id": by.person_id}
    )
    lost = sorted(set(photo_ids) - {row[0] for row in rows})
    if lost:
        listed = ", ".join(one[:8] for one in lost)
        raise Refused(
            f"photo {listed} cannot be used: it expired, belongs to another case or to somebody else; upload it again",
            zh=f"照片 {listed} 无法使用:已过期,或属于其他案件或他人,请重新上传",
            fields={"photos": "unknown"},
        )


def share(photo_id: str, other_id: str) -> None:
    """Let another photo have the same files; its row is the caller's to write."""
    keeper = store()
    for size in SIZES:
        keeper.share(f"{photo_id}/{size}", f"{other_id}/{size}")


def let_go(now: dt.datetime) -> int:
    """Remove photos that belong to no case after a day, files first; returns how many."""
    loose = Photo.objects.filter(case_id__isnull=True, uploaded_at__lt=now - LOOSE_FOR).order_by("uploaded_at")
    gone = 0
    for photo_id in list(loose.values_list("id", flat=True)[:SWEEP_MAX]):
        with transaction.atomic():
            # locked, so that a report which comes with it in this moment either has it before or is told that it expired
            row = Photo.objects.select_for_update(skip_locked=True).filter(pk=photo_id, case_id__isnull=True).first()
            if row is None:
                continue
            keeper = store()
            for size in SIZES:
                keeper.delete(f"{photo_id}/{size}")
            row.delete()
            gone += 1
    return gone
