"""What is held of one person, read from every room, and how their file comes along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from gridloop.audit import queries as audit
from gridloop.cases import sql
from gridloop.cases.nearby import queries as nearby
from gridloop.cases.own_data.models import OwnFile
from gridloop.cases.own_data.rules import KEPT, PHOTOS_BYTES_MAX
from gridloop.cases.photos import sealing
from gridloop.cases.photos.models import Photo
from gridloop.cases.queries.reports import report_card
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound
from gridloop.notices import queries as notices

LOOKS_MAX = 500
NUMBERS = """
select distinct c.number from cases_reporter r join cases_case c on c.id = r.case_id where r.person_id = %s order by 1 desc
"""


def numbers(person_id: int) -> list[str]:
    """The cases that a person reported or joined, newest first; one statement."""
    return [str(row[0]) for row in sql.run(NUMBERS, [person_id])]


def everything(by: Caller, now: dt.datetime, told: Callable[[int, int], None]) -> dict[str, Any]:
    """All that is held of the caller, by room; `told(done, total)` is called as the reports come along."""
    person_id = by.person_id or 0
    wanted = numbers(person_id)
    reports = []
    for done, number in enumerate(wanted):
        told(done, len(wanted))
        reports.append(report_card(number, "", by=by, now=now))
    told(len(wanted), len(wanted))
    held = people.held_of(person_id)
    return {
        "person": held.person,
        "sessions": held.sessions,
        "reports": reports,
        "notices": [asdict(one) for one in notices.all_notices(person_id)],
        "pushes": notices.pushes_of(person_id),
        "areas": nearby.watches(person_id),
        "looks": [asdict(one) for one in audit.looks_at(person_id, limit=LOOKS_MAX)],
    }


def own_photos(person_id: int) -> tuple[list[tuple[str, bytes]], list[str]]:
    """The photos that a person took, as they took them, up to 60 MB; and the ids of those that did not fit."""
    found: list[tuple[str, bytes]] = []
    left_out: list[str] = []
    room = PHOTOS_BYTES_MAX
    for photo_id, files in (
        Photo.objects.filter(owner_id=person_id, state="kept").order_by("-uploaded_at").values_list("id", "files")
    ):
        data = sealing.own_file(files or photo_id)
        if data is None or len(data) > room:
            left_out.append(photo_id)
            continue
        room -= len(data)
        found.append((photo_id, data))
    return found, left_out


def latest(person_id: int, now: dt.datetime) -> OwnFile | None:
    """The person's newest file that can still be fetched or is being made; without its content. One statement."""
    rows = OwnFile.objects.filter(person_id=person_id, asked_at__gt=now - KEPT).defer("box_sealed")
    return rows.order_by("-id").first()


def file_of(file_id: int, person_id: int, now: dt.datetime) -> bytes:
    """The sealed ZIP of this person; NotFound where there is none (any more). One statement."""
    ready = OwnFile.objects.filter(pk=file_id, person_id=person_id, state="ready", asked_at__gt=now - KEPT)
    box = ready.values_list("box_sealed", flat=True).first()
    if box is None:
        raise NotFound("this file is not there any more; have a new one made", zh="该文件已不存在,请重新生成")
    return bytes(box)
