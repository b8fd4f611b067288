"""A push reaches a real browser's own worker: what our sender would have sealed is shown on the lock screen, and a tap opens what it is about."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from gridloop.notices.push.rules import payload
from tests.running import Platform
from tests.stories.cases import Numbers
from tests.stories.conftest import Seat

pytestmark = pytest.mark.story
CONTROLLED = "() => new Promise(good => navigator.serviceWorker.controller ? good(true) : navigator.serviceWorker.addEventListener('controllerchange', () => good(true)))"
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(one => ({ title: one.title, lang: one.lang, tag: one.tag, icon: new URL(one.icon).pathname, url: one.data.url }))"""
TAP = """url => {
  const event = new ExtendableEvent('notificationclick')
  Object.defineProperty(event, 'notification', { value: { close: () => undefined, data: { url } } })
  self.dispatchEvent(event)
}"""


def delivered(session: CDPSession, page: Page, base: str, text: bytes) -> None:
    """Hand the opened message to the worker, as the browser does once it has taken off the seal."""
    found: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda said: found.extend(one["registrationId"] for one in said["registrations"] if one["scopeURL"] == f"{base}/"))  # fmt: skip
    session.send("ServiceWorker.enable")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    assert found, "the browser knows of no worker of the residents' app"
    session.send(
        "ServiceWorker.deliverPushMessage", {"origin": base, "registrationId": found[-1], "data": text.decode()}
    )


def test_a_push_is_shown_and_a_tap_opens_the_case(seat: Seat, platform: Platform, numbers: Numbers) -> None:
    person = seat("zh", phone=True)
    page, context = person.page, person.context
    context.grant_permissions(["notifications", "geolocation"], origin=platform.base)
    page.goto("/")
    page.evaluate(CONTROLLED)
    session = context.new_cdp_session(page)
    case = payload(f"{numbers.checking} 已办结", f"case:{numbers.checking}", "zh")
    delivered(session, page, platform.base, case)
    shown: list[dict[str, str]] = []
    for _ in range(100):
        shown = page.evaluate(SHOWN)
        if shown:
            break
        page.wait_for_timeout(100)
    assert shown == [
        {"title": f"{numbers.checking} 已办结", "lang": "zh", "tag": numbers.checking, "icon": "/citizen/icon-192.png", "url": f"/r/{numbers.checking}"}
    ]  # fmt: skip
    assert set(json.loads(case)) == {"title", "number", "about", "lang"}, "nothing else of anybody"

    worker = context.service_workers[0]
    worker.evaluate(TAP, f"/r/{numbers.checking}")
    expect(page).to_have_url(re.compile(f"/r/{numbers.checking}$"))
