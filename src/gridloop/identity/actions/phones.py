"""Residents come in by a code sent to their telephone; the first code that fits also registers them.

`start_phone` gives the code to whoever called it: the site sends it through the notices room, which this room,
being below, does not know.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from gridloop.audit.actions import record
from gridloop.identity import rules
from gridloop.identity.actions.rates import count_rate
from gridloop.identity.actions.sign_in import SignedIn, as_caller, limits, open_session
from gridloop.identity.actions.visitor import Visitor
from gridloop.identity.models import Grant, Person, PhoneCode
from gridloop.identity.queries.seals import phone_hash, sealed_text, secret_of
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotSignedIn, Refused

CODE_DIGITS = 6
CODE_LIVES = dt.timedelta(minutes=5)
ATTEMPTS_MAX = 5
HOUR_S = 3600
NAME_BYTES = 3
"""A resident's name here is made by chance: history and ledger, which nobody can change, then hold nothing of the number."""


@dataclass(frozen=True, slots=True)
class CodeToSend:
    """A code on its way: to whom, which, and a key that makes the sending happen once."""

    phone: str
    code: str
    key: str


def start_phone(phone: str, *, visitor: Visitor, now: dt.datetime) -> CodeToSend:
    """Make a code for this number; a newer one replaces the older. Must be sent by the caller, in the same transaction."""
    number = rules.phone_number(phone)
    hashed = phone_hash(number)
    count_rate(f"phone:ip:{visitor.ip}", limit=limits()["phone_code_per_address"], per_s=HOUR_S, now=now)
    count_rate(f"phone:{hashed.hex()[:32]}", limit=limits()["phone_code_per_hour"], per_s=HOUR_S, now=now)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    PhoneCode.objects.update_or_create(
        phone_hash=hashed,
        defaults={
            "phone_sealed": sealed_text(number),
            "code_hash": _code_hash(number, code),
            "attempts": 0,
            "created_at": now,
            "expires_at": now + CODE_LIVES,
        },
    )
    return CodeToSend(number, code, f"phone-code:{hashed.hex()[:16]}:{now.timestamp():.6f}")


def verify_phone(phone: str, code: str, *, visitor: Visitor, now: dt.datetime) -> SignedIn:
    """Open a session for the resident with this number, registering them the first time; refuses a wrong or old code."""
    number = rules.phone_number(phone)
    tries = limits()["phone_code_per_address"] * ATTEMPTS_MAX
    count_rate(f"phone-verify:ip:{visitor.ip}", limit=tries, per_s=HOUR_S, now=now)
    _count_try(number, now)
    with transaction.atomic():
        if _fits(number, code):
            person = _resident(number, phone_hash(number), visitor, now)
            return open_session(person, "phone", visitor=visitor, now=now)
    raise NotSignedIn(
        f"the code is wrong; it has {CODE_DIGITS} digits and lives five minutes",
        zh=f"验证码有误;验证码为 {CODE_DIGITS} 位数字,五分钟内有效",
        fields={"code": "wrong"},
    )


def take_code(number: str, code: str, *, now: dt.datetime) -> bool:
    """Whether this is the open code of a number, which is used up by it; NotSignedIn where there is none to try."""
    _count_try(number, now)
    with transaction.atomic():
        return _fits(number, code)


def _count_try(number: str, now: dt.datetime) -> None:
    tried = PhoneCode.objects.filter(pk=phone_hash(number), expires_at__gt=now, attempts__lt=ATTEMPTS_MAX)
    if not tried.update(attempts=F("attempts") + 1):
        raise NotSignedIn(
            "this number has no open code, or it was tried too often; have a new one sent",
            zh="该号码没有可用验证码,或错误次数过多,请重新获取",
            fields={"code": "none"},
        )


def _fits(number: str, code: str) -> bool:
    """Whether the code is right; the right one is gone afterwards. In the caller's transaction."""
    row = PhoneCode.objects.select_for_update().filter(pk=phone_hash(number)).first()
    good = row is not None and hmac.compare_digest(bytes(row.code_hash), _code_hash(number, code.strip()))
    if good and row is not None:
        row.delete()
    return good


def sweep_codes(now: dt.datetime) -> int:
    """Remove codes that are over; returns how many."""
    removed, _ = PhoneCode.objects.filter(expires_at__lt=now).delete()
    return removed


def _resident(number: str, hashed: bytes, visitor: Visitor, now: dt.datetime) -> Person:
    """The person with this number, made with a resident's grant when new."""
    person, made = Person.objects.get_or_create(
        phone_hash=hashed,
        defaults={
            "phone_sealed": sealed_text(number),
            "name": f"居民{secrets.token_hex(NAME_BYTES)}",
            "is_resident": True,
            "language": visitor.language,
            "created_at": now,
        },
    )
    if not person.active:
        raise Refused("this account was closed; the city hotline can help", zh="该账号已停用,请联系城市热线")
    if made:
        Grant.objects.create(person=person, duty=Duty.CITIZEN.value, valid_from=now, created_at=now)
        record(
            as_caller(person, visitor),
            "person.registered",
            f"person:{person.pk}",
            at=now,
            detail={"people": [person.pk]},
        )
    return person


def _code_hash(number: str, code: str) -> bytes:
    """What is kept of a code; the number is in it, so that it opens no other one."""
    return rules.keyed_hash(secret_of("phone-code"), f"{number}:{code}")
