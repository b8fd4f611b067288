"""The judge's masters and state as the gateway holds them, and what they say of a window."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gridloop.fleet.judge.held import Held, begin
from gridloop.fleet.judge.masters import Masters
from gridloop.fleet.judge.renewal import renew
from gridloop.fleet.judge.told import Told
from gridloop.fleet.judge.window import judge, tick

TICK_MS = 1_000


class Judging:
    """Masters and state, both replaced and never changed.

    waiting: what a change of the masters told, for the next window; drivers: tokens by vehicle of those who began to drive, for the next fixes.
    """

    def __init__(self) -> None:
        self.masters: Masters | None = None
        self.held: Held | None = None
        self.waiting: list[Told] = []
        self.drivers: dict[int, int] = {}
        self._ticked_ms = 0

    @property
    def state(self) -> tuple[Held, Masters] | None:
        """What is held now, and under which masters."""
        return None if self.held is None or self.masters is None else (self.held, self.masters)

    def renewed(self, masters: Masters, now_ms: int) -> None:
        """Judge by other masters from now on; ended fences emit their exits."""
        before, held = self.masters, self.held
        self.masters = masters
        if before is None or held is None:
            self.held = begin(masters)
        else:
            told, self.held = renew(before, masters, held, now_ms=now_ms)
            self.waiting += told

    def judged(self, fixes: npt.NDArray[np.void], now_ms: int) -> tuple[npt.NDArray[np.uint8], list[Told]]:
        """(the marks of these fixes, what is told because of them and of the time that has passed)."""
        assert self.masters is not None
        assert self.held is not None
        told, self.waiting = self.waiting, []
        marks: npt.NDArray[Any] = fixes["marks"]
        if len(fixes):
            drivers, self.drivers = self.drivers, {}
            found = judge(self.masters, self.held, fixes, now_ms=now_ms, drivers=drivers)
            self.held, marks = found.held, found.marks
            told += found.told
        if now_ms - self._ticked_ms >= TICK_MS:
            self._ticked_ms = now_ms
            passed = tick(self.masters, self.held, now_ms=now_ms)
            self.held = passed.held
            told += passed.told
        return marks, told
