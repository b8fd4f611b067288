"""One line of the registry of messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.records import Confidence, Record

Direction = Literal["up", "down"]
EMPTY = Record()


@dataclass(frozen=True, slots=True)
class Entry:
    """A message: its id, who sends it (`up`: the terminal), its names, its body, and how the body is known."""

    id: int
    direction: Direction
    en: str
    zh: str
    body: Record = EMPTY
    sure: Confidence = Confidence.READ
    since: Edition = Edition.V2011
    until: Edition = Edition.V2019
    is_2011: Callable[[bytes], bool] | None = None
    standard: str = "JT/T 808"

    def layout_of(self, edition: Edition) -> Edition:
        """The edition whose layout holds for this message in a frame of that edition."""
        return min(max(edition, self.since), self.until)

    def belongs_to(self, edition: Edition) -> bool:
        """Whether the edition has this message."""
        return self.since <= edition <= self.until
