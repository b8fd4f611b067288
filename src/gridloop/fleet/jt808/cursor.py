"""Where reading and writing of one body stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gridloop.fleet.jt808.frames import Edition
from gridloop.fleet.jt808.verdicts import BadFrame, Code, Mark


@dataclass(frozen=True, slots=True)
class Trace:
    """One field as it was read, for people: `start` and `stop` count from the message id."""

    path: str
    start: int
    stop: int
    field: Any
    value: Any
    edition: Edition


class Reader:
    """A walk through the bytes of a body; `at` is the next byte, `end` the first that is not ours."""

    __slots__ = ("at", "data", "edition", "end", "lenient", "marks", "path", "scopes", "stopped", "trace")

    def __init__(self, data: bytes, at: int, edition: Edition, *, lenient: bool, trace: list[Trace] | None) -> None:
        self.data = data
        self.at = at
        self.end = len(data)
        self.edition = edition
        self.lenient = lenient
        self.marks: list[Mark] = []
        self.scopes: list[dict[str, Any]] = []
        self.stopped = False
        self.trace = trace
        self.path: list[str] = []

    def take(self, count: int) -> bytes:
        """The next `count` bytes; raises BadFrame where there are fewer."""
        stop = self.at + count
        if stop > self.end:
            raise BadFrame(Code.BODY_SHORT, self.at)
        taken = self.data[self.at : stop]
        self.at = stop
        return taken

    def rest(self) -> bytes:
        """Everything up to the end."""
        taken = self.data[self.at : self.end]
        self.at = self.end
        return taken

    def mark(self, code: Code, offset: int, name: str = "") -> None:
        """Remember what is strange about a value."""
        self.marks.append(Mark(code, offset, name))


@dataclass(slots=True)
class Writer:
    """A body as it grows; `partial` where a lenient reading broke off: writing stops at the first missing field."""

    edition: Edition
    partial: bool = False
    stopped: bool = False
    out: bytearray = field(default_factory=bytearray)
    scopes: list[Mapping[str, Any]] = field(default_factory=list)
    name: str = ""

    def refuse(self, en: str, zh: str) -> BadFrame:
        """The error that says which field cannot be written, and what it takes."""
        return BadFrame(Code.VALUE, len(self.out), self.name, detail=(en, zh))
