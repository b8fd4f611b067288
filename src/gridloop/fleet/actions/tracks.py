"""Looking at where vehicles went: what shows a vehicle's way is written to the ledger, with the reason, before it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import shapely
from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.fleet import sql
from gridloop.fleet.models import Vehicle
from gridloop.fleet.queries import past
from gridloop.fleet.queries import tracks as asked
from gridloop.fleet.queries.vehicles import own_vehicle
from gridloop.fleet.rules import presence
from gridloop.fleet.rules.borders import checked_border
from gridloop.fleet.rules.kinds import ShapeKind
from gridloop.fleet.rules.tracks import Track, checked_reason
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.statements import run

FILL_SLOTS_MAX = 2_016
"""Two weeks of slots in one run: after a long stop the job goes on in the next."""
SETTLE_S = 120
"""A slot is filled this long after it ended, when what was on the way has come."""
SETTLE = timedelta(seconds=SETTLE_S)
FIRST_LOOK = timedelta(hours=3)
"""How far back the first look for late batches (0x0704) reaches; later ones go on where the last ended."""
OLDEST = timedelta(days=200)
"""A position that claims to be older is a wrong clock."""
FILLED_SQL = """
insert into fleet_presence_until (slot, heard_until) values (%(next)s, %(heard)s)
on conflict (one) do update set slot = excluded.slot, heard_until = greatest(fleet_presence_until.heard_until, excluded.heard_until)
"""


def look_at_track(
    vehicle_id: int, since: datetime, until: datetime, *, by: Caller, now: datetime, reason: str = ""
) -> tuple[Vehicle, Track]:
    """The way of a vehicle of one's area. A reason is needed for what lies before today. Four statements."""
    presence.checked_span(since, until)
    today = in_city(now).date()
    bare = checked_reason(reason, needed=in_city(since).date() < today)
    vehicle = own_vehicle(vehicle_id, by)
    ledger.record(
        by, "fleet.track_looked", f"vehicle:{vehicle.pk}", at=now, area=vehicle.area, looked=True,
        detail={"plate": vehicle.plate, "since": since.isoformat(), "until": until.isoformat(), "reason": bare},
    )  # fmt: skip
    return vehicle, asked.track(vehicle_id, since, until)


def look_who_was_here(
    points: list[tuple[float, float]], since: datetime, until: datetime, *, purpose: str, by: Caller, now: datetime
) -> dict[str, Any]:
    """Which vehicles of one's area were inside a ring of points between two moments; area, times and purpose stand in the ledger."""
    area = presence.checked_area(points)
    presence.checked_span(since, until)
    bare = checked_reason(purpose, needed=True)
    found = asked.who_was_here(area, since, until, by=by)
    detail = {
        "area": shapely.to_wkt(area, rounding_precision=5), "since": since.isoformat(), "until": until.isoformat(), "purpose": bare,
        "vehicles": len(found["items"]),
    }  # fmt: skip
    ledger.record(by, "fleet.who_was_here", "fleet:positions", at=now, detail=detail, looked=True)
    return found


def ask_past(
    kind: str, geometry: Mapping[str, Any], *, radius_m: float | None, width_m: float | None, kinds: Sequence[str], by: Caller, now: datetime
) -> list[dict[str, Any]]:  # fmt: skip
    """Who would have been warned in the last two hours of a border drawn now; the look stands in the ledger."""
    border = checked_border(ShapeKind(kind), geometry, radius_m=radius_m, width_m=width_m, city=None)
    found = past.asked_of_last_hours(
        border.kind, border.geom, radius_m=border.radius_m, width_m=border.width_m, kinds=kinds, by=by, now=now
    )
    detail = {
        "area": shapely.to_wkt(border.geom, rounding_precision=5),
        "vehicles": len({one["vehicle_id"] for one in found}),
    }
    ledger.record(by, "fleet.past_asked", "fleet:positions", at=now, detail=detail, looked=True)
    return found


def fill_presence(now: datetime) -> int:
    """Fill the squares of slots that are over, and add what was told late to those that are filled; answers how many slots. One transaction each."""
    known = run(asked.UNTIL_SQL)
    end = (int(now.timestamp()) - SETTLE_S) // presence.SLOT_S
    start = int(known[0][0]) if known else _first(end, now)
    filled = _add_late(start, now) if known else 0
    for slot in range(start, min(end, start + FILL_SLOTS_MAX)):
        with transaction.atomic():
            run(sql.text("presence_fill"), {"slot": slot})
            run(FILLED_SQL, {"next": slot + 1, "heard": now - SETTLE})
        filled += 1
    return filled


def _add_late(filled: int, now: datetime) -> int:
    """What came in since the last look for slots before `filled`, whatever its age; answers in how many slots somebody was new."""
    until = now - SETTLE
    with transaction.atomic():
        heard = run("select heard_until from fleet_presence_until for update")[0][0] or now - FIRST_LOOK
        told = {"since": heard, "until": until, "filled": filled, "oldest": now - OLDEST}
        slots = {row[0] for row in run(sql.text("presence_late"), told)} if until > heard else set()
        run(FILLED_SQL, {"next": filled, "heard": max(until, heard)})
    return len(slots)


def _first(end: int, now: datetime) -> int:
    """The slot of the first position that is kept, not more than two weeks back."""
    rows = run(
        "select min(at) from fleet_position where at >= %(since)s and at < %(now)s",
        {"since": now - timedelta(seconds=FILL_SLOTS_MAX * presence.SLOT_S), "now": now},
    )
    first = presence.slot_of(rows[0][0]) if rows[0][0] else end
    return max(first, end - FILL_SLOTS_MAX)
