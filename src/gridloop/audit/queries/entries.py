"""Reading the ledger: what was done to a thing, what came after a position, who looked at whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from gridloop.audit.models import Entry, Pending
from gridloop.kernel.errors import NotFound

COLUMNS = ("position", "at", "sequenced_at", "actor_id", "action", "subject", "area", "unit_id", "looked", "body")
LIMIT_MAX = 1000


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of the ledger as others read it."""

    position: int
    at: dt.datetime
    sequenced_at: dt.datetime
    actor_id: int | None
    actor_name: str
    via: str
    purpose: str
    action: str
    subject: str
    area: str
    unit_id: int | None
    looked: bool
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """What to list; `areas` are prefixes of division codes ("" is everywhere), the list is newest first below `before`."""

    subject: str = ""
    action: str = ""
    actor_id: int | None = None
    looked: bool | None = None
    areas: tuple[str, ...] = ("",)
    before: int | None = None
    after: int | None = None
    limit: int = 50


def entry(position: int) -> EntryView:
    """The entry at this position; one statement."""
    found = _views(Entry.objects.filter(pk=position))
    if not found:
        raise NotFound(f"the ledger has no entry at position {position}", zh=f"台账没有位置 {position} 的条目")
    return found[0]


def entries_about(subject: str, *, limit: int = 200, before: int | None = None) -> list[EntryView]:
    """What was done to, and seen of, one subject ("case:20261122-000731"), newest first; one statement."""
    return entries(EntryFilter(subject=subject, limit=limit, before=before))


def entries_after(position: int, limit: int = LIMIT_MAX) -> list[EntryView]:
    """The entries above `position` (-1 for all), oldest first; one statement."""
    return _views(Entry.objects.filter(position__gt=position).order_by("position")[: min(limit, LIMIT_MAX)])


def entries(wanted: EntryFilter) -> list[EntryView]:
    """A page of the ledger, newest first unless `after` is given; one statement."""
    rows = Entry.objects.filter(_within(wanted.areas))
    if wanted.subject:
        rows = rows.filter(subject=wanted.subject)
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    if wanted.actor_id is not None:
        rows = rows.filter(actor_id=wanted.actor_id)
    if wanted.looked is not None:
        rows = rows.filter(looked=wanted.looked)
    if wanted.before is not None:
        rows = rows.filter(position__lt=wanted.before)
    if wanted.after is not None:
        rows = rows.filter(position__gt=wanted.after)
    order = "position" if wanted.after is not None else "-position"
    return _views(rows.order_by(order)[: min(wanted.limit, LIMIT_MAX)])


def looks_at(person_id: int, *, action: str = "", limit: int = 50, before: int | None = None) -> list[EntryView]:
    """Who looked at this person's data or changed it, newest first, perhaps only by one action; one statement."""
    rows = Entry.objects.filter(people__contains=[person_id])
    if action:
        rows = rows.filter(action=action)
    if before is not None:
        rows = rows.filter(position__lt=before)
    return _views(rows.order_by("-position")[: min(limit, LIMIT_MAX)])


def pending_lag_s() -> float:
    """Age of the oldest entry that has no position yet, seconds; 0 when there is none; one statement."""
    oldest = Pending.objects.order_by("id").values_list("at", Now()).first()
    return max(0.0, (oldest[1] - oldest[0]).total_seconds()) if oldest else 0.0


def _within(areas: Iterable[str]) -> Q:
    """Entries whose area lies under one of these prefixes."""
    found = Q(pk__in=[])
    for area in areas:
        if not area:
            return Q()
        found |= Q(area__gte=area, area__lt=area + "~")
    return found


def _views(rows: QuerySet[Entry]) -> list[EntryView]:
    """The rows as views, name and detail taken from the signed body."""
    return [_view(row) for row in rows.values_list(*COLUMNS)]


def _view(row: tuple[Any, ...]) -> EntryView:
    position, at, sequenced_at, actor_id, action, subject, area, unit_id, looked, body = row
    said = orjson.loads(bytes(body))
    actor = said["actor"]
    return EntryView(
        position=position,
        at=at,
        sequenced_at=sequenced_at,
        actor_id=actor_id,
        actor_name=actor["name"],
        via=actor["via"],
        purpose=actor["purpose"],
        action=action,
        subject=subject,
        area=area,
        unit_id=unit_id,
        looked=looked,
        detail=said["detail"],
    )
