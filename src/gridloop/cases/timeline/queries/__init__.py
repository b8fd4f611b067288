"""What people ask of the past: the axis, and the desk as it stood then."""

from gridloop.cases.timeline.queries.happened import axis
from gridloop.cases.timeline.queries.then import desk_then

__all__ = ["axis", "desk_then"]
