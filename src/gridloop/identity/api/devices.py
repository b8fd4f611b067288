"""How phones are set up, get their share of the key, and are emptied from afar."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from gridloop.identity import actions, queries
from gridloop.kernel import clock
from gridloop.kernel.asked import Asked
from gridloop.kernel.permits import Permits, own, public

router = Router(tags=["phones"])
PERMITS: Permits = {
    ("GET", "/devices"): own(),
    ("POST", "/devices"): own(),
    ("POST", "/devices/share"): own(),
    ("POST", "/devices/check"): public(),
    ("POST", "/devices/wiped"): public(),
    ("POST", "/devices/{device_id}/wipe"): own(),
}
Token = Annotated[str, Field(min_length=20, max_length=80, pattern=r"^[A-Za-z0-9_-]+$")]
Proof = Annotated[str, Field(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]+$")]
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class DeviceForm(Schema):
    """A phone that is being set up: what it is called, and the proof that its person knows the PIN."""

    name: Words = ""
    proof: Proof


class ShareForm(Schema):
    """A known phone, and the proof of its PIN."""

    token: Token
    proof: Proof


class TokenForm(Schema):
    """A known phone."""

    token: Token


class WipeForm(Schema):
    """Lost for real, or the drill of it."""

    kind: Literal["lost", "drill"] = "lost"
    why: Words = ""


class ShareOut(Schema):
    """The server's share of the key and until when it may stay on the phone; `tries` wrong PINs in a row empty it."""

    id: int
    token: str
    share: str
    until: dt.datetime
    tries: int


class WipeOut(Schema):
    """Whether the phone has to empty itself: kind is empty where it has not."""

    kind: str
    asked_at: dt.datetime | None


class DeviceOut(Schema):
    """One phone; `took_s` from asking for the wipe until the phone said that it is empty."""

    id: int
    person_id: int
    person_name: str
    name: str
    created_at: dt.datetime
    last_seen_at: dt.datetime
    share_until: dt.datetime | None
    failed: int
    wipe_kind: str
    wipe_why: str
    wipe_asked_at: dt.datetime | None
    wipe_asked_by: str | None
    wiped_at: dt.datetime | None
    took_s: int | None


class DeviceList(Schema):
    """One's own phones, and for administrators and supervisors those of the area."""

    items: list[DeviceOut]


@router.get("/devices", response=DeviceList)
def devices(request: Asked) -> dict[str, list[queries.DeviceRow]]:
    """Phones that keep work."""
    return {"items": queries.devices_seen_by(request.caller, now=clock.now())}


@router.post("/devices", response={201: ShareOut})
def register(request: Asked, form: DeviceForm) -> Status[actions.ShareGiven]:
    """Set a phone up for oneself."""
    return Status(201, actions.register_device(form.name, form.proof, by=request.caller, now=clock.now()))


@router.post("/devices/share", response=ShareOut)
def share(request: Asked, form: ShareForm) -> actions.ShareGiven:
    """The share of the key, for the right PIN."""
    return actions.device_share(form.token, form.proof, by=request.caller, now=clock.now())


@router.post("/devices/check", response=WipeOut)
def check(request: Asked, form: TokenForm) -> actions.WipeWanted:  # noqa: ARG001 - Ninja's signature
    """Whether this phone has to empty itself; it asks without being signed in, because a lost one is not."""
    return actions.wipe_wanted(form.token, now=clock.now())


@router.post("/devices/wiped", response={204: None})
def wiped(request: Asked, form: TokenForm) -> Status[None]:  # noqa: ARG001 - Ninja's signature
    """The phone is empty."""
    actions.confirm_wiped(form.token, now=clock.now())
    return Status(204, None)


@router.post("/devices/{int:device_id}/wipe", response={204: None})
def wipe(request: Asked, device_id: int, form: WipeForm) -> Status[None]:
    """Have a phone emptied: lost, or as a drill."""
    actions.wipe_device(device_id, form.kind, form.why, by=request.caller, now=clock.now())
    return Status(204, None)
