"""Coming in: password, wait after failures, second factor, telephone, sessions."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyotp
import pytest

from gridloop.audit.models import Pending
from gridloop.identity import actions
from gridloop.identity.actions import Visitor
from gridloop.identity.models import Person, PhoneCode, Session
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotSignedIn, Refused, TooMany
from tests.builders import NOW, PASSWORD, a_caller, a_person, a_session

pytestmark = pytest.mark.django_db
HERE = Visitor("10.0.0.1")
S = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def fast_hash(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def signed_in(login: str, password: str = PASSWORD, otp: str = "", *, at: dt.datetime = NOW, ip: str = "10.0.0.1"):
    return actions.sign_in(login, password, otp, visitor=Visitor(ip), now=at)


def test_the_right_password_opens_a_session_that_knows_its_person_and_grants() -> None:
    person = a_person(Duty.DISPATCHER, area="350203", login="lin", password=PASSWORD)
    token = signed_in("Lin ").token
    caller = actions.caller_from(session_token=token, now=NOW)
    assert (caller.person_id, caller.via) == (person, "session")
    assert caller.grant_for(Duty.DISPATCHER, area="350203001") is not None
    assert caller.grant_for(Duty.DISPATCHER, area="350206") is None
    assert Pending.objects.filter(action="session.opened", subject=f"person:{person}").exists()


def test_neither_password_nor_token_nor_telephone_stands_in_the_database() -> None:
    a_person(login="lin", password=PASSWORD)
    token = signed_in("lin").token
    assert Person.objects.get(login="lin").password.startswith("argon2$")
    assert token.encode() not in bytes(Session.objects.get().token_hash)
    code = actions.start_phone("13812345678", visitor=HERE, now=NOW)
    row = PhoneCode.objects.get()
    assert b"13812345678" not in bytes(row.phone_sealed) + bytes(row.phone_hash)
    assert code.code.encode() not in bytes(row.code_hash)


def test_a_wrong_password_and_an_unknown_login_get_the_same_sentence() -> None:
    a_person(login="lin", password=PASSWORD)
    for login in ("lin", "nobody"):
        with pytest.raises(NotSignedIn, match=r"^the login or the password is wrong$"):
            signed_in(login, "wrong-password")


def test_after_five_failures_a_login_rests_for_a_growing_time_whether_it_exists_or_not() -> None:
    a_person(login="lin", password=PASSWORD)
    for login in ("lin", "nobody"):
        for i in range(5):
            with pytest.raises(NotSignedIn):
                signed_in(login, "wrong-password", at=NOW, ip=f"{login}.{i}")
        with pytest.raises(TooMany, match="after 5 wrong tries this login rests; try again in 30 seconds"):
            signed_in(login, ip=f"{login}.9")
        later = NOW + 31 * S
        with pytest.raises(NotSignedIn):
            signed_in(login, "wrong-password", at=later, ip=f"{login}.10")
        with pytest.raises(TooMany, match="after 6 wrong tries this login rests; try again in 60 seconds"):
            signed_in(login, at=later, ip=f"{login}.11")
    assert signed_in("lin", at=NOW + 120 * S).token


def test_a_good_sign_in_forgets_the_failures() -> None:
    a_person(login="lin", password=PASSWORD)
    for round_ in range(3):
        for i in range(4):
            with pytest.raises(NotSignedIn):
                signed_in("lin", "wrong-password", at=NOW + 60 * round_ * S, ip=f"a{round_}{i}")
        signed_in("lin", at=NOW + 60 * round_ * S, ip=f"b{round_}")


def test_one_address_may_try_ten_times_a_minute() -> None:
    for i in range(10):
        with pytest.raises(NotSignedIn):
            signed_in(f"nobody{i}", "x")
    with pytest.raises(TooMany, match="too many tries: at most 10 in a minute; try again in 60 seconds"):
        signed_in("somebody", "x")
    with pytest.raises(NotSignedIn):
        signed_in("somebody", "x", at=NOW + 60 * S)


def test_a_failure_is_in_the_ledger_without_the_password() -> None:
    person = a_person(login="lin", password=PASSWORD)
    with pytest.raises(NotSignedIn):
        signed_in("lin", "not-the-word")
    row = Pending.objects.get(action="session.refused", subject=f"person:{person}")
    assert b"not-the-word" not in bytes(row.body)


def test_the_second_factor_is_asked_for_and_each_code_is_good_once() -> None:
    person = a_person(login="lin", password=PASSWORD)
    enrolment = actions.enrol_totp(by=a_caller(person), now=NOW)
    assert enrolment.uri.startswith("otpauth://totp/")
    assert enrolment.svg.startswith("<svg")
    totp = pyotp.TOTP(enrolment.secret)
    assert signed_in("lin").token, "not asked for before it is confirmed"
    actions.confirm_totp(totp.at(NOW), by=a_caller(person), now=NOW)
    with pytest.raises(NotSignedIn, match="enter the six digits of your authenticator app"):
        signed_in("lin")
    with pytest.raises(NotSignedIn, match="wrong or were used already"):
        signed_in("lin", otp=totp.at(NOW))
    later = NOW + 30 * S
    assert signed_in("lin", otp=totp.at(later), at=later).token
    with pytest.raises(NotSignedIn, match="wrong or were used already"):
        signed_in("lin", otp=totp.at(later), at=later)


def test_the_second_factor_is_switched_off_only_with_the_password() -> None:
    person = a_person(login="lin", password=PASSWORD)
    me = a_caller(person)
    secret = actions.enrol_totp(by=me, now=NOW).secret
    with pytest.raises(Refused, match="the six digits do not fit"):
        actions.confirm_totp("000000", by=me, now=NOW)
    actions.confirm_totp(pyotp.TOTP(secret).at(NOW), by=me, now=NOW)
    with pytest.raises(Refused, match="a second factor is already set up"):
        actions.enrol_totp(by=me, now=NOW)
    with pytest.raises(Refused, match="the password is wrong"):
        actions.disable_totp("wrong", by=me, now=NOW)
    actions.disable_totp(PASSWORD, by=me, now=NOW)
    assert signed_in("lin").token


def test_a_resident_is_registered_by_the_first_good_code_and_known_by_the_second() -> None:
    first = actions.start_phone("+86 138-1234-5678", visitor=HERE, now=NOW)
    assert (first.phone, len(first.code)) == ("13812345678", 6)
    person = actions.verify_phone("13812345678", first.code, visitor=HERE, now=NOW).person_id
    again = actions.start_phone("13812345678", visitor=HERE, now=NOW)
    session = actions.verify_phone("13812345678", again.code, visitor=HERE, now=NOW)
    assert session.person_id == person
    caller = actions.caller_from(session_token=session.token, now=NOW)
    assert caller.duties == {Duty.CITIZEN}
    assert caller.name.startswith("居民")
    assert "5678" not in caller.name


def test_a_phone_code_lives_five_minutes_opens_its_own_number_and_bears_five_tries() -> None:
    code = actions.start_phone("13812345678", visitor=HERE, now=NOW).code
    actions.start_phone("13912345678", visitor=HERE, now=NOW)
    with pytest.raises(NotSignedIn, match="the code is wrong"):
        actions.verify_phone("13912345678", code, visitor=HERE, now=NOW)
    with pytest.raises(NotSignedIn, match="this number has no open code"):
        actions.verify_phone("13812345678", code, visitor=HERE, now=NOW + 300 * S)
    for _ in range(5):
        with pytest.raises(NotSignedIn, match="the code is wrong"):
            actions.verify_phone("13812345678", "000000" if code != "000000" else "1", visitor=HERE, now=NOW)
    with pytest.raises(NotSignedIn, match="it was tried too often"):
        actions.verify_phone("13812345678", code, visitor=HERE, now=NOW)


def test_five_codes_an_hour_go_to_one_number() -> None:
    for _ in range(5):
        actions.start_phone("13812345678", visitor=HERE, now=NOW)
    with pytest.raises(TooMany, match="at most 5 in an hour"):
        actions.start_phone("13812345678", visitor=HERE, now=NOW)


def test_as_many_codes_an_hour_go_out_for_one_address_as_are_configured(settings: Any) -> None:
    settings.GRIDLOOP_LIMITS = {"phone_code_per_address": 3}
    for number in range(3):
        actions.start_phone(f"1381234000{number}", visitor=HERE, now=NOW)
    with pytest.raises(TooMany, match="at most 3 in an hour"):
        actions.start_phone("13812340009", visitor=HERE, now=NOW)


@pytest.mark.parametrize("phone", ["12345", "23812345678", "138123456789", "one"])
def test_what_is_no_mobile_number_is_refused(phone: str) -> None:
    with pytest.raises(Malformed, match="is no mobile number; write 11 digits such as 13812345678"):
        actions.start_phone(phone, visitor=HERE, now=NOW)


def test_a_session_ends_by_time_by_signing_out_and_with_the_account() -> None:
    person = a_person(Duty.ADMIN, area="", login="lin", password=PASSWORD)
    token = a_session(person, now=NOW)
    assert actions.caller_from(session_token=token, now=NOW + dt.timedelta(hours=13)).via == "public"
    actions.sign_out(token, by=a_caller(person), now=NOW)
    assert actions.caller_from(session_token=token, now=NOW).via == "public"
    other = a_person(login="wu", password=PASSWORD)
    token = a_session(other, now=NOW)
    actions.set_active(other, active=False, by=a_caller(person), now=NOW)
    assert actions.caller_from(session_token=token, now=NOW).via == "public"
    with pytest.raises(NotSignedIn):
        signed_in("wu")


def test_a_changed_password_ends_the_other_sessions() -> None:
    person = a_person(login="lin", password=PASSWORD)
    mine, other = a_session(person, now=NOW), a_session(person, now=NOW)
    me = actions.caller_from(session_token=mine, now=NOW)
    with pytest.raises(Refused, match="the present password is wrong"):
        actions.change_password("wrong", "another-long-password", keep_token=mine, by=me, now=NOW)
    with pytest.raises(Refused, match="a password has 10 to 128 characters; this one has 5"):
        actions.change_password(PASSWORD, "short", keep_token=mine, by=me, now=NOW)
    with pytest.raises(Refused, match="the password is easily guessed"):
        actions.change_password(PASSWORD, "linlinlinlin", keep_token=mine, by=me, now=NOW)
    actions.change_password(PASSWORD, "another-long-password", keep_token=mine, by=me, now=NOW)
    assert actions.caller_from(session_token=mine, now=NOW).person_id == person
    assert actions.caller_from(session_token=other, now=NOW).via == "public"


def test_finding_the_caller_costs_one_statement(django_assert_num_queries) -> None:
    person = a_person(Duty.DISPATCHER, Duty.ACCEPTOR, login="lin")
    token = a_session(person, now=NOW)
    with django_assert_num_queries(1):
        caller = actions.caller_from(session_token=token, now=NOW + S)
    assert len(caller.grants) == 2
