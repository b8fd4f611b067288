"""What a resident does with their own data: have everything packed into one file, fetch it, be forgotten."""

from __future__ import annotations

import datetime as dt

from django.core import signing
from django.db import IntegrityError, connection, transaction

from gridloop.audit import actions as ledger
from gridloop.cases.nearby.models import Watch
from gridloop.cases.own_data import queries, rules
from gridloop.cases.own_data.models import OwnFile
from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound
from gridloop.notices import actions as notices

SALT = "gridloop.own_file"
FILES_A_DAY = 3
PROGRESS_EVERY = 5
DEFER = """
select procrastinate_defer_jobs_v1(array[
    row('upkeep', 'cases.own_file', 0, null, null, jsonb_build_object('file_id', %s::bigint), null)::procrastinate_job_to_defer_v1
])
"""
DETACH = (
    "update cases_reporter set person_id = null, name = '', contact = '' where person_id = %(person)s",
    "update cases_case set reporter_id = null where reporter_id = %(person)s",
    "update cases_rating set person_id = null where person_id = %(person)s",
    "update cases_photo set owner_id = null where owner_id = %(person)s",
    "delete from cases_saved_view where owner_id = %(person)s",
)
"""What stays is public matter: the case, its words, its masked photos, its history. Nothing of it leads to the person any more."""


def ask(*, by: Caller, now: dt.datetime) -> int:
    """Have everything packed by a job; a file that is being made already is the answer. At most three a day."""
    person_id = identity.require_person(by)
    waiting = OwnFile.objects.filter(person_id=person_id, state="waiting").values_list("id", flat=True).first()
    if waiting is not None:
        return int(waiting)
    identity.count_rate(f"own-file:{person_id}", limit=FILES_A_DAY, per_s=86_400, now=now)
    try:
        with transaction.atomic():
            row = OwnFile.objects.create(person_id=person_id, asked_at=now)
            with connection.cursor() as cursor:
                cursor.execute(DEFER, [row.pk])
            ledger.record(by, "own_data.asked", f"person:{person_id}", at=now, detail={"people": [person_id]})
    except IntegrityError:  # asked for twice in this moment
        return int(OwnFile.objects.filter(person_id=person_id, state="waiting").values_list("id", flat=True)[0])
    return int(row.pk)


def pack(file_id: int, *, now: dt.datetime) -> str:
    """Make the file; returns its state. A job that is repeated after a crash makes it anew; one that was removed meanwhile stays away."""
    row = OwnFile.objects.filter(pk=file_id, state="waiting").defer("box_sealed").first()
    by = people.caller_of_person(row.person_id, now) if row is not None else None
    if row is None or by is None:
        return "gone"
    mine = OwnFile.objects.filter(pk=file_id, state="waiting")

    def told(done: int, total: int) -> None:
        if done % PROGRESS_EVERY == 0 or done == total:
            mine.update(done=done, total=total)

    found = queries.everything(by, now, told)
    photos, left_out = queries.own_photos(row.person_id)
    found |= {"photos": [name for name, _ in photos], "left_out": left_out}
    packed = rules.packed(found, photos, now)
    with transaction.atomic():
        mine.update(state="ready", ready_at=now, size_bytes=len(packed), box_sealed=identity.sealed_bytes(packed))
        ledger.record(
            by, "own_data.packed", f"person:{row.person_id}", at=now, looked=True,
            detail={"people": [row.person_id], "bytes": len(packed)},
        )  # fmt: skip
    return "ready"


def link_of(file_id: int, person_id: int) -> str:
    """A token that opens this file for a quarter of an hour."""
    return signing.dumps([file_id, person_id], salt=SALT)


def fetch(token: str, *, by: Caller, now: dt.datetime) -> bytes:
    """The ZIP behind a token, for its own person who is still signed in."""
    person_id = identity.require_person(by)
    try:
        file_id, owner = signing.loads(token, salt=SALT, max_age=rules.LINK_LIVES_S)
    except signing.BadSignature as wrong:
        raise NotFound(
            "this link is no longer good; open the page again for a fresh one", zh="链接已失效,请重新打开页面获取"
        ) from wrong
    if owner != person_id:
        raise NotFound("this file is not yours", zh="这不是您的文件")
    box = queries.file_of(int(file_id), person_id, now)
    ledger.record(by, "own_data.fetched", f"person:{person_id}", at=now, detail={"people": [person_id]})
    return identity.unsealed_bytes(box)


def start_forgetting(*, visitor: identity.Visitor, by: Caller, now: dt.datetime) -> identity.CodeToSend:
    """A code to the caller's own number, with which they confirm; must be sent by whoever calls this, in the same transaction."""
    return identity.start_phone(identity.own_phone(by), visitor=visitor, now=now)


def forget(code: str, *, by: Caller, now: dt.datetime) -> None:
    """Forget the caller: account, number, sign-ins, notices, pushes, areas and files go; their cases stay without them.

    Refused for somebody who holds a duty: their name stands in the work that they did, and an administrator closes such an account.
    """
    person_id = identity.require_person(by)
    identity.check_own_code(code, by=by, now=now)
    with transaction.atomic():
        with connection.cursor() as cursor:
            for statement in DETACH:
                cursor.execute(statement, {"person": person_id})
        Watch.objects.filter(person_id=person_id).delete()
        OwnFile.objects.filter(person_id=person_id).delete()
        notices.forget_person(person_id)
        identity.forget_resident(by=by, now=now)


def sweep(now: dt.datetime) -> int:
    """Remove files after a day; returns how many."""
    removed, _ = OwnFile.objects.filter(asked_at__lt=now - rules.KEPT).delete()
    return removed
