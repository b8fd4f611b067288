"""What the rules look at: the facts of one case and what somebody says about it. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from gridloop.cases.rules.states import State

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LastStep:
    """The newest step of a case, and what stood before it: state, deadlines, class, and since when its clock was stopped."""

    verb: str
    by_id: int | None
    at: datetime
    from_state: State
    due_at: datetime | None = None
    stage_due_at: datetime | None = None
    class_kind: str | None = None
    class_code: str | None = None
    rule_no: int | None = None
    paused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A component that stands next to a case: its 16 digits and the unit that owns it."""

    code: str
    owner_unit: int | None

    @property
    def subclass(self) -> str:
        """Digits 7 to 10: what it is."""
        return subclass_of(self.code)


def subclass_of(component: str) -> str:
    """What a component is, from its code: county 6, class 2, subclass 2, sequence 6 (GB/T 30428.2)."""
    return component[6:10]


@dataclass(frozen=True)
class CaseFacts:
    """One case as the rules see it; times are aware, `limit_unit` is natural_hour, working_hour or working_day."""

    id: int
    number: str
    version: int
    state: State
    source: str
    place: str
    opened_at: datetime
    due_at: datetime | None
    stage_due_at: datetime | None
    seq: int = 0
    synthetic: bool = False
    title: str = ""
    class_kind: str | None = None
    class_code: str | None = None
    rule_no: int | None = None
    urgency: str = "normal"
    tier: str = "B"
    limit_value: float | None = None
    limit_unit: str | None = None
    unit_id: int | None = None
    unit_path: str = ""
    past_units: tuple[int, ...] = ()
    past_paths: tuple[str, ...] = ()
    reporter_id: int | None = None
    handler_id: int | None = None
    handler_unit_id: int | None = None
    dispatched_at: datetime | None = None
    finished_at: datetime | None = None
    closed_at: datetime | None = None
    paused_at: datetime | None = None
    paused_s: int = 0
    until_at: datetime | None = None
    returns: int = 0
    reworks: int = 0
    delays: int = 0
    suspensions: int = 0
    disputes: int = 0
    urges: int = 0
    level: int = 0
    ruled: bool = False
    reports: int = 1
    rating: int | None = None
    parent_id: int | None = None
    merged_into: int | None = None
    state_before: State | None = None
    asked: Mapping[str, Any] = field(default_factory=dict)
    routing: Mapping[str, Any] = field(default_factory=dict)
    open_children: int = 0
    component: str | None = None
    grid: str = ""
    guessed: bool = False
    last: LastStep | None = None

    def but(self, **changes: Any) -> CaseFacts:
        """The same case with these fields changed, as `dataclasses.replace` gives it in a twentieth of the time."""
        if not changes.keys() <= NAMES:
            raise TypeError(f"a case has no {', '.join(sorted(changes.keys() - NAMES))}")
        other = object.__new__(CaseFacts)
        other.__dict__.update(self.__dict__)
        other.__dict__.update(changes)
        return other

    @property
    def known(self) -> frozenset[str]:
        """Fields of forms that need not be said again, because the case has them already."""
        names = set()
        if self.class_code:
            names.add("class")
        if self.rule_no:
            names.add("rule")
        return frozenset(names)

    @property
    def subject(self) -> str:
        """The case's name in the ledger."""
        return f"case:{self.number}"


NAMES = frozenset(one.name for one in fields(CaseFacts))
