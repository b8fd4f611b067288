"""One line of the registry of messages, and the families that share an envelope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.records import Confidence, Record

Link = Literal["main", "sub"]
"""Which connection carries it: main, made by the lower platform; sub, made back by the upper one."""
EMPTY = Record()


@dataclass(frozen=True, slots=True)
class Entry:
    """A message. `sub` is the number inside a family's envelope, 0 where there is none; up: the lower platform sends it.

    In editions after `until` (before `since`) the layout is not known here: the body is kept raw and marked.
    """

    id: int
    sub: int
    direction: Literal["up", "down"]
    link: Link
    en: str
    zh: str
    body: Record = EMPTY
    since: Edition = Edition.V2011
    until: Edition = Edition.V2019
    sure: Confidence = Confidence.MEMORY

    def known_in(self, edition: Edition) -> bool:
        """Whether the layout is known for this edition."""
        return self.since <= edition <= self.until


@dataclass(frozen=True, slots=True)
class Family:
    """Messages that share an envelope: its own fields, then number of the message inside, its length, its body."""

    id: int
    en: str
    zh: str
    envelope: Record
    until: Edition = Edition.V2019
