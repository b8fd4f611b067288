"""`make_cells`: lays the cells of a managed area."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path

import shapely
from django.core.management.base import BaseCommand, CommandError
from shapely.geometry.base import BaseGeometry

from gridloop.kernel import clock
from gridloop.kernel.caller import system
from gridloop.kernel.errors import GridloopError
from gridloop.places import actions, queries


class Command(BaseCommand):
    """Lays cells over a county, a GeoJSON polygon or a circle."""

    help = "Lay cells of 10,000 m2 over a managed area. Squares that have a cell already keep it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The area and the name it is managed under."""
        parser.add_argument("--area", required=True, help="a county by name or code, or a GeoJSON file in WGS-84")
        parser.add_argument("--managed", required=True, help="the name of the managed area")
        parser.add_argument("--around", help="LON,LAT: only about --cells cells around this point of the area")
        parser.add_argument("--cells", type=int, default=2000, help="how many cells, with --around (default 2000)")
        parser.add_argument(
            "--overflow",
            action="store_true",
            help="beyond 999 cells a community use codes of communities of unknown position",
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Lays, then says how many and in what time."""
        started = time.perf_counter()
        try:
            shape = _shape(str(options["area"]))
            if options["around"]:
                lon, lat = (float(part) for part in str(options["around"]).split(","))
                shape = shapely.intersection(shape, queries.circle_of_cells(lon, lat, int(str(options["cells"]))))
            laid = actions.make_cells(
                str(options["managed"]),
                shape,
                by=system("make_cells"),
                now=clock.now(),
                overflow=bool(options["overflow"]),
            )
        except GridloopError as error:
            raise CommandError(error.en) from error
        self.stdout.write(
            f"{laid.cells} cells in {laid.communities} communities, {laid.kept} kept, in {time.perf_counter() - started:.1f} s"
        )


def _shape(area: str) -> BaseGeometry:
    """The polygon of a file or of a county."""
    file = Path(area)
    if file.suffix in {".json", ".geojson"}:
        if not file.exists():
            message = f"there is no file {area}"
            raise CommandError(message)
        content = json.loads(file.read_text("utf-8"))
        shapes = (
            [feature["geometry"] for feature in content["features"]]
            if "features" in content
            else [content.get("geometry", content)]
        )
        return shapely.union_all([shapely.from_geojson(json.dumps(shape)) for shape in shapes])
    return queries.outline(area)
