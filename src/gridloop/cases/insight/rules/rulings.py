"""When the arbiter's rulings deserve a routing rule, and which one: tried out on the rulings themselves before it is offered."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from gridloop.cases.rules import routing
from gridloop.cases.rules.masters import Masters, Route
from gridloop.cases.rules.routing import Routed, UnitForKind

AGREE_LEAST = 0.75
"""Which share of a class's rulings in an area must name the same unit, so that a rule does more good than harm."""
PRIORITY = 100
"""The usual priority of a routing rule; a suggestion takes a lower one only where it must go before another rule."""
TRIED_ID = 2**62
"""Stands for the rule that does not exist yet: newer than all."""

KindOf = Callable[[int], str]
"""unit id -> kind of department, "" when unknown."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """An arbiter sent a case of this class at this place to a unit for good."""

    number: str
    at: dt.datetime
    place: str
    class_kind: str
    class_code: str
    unit_id: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A routing rule as the door for routes takes it: a kind of department, or one unit."""

    area: str
    class_kind: str
    class_prefix: str
    unit_id: int | None
    dept_kind: str
    priority: int

    def route(self) -> Route:
        """As a rule in force."""
        return Route(
            TRIED_ID, 1, self.priority, self.class_kind, self.class_prefix, self.area, self.unit_id, self.dept_kind, "", ""
        )  # fmt: skip


@dataclass(slots=True)
class Group:
    """The rulings of one class in one area for units of one kind.

    total: all rulings of the class there, also for others; today: where the rulings' places are routed today (unit id or None -> how often);
    right: how many of `count` would go to the ruled unit today; would: how many with the draft. `why` says why there is no draft:
    routed (today's route does so already), divided (rulings contradict each other), rare (fewer than asked), none (no rule could do it).
    """

    class_kind: str
    class_code: str
    area: str
    kind: str
    count: int
    total: int
    units: Counter[int]
    today: Counter[int | None]
    route_today: Routed
    right: int
    last_at: dt.datetime
    numbers: list[str] = field(default_factory=list)
    draft: Draft | None = None
    would: int = 0
    replaces: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class City:
    """What a draft is tried out on: the masters of today, and who answers for a kind and which kind a unit has."""

    masters: Masters
    unit_for_kind: UnitForKind
    kind_of: KindOf


def grouped(rulings: Iterable[Ruling], city: City, *, level: int, least: int) -> list[Group]:
    """One group for each class, area (the first `level` digits of the place) and kind of unit; those with a draft first, then the most frequent."""
    by_class: dict[tuple[str, str, str], list[Ruling]] = defaultdict(list)
    for one in rulings:
        by_class[one.class_kind, one.class_code, one.place[:level]].append(one)
    found = []
    for (kind, code, area), several in sorted(by_class.items()):
        by_kind: dict[str, list[Ruling]] = defaultdict(list)
        for one in several:
            by_kind[city.kind_of(one.unit_id)].append(one)
        for unit_kind, same in sorted(by_kind.items()):
            group = _group(same, (kind, code, area, unit_kind), len(several), city)
            found.append(_judged(group, same, city, least))
    return sorted(found, key=lambda one: (one.draft is None, -one.count, one.class_kind, one.class_code, one.area))


def _group(same: Sequence[Ruling], named: tuple[str, str, str, str], total: int, city: City) -> Group:
    kind, code, area, unit_kind = named
    ways = [_routed(one, city) for one in same]
    return Group(
        kind, code, area, unit_kind, len(same), total,
        units=Counter(one.unit_id for one in same),
        today=Counter(way.unit_id for way in ways),
        route_today=Counter(ways).most_common(1)[0][0],
        right=sum(way.unit_id == one.unit_id for way, one in zip(ways, same, strict=True)),
        last_at=max(one.at for one in same),
        numbers=[one.number for one in sorted(same, key=lambda one: one.at, reverse=True)],
    )  # fmt: skip


def _routed(one: Ruling, city: City) -> Routed:
    """Today's way of such a case. The component's owner is left out: the ruling set it aside."""
    known = city.masters.classes.get((one.class_kind, one.class_code))
    return routing.routed(city.masters, known, one.place, owner_unit=None, unit_for_kind=city.unit_for_kind)


def _judged(group: Group, same: Sequence[Ruling], city: City, least: int) -> Group:
    """The group with the best draft there is, or with why there is none."""
    if group.right >= AGREE_LEAST * group.count:
        group.why = "routed"
    elif group.count < least:
        group.why = "rare"
    elif group.count < AGREE_LEAST * group.total:
        group.why = "divided"
    else:
        group.draft, group.would = _best(group, same, city)
        group.why = "" if group.draft else ("divided" if len(group.units) > 1 else "none")
        group.replaces = _replaced(group.draft, city.masters)
    return group


def _best(group: Group, same: Sequence[Ruling], city: City) -> tuple[Draft | None, int]:
    """The first draft, from the mildest on, that sends enough of the ruled cases where they were ruled to go."""
    deciding = next((route for route in city.masters.routes if route.id == group.route_today.rule_id), None)
    before = [PRIORITY] if deciding is None else [PRIORITY, deciding.priority, deciding.priority - 1]
    unit = group.units.most_common(1)[0][0]
    best: tuple[Draft | None, int] = (None, 0)
    for priority in sorted({one for one in before if 0 <= one <= PRIORITY}, reverse=True):
        for unit_id, dept_kind in ((None, group.kind), (unit, "")):
            if unit_id is None and not dept_kind:
                continue
            draft = Draft(group.area, group.class_kind, group.class_code, unit_id, dept_kind, priority)
            right = _tried(draft, same, city)
            if right >= AGREE_LEAST * group.count and right > max(best[1], group.right):
                best = (draft, right)
        if best[0]:
            return best
    return best


def _tried(draft: Draft, same: Sequence[Ruling], city: City) -> int:
    """How many of the ruled cases would go to the ruled unit if the draft were in force."""
    kept = tuple(route for route in city.masters.routes if not _same_key(route, draft))
    tried = replace(city, masters=replace(city.masters, routes=routing.ordered((*kept, draft.route()))))
    return sum(_routed(one, tried).unit_id == one.unit_id for one in same)


def _same_key(route: Route, draft: Draft) -> bool:
    return (route.priority, route.kind, route.code_prefix, route.area) == (
        draft.priority, draft.class_kind, draft.class_prefix, draft.area,
    )  # fmt: skip


def _replaced(draft: Draft | None, masters: Masters) -> int | None:
    """The rule in force that the draft would end and follow."""
    return next((route.id for route in masters.routes if draft and _same_key(route, draft)), None)
