"""Which unit a case should go to, and why."""

from __future__ import annotations

from gridloop.cases.queries import names
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.routing import Routed, routed
from gridloop.identity import queries as identity
from gridloop.identity.queries import UnitView

KINDS: names.Shelf[str, tuple[UnitView, ...]] = names.Shelf()


def unit_for(facts: CaseFacts, masters: Masters) -> Routed:
    """The unit for this case; no statement while what it asks is known, else one."""
    key = (facts.class_kind or "", facts.class_code or "")
    owner = facts.routing.get("owner_unit")
    return routed(masters, masters.classes.get(key), facts.place, owner_unit=owner, unit_for_kind=unit_of_kind)


def unit_of_kind(kind: str, area: str) -> int | None:
    """The unit of a department kind that answers for an area."""
    if KINDS.missing([kind]):
        KINDS.put(kind, tuple(identity.units_of_kind(kind)))
    found = identity.answering(KINDS.get(kind) or (), area)
    return found.id if found else None
