"""`loop`: the loop's diagram and table, written into the reference or printed."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gridloop.cases.rules.diagram import page

FILE = Path(settings.ROOT) / "docs/reference/loop.md"


class Command(BaseCommand):
    """Keeps docs/reference/loop.md equal to the rules."""

    help = "Print the loop as Markdown; --write puts it into docs/reference/loop.md, --check fails when that is out of date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--write` or `--check`."""
        parser.add_argument("--write", action="store_true")
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: object, write: bool, check: bool, **_options: object) -> None:
        """Prints, writes or compares."""
        if write:
            FILE.write_text(page(), encoding="utf-8")
            self.stdout.write(f"wrote {FILE.relative_to(settings.ROOT)}")
        elif check:
            if FILE.read_text(encoding="utf-8") != page():
                raise CommandError("docs/reference/loop.md is out of date; run: manage loop --write")
        else:
            self.stdout.write(page())
