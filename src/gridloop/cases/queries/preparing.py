"""A step that may be taken, with what its effect needs from elsewhere; nothing is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gridloop.cases.queries import names, suggestions
from gridloop.cases.rules.facts import CaseFacts, Standing
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.moves import Move
from gridloop.cases.rules.states import OPEN
from gridloop.cases.rules.steps import Taken
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused


def prepared(
    facts: CaseFacts,
    masters: Masters,
    taken: Taken,
    *,
    by: Caller,
    now: datetime,
    target: CaseFacts | None = None,
    near: Standing | None = None,
) -> Move:
    """The step with what its effect needs from elsewhere: the chosen unit with its routing, the case to merge into, what stands next to it."""
    acting_unit = taken.grant.unit_id if taken.grant else None
    move = Move(taken, now, masters, by.person_id, acting_unit=acting_unit, near=near)
    if "unit" in taken.said:
        unit = names.unit(int(taken.said["unit"]))
        if unit is None:
            raise Refused(
                f"there is no unit {taken.said['unit']}",
                zh=f"没有编号为 {taken.said['unit']} 的单位",
                fields={"unit": "not on the list"},
            )
        suggestion = suggestions.unit_for(facts, masters)
        routing = suggestion.kept(grant=taken.grant.id if taken.grant else None, chosen=unit.id)
        if "owner_unit" in facts.routing:  # whose component it is outlives every dispatch
            routing["owner_unit"] = facts.routing["owner_unit"]
        move = replace(move, unit_path=unit.path, routing=routing)
    if target is not None:
        if target.id == facts.id:
            raise Refused(
                f"case {facts.number} cannot be merged into itself; choose another one",
                zh=f"案件 {facts.number} 不能并入自身,请选择另一件",
            )
        if target.state not in OPEN:
            raise Refused(
                f"case {target.number} is not open any more; merge into an open one",
                zh=f"案件 {target.number} 已不在办,请并入在办案件",
            )
        move = replace(move, into_id=target.id)
    return move
