"""`addresses`: read one address, or measure how well made-up addresses of this city are found."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from gridloop.places import queries as places
from gridloop.site.drive import addresses


class Command(BaseCommand):
    """`addresses evaluate` or `addresses locate TEXT`."""

    help = "locate TEXT: what an address says and where it may be; evaluate: shares found within 50 and 200 m, on addresses made from this city's streets"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do."""
        parser.add_argument("what", choices=["locate", "evaluate"])
        parser.add_argument("text", nargs="?", default="", help="an address")
        parser.add_argument(
            "--count", type=int, default=200, help="crossings and stations to make addresses from (default 200)"
        )
        parser.add_argument("--seed", type=int, default=0)

    def handle(self, *_args: object, **options: Any) -> None:
        """Prints."""
        if options["what"] == "locate":
            self.stdout.write(json.dumps(asdict(places.locate(options["text"])), ensure_ascii=False, indent=1))
            return
        found = addresses.tried(addresses.made(options["count"], options["seed"]))
        self.stdout.write(addresses.told(found))
