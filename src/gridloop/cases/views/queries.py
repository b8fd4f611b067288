"""Which saved views a person sees: their own, and those shared with the units they work in."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from gridloop.cases.queries import names
from gridloop.cases.views.models import SavedView
from gridloop.identity import queries as identity
from gridloop.kernel.caller import Caller

SHOWN_MAX = 500


def units_of(by: Caller) -> set[int]:
    """The units whose people the caller belongs to: the one they work in, and those they hold a duty in."""
    held = {grant.unit_id for grant in by.grants if grant.unit_id is not None}
    home = identity.person(by.person_id).unit_id if by.person_id is not None else None
    return held if home is None else held | {home}


def own_units(by: Caller) -> list[dict[str, Any]]:
    """The same units with their names, for choosing whom to share with."""
    found = names.units(units_of(by))
    return [
        {"id": one.id, "zh": one.name_zh, "en": one.name_en} for one in sorted(found.values(), key=lambda one: one.path)
    ]


def views(by: Caller) -> list[dict[str, Any]]:
    """Own views first, then the units', by name; a fixed number of statements."""
    shared = Q(unit_id__in=units_of(by)) & ~Q(owner_id=by.person_id)
    rows = list(SavedView.objects.filter(Q(owner_id=by.person_id) | shared).order_by("name", "id")[:SHOWN_MAX])
    rows.sort(key=lambda row: row.owner_id != by.person_id)
    owners = identity.person_names({row.owner_id for row in rows})
    names.units({row.unit_id for row in rows})
    return [shown(row, by=by, owner=owners.get(row.owner_id, "")) for row in rows]


def shown(row: SavedView, *, by: Caller, owner: str) -> dict[str, Any]:
    """One view for the web."""
    unit = names.unit(row.unit_id)
    return {
        "id": row.pk,
        "name": row.name,
        "query": row.query,
        "own": row.owner_id == by.person_id,
        "owner": owner,
        "unit_id": row.unit_id,
        "unit_zh": unit.name_zh if unit else "",
        "unit_en": unit.name_en if unit else "",
    }
