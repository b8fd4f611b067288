"""Questions about phones: whose they are, what is to become of them, and how the drills went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from gridloop.identity.models import Device, Grant
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty

LOOK_AFTER = (Duty.ADMIN, Duty.SUPERVISOR)
LIMIT_MAX = 200


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A phone as a list shows it; `took_s` is how long it took from asking for the wipe to its confirmation."""

    id: int
    person_id: int
    person_name: str
    name: str
    created_at: dt.datetime
    last_seen_at: dt.datetime
    share_until: dt.datetime | None
    failed: int
    wipe_kind: str
    wipe_why: str
    wipe_asked_at: dt.datetime | None
    wipe_asked_by: str | None
    wiped_at: dt.datetime | None
    took_s: int | None


def may_look_after(by: Caller, person_id: int, now: dt.datetime) -> bool:
    """Whether these are the caller's own phones, or those of somebody who works in the caller's area; one statement at most."""
    if by.person_id == person_id:
        return True
    areas = _valid(now).filter(person_id=person_id).values_list("area", flat=True)
    return any(by.grant_for(duty, area=area) for area in areas for duty in LOOK_AFTER)


def devices_seen_by(by: Caller, *, now: dt.datetime, limit: int = LIMIT_MAX) -> list[DeviceRow]:
    """The caller's own phones and those of the people in the areas that the caller looks after, newest first; one statement."""
    seen = Q(person_id=by.person_id)
    for area in {grant.area for grant in by.grants if grant.duty in LOOK_AFTER}:
        seen |= Q(Exists(_valid(now).filter(person=OuterRef("person"), area__startswith=area)))
    columns = (
        "id", "person_id", "person__name", "name", "created_at", "last_seen_at", "share_until", "failed",
        "wipe_kind", "wipe_why", "wipe_asked_at", "wipe_asked_by__name", "wiped_at",
    )  # fmt: skip
    rows = Device.objects.filter(seen).order_by("-id").values_list(*columns)[: min(limit, LIMIT_MAX)]
    return [
        DeviceRow(
            pk, person, who, name, made, seen_at, until, failed, kind, why, asked, asker, wiped, _took_s(asked, wiped)
        )
        for pk, person, who, name, made, seen_at, until, failed, kind, why, asked, asker, wiped in rows
    ]


def _valid(now: dt.datetime) -> QuerySet[Grant]:
    """Grants that hold now."""
    return Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now, revoked_at__isnull=True
    )


def _took_s(asked: dt.datetime | None, wiped: dt.datetime | None) -> int | None:
    """Seconds from asking to confirmation."""
    return round((wiped - asked).total_seconds()) if asked and wiped else None
