"""Whether a rule is in force for one vehicle at one fence at one moment: version, hours, whom, the fence's validity, permits."""

from __future__ import annotations

from typing import Any, NamedTuple

from gridloop.engines.fences.calendars import FAR
from gridloop.fleet.judge.lines import Allowed, Line, Version
from gridloop.fleet.judge.masters import Masters

NO_FENCE = -1


class Gate(NamedTuple):
    """closed_by: "" where the rule is in force, else rule, fence, hours or permit; version: the one valid then, if any; permit: what was found, {} for nothing."""

    closed_by: str
    version: Version | None
    permit: dict[str, Any]


def gate(masters: Masters, line: Line, fence: int, vehicle: int, at_ms: int) -> Gate:
    """Look it up at this moment; `fence` is an id or NO_FENCE, `vehicle` a row."""
    version = line.at(at_ms)
    if version is None or not version.mask[vehicle]:
        return Gate("rule", version, {})
    if not _stands(masters, version, fence, at_ms):
        return Gate("fence", version, {})
    if not version.hours.in_force(at_ms):
        return Gate("hours", version, {})
    lifts, permit = permitted(masters, version, fence, vehicle, at_ms)
    return Gate("permit" if lifts else "", version, permit)


def next_change(masters: Masters, line: Line, fence: int, vehicle: int, after_ms: int) -> int:
    """The first moment after this one at which the answer may be another; FAR if it stays for ever."""
    moments = []
    for version in line.versions:
        moments += [version.row.valid_from_ms, version.row.valid_to_ms or 0]
        moments += _edges(masters, version.fences if fence == NO_FENCE else (fence,))
    permits = masters.permits.get(vehicle, ())
    for permit in permits:
        moments += [permit.row.from_ms, permit.row.to_ms, permit.row.revoked_ms or 0]
    soon = min((moment for moment in moments if moment > after_ms), default=FAR)
    hours = [version.hours for version in line.versions] + [permit.hours for permit in permits]
    return min([soon, *(one.next_change(after_ms) for one in hours)])


def permitted(masters: Masters, version: Version, fence: int, vehicle: int, at_ms: int) -> tuple[bool, dict[str, Any]]:
    """Whether a permit lifts the rule at this moment, and which one; or the one that comes nearest to it and why it does not."""
    wanted = version.row.permit_kinds
    best: tuple[int, dict[str, Any]] = (len(REASONS), {})
    for permit in masters.permits.get(vehicle, ()) if wanted else ():
        row = permit.row
        if row.kind not in wanted:
            continue
        found = {"number": row.number, "kind": row.kind, "until_ms": row.to_ms}
        why = _why_not(masters, version, permit, fence, at_ms)
        if not why:
            return True, found
        rank = REASONS.index(why)
        if rank <= best[0]:  # of equal ones the latest to begin
            best = rank, found | {"why": why}
    return False, best[1]


REASONS = ("outside_hours", "other_fence", "revoked", "expired", "not_yet")
"""Why a permit does not lift a rule, the nearest miss first."""


def _why_not(masters: Masters, version: Version, permit: Allowed, fence: int, at_ms: int) -> str:
    row = permit.row
    if row.revoked_ms is not None and row.revoked_ms <= at_ms:
        return "revoked"
    if at_ms < row.from_ms:
        return "not_yet"
    if at_ms >= row.to_ms:
        return "expired"
    here = version.row.fences if fence == NO_FENCE else (masters.fences[fence].code,)
    if row.fences and not set(row.fences) & set(here):
        return "other_fence"
    return "" if permit.hours.in_force(at_ms) else "outside_hours"


def _stands(masters: Masters, version: Version, fence: int, at_ms: int) -> bool:
    """Whether the version names this fence and it is valid; without a fence, whether one of those it names is, if it names any."""
    if fence == NO_FENCE:
        return not version.row.fences or any(valid(masters, one, at_ms) for one in version.fences)
    return fence in version.fences and valid(masters, fence, at_ms)


def valid(masters: Masters, fence: int, at_ms: int) -> bool:
    """Whether a fence stands at this moment."""
    row = masters.fences.get(fence)
    if row is None:
        return False
    return row.valid_from_ms <= at_ms and (row.valid_to_ms is None or at_ms < row.valid_to_ms)


def _edges(masters: Masters, fences: frozenset[int] | tuple[int, ...]) -> list[int]:
    rows = [masters.fences[one] for one in fences if one in masters.fences]
    return [edge for row in rows for edge in (row.valid_from_ms, row.valid_to_ms or 0)]
