"""Questions about people: names, and whom to tell."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import Now

from gridloop.identity.models import Grant, Person, Unit
from gridloop.identity.queries.views import PersonView
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotFound

NAMES_MAX = 20_000
COLUMNS = ("id", "login", "name", "title", "unit_id", "email", "language", "is_resident")


def person(person_id: int) -> PersonView:
    """The person with this id; one statement."""
    row = Person.objects.filter(pk=person_id).values_list(*COLUMNS).first()
    if row is None:
        raise NotFound(f"there is no person {person_id}", zh=f"人员 {person_id} 不存在")
    return PersonView(*row)


def person_by_login(login: str) -> PersonView | None:
    """The person with this login, or None; one statement."""
    row = Person.objects.filter(login=login).values_list(*COLUMNS).first()
    return PersonView(*row) if row else None


def person_names(ids: Iterable[int | None]) -> dict[int, str]:
    """Names by person id, for those that exist; one statement, none for no ids."""
    wanted = {one for one in ids if one is not None}
    return dict(Person.objects.filter(pk__in=wanted).values_list("id", "name")) if wanted else {}


def person_names_en(ids: Iterable[int | None]) -> dict[int, str]:
    """How the names of these people are written in English, where somebody has said so; one statement, none for no ids."""
    wanted = {one for one in ids if one is not None}
    rows = Person.objects.filter(pk__in=wanted).exclude(name_en="")
    return dict(rows.values_list("id", "name_en")) if wanted else {}


def names_en() -> dict[str, str]:
    """English by Chinese names of those who work here; a name that two people write differently is left out. One statement."""
    rows = Person.objects.filter(is_resident=False).exclude(name_en="").values("name")
    spelt = rows.annotate(one=Min("name_en"), other=Max("name_en")).order_by("name")
    return dict(spelt.filter(one=F("other")).values_list("name", "one")[:NAMES_MAX])


def units_of_people(ids: Iterable[int]) -> dict[int, int]:
    """Unit id by person id, for those that exist and belong to one; one statement, none for no ids."""
    wanted = set(ids)
    rows = Person.objects.filter(pk__in=wanted, unit_id__isnull=False).values_list("id", "unit_id") if wanted else ()
    return dict(rows)


def people_with(duty: Duty, area: str = "", unit_id: int | None = None, limit: int = 200) -> list[PersonView]:
    """Active people whose valid grant of `duty` covers `area` and, where one is named, the unit; one statement.

    A grant covers a unit when it names none, the unit itself, or one above it in the tree.
    """
    prefixes = [area[:length] for length in range(len(area) + 1)]
    grants = Grant.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=Now()),
        person=OuterRef("pk"),
        duty=duty.value,
        revoked_at__isnull=True,
        valid_from__lte=Now(),
        area__in=prefixes,
    )
    if unit_id is not None:
        path = Unit.objects.filter(pk=unit_id).values_list("path", flat=True).first() or ""
        above = [path[:length] for length in range(4, len(path) + 1, 4)]
        grants = grants.filter(Q(unit__isnull=True) | Q(unit__path__in=above))
    rows = Person.objects.filter(Exists(grants), active=True).order_by("id")
    return [PersonView(*row) for row in rows.values_list(*COLUMNS)[:limit]]
