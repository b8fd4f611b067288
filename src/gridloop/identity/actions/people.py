"""Making units and people, and changing one's own words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from gridloop.audit.actions import record
from gridloop.identity import rules
from gridloop.identity.actions.permits import require_grant, require_person
from gridloop.identity.actions.rates import count_rate
from gridloop.identity.actions.sign_in import end_sessions
from gridloop.identity.models import Person, Unit
from gridloop.identity.queries.seals import phone_hash, sealed_text
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, NotFound, Refused

KINDS_FILE = Path(__file__).parents[4] / "data" / "standards" / "department_kinds.json"
CENTRE_KINDS = {
    "city": ("市级管理机构", "city authority"),
    "supervision": ("监督中心", "supervision centre"),
    "command": ("指挥中心", "command centre"),
}
"""Kinds beside the departments of the standard: those who run the loop."""
TREE_LOCK = 0x756E697473  # "units"


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What is said of a unit when it is made."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    area: str = ""
    parent_id: int | None = None
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is said of a person when they are made; without a password they come in by telephone or OIDC only."""

    login: str
    name: str
    title: str = ""
    unit_id: int | None = None
    password: str = ""
    phone: str = ""
    email: str = ""
    email_verified: bool = False
    language: str = "zh"
    name_en: str = ""


@cache
def unit_kinds() -> Mapping[str, tuple[str, str]]:
    """Chinese and English name of every kind of unit: the departments of the master table and the centres."""
    table = json.loads(KINDS_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(CENTRE_KINDS | {code: (names["zh"], names["en"]) for code, names in table.items()})


def create_unit(new: NewUnit, *, by: Caller, now: dt.datetime) -> int:
    """Add a unit to the tree and return its id; needs an administrator of its area and of the unit above it."""
    if new.kind not in unit_kinds():
        raise Malformed(
            f"'{new.kind}' is no kind of unit; kinds are {', '.join(sorted(unit_kinds()))}",
            zh=f"“{new.kind}”不是单位类别;可用:{'、'.join(sorted(unit_kinds()))}",
            fields={"kind": "unknown"},
        )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [TREE_LOCK])
        parent = Unit.objects.filter(pk=new.parent_id).first() if new.parent_id is not None else None
        if new.parent_id is not None and parent is None:
            raise NotFound(f"there is no unit {new.parent_id} to stand under", zh=f"上级单位 {new.parent_id} 不存在")
        require_grant(by, Duty.ADMIN, area=new.area, unit_path=parent.path if parent else "")
        if Unit.objects.filter(code=new.code).exists():
            raise Refused(
                f"the code {new.code} is taken by another unit",
                zh=f"单位代码 {new.code} 已被使用",
                fields={"code": "taken"},
            )
        last = Unit.objects.filter(parent=parent).order_by("-path").values_list("path", flat=True).first()
        unit = Unit.objects.create(
            code=new.code,
            path=rules.next_path(parent.path if parent else "", last),
            kind=new.kind,
            name_zh=new.name_zh,
            name_en=new.name_en,
            area=new.area,
            parent=parent,
            phone=new.phone,
            email=new.email,
            valid_from=now,
        )
        record(
            by,
            "unit.created",
            f"unit:{unit.pk}",
            at=now,
            area=new.area,
            unit=unit.pk,
            detail={"code": new.code, "kind": new.kind},
        )
    return int(unit.pk)


def create_people(new: Iterable[NewPerson], *, by: Caller, now: dt.datetime) -> list[int]:
    """Add many people and return their ids; those who are given the same first password share the work of hashing it."""
    hashes: dict[str, str] = {}
    with transaction.atomic():
        return [_create_person(one, hashes, by=by, now=now) for one in new]


def create_person(new: NewPerson, *, by: Caller, now: dt.datetime) -> int:
    """Add a person who works here and return their id; needs an administrator of their unit. They hold no duty yet."""
    return _create_person(new, {}, by=by, now=now)


def _create_person(new: NewPerson, hashes: dict[str, str], *, by: Caller, now: dt.datetime) -> int:
    login = new.login.strip().lower()
    if not login:
        raise Malformed("a person needs a login", zh="人员需要登录账号", fields={"login": "empty"})
    if new.password:
        rules.check_password(new.password, login=login, name=new.name)
        if new.password not in hashes:
            hashes[new.password] = make_password(new.password)
    number = rules.phone_number(new.phone) if new.phone else ""
    with transaction.atomic():
        unit = Unit.objects.filter(pk=new.unit_id).first() if new.unit_id is not None else None
        if new.unit_id is not None and unit is None:
            raise NotFound(f"there is no unit {new.unit_id}", zh=f"单位 {new.unit_id} 不存在")
        require_grant(by, Duty.ADMIN, area=unit.area if unit else "", unit_path=unit.path if unit else "")
        _check_free(login, number)
        person = Person.objects.create(
            login=login,
            name=new.name,
            name_en=new.name_en.strip(),
            title=new.title,
            unit=unit,
            phone_hash=phone_hash(number) if number else None,
            phone_sealed=sealed_text(number) if number else None,
            email=new.email.strip().lower(),
            email_verified=new.email_verified and bool(new.email),
            language=new.language if new.language in {"zh", "en"} else "zh",
            password=hashes.get(new.password, ""),
            created_at=now,
        )
        record(
            by,
            "person.created",
            f"person:{person.pk}",
            at=now,
            area=unit.area if unit else "",
            unit=new.unit_id,
            detail={"login": login, "people": [person.pk]},
        )
    return int(person.pk)


def change_password(old: str, new: str, *, keep_token: str, by: Caller, now: dt.datetime) -> None:
    """Change one's own password; every other session of the person ends."""
    person_id = require_person(by)
    count_rate(f"password:{person_id}", limit=5, per_s=60, now=now)
    person = Person.objects.get(pk=person_id)
    if not check_password(old, person.password):
        raise Refused(
            "the present password is wrong; type it again", zh="原密码有误,请重新输入", fields={"old": "wrong"}
        )
    rules.check_password(new, login=person.login or "", name=person.name)
    with transaction.atomic():
        Person.objects.filter(pk=person_id).update(password=make_password(new))
        ended = end_sessions(person_id, keep=keep_token)
        record(by, "password.changed", f"person:{person_id}", at=now, detail={"sessions_ended": ended})


def set_active(person_id: int, *, active: bool, by: Caller, now: dt.datetime) -> None:
    """Close a person's account, or open it again; closing ends their sessions at once."""
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=person_id).first()
        if person is None:
            raise NotFound(f"there is no person {person_id}", zh=f"人员 {person_id} 不存在")
        unit = person.unit
        require_grant(by, Duty.ADMIN, area=unit.area if unit else "", unit_path=unit.path if unit else "")
        if person.active == active:
            return
        Person.objects.filter(pk=person_id).update(active=active)
        if not active:
            end_sessions(person_id)
        record(
            by,
            "person.opened" if active else "person.closed",
            f"person:{person_id}",
            at=now,
            area=unit.area if unit else "",
            unit=person.unit_id,
            detail={"people": [person_id]},
        )


def set_name_en(person_id: int, name_en: str, *, by: Caller, now: dt.datetime) -> None:
    """Say how a person's name is written in English, or with an empty text that it is not; needs an administrator of their unit."""
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=person_id).first()
        if person is None or person.is_resident:
            raise NotFound(f"there is no person {person_id}", zh=f"人员 {person_id} 不存在")
        unit = person.unit
        require_grant(by, Duty.ADMIN, area=unit.area if unit else "", unit_path=unit.path if unit else "")
        wanted = name_en.strip()
        if person.name_en == wanted:
            return
        Person.objects.filter(pk=person_id).update(name_en=wanted)
        record(
            by,
            "person.named",
            f"person:{person_id}",
            at=now,
            area=unit.area if unit else "",
            unit=person.unit_id,
            detail={"before": person.name_en, "after": wanted, "people": [person_id]},
        )


def set_language(language: str, *, by: Caller) -> None:
    """Remember the language that the caller chose, for notices."""
    if language not in {"zh", "en"}:
        raise Malformed(
            f"'{language[:10]}' is not spoken here; zh and en are", zh=f"不支持语言“{language[:10]}”,可用 zh、en"
        )
    Person.objects.filter(pk=require_person(by)).update(language=language)


def _check_free(login: str, number: str) -> None:
    """Refuse a login or telephone number that somebody else has."""
    if Person.objects.filter(login=login).exists():
        raise Refused(f"the login {login} is taken", zh=f"登录账号 {login} 已被使用", fields={"login": "taken"})
    if number and Person.objects.filter(phone_hash=phone_hash(number)).exists():
        raise Refused(
            "this telephone number belongs to another account", zh="该手机号已属于另一账号", fields={"phone": "taken"}
        )
