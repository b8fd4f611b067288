"""Somebody reports what is reported already: which case they may join, and what of it is theirs to read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.states import OPEN
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Refused

JOIN_M = 300.0
"""As far as the list of what was reported nearby reaches."""


def joinable(number: str, facts: CaseFacts | None, distance_m: float) -> CaseFacts:
    """The case, if it is open and near; else one sentence for every reason, so that numbers cannot be probed from afar."""
    if facts is not None and facts.state in OPEN and distance_m <= JOIN_M:
        return facts
    raise Refused(
        f"there is no open case {number} within {JOIN_M:.0f} m of this place; send the report without same_as, as one of its own",
        zh=f"此处 {JOIN_M:.0f} 米范围内没有在办案件 {number},请去掉 same_as 单独上报",
        fields={"same_as": "no open case near"},
    )


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who of several reporters looks: their account, the row of their report where a secret opened it, and whether they are the only one without account."""

    person_id: int | None
    row: int | None
    alone: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What an event of the history says about its author."""

    seq: int
    verb: str
    duty: str
    by_id: int | None
    row: int | None


def own_join(events: Collection[Said], eyes: Eyes) -> Said | None:
    """The event by which these eyes joined the case, or None for who reported it first (or came with a merged case)."""
    for event in events:
        by_secret = eyes.row is not None and event.row == eyes.row
        by_account = eyes.person_id is not None and event.by_id == eyes.person_id
        if event.verb == "join" and (by_secret or by_account):
            return event
    return None


def hidden(events: Collection[Said], eyes: Eyes) -> frozenset[int]:
    """The events (by seq) whose words and photos are another resident's; none while nobody has joined."""
    if not any(event.verb == "join" for event in events):
        return frozenset()
    joined = own_join(events, eyes)
    return frozenset(event.seq for event in events if not _readable(event, joined, eyes))


def _readable(event: Said, joined: Said | None, eyes: Eyes) -> bool:
    if event.verb == "report":
        return joined is None
    if event.verb == "join":
        return event is joined
    if event.duty != Duty.CITIZEN:
        return True
    if eyes.person_id is not None:
        return event.by_id == eyes.person_id
    return event.by_id is None and eyes.alone
