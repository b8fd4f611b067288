"""What people ask of notices: their own bell, how they want to be told, and what could not be delivered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q

from gridloop.kernel.errors import NotAllowed
from gridloop.notices import rules
from gridloop.notices.models import Delivery, Notice, Preference, Subscription
from gridloop.notices.rules import Words

PAGE_MAX = 100
SINCE_DIGEST = (Path(__file__).parent / "sql" / "since_digest.sql").read_text(encoding="utf-8")


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


@dataclass(frozen=True, slots=True)
class PreferenceView:
    """How a person wants to be told; `digest` is "" for single e-mails, or daily, or weekly, at an hour of the city."""

    muted_channels: tuple[str, ...] = ()
    muted_kinds: tuple[str, ...] = ()
    digest: str = ""
    digest_hour: int = rules.DIGEST_HOUR


@dataclass(frozen=True, slots=True)
class DigestReader:
    """Somebody whose hour has come; `done_on` is the last day whose digest was dealt with."""

    person_id: int
    digest: str
    done_on: dt.date | None


@dataclass(frozen=True, slots=True)
class ToldView:
    """One notice that was told: whether the bell has it, and the status of each way out of the house."""

    on_bell: bool
    ways: dict[str, str]


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


def all_notices(person_id: int) -> list[NoticeView]:
    """Everything that the person was told and that is still kept, oldest first, in Chinese; one statement. For their own file."""
    rows = Notice.objects.filter(person_id=person_id).order_by("id")
    columns = ("id", "kind", "subject", "title_zh", "text_zh", "created_at", "read_at")
    return [
        NoticeView(pk, kind, subject, title, text, at, read_at is not None)
        for pk, kind, subject, title, text, at, read_at in rows.values_list(*columns)
    ]


def pushes_of(person_id: int) -> list[dict[str, Any]]:
    """The browsers of a person that get pushes, without their keys; one statement."""
    rows = Subscription.objects.filter(person_id=person_id).order_by("id")
    return [dict(row) for row in rows.values("language", "created_at", "last_ok_at")]


def unread(person_id: int | None) -> int:
    """How many notices the person has not read, counted to 100 at most; one statement."""
    if person_id is None:
        return 0
    return len(
        Notice.objects.filter(person_id=person_id, on_bell=True, read_at__isnull=True).values_list("id")[:PAGE_MAX]
    )


def preferences(person_id: int | None) -> PreferenceView:
    """What a person has chosen, or the usual; one statement."""
    columns = ("muted_channels", "muted_kinds", "digest", "digest_hour")
    row = Preference.objects.filter(pk=person_id).values_list(*columns).first()
    return PreferenceView(tuple(row[0]), tuple(row[1]), row[2], row[3]) if row else PreferenceView()


def digest_readers(day: dt.date, hour: int) -> list[DigestReader]:
    """Everybody with a digest whose hour has come on this day of the city and whose letter of the day is open still; one statement."""
    rows = Preference.objects.exclude(digest="").filter(digest_hour__lte=hour)
    left = rows.filter(Q(digest_on__isnull=True) | Q(digest_on__lt=day)).order_by("person_id")
    return [DigestReader(*row) for row in left.values_list("person_id", "digest", "digest_on")]


def came_since_digest(person_id: int, otherwise: dt.datetime) -> list[tuple[str, str, str, int]]:
    """How many notices rang since the person's last digest (or since `otherwise`): kind, its Chinese and English name, count; most first.

    Counted among the newest 1,000; one statement.
    """
    named = {kind: (zh, en) for kind, zh, en in kinds()}
    with connection.cursor() as cursor:
        cursor.execute(SINCE_DIGEST, {"person": person_id, "digest": rules.DIGEST, "otherwise": otherwise})
        return [(kind, *named.get(kind, (kind, kind)), count) for kind, count in cursor.fetchall()]


def kinds() -> list[tuple[str, str, str]]:
    """Every kind that can be muted, with its name in Chinese and English from the template's title; no statement."""
    return [
        (one.kind, rules.kind_words(one.title_zh), rules.kind_words(one.title_en))
        for one in rules.templates()
        if one.valid_to is None and one.kind not in rules.ALWAYS | {rules.DIGEST}
    ]


def told(keys: Sequence[str]) -> dict[str, ToldView]:
    """What became of the notices with these keys, by key; those that were never told are left out. One statement."""
    found: dict[str, ToldView] = {}
    rows = Notice.objects.filter(key__in=keys).values_list(
        "key", "on_bell", "deliveries__channel", "deliveries__status"
    )
    for key, on_bell, channel, status in rows if keys else ():
        one = found.setdefault(key, ToldView(on_bell, {}))
        if channel is not None:
            one.ways[channel] = status
    return found


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
