# ruff: noqa: N999 - the command is called what the person types
"""`import cases|components|boundaries|units|vehicles|fences FILE --mapping MAP.toml`: brings in what another system kept, and accounts for every row."""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.errors import GridloopError
from gridloop.site.imports import agreement
from gridloop.site.imports.boundaries import import_boundaries
from gridloop.site.imports.cases import import_cases
from gridloop.site.imports.components import import_components
from gridloop.site.imports.fences import import_fences
from gridloop.site.imports.order import Order
from gridloop.site.imports.progress import Bar
from gridloop.site.imports.report import Account
from gridloop.site.imports.units import import_units
from gridloop.site.imports.vehicles import import_vehicles

KINDS: dict[str, Callable[..., Account]] = {
    "cases": import_cases,
    "components": import_components,
    "boundaries": import_boundaries,
    "units": import_units,
    "vehicles": import_vehicles,
    "fences": import_fences,
}


class Command(BaseCommand):
    """Changes nothing the second time."""

    help = "Import cases, components, boundaries, units, vehicles or fences from a file; the last line of the output is the account as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, from where, by which mapping."""
        parser.add_argument("what", choices=sorted(KINDS), help="what the file holds")
        parser.add_argument(
            "file", type=Path, help="CSV, XLSX, Parquet; GeoJSON, Shapefile, GeoPackage for what has a place"
        )
        parser.add_argument("--mapping", type=Path, required=True, help="TOML file that says which column is what")
        parser.add_argument(
            "--crs",
            default="",
            help="EPSG:4326, EPSG:4490, GCJ-02 or BD-09; must be said for components, boundaries and fences",
        )
        parser.add_argument(
            "--since",
            type=dt.date.fromisoformat,
            help="first day on which boundaries hold, where the file does not say (today)",
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, account for it, and write nothing")
        parser.add_argument(
            "--report", type=Path, help="CSV of rows that were bad or changed, with line, column and reason"
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Imports, prints the account for people, then as JSON."""
        what = str(options["what"])
        report = options["report"]
        order = Order(
            file=Path(str(options["file"])),
            mapping=Path(str(options["mapping"])),
            dry_run=bool(options["dry_run"]),
            report=Path(str(report)) if report else None,
            crs=str(options["crs"]),
            since=options["since"] if isinstance(options["since"], dt.date) else None,
        )
        bar = Bar(what)
        try:
            account = KINDS[what](order, by=system("import"), now=clock.now(), progress=bar.show)
        except GridloopError as wrong:
            raise CommandError(f"{wrong.en}\n{wrong.zh}") from wrong
        except OSError as wrong:
            raise CommandError(f"{wrong.filename or order.file} cannot be opened: {wrong.strerror or wrong}") from wrong
        finally:
            bar.end()
        for line in account.told():
            self.stdout.write(line)
        if "agreement" in account.extra:
            for line in agreement.told(account.extra["agreement"]):
                self.stdout.write(line)
        self.stdout.write(json.dumps(account.as_json(), ensure_ascii=False))
