"""Photos as others see them: masked once, the original sealed, opened again only by who may, with a reason that stands in the ledger."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.photos import images, masking
from gridloop.cases.photos.models import Photo
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
    """Make faces and plates of a photo unrecognisable unless that was done; returns whether it was done now.

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
        if found:
            _replace(keeper, row.id, original, found, sealed=box is not None)
        row.masked_at, row.faces, row.plates = now, len(found.faces), len(found.plates)
        row.save(update_fields=["masked_at", "faces", "plates"])
    return True


def _replace(keeper: Store, photo_id: str, original: bytes, found: masking.Found, *, sealed: bool) -> None:
    if not sealed:
        keeper.put(f"{photo_id}/{SEALED}", identity.sealed_bytes(original))
    covered = masking.masked(original, [*found.faces, *found.plates])
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
    data = _original(case.files)
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


def _original(files: str) -> bytes:
    keeper = store()
    box = keeper.get(f"{files}/{SEALED}")
    data = identity.unsealed_bytes(box) if box is not None else keeper.get(f"{files}/full")
    if data is None:
        raise NotFound("the photo's file is not there any more", zh="照片文件已不存在")
    return data
