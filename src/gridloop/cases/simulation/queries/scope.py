"""Whose cases a simulation reads, and who may read a simulation: by the areas of grants."""

from __future__ import annotations

from collections.abc import Iterable

from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed

READERS = frozenset({Duty.ADMIN, Duty.SUPERVISOR, Duty.LEADER})
RUNNERS = frozenset({Duty.ADMIN, Duty.SUPERVISOR})
EVERYWHERE = ("",)


def areas_of(by: Caller, duties: frozenset[Duty]) -> tuple[str, ...]:
    """The areas in which the caller holds one of these duties for all units, those inside another one left out; NotAllowed where there is none."""
    if by.via == "system":
        return EVERYWHERE
    found = {grant.area for grant in by.grants if grant.duty in duties and grant.unit_id is None}
    kept = tuple(sorted(one for one in found if not any(other != one and one.startswith(other) for other in found)))
    if not kept:
        raise NotAllowed(
            "simulations are for administrators, supervisors and leaders of an area; an administrator of the area grants such a duty",
            zh="派遣模拟供区域的管理员、督查员和领导使用,请向本区域管理员申请授权",
        )
    return kept


def covered(areas: Iterable[str], held: tuple[str, ...]) -> bool:
    """Whether everything that a simulation read lies within what the caller holds."""
    return all(any(area.startswith(one) for one in held) for area in areas)
