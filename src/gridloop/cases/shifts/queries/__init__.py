"""What people ask of hand-overs: the page as it would be now, the one that waits, and those before."""

from gridloop.cases.shifts.queries.handovers import handover, past, shown, waiting
from gridloop.cases.shifts.queries.page import page

__all__ = ["handover", "page", "past", "shown", "waiting"]
