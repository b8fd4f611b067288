"""Sending digests: each person in a transaction of their own, so that a break in the middle loses and doubles nobody."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from gridloop.cases.digest import queries, rules
from gridloop.cases.queries import masters as masters_now
from gridloop.identity import queries as people
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import GridloopError
from gridloop.notices import actions as notices
from gridloop.notices import queries as told
from gridloop.notices.queries import DigestReader


def site_address() -> str:
    """What the links of a letter begin with; "" where the site's public address is not configured, which makes them paths."""
    return str(getattr(settings, "GRIDLOOP_PUBLIC_URL", "")).rstrip("/")


def send_due(now: datetime) -> int:
    """Send the digest of everybody whose hour has come today and who has none yet; returns how many letters.

    A run that was late by hours still sends the day's. One person's failure stops nobody else's letter; it is raised at the end, and
    the next run tries that person again.
    """
    local = in_city(now)
    works = masters_now.current(now).clock.calendar.works
    before: dict[str, queries.Past] = {}
    sent, failed = 0, []
    for reader in told.digest_readers(local.date(), local.hour):
        if not rules.is_due(reader.digest, reader.done_on, local.date(), works):
            continue
        if reader.digest not in before:
            before[reader.digest] = queries.past(local.date(), weekly=reader.digest == rules.WEEKLY)
        try:
            sent += _send(reader, before[reader.digest], local.date(), now)
        except GridloopError as reason:
            failed.append(reason)
    if failed:
        raise ExceptionGroup("digests that could not be composed", failed)
    return sent


@transaction.atomic
def _send(reader: DigestReader, before: queries.Past, day: date, now: datetime) -> bool:
    """One person's digest, once a day: taken, composed and told in one transaction. False where there is none to send."""
    if not notices.take_digest(reader.person_id, reader.digest, day):
        return False
    by = people.caller_of_person(reader.person_id, now)
    if by is None or not by.grants:
        return False
    digest = queries.digest(reader.digest, before, by=by, now=now)
    if not digest.is_sent:
        return False
    words = told.words("digest", rules.spoken(digest, site_address()), day)
    notices.tell_words(reader.person_id, words, subject=f"digest:{day}", key=f"digest:{day}")
    return True
