"""Every way by which the rules could send a case, in their order: the first that names a unit decides, the others only could have."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.cases.rules.masters import CaseClass, Masters
from gridloop.cases.rules.routing import UnitForKind, matches

RULE, OWNER, DEPARTMENT = "rule", "owner", "department"


@dataclass(frozen=True, slots=True)
class Way:
    """One way: a routing rule, the owner of the component, or the kind of department of the class; `unit_id` None names nobody here."""

    kind: str
    unit_id: int | None
    decides: bool
    rule_id: int | None = None
    version: int | None = None
    priority: int | None = None
    area: str = ""
    pattern: str = ""
    dept_kind: str = ""
    note_zh: str = ""
    note_en: str = ""


def ways(
    masters: Masters,
    case_class: CaseClass | None,
    place: str,
    *,
    owner_unit: int | None,
    unit_for_kind: UnitForKind,
) -> list[Way]:
    """Rules that speak about the case from specific to general, then the owner, then the department; today's masters."""
    if case_class is None:
        return []

    def of_kind(kind: str) -> int | None:
        said = masters.answering(kind, place)
        return said[1] if said is not None else unit_for_kind(kind, place)

    found = [
        Way(
            RULE, route.unit_id if route.unit_id is not None else of_kind(route.dept_kind), decides=False, rule_id=route.id, version=route.version,
            priority=route.priority, area=route.area, pattern=f"{route.kind or '*'}:{route.code_prefix or '*'}", dept_kind=route.dept_kind,
            note_zh=route.note_zh, note_en=route.note_en,
        )
        for route in masters.routes
        if matches(route, case_class.kind, case_class.code, place)
    ]  # fmt: skip
    if owner_unit is not None:
        found.append(Way(OWNER, owner_unit, decides=False))
    found.append(
        Way(DEPARTMENT, of_kind(case_class.dept_kind), decides=False, dept_kind=case_class.dept_kind, note_zh=case_class.dept_zh, note_en=case_class.dept_en)
    )  # fmt: skip
    return _decided(found, masters)


def _decided(found: list[Way], masters: Masters) -> list[Way]:
    """The same with units that were merged named by their successors, and the first that names one marked."""
    ended: list[Way] = []
    open_still = True
    for way in found:
        unit = masters.successor(way.unit_id) if way.unit_id is not None else None
        decides = open_still and unit is not None
        open_still = open_still and not decides
        ended.append(
            Way(
                way.kind, unit, decides, way.rule_id, way.version, way.priority, way.area, way.pattern, way.dept_kind, way.note_zh, way.note_en
            )
        )  # fmt: skip
    return ended
