"""Who is asking, and what they were granted. Every action takes a `Caller`, so nobody acts unseen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from gridloop.kernel.duties import Duty

Via = Literal["session", "api_key", "public", "system"]


@dataclass(frozen=True, slots=True)
class GrantView:
    """One valid grant: a duty within an area (prefix of division codes, "" is everywhere) and, if set, within a unit's subtree."""

    id: int
    duty: Duty
    area: str = ""
    unit_id: int | None = None
    unit_path: str = ""

    def covers(self, area: str, unit_path: str) -> bool:
        """Whether something at `area` that belongs to the unit at `unit_path` is within this grant."""
        return area.startswith(self.area) and unit_path.startswith(self.unit_path)


@dataclass(frozen=True, slots=True)
class Caller:
    """The person, key or process behind a request, with the grants valid at its time."""

    person_id: int | None
    name: str
    grants: tuple[GrantView, ...] = ()
    via: Via = "session"
    scopes: frozenset[str] = field(default_factory=frozenset)
    request_id: str = ""
    language: str = "zh"
    purpose: str = ""
    key_id: int | None = None

    def grant_for(self, duty: Duty, *, area: str = "", unit_path: str = "") -> GrantView | None:
        """The first grant that lets this caller do `duty` at `area` for the unit at `unit_path`, or None."""
        for grant in self.grants:
            if grant.duty is duty and grant.covers(area, unit_path):
                return grant
        return None

    def holds(self, *duties: Duty) -> bool:
        """Whether the caller holds any of these duties anywhere."""
        return any(grant.duty in duties for grant in self.grants)

    @property
    def duties(self) -> frozenset[Duty]:
        """Every duty held anywhere."""
        return frozenset(grant.duty for grant in self.grants)


def system(name: str, request_id: str = "") -> Caller:
    """The platform itself, for timed jobs: `name` says which job, so that the ledger does."""
    return Caller(person_id=None, name=f"system:{name}", via="system", request_id=request_id)
