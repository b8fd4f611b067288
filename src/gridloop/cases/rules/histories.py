"""Which states a case can be imported in, and which steps of its life are then known."""

from __future__ import annotations

from gridloop.cases.rules.states import CLOSED_TYPE, State

S = State
KNOWN_STEPS: dict[State, tuple[tuple[str, State], ...]] = {
    S.REPORTED: (),
    S.VERIFYING: (("send_verify", S.VERIFYING),),
    S.REGISTERED: (("register", S.REGISTERED),),
    S.FILED: (("file", S.FILED),),
    S.DISPATCHED: (("dispatch", S.DISPATCHED),),
    S.HANDLING: (("dispatch", S.DISPATCHED), ("accept", S.HANDLING)),
    S.CHECKING: (("dispatch", S.DISPATCHED), ("finish", S.CHECKING)),
    S.CLOSED: (("dispatch", S.DISPATCHED), ("finish", S.CHECKING), ("close", S.CLOSED)),
    S.REJECTED: (("refuse", S.REJECTED),),
    S.WITHDRAWN: (("withdraw", S.WITHDRAWN),),
    S.VOIDED: (("void", S.VOIDED),),
}
"""The steps that a case in this state must have taken, as far as a file from elsewhere can say: (verb, state after it).

Suspended, returned and merged cases need facts that no foreign file has; they come in as the nearest of these.
"""
NEEDS_UNIT = frozenset({S.DISPATCHED, S.HANDLING, S.CHECKING})
"""States in which some unit has the case."""
UNIT_STEPS = frozenset({"dispatch", "finish"})


def steps_of(state: State, *, has_unit: bool) -> tuple[tuple[str, State], ...]:
    """The known steps to this state; without a unit nobody was sent, and nobody finished."""
    return tuple(step for step in KNOWN_STEPS[state] if has_unit or step[0] not in UNIT_STEPS)


def ends(state: State) -> bool:
    """Whether a case in this state has a closing time."""
    return state in CLOSED_TYPE
