"""Which unit a case goes to: routing rules as data first, then the owner of the component, then the kind of department of the class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gridloop.cases.rules.masters import CaseClass, Masters, Route

UnitForKind = Callable[[str, str], int | None]
"""(department kind, area) -> unit id: asks the tree of units."""


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a case should go and why: the rule and its version, or the fallback that decided; unit is None when nothing fits."""

    unit_id: int | None
    rule_id: int | None
    version: int
    why_zh: str
    why_en: str

    def kept(self, *, grant: int | None, chosen: int) -> dict[str, Any]:
        """What the case keeps about its way: the suggestion, who overruled it, under which grant."""
        followed = chosen == self.unit_id
        return {
            "rule": self.rule_id if followed else None,
            "version": self.version,
            "why_zh": self.why_zh if followed else f"派遣员改派(建议:{self.why_zh})",
            "why_en": self.why_en if followed else f"chosen by the dispatcher (suggested: {self.why_en})",
            "grant": grant,
            "suggested": self.unit_id,
        }


def ordered(routes: tuple[Route, ...]) -> tuple[Route, ...]:
    """Specific before general: lowest priority number, then longest area, then longest class pattern, then the newest."""
    return tuple(sorted(routes, key=lambda r: (r.priority, -len(r.area), -len(r.code_prefix), not r.kind, -r.id)))


def matches(route: Route, kind: str, code: str, place: str) -> bool:
    """Whether this rule speaks about such a case."""
    return (
        (not route.kind or route.kind == kind) and code.startswith(route.code_prefix) and place.startswith(route.area)
    )


def routed(
    masters: Masters, case_class: CaseClass | None, place: str, *, owner_unit: int | None, unit_for_kind: UnitForKind
) -> Routed:
    """The unit for a class at a place, or the one that it was merged into; `masters.routes` are already ordered from specific to general."""
    way = _first_of(masters, case_class, place, owner_unit=owner_unit, unit_for_kind=unit_for_kind)
    if way.unit_id is None:
        return way
    unit = masters.successor(way.unit_id)
    if unit == way.unit_id:
        return way
    return replace(
        way,
        unit_id=unit,
        why_zh=f"{way.why_zh};该单位已并入现单位",
        why_en=f"{way.why_en}; that unit was merged into this one",
    )


def _first_of(
    masters: Masters, case_class: CaseClass | None, place: str, *, owner_unit: int | None, unit_for_kind: UnitForKind
) -> Routed:
    """The first that names a unit: a rule, the owner of the component, the kind of department of the class."""
    version = masters.version
    if case_class is None:
        return Routed(None, None, version, "尚无类别,不能建议责任单位", "no class yet, so no unit can be suggested")
    for route in masters.routes:
        if not matches(route, case_class.kind, case_class.code, place):
            continue
        unit = route.unit_id if route.unit_id is not None else _of_kind(masters, route.dept_kind, place, unit_for_kind)
        if unit is not None:
            where = route.area or "*"
            return Routed(
                unit,
                route.id,
                route.version,
                f"路由规则 {route.id} 第 {route.version} 版:{case_class.zh} × 区域 {where}{_because(route.note_zh, ':')}",
                f"routing rule {route.id}, version {route.version}: {case_class.en} x area {where}{_because(route.note_en, '; ')}",
            )
    if owner_unit is not None:
        return Routed(
            owner_unit, None, version, f"最近的{case_class.zh}部件的权属单位", f"owner of the nearest {case_class.en}"
        )
    unit = _of_kind(masters, case_class.dept_kind, place, unit_for_kind)
    if unit is not None:
        said = masters.answering(case_class.dept_kind, place)
        area_zh, area_en = (
            (f"区域 {said[0] or '*'}(指定负责)", f"area {said[0] or '*'} that it answers for")
            if said
            else ("区域", "area")
        )
        return Routed(
            unit,
            None,
            version,
            f"类别的主管部门类型“{case_class.dept_zh}”× {area_zh}",
            f"the class's kind of department, {case_class.dept_en}, x {area_en}",
        )
    return Routed(
        None,
        None,
        version,
        f"本区域没有“{case_class.dept_zh}”类单位,请人工选择",
        f"no {case_class.dept_en} in this area; choose by hand",
    )


def _of_kind(masters: Masters, kind: str, place: str, unit_for_kind: UnitForKind) -> int | None:
    """What was said of the area itself goes before the areas of the units."""
    said = masters.answering(kind, place)
    return said[1] if said is not None else unit_for_kind(kind, place)


def _because(note: str, before: str) -> str:
    return f"{before}{note}" if note else ""
