"""The states of a case: open ones wait for somebody, closed-type ones wait for nobody."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a case stands in the loop."""

    REPORTED = "reported"
    VERIFYING = "verifying"
    UNFOUNDED = "unfounded"
    REGISTERED = "registered"
    FILED = "filed"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    ARBITRATION = "arbitration"
    HANDLING = "handling"
    DELAY_ASKED = "delay_asked"
    SUSPEND_ASKED = "suspend_asked"
    SUSPENDED = "suspended"
    CHECKING = "checking"
    CHECKED = "checked"
    DISPUTED = "disputed"
    CLOSED = "closed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    VOIDED = "voided"


STATE_NAMES: dict[State, tuple[str, str]] = {
    State.REPORTED: ("已上报", "reported"),
    State.VERIFYING: ("待核实", "being verified"),
    State.UNFOUNDED: ("核实不属实", "found untrue"),
    State.REGISTERED: ("已受理", "registered"),
    State.FILED: ("已立案", "filed"),
    State.DISPATCHED: ("已派遣", "dispatched"),
    State.RETURNED: ("已回退", "returned"),
    State.ARBITRATION: ("裁决中", "in arbitration"),
    State.HANDLING: ("处置中", "being handled"),
    State.DELAY_ASKED: ("申请延期", "delay asked"),
    State.SUSPEND_ASKED: ("申请挂账", "suspension asked"),
    State.SUSPENDED: ("挂账", "suspended"),
    State.CHECKING: ("待核查", "being checked"),
    State.CHECKED: ("核查通过", "check passed"),
    State.DISPUTED: ("有异议", "disputed"),
    State.CLOSED: ("已结案", "closed"),
    State.REJECTED: ("不予立案", "rejected"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
    State.MERGED: ("已并案", "merged"),
    State.VOIDED: ("作废", "voided"),
}
"""Chinese and English name of each state."""

CLOSED_TYPE = frozenset({State.CLOSED, State.REJECTED, State.WITHDRAWN, State.MERGED, State.VOIDED})
OPEN = frozenset(State) - CLOSED_TYPE
PAUSED = frozenset({State.RETURNED, State.ARBITRATION, State.SUSPENDED})
"""States in which the unit's limit clock stands still."""
AWAITING = frozenset({State.REPORTED, State.DISPATCHED, State.DISPUTED})
"""States in which nobody has taken the case up yet: it is unacknowledged."""
WITH_DESK = frozenset(
    {State.REPORTED, State.VERIFYING, State.UNFOUNDED, State.REGISTERED, State.FILED, State.RETURNED, State.ARBITRATION}
)
"""States in which no unit works on the case, so that it can be merged into another one."""
MAIN_LINE = (
    State.REPORTED,
    State.REGISTERED,
    State.FILED,
    State.DISPATCHED,
    State.HANDLING,
    State.CHECKING,
    State.CLOSED,
)
"""The stations that a card shows as the way from report to close."""
STATION: dict[State, State] = {
    State.REPORTED: State.REPORTED,
    State.VERIFYING: State.REPORTED,
    State.UNFOUNDED: State.REPORTED,
    State.REGISTERED: State.REGISTERED,
    State.FILED: State.FILED,
    State.DISPATCHED: State.DISPATCHED,
    State.RETURNED: State.FILED,
    State.ARBITRATION: State.FILED,
    State.HANDLING: State.HANDLING,
    State.DELAY_ASKED: State.HANDLING,
    State.SUSPEND_ASKED: State.HANDLING,
    State.SUSPENDED: State.HANDLING,
    State.CHECKING: State.CHECKING,
    State.CHECKED: State.CHECKING,
    State.DISPUTED: State.CHECKING,
    State.CLOSED: State.CLOSED,
    State.REJECTED: State.REPORTED,
    State.WITHDRAWN: State.REPORTED,
    State.MERGED: State.REPORTED,
    State.VOIDED: State.REPORTED,
}
"""At which station of the main line a state stands."""
