"""Phones that keep work: the server's share of their key, wrong PINs, wiping a lost one, and the drill of it."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.db.models import F

from gridloop.audit.actions import record
from gridloop.identity import rules
from gridloop.identity.actions.permits import require_person
from gridloop.identity.actions.rates import count_rate
from gridloop.identity.actions.sign_in import end_sessions, limits
from gridloop.identity.models import Device
from gridloop.identity.queries.devices import may_look_after
from gridloop.identity.queries.seals import secret_of
from gridloop.kernel.caller import Caller, system
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused

SHARE_BYTES = 32
PROOF = 43  # 32 bytes in base64url without padding
DEVICES_AN_HOUR = 12
TRIES_A_MINUTE = 30  # wrong ones are counted for good; this only keeps a loop from asking all day
WipeKind = Literal["lost", "drill"]


@dataclass(frozen=True, slots=True)
class ShareGiven:
    """The server's half of a phone's key, and until when the phone may keep it without a network."""

    id: int
    token: str
    share: str
    until: dt.datetime
    tries: int


@dataclass(frozen=True, slots=True)
class WipeWanted:
    """Whether a phone has to empty itself: kind is "", lost, drill, wrong_pin or replaced."""

    kind: str
    asked_at: dt.datetime | None


def register_device(name: str, proof: str, *, by: Caller, now: dt.datetime) -> ShareGiven:
    """Take a phone on for the caller: a token by which it is known, and a share of its key; both are told once."""
    person_id = require_person(by)
    _check_proof(proof)
    count_rate(f"device:new:{person_id}", limit=DEVICES_AN_HOUR, per_s=3600, now=now)
    token, share = rules.new_token(), _text(secrets.token_bytes(SHARE_BYTES))
    with transaction.atomic():
        device = Device.objects.create(
            person_id=person_id,
            token_hash=rules.token_hash(token),
            name=name.strip()[:80] or "phone",
            proof_hash=_proof_hash(token, proof),
            share_sealed=rules.sealed(secret_of("device-share"), share),
            created_at=now,
            last_seen_at=now,
            share_until=_until(now),
        )
        _told(by, "device.registered", device, now)
    return ShareGiven(device.pk, token, share, _until(now), limits()["phone_pin_tries"])


def device_share(token: str, proof: str, *, by: Caller, now: dt.datetime) -> ShareGiven:
    """The share once more for whoever knows the PIN and is signed in as the phone's person; too many wrong PINs take it away for good."""
    person_id = require_person(by)
    count_rate(f"device:share:{person_id}", limit=TRIES_A_MINUTE, per_s=60, now=now)
    with transaction.atomic():
        device = _of_token(token)
        if device.person_id != person_id:
            raise NotAllowed(
                "this phone keeps another person's work; ask an administrator to wipe it first",
                zh="这部手机存着另一位人员的工作,请先由管理员清除",
            )
        if device.share_sealed is None:
            raise _gone()
        if hmac.compare_digest(bytes(device.proof_hash), _proof_hash(token, proof)):
            share = rules.unsealed(secret_of("device-share"), bytes(device.share_sealed))
            Device.objects.filter(pk=device.pk).update(failed=0, last_seen_at=now, share_until=_until(now))
            return ShareGiven(device.pk, token, share, _until(now), limits()["phone_pin_tries"])
        left = _wrong_pin(device, by, now)
    # Outside the transaction: a refusal rolled back would forget the wrong PIN.
    if left <= 0:
        raise _gone()
    raise Refused(
        f"the PIN is wrong; {left} more wrong ones and the phone is emptied",
        zh=f"PIN 有误;再错 {left} 次,手机上的工作数据将被清除",
        fields={"pin": str(left)},
    )


def wipe_wanted(token: str, *, now: dt.datetime) -> WipeWanted:
    """What a phone asks at each start and whenever it is back in the network; a phone nobody knows has to empty itself too."""
    device = Device.objects.filter(token_hash=rules.token_hash(token)).first()
    if device is None:
        return WipeWanted("replaced", None)
    Device.objects.filter(pk=device.pk).update(last_seen_at=now)
    return WipeWanted(device.wipe_kind, device.wipe_asked_at)


def wipe_device(device_id: int, kind: WipeKind, why: str, *, by: Caller, now: dt.datetime) -> None:
    """Take a phone's share away and have it emptied when it next reaches the platform: by its person, or whoever looks after them."""
    require_person(by)
    with transaction.atomic():
        device = Device.objects.select_for_update().filter(pk=device_id).first()
        if device is None or not may_look_after(by, device.person_id, now):
            raise NotFound(f"there is no phone {device_id} that you look after", zh=f"没有您负责的手机 {device_id}")
        if device.wipe_kind == "drill" and kind == "lost" and device.wiped_at is None:
            Device.objects.filter(pk=device_id).update(wipe_kind="lost", wipe_why=why.strip()[:200])
            _told(by, "device.wipe_asked", device, now, kind=kind)
            end_sessions(device.person_id)
            return
        if device.wipe_kind:
            raise Refused(
                "this phone is to be emptied already; a phone that came back is set up anew",
                zh="这部手机已下达清除;找回后请重新设置",
            )
        _ask(device, kind, why.strip()[:200], by, now)
        if kind == "lost":
            end_sessions(device.person_id)  # whoever holds the phone may hold an open page of it


def confirm_wiped(token: str, *, now: dt.datetime) -> None:
    """The phone says that it is empty; saying so again changes nothing."""
    with transaction.atomic():
        device = Device.objects.select_for_update().filter(token_hash=rules.token_hash(token)).first()
        if device is None or device.wiped_at is not None:
            return
        if not device.wipe_kind:
            device.wipe_asked_at = now
            Device.objects.filter(pk=device.pk).update(wipe_kind="replaced", wipe_asked_at=now, share_sealed=None)
        Device.objects.filter(pk=device.pk).update(wiped_at=now, last_seen_at=now, share_until=None)
        took_s = round((now - (device.wipe_asked_at or now)).total_seconds())
        _told(system(f"device:{device.pk}"), "device.wiped", device, now, took_s=took_s)


def _wrong_pin(device: Device, by: Caller, now: dt.datetime) -> int:
    """Count a wrong PIN; returns how many are left, and takes the share away at none."""
    Device.objects.filter(pk=device.pk).update(failed=F("failed") + 1, last_seen_at=now)
    left = limits()["phone_pin_tries"] - device.failed - 1
    _told(by, "device.wrong_pin", device, now, left=max(0, left))
    if left <= 0:
        _ask(device, "wrong_pin", "", by, now)
    return left


def _ask(device: Device, kind: str, why: str, by: Caller, now: dt.datetime) -> None:
    """Delete the share and keep who wanted it."""
    Device.objects.filter(pk=device.pk).update(
        wipe_kind=kind, wipe_why=why, wipe_asked_at=now, wipe_asked_by=by.person_id, share_sealed=None
    )
    _told(by, "device.wipe_asked", device, now, kind=kind)


def _of_token(token: str) -> Device:
    """The phone with this token, locked."""
    device = Device.objects.select_for_update().filter(token_hash=rules.token_hash(token)).first()
    if device is None:
        raise _gone()
    return device


def _gone() -> Refused:
    """There is no share any more, so what the phone keeps can never be read again."""
    return Refused(
        "the key of this phone was taken away; it empties itself and is then set up anew",
        zh="这部手机的密钥已被收回;手机将清空,之后请重新设置",
        fields={"share": "gone"},
    )


def _told(by: Caller, action: str, device: Device, now: dt.datetime, **detail: str | int) -> None:
    """The ledger's entry about a phone."""
    record(
        by, action, f"device:{device.pk}", at=now, detail={"people": [device.person_id], "name": device.name} | detail
    )


def _until(now: dt.datetime) -> dt.datetime:
    """Until when the phone may keep the share without a network."""
    return now + dt.timedelta(hours=limits()["phone_share_hours"])


def _check_proof(proof: str) -> None:
    """Refuse what is no proof of a PIN."""
    if len(proof) != PROOF:
        raise Malformed(
            f"a proof of the PIN has {PROOF} characters", zh=f"PIN 证明应为 {PROOF} 个字符", fields={"proof": "length"}
        )


def _proof_hash(token: str, proof: str) -> bytes:
    """What is kept of a proof; the token is in it, so that it fits no other phone."""
    return rules.keyed_hash(secret_of("device-proof"), f"{token}:{proof}")


def _text(data: bytes) -> str:
    """Bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
