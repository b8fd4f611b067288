"""What people ask: the own shift, who is out, who looked, where to patrol."""

from gridloop.cases.walks.queries.patrols import patrols
from gridloop.cases.walks.queries.walks import Terms, looks, mine, out, shown, terms

__all__ = ["Terms", "looks", "mine", "out", "patrols", "shown", "terms"]
