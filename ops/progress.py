"""Progress bars for a terminal, plain lines for everything else."""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

from ops.words import pick, show

if TYPE_CHECKING:
    from types import TracebackType

WIDTH = 28
TICK_S = 0.2
FRACTION = re.compile(r"\b(\d+)\s*/\s*(\d+)\b")
PERCENT = re.compile(r"\b(\d{1,3})\s*%")


class Step:
    """One long step, shown while it runs: `with Step("Loading", "正在载入") as step: step.at(3, 10)`.

    A step that cannot count shows a moving bar and the seconds gone; `expect_s` lets it fill towards a remembered length.
    """

    def __init__(self, en: str, zh: str, expect_s: float = 0.0) -> None:
        self.name = pick(en, zh)
        self.expect_s = expect_s
        self.live = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self.share: float | None = None
        self.note = ""
        self.begun = time.monotonic()
        self.ended = threading.Event()
        self.painter = threading.Thread(target=self._paint_on, daemon=True)

    def __enter__(self) -> Self:
        if self.live:
            self.painter.start()
        else:
            show(f"  {self.name} ...")
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self.ended.set()
        gone = time.monotonic() - self.begun
        sign = pick("ok", "完成") if kind is None else pick("failed", "失败")
        if self.live:
            self.painter.join()
            sys.stdout.write("\r\x1b[K")
        tail = f" ({self.note})" if self.note and kind is None else ""
        show(f"  {self.name}: {sign}{tail}, {gone:.1f} s")

    def at(self, done: float, total: float, note: str = "") -> None:
        """Show that `done` of `total` is behind us."""
        self.share = min(1.0, done / total) if total > 0 else None
        self.note = note or self.note

    def heard(self, line: str) -> None:
        """Read the share done from a line that a child process printed, where it names one ("120/2000", "35 %")."""
        if match := FRACTION.search(line):
            done, total = int(match[1]), int(match[2])
            if 0 <= done <= total and total > 0:
                self.share = done / total
        elif (match := PERCENT.search(line)) and int(match[1]) <= 100:
            self.share = int(match[1]) / 100

    def _paint_on(self) -> None:
        turn = 0
        while not self.ended.wait(TICK_S):
            turn += 1
            sys.stdout.write("\r\x1b[K" + self._line(turn))
            sys.stdout.flush()

    def _line(self, turn: int) -> str:
        gone = time.monotonic() - self.begun
        share = self.share
        if share is None and self.expect_s:
            share = gone / (gone + self.expect_s * 0.25)  # approaches the end, never claims it
        if share is None:
            spot = turn % (WIDTH - 3)
            body = "·" * spot + "━━━" + "·" * (WIDTH - 3 - spot)
            return f"  {self.name} {body} {gone:4.0f} s"
        full = int(share * WIDTH)
        body = "━" * full + "·" * (WIDTH - full)
        return f"  {self.name} {body} {share:4.0%} {gone:4.0f} s"
