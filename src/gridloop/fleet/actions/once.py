"""The same request sent twice is done once: the key of a client, what it asked, and what was answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from django.db import IntegrityError, transaction

from gridloop.fleet.models import AnsweredRequest
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, Refused

KEY_CHARS_MAX = 100
Answer = tuple[Any, int]
"""A body of plain values and the HTTP status."""


def once(key: str, asked: Any, act: Callable[[], Answer], *, by: Caller, now: datetime) -> Answer:
    """Do it and keep the answer with the key, in one transaction; the same key and words again get the same answer. Refused for other words."""
    if not key:
        return act()
    if len(key) > KEY_CHARS_MAX or not key.isprintable():
        raise Malformed(
            f"an Idempotency-Key has at most {KEY_CHARS_MAX} printable characters", zh=f"Idempotency-Key 最多 {KEY_CHARS_MAX} 个可见字符",
            fields={"Idempotency-Key": "too long"},
        )  # fmt: skip
    digest = hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()
    who = f"person:{by.person_id}" if by.person_id is not None else by.via
    with transaction.atomic():
        try:
            with transaction.atomic():
                kept = AnsweredRequest.objects.create(who=who, key=key, asked=digest, at=now)
        except IntegrityError:
            return _again(AnsweredRequest.objects.get(who=who, key=key), digest)
        body, status = act()
        kept.answer, kept.status = orjson.loads(orjson.dumps(body)), status
        kept.save(update_fields=["answer", "status"])
    return body, status


def _again(kept: AnsweredRequest, digest: bytes) -> Answer:
    if bytes(kept.asked) != digest or kept.status is None:
        raise Refused(
            "this Idempotency-Key was used for another request; use a fresh key for a new one", zh="该 Idempotency-Key 已用于另一请求,新的请求请使用新的键",
            fields={"Idempotency-Key": "used"},
        )  # fmt: skip
    return kept.answer, kept.status
