"""Questions about units."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Length, Now

from gridloop.identity.models import Unit
from gridloop.identity.queries.views import UnitView
from gridloop.kernel.errors import NotFound

COLUMNS = ("id", "code", "path", "kind", "name_zh", "name_en", "area", "parent_id")


def unit(unit_id: int) -> UnitView:
    """The unit with this id, also one that no longer works; one statement."""
    row = Unit.objects.filter(pk=unit_id).values_list(*COLUMNS).first()
    if row is None:
        raise NotFound(f"there is no unit {unit_id}", zh=f"单位 {unit_id} 不存在")
    return UnitView(*row)


def unit_by_code(code: str) -> UnitView | None:
    """The unit with this code, or None; one statement."""
    row = Unit.objects.filter(code=code).values_list(*COLUMNS).first()
    return UnitView(*row) if row else None


def units(ids: Iterable[int] | None = None) -> list[UnitView]:
    """These units, or all that work now, in the order of the tree; one statement."""
    rows = Unit.objects.all() if ids is not None else Unit.objects.filter(_working())
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return [UnitView(*row) for row in rows.order_by("path").values_list(*COLUMNS)]


def units_under(path: str) -> list[UnitView]:
    """The unit at `path` and everything under it that works now; one statement, a range of the index."""
    rows = Unit.objects.filter(_working(), path__gte=path, path__lt=path + "~").order_by("path")
    return [UnitView(*row) for row in rows.values_list(*COLUMNS)]


def units_of_kind(kind: str) -> list[UnitView]:
    """The working units of this kind, those with the narrowest areas first, then in the order of the tree; one statement."""
    rows = Unit.objects.filter(_working(), kind=kind).order_by(Length("area").desc(), "path")
    return [UnitView(*row) for row in rows.values_list(*COLUMNS)]


def unit_for_kind(kind: str, area: str) -> UnitView | None:
    """The working unit of this kind whose area is the longest prefix of `area`, or None; one statement.

    Among several with the same area the first of the tree is taken.
    """
    return answering(units_of_kind(kind), area)


def answering(units_of_one_kind: Iterable[UnitView], area: str) -> UnitView | None:
    """The first of these units (in the order of `units_of_kind`) that answers for `area`, or None."""
    return next((unit for unit in units_of_one_kind if area.startswith(unit.area)), None)


def _working() -> Q:
    """Valid at the time of the statement, by the database's clock."""
    return Q(valid_from__lte=Now()) & (Q(valid_to__isnull=True) | Q(valid_to__gt=Now()))
