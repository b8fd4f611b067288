"""Photos as others see them: masked once, the original sealed, opened again only by who may, with a reason that stands in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.photos import images, masking, rules
from gridloop.cases.photos.models import Photo, PhotoMask
from gridloop.cases.photos.queries import case_of
from gridloop.cases.photos.storage import Store, store
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound

SEALED = "sealed"
MASK_MAX = 60  # photos a run of the job: about half a minute
REASON_CHARS = range(4, 501)
MAY_OPEN = (Duty.SHIFT_LEADER, Duty.SUPERVISOR, Duty.ARBITER)
"""Who may open a sealed original of a case in their area: those who decide what a photo proves."""


def mask(photo_id: str, *, now: dt.datetime) -> bool:
    """Make faces, plates and what its taker drew unrecognisable unless that was done; returns whether it was done now.

    The sealed original is safe before anything is replaced, so a process killed in between begins again from it and loses nothing.
    """
    with transaction.atomic():
        row = Photo.objects.select_for_update().filter(pk=photo_id, state="kept", files="").first()
        if row is None or row.masked_at is not None:
            return False
        keeper = store()
        box = keeper.get(f"{row.id}/{SEALED}")
        original = identity.unsealed_bytes(box) if box is not None else keeper.get(f"{row.id}/full")
        if original is None:
            return False
        found = masking.look(original)
        drawn = pixels(row.masks.filter(source="person", undone_at=None), masking.size_of(original))
        if found or drawn:
            cover(keeper, row.id, original, [*found.faces, *found.plates, *drawn], sealed=box is not None)
        row.masked_at, row.faces, row.plates = now, len(found.faces), len(found.plates)
        row.save(update_fields=["masked_at", "faces", "plates"])
        keep_found(row, found, masking.size_of(original), now=now)
    return True


def keep_found(row: Photo, found: masking.Found, size_px: tuple[int, int], *, now: dt.datetime) -> None:
    """Write down what the machine found, so that what others see can be made anew without looking again."""
    boxes = [("face", box) for box in found.faces] + [("plate", box) for box in found.plates]
    PhotoMask.objects.filter(photo=row).exclude(source="person").delete()
    PhotoMask.objects.bulk_create(
        PhotoMask(photo=row, source=source, at=now, **share._asdict())
        for source, box in boxes
        if (share := rules.inside(box, *size_px)) is not None
    )


def pixels(masks: Iterable[PhotoMask], size_px: tuple[int, int]) -> list[masking.Box]:
    """Boxes that are kept as shares, in pixels of a picture of this width and height."""
    wide, high = size_px
    return [masking.Box(mask.left * wide, mask.top * high, mask.right * wide, mask.bottom * high) for mask in masks]


def cover(keeper: Store, photo_id: str, original: bytes, boxes: Sequence[masking.Box], *, sealed: bool) -> None:
    """Replace what others see by the original with these boxes covered (pixels of it); the original is sealed first."""
    if not sealed:
        keeper.put(f"{photo_id}/{SEALED}", identity.sealed_bytes(original))
    covered = masking.masked(original, boxes)
    for size, data in images.sizes_of(covered).items():
        keeper.put(f"{photo_id}/{size}", data)


def mask_waiting(now: dt.datetime) -> int:
    """Mask those that came last and were not looked at yet; returns how many."""
    waiting = Photo.objects.filter(masked_at__isnull=True, files="", state="kept").order_by("-uploaded_at")
    return sum(mask(photo_id, now=now) for photo_id in list(waiting.values_list("id", flat=True)[:MASK_MAX]))


def declare_drawn(photo_ids: list[str], *, now: dt.datetime) -> None:
    """These were drawn by ourselves: there is nobody in them."""
    Photo.objects.filter(pk__in=photo_ids).update(masked_at=now, faces=0, plates=0)


def open_original(photo_id: str, reason: str, *, by: Caller, now: dt.datetime) -> bytes:
    """The photo as it was taken (JPEG), for who decides about its case; who opened it and why stands in the ledger before it is shown."""
    reason = reason.strip()
    if len(reason) not in REASON_CHARS:
        raise Malformed(
            "say in 4 to 500 characters why the original must be seen",
            zh="请用 4 至 500 字说明查看原图的理由",
            fields={"reason": "4 to 500 characters"},
        )
    case = case_of(photo_id, by=by)
    identity.require_grant(by, *MAY_OPEN, area=case.place)
    data = original_of(case.files)
    detail = {"photo": photo_id, "reason": reason}
    ledger.record(
        by,
        "photo.original_opened",
        case.subject,
        at=now,
        area=case.place,
        unit=case.unit_id,
        detail=detail,
        looked=True,
    )
    return data


def own_file(files: str) -> bytes | None:
    """A photo as it was taken, for the one who took it; None where its file is gone."""
    keeper = store()
    box = keeper.get(f"{files}/{SEALED}")
    return identity.unsealed_bytes(box) if box is not None else keeper.get(f"{files}/full")


def original_of(files: str) -> bytes:
    """The picture as it was taken, sealed or not; raises NotFound where its file is gone."""
    data = own_file(files)
    if data is None:
        raise NotFound(
            "the photo's file is not there any more; an administrator may find it in a backup",
            zh="照片文件已不存在,可请管理员从备份中找回",
        )
    return data
