"""What people ask of photos: those of a case, and whether one may be shown."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from gridloop.cases import sql
from gridloop.cases.photos.models import Photo
from gridloop.cases.photos.rules import public_sees
from gridloop.cases.queries import facts
from gridloop.cases.rules.pictures import address
from gridloop.cases.rules.scope import sees
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotAllowed, NotFound

SHOWN_SQL = """
select p.case_id, p.owner_id, p.kind, files.id, files.masked_at is not null, p.revision, p.checked_at is not null,
       exists (select from cases_reporter r
               where r.case_id = p.case_id and (r.person_id = %(person)s or r.secret_hash = %(secret_hash)s)),
       {columns}
from cases_photo p
join cases_photo files on files.id = coalesce(nullif(p.files, ''), p.id)
left join cases_case c on c.id = p.case_id
where p.id = %(id)s and p.state = 'kept'
"""


NOT_PUBLIC_EN = {
    "checked": "this photo is shown to the public once a person has checked that nobody can be recognised in it",
    "never": "this city shows photos of cases to its staff only",
}
NOT_PUBLIC_ZH = {
    "checked": "照片经人工检查、确认无法辨认任何人之后才向公众显示",
    "never": "本市案件照片仅供工作人员查看",
}


@dataclass(frozen=True, slots=True)
class PhotoView:
    """One photo as the API shows it; position in WGS-84 degrees, heading in compass degrees."""

    id: str
    kind: str
    lon: float | None
    lat: float | None
    taken_at: dt.datetime | None
    heading_deg: float | None
    width_px: int
    height_px: int
    by: int | None = None
    faces: int | None = None
    plates: int | None = None
    accuracy_m: float | None = None

    @property
    def thumb(self) -> str:
        """Address of the small picture."""
        return address(self.id, "thumb")

    @property
    def url(self) -> str:
        """Address of the full picture."""
        return address(self.id, "full")


def of_cases(case_ids: list[int]) -> dict[int, list[PhotoView]]:
    """The photos of several cases, in the order in which they were attached; one statement."""
    found: dict[int, list[PhotoView]] = {}
    for row in Photo.objects.filter(case_id__in=case_ids).order_by("attached_at", "id"):
        found.setdefault(row.case_id or 0, []).append(view(row))
    return found


def view(row: Photo) -> PhotoView:
    """A row as the API shows it."""
    return PhotoView(
        row.id,
        row.kind or "report",
        row.lon,
        row.lat,
        row.taken_at,
        row.heading_deg,
        row.width_px,
        row.height_px,
        row.owner_id,
        row.faces,
        row.plates,
        row.accuracy_m,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a photo shows, for a file name, under which id its files are kept, and whether others may see them as they are: `own` ones one sees unmasked."""

    kind: str
    files: str
    masked: bool = False
    own: bool = False
    revision: int = 0


def may_be_shown(photo_id: str, *, by: Caller, secret: str = "", policy: str = "masked") -> Shown:
    """The photo, if this caller may see it; one statement.

    A photo of a case is shown to those who see the case, and to its reporter (signed in, or by the report's secret);
    one without a case to its owner, or to whoever knows its unguessable id when nobody was signed in.
    Raises NotFound with the same sentence for one that is not there and one that is not for this caller, and NotAllowed
    where the city's `policy` (photos.public) keeps it from residents.
    """
    secret_hash = hashlib.sha256(secret.encode()).digest() if secret else None
    rows = sql.run(
        SHOWN_SQL.replace("{columns}", facts.SELECTED),
        {"id": photo_id, "person": by.person_id, "secret_hash": secret_hash},
    )
    missing = NotFound("there is no such photo, or it is not for your eyes", zh="没有这张照片,或您无权查看")
    if not rows:
        raise missing
    case_id, owner_id, kind, files, masked, revision, checked, reported, *columns = rows[0]
    own = owner_id is not None and owner_id == by.person_id
    if case_id is None:
        if owner_id is not None and not own:
            raise missing
        return Shown("photo", files, masked, own=True, revision=revision)
    found = facts.of_row(columns)
    if not sees(by, found, is_reporter=bool(reported)):
        raise missing
    if not (own or sees(by, found) or public_sees(policy, checked=checked)):
        raise NotAllowed(NOT_PUBLIC_EN[policy], zh=NOT_PUBLIC_ZH[policy])
    return Shown(kind, files, masked, own, revision)


@dataclass(frozen=True, slots=True)
class OfCase:
    """The case a photo belongs to, and under which id its files are kept."""

    subject: str
    place: str
    unit_id: int | None
    files: str


def case_of(photo_id: str, *, by: Caller, own: bool = False) -> OfCase:
    """The case of a photo that this caller sees, or whose photo it is (`own`); raises NotFound otherwise, also for one without a case. One statement."""
    said = {"id": photo_id, "person": by.person_id, "secret_hash": None}
    rows = sql.run(SHOWN_SQL.replace("{columns}", facts.SELECTED), said)
    if rows and rows[0][0] is not None:
        found = facts.of_row(rows[0][8:])
        if sees(by, found, is_reporter=own):
            return OfCase(found.subject, found.place, found.unit_id, rows[0][3])
    raise NotFound("there is no such photo of a case, or it is not for your eyes", zh="没有这张案件照片,或您无权查看")
