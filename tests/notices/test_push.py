"""Pushes to browsers, against a push service that speaks the protocol."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridloop.identity.models import Person
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, Refused
from gridloop.notices import actions, queries
from gridloop.notices.channels import push as channel
from gridloop.notices.channels.letter import Letter, Undeliverable
from gridloop.notices.models import Delivery, Subscription
from gridloop.notices.push import keys
from gridloop.notices.push.actions import PER_READER_MAX
from tests.notices.conftest import jobs
from tests.notices.push_service import PushService, running

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)
SUBJECT = "case:20261122-000731"
MakePerson = Callable[..., Person]


@pytest.fixture
def service(settings: Any, tmp_path: Path) -> Iterator[PushService]:
    settings.VAR = tmp_path
    settings.GRIDLOOP_PUSH = {"private_services": True, "contact": "mailto:loop@city.example"}
    made = PushService(public_key=keys.public_key())
    server = running(made)
    yield made
    server.shutdown()
    server.server_close()


def tell_closed(*people: int, key: str = "case:731:9") -> None:
    words = queries.words("closed", {"number": "20261122-000731", "title": "路灯不亮"}, NOW.date())
    actions.tell_words(people, words, subject=SUBJECT, key=key)


def pushes() -> list[int]:
    return list(Delivery.objects.filter(channel="push").order_by("id").values_list("id", flat=True))


def test_what_rings_the_bell_reaches_the_lock_screen_sealed_and_signed(
    service: PushService, a_person: MakePerson
) -> None:
    person, phone = a_person(language="zh").pk, service.handset()
    actions.subscribe(phone.browser, person_id=person, language="en", now=NOW)
    with CaptureQueriesContext(connection) as spent:
        tell_closed(person)
    assert len(spent) == 1
    [one] = pushes()
    assert one in [job for job, _ in jobs()]
    assert actions.deliver(one, now=NOW) == "sent"
    assert actions.deliver(one, now=NOW) == "sent"
    [(path, headers, body)] = service.got
    assert path == "/push/one"
    assert (headers["ttl"], headers["urgency"], len(headers["topic"])) == ("86400", "normal", 32)
    assert "路灯".encode() not in body
    assert phone.opened(body) == {
        "title": "20261122-000731 is done: how was it?", "number": "20261122-000731", "about": "case", "lang": "en",
    }  # fmt: skip
    kept = Subscription.objects.get()
    assert (kept.last_ok_at, kept.failures) == (NOW, 0)
    assert phone.endpoint.encode() not in bytes(kept.box_sealed)


def test_a_service_refuses_a_message_that_somebody_else_signed(service: PushService, a_person: MakePerson) -> None:
    service.public_key = "another"
    actions.subscribe(service.handset().browser, person_id=a_person().pk, language="zh", now=NOW)
    tell_closed(Person.objects.get().pk)
    assert actions.deliver(pushes()[0], now=NOW) == "failed"
    assert "403 not the key" in Delivery.objects.get(channel="push").last_error


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_is_no_dead_letter(
    service: PushService, a_person: MakePerson, status: int
) -> None:
    person, phone = a_person().pk, service.handset()
    actions.subscribe(phone.browser, person_id=person, language="zh", now=NOW)
    actions.subscribe(phone.browser, reader="reporter:1", language="zh", now=NOW)
    tell_closed(person)
    service.status = status
    assert actions.deliver(pushes()[0], now=NOW) == "skipped"
    assert not Subscription.objects.exists()
    assert queries.dead_count() == 0


@pytest.mark.parametrize(("status", "retry_after", "wait_s"), [(503, "", 10), (429, "900", 900)])
def test_a_busy_service_is_asked_again_when_it_says_so(
    service: PushService, a_person: MakePerson, status: int, retry_after: str, wait_s: int
) -> None:
    actions.subscribe(service.handset().browser, person_id=a_person().pk, language="zh", now=NOW)
    tell_closed(Person.objects.get().pk)
    service.status, service.retry_after = status, retry_after
    [one] = pushes()
    assert actions.deliver(one, now=NOW) == "queued"
    assert [at - NOW for job, at in jobs() if job == one and at] == [dt.timedelta(seconds=wait_s)]
    assert Subscription.objects.get().failures == 1
    service.status = 201
    assert actions.deliver(one, now=NOW) == "sent"


def test_muting_pushes_or_a_kind_keeps_the_phone_silent(service: PushService, a_person: MakePerson) -> None:
    person = a_person()
    by = Caller(person.pk, person.name, language="zh")
    actions.subscribe(service.handset().browser, person_id=person.pk, language="zh", now=NOW)
    actions.prefer(["push"], [], by=by, now=NOW)
    tell_closed(person.pk)
    actions.prefer([], ["closed"], by=by, now=NOW)
    tell_closed(person.pk, key="case:731:10")
    assert pushes() == []


def test_a_reader_without_an_account_is_pushed_to_and_others_are_not(service: PushService) -> None:
    phone, other = service.handset(), service.handset("two")
    actions.subscribe(phone.browser, reader="reporter:81", language="zh", now=NOW)
    actions.subscribe(other.browser, reader="reporter:82", language="zh", now=NOW)
    words = queries.words("closed", {"number": "20261122-000731", "title": "路灯不亮"}, NOW.date())
    for _ in range(2):
        actions.tell_readers(["reporter:81"], words, subject=SUBJECT, key="case:731:9:closed")
    [one] = pushes()
    assert actions.deliver(one, now=NOW) == "sent"
    assert phone.opened(service.got[0][2])["number"] == "20261122-000731"


def test_a_browser_belongs_to_the_last_person_who_asked_there(service: PushService, a_person: MakePerson) -> None:
    lin, wang, phone = a_person().pk, a_person(login="wang").pk, service.handset()
    actions.subscribe(phone.browser, person_id=lin, language="zh", now=NOW)
    actions.subscribe(phone.browser, person_id=wang, language="zh", now=NOW)
    actions.subscribe(phone.browser, person_id=wang, language="en", now=NOW)
    assert list(Subscription.objects.values_list("person_id", "language")) == [(wang, "en")]
    assert actions.unsubscribe(phone.endpoint) == 1
    assert actions.unsubscribe(phone.endpoint) == 0


def test_no_report_is_followed_by_any_number_of_browsers(service: PushService) -> None:
    for number in range(PER_READER_MAX):
        actions.subscribe(service.handset(str(number)).browser, reader="reporter:1", language="zh", now=NOW)
    with pytest.raises(Refused, match="at most 20 browsers of a person and 5 of a report"):
        actions.subscribe(service.handset("more").browser, reader="reporter:1", language="zh", now=NOW)


def test_a_name_that_leads_inside_the_house_is_never_connected_to(service: PushService, settings: Any) -> None:
    phone = service.handset()
    settings.GRIDLOOP_PUSH = {}
    with pytest.raises(Malformed, match="public push service"):
        actions.subscribe(phone.browser, reader="reporter:1", language="zh", now=NOW)
    box = json.dumps(asdict(phone.browser))
    letter = Letter(box, "t", "x", "closed", "", {}, "zh", "k", SUBJECT)
    with pytest.raises(Undeliverable, match="no public address") as refused:
        channel.send(letter)
    assert refused.value.for_good
    assert service.got == []


def test_the_key_is_made_once_for_its_owner_alone(service: PushService, tmp_path: Path) -> None:
    path = tmp_path / "keys" / keys.NAME
    assert path.stat().st_mode & 0o077 == 0
    assert keys.public_key() == service.public_key
    path.chmod(0o644)
    with pytest.raises(Refused, match="can be read by others"):
        keys.public_key()


def test_the_doors_give_the_key_to_anybody_and_take_subscriptions_of_who_is_signed_in(service: PushService) -> None:
    client = Client()
    assert client.get("/api/v1/push/key").json() == {"key": service.public_key}
    phone = service.handset().browser
    form = {"endpoint": phone.endpoint, "keys": {"p256dh": phone.p256dh, "auth": phone.auth}}
    assert client.post("/api/v1/push/subscriptions", form, content_type="application/json").status_code == 401
    actions.subscribe(phone, reader="reporter:1", language="zh", now=NOW)
    off = client.delete("/api/v1/push/subscriptions", {"endpoint": phone.endpoint}, content_type="application/json")
    assert off.status_code == 204
    assert not Subscription.objects.exists()
