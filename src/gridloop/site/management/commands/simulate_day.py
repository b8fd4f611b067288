"""`simulate_day`: plays a duty day through the public doors of a running platform."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from random import Random

from django.core.management.base import BaseCommand

from gridloop.site.demo import organisation
from gridloop.site.demo.pictures import from_bank
from gridloop.site.drive.actors import assemble
from gridloop.site.drive.day import Day, stamped


class Command(BaseCommand):
    """Scripted seats report, register, dispatch, repair and check; everything they report is marked synthetic."""

    help = "Play a simulated duty day against a running platform of the demo city."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, how fast, how long."""
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the platform")
        parser.add_argument(
            "--every", type=float, default=40.0, help="seconds between two reports on average (default 40)"
        )
        parser.add_argument(
            "--seconds", type=float, default=0.0, help="how long to play; 0 is until stopped (default 0)"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same day (default 1)")

    def handle(self, *_args: object, **options: object) -> None:
        """Plays until stopped."""
        seed = int(str(options["seed"]))

        def picture(kind: str, code: str, stage: str) -> bytes:
            return from_bank(
                kind, code, seed=seed, stage="before" if stage == "before" else "after", when=dt.datetime.now(dt.UTC)
            )

        company = assemble(
            str(options["url"]),
            organisation.PASSWORD,
            picture=picture,
            rng=Random(seed),  # noqa: S311 - a play, not a secret
            seats={seat.login: (seat.duties, seat.area) for seat in organisation.seats()},
            patience_s=300,
        )
        day = Day(company, Random(seed), float(str(options["every"])), say=self.stdout.write)  # noqa: S311
        try:
            day.prepare()
            self.stdout.write(f"the duty day has begun: {len(day.waiting)} open cases taken up")
            day.run(float(str(options["seconds"])))
        except KeyboardInterrupt:
            self.stdout.write("the duty day ends here")
        finally:
            company.leave()
        self.stdout.write(stamped(day))
