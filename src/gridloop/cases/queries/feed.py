"""What happened to cases, as the live feed and its polling twin tell it: the statements, the lines, and who may see which.

The ledger is the feed: positions are given in commit order and never reused, so a client that names the last one it saw
misses nothing and gets nothing twice (ADR 6).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gridloop.cases import sql
from gridloop.cases.rules.scope import sees
from gridloop.kernel.caller import Caller

HEAD_SQL = "select coalesce(max(position), -1) from audit_entry"
PAGE_MAX = 500
READ_AT_ONCE = 1000  # lines read from the ledger in one statement, before those of others are left out
PAGES_READ_MAX = 20  # a poll looks at 20,000 lines at most; the next one goes on from there


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the feed: nothing personal for the client, and what decides who may see it."""

    position: int
    at: dt.datetime
    kind: str
    number: str
    version: int
    state: str
    urgency: str
    place: str
    unit_id: int | None
    lon: float
    lat: float
    due_at: dt.datetime | None
    stage_due_at: dt.datetime | None
    unit_path: str
    past_paths: tuple[str, ...]
    reporters: frozenset[int]

    def item(self) -> dict[str, Any]:
        """What the client gets."""
        return {
            "position": self.position,
            "at": self.at,
            "kind": self.kind,
            "number": self.number,
            "version": self.version,
            "state": self.state,
            "urgency": self.urgency,
            "place": self.place,
            "unit_id": self.unit_id,
            "lon": self.lon,
            "lat": self.lat,
            "due_at": self.due_at,
            "stage_due_at": self.stage_due_at,
        }


def feed_statement() -> str:
    """The statement that reads lines; parameters after, until, limit."""
    return sql.text("feed")


def line(row: Sequence[Any]) -> Line:
    """A line from a row of the statement."""
    values: Any = (*row[:-2], tuple(row[-2]), frozenset(row[-1]))
    return Line(*values)


def hears(by: Caller, one: Line) -> bool:
    """Whether the caller sees the case: by area, by unit, or because they reported it."""
    return sees(by, one, is_reporter=by.person_id is not None and by.person_id in one.reporters)


def head() -> int:
    """The last position of the ledger, -1 when it is empty; one statement."""
    return int(sql.run(HEAD_SQL)[0][0])


def happened(after: int, limit: int, *, by: Caller) -> tuple[list[Line], int]:
    """What happened after a position that the caller may see, and the position to ask from next; two statements for a short gap."""
    until = head()
    heard: list[Line] = []
    for _ in range(PAGES_READ_MAX):
        lines = [
            line(row) for row in sql.run(feed_statement(), {"after": after, "until": until, "limit": READ_AT_ONCE})
        ]
        for one in lines:
            after = one.position
            if hears(by, one):
                heard.append(one)
                if len(heard) == limit:
                    return heard, after
        if len(lines) < READ_AT_ONCE:
            return heard, max(until, after)
    return heard, after
