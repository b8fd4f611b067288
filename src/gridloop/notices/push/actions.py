"""What is done about browsers that want pushes: ask for them, stop them, note how it went, forget one that is gone."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict

from django.db import transaction
from django.db.models import F

from gridloop.identity import actions as identity
from gridloop.kernel.errors import Refused
from gridloop.notices.channels.push import allows_private
from gridloop.notices.models import Subscription
from gridloop.notices.push import rules

PER_PERSON_MAX = 20
PER_READER_MAX = 5
PER_BROWSER_MAX = 200


def subscribe(
    browser: rules.Browser, *, person_id: int | None = None, reader: str = "", language: str, now: dt.datetime
) -> int:
    """Push to this browser what the person, or the reader without an account, is told; asking again renews keys and language. Returns its id.

    A browser belongs to one person: the next one who signs in there and asks takes it over.
    """
    rules.checked(browser, private_allowed=allows_private())
    found = hashed(browser.endpoint)
    with transaction.atomic():
        same = Subscription.objects.filter(endpoint_hash=found)
        if person_id is not None:
            same.filter(person__isnull=False).exclude(person_id=person_id).delete()
        _check_room(found, person_id, reader)
        kept, _ = Subscription.objects.update_or_create(
            endpoint_hash=found,
            person_id=person_id,  # type: ignore[misc]  # the stubs know no lookup of null by its value, Django does
            reader=reader,
            defaults={
                "box_sealed": identity.sealed_text(json.dumps(asdict(browser))),
                "language": "en" if language.startswith("en") else "zh",
                "failures": 0,
            },
            create_defaults={
                "box_sealed": identity.sealed_text(json.dumps(asdict(browser))),
                "language": "en" if language.startswith("en") else "zh",
                "created_at": now,
            },
        )
    return int(kept.pk)


def _check_room(endpoint_hash: bytes, person_id: int | None, reader: str) -> None:
    others = Subscription.objects.exclude(endpoint_hash=endpoint_hash)
    full = (
        others.filter(person_id=person_id).count() >= PER_PERSON_MAX
        if person_id is not None
        else others.filter(reader=reader).count() >= PER_READER_MAX
    )
    if full or Subscription.objects.filter(endpoint_hash=endpoint_hash).count() >= PER_BROWSER_MAX:
        raise Refused(
            f"pushes go to at most {PER_PERSON_MAX} browsers of a person and {PER_READER_MAX} of a report; switch one off first",
            zh=f"每人最多在 {PER_PERSON_MAX} 个浏览器、每件上报最多在 {PER_READER_MAX} 个浏览器上接收推送,请先关闭一个",
        )


def unsubscribe(endpoint: str) -> int:
    """Stop every push to this browser; its endpoint is known to it alone, so it needs no other proof. Returns how many there were."""
    removed, _ = Subscription.objects.filter(endpoint_hash=hashed(endpoint)).delete()
    return removed


def forget_browser(subscription_id: int) -> None:
    """The push service says that this browser is gone: all its subscriptions go with it."""
    one = Subscription.objects.filter(pk=subscription_id).values_list("endpoint_hash", flat=True).first()
    if one is not None:
        Subscription.objects.filter(endpoint_hash=bytes(one)).delete()


def noted(subscription_id: int | None, sent_at: dt.datetime | None) -> None:
    """Note that a push arrived at the service at `sent_at`, or that it did not; nothing for other ways out of the house."""
    mine = (
        Subscription.objects.filter(pk=subscription_id) if subscription_id is not None else Subscription.objects.none()
    )
    if sent_at is None:
        mine.update(failures=F("failures") + 1)
    else:
        mine.update(failures=0, last_ok_at=sent_at)


def box_of(one: Subscription | None) -> str:
    """Endpoint and keys as JSON, "" where the browser was forgotten."""
    return identity.unsealed_text(bytes(one.box_sealed)) if one is not None else ""


def hashed(endpoint: str) -> bytes:
    """What an endpoint is found by; it holds enough chance itself to need no key."""
    return hashlib.sha256(endpoint.encode()).digest()
