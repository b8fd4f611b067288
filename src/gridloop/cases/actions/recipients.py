"""Who is to be told: the people of the unit, or the holders of a duty at the place, each group asked for once in a run."""

from __future__ import annotations

from gridloop.cases.rules.audience import HANDLER
from gridloop.cases.rules.facts import CaseFacts
from gridloop.identity import queries as people
from gridloop.kernel.duties import Duty


class Recipients:
    """Remembers whom it has asked for: a storm of late cases has few units and few places. Short-lived, so that the next run knows of new grants."""

    def __init__(self) -> None:
        self._known: dict[tuple[Duty, str, int | None], tuple[int, ...]] = {}

    def of(self, to: str, facts: CaseFacts) -> list[int]:
        """Ids of the people; who handled a case does not check it."""
        if to == HANDLER:
            return [] if facts.unit_id is None else list(self._holders(Duty.UNIT, facts.place, facts.unit_id))
        handlers = {facts.handler_id} if to == Duty.COLLECTOR else set()
        return [one for one in self._holders(Duty(to), facts.place) if one not in handlers]

    def _holders(self, duty: Duty, place: str, unit_id: int | None = None) -> tuple[int, ...]:
        key = duty, place, unit_id
        if key not in self._known:
            self._known[key] = tuple(one.id for one in people.people_with(duty, place, unit_id))
        return self._known[key]
