"""Registers the patches of grid workers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from shapely.geometry.base import BaseGeometry

from gridloop.audit import actions as ledger
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Refused
from gridloop.places.actions.divisions import multipolygon
from gridloop.places.actions.search import refresh_search
from gridloop.places.models import Division, Grid
from gridloop.places.rules.codes import grid_code


@dataclass(frozen=True, slots=True)
class NewGrid:
    """A grid to be registered; `code` has 14 or 20 digits, `geometry` is a WGS-84 polygon or not known yet."""

    code: str
    name_zh: str
    name_en: str = ""
    geometry: BaseGeometry | None = None
    workers: int = 0


def register_grids(new: Iterable[NewGrid], *, by: Caller, now: dt.datetime) -> int:
    """Adds or renews grids and returns their number; Refused if a village is not known today."""
    today = clock.in_city(now).date()
    rows = {}
    for grid in new:
        code = grid_code(grid.code)
        rows[code] = Grid(
            code=code,
            object6=grid.code[:6] if len(grid.code) > len(code) else "",
            village12=code[:12],
            name_zh=grid.name_zh,
            name_en=grid.name_en,
            geom=multipolygon(grid.geometry) if grid.geometry is not None else None,
            workers=grid.workers,
            valid_from=today,
        )
    wanted = {row.village12 for row in rows.values()}
    known = set(Division.objects.filter(code12__in=wanted, level=5, valid_to=None).values_list("code12", flat=True))
    if wanted - known:
        unknown = ", ".join(sorted(wanted - known)[:5])
        raise Refused(
            f"a grid lies below a village of today; not known: {unknown}",
            zh=f"网格须属于现行村(社区);未知代码:{unknown}",
        )
    with transaction.atomic():
        Grid.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["object6", "name_zh", "name_en", "geom", "workers"],
        )
        refresh_search("grid")
        ledger.record(by, "places.grids_registered", "places:grids", at=now, detail={"grids": len(rows)})
    return len(rows)
