"""`load_masters`: class tables, filing rules, limits, calendar; loading again changes nothing."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from gridloop.cases import actions
from gridloop.cases.queries import masters_warnings
from gridloop.kernel import clock
from gridloop.kernel.caller import system


class Command(BaseCommand):
    """Loads the masters of the loop from `data/`."""

    help = "Load classes, filing rules, stage limits, reasons, the ladder and the calendar from data/. A changed row becomes a new version."

    def handle(self, *_args: object, **_options: object) -> None:
        """Loads, then says how much was new, changed and ended."""
        loaded = actions.load_masters(by=system("load_masters"), now=clock.now())
        for word, counts in (("new", loaded.new), ("changed", loaded.changed), ("ended", loaded.ended)):
            for table, count in counts.items():
                self.stdout.write(f"{count} {word} in {table}")
        if not loaded.touched:
            self.stdout.write("everything is up to date")
        for sentence in masters_warnings(clock.now()):
            self.stderr.write(sentence[0])
