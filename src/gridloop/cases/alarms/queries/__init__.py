"""What people ask of alarms."""

from gridloop.cases.alarms.queries.standing import alarm, counts, past, sees, shown, standing

__all__ = ["alarm", "counts", "past", "sees", "shown", "standing"]
