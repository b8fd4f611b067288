"""Pages of people, grants and keys, each within the areas that the asker may see; one statement a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gridloop.identity.models import ApiKey, Grant, Person

LIMIT_MAX = 200


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant with the names that a list shows."""

    id: int
    person_id: int
    person_name: str
    duty: str
    area: str
    unit_id: int | None
    unit_zh: str | None
    unit_en: str | None
    purpose: str
    valid_from: dt.datetime
    valid_to: dt.datetime | None
    granted_by: str | None
    delegated_from: int | None
    person_name_en: str = ""
    granted_by_en: str | None = None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as an administrator's list shows them."""

    id: int
    login: str | None
    name: str
    title: str
    unit_id: int | None
    unit_zh: str | None
    unit_en: str | None
    active: bool
    totp: bool
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as its owner's list shows it; never its token."""

    id: int
    prefix: str
    name: str
    person_id: int
    unit_id: int | None
    scopes: list[str]
    area: str
    rate_per_minute: int
    created_at: dt.datetime
    valid_to: dt.datetime | None
    revoked_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Me:
    """The signed-in person's own line."""

    id: int
    name: str
    title: str
    language: str
    totp: bool
    is_resident: bool
    name_en: str = ""


def me(person_id: int) -> Me | None:
    """The person's own line; one statement."""
    row = (
        Person.objects.filter(pk=person_id)
        .values_list("id", "name", "title", "language", "totp_confirmed_at", "is_resident", "name_en")
        .first()
    )
    return Me(row[0], row[1], row[2], row[3], row[4] is not None, row[5], row[6]) if row else None


def grants_of(person_id: int, now: dt.datetime) -> list[GrantRow]:
    """The grants that a person holds now."""
    return _grants(Grant.objects.filter(person_id=person_id), now)


def grants_within(
    person_id: int | None,
    areas: Iterable[str],
    now: dt.datetime,
    *,
    of: int | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[GrantRow]:
    """The person's own grants, those that they delegated, and all within these areas; by id, above `after`."""
    rows = Grant.objects.filter(
        Q(person_id=person_id) | Q(granted_by_id=person_id) | _under("area", areas), pk__gt=after
    )
    if of is not None:
        rows = rows.filter(person_id=of)
    return _grants(rows, now, limit)


def people_within(areas: Iterable[str], *, q: str = "", after: int = 0, limit: int = 100) -> list[PersonRow]:
    """People who work in units of these areas ("" includes those without a unit), by id, above `after`; residents are not listed."""
    areas = list(areas)
    within = _under("unit__area", areas)
    if "" in areas:
        within = Q()
    rows = Person.objects.filter(within, is_resident=False, pk__gt=after)
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(name_en__icontains=q) | Q(login__icontains=q))
    columns = (
        "id",
        "login",
        "name",
        "title",
        "unit_id",
        "unit__name_zh",
        "unit__name_en",
        "active",
        "totp_confirmed_at",
        "name_en",
    )
    listed = rows.order_by("id").values_list(*columns)[: min(limit, LIMIT_MAX)]
    return [
        PersonRow(pk, login, name, title, unit_id, unit_zh, unit_en, active, confirmed is not None, name_en)
        for pk, login, name, title, unit_id, unit_zh, unit_en, active, confirmed, name_en in listed
    ]


def keys_within(person_id: int | None, areas: Iterable[str]) -> list[KeyRow]:
    """The person's own keys and those of these areas, newest first."""
    rows = ApiKey.objects.filter(Q(person_id=person_id) | _under("area", areas)).order_by("-id")[:LIMIT_MAX]
    return [
        KeyRow(
            row.pk,
            row.prefix,
            row.name,
            row.person_id,
            row.unit_id,
            row.scopes,
            row.area,
            row.rate_per_minute,
            row.created_at,
            row.valid_to,
            row.revoked_at,
        )
        for row in rows
    ]


def _grants(rows: QuerySet[Grant], now: dt.datetime, limit: int = LIMIT_MAX) -> list[GrantRow]:
    """Grants that count now or will, with names."""
    valid = Q(revoked_at__isnull=True) & (Q(valid_to__isnull=True) | Q(valid_to__gt=now))
    columns = (
        "id",
        "person_id",
        "person__name",
        "duty",
        "area",
        "unit_id",
        "unit__name_zh",
        "unit__name_en",
        "purpose",
        "valid_from",
        "valid_to",
        "granted_by__name",
        "delegated_from_id",
        "person__name_en",
        "granted_by__name_en",
    )
    return [GrantRow(*row) for row in rows.filter(valid).order_by("id").values_list(*columns)[: min(limit, LIMIT_MAX)]]


def _under(column: str, areas: Iterable[str]) -> Q:
    """Rows whose area lies under one of these prefixes."""
    found = Q(pk__in=[])
    for area in areas:
        found |= Q(**{f"{column}__gte": area, f"{column}__lt": area + "~"})
    return found
