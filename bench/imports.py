"""How fast histories and components come in, and what a register ten times as large costs.

`./gridloop bench imports` on a database with divisions, cells and class tables (a demo city of its own, because what is imported stays).
Prints JSON: rows a second, processor seconds of this process and of its database connection, and the size of the data, for each step.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
django.setup()

from django.db import connection  # noqa: E402 - Django must be set up first

from gridloop.kernel import clock  # noqa: E402
from gridloop.kernel.caller import system  # noqa: E402
from gridloop.site.imports.cases import import_cases  # noqa: E402
from gridloop.site.imports.components import import_components  # noqa: E402
from gridloop.site.imports.order import Order  # noqa: E402
from gridloop.site.imports.report import Account  # noqa: E402

BY = system("bench-imports")
SPREAD_DEGREES = 0.0004  # about a cell
SUBCLASSES = ("0101", "0102", "0103", "0104", "0118", "0209", "0305", "0402")
CENTRES = "select st_x(centre), st_y(centre) from places_cell where valid_to is null order by code"
SIZES = """
select (select count(*) from places_component), (select count(*) from cases_case),
       pg_total_relation_size('places_component') + pg_total_relation_size('places_componentpoint')
"""
COMPONENTS = """
dataset = "{name}"
[columns]
id = "id"
subclass = "subclass"
lon = "lon"
lat = "lat"
surveyed = "day"
"""
CASES = """
dataset = "{name}"
[columns]
id = "id"
opened = "opened"
closed = "closed"
lon = "lon"
lat = "lat"
text = "text"
[class]
otherwise = "event:0102"
[position]
outside = "home"
"""


def main() -> None:
    """Measures each step in turn and prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--components", type=int, default=100_000, help="how many a step brings (100,000)")
    parser.add_argument(
        "--grow-to", type=int, default=0, help="let the register grow to so many in between (10 x the first step)"
    )
    parser.add_argument("--cases", type=int, default=20_000, help="how many cases (20,000)")
    asked = parser.parse_args()
    grow_to = asked.grow_to or 10 * asked.components
    rng = np.random.default_rng(time.time_ns())
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), rng)
        result: dict[str, object] = {"cpus": os.cpu_count(), "at": clock.now().isoformat(timespec="seconds")}
        result["components_at_first"] = bench.components(asked.components)
        more = grow_to - int(bench.sizes()["components"])
        if more > 0:
            result["components_growing"] = bench.components(more)
        result["components_when_grown"] = bench.components(asked.components)
        result["cases"] = bench.cases(asked.cases)
    print(json.dumps(result))


class Bench:
    """Makes files round the centres of cells, imports them, and keeps the figures."""

    def __init__(self, folder: Path, rng: np.random.Generator) -> None:
        self.folder = folder
        self.rng = rng
        self.mark = time.time_ns()
        self.steps = 0
        with connection.cursor() as cursor:
            cursor.execute(CENTRES)
            self.centres = np.array(cursor.fetchall(), dtype=np.float64)
        if not len(self.centres):
            sys.exit("this database has no cells: run ./gridloop demo first, or give DATABASE_URL of a demo city")

    def sizes(self) -> dict[str, int]:
        """Rows, and bytes of the register of components with its indexes."""
        with connection.cursor() as cursor:
            cursor.execute(SIZES)
            components, cases, size = cursor.fetchone()
        return {"components": components, "cases": cases, "register_bytes": size}

    def components(self, count: int) -> dict[str, object]:
        """A survey of so many components."""
        kinds = self.rng.choice(SUBCLASSES, count)
        rows = zip(range(count), kinds.tolist(), *self._spots(count), ["2026-01-01"] * count, strict=True)
        return self._measured(import_components, COMPONENTS, ["id", "subclass", "lon", "lat", "day"], rows)

    def cases(self, count: int) -> dict[str, object]:
        """A history of so many closed cases."""
        days = self.rng.integers(1, 29, count).tolist()
        opened = [f"2026-0{1 + day % 9}-{day:02d} 09:00" for day in days]
        closed = [f"2026-0{1 + day % 9}-{day:02d} 17:00" for day in days]
        rows = zip(range(count), opened, closed, *self._spots(count), ["路口有一堆暴露垃圾"] * count, strict=True)
        return self._measured(import_cases, CASES, ["id", "opened", "closed", "lon", "lat", "text"], rows)

    def _spots(self, count: int) -> list[list[float]]:
        at = self.centres[self.rng.integers(len(self.centres), size=count)]
        spots: list[list[float]] = (at + self.rng.normal(0, SPREAD_DEGREES, at.shape)).round(7).T.tolist()
        return spots

    def _measured(
        self, take: Callable[..., Account], mapping: str, header: list[str], rows: object
    ) -> dict[str, object]:
        self.steps += 1
        file, guide = self.folder / f"{self.steps}.csv", self.folder / f"{self.steps}.toml"
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([header, *rows])  # type: ignore[misc]  # a zip of columns
        guide.write_text(mapping.format(name=f"bench {self.mark} {self.steps}"), encoding="utf-8")
        before, ours, theirs = self.sizes(), time.process_time(), _backend_s()
        account = take(Order(file, guide, crs="EPSG:4326"), by=BY, now=clock.now(), progress=lambda _share, _rows: None)
        return {
            "rows": account.rows,
            "file_bytes": file.stat().st_size,
            "imported": account.endings["imported"],  # type: ignore[index]  # endings are their own words
            "rows_per_s": round(account.rows / account.seconds, 1),
            "seconds": round(account.seconds, 2),
            "cpu_here_s": round(time.process_time() - ours, 2),
            "cpu_database_s": round(_backend_s() - theirs, 2),
            "with_tiles_s": account.extra.get("seconds_with_tiles"),
            "before": before,
            "after": self.sizes(),
        }


def _backend_s() -> float:
    """Processor seconds of our connection's process, where it runs on this machine; else 0."""
    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    try:
        parts = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
