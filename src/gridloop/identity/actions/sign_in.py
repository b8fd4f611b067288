"""Signing in by password and TOTP, sessions, and the growing wait after failures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F

from gridloop.audit.actions import record
from gridloop.identity import rules
from gridloop.identity.actions.rates import count_rate
from gridloop.identity.actions.totp import totp_matches
from gridloop.identity.actions.visitor import Visitor
from gridloop.identity.models import Person, Session, SignInGuard
from gridloop.identity.queries.callers import caller_of_person
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotSignedIn, Refused, TooMany

MINUTE_S = 60
PER_LOGIN_A_MINUTE = 20
GUARD_KEPT = dt.timedelta(days=1)
AGENT_MAX = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session: the token goes into the cookie and is not kept here."""

    token: str
    person_id: int
    expires_at: dt.datetime


def limits() -> dict[str, int]:
    """How often one may knock, as configured (setting `GRIDLOOP_LIMITS`)."""
    chosen: dict[str, int] = getattr(settings, "GRIDLOOP_LIMITS", {})
    known = {"sign_in_per_minute": 10, "phone_code_per_hour": 5, "phone_code_per_address": 20}
    return known | {"phone_share_hours": 24, "phone_pin_tries": 5} | chosen


def sign_in(login: str, password: str, otp: str, *, visitor: Visitor, now: dt.datetime) -> SignedIn:
    """Open a session for this login; refuses wrong words, a missing or wrong TOTP code, and too many tries."""
    person, login_hash = _proven(login, password, otp, visitor=visitor, now=now)
    with transaction.atomic():
        SignInGuard.objects.filter(pk=login_hash).delete()
        return open_session(person, "password", visitor=visitor, now=now)


def prove(login: str, password: str, otp: str, *, visitor: Visitor, now: dt.datetime) -> Caller:
    """Who signs with their own password where somebody else is signed in: counted and locked like signing in, no session is opened."""
    try:
        person, login_hash = _proven(login, password, otp, visitor=visitor, now=now)
    except NotSignedIn as wrong:  # said of who signs, not of who is signed in here: their session goes on
        raise Refused(wrong.en, zh=wrong.zh, fields=wrong.fields) from wrong
    SignInGuard.objects.filter(pk=login_hash).delete()
    found = caller_of_person(person.pk, now)
    if found is None:  # set inactive in this moment
        raise Refused("this account was closed; an administrator can open it again", zh="该账号已停用,可请管理员恢复")
    return replace(found, request_id=visitor.request_id)


def _proven(login: str, password: str, otp: str, *, visitor: Visitor, now: dt.datetime) -> tuple[Person, bytes]:
    """The person of these words, and the hash by which the login's failures are counted.

    An unknown login costs the same time and gets the same sentences as a wrong password, and locks in the same way.
    """
    login = login.strip().lower()
    login_hash = rules.token_hash(login)
    count_rate(f"sign-in:ip:{visitor.ip}", limit=limits()["sign_in_per_minute"], per_s=MINUTE_S, now=now)
    count_rate(f"sign-in:login:{login_hash.hex()[:32]}", limit=PER_LOGIN_A_MINUTE, per_s=MINUTE_S, now=now)
    _check_lock(login_hash, now)
    person = Person.objects.filter(login=login, active=True).exclude(password="").first()
    if person is None:
        make_password(password)  # as long as checking one takes
        _failed(None, login_hash, visitor, now)
        raise _wrong_words()
    if not check_password(password, person.password):
        _failed(person, login_hash, visitor, now)
        raise _wrong_words()
    if person.totp_confirmed_at is not None:
        if not otp.strip():
            raise NotSignedIn(
                "enter the six digits of your authenticator app",
                zh="请输入身份验证器中的六位数字",
                fields={"otp": "required"},
            )
        if not totp_matches(person, otp, now):
            _failed(person, login_hash, visitor, now)
            raise NotSignedIn(
                "the six digits are wrong or were used already; wait for the next ones",
                zh="六位数字有误或已使用,请等待下一组",
                fields={"otp": "wrong"},
            )
    return person, login_hash


def open_session(person: Person, via: str, *, visitor: Visitor, now: dt.datetime) -> SignedIn:
    """A session for somebody whose identity was just proven; must run inside a transaction."""
    token = rules.new_token()
    expires_at = now + dt.timedelta(hours=int(getattr(settings, "GRIDLOOP_SESSION_HOURS", 12)))
    Session.objects.create(
        token_hash=rules.token_hash(token),
        person=person,
        created_at=now,
        last_seen_at=now,
        expires_at=expires_at,
        ip=visitor.ip,
        user_agent=visitor.user_agent[:AGENT_MAX],
        via=via,
    )
    record(
        as_caller(person, visitor),
        "session.opened",
        f"person:{person.pk}",
        at=now,
        detail={"by": via, "ip": visitor.ip},
    )
    return SignedIn(token, person.pk, expires_at)


def sign_out(token: str, *, by: Caller, now: dt.datetime) -> None:
    """End one session; nothing happens when it is over already."""
    with transaction.atomic():
        ended, _ = Session.objects.filter(token_hash=rules.token_hash(token)).delete()
        if ended:
            record(by, "session.closed", f"person:{by.person_id}", at=now)


def end_sessions(person_id: int, *, keep: str = "") -> int:
    """End every session of a person but the one with the token `keep`; returns how many."""
    sessions = Session.objects.filter(person_id=person_id)
    if keep:
        sessions = sessions.exclude(token_hash=rules.token_hash(keep))
    ended, _ = sessions.delete()
    return ended


def sweep_sessions(now: dt.datetime) -> int:
    """Remove sessions that are over and guards that were quiet for a day; returns how many rows."""
    sessions, _ = Session.objects.filter(expires_at__lt=now).delete()
    guards, _ = SignInGuard.objects.filter(last_at__lt=now - GUARD_KEPT).delete()
    return sessions + guards


def as_caller(person: Person, visitor: Visitor) -> Caller:
    """The person as the caller of their own sign-in."""
    return Caller(person_id=person.pk, name=person.name, request_id=visitor.request_id, language=visitor.language)


def _check_lock(login_hash: bytes, now: dt.datetime) -> None:
    """Refuse while the login rests after failures."""
    guard = SignInGuard.objects.filter(pk=login_hash, locked_until__gt=now).first()
    if guard is None or guard.locked_until is None:
        return
    wait_s = max(1, int((guard.locked_until - now).total_seconds()))
    raise TooMany(
        f"after {guard.failed} wrong tries this login rests; try again in {wait_s} seconds",
        zh=f"连续 {guard.failed} 次错误,账号暂停登录,请 {wait_s} 秒后再试",
        fields={"retry_after_s": str(wait_s)},
    )


def _failed(person: Person | None, login_hash: bytes, visitor: Visitor, now: dt.datetime) -> None:
    """Count one failure; it stays counted although the sign-in is refused."""
    with transaction.atomic():
        guard, made = SignInGuard.objects.select_for_update().get_or_create(
            pk=login_hash, defaults={"failed": 1, "last_at": now}
        )
        if not made:
            SignInGuard.objects.filter(pk=login_hash).update(failed=F("failed") + 1, last_at=now)
            guard.failed += 1
        wait = rules.wait_after(guard.failed)
        if wait:
            SignInGuard.objects.filter(pk=login_hash).update(locked_until=now + wait)
        if person is not None:
            detail = {"ip": visitor.ip, "failed": guard.failed, "wait_s": int(wait.total_seconds())}
            by = Caller(person_id=None, name="public", via="public", request_id=visitor.request_id)
            record(by, "session.refused", f"person:{person.pk}", at=now, detail=detail)


def _wrong_words() -> NotSignedIn:
    """The one sentence for an unknown login and for a wrong password."""
    return NotSignedIn("the login or the password is wrong", zh="账号或密码有误", fields={"password": "wrong"})
