"""A resident is forgotten: their number, their sign-ins and their name go; an empty row stays for the ledger's sake."""

from __future__ import annotations

import datetime as dt

from gridloop.audit.actions import record
from gridloop.identity.actions.permits import require_person
from gridloop.identity.actions.phones import take_code
from gridloop.identity.actions.sign_in import end_sessions
from gridloop.identity.models import Device, Grant, OidcLink, Person, PhoneCode
from gridloop.identity.queries.seals import unsealed_text
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotSignedIn, Refused

FORGOTTEN = "已注销 forgotten"


def own_phone(by: Caller) -> str:
    """The number of the caller's account; Refused for somebody who is no resident, or holds a duty."""
    return _phone(_resident(by))


def check_own_code(code: str, *, by: Caller, now: dt.datetime) -> None:
    """The code that was sent to the caller's own number; it is used up. Refused for a wrong or old one."""
    person = _resident(by)
    try:
        good = take_code(_phone(person), code, now=now)
    except NotSignedIn:  # there is no code to try; who is signed in here stays signed in
        good = False
    if not good:
        raise Refused(
            "the code is wrong or too old; nothing was deleted",
            zh="验证码有误或已过期,未删除任何数据",
            fields={"code": "wrong"},
        )


def forget_resident(*, by: Caller, now: dt.datetime) -> None:
    """Forget the caller, in the caller's transaction; their number can register anew as somebody else."""
    person = _resident(by)
    end_sessions(person.pk)
    OidcLink.objects.filter(person=person).delete()
    PhoneCode.objects.filter(pk=bytes(person.phone_hash or b"")).delete()
    Grant.objects.filter(person=person, revoked_at__isnull=True).update(revoked_at=now)
    Person.objects.filter(pk=person.pk).update(
        name=FORGOTTEN,
        phone_hash=None,
        phone_sealed=None,
        email="",
        email_verified=False,
        active=False,
        password="",
        totp_sealed=None,
    )
    record(by, "person.forgotten", f"person:{person.pk}", at=now, detail={"people": [person.pk]})


def _phone(person: Person) -> str:
    if not person.phone_sealed:
        raise Refused(
            "this account has no telephone number to confirm with; the city hotline can help",
            zh="该账号没有可用于确认的手机号,请联系城市热线",
        )
    return unsealed_text(bytes(person.phone_sealed))


def _resident(by: Caller) -> Person:
    person = Person.objects.get(pk=require_person(by))
    duties = Grant.objects.filter(person=person, revoked_at__isnull=True).exclude(duty=Duty.CITIZEN.value)
    if not person.is_resident or duties.exists() or Device.objects.filter(person=person).exists():
        raise Refused(
            "somebody who holds a duty here is named in the work they did; an administrator closes such an account",
            zh="担任职务的账号与其经办记录相连,请由管理员停用",
        )
    return person
