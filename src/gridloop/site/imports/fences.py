"""`import fences`: polygons, circles (points with a radius) and corridors (lines with a width) from a file with geometries."""

from __future__ import annotations

import datetime as dt
import time
from contextlib import nullcontext

import numpy as np
import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from gridloop.fleet import actions
from gridloop.fleet.rules.kinds import ShapeKind
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed
from gridloop.places import actions as places
from gridloop.site.imports import sources
from gridloop.site.imports.batches import SHAPES, Batch, kind_of
from gridloop.site.imports.mapping import Guide, read_mapping
from gridloop.site.imports.order import Order, Progress, told_crs
from gridloop.site.imports.report import Account, Ending, Fault, ReportFile, Tally
from gridloop.site.imports.sheets import told_text
from gridloop.site.imports.values import first, moment, number, printable, unreadable

ROLES = {
    "code": True,
    "name": True,
    "name_en": False,
    "radius_m": False,
    "width_m": False,
    "area": False,
    "note": False,
    "valid_to": False,
}
SHAPE_OF = {
    "Polygon": ShapeKind.AREA, "MultiPolygon": ShapeKind.AREA, "Point": ShapeKind.CIRCLE, "LineString": ShapeKind.CORRIDOR,
    "MultiLineString": ShapeKind.CORRIDOR,
}  # fmt: skip
ENDINGS = {"new": Ending.IMPORTED, "same": Ending.UNCHANGED, "different": Ending.CHANGED, "refused": Ending.BAD}


def import_fences(order: Order, *, by: Caller, now: dt.datetime, progress: Progress) -> Account:
    """Import the whole file and account for every feature; `extra` counts the shapes that came in."""
    guide = told_crs(read_mapping(order.mapping, ROLES, ()), order)
    if kind_of(order.file, shapes=True) not in SHAPES:
        raise Malformed(
            f"{order.file.name} is a table; fences are polygons, points or lines, in GeoJSON, Shapefile or GeoPackage",
            zh=f"{order.file.name} 是表格;围栏须为 GeoJSON、Shapefile 或 GeoPackage 要素",
        )
    account = Account("fences", guide.dataset, order.dry_run)
    account.extra |= {str(kind): 0 for kind in ShapeKind}
    started = time.perf_counter()
    with ReportFile(order.report) as report, transaction.atomic() if order.dry_run else nullcontext():
        tally = Tally(account, report)
        for batch in sources.read(order.file, guide):
            tally.read(len(batch))
            _take(batch, guide, tally, by=by, now=now)
            progress(batch.share, account.rows)
        if order.dry_run:
            transaction.set_rollback(True)
    account.seconds = time.perf_counter() - started
    return account


def _take(batch: Batch, guide: Guide, tally: Tally, *, by: Caller, now: dt.datetime) -> None:
    """Turn the shapes of the batch, draw the good ones, and end every feature."""
    shapes = batch.shapes if batch.shapes is not None else np.full(len(batch), None, dtype=object)
    turned = sources.outlines(shapes, guide)
    understood = []
    for at, line in enumerate(batch.lines):
        row = {name: values[at] for name, values in batch.columns.items()}
        faults: list[Fault] = []
        fence = _read(row, turned[at], guide, faults)
        if fence is None:
            tally.ended(line, told_text(first(row, guide.columns["code"])), Ending.BAD, faults)
        else:
            understood.append((line, fence))
    for (line, fence), taken in zip(
        understood, actions.draw_fences([one for _, one in understood], by=by, now=now), strict=True
    ):
        if taken.ending == "new":
            tally.account.extra[fence.shape] += 1
        faults = [Fault(", ".join(taken.differ), *taken.why)] if taken.why[0] else []
        tally.ended(line, fence.code, ENDINGS[taken.ending], faults or None)


def _read(
    row: dict[str, object], shape: BaseGeometry | None, guide: Guide, faults: list[Fault]
) -> actions.NewFence | None:
    """The feature as a fence; None where something is wrong, which stands in `faults` then."""
    told = {role: told_text(first(row, guide.columns.get(role, ()))) for role in ROLES}
    named = {role: ", ".join(guide.columns.get(role, ())) for role in ROLES}
    faults += [Fault(named[role], "this must be said", "不能为空") for role in ("code", "name") if not told[role]]
    faults += [unreadable(named[role]) for role, text in told.items() if not printable(text)]
    sizes = {role: number(told[role]) if told[role] else None for role in ("radius_m", "width_m")}
    faults += [
        Fault(named[role], "this is no length in metres", "不是以米计的长度", told[role])
        for role, size in sizes.items()
        if told[role] and size is None
    ]
    kind = SHAPE_OF.get(shape.geom_type) if shape is not None and not shapely.is_empty(shape) else None
    if kind is None:
        met = "nothing" if shape is None else shape.geom_type
        faults.append(
            Fault(
                "geometry",
                "a fence is a polygon, a point with a radius or a line with a width",
                "围栏须为面、带半径的点或带宽度的线",
                met,
            )
        )
    until = moment(first(row, guide.columns.get("valid_to", ())), guide.times) if told["valid_to"] else None
    if told["valid_to"] and until is None:
        faults.append(Fault(named["valid_to"], "this is no moment", "不是有效时间", told["valid_to"]))
    area = _area(told["area"], named["area"], faults)
    if faults or kind is None or shape is None:
        return None
    return actions.NewFence(
        code=told["code"], name_zh=told["name"], shape=kind.value, geometry=shape, name_en=told["name_en"],
        radius_m=sizes["radius_m"] if kind is ShapeKind.CIRCLE else None, width_m=sizes["width_m"] if kind is ShapeKind.CORRIDOR else None, area=area,
        note=told["note"], valid_to=until,
    )  # fmt: skip


def _area(word: str, column: str, faults: list[Fault]) -> str:
    try:
        return places.area_code(word) if word else ""
    except GridloopError as wrong:
        faults.append(Fault(column, wrong.en, wrong.zh, word))
        return ""
