"""What is done about areas: follow one, stop in one tap, tell everybody what is new at the hours of the day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.cases.nearby import queries, rules
from gridloop.cases.nearby.models import Watch
from gridloop.cases.queries import masters as masters_now
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import NotFound, Refused
from gridloop.notices import actions as notices
from gridloop.notices import queries as templates
from gridloop.places import queries as places

LOOKED_BACK = timedelta(days=3)
"""After a longer silence of ours nobody is told of older things."""


def follow(wanted: rules.Wanted, *, by: Caller, now: datetime) -> int:
    """Follow an area from now on; the same area and classes again is the same one. Returns its id."""
    person_id = identity.require_person(by)
    known = {f"{kind}:{code}" for kind, code in masters_now.current(now).classes}
    kept = rules.checked(wanted, known)
    if kept.place:
        places.division(kept.place)  # NotFound for a code that is none
    with transaction.atomic():
        mine = Watch.objects.select_for_update().filter(person_id=person_id)
        same = mine.filter(
            place=kept.place, lon=kept.lon, lat=kept.lat, radius_m=kept.radius_m, classes=list(kept.classes)
        ).first()
        if same is not None:
            return int(same.pk)
        if len(mine) >= rules.WATCHES_MAX:
            raise Refused(
                f"at most {rules.WATCHES_MAX} areas can be followed; stop following one first",
                zh=f"最多关注 {rules.WATCHES_MAX} 个区域,请先取消一个",
            )
        row = Watch.objects.create(
            person_id=person_id, place=kept.place, lon=kept.lon, lat=kept.lat, radius_m=kept.radius_m,
            classes=list(kept.classes), created_at=now, seen_at=now,
        )  # fmt: skip
        ledger.record(by, "area.followed", f"person:{person_id}", at=now, area=kept.place)
    return int(row.pk)


def stop(watch_id: int, *, by: Caller, now: datetime) -> None:
    """Follow it no more; NotFound for an area of somebody else."""
    person_id = identity.require_person(by)
    with transaction.atomic():
        removed, _ = Watch.objects.filter(pk=watch_id, person_id=person_id).delete()
        if not removed:
            raise NotFound(f"you follow no area {watch_id}", zh=f"您没有关注编号为 {watch_id} 的区域")
        ledger.record(by, "area.unfollowed", f"person:{person_id}", at=now)


def tell_news(now: datetime) -> int:
    """At an hour of news, tell every follower once what is new in all their areas; returns how many were told.

    All or nothing in one transaction, and each message under a key of its day and hour: a run that is repeated tells nobody twice.
    """
    local = in_city(now)
    oldest = queries.oldest_seen() if local.hour in rules.HOURS else None
    if oldest is None:
        return 0
    with transaction.atomic():
        found = queries.news(max(oldest, now - LOOKED_BACK), now)
        for person_id, news in found:
            words = templates.words("nearby", rules.said(news), local.date())
            notices.tell_words(person_id, words, subject="nearby:", key=f"nearby:{local:%Y-%m-%d-%H}")
        Watch.objects.filter(seen_at__lt=now).update(seen_at=now)
    return len(found)
