"""`permissions`: print the permission matrix, or write it into the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gridloop.site import api, matrix

PAGE = Path(settings.ROOT) / "docs" / "reference" / "permissions.md"


class Command(BaseCommand):
    """Renders `docs/reference/permissions.md` out of the permits."""

    help = "Print, write or check the permission matrix."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do with it."""
        parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
        parser.add_argument("--check", action="store_true", help=f"fail when {PAGE.name} is out of date")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Print, write or check."""
        page = matrix.rendered(api.permits())
        if options["write"]:
            PAGE.write_text(page, encoding="utf-8")
            self.stdout.write(f"written: {PAGE}")
        elif options["check"]:
            if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
                raise CommandError("docs/reference/permissions.md is out of date; run: manage permissions --write")
        else:
            self.stdout.write(page)
