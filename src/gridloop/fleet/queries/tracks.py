"""Where a vehicle went, and which vehicles were in an area; days in the archive are read as if they stood in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.db.models import QuerySet

from gridloop.fleet import sql
from gridloop.fleet.models import ArchivedDay, Vehicle
from gridloop.fleet.queries import archive
from gridloop.fleet.queries.scope import WATCHING, areas_of, within
from gridloop.fleet.rules import presence
from gridloop.fleet.rules.kinds import VEHICLE_KINDS, VehicleKind
from gridloop.fleet.rules.tracks import Track, kept, length_m
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed
from gridloop.kernel.statements import run

FOUND_MAX = 2_000
PAIRS_MAX = 400_000
UNTIL_SQL = "select slot from fleet_presence_until"
Box = dict[str, int]
Fix = list[float]
"""at_ms, lon, lat."""
Stays = dict[int, tuple[Fix, Fix]]
"""The first and the last fix inside, by vehicle."""


def track(vehicle_id: int, since: datetime, until: datetime) -> Track:
    """Every fix of a vehicle between two moments, by the device's time; two statements, and files for days that have left the database."""
    asked = {"vehicle": vehicle_id, "since": since, "until": until}
    rows = run(sql.text("track"), asked, prepare=True)
    for one in away(since, until):
        rows += archive.fixes(one.day, vehicle_id, since, until)
    rows.sort(key=lambda row: row[0])
    columns = list(zip(*rows, strict=True)) if rows else [()] * 7
    return Track(
        np.array(columns[0], np.int64), np.array(columns[1], np.float64) / 1e7, np.array(columns[2], np.float64) / 1e7,
        np.array(columns[3], np.int32), np.array(columns[4], np.int32), np.array(columns[5], np.int32),
    )  # fmt: skip


def away(since: datetime, until: datetime) -> QuerySet[ArchivedDay]:
    """Days between two moments that are to be read from the archive."""
    first, last = since.astimezone(UTC).date(), until.astimezone(UTC).date()
    return ArchivedDay.objects.filter(dropped_at__isnull=False, gone_at=None, day__gte=first, day__lte=last)


def shown(found: Track) -> dict[str, Any]:
    """A track for the map: only the fixes that its shape needs, as columns; speed in km/h."""
    rows = kept(found)
    return {
        "fixes": len(found),
        "metres": round(length_m(found)),
        "at_ms": found.at_ms[rows].tolist(),
        "lon": np.round(found.lon[rows], 6).tolist(),
        "lat": np.round(found.lat[rows], 6).tolist(),
        "speed_kmh": (found.speed[rows] / 10).tolist(),
        "heading": found.heading[rows].tolist(),
    }


def who_was_here(area: shapely.Polygon, since: datetime, until: datetime, *, by: Caller) -> dict[str, Any]:
    """Vehicles of the caller's area that were inside between two moments, with the first and last fix inside; six statements however many.

    Ten-minute squares name the candidates, the fixes of those in those minutes decide. What no square holds yet is read from the fixes.
    """
    slots = presence.slot_of(since), presence.slot_of(until)
    filled = run(UNTIL_SQL)
    filled_until = int(filled[0][0]) if filled else 0
    found: Stays = {}
    box = _box(area)
    if filled_until > slots[0]:
        pairs = _pairs(area, slots[0], min(slots[1], filled_until - 1))
        rows = run(
            sql.text("presence_exact"),
            {
                "vehicles": [one[0] for one in pairs],
                "slots": [one[1] for one in pairs],
                "since": since,
                "until": until,
                **box,
            },
        )
        _inside(rows, area, found)
    for one in away(since, until):
        _inside(archive.fixes_in(one.day, since, until, box), area, found)
    if slots[1] >= filled_until:
        start = max(since, datetime.fromtimestamp(filled_until * presence.SLOT_S, UTC))
        _inside(run(sql.text("presence_recent"), {"since": start, "until": until, **box}), area, found)
    return _named(found, by)


def _pairs(area: shapely.Polygon, first: int, last: int) -> list[tuple[int, int]]:
    touched = presence.touched(area)
    asked = {"tiles": touched.tiles.tolist(), "inside": touched.inside.tolist(), "first": first, "last": last}
    pairs = run(sql.text("presence_pairs"), asked)
    if len(pairs) > PAIRS_MAX:
        raise Malformed(
            "too many vehicles passed there in that time; ask about a smaller area or a shorter time",
            zh="该时段经过该区域的车辆过多,请缩小区域或缩短时间",
            fields={"until": "shorter"},
        )
    return thinned(pairs, (first, last))


def thinned(pairs: Sequence[Sequence[Any]], cut: tuple[int, int]) -> list[tuple[int, int]]:
    """Of the slots of one vehicle that are certain, the first and last tell first and last fix; those between add nothing.

    `cut`: the first and last slot asked about, of which a part may lie outside the time: they are never certain.
    """
    by_vehicle: dict[int, list[tuple[int, bool]]] = {}
    for vehicle, slot, sure in pairs:
        by_vehicle.setdefault(vehicle, []).append((slot, sure and slot not in cut))
    kept_pairs: list[tuple[int, int]] = []
    for vehicle, slots in by_vehicle.items():
        slots.sort()
        certain = [at for at, (_, sure) in enumerate(slots) if sure]
        if not certain:
            kept_pairs += [(vehicle, slot) for slot, _ in slots]
            continue
        edges = {*range(certain[0] + 1), *range(certain[-1], len(slots))}
        kept_pairs += [(vehicle, slots[at][0]) for at in sorted(edges)]
    return kept_pairs


def _inside(rows: Sequence[Sequence[Any]], area: shapely.Polygon, found: Stays) -> None:
    if not rows:
        return
    vehicle = np.fromiter((row[0] for row in rows), np.int64, len(rows))
    at_ms = np.fromiter((row[1].timestamp() * 1000 for row in rows), np.float64, len(rows))
    lon = np.fromiter((row[2] for row in rows), np.float64, len(rows)) / 1e7
    lat = np.fromiter((row[3] for row in rows), np.float64, len(rows)) / 1e7
    shapely.prepare(area)
    within_area: npt.NDArray[np.bool_] = shapely.intersects_xy(area, lon, lat)
    columns = (column[within_area].tolist() for column in (vehicle, at_ms, lon, lat))
    for one, *fix in zip(*columns, strict=True):
        first, last = found.get(one, (fix, fix))
        found[one] = (min(first, fix), max(last, fix))


def _named(found: Stays, by: Caller) -> dict[str, Any]:
    own = Vehicle.objects.filter(within(areas_of(by, *WATCHING)), pk__in=list(found)).order_by("plate")
    rows = list(own.values_list("id", "plate", "kind", "firm", "synthetic")[: FOUND_MAX + 1])
    return {
        "items": [
            {
                "vehicle_id": row[0], "plate": row[1], "kind": row[2], "kind_zh": VEHICLE_KINDS[VehicleKind(row[2])][0],
                "kind_en": VEHICLE_KINDS[VehicleKind(row[2])][1], "firm": row[3], "synthetic": row[4],
                "first_at": _moment(found[row[0]][0][0]), "first_lon": found[row[0]][0][1], "first_lat": found[row[0]][0][2],
                "last_at": _moment(found[row[0]][1][0]), "last_lon": found[row[0]][1][1], "last_lat": found[row[0]][1][2],
            }
            for row in rows[:FOUND_MAX]
        ],
        "more": len(rows) > FOUND_MAX,
    }  # fmt: skip


def _moment(at_ms: float) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def _box(area: shapely.Polygon) -> Box:
    west, south, east, north = (round(edge * 1e7) for edge in area.bounds)
    return {"west": west, "south": south, "east": east, "north": north}
