"""How far an import is, on standard error, so that standard output stays the account."""

from __future__ import annotations

import sys
import time

WIDTH = 30
EVERY_S = 0.5
LINES = 10


class Bar:
    """A bar on a terminal, a line every tenth of the way elsewhere."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.started = self.shown_at = time.monotonic()
        self.tenth = -1

    def show(self, share: float, rows: int) -> None:
        """So much of the file is done."""
        now = time.monotonic()
        pace = f"{rows / max(now - self.started, 1e-6):,.0f}/s"
        if sys.stderr.isatty():
            if now - self.shown_at > EVERY_S or share >= 1:
                full = round(WIDTH * share)
                sys.stderr.write(f"\r{self.what} [{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%} {rows:,} {pace} ")
                sys.stderr.flush()
                self.shown_at = now
        elif int(share * LINES) > self.tenth:
            self.tenth = int(share * LINES)
            sys.stderr.write(f"{self.what} {share:.0%} {rows:,} rows {pace}\n")

    def end(self) -> None:
        """The terminal's line is left."""
        if sys.stderr.isatty():
            sys.stderr.write("\n")
