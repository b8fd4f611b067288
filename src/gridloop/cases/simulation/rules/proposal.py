"""A proposal is data: routes added and ended, limits, boundaries and mergers of units; checked strictly, with a sentence for every fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gridloop.cases.rules.clock import LIMIT_UNITS
from gridloop.cases.rules.masters import Masters
from gridloop.cases.simulation.rules.asked import Asked
from gridloop.kernel.errors import Malformed

KINDS = ("", "component", "event")
TIERS = ("A", "B", "C")
USUAL_PRIORITY = 100
PRIORITY_MAX = 1000
LIMIT_MAX = 100_000.0
ID_MAX = 2**62


@dataclass(frozen=True, slots=True)
class NewRoute:
    """A routing rule to be added: a class (kind and prefix of its code) in an area goes to a unit, or to a kind of department."""

    class_kind: str
    class_prefix: str
    area: str
    unit: int | None
    dept_kind: str
    priority: int
    note: str

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What a rule in force has once: priority, kind, prefix and area."""
        return (self.priority, self.class_kind, self.class_prefix, self.area)


@dataclass(frozen=True, slots=True)
class NewLimit:
    """What a filing rule shall give: a limit in its unit; tiers that are not named get the limit itself."""

    kind: str
    code: str
    rule_no: int
    limit: float
    unit: str
    tiers: Mapping[str, float]

    @property
    def key(self) -> tuple[str, str, int]:
        """Which filing rule."""
        return (self.kind, self.code, self.rule_no)


@dataclass(frozen=True, slots=True)
class Boundary:
    """The unit that shall answer for an area among units of a kind."""

    area: str
    kind: str
    unit: int


@dataclass(frozen=True, slots=True)
class Merger:
    """All work of one unit goes to another; `to_unit` None ends a merger that holds."""

    from_unit: int
    to_unit: int | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """Everything that shall be different."""

    title: str = ""
    routes_added: tuple[NewRoute, ...] = ()
    routes_ended: tuple[int, ...] = ()
    limits: tuple[NewLimit, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    mergers: tuple[Merger, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing would be different."""
        return not (self.routes_added or self.routes_ended or self.limits or self.boundaries or self.mergers)

    def written(self) -> dict[str, Any]:
        """As plain values, in the form in which it is read."""
        return {
            "title": self.title,
            "routes_added": [asdict(one) for one in self.routes_added],
            "routes_ended": list(self.routes_ended),
            "limits": [asdict(one) | {"tiers": dict(sorted(one.tiers.items()))} for one in self.limits],
            "boundaries": [asdict(one) for one in self.boundaries],
            "mergers": [{"from": one.from_unit, "to": one.to_unit} for one in self.mergers],
        }


@dataclass(frozen=True)
class Ground:
    """What a proposal can speak of: the masters in force, and the units by id and by code with their kinds."""

    masters: Masters
    units: Mapping[int, str]
    codes: Mapping[str, int] = field(default_factory=dict)

    def kinds(self) -> frozenset[str]:
        """Kinds of department that a unit has, or that a class asks for."""
        return frozenset(self.units.values()) | {one.dept_kind for one in self.masters.classes.values()}


def read(raw: Any, ground: Ground) -> Proposal:
    """The proposal in these plain values; Malformed names every fault by its place in the document."""
    asked = Asked(raw)
    made = Proposal(
        title=asked.text("title", longest=120),
        routes_added=tuple(_route(one, ground) for one in asked.each("routes_added")),
        routes_ended=tuple(asked.numbers("routes_ended", most=ID_MAX)),
        limits=tuple(_limit(one) for one in asked.each("limits")),
        boundaries=tuple(_boundary(one, ground) for one in asked.each("boundaries")),
        mergers=tuple(_merger(one, ground) for one in asked.each("mergers")),
    )
    asked.nothing_else()
    if not asked.faults:
        _fitting(made, ground, asked)
    if asked.faults:
        _refuse(asked.faults)
    return made


def _refuse(faults: Mapping[str, tuple[str, str]]) -> None:
    shown = list(faults.items())[:6]
    more = len(faults) - len(shown)
    en = "; ".join(f"{place or 'the document'}: {said[0]}" for place, said in shown) + (
        f"; and {more} more" if more else ""
    )
    zh = ";".join(f"{place or '文档'}:{said[1]}" for place, said in shown) + (f";另有 {more} 处" if more else "")
    raise Malformed(
        f"the proposal cannot be read: {en}",
        zh=f"方案有误:{zh}",
        fields={place: said[0] for place, said in faults.items()},
    )


def _route(asked: Asked, ground: Ground) -> NewRoute:
    unit = _unit(asked, "unit", ground, required=False)
    dept_kind = asked.text("dept_kind", longest=40)
    made = NewRoute(
        class_kind=asked.one_of("class_kind", KINDS, default=""),
        class_prefix=asked.digits("class_prefix", longest=4),
        area=asked.digits("area", longest=15),
        unit=unit,
        dept_kind=dept_kind,
        priority=asked.number("priority", least=0, most=PRIORITY_MAX, default=USUAL_PRIORITY),
        note=asked.text("note", longest=200),
    )
    asked.nothing_else()
    if not asked.wrong("unit", "dept_kind") and (unit is None) == (not dept_kind):
        asked.fault(
            "unit", "name either a unit or a kind of department (dept_kind)", "请指定单位或部门类型(dept_kind)之一"
        )
    if dept_kind and dept_kind not in ground.kinds():
        asked.fault("dept_kind", *_no_kind(dept_kind, ground))
    classes = ground.masters.classes
    if not asked.wrong("class_kind", "class_prefix") and not any(
        made.class_kind in {"", kind} and code.startswith(made.class_prefix) for kind, code in classes
    ):
        asked.fault(
            "class_prefix", f"no class begins with {made.class_prefix}", f"没有以 {made.class_prefix} 开头的类别"
        )
    return made


def _limit(asked: Asked) -> NewLimit:
    tiers = {
        name: asked.inside("tiers").amount(name, most=LIMIT_MAX)
        for name in asked.inside("tiers").names()
        if name in TIERS
    }
    asked.inside("tiers").only(TIERS)
    made = NewLimit(
        kind=asked.one_of("kind", KINDS[1:]),
        code=asked.digits("code", longest=4, shortest=4),
        rule_no=asked.number("rule_no", least=1, most=99),
        limit=asked.amount("limit", most=LIMIT_MAX),
        unit=asked.one_of("unit", LIMIT_UNITS),
        tiers=tiers,
    )
    asked.nothing_else("tiers")
    return made


def _boundary(asked: Asked, ground: Ground) -> Boundary:
    made = Boundary(
        area=asked.digits("area", longest=15),
        kind=asked.text("kind", longest=40, shortest=1),
        unit=_unit(asked, "unit", ground) or 0,
    )
    asked.nothing_else()
    if made.kind and made.kind not in ground.kinds():
        asked.fault("kind", *_no_kind(made.kind, ground))
    return made


def _merger(asked: Asked, ground: Ground) -> Merger:
    made = Merger(_unit(asked, "from", ground) or 0, _unit(asked, "to", ground, required=False))
    asked.nothing_else()
    if asked.wrong("from", "to"):
        return made
    if made.from_unit == made.to_unit:
        asked.fault("to", "a unit cannot be merged into itself", "单位不能并入自身")
    if made.to_unit is None and made.from_unit not in ground.masters.successors:
        asked.fault("to", "this unit is not merged into any, so that nothing can be ended; name the unit it shall go to", "该单位尚未并入其他单位,请指定并入单位")  # fmt: skip
    return made


def _unit(asked: Asked, name: str, ground: Ground, *, required: bool = True) -> int | None:
    """A unit by its id or its code."""
    said = asked.said(name)
    if said is None:
        if required:
            asked.fault(name, "name a unit by its id or code", "请填写单位编号或代码")
        return None
    found = ground.codes.get(said) if isinstance(said, str) else said
    if isinstance(found, bool) or not isinstance(found, int) or found not in ground.units:
        asked.fault(name, f"there is no working unit {str(said)[:40]!r}", f"没有在用单位“{str(said)[:40]}”")
        return None
    return found


def _no_kind(kind: str, ground: Ground) -> tuple[str, str]:
    known = ", ".join(sorted(ground.kinds())[:60])
    return f"there is no kind of department '{kind}'; there are: {known}", f"没有部门类型“{kind}”,可用:{known}"


def _fitting(made: Proposal, ground: Ground, asked: Asked) -> None:
    """What fits the masters, and itself: nothing twice, nothing that is not there, no ring of mergers."""
    masters = ground.masters
    _once("routes_added", [one.key for one in made.routes_added], asked)
    _once("routes_ended", made.routes_ended, asked)
    _once("limits", [one.key for one in made.limits], asked)
    _once("boundaries", [(one.area, one.kind) for one in made.boundaries], asked)
    _once("mergers", [one.from_unit for one in made.mergers], asked)
    in_force = {route.id for route in masters.routes}
    for at, route_id in enumerate(made.routes_ended):
        if route_id not in in_force:
            asked.fault(
                f"routes_ended[{at}]",
                f"there is no routing rule {route_id} in force",
                f"没有正在生效的路由规则 {route_id}",
            )
    for at, limit in enumerate(made.limits):
        if limit.key not in masters.rules:
            asked.fault(
                f"limits[{at}].rule_no", f"there is no filing rule {limit.rule_no} for {limit.kind}:{limit.code}",
                f"{limit.kind}:{limit.code} 没有第 {limit.rule_no} 条立案条件",
            )  # fmt: skip
    if not asked.faults:
        _no_ring(made, masters, asked)


def _once(name: str, keys: Iterable[Any], asked: Asked) -> None:
    seen = set()
    for at, key in enumerate(keys):
        if key in seen:
            asked.fault(f"{name}[{at}]", "says the same thing a second time", "与前项重复")
        seen.add(key)


def merged(masters: Masters, proposal: Proposal) -> dict[int, int]:
    """Who follows whom, with the proposal."""
    found = dict(masters.successors)
    for one in proposal.mergers:
        found.pop(one.from_unit, None)
        if one.to_unit is not None:
            found[one.from_unit] = one.to_unit
    return found


def _no_ring(made: Proposal, masters: Masters, asked: Asked) -> None:
    follows = merged(masters, made)
    for at, one in enumerate(made.mergers):
        passed, unit = {one.from_unit}, one.to_unit
        while unit is not None and unit not in passed:
            passed.add(unit)
            unit = follows.get(unit)
        if unit is not None:
            asked.fault(
                f"mergers[{at}]", "the mergers lead in a ring, so that nobody has the work", "合并关系成环,没有单位承接"
            )
            return
