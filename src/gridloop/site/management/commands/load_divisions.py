"""`load_divisions`: the lists of divisions, their history and the real metro stations; loading again changes nothing."""

from __future__ import annotations

import time

from django.core.management.base import BaseCommand

from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.places import actions


class Command(BaseCommand):
    """Loads divisions and stations from `data/`."""

    help = "Load divisions, former divisions, county outlines and metro stations from data/. Running it again is safe."

    def handle(self, *_args: object, **_options: object) -> None:
        """Loads, then says how much and in what time."""
        started = time.perf_counter()
        by = system("load_divisions")
        loaded = actions.load_divisions(by=by, now=clock.now())
        stations = actions.load_metro_stations(by=by, now=clock.now())
        self.stdout.write(
            f"{loaded.today} divisions of today, {loaded.former} former ones ({loaded.unresolved} without a known successor), "
            f"{loaded.polygons} county outlines, {loaded.points} known points, {stations} metro stations "
            f"in {time.perf_counter() - started:.1f} s"
        )
