"""What is done with photos: take one in, attach to a case, let go of those that nobody used."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.cases import sql
from gridloop.cases.photos import images, rules
from gridloop.cases.photos.models import Photo, PhotoKey, PhotoMask
from gridloop.cases.photos.queries import PhotoView, view
from gridloop.cases.photos.storage import store
from gridloop.cases.rules import intake
from gridloop.cases.rules.keys import sender
from gridloop.kernel import ids
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused

LOOSE_FOR = dt.timedelta(days=1)
SWEEP_MAX = 500  # a run of the sweep stays short; the next one goes on
KEYS_KEPT = dt.timedelta(days=3)  # as long as those of reports and steps
SIZES = ("full", "medium", "thumb")
ATTACH_SQL = """
update cases_photo set case_id = %(case_id)s, kind = %(kind)s, attached_at = %(now)s
where id = any(%(ids)s) and state = 'kept'
  and (case_id = %(case_id)s or (case_id is null and (owner_id is null or owner_id = %(owner_id)s)))
returning id
"""


def take_in(
    data: bytes,
    *,
    by: Caller,
    now: dt.datetime,
    bytes_max: int = images.BYTES_MAX,
    key: str = "",
    phone: images.Spot = images.NOWHERE,
    boxes: Sequence[Sequence[float]] = (),
) -> PhotoView:
    """Keep one uploaded photo in three sizes; the same file again from the same person is the same photo.

    `boxes` (shares of the upright picture) are covered in what others see, together with what the machine finds.

    What the picture itself says of its place and moment goes before what the `phone` said beside it.
    The same `key` with the same file gives the same answer, with another file it is Refused.
    The row is written first, so that a process killed in between leaves nothing that the sweep does not find.
    """
    intake.check_key(key)
    shares = rules.drawn(boxes) if boxes else []
    sha256 = hashlib.sha256(data).digest()
    asked = hashlib.sha256(data + repr(shares).encode()).digest() if shares else sha256
    before = _before(by, key, asked)
    if before is not None and before.state == "kept":
        return view(before)
    picture = images.read(data, bytes_max=bytes_max)
    row = before or _same_file(by, sha256) or _new(picture, picture.spot.or_else(phone), sha256, by=by, now=now)
    try:
        with transaction.atomic():
            if row._state.adding:  # noqa: SLF001 - Django's documented mark of a row that is not stored yet
                row.save(force_insert=True)
            if key and before is None:
                PhotoKey.objects.create(who=sender(by), key=key, photo=row, sha256=asked, at=now)
            if shares and before is None:
                _hidden(row, shares, by=by, now=now)
    except IntegrityError:  # the same key, or the same file of the same person, came twice at once
        row = _before(by, key, asked) or Photo.objects.get(owner_id=by.person_id, sha256=sha256, case_id__isnull=True)
    return _kept(row, picture)


def _hidden(row: Photo, shares: Sequence[rules.Share], *, by: Caller, now: dt.datetime) -> None:
    """Write down what its taker hides; others are shown the photo only after it was masked, these boxes among the rest."""
    known = set(row.masks.filter(source="person", undone_at=None).values_list("left", "top", "right", "bottom"))
    PhotoMask.objects.bulk_create(
        PhotoMask(photo=row, source="person", by_id=by.person_id, at=now, **share._asdict())
        for share in shares
        if tuple(share) not in known
    )
    Photo.objects.filter(pk=row.pk).update(masked_at=None)
    row.masked_at = None
    ledger.record(by, "photo.masked_by_hand", f"photo:{row.pk}", at=now, detail={"photo": row.pk, "boxes": len(shares)})


def _before(by: Caller, key: str, sha256: bytes) -> Photo | None:
    """The photo that this key brought before; raises Refused when that was another file."""
    used = PhotoKey.objects.select_related("photo").filter(who=sender(by), key=key).first() if key else None
    if used is None:
        return None
    if bytes(used.sha256) != sha256:
        raise Refused(
            f"this Idempotency-Key was used for another photo ({used.photo_id[:8]}); use a fresh key for a new one",
            zh=f"该 Idempotency-Key 已用于另一张照片({used.photo_id[:8]}),新的照片请使用新的键",
        )
    return used.photo


def _same_file(by: Caller, sha256: bytes) -> Photo | None:
    """A photo of this person with these very bytes that belongs to no case yet."""
    if by.person_id is None:
        return None
    return Photo.objects.filter(owner_id=by.person_id, sha256=sha256, case_id__isnull=True).first()


def _new(picture: images.Picture, spot: images.Spot, sha256: bytes, *, by: Caller, now: dt.datetime) -> Photo:
    """A row that is not stored yet."""
    return Photo(
        id=ids.random_key(),
        owner_id=by.person_id,
        uploaded_at=now,
        lon=spot.lon,
        lat=spot.lat,
        taken_at=spot.taken_at,
        heading_deg=spot.heading_deg,
        accuracy_m=spot.accuracy_m,
        width_px=picture.width_px,
        height_px=picture.height_px,
        size_bytes=len(picture.files["full"]),
        sha256=sha256,
    )


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


def let_go(now: dt.datetime) -> int:
    """Remove photos that belong to no case after a day, files first, and keys that no client repeats any more; returns how many photos."""
    PhotoKey.objects.filter(at__lt=now - KEYS_KEPT).delete()
    loose = Photo.objects.filter(case_id__isnull=True, uploaded_at__lt=now - LOOSE_FOR).order_by("uploaded_at")
    gone = 0
    for photo_id in list(loose.values_list("id", flat=True)[:SWEEP_MAX]):
        with transaction.atomic():
            # locked, so that a report which comes with it in this moment either has it before or is told that it expired
            row = Photo.objects.select_for_update(skip_locked=True).filter(pk=photo_id, case_id__isnull=True).first()
            if row is None:
                continue
            keeper = store()
            for size in (*SIZES, "sealed"):
                keeper.delete(f"{photo_id}/{size}")
            row.delete()
            gone += 1
    return gone
