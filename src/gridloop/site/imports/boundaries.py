"""`import boundaries`: polygons of divisions and grids, checked and made valid, with the days on which they hold."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from contextlib import nullcontext

import numpy as np
import shapely
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed
from gridloop.places import actions
from gridloop.site.imports import sources
from gridloop.site.imports.batches import SHAPES, Batch, kind_of
from gridloop.site.imports.mapping import Guide, read_mapping
from gridloop.site.imports.order import Order, Progress, told_crs
from gridloop.site.imports.report import Account, Ending, Fault, ReportFile, Tally
from gridloop.site.imports.sheets import told_text
from gridloop.site.imports.values import LAT_MAX, first, moment, printable, unreadable

ROLES = {"code": True, "name": False, "name_en": False, "valid_from": False, "valid_to": False}
MENDED_SHARE_MAX = 0.01  # constructed: mending a crossing line may move a hundredth of the area, not more
ENDINGS = {"unchanged": Ending.UNCHANGED, "refused": Ending.BAD}


def import_boundaries(order: Order, *, by: Caller, now: dt.datetime, progress: Progress) -> Account:
    """Import the whole file and account for every feature; `extra` says how many were added, outlined, replaced and mended."""
    guide = told_crs(read_mapping(order.mapping, ROLES, ()), order)
    if kind_of(order.file, shapes=True) not in SHAPES:
        raise Malformed(
            f"{order.file.name} is a table; boundaries are polygons, in GeoJSON, Shapefile or GeoPackage",
            zh=f"{order.file.name} 是表格;边界须为 GeoJSON、Shapefile 或 GeoPackage 面要素",
        )
    since = order.since or clock.in_city(now).date()
    account = Account("boundaries", guide.dataset, order.dry_run)
    started, how = time.perf_counter(), Counter[str]()
    with ReportFile(order.report) as report, transaction.atomic() if order.dry_run else nullcontext():
        tally = Tally(account, report)
        for batch in sources.read(order.file, guide):
            tally.read(len(batch))
            how += _take(batch, guide, since, tally, by=by, now=now)
            progress(batch.share, account.rows)
        if order.dry_run:
            transaction.set_rollback(True)
    account.seconds = time.perf_counter() - started
    account.extra |= {name: how[name] for name in ("added", "outlined", "replaced", "mended")}
    return account


def _take(batch: Batch, guide: Guide, since: dt.date, tally: Tally, *, by: Caller, now: dt.datetime) -> Counter[str]:
    """Check the shapes of the batch, keep the good ones, and end every feature; how many ended how."""
    shapes = batch.shapes if batch.shapes is not None else np.full(len(batch), None, dtype=object)
    turned = sources.outlines(shapes, guide)
    understood, how = [], Counter[str]()
    for at, line in enumerate(batch.lines):
        row = {name: values[at] for name, values in batch.columns.items()}
        read = _read(row, turned[at], guide, since)
        if isinstance(read, list):
            tally.ended(line, told_text(first(row, guide.columns["code"])), Ending.BAD, read)
        else:
            how["mended"] += not shapely.is_valid(turned[at])
            understood.append((line, read))
    ended = actions.import_outlines(guide.dataset, [one for _, one in understood], by=by, now=now)
    for (line, one), kept in zip(understood, ended, strict=True):
        how[kept.ending] += 1
        faults = [Fault("", *kept.why)] if kept.ending == "refused" else None
        tally.ended(line, one.code, ENDINGS.get(kept.ending, Ending.IMPORTED), faults)
    return how


def _read(
    row: dict[str, object], shape: BaseGeometry | None, guide: Guide, since: dt.date
) -> actions.Outline | list[Fault]:
    """The feature as an outline, or everything that is wrong with it."""
    faults: list[Fault] = []
    told = told_text(first(row, guide.columns["code"]))
    code = ""
    try:
        code = actions.grid_code(told) if len(told) in {14, 20} else actions.area_code(told)
    except Malformed as wrong:
        faults.append(Fault(", ".join(guide.columns["code"]), wrong.en, wrong.zh, told))
    if not code and not faults:
        faults.append(Fault(", ".join(guide.columns["code"]), "the code is missing", "缺少代码"))
    days = {role: _day(role, row, guide, faults) for role in ("valid_from", "valid_to")}
    names = {role: told_text(first(row, guide.columns.get(role, ()))) for role in ("name", "name_en")}
    faults += [unreadable(role) for role, name in names.items() if not printable(name)]
    outline = _checked(shape, faults)
    if faults or outline is None:
        return faults
    return actions.Outline(
        code, outline, days["valid_from"] or since, days["valid_to"], name_zh=names["name"], name_en=names["name_en"]
    )


def _day(role: str, row: dict[str, object], guide: Guide, faults: list[Fault]) -> dt.date | None:
    value = first(row, guide.columns.get(role, ()))
    if value is None:
        return None
    found = moment(value, guide.times)
    if found is None:
        faults.append(Fault(", ".join(guide.columns[role]), "this is no day", "不是有效日期", told_text(value)))
        return None
    return found.astimezone(guide.times.zone).date()


def _checked(shape: BaseGeometry | None, faults: list[Fault]) -> BaseGeometry | None:
    """The outline as it is, or mended where its lines cross; a fault for what is no area, or changes when it is mended."""
    if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
        met = "nothing" if shape is None else shape.geom_type
        faults.append(Fault("geometry", "a boundary is a polygon that is not empty", "边界须为非空面要素", met))
        return None
    west, south, east, north = shape.bounds
    if not (-180 <= west <= east <= 180 and -LAT_MAX <= south <= north <= LAT_MAX):
        faults.append(
            Fault("geometry", "the outline leaves the globe; is it in degrees?", "边界超出经纬度范围;坐标是否为度?")
        )
        return None
    if shape.is_valid:
        return shape
    reason = shapely.is_valid_reason(shape)
    parts = [
        part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type in {"Polygon", "MultiPolygon"}
    ]
    mended = shapely.union_all(parts)
    if mended.is_empty or mended.symmetric_difference(shape.buffer(0)).area > MENDED_SHARE_MAX * mended.area:
        faults.append(
            Fault(
                "geometry",
                f"the outline is not valid and cannot be mended without changing it: {reason}",
                f"边界无效且无法修复:{reason}",
            )
        )
        return None
    return mended
