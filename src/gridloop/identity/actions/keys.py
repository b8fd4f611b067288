"""API keys: a connected system's way in, with named scopes, shown once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from gridloop.audit.actions import record
from gridloop.identity import rules
from gridloop.identity.actions.permits import require_person
from gridloop.identity.models import ApiKey, Unit
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound

PREFIX_SHOWN = 12
RATE_MAX = 60_000


@dataclass(frozen=True, slots=True)
class NewKey:
    """What is said of a key when it is made."""

    name: str
    scopes: frozenset[str]
    area: str = ""
    unit_id: int | None = None
    valid_to: dt.datetime | None = None
    rate_per_minute: int = 600


@dataclass(frozen=True, slots=True)
class KeyMade:
    """A fresh key; the token is shown now and never again."""

    id: int
    token: str
    prefix: str


def make_key(new: NewKey, *, by: Caller, now: dt.datetime) -> KeyMade:
    """Make a key that acts for the caller, with no more than the caller's own duties; needs the duty of an integrator or administrator."""
    owner_id = require_person(by)
    rules.check_scopes(new.scopes)
    if not new.name.strip():
        raise Malformed(
            "a key needs a name that says what it is for", zh="接口密钥需要一个说明用途的名称", fields={"name": "empty"}
        )
    if not 1 <= new.rate_per_minute <= RATE_MAX:
        raise Malformed(
            f"the rate is 1 to {RATE_MAX} requests a minute",
            zh=f"速率为每分钟 1 至 {RATE_MAX} 次",
            fields={"rate_per_minute": "range"},
        )
    unit = Unit.objects.filter(pk=new.unit_id).first() if new.unit_id is not None else None
    if new.unit_id is not None and unit is None:
        raise NotFound(f"there is no unit {new.unit_id}", zh=f"单位 {new.unit_id} 不存在")
    path = unit.path if unit else ""
    if not any(by.grant_for(duty, area=new.area, unit_path=path) for duty in (Duty.INTEGRATOR, Duty.ADMIN)):
        raise NotAllowed(
            f"a key for area '{new.area or 'everywhere'}' needs the duty of a connected system or an administrator there",
            zh=f"在区域“{new.area or '全域'}”签发接口密钥,需要对接系统或系统管理员职责",
        )
    token = rules.new_token(rules.KEY_PREFIX)
    with transaction.atomic():
        key = ApiKey.objects.create(
            token_hash=rules.token_hash(token),
            prefix=token[:PREFIX_SHOWN],
            name=new.name.strip(),
            person_id=owner_id,
            unit=unit,
            scopes=sorted(new.scopes),
            area=new.area,
            rate_per_minute=new.rate_per_minute,
            created_at=now,
            valid_to=new.valid_to,
        )
        record(
            by,
            "key.made",
            f"key:{key.pk}",
            at=now,
            area=new.area,
            unit=new.unit_id,
            detail={"name": key.name, "scopes": key.scopes, "valid_to": new.valid_to},
        )
    return KeyMade(int(key.pk), token, key.prefix)


def withdraw_key(key_id: int, *, by: Caller, now: dt.datetime) -> None:
    """End a key at once; its owner may, and an administrator of its area."""
    with transaction.atomic():
        key = ApiKey.objects.select_for_update(of=("self",)).filter(pk=key_id).first()
        if key is None:
            raise NotFound(f"there is no key {key_id}", zh=f"接口密钥 {key_id} 不存在")
        if require_person(by) != key.person_id and by.grant_for(Duty.ADMIN, area=key.area) is None:
            raise NotAllowed(
                "only the key's owner or an administrator of its area can withdraw it",
                zh="只有密钥负责人或其区域的系统管理员可以撤销",
            )
        if key.revoked_at is None:
            ApiKey.objects.filter(pk=key_id).update(revoked_at=now)
            record(
                by, "key.withdrawn", f"key:{key_id}", at=now, area=key.area, unit=key.unit_id, detail={"name": key.name}
            )
