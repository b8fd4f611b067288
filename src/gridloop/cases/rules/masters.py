"""The masters as the rules read them: plain frozen records, valid at one moment, with the version they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from gridloop.cases.rules.clock import Clock
from gridloop.kernel.clock import in_city

DEFAULT_TIER = "B"


@dataclass(frozen=True, slots=True)
class CaseClass:
    """A class of component or event; `code` is class 2 + subclass 2 digits."""

    kind: str
    code: str
    zh: str
    en: str
    class_zh: str
    class_en: str
    dept_kind: str
    dept_zh: str
    dept_en: str
    urgency: str
    geometry: str
    confidence: str
    source: str


@dataclass(frozen=True, slots=True)
class FilingRule:
    """When a class is filed, how long the unit then has (by tier), and what must be seen for closing."""

    kind: str
    code: str
    rule_no: int
    condition_zh: str
    condition_en: str
    limit_value: float
    limit_unit: str
    tiers: Mapping[str, float]
    urgency: str
    closing_zh: str
    closing_en: str
    confidence: str
    version: int

    def limit(self, tier: str) -> float:
        """The limit's value in an area of this tier."""
        return self.tiers.get(tier, self.limit_value)


@dataclass(frozen=True, slots=True)
class Route:
    """One routing rule; the lowest priority number counts first, then the longest area, then the longest class pattern."""

    id: int
    version: int
    priority: int
    kind: str
    code_prefix: str
    area: str
    unit_id: int | None
    dept_kind: str
    note_zh: str
    note_en: str


@dataclass(frozen=True, slots=True)
class StageLimit:
    """How long a case may wait in a state; `source` says where the figure comes from."""

    state: str
    value: float
    unit: str
    confidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """One rung of the ladder: when something is due soon, overdue, or overdue twice, these duties are told."""

    code: str
    about: str
    moment: str
    minutes: int
    duties: tuple[str, ...]
    level: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A citable clause: a return rule, a reason for refusing, a reason for suspending."""

    code: str
    zh: str
    en: str
    budget_hours: float = 0
    proof: bool = False
    proof_zh: str = ""
    proof_en: str = ""


@dataclass(frozen=True)
class Masters:
    """Everything that is configured about cases, as valid at one moment."""

    version: int
    clock: Clock
    classes: Mapping[tuple[str, str], CaseClass] = field(default_factory=dict)
    rules: Mapping[tuple[str, str, int], FilingRule] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    stages: Mapping[str, StageLimit] = field(default_factory=dict)
    escalations: tuple[Escalation, ...] = ()
    return_rules: Mapping[str, Clause] = field(default_factory=dict)
    refusal_reasons: Mapping[str, Clause] = field(default_factory=dict)
    suspend_reasons: Mapping[str, Clause] = field(default_factory=dict)
    tiers: tuple[tuple[str, str], ...] = ()
    unit_clocks: Mapping[int, Clock] = field(default_factory=dict)
    former_rules: Mapping[tuple[str, str, int], tuple[tuple[date, FilingRule], ...]] = field(default_factory=dict)
    """Filing rules that were followed by another version: the day each ended, and what it said; oldest first."""
    answers: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    """Kind of department -> (area, unit) as it was said of the areas themselves; the longest area first."""
    successors: Mapping[int, int] = field(default_factory=dict)
    """Unit that was merged into another one -> that one."""

    def rules_of(self, kind: str, code: str) -> tuple[FilingRule, ...]:
        """The filing rules of a class, by number."""
        return self._rules_by_class.get((kind, code), ())

    def rule_at(self, kind: str, code: str, rule_no: int, opened_at: datetime) -> FilingRule | None:
        """The filing rule as it stood when a case was opened: a later version does not change an older case."""
        key = (kind, code, rule_no)
        for ended, rule in self.former_rules.get(key, ()):
            if in_city(opened_at).date() < ended:
                return rule
        return self.rules.get(key)

    @cached_property
    def _rules_by_class(self) -> dict[tuple[str, str], tuple[FilingRule, ...]]:
        grouped: dict[tuple[str, str], list[FilingRule]] = {}
        for (kind, code, _), rule in sorted(self.rules.items()):
            grouped.setdefault((kind, code), []).append(rule)
        return {key: tuple(rules) for key, rules in grouped.items()}

    def tier_at(self, place: str) -> str:
        """The tier of the longest area prefix that holds this place; B where none is set."""
        for area, tier in self.tiers:  # longest first
            if place.startswith(area):
                return tier
        return DEFAULT_TIER

    def answering(self, kind: str, place: str) -> tuple[str, int] | None:
        """The smallest area round the place of which was said which unit of this kind answers for it, and that unit; None where nothing was said."""
        return next(((area, unit) for area, unit in self.answers.get(kind, ()) if place.startswith(area)), None)

    def successor(self, unit_id: int) -> int:
        """The unit that has this one's work now: itself, or the last of those that it was merged into."""
        passed = {unit_id}
        while (following := self.successors.get(unit_id)) is not None and following not in passed:
            passed.add(following)
            unit_id = following
        return unit_id

    def clock_of(self, unit_id: int | None) -> Clock:
        """The unit's own working hours, or the city's."""
        return self.unit_clocks.get(unit_id, self.clock) if unit_id is not None else self.clock
