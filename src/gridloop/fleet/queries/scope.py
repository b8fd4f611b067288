"""Whose vehicles, fences and rules a caller sees, and which of them they may change."""

from __future__ import annotations

from django.db.models import Q

from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed

WATCHING = (Duty.ACCEPTOR, Duty.SHIFT_LEADER, Duty.DISPATCHER, Duty.SUPERVISOR, Duty.LEADER)
"""Desk duties that see the vehicles and warnings of their area."""
CHANGING = (Duty.SUPERVISOR, Duty.ADMIN)
"""Duties that change the masters of supervision."""
LOOKING = (*WATCHING, Duty.ADMIN)
"""Duties that see the masters."""


def areas_of(by: Caller, *duties: Duty) -> tuple[str, ...]:
    """The areas (prefixes) in which the caller holds one of the duties; ("",) is everywhere, () nowhere."""
    if by.via == "system":
        return ("",)
    areas = sorted({grant.area for grant in by.grants if grant.duty in duties and grant.unit_id is None})
    return tuple(one for one in areas if not any(one != other and one.startswith(other) for other in areas))


def within(areas: tuple[str, ...], column: str = "area") -> Q:
    """Rows whose area lies in one of these."""
    if "" in areas:
        return Q()
    found = Q(pk__in=[])
    for area in areas:
        found |= Q(**{f"{column}__gte": area, f"{column}__lt": f"{area}~"})
    return found


def touching(areas: tuple[str, ...], column: str = "area") -> Q:
    """Rows whose area lies in one of these or around it: a rule of the whole city concerns every district."""
    above = {area[:digits] for area in areas for digits in range(len(area))}
    return within(areas, column) | Q(**{f"{column}__in": sorted(above)})


def require_change(by: Caller, area: str) -> None:
    """Refuse whoever may not change the masters of this area."""
    identity.require_grant(by, *CHANGING, area=area)


def require_change_somewhere(by: Caller) -> None:
    """Events and lists belong to no district: whoever changes masters anywhere may set them."""
    if by.via != "system" and not by.holds(*CHANGING):
        identity.require_person(by)
        raise NotAllowed("only supervisors and administrators change this", zh="仅督查员和系统管理员可修改")
