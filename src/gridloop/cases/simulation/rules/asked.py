"""Plain values from outside, read name by name; every fault is kept with its place, so that all are told at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

EACH_MAX = 200
"""Entries of one list; a proposal is made by people."""
Faults = dict[str, tuple[str, str]]
"""Place in the document -> what is wrong there, English and Chinese."""


class Asked:
    """One object of the document; objects inside it share its list of faults."""

    def __init__(self, raw: Any, place: str = "", faults: Faults | None = None) -> None:
        """A thing that is not an object is a fault of its own, and then everything in it is absent."""
        self.faults: Faults = {} if faults is None else faults
        self.place = place
        self._read: set[str] = set()
        if isinstance(raw, dict) and all(isinstance(name, str) for name in raw):
            self._raw: dict[str, Any] = raw
        else:
            self._raw = {}
            self.faults[place] = ("an object with named values is needed", "应为带名称的对象")

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place and name else self.place or name

    def fault(self, name: str, en: str, zh: str) -> None:
        """Something is wrong with this value; the first fault of a place is kept."""
        self.faults.setdefault(self._at(name), (en, zh))

    def wrong(self, *names: str) -> bool:
        """Whether one of these values has a fault already."""
        return any(self._at(name) in self.faults for name in names)

    def said(self, name: str) -> Any:
        """The value as it stands, None where there is none."""
        self._read.add(name)
        return self._raw.get(name)

    def names(self) -> list[str]:
        """Names of all values."""
        return sorted(self._raw)

    def nothing_else(self, *also: str) -> None:
        """Names that nobody reads are faults: a word spelled wrong would change nothing unseen."""
        self.only({*self._read, *also})

    def only(self, known: Iterable[str]) -> None:
        """Faults for every name but these."""
        wanted = sorted(known)
        for name in sorted(set(self._raw) - set(wanted)):
            self.fault(
                name[:40], f"is not known here; there are: {', '.join(wanted)}", f"未知字段,可用:{'、'.join(wanted)}"
            )

    def inside(self, name: str) -> Asked:
        """The object of this name, an empty one where there is none."""
        return Asked(self._raw.get(name, {}), self._at(name), self.faults)

    def each(self, name: str) -> list[Asked]:
        """The objects of a list."""
        return [Asked(one, f"{self._at(name)}[{at}]", self.faults) for at, one in enumerate(self._list(name))]

    def numbers(self, name: str, *, most: int) -> list[int]:
        """A list of whole numbers from 1 on."""
        found = []
        for at, one in enumerate(self._list(name)):
            if isinstance(one, bool) or not isinstance(one, int) or not 1 <= one <= most:
                self.fault(f"{name}[{at}]", "a number from 1 on is needed", "应为正整数")
            else:
                found.append(one)
        return found

    def _list(self, name: str) -> Sequence[Any]:
        said = self.said(name)
        if said is None:
            return ()
        if not isinstance(said, list):
            self.fault(name, "a list is needed", "应为列表")
            return ()
        if len(said) > EACH_MAX:
            self.fault(name, f"at most {EACH_MAX} entries", f"最多 {EACH_MAX} 项")
            return ()
        return said

    def text(self, name: str, *, longest: int, shortest: int = 0) -> str:
        """A text on one line."""
        said = self.said(name)
        if said is None:
            said = ""
        if not isinstance(said, str) or not shortest <= len(said) <= longest or not (said.isprintable() or not said):
            self.fault(
                name,
                f"a text of {shortest} to {longest} printable characters is needed",
                f"应为 {shortest} 至 {longest} 个字符的文本",
            )
            return ""
        return said.strip()

    def digits(self, name: str, *, longest: int, shortest: int = 0) -> str:
        """A code or the beginning of one."""
        said = self.said(name)
        if said is None:
            said = ""
        if not (
            isinstance(said, str)
            and shortest <= len(said) <= longest
            and (not said or (said.isascii() and said.isdigit()))
        ):
            wanted = str(longest) if shortest == longest else f"{shortest} to {longest}"
            wanted_zh = str(longest) if shortest == longest else f"{shortest} 至 {longest}"
            self.fault(name, f"{wanted} digits in quotes are needed", f"应为 {wanted_zh} 位数字的文本")
            return ""
        return said

    def one_of(self, name: str, known: Sequence[str], *, default: str | None = None) -> str:
        """One of the known words."""
        said = self.said(name)
        if said is None and default is not None:
            return default
        if not isinstance(said, str) or said not in known:
            listed = ", ".join(repr(one) for one in known)
            self.fault(name, f"one of {listed} is needed", f"应为 {listed} 之一")
            return known[0]
        return said

    def number(self, name: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number."""
        said = self.said(name)
        if said is None and default is not None:
            return default
        if isinstance(said, bool) or not isinstance(said, int) or not least <= said <= most:
            self.fault(name, f"a whole number from {least} to {most} is needed", f"应为 {least} 至 {most} 的整数")
            return least
        return said

    def amount(self, name: str, *, most: float) -> float:
        """An amount above nothing."""
        said = self.said(name)
        if (
            isinstance(said, bool)
            or not isinstance(said, int | float)
            or not math.isfinite(said)
            or not 0 < said <= most
        ):
            self.fault(name, f"a number above 0 and up to {most:.0f} is needed", f"应为大于 0、不超过 {most:.0f} 的数")
            return 1.0
        return float(said)
