"""Pushes about a report that was sent without an account: its secret proves who may have them, and they come with the steps."""

from __future__ import annotations

from typing import Any

import pytest

from gridloop.cases.actions.telling import tell_waiting
from gridloop.kernel import clock
from gridloop.notices.models import Delivery, Notice, Subscription
from tests.builders import Crew, a_client, a_step
from tests.cases.test_reports_door import send
from tests.notices.push_service import Handset

pytestmark = pytest.mark.django_db


def test_a_browser_that_holds_the_secret_is_told_of_each_step_and_no_other(crew: Crew, settings: Any) -> None:
    settings.GRIDLOOP_PUSH = {"private_services": True}
    client, phone = a_client(language="zh"), Handset("http://127.0.0.1:9/one").browser
    taken, other = send(client), send(client, text="井盖松动")
    form = {"endpoint": phone.endpoint, "keys": {"p256dh": phone.p256dh, "auth": phone.auth}}

    def asked(number: str, secret: str) -> int:
        address = f"/api/v1/reports/{number}/push?secret={secret}"
        return client.post(address, form, content_type="application/json").status_code

    assert asked(taken["number"], other["secret"]) == 404
    assert asked(taken["number"], "") == 404
    assert [asked(taken["number"], taken["secret"]) for _ in range(2)] == [204, 204]
    assert Subscription.objects.count() == 1
    tell_waiting(clock.now())
    Delivery.objects.filter(channel="push").delete()
    for number in (taken["number"], other["number"]):
        a_step(number, "register", crew=crew, who="acceptor", now=clock.now(), **{"class": "event:0102"})
    tell_waiting(clock.now())
    [pushed] = Delivery.objects.filter(channel="push").select_related("notice")
    assert (pushed.notice.subject, pushed.notice.kind) == (f"case:{taken['number']}", "registered")
    assert pushed.notice.on_bell is False
    assert not Notice.objects.filter(on_bell=True, subject=f"case:{taken['number']}", kind="registered").exists()
