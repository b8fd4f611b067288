"""`masters_warnings`: what an operator should know about the class tables and the calendar, as JSON for `./gridloop doctor`."""

from __future__ import annotations

import json

from django.core.management.base import BaseCommand

from gridloop.cases.queries import masters
from gridloop.kernel import clock


class Command(BaseCommand):
    """Changes nothing."""

    help = "Print as JSON what is wrong with the class tables and the calendar, and until which year the calendar is known."

    def handle(self, *_args: object, **_options: object) -> None:
        """Asks and prints."""
        now = clock.now()
        warnings = [{"en": en, "zh": zh} for en, zh in masters.warnings(now)]
        until = masters.current(now).clock.calendar.last_known
        self.stdout.write(json.dumps({"calendar_until": until, "warnings": warnings}))
