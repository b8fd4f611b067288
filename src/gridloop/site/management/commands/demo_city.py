"""`demo_city`: builds the demo city in an empty database."""

from __future__ import annotations

import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from gridloop.kernel import clock
from gridloop.site.demo import load, organisation
from gridloop.site.demo.sizes import SIZES


class Command(BaseCommand):
    """Seeded and reproducible; everything invented is marked synthetic."""

    requires_system_checks: tuple[
        str, ...
    ] = ()  # they read every address of the API, which takes seconds and serves nobody here
    help = "Build the demo city: real divisions of Xiamen, invented streets, units, components and cases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Size and seed."""
        parser.add_argument("--size", choices=sorted(SIZES), default="small", help="how large a city (default small)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same city (default 1)")

    def handle(self, *_args: object, **options: object) -> None:
        """Builds, telling each step."""
        if not organisation.is_empty():
            raise CommandError("this database holds units already; the demo city needs an empty one (see DATABASE_URL)")
        begun = time.monotonic()

        def say(line: str) -> None:
            self.stdout.write(f"[{time.monotonic() - begun:5.1f} s] {line}")
            self.stdout.flush()

        made = load.load(str(options["size"]), seed=int(str(options["seed"])), now=clock.now(), say=say)
        say("ready: " + ", ".join(f"{count} {name}" for name, count in made.items()))
