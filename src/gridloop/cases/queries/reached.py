"""What the rules alone say of a case at a moment: whether it is open, and which rungs of the ladder it has reached. No statement."""

from __future__ import annotations

from datetime import datetime

from gridloop.cases.rules.escalation import mark, rungs
from gridloop.cases.rules.facts import CaseFacts
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.states import OPEN


def is_open(facts: CaseFacts) -> bool:
    """Whether somebody still has to do something."""
    return facts.state in OPEN


def rungs_reached(facts: CaseFacts, now: datetime, masters: Masters) -> list[str]:
    """The marks that the ladder leaves of each rung it has told."""
    return [mark(rung, due) for rung, due in rungs(facts, now, masters)]
