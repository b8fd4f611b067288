"""Cells near the worker that nobody has been in lately."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gridloop.cases import sql as statements
from gridloop.cases.queries import names
from gridloop.cases.walks import sql
from gridloop.cases.walks.models import CellVisit
from gridloop.cases.walks.queries.walks import terms
from gridloop.cases.walks.rules import DENSITY_DAYS, Cell, worth_a_patrol
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.places import queries as places

REACH_M = 800.0
"""A quarter of an hour on foot; some 250 cells."""
CELLS_MAX = 400


def patrols(lon: float, lat: float, *, by: Caller, now: dt.datetime, limit: int) -> dict[str, Any]:
    """Cells of the caller's areas round a spot that want a patrol, best first; four statements."""
    days = terms().patrol_days
    areas = [grant.area for grant in by.grants if grant.duty is Duty.COLLECTOR]
    found = places.listed("cells", places.around(lon, lat, REACH_M), areas=areas, limit=CELLS_MAX)
    own = [one for one in found if any(one.code.startswith(area) for area in areas)]
    facts = _facts([one.code for one in own], days=days, now=now)
    cells = [
        Cell(one.code, one.lon, one.lat, *facts.get(one.code, (0, None)))
        for one in own
        if one.lon is not None and one.lat is not None
    ]
    chosen = worth_a_patrol(cells, now, days=days, most=limit)
    known = names.places_named({cell.code[: names.VILLAGE_DIGITS] for cell in chosen})
    return {"days": days, "items": [_shown(cell, known) for cell in chosen]}


def _facts(codes: list[str], *, days: int, now: dt.datetime) -> dict[str, tuple[int, dt.datetime | None]]:
    """Reports, and the last visit, by cell; a visit is a position on shift, a look, or a collector's step."""
    said = {"cells": codes, "since": now - dt.timedelta(days=DENSITY_DAYS), "recent": now - dt.timedelta(days=days)}
    found: dict[str, tuple[int, dt.datetime | None]] = {}
    for cell, reports, step_at in statements.run(sql.text("cells"), said):
        found[cell] = (reports, step_at)
    for cell, at in CellVisit.objects.filter(pk__in=codes).values_list("cell", "at"):
        reports, step_at = found.get(cell, (0, None))
        found[cell] = (reports, max(at, step_at) if step_at else at)
    return found


def _shown(cell: Cell, known: dict[str, tuple[str, str]]) -> dict[str, Any]:
    zh, en = known.get(cell.code[: names.VILLAGE_DIGITS], ("", ""))
    number = cell.code[-3:]
    return {
        "cell": cell.code, "zh": f"{zh} {number} 号单元网格".strip(), "en": f"Cell {number}, {en}" if en else f"Cell {number}",
        "lon": cell.lon, "lat": cell.lat, "reports": cell.reports, "seen_at": cell.seen_at,
    }  # fmt: skip
