"""How a browser asks for pushes: our public key, its subscription, and off again."""

from __future__ import annotations

from typing import Annotated

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.identity import actions as identity
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, own, public
from gridloop.notices.push import actions, keys, rules

router = Router(tags=["notices"])
PERMITS: Permits = {
    ("GET", "/push/key"): public(),
    ("POST", "/push/subscriptions"): own(),
    ("DELETE", "/push/subscriptions"): public(),
}
ASKED_PER_HOUR = 120


class PushKeyOut(Schema):
    """The key that a browser subscribes with (`applicationServerKey`), base64url."""

    key: str


class BrowserKeys(Schema):
    """The keys of a `PushSubscription`."""

    p256dh: Annotated[str, Field(max_length=120)]
    auth: Annotated[str, Field(max_length=60)]


class BrowserForm(Schema):
    """`PushSubscription.toJSON()` as it is."""

    endpoint: Annotated[str, Field(min_length=1, max_length=rules.ENDPOINT_CHARS_MAX)]
    keys: BrowserKeys

    def browser(self) -> rules.Browser:
        """As the rules know it."""
        return rules.Browser(self.endpoint, self.keys.p256dh, self.keys.auth)


class EndpointForm(Schema):
    """The browser that is to hear nothing more."""

    endpoint: Annotated[str, Field(min_length=1, max_length=rules.ENDPOINT_CHARS_MAX)]


@router.get("/push/key", response=PushKeyOut)
def key(request: Asked) -> PushKeyOut:  # noqa: ARG001 - Ninja hands it to every view
    """Our public key."""
    return PushKeyOut(key=keys.public_key())


@router.post("/push/subscriptions", response={204: None})
def subscribe(request: Asked, form: BrowserForm) -> Status[None]:
    """Push to this browser what rings the caller's bell."""
    by, now = request.caller, clock.now()
    person_id = identity.require_person(by)
    identity.count_rate(f"push:p{person_id}", limit=ASKED_PER_HOUR, per_s=3600, now=now)
    actions.subscribe(form.browser(), person_id=person_id, language=by.language, now=now)
    return Status(204, None)


@router.delete("/push/subscriptions", response={204: None})
def unsubscribe(request: Asked, form: EndpointForm) -> Status[None]:
    """Push nothing more to this browser, for whomever it asked."""
    identity.count_rate(f"push:off:{identity.client_ip(request)}", limit=ASKED_PER_HOUR, per_s=3600, now=clock.now())
    actions.unsubscribe(form.endpoint)
    return Status(204, None)
