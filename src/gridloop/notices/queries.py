"""What people ask of notices: their own bell, how they want to be told, and what could not be delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from gridloop.kernel.errors import NotAllowed
from gridloop.notices import rules
from gridloop.notices.models import Delivery, Notice, Preference
from gridloop.notices.rules import Words

PAGE_MAX = 100


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice in the reader's language."""

    id: int
    kind: str
    subject: str
    title: str
    text: str
    at: dt.datetime
    read: bool


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery that failed for good; its address is not shown."""

    id: int
    channel: str
    kind: str
    subject: str
    attempts: int
    last_error: str
    created_at: dt.datetime


def words(kind: str, facts: Mapping[str, str], on: dt.date) -> Words:
    """The words of a notice of this kind that are valid on that day, its facts filled in; no statement."""
    return rules.words(kind, facts, on)


def notices(
    person_id: int | None, language: str, *, unread_only: bool = False, before: int = 0, limit: int = 50
) -> list[NoticeView]:
    """The person's notices, newest first, older than the notice `before`; one statement."""
    if person_id is None:
        raise NotAllowed("notices belong to a person; sign in", zh="通知属于个人,请先登录")
    rows = Notice.objects.filter(person_id=person_id, on_bell=True)
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    if before:
        rows = rows.filter(pk__lt=before)
    zh = language.startswith("zh")
    columns = ("title_zh", "text_zh") if zh else ("title_en", "text_en")
    found = rows.order_by("-id").values_list("id", "kind", "subject", *columns, "created_at", "read_at")[
        : min(limit, PAGE_MAX)
    ]
    return [
        NoticeView(pk, kind, subject, title, text, at, read_at is not None)
        for pk, kind, subject, title, text, at, read_at in found
    ]


def unread(person_id: int | None) -> int:
    """How many notices the person has not read, counted to 100 at most; one statement."""
    if person_id is None:
        return 0
    return len(
        Notice.objects.filter(person_id=person_id, on_bell=True, read_at__isnull=True).values_list("id")[:PAGE_MAX]
    )


def preferences(person_id: int | None) -> tuple[list[str], list[str]]:
    """Muted channels and muted kinds; one statement."""
    row = Preference.objects.filter(pk=person_id).values_list("muted_channels", "muted_kinds").first()
    return (list(row[0]), list(row[1])) if row else ([], [])


def kinds() -> list[tuple[str, str, str]]:
    """Every kind that can be muted, with its title in Chinese and English as the template has it; no statement."""
    return [
        (one.kind, one.title_zh, one.title_en)
        for one in rules.templates()
        if one.valid_to is None and one.kind not in rules.ALWAYS
    ]


def dead_letters(*, before: int = 0, limit: int = 50) -> list[DeliveryView]:
    """Deliveries that failed for good, newest first; one statement."""
    rows = Delivery.objects.filter(status="failed").select_related("notice").order_by("-id")
    if before:
        rows = rows.filter(pk__lt=before)
    return [
        DeliveryView(
            row.pk, row.channel, row.notice.kind, row.notice.subject, row.attempts, row.last_error, row.created_at
        )
        for row in rows[: min(limit, PAGE_MAX)]
    ]


def dead_count() -> int:
    """How many there are, counted to 1,000 at most; one statement."""
    return len(Delivery.objects.filter(status="failed").values_list("id")[:1000])
