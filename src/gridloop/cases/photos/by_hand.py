"""Photos masked by hand: boxes drawn by a person, taken back while the original is sealed, and the word that a person has checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.photos import masking, rules, sealing
from gridloop.cases.photos.models import Photo, PhotoMask
from gridloop.cases.photos.queries import OfCase, case_of
from gridloop.cases.photos.storage import store
from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Mask:
    """One box that is covered now."""

    id: int
    source: str
    left: float
    top: float
    right: float
    bottom: float
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Masks:
    """What is covered in a photo, and whether a person has checked it."""

    revision: int
    checked_at: dt.datetime | None
    checked_by: str
    masks: list[Mask]


def masks_of(photo_id: str, *, by: Caller, own: bool = False) -> Masks:
    """The boxes of a photo, for who may change them; `own` says that the report it came with is the caller's, by account or secret."""
    _check(photo_id, by, own=own)
    return _told(Photo.objects.get(pk=photo_id))


def draw(photo_id: str, boxes: Sequence[Sequence[float]], *, by: Caller, now: dt.datetime, own: bool = False) -> Masks:
    """Cover boxes (shares of the picture) in what others see; the original stays sealed."""
    shares = rules.drawn(boxes)
    case = _check(photo_id, by, own=own).case
    with transaction.atomic():
        row = _own_files(photo_id, now=now)
        PhotoMask.objects.bulk_create(
            PhotoMask(photo=row, source="person", by_id=by.person_id, at=now, **share._asdict()) for share in shares
        )
        _record(by, "photo.masked_by_hand", case, now, {"photo": photo_id, "boxes": len(shares)})
        _made_anew(row)
    return _told(row)


def take_back(photo_id: str, mask_id: int, *, by: Caller, now: dt.datetime, own: bool = False) -> Masks:
    """Uncover one box; what the machine covered only by who may open the original, and a resident only what they drew themselves."""
    may = _check(photo_id, by, own=own)
    case = may.case
    with transaction.atomic():
        row = _own_files(photo_id, now=now)
        mask = PhotoMask.objects.filter(pk=mask_id, photo=row, undone_at=None).first()
        if mask is None:
            raise NotFound("this box is not in the photo any more", zh="该遮挡框已不存在")
        if may.own and mask.source == "person" and mask.by_id != by.person_id:
            raise NotAllowed(
                "somebody else covered this; you can take back the boxes that you drew yourself",
                zh="此处由他人遮挡;您只能撤回自己绘制的遮挡框",
            )
        if mask.source != "person":
            identity.require_grant(by, *sealing.MAY_OPEN, area=case.place if case else "")
        mask.undone_at, mask.undone_by_id = now, by.person_id
        mask.save(update_fields=["undone_at", "undone_by_id"])
        row.checked_at = row.checked_by_id = None  # what was checked is not what is shown any more
        _record(by, "photo.mask_undone", case, now, {"photo": photo_id, "mask": mask_id, "source": mask.source})
        _made_anew(row)
    return _told(row)


def check(photo_id: str, *, said: bool, by: Caller, now: dt.datetime) -> Masks:
    """A person of the desk says that nobody can be recognised in what others see, or takes that back."""
    case = _check(photo_id, by).case
    identity.require_grant(by, *rules.MAY_MASK, area=case.place if case else "")
    with transaction.atomic():
        row = _own_files(photo_id, now=now)
        row.checked_at, row.checked_by_id = (now, by.person_id) if said else (None, None)
        row.save(update_fields=["checked_at", "checked_by_id"])
        _record(by, "photo.checked" if said else "photo.check_withdrawn", case, now, {"photo": photo_id})
    return _told(row)


@dataclass(frozen=True, slots=True)
class May:
    """Why the caller may mask a photo: it is their `own`, or by duty in the area of its case (a photo on its way has none yet)."""

    own: bool
    case: OfCase | None


def _check(photo_id: str, by: Caller, *, own: bool = False) -> May:
    """Whether the caller may mask a photo: by duty in the area of its case, or because it is theirs; raises NotFound or NotAllowed."""
    row = Photo.objects.filter(pk=photo_id, state="kept").only("owner_id", "case_id").first()
    mine = row is not None and (own or (by.person_id is not None and row.owner_id == by.person_id))
    if row is not None and mine and row.case_id is None:
        return May(own=True, case=None)
    case = case_of(photo_id, by=by, own=mine)
    if not mine:
        identity.require_grant(by, *rules.MAY_MASK, area=case.place)
    return May(mine, case)


def _own_files(photo_id: str, *, now: dt.datetime) -> Photo:
    """The photo, locked, looked at by the machine, and with files of its own if it showed another photo's."""
    row = Photo.objects.select_for_update().get(pk=photo_id)
    if row.files:
        _copy_files(row)
    sealing.mask(photo_id, now=now)
    row.refresh_from_db()
    machine = row.masks.exclude(source="person")
    if (row.faces or row.plates) and not machine.exists():  # masked before boxes were written down
        original = sealing.original_of(photo_id)
        sealing.keep_found(row, masking.look(original), masking.size_of(original), now=now)
    return row


def _copy_files(row: Photo) -> None:
    keeper = store()
    for size in ("full", "medium", "thumb", sealing.SEALED):
        data = keeper.get(f"{row.files}/{size}")
        if data is not None:
            keeper.put(f"{row.id}/{size}", data)
    shown = Photo.objects.get(pk=row.files)
    row.files, row.masked_at, row.faces, row.plates = "", shown.masked_at, shown.faces, shown.plates
    row.save(update_fields=["files", "masked_at", "faces", "plates"])


def _made_anew(row: Photo) -> None:
    """What others see, made again from the original and the boxes that stand."""
    keeper = store()
    original = sealing.original_of(row.id)
    boxes = sealing.pixels(row.masks.filter(undone_at=None), masking.size_of(original))
    sealing.cover(keeper, row.id, original, boxes, sealed=keeper.get(f"{row.id}/{sealing.SEALED}") is not None)
    row.revision += 1
    row.save(update_fields=["revision", "checked_at", "checked_by_id"])


def _record(by: Caller, action: str, case: OfCase | None, now: dt.datetime, detail: dict[str, object]) -> None:
    subject = case.subject if case else f"photo:{detail['photo']}"
    ledger.record(
        by, action, subject, at=now, area=case.place if case else "", unit=case.unit_id if case else None, detail=detail
    )


def _told(row: Photo) -> Masks:
    masks = list(row.masks.filter(undone_at=None).order_by("id"))
    names = people.person_names((row.checked_by_id, *(mask.by_id for mask in masks)))
    return Masks(
        row.revision,
        row.checked_at,
        names.get(row.checked_by_id or 0, ""),
        [Mask(m.pk, m.source, m.left, m.top, m.right, m.bottom, names.get(m.by_id or 0, ""), m.at) for m in masks],
    )
