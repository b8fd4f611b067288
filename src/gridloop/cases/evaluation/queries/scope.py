"""Whose cases a caller's figures count: by the grants that open the statistics, never more."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.cases.queries.filters import subtree
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotAllowed

BY_AREA = frozenset({Duty.SHIFT_LEADER, Duty.DISPATCHER, Duty.SUPERVISOR, Duty.LEADER, Duty.ARBITER, Duty.INTEGRATOR})
"""Duties that read the figures of their area; the unit duty reads those of its unit."""
DUTIES = BY_AREA | {Duty.UNIT}
OF_PEOPLE = frozenset({Duty.SHIFT_LEADER, Duty.SUPERVISOR, Duty.LEADER})
"""Duties that read figures of single persons."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Areas (prefixes, "" is everywhere) and units with the area of their grant; a case counts when one of them holds it."""

    areas: tuple[str, ...] = ()
    units: tuple[tuple[tuple[int, ...], str], ...] = ()

    @property
    def everywhere(self) -> bool:
        """Whether nothing is left out."""
        return "" in self.areas


EVERYWHERE = Reach(("",))


def reach(by: Caller, *, people: bool = False) -> Reach:
    """What this caller's figures count; with `people`, for figures of single persons. NotAllowed without such a duty.

    Whoever holds the unit duty without a unit has figures of nothing, as their queue is empty.
    """
    if by.via == "system":
        return EVERYWHERE
    by_area = OF_PEOPLE if people else BY_AREA
    areas = {grant.area for grant in by.grants if grant.duty in by_area and grant.unit_id is None}
    kept = tuple(sorted(one for one in areas if not any(other != one and one.startswith(other) for other in areas)))
    held = {
        (grant.unit_id, grant.area)
        for grant in by.grants
        if grant.unit_id is not None and grant.duty in (by_area if people else by_area | {Duty.UNIT})
    }
    units = tuple((tuple(subtree(unit_id)), area) for unit_id, area in sorted(held))
    if not kept and not units and (people or not by.holds(Duty.UNIT)):
        raise _nothing(people=people)
    return Reach(kept, () if "" in kept else units)


def _nothing(*, people: bool) -> NotAllowed:
    if people:
        return NotAllowed(
            "figures of single persons are for shift leaders, supervisors and leaders of the area; ask by unit, area or class",
            zh="个人评价数据仅限本区域的值班长、督查员和领导查看,请改按单位、区域或类别统计",
        )
    return NotAllowed(
        "the statistics are for the desk, supervisors, leaders and units; an administrator of the area grants such a duty",
        zh="评价数据供坐席、督查员、领导和处置单位查看,请向本区域管理员申请授权",
    )


def terms(one: Reach, params: dict[str, object]) -> str:
    """The reach as a condition on the facts `f`; its values go into `params`."""
    if one.everywhere:
        return "true"
    found = []
    for at, area in enumerate(one.areas):
        found.append(_area(area, f"reach{at}", params, "f"))
    for at, (ids, area) in enumerate(one.units):
        params[f"reach_units{at}"] = list(ids)
        within = _area(area, f"reach_unit_area{at}", params, "f") if area else "true"
        found.append(f"(f.unit_id = any(%(reach_units{at})s::bigint[]) and {within})")
    return f"({' or '.join(found)})" if found else "false"


def place_bounds(one: Reach, place: str, params: dict[str, object]) -> str:
    """A condition on the rows `c` that every counted case fulfils by its place, for the index; the asked place is one of them."""
    found = [_area(place, "place", params, "c")] if place else []
    areas = [*one.areas, *(area for _, area in one.units)]
    if areas and "" not in areas:
        found.append(f"({' or '.join(_area(area, f'bound{at}', params, 'c') for at, area in enumerate(areas))})")
    return " and ".join(found) or "true"


def _area(area: str, name: str, params: dict[str, object], alias: str) -> str:
    params |= {name: area, f"{name}_end": f"{area}~"}
    return f"({alias}.place >= %({name})s and {alias}.place < %({name}_end)s)"
