"""Whether an entry's columns, by which it is found, say what its signed body says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

COLUMNS = ("position", "at", "actor_id", "action", "subject", "area", "unit_id", "looked", "people", "body", "leaf")


@dataclass(slots=True)
class Row:
    """An entry as it stands in the table."""

    position: int
    at: dt.datetime
    actor_id: int | None
    action: str
    subject: str
    area: str
    unit_id: int | None
    looked: bool
    people: Sequence[int] | None
    body: bytes
    leaf: bytes

    def __post_init__(self) -> None:
        """Binary columns may come as views of memory."""
        self.body, self.leaf = bytes(self.body), bytes(self.leaf)


def column_fault(row: Row) -> str:
    """The name of the first column that differs from the body, or ""."""
    said = orjson.loads(row.body)
    people = said["detail"].get("people") if isinstance(said["detail"], dict) else None
    ids = [one for one in people if isinstance(one, int)] if isinstance(people, list) else []
    agree = {
        "at": dt.datetime.fromisoformat(said["at"]) == row.at,
        "actor_id": said["actor"]["id"] == row.actor_id,
        "action": said["action"] == row.action,
        "subject": said["subject"] == row.subject,
        "area": said["area"] == row.area,
        "unit_id": said["unit"] == row.unit_id,
        "looked": said["looked"] == row.looked,
        "people": (ids or None) == (list(row.people) if row.people else None),
    }
    return next((name for name, fine in agree.items() if not fine), "")
