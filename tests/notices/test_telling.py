"""Telling people: what is written in the caller's transaction, and what goes out of the house afterwards."""

from __future__ import annotations

import datetime as dt
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from gridloop.identity.models import Person
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound, Refused
from gridloop.notices import actions, queries, rules
from gridloop.notices.channels import protocol
from gridloop.notices.models import Delivery, Notice
from tests.notices.conftest import Gateway, Mailbox, jobs, queued, start_gateway

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
FACTS = {"number": "20261122-000731", "title": "路灯不亮"}
MakePerson = Callable[..., Person]


def tell_closed(*people: int, key: str = "case:731:9") -> None:
    actions.tell_words(people, queries.words("closed", FACTS, NOW.date()), subject="case:20261122-000731", key=key)


def as_caller(person: Person) -> Caller:
    return Caller(person.pk, person.name, language=person.language)


def test_telling_is_one_statement_and_a_key_told_before_changes_nothing(a_person: MakePerson) -> None:
    lin, wang = a_person().pk, a_person(login="wang").pk
    with CaptureQueriesContext(connection) as spent:
        tell_closed(lin, wang)
    assert len(spent) == 1
    assert Notice.objects.count() == 2
    assert Delivery.objects.count() == 4
    assert [job for job, _ in jobs()] == queued()
    tell_closed(lin, wang)
    assert Notice.objects.count() == 2
    assert len(jobs()) == 4


def test_what_is_rolled_back_was_never_told(a_person: MakePerson) -> None:
    person = a_person().pk
    with transaction.atomic():
        tell_closed(person)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not jobs()


def test_mail_goes_out_once_in_the_persons_language(a_person: MakePerson, mailbox: Mailbox) -> None:
    tell_closed(a_person(language="en").pk)
    mail_id = Delivery.objects.get(channel="email").pk
    assert actions.deliver(mail_id, now=NOW) == "sent"
    assert actions.deliver(mail_id, now=NOW) == "sent"
    [mail] = mailbox.mails
    assert mail["Subject"] == "20261122-000731 is done: how was it?"
    assert "路灯不亮" in mail.get_content()
    assert mail["To"] == "lin@city.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "loop@city.example" in mail["From"]


def test_a_mail_attempted_twice_carries_the_same_message_id(a_person: MakePerson, mailbox: Mailbox) -> None:
    tell_closed(a_person().pk)
    row = Delivery.objects.get(channel="email")
    actions.deliver(row.pk, now=NOW)
    Delivery.objects.filter(pk=row.pk).update(status="queued")  # as if the worker had been killed before its commit
    actions.deliver(row.pk, now=NOW)
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_a_busy_mail_server_is_asked_again_later_with_growing_waits(a_person: MakePerson, mailbox: Mailbox) -> None:
    tell_closed(a_person().pk)
    row = Delivery.objects.get(channel="email")
    mailbox.refuse = "451 try later"
    for _ in range(2):
        assert actions.deliver(row.pk, now=NOW) == "queued"
    times = [at for delivery, at in jobs() if delivery == row.pk and at]
    assert times == [NOW + dt.timedelta(seconds=wait) for wait in rules.BACK_OFF_S[:2]]
    mailbox.refuse = ""
    assert actions.deliver(row.pk, now=NOW) == "sent"
    assert len(mailbox.mails) == 1


def test_a_final_refusal_is_a_dead_letter_that_an_administrator_can_send_again(
    a_person: MakePerson, mailbox: Mailbox
) -> None:
    tell_closed(a_person().pk)
    row = Delivery.objects.get(channel="email")
    mailbox.refuse = "550 no such user"
    assert actions.deliver(row.pk, now=NOW) == "failed"
    [dead] = queries.dead_letters()
    assert "550" in dead.last_error
    assert queries.dead_count() == 1
    mailbox.refuse = ""
    actions.send_again(row.pk, by=Caller(None, "admin"), now=NOW)
    assert actions.deliver(row.pk, now=NOW) == "sent"
    with pytest.raises(Refused, match="only a failed one"):
        actions.send_again(row.pk, by=Caller(None, "admin"), now=NOW)
    with pytest.raises(NotFound):
        actions.send_again(99_999_999, by=Caller(None, "admin"), now=NOW)


def test_after_the_last_attempt_it_is_given_up(a_person: MakePerson, settings: Any) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.GRIDLOOP_SMTP = {
            "host": "127.0.0.1",
            "port": closed.getsockname()[1],
            "starttls": False,
            "sender": "a@b.example",
        }
        tell_closed(a_person().pk)
        row = Delivery.objects.get(channel="email")
        results = [actions.deliver(row.pk, now=NOW) for _ in range(len(rules.BACK_OFF_S) + 1)]
    assert results == ["queued"] * len(rules.BACK_OFF_S) + ["failed"]


def test_a_line_break_in_an_address_sends_nothing(a_person: MakePerson, mailbox: Mailbox) -> None:
    tell_closed(a_person(email="a@b.example\r\nBcc: all@city.example").pk)
    assert actions.deliver(Delivery.objects.get(channel="email").pk, now=NOW) == "failed"
    assert not mailbox.mails


def test_a_text_message_goes_out_signed_and_once(a_person: MakePerson, gateway: Gateway) -> None:
    tell_closed(a_person().pk)
    row = Delivery.objects.get(channel="sms")
    assert actions.deliver(row.pk, now=NOW) == "sent"
    Delivery.objects.filter(pk=row.pk).update(status="queued")  # killed between the provider's answer and the commit
    assert actions.deliver(row.pk, now=NOW) == "sent"
    [message] = gateway.messages("13800000001")
    assert message["text"] == "【城市治理】20261122-000731 已办结,请评价"
    assert [json.loads(line) for line in gateway.outbox.read_text().splitlines()] == [message]


def test_a_kind_without_an_approved_template_goes_out_as_its_title(a_person: MakePerson, gateway: Gateway) -> None:
    actions.tell(
        a_person().pk,
        "drill",
        subject="x",
        title_zh="演练通知",
        title_en="Drill",
        text_zh="长文",
        text_en="long",
        channels=("sms",),
        key="d1",
    )
    [delivery] = queued()
    assert actions.deliver(delivery, now=NOW) == "sent"
    assert gateway.messages()[0]["text"] == "【城市治理】演练通知"
    assert not Notice.objects.get().on_bell


def test_a_code_reaches_a_number_that_belongs_to_nobody_and_is_kept_sealed(
    gateway: Gateway, transactional_db: None
) -> None:
    to = actions.Address("sms", "13911112222", "en")
    words = queries.words("phone_code", {"code": "482913", "minutes": "5"}, NOW.date())
    actions.tell_words(to, words, subject="phone", key="code:1")
    row = Delivery.objects.get()
    assert b"13911112222" not in bytes(row.address_sealed)
    assert actions.deliver(row.pk, now=NOW) == "sent"
    assert "482913" in gateway.messages("13911112222")[0]["text"]
    assert "482913" not in str(Notice.objects.values())


def test_a_wrong_number_is_final_and_a_wrong_key_waits(a_person: MakePerson, gateway: Gateway, settings: Any) -> None:
    actions.tell_words(
        actions.Address("sms", "12345"), queries.words("closed", FACTS, NOW.date()), subject="x", key="k1"
    )
    [wrong] = queued()
    assert actions.deliver(wrong, now=NOW) == "failed"
    assert "MOBILE_NUMBER_ILLEGAL" in Delivery.objects.get(pk=wrong).last_error
    settings.GRIDLOOP_SMS = {**settings.GRIDLOOP_SMS, "signing_key": "stolen"}
    tell_closed(a_person().pk)
    row = Delivery.objects.get(channel="sms", status="queued")
    assert actions.deliver(row.pk, now=NOW) == "queued"
    assert "SIGNATURE_DOES_NOT_MATCH" in Delivery.objects.get(pk=row.pk).last_error
    assert not gateway.messages()


def test_the_gateway_remembers_after_being_killed_and_forgets_half_a_line(gateway: Gateway, tmp_path: Path) -> None:
    outbox = tmp_path / "kept" / "outbox.jsonl"
    body = json.dumps(
        {
            "request_id": "r1",
            "phone_number": "13800000001",
            "sign_name": "甲",
            "template_code": "GL_CODE",
            "template_params": {"code": "1", "minutes": "5"},
        }
    ).encode()
    process, url = start_gateway(outbox)
    first = post(url, body, nonce="n1")
    process.kill()
    process.wait()
    process.stdout.close()  # type: ignore[union-attr]
    with outbox.open("a") as file:
        file.write('{"request_id": "r2", "phone')
    process, url = start_gateway(outbox)
    try:
        again = post(url, body, nonce="n2")
        assert again["message_id"] == first["message_id"]
        assert again["repeated"]
        assert post(url, body, nonce="n2")["code"] == "NONCE_USED"
        assert len(httpx.get(f"{url}/messages").json()["items"]) == 1
        assert "default-src 'none'" in httpx.get(url).headers["content-security-policy"]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()  # type: ignore[union-attr]


def post(url: str, body: bytes, *, nonce: str) -> dict[str, Any]:
    timestamp = str(int(dt.datetime.now(dt.UTC).timestamp()))
    signed = protocol.signature(
        "tests-key", method="POST", path=protocol.PATH, timestamp=timestamp, nonce=nonce, body=body
    )
    headers = {"X-Account": "tests", "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Signature": signed}
    return httpx.post(url + protocol.PATH, content=body, headers=headers).json()


def test_an_inbox_page_shows_script_as_text(gateway: Gateway) -> None:
    page = httpx.get(gateway.url, params={"phone": '"><script>alert(1)</script>'}).text
    assert "<script>" not in page


def test_muted_channels_and_kinds_stay_silent_but_the_bell_rings(a_person: MakePerson) -> None:
    person = a_person()
    actions.prefer(["sms"], [], by=as_caller(person), now=NOW)
    tell_closed(person.pk, key="a")
    assert list(Delivery.objects.values_list("channel", flat=True)) == ["email"]
    actions.prefer([], ["closed"], by=as_caller(person), now=NOW)
    tell_closed(person.pk, key="b")
    assert Delivery.objects.count() == 1
    assert queries.unread(person.pk) == 2
    actions.tell_words(
        person.pk, queries.words("phone_code", {"code": "1", "minutes": "5"}, NOW.date()), subject="phone", key="c"
    )
    assert Delivery.objects.count() == 2
    for channels, kinds in ((["bell"], []), ([], ["nonsense"])):
        with pytest.raises(Malformed):
            actions.prefer(channels, kinds, by=as_caller(person), now=NOW)


def test_without_an_address_a_delivery_is_skipped(a_person: MakePerson) -> None:
    tell_closed(a_person(email="", phone="").pk)
    assert {actions.deliver(one, now=NOW) for one in queued()} == {"skipped"}
    assert actions.deliver(10**9, now=NOW) == "gone"


def test_reading_is_for_ones_own_notices_only(a_person: MakePerson) -> None:
    lin, wang = a_person(), a_person(login="wang", language="en")
    tell_closed(lin.pk, wang.pk)
    mine = queries.notices(wang.pk, "en", unread_only=True)
    assert [one.title for one in mine] == ["20261122-000731 is done: how was it?"]
    with pytest.raises(NotFound):
        actions.read(mine[0].id, by=as_caller(lin), now=NOW)
    actions.read(mine[0].id, by=as_caller(wang), now=NOW)
    actions.read(mine[0].id, by=as_caller(wang), now=NOW)
    assert queries.notices(wang.pk, "en", unread_only=True) == []
    assert queries.notices(wang.pk, "en")[0].read
    assert actions.read_all(by=as_caller(lin), now=NOW) == 1
    assert queries.unread(lin.pk) == 0
