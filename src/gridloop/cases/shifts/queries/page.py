"""The page of a hand-over as it is at this moment: figures, what will be late, what calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.cases import queries as cases
from gridloop.cases.alarms import queries as alarms
from gridloop.cases.queries.filters import Filter
from gridloop.cases.queries.queue import queue
from gridloop.cases.shifts.rules import ROWS_MAX, SOON
from gridloop.kernel.caller import Caller

CASE_WORDS = (
    "number", "title", "class_zh", "class_en", "state", "state_zh", "state_en", "urgency", "place_zh", "place_en", "unit_zh", "unit_en", "due_at", "stage_due_at", "late",
)  # fmt: skip
ALARM_WORDS = (
    "id", "severity", "standing", "standing_zh", "standing_en", "title_zh", "title_en", "subject", "raised_at", "acknowledged_by",
    "shelved_until", "shelf_reason",
)  # fmt: skip


def page(*, by: Caller, now: datetime) -> dict[str, Any]:
    """Counts, the next cases to be late (or late already) by their deadline, open emergencies, and standing alarms; a handful of statements."""
    due = queue(Filter(sort="due"), by=by, now=now, limit=ROWS_MAX).items
    pressing = [one for one in due if _first(one) <= now + SOON]
    emergencies = queue(Filter(urgency="emergency", sort="due"), by=by, now=now, limit=ROWS_MAX).items
    standing = alarms.standing(by=by, now=now)
    return {
        "at": _text(now),
        "counts": cases.desk_counts(by=by, now=now),
        "pressing": [_only(one, CASE_WORDS) for one in pressing],
        "pressing_more": len(pressing) == ROWS_MAX,
        "emergencies": [_only(one, CASE_WORDS) for one in emergencies],
        "alarms": [_only(one, ALARM_WORDS) for one in standing["items"][:ROWS_MAX]],
        "alarm_counts": standing["counts"],
    }


def _first(row: dict[str, Any]) -> datetime:
    """The nearer of the two deadlines of an open case."""
    found: datetime = min(one for one in (row["due_at"], row["stage_due_at"]) if one is not None)
    return found


def _only(row: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    """Plain values that JSON keeps as they are."""
    return {word: _text(row[word]) if isinstance(row[word], datetime) else row[word] for word in words}


def _text(moment: datetime) -> str:
    return moment.isoformat()
