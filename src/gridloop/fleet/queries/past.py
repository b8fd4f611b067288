"""A border that is drawn now, asked of the last hours: who would have been warned, judged as the gateway judges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import shapely

from gridloop.engines.fences.shapes import Area, Circle, Corridor, Shape
from gridloop.fleet import sql
from gridloop.fleet.intake import FIX
from gridloop.fleet.judge.masters import masters_of
from gridloop.fleet.judge.replay import asked_of_past
from gridloop.fleet.judge.rows import FenceRow, RuleRow, VehicleRow
from gridloop.fleet.judge.told import Told
from gridloop.fleet.models import Vehicle
from gridloop.fleet.queries.scope import WATCHING, areas_of
from gridloop.fleet.rules.kinds import VEHICLE_KINDS, RuleKind, Severity, ShapeKind, VehicleKind, WarningStage
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed
from gridloop.kernel.statements import run

LOOK_BACK = timedelta(hours=2)
FIXES_MAX = 400_000
MARGIN_DEG = 0.01  # a corridor or circle reaches beyond its line or point; more is no harm
DRAWN = "drawn"


def asked_of_last_hours(
    kind: ShapeKind, geometry: shapely.Geometry, *, radius_m: float | None, width_m: float | None, kinds: Sequence[str], by: Caller,
    now: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    """Vehicles of the caller's area that would have been warned of a no-go border, with when they went in and out; two statements."""
    reach = MARGIN_DEG + ((radius_m or 0) + (width_m or 0)) / 90_000
    west, south, east, north = shapely.bounds(geometry).tolist()
    areas = areas_of(by, *WATCHING)
    asked = {
        "since": now - LOOK_BACK, "until": now, "west": round((west - reach) * 1e7), "east": round((east + reach) * 1e7),
        "south": round((south - reach) * 1e7), "north": round((north + reach) * 1e7), "kinds": list(kinds), "everywhere": "" in areas,
        "areas": [f"{one}%" for one in areas], "limit": FIXES_MAX + 1,
    }  # fmt: skip
    rows = run(sql.text("past_near"), asked)
    if len(rows) > FIXES_MAX:
        raise Malformed(
            f"more than {FIXES_MAX:,} positions came near this border in two hours; draw a smaller one or name kinds of vehicles",
            zh=f"两小时内该围栏附近定位超过 {FIXES_MAX:,} 条,请缩小围栏或指定车辆类别",
            fields={"geometry": "too large"},
        )
    vehicles = {one.pk: one for one in Vehicle.objects.filter(pk__in={row[0] for row in rows})}
    if not vehicles:
        return []
    shape = shape_of(kind, geometry, radius_m, width_m)
    start_ms = int((now - LOOK_BACK - timedelta(days=1)).timestamp() * 1000)
    masters = masters_of(
        [VehicleRow(one.pk, one.plate, one.kind, one.firm, tuple(one.lists), one.area, one.speed_limit_kmh) for one in vehicles.values()],
        [FenceRow(1, DRAWN, 1, shape, start_ms, None)],
        [
            RuleRow(
                1, DRAWN, 1, RuleKind.NO_GO, fences=(DRAWN,), kinds=(), firms=(), lists=(), plates=(), params={}, weekly=(), holidays="",
                occasion="", permit_kinds=(), severity=Severity.INFO, valid_from_ms=start_ms, valid_to_ms=None,
            )
        ],
        [], [], [], version=1,
    )  # fmt: skip
    return _visits(asked_of_past(masters, fixes_of(rows)), vehicles)


def fixes_of(rows: Sequence[Sequence[Any]]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Rows of past_near.sql or replay_fixes.sql as fixes of the judge."""
    names = (
        "vehicle", "at", "received", "lon", "lat", "serial", "speed", "heading", "altitude_m", "status", "marks", "source",
    )  # fmt: skip
    fixes = np.zeros(len(rows), FIX)
    for name, column in zip(names, zip(*rows, strict=True), strict=True):
        values = np.array(column)
        fixes[name] = values / 1e7 if name in {"lon", "lat"} else values
    fixes["marks"] = 0  # judged anew, in the order of the device's time
    return fixes


def shape_of(kind: ShapeKind, geometry: Any, radius_m: float | None, width_m: float | None) -> Shape:
    """A border as the judge knows it."""
    if kind is ShapeKind.CIRCLE:
        return Circle(geometry.x, geometry.y, float(radius_m or 0))
    return Corridor(geometry, float(width_m or 0)) if kind is ShapeKind.CORRIDOR else Area(geometry)


def _visits(told: Sequence[Told], vehicles: dict[int, Vehicle]) -> list[dict[str, Any]]:
    """One line a confirmed stay, in the order of time; `left_at` is None for those that are inside still."""
    ended = {one.key: one.ended_ms for one in told if one.stage is WarningStage.ENDED}
    lines = []
    for one in told:
        if one.stage is not WarningStage.CONFIRMED:
            continue
        vehicle = vehicles[one.vehicle]
        zh, en = VEHICLE_KINDS[VehicleKind(vehicle.kind)]
        left = ended.get(one.key)
        lines.append(
            {
                "vehicle_id": vehicle.pk, "plate": vehicle.plate, "kind": vehicle.kind, "kind_zh": zh, "kind_en": en, "firm": vehicle.firm,
                "entered_at": _moment(one.suspected_ms), "left_at": _moment(left) if left else None, "lon": one.lon, "lat": one.lat,
            }
        )  # fmt: skip
    return sorted(lines, key=lambda line: line["entered_at"])


def _moment(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)
