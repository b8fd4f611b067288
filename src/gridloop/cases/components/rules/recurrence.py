"""Which cases are failures of a component, how many in how long call for a root cause, and in which words it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gridloop.cases.rules.states import State
from gridloop.kernel.clock import in_city

FAILURES = 3
WINDOW = timedelta(days=90)
"""The third filed failure in 90 days calls for a root cause: our own rule, see docs/how-to/incidents.md."""
REPORTED_WITHIN: timedelta = 2 * WINDOW
"""How long before its filing a failure can have been reported and still be found: the longest verification takes days."""
YEAR = timedelta(days=365)
CASES_MAX = 500
"""The newest cases of a component that are looked at; the worst of a city has some dozens a year."""
NO_FAILURES = frozenset({State.REJECTED, State.WITHDRAWN, State.MERGED, State.VOIDED})
"""States that say of a report that the component did not fail, or that another case says so already."""
NOT_FILED: frozenset[State] = NO_FAILURES | {State.REPORTED, State.VERIFYING, State.UNFOUNDED, State.REGISTERED}
"""States in which the city has not decided to act, or does not any more."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A filed case of a component: its id and number, whether it is made up, and when it was filed."""

    case_id: int
    number: str
    synthetic: bool
    at: datetime


def recurs(failures: Sequence[Failure], case_id: int) -> bool:
    """Whether these failures of one window call for a root cause, the filing of this case being one of them."""
    return len(failures) >= FAILURES and any(one.case_id == case_id for one in failures)


def title(name: str) -> str:
    """The heading of a root-cause case."""
    return f"根因排查:{name}反复损坏"


def words(code: str, name: str, failures: Sequence[Failure]) -> str:
    """What a root-cause case says: which component, and each of its failures with the day of its filing."""
    days = WINDOW.days
    listed = [f"{one.number} ({in_city(one.at):%Y-%m-%d})" for one in failures]
    return (
        f"部件 {code}({name})在 {days} 天内立案 {len(failures)} 次:{'、'.join(listed)}。请查明反复损坏的根本原因并一次修复;原案件照常办理。\n"
        f"Component {code} was filed {len(failures)} times within {days} days: {', '.join(listed)}. "
        "Find out why it fails again and again and repair the cause; the cases themselves go on as usual."
    )
