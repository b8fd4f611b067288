"""Giving, taking back and handing on duties: never more than one holds oneself, never for longer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from gridloop.audit.actions import record
from gridloop.identity import rules
from gridloop.identity.actions.permits import require_person
from gridloop.identity.models import Grant, Person, Unit
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import DUTY_NAMES, Duty
from gridloop.kernel.errors import Malformed, NotAllowed, NotFound, Refused


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What is said of a grant when it is given."""

    person_id: int
    duty: Duty
    area: str = ""
    unit_id: int | None = None
    purpose: str = ""
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None


def give(new: NewGrant, *, by: Caller, now: dt.datetime) -> int:
    """Give a duty and return the grant's id; needs an administrator whose own grant covers its area, unit and time."""
    with transaction.atomic():
        person = _person(new.person_id)
        unit = _unit(new.unit_id)
        reach = _reach(new, unit, now, backdated=by.via == "system")
        if by.via != "system":
            _check_covered(reach, by, now)
        if new.duty is Duty.UNIT and unit is None and by.via != "system":
            raise Malformed(
                "the duty of a responsible unit needs the unit that it is for",
                zh="处置单位职责必须指定单位",
                fields={"unit_id": "missing"},
            )
        grant = Grant.objects.create(
            person=person,
            duty=new.duty.value,
            area=new.area,
            unit=unit,
            purpose=new.purpose,
            valid_from=reach.valid_from,
            valid_to=new.valid_to,
            granted_by_id=by.person_id,
            created_at=now,
        )
        _tell("grant.given", grant, by=by, now=now)
    return int(grant.pk)


def delegate(grant_id: int, new: NewGrant, *, by: Caller, now: dt.datetime) -> int:
    """Hand a part of one's own grant on to somebody else until a date, and return the new grant's id.

    `new.duty` is not looked at: it is the source's. A delegated grant cannot be handed on again, so that the one who
    answers for it is always one step away.
    """
    giver_id = require_person(by)
    with transaction.atomic():
        source = (
            Grant.objects.select_for_update(of=("self",))
            .select_related("unit")
            .filter(_valid(now), pk=grant_id, person_id=giver_id)
            .first()
        )
        if source is None:
            raise NotFound(
                f"you hold no grant {grant_id} now; only a grant of your own can be handed on",
                zh=f"您目前没有授权 {grant_id},只能转授本人持有的授权",
            )
        if source.delegated_from_id is not None:
            raise Refused(
                "this duty was handed to you by a colleague; only they or an administrator can give it to others",
                zh="该职责由同事转授给您,不能再次转授",
            )
        if new.person_id == giver_id:
            raise Refused("one cannot hand a duty to oneself", zh="不能转授给自己", fields={"person_id": "yourself"})
        if new.valid_to is None:
            raise Malformed("a delegation needs its end", zh="转授必须有截止时间", fields={"valid_to": "missing"})
        unit = _unit(new.unit_id) or source.unit
        inner = _reach(new, unit, now)
        rules.check_within(inner, _reach_of(source))
        grant = Grant.objects.create(
            person=_person(new.person_id),
            duty=source.duty,
            area=new.area,
            unit=unit,
            purpose=new.purpose,
            valid_from=inner.valid_from,
            valid_to=new.valid_to,
            granted_by_id=giver_id,
            delegated_from=source,
            created_at=now,
        )
        _tell("grant.delegated", grant, by=by, now=now)
    return int(grant.pk)


def revoke(grant_id: int, *, by: Caller, now: dt.datetime) -> int:
    """Take a grant back with everything that was handed on from it; returns how many ended.

    Allowed to the one who holds it, to the colleague who delegated it, and to an administrator who covers it.
    """
    with transaction.atomic():
        grant = Grant.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=grant_id).first()
        if grant is None:
            raise NotFound(f"there is no grant {grant_id}", zh=f"授权 {grant_id} 不存在")
        delegated_by_caller = grant.delegated_from_id is not None and grant.granted_by_id == by.person_id
        if by.via != "system" and require_person(by) != grant.person_id and not delegated_by_caller:
            _check_covered(_reach_of(grant, timeless=True), by, now)
        ended = 0
        for one in [grant, *Grant.objects.select_for_update(of=("self",)).filter(delegated_from=grant).order_by("pk")]:
            if one.revoked_at is None:
                Grant.objects.filter(pk=one.pk).update(revoked_at=now, revoked_by_id=by.person_id)
                _tell("grant.revoked", one, by=by, now=now)
                ended += 1
    return ended


def _check_covered(reach: rules.Reach, by: Caller, now: dt.datetime) -> None:
    """Refuse unless one administrator's grant of the caller covers this reach; tells what the nearest one lacks."""
    held = Grant.objects.select_related("unit").filter(_valid(now), person_id=require_person(by), duty=Duty.ADMIN.value)
    in_hand = {grant.id for grant in by.grants}  # a key's grants are narrower than its owner's
    refusal: NotAllowed | None = None
    for grant in held.filter(pk__in=in_hand):
        try:
            rules.check_within(reach, _reach_of(grant))
        except NotAllowed as lacking:
            refusal = lacking
        else:
            return
    raise refusal or NotAllowed(
        "only an administrator of the area gives and takes duties", zh="只有本区域的系统管理员可以授权或撤销授权"
    )


def _valid(now: dt.datetime) -> Q:
    """Grants that count now."""
    return Q(revoked_at__isnull=True, valid_from__lte=now) & (Q(valid_to__isnull=True) | Q(valid_to__gt=now))


def _reach(new: NewGrant, unit: Unit | None, now: dt.datetime, *, backdated: bool = False) -> rules.Reach:
    """How far a new grant goes; refuses a time that is over or upside down. Only an import may say that it began before now."""
    valid_from = (new.valid_from or now) if backdated else max(new.valid_from or now, now)
    if not (new.area == "" or new.area.isdigit()):
        raise Malformed(
            f"'{new.area[:20]}' is no area; write the digits of a division code, or nothing for everywhere",
            zh=f"“{new.area[:20]}”不是区划代码;请填写数字,全域请留空",
            fields={"area": "digits"},
        )
    if new.valid_to is not None and new.valid_to <= valid_from:
        raise Malformed(
            "the grant would end before it begins; choose a later end",
            zh="授权的截止时间早于开始时间,请选择更晚的截止时间",
            fields={"valid_to": "too early"},
        )
    return rules.Reach(new.area, unit.path if unit else "", valid_from, new.valid_to)


def _reach_of(grant: Grant, *, timeless: bool = False) -> rules.Reach:
    """How far a grant goes; `timeless` leaves its end out, for taking it back."""
    valid_to = grant.valid_from if timeless else grant.valid_to
    return rules.Reach(grant.area, grant.unit.path if grant.unit else "", grant.valid_from, valid_to)


def _person(person_id: int) -> Person:
    """An active person."""
    person = Person.objects.filter(pk=person_id, active=True).first()
    if person is None:
        raise NotFound(f"there is no active person {person_id}", zh=f"没有在用人员 {person_id}")
    return person


def _unit(unit_id: int | None) -> Unit | None:
    """The unit named, if one is."""
    if unit_id is None:
        return None
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound(f"there is no unit {unit_id}", zh=f"单位 {unit_id} 不存在")
    return unit


def _tell(action: str, grant: Grant, *, by: Caller, now: dt.datetime) -> None:
    """The ledger's line about a grant."""
    record(
        by,
        action,
        f"grant:{grant.pk}",
        at=now,
        area=grant.area,
        unit=grant.unit_id,
        detail={
            "people": [grant.person_id],
            "duty": grant.duty,
            "duty_zh": DUTY_NAMES[Duty(grant.duty)][0],
            "valid_from": grant.valid_from,
            "valid_to": grant.valid_to,
            "delegated_from": grant.delegated_from_id,
            "purpose": grant.purpose,
        },
    )


def give_many(new: Iterable[NewGrant], *, by: Caller, now: dt.datetime) -> list[int]:
    """Give several duties in one transaction: all of them, or none."""
    with transaction.atomic():
        return [give(one, by=by, now=now) for one in new]
