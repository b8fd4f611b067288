"""What each address of the API asks of a caller, as data: every room's `api.py` declares `PERMITS` beside its router.

The site refuses to start with an address that has no permit, checks the permit before the view runs, and makes the
permission matrix of the documentation and of the tests from the same table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gridloop.kernel.duties import Duty


class Scope(StrEnum):
    """How far a permit reaches once the caller is known."""

    PUBLIC = "public"
    """Anybody, signed in or not."""
    SIGNED_IN = "signed_in"
    """Any person who is signed in, or a key of the named scope."""
    OWN = "own"
    """Any person, but only what is theirs; the room's action looks."""
    AREA = "area"
    """Holders of one of the duties, within the area of their grant; the room's action looks at the area."""
    UNIT = "unit"
    """Holders of one of the duties, within the unit of their grant; the room's action looks at the unit."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Who may use one address: scope, the duties that open it (none means any), and the scope a key needs ("" means no key)."""

    scope: Scope
    duties: frozenset[Duty] = field(default_factory=frozenset)
    api_scope: str = ""


Permits = Mapping[tuple[str, str], Permit]
"""(method, address below /api/v1 as the router writes it, such as "/cases/{number}") -> permit."""


def public(api_scope: str = "") -> Permit:
    """Anybody may; a key may only if it has `api_scope`, unless that is empty."""
    return Permit(Scope.PUBLIC, api_scope=api_scope)


def signed_in(api_scope: str = "") -> Permit:
    """Any signed-in person may, and a key that has `api_scope`."""
    return Permit(Scope.SIGNED_IN, api_scope=api_scope)


def own(api_scope: str = "") -> Permit:
    """Any signed-in person may, for what is theirs."""
    return Permit(Scope.OWN, api_scope=api_scope)


def in_area(*duties: Duty, api_scope: str = "") -> Permit:
    """Holders of one of these duties may, within their area."""
    return Permit(Scope.AREA, frozenset(duties), api_scope)


def in_unit(*duties: Duty, api_scope: str = "") -> Permit:
    """Holders of one of these duties may, within their unit."""
    return Permit(Scope.UNIT, frozenset(duties), api_scope)
