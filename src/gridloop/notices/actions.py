"""What is done in telling people: tell somebody, deliver what is queued, read, mute, send again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from django.db import connection, transaction
from django.db.models import Q

from gridloop.audit import actions as ledger
from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.errors import Malformed, NotFound, Refused
from gridloop.notices import channels, rules
from gridloop.notices.channels.letter import Gone, Letter, Undeliverable
from gridloop.notices.models import CHANNELS, PUSH, WAYS, Delivery, Notice, Preference, Subscription
from gridloop.notices.push.actions import box_of, forget_browser, noted, subscribe, unsubscribe
from gridloop.notices.push.rules import Browser

SQL = Path(__file__).parent / "sql"
TELL = (SQL / "tell.sql").read_text(encoding="utf-8")
TELL_ADDRESS = (SQL / "tell_address.sql").read_text(encoding="utf-8")
TELL_READERS = (SQL / "tell_readers.sql").read_text(encoding="utf-8")
DEFER_AGAIN = """
select procrastinate_defer_jobs_v1(array[
    row('notices', 'notices.deliver', 0, null, null, jsonb_build_object('delivery_id', %(id)s::bigint), %(at)s)::procrastinate_job_to_defer_v1
])
"""
NO_PARAMS: Mapping[str, str] = MappingProxyType({})
EVERYWHERE = ("bell", "email", "sms")
__all__ = [
    "EVERYWHERE",
    "Address",
    "Browser",
    "deliver",
    "forget_person",
    "prefer",
    "read",
    "read_all",
    "send_again",
    "subscribe",
    "take_digest",
    "tell",
    "tell_readers",
    "tell_words",
    "unsubscribe",
]


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody without an account is reached: `email` or `sms`, the address or 11-digit number, and their language."""

    channel: str
    value: str
    language: str = "zh"


def tell(
    to: int | Address | Sequence[int],
    kind: str,
    *,
    subject: str,
    title_zh: str,
    title_en: str,
    text_zh: str,
    text_en: str,
    key: str,
    channels: Sequence[str] = EVERYWHERE,
    params: Mapping[str, str] = NO_PARAMS,
) -> None:
    """Tell a person, several persons or an address, in the caller's transaction; one statement. A key that was told before changes nothing.

    `params` fill the SMS provider's template of the kind; a kind without one goes out as its title. Each person's own
    language, muted channels, muted kinds and digest are heeded. Nothing is sent before the caller's transaction is committed.
    """
    unknown = set(channels) - set(EVERYWHERE)
    if unknown:
        raise ValueError(f"no such channel: {', '.join(sorted(unknown))}")
    said = {
        "kind": kind,
        "subject": subject,
        "title_zh": title_zh,
        "title_en": title_en,
        "text_zh": text_zh,
        "text_en": text_en,
        "params": json.dumps(dict(params), ensure_ascii=False),
        "key": key,
    }
    with connection.cursor() as cursor:
        if isinstance(to, Address):
            sealed = identity.sealed_text(to.value)
            cursor.execute(
                TELL_ADDRESS, {**said, "channel": to.channel, "address_sealed": sealed, "language": to.language}
            )
            return
        persons = [to] if isinstance(to, int) else list(to)
        outward = [one for one in channels if one in CHANNELS]
        cursor.execute(
            TELL,
            {
                **said,
                "people": persons,
                "channels": outward,
                "on_bell": "bell" in channels,
                "always": kind in rules.ALWAYS,
                "singly": kind in rules.SINGLY,
            },
        )


def tell_words(to: int | Address | Sequence[int], words: rules.Words, *, subject: str, key: str) -> None:
    """The same with the words of a template (`queries.words`)."""
    tell(
        to,
        words.kind,
        subject=subject,
        title_zh=words.title_zh,
        title_en=words.title_en,
        text_zh=words.text_zh,
        text_en=words.text_en,
        key=key,
        channels=words.channels,
        params=words.params,
    )


def tell_readers(readers: Sequence[str], words: rules.Words, *, subject: str, key: str) -> None:
    """The same words to every browser that asked for pushes about what these readers without an account follow; one statement, none for none."""
    if not readers or "bell" not in words.channels:
        return
    said: dict[str, str | list[str]] = {
        "kind": words.kind,
        "subject": subject,
        "title_zh": words.title_zh,
        "title_en": words.title_en,
        "text_zh": words.text_zh,
        "text_en": words.text_en,
        "key": key,
        "readers": list(readers),
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL_READERS, said)


def deliver(delivery_id: int, *, now: dt.datetime) -> str:
    """Send one queued delivery; returns its status. The row stays locked while the provider answers, so two workers never send it at once.

    A worker killed between the provider's answer and our commit sends again under the same key: the SMS provider
    recognises it, and mail carries the same Message-ID.
    """
    with transaction.atomic():
        row = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notice", "subscription")
            .filter(pk=delivery_id)
            .first()
        )
        if row is None or row.status != "queued":
            return "gone" if row is None else row.status
        letter = _letter(row, now.date())
        if not letter.address:
            row.status, row.last_error = "skipped", f"no {row.channel} address is known"
        else:
            _send(row, letter, now)
        gone_out = row.status == "sent" and row.notice.kind in rules.ALWAYS
        if gone_out:
            row.address_sealed = None
        row.save(update_fields=["status", "attempts", "last_error", "provider_id", "sent_at", "address_sealed"])
        if gone_out:  # neither a code that has gone out need lie here nor the number it went to
            Notice.objects.filter(pk=row.notice_id).update(
                title_zh="***", title_en="***", text_zh="***", text_en="***", params={}
            )
        return row.status


def _send(row: Delivery, letter: Letter, now: dt.datetime) -> None:
    row.attempts += 1
    try:
        row.provider_id = channels.send(row.channel, letter)
    except Gone as over:
        row.status, row.last_error = "skipped", str(over)[: rules.ERROR_CHARS_MAX]
        if row.subscription_id is not None:
            forget_browser(row.subscription_id)
            row.subscription = None
    except Undeliverable as failure:
        row.last_error = str(failure)[: rules.ERROR_CHARS_MAX]
        noted(row.subscription_id, None)
        wait = rules.wait_after(row.attempts, at_least_s=failure.wait_s)
        if failure.for_good or wait is None:
            row.status = "failed"
        else:
            with connection.cursor() as cursor:
                cursor.execute(DEFER_AGAIN, {"id": row.pk, "at": now + wait})
    else:
        row.status, row.sent_at, row.last_error = "sent", now, ""
        noted(row.subscription_id, now)


def _letter(row: Delivery, on: dt.date) -> Letter:
    """What goes out: the person's own address and language, or the sealed address of the delivery."""
    notice = row.notice
    language, address = notice.language, ""
    if row.channel == PUSH:
        address = box_of(row.subscription)
        language = row.subscription.language if row.subscription is not None else language
    elif row.address_sealed is not None:
        address = identity.unsealed_text(bytes(row.address_sealed))
    elif notice.person_id is not None:
        contact = people.contact(notice.person_id)
        language = contact.language
        address = contact.email if row.channel == "email" else contact.phone
    in_chinese = language.startswith("zh")
    return Letter(
        address=address,
        title=notice.title_zh if in_chinese else notice.title_en,
        text=notice.text_zh if in_chinese else notice.text_en,
        kind=notice.kind,
        template=rules.sms_template(notice.kind, on),
        params=notice.params or {"title": notice.title_zh if in_chinese else notice.title_en},
        language="zh" if in_chinese else "en",
        key=row.key,
        subject=notice.subject,
    )


def read(notice_id: int, *, by: Caller, now: dt.datetime) -> None:
    """The caller has seen one of their own notices; reading it again changes nothing."""
    mine = Notice.objects.filter(pk=notice_id, person_id=identity.require_person(by), on_bell=True)
    if not mine.filter(read_at__isnull=True).update(read_at=now) and not mine.exists():
        raise NotFound(f"you have no notice {notice_id}", zh=f"您没有编号为 {notice_id} 的通知")


def read_all(*, by: Caller, now: dt.datetime) -> int:
    """The caller has seen all of them; returns how many were unread."""
    return Notice.objects.filter(person_id=identity.require_person(by), on_bell=True, read_at__isnull=True).update(
        read_at=now
    )


def prefer(
    muted_channels: Sequence[str],
    muted_kinds: Sequence[str],
    *,
    by: Caller,
    now: dt.datetime,
    digest: str | None = None,
    digest_hour: int | None = None,
) -> None:
    """How the caller wants to be told from now on; the bell cannot be muted. A digest that is None stays as it was.

    Raises Malformed for what there is not, and Refused for a digest without a grant: it would have nothing to tell of.
    """
    _check_muted(muted_channels, muted_kinds)
    _check_digest(digest, digest_hour, by)
    person_id = identity.require_person(by)
    with transaction.atomic():
        row = Preference.objects.select_for_update().filter(pk=person_id).first()
        row = row or Preference(person_id=person_id, digest="", digest_hour=rules.DIGEST_HOUR)
        row.muted_channels, row.muted_kinds = sorted(set(muted_channels)), sorted(set(muted_kinds))
        row.digest_hour = row.digest_hour if digest_hour is None else digest_hour
        if digest and digest != row.digest:
            row.digest_on = rules.first_digest_on(row.digest_hour, in_city(now), row.digest_on)
        row.digest = row.digest if digest is None else digest
        row.save()
        ledger.record(by, "notices.preferred", f"person:{person_id}", at=now)


def forget_person(person_id: int) -> None:
    """Whatever this room keeps of a person goes, in the caller's transaction: notices, deliveries, choices, pushes."""
    Notice.objects.filter(person_id=person_id).delete()
    Preference.objects.filter(pk=person_id).delete()
    Subscription.objects.filter(person_id=person_id).delete()


def take_digest(person_id: int, digest: str, day: dt.date) -> bool:
    """Take this person's digest of a day in hand, in the caller's transaction: True for the first one, who keeps the row until the end.

    False when it was dealt with already or is no longer wanted so; what is rolled back was never taken.
    """
    open_still = Q(digest_on__isnull=True) | Q(digest_on__lt=day)
    return Preference.objects.filter(open_still, pk=person_id, digest=digest).update(digest_on=day) == 1


def _check_muted(muted_channels: Sequence[str], muted_kinds: Sequence[str]) -> None:
    wrong = sorted(set(muted_channels) - set(WAYS))
    if wrong:
        raise Malformed(
            f"{', '.join(wrong)} cannot be muted; email, sms and push can",
            zh=f"{'、'.join(wrong)} 不能关闭;可关闭的渠道为 email、sms 和 push",
            fields={"muted_channels": "unknown"},
        )
    known = {one.kind for one in rules.templates()} - rules.ALWAYS - {rules.DIGEST}
    strange = sorted(set(muted_kinds) - known)
    if strange:
        raise Malformed(
            f"there is no kind of notice {', '.join(strange)[:100]}; GET /notices/preferences lists them",
            zh=f"没有“{'、'.join(strange)[:100]}”这种通知;可用的种类见 GET /notices/preferences",
            fields={"muted_kinds": "unknown"},
        )


def _check_digest(digest: str | None, hour: int | None, by: Caller) -> None:
    if digest not in {None, "", *rules.DIGESTS}:
        raise Malformed(
            f"a digest comes {' or '.join(rules.DIGESTS)}, or not at all",
            zh=f"简报可选 {'、'.join(rules.DIGESTS)},或不订阅",
            fields={"digest": "unknown"},
        )
    if hour is not None and not 0 <= hour < rules.HOURS:
        raise Malformed(
            "digest_hour is a full hour of the city, 0 to 23",
            zh="digest_hour 为本市整点时间,0 至 23",
            fields={"digest_hour": "0 to 23"},
        )
    if digest and not by.grants:
        raise Refused(
            "a digest tells of the cases of your duty, and you hold none; single e-mails stay",
            zh="简报汇总本人职责范围内的案件;您目前没有任何职责,仍逐条发送邮件",
            fields={"digest": "no duty"},
        )


def send_again(delivery_id: int, *, by: Caller, now: dt.datetime) -> None:
    """An administrator puts a dead delivery back into the queue with all its attempts; its key stays the same."""
    with transaction.atomic():
        row = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if row is None:
            raise NotFound(f"there is no delivery {delivery_id}", zh=f"没有编号为 {delivery_id} 的发送记录")
        if row.status != "failed":
            raise Refused(
                f"delivery {delivery_id} is {row.status}; only a failed one can be sent again",
                zh=f"发送记录 {delivery_id} 的状态为 {row.status},只有失败的才能重发",
            )
        row.status, row.attempts = "queued", 0
        row.save(update_fields=["status", "attempts"])
        with connection.cursor() as cursor:
            cursor.execute(DEFER_AGAIN, {"id": row.pk, "at": None})
        ledger.record(by, "notices.sent_again", f"delivery:{delivery_id}", at=now)
