"""Who sees and who moves which case: by the area, the unit, or because it is one's own report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gridloop.cases.rules.facts import CaseFacts
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.duties import DESK, Duty

BY_AREA = DESK | {Duty.COLLECTOR, Duty.INTEGRATOR}
"""Duties that see the cases of their area; the unit duty sees those of its unit."""


class Located(Protocol):
    """Anything that lies somewhere and belongs, or belonged, to units: a case's facts, or one line of the live feed."""

    @property
    def place(self) -> str:
        """Code of its place."""

    @property
    def unit_path(self) -> str:
        """Path of the unit that has it, or ""."""

    @property
    def past_paths(self) -> tuple[str, ...]:
        """Paths of units that had it before."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a caller may list: areas (prefixes), unit ids with the area of their grant, and whose own reports."""

    everywhere: bool
    areas: tuple[str, ...]
    units: tuple[tuple[int, str], ...]
    person_id: int | None

    @property
    def nothing(self) -> bool:
        """Whether there is nothing at all to see."""
        return not (self.everywhere or self.areas or self.units or self.person_id is not None)


def sight(by: Caller) -> Sight:
    """The caller's whole scope, with areas that lie in another one left out."""
    areas = sorted({grant.area for grant in by.grants if grant.duty in BY_AREA and grant.unit_id is None})
    kept: list[str] = []
    for area in areas:
        if not any(area.startswith(other) for other in kept):
            kept.append(area)
    units = {
        (grant.unit_id, grant.area)
        for grant in by.grants
        if grant.unit_id is not None and grant.duty in BY_AREA | {Duty.UNIT}
    }
    everywhere = by.via == "system" or "" in kept
    return Sight(everywhere, () if everywhere else tuple(kept), tuple(sorted(units)), by.person_id)


def sees(by: Caller, facts: Located, *, is_reporter: bool = False) -> bool:
    """Whether the caller may see this case at all."""
    return is_reporter or by.via == "system" or seeing_grant(by, facts) is not None


def seeing_grant(by: Caller, facts: Located) -> GrantView | None:
    """The grant by which the caller sees this case, or None."""
    return next((grant for grant in by.grants if _covers(grant, facts, past=True)), None)


def acting_grant(by: Caller, facts: CaseFacts, duty: Duty) -> GrantView | None:
    """The grant of this duty that covers the case, or None; a unit that had it before cannot act any more."""
    return next((grant for grant in by.grants if grant.duty is duty and _covers(grant, facts, past=False)), None)


def acting_grants(by: Caller, facts: CaseFacts) -> dict[Duty, GrantView]:
    """For each duty that covers the case, the first grant of it: `acting_grant` of all duties at once."""
    found: dict[Duty, GrantView] = {}
    for grant in by.grants:
        if grant.duty not in found and _covers(grant, facts, past=False):
            found[grant.duty] = grant
    return found


def _covers(grant: GrantView, facts: Located, *, past: bool) -> bool:
    if not facts.place.startswith(grant.area):
        return False
    if grant.duty is Duty.UNIT:
        paths = (facts.unit_path, *facts.past_paths) if past else (facts.unit_path,)
        return grant.unit_id is not None and any(path and path.startswith(grant.unit_path) for path in paths)
    if grant.duty not in BY_AREA:
        return False
    return grant.unit_id is None or (bool(facts.unit_path) and facts.unit_path.startswith(grant.unit_path))
