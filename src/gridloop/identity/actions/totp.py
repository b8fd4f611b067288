"""The second factor: time-based codes (RFC 6238), each good once."""

from __future__ import annotations

import datetime as dt
import hmac
import io
from dataclasses import dataclass

import pyotp
import segno
from django.contrib.auth.hashers import check_password
from django.db import transaction

from gridloop.audit.actions import record
from gridloop.identity import rules
from gridloop.identity.actions.permits import require_person
from gridloop.identity.actions.rates import count_rate
from gridloop.identity.models import Person
from gridloop.identity.queries.seals import secret_of
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused

STEP_S = 30  # RFC 6238, 5.2
STEPS_EITHER_SIDE = 1
ISSUER = "Gridloop"
TRIES_A_MINUTE = 10


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: the address in text and as a picture (SVG), and the secret to type in."""

    uri: str
    svg: str
    secret: str


def enrol_totp(*, by: Caller, now: dt.datetime) -> Enrolment:
    """Make a new secret for the caller; it counts only after a code confirmed it."""
    secret = pyotp.random_base32()
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=require_person(by))
        if person.totp_confirmed_at is not None:
            raise Refused(
                "a second factor is already set up; switch it off first, then set up the new one",
                zh="已启用两步验证;如需更换,请先停用",
            )
        person.totp_sealed = rules.sealed(secret_of("totp"), secret)
        person.save(update_fields=["totp_sealed"])
        record(by, "totp.begun", f"person:{person.pk}", at=now)
    uri = pyotp.TOTP(secret).provisioning_uri(name=person.login or person.name, issuer_name=ISSUER)
    picture = io.BytesIO()
    segno.make(uri, error="m").save(
        picture, kind="svg", scale=4, border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return Enrolment(uri, picture.getvalue().decode(), secret)


def confirm_totp(code: str, *, by: Caller, now: dt.datetime) -> None:
    """Switch the second factor on, by a code that shows that the app has the secret."""
    person_id = require_person(by)
    count_rate(f"totp:{person_id}", limit=TRIES_A_MINUTE, per_s=60, now=now)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        if person.totp_sealed is None:
            raise Refused(
                "no second factor was begun; start with its picture", zh="尚未开始设置两步验证,请先获取二维码"
            )
        if not totp_matches(person, code, now):
            raise Refused(
                "the six digits do not fit; check that the phone's clock is right and take the next ones",
                zh="六位数字不符;请确认手机时间准确,并使用下一组数字",
                fields={"code": "wrong"},
            )
        Person.objects.filter(pk=person.pk).update(totp_confirmed_at=now)
        record(by, "totp.confirmed", f"person:{person.pk}", at=now)


def disable_totp(password: str, *, by: Caller, now: dt.datetime) -> None:
    """Switch the second factor off; asks for the password again."""
    person_id = require_person(by)
    count_rate(f"totp:{person_id}", limit=TRIES_A_MINUTE, per_s=60, now=now)
    person = Person.objects.get(pk=person_id)
    if not check_password(password, person.password):
        raise Refused("the password is wrong; type it again", zh="密码有误,请重新输入", fields={"password": "wrong"})
    with transaction.atomic():
        Person.objects.filter(pk=person_id).update(totp_sealed=None, totp_confirmed_at=None, totp_last_step=0)
        record(by, "totp.disabled", f"person:{person_id}", at=now)


def totp_matches(person: Person, code: str, now: dt.datetime) -> bool:
    """Whether the code is this person's for the present step or one beside it, and was not used before; marks it used."""
    if person.totp_sealed is None:
        return False
    totp = pyotp.TOTP(rules.unsealed(secret_of("totp"), bytes(person.totp_sealed)))
    present = int(now.timestamp()) // STEP_S
    for step in range(present - STEPS_EITHER_SIDE, present + STEPS_EITHER_SIDE + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.strip().replace(" ", "").encode()):
            unused = Person.objects.filter(pk=person.pk, totp_last_step__lt=step)
            return unused.update(totp_last_step=step) == 1
    return False
