"""What was asked of a vehicle's terminal and what became of it, and the vehicles in view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridloop.fleet.models import Order, Vehicle
from gridloop.fleet.queries.scope import WATCHING, areas_of, within
from gridloop.fleet.queries.vehicles import own_vehicle
from gridloop.fleet.rules.kinds import VEHICLE_KINDS, VehicleKind
from gridloop.fleet.rules.orders import ORDER_STATES, ORDER_VERBS
from gridloop.identity import queries as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.statements import run

SHOWN_MAX = 100
IN_VIEW_SQL = """
select v.id, v.plate, v.kind, v.firm, v.synthetic, l.at, l.lon_e7, l.lat_e7, l.speed, l.heading
from fleet_last l join fleet_vehicle v on v.id = l.vehicle_id
where v.in_service and l.lon_e7 between %(west)s and %(east)s and l.lat_e7 between %(south)s and %(north)s and v.plate > %(after)s
    and (%(everywhere)s or v.area like any(%(areas)s)) and (%(kinds)s::text[] = '{}' or v.kind = any(%(kinds)s))
order by v.plate limit %(limit)s
"""


def orders(vehicle_id: int, *, by: Caller) -> list[dict[str, Any]]:
    """The newest orders of a vehicle of one's area; three statements."""
    own_vehicle(vehicle_id, by)
    rows = list(Order.objects.filter(vehicle_id=vehicle_id).order_by("-id")[:SHOWN_MAX])
    people = identity.person_names(row.asked_by_id for row in rows)
    return [shown(row, people) for row in rows]


def shown(row: Order, people: dict[int, str]) -> dict[str, Any]:
    """An order for the web."""
    verb = ORDER_VERBS.get(row.verb, (row.verb, row.verb))
    state = ORDER_STATES.get(row.state, (row.state, row.state))
    return {
        "id": row.pk, "vehicle_id": row.vehicle_id, "verb": row.verb, "verb_zh": verb[0], "verb_en": verb[1], "said": row.said,
        "state": row.state, "state_zh": state[0], "state_en": state[1], "answer": row.answer, "asked_at": row.asked_at,
        "asked_by": people.get(row.asked_by_id or 0, ""), "sent_at": row.sent_at, "answered_at": row.answered_at, "warning_id": row.warning_id,
    }  # fmt: skip


def chosen(vehicle_ids: Sequence[int], by: Caller) -> list[tuple[int, str]]:
    """Id and plate of those among these vehicles that are in service and of the caller's area; one statement."""
    found = Vehicle.objects.filter(within(areas_of(by, *WATCHING)), pk__in=list(vehicle_ids), in_service=True)
    return list(found.order_by("plate").values_list("pk", "plate"))


def in_view(
    box: tuple[float, float, float, float], *, by: Caller, kinds: Sequence[str] = (), limit: int = 100, after: str = ""
) -> dict[str, Any]:
    """Vehicles whose last believed position lies in a box (west, south, east, north), in the order of plates; one statement."""
    west, south, east, north = (round(edge * 1e7) for edge in box)
    areas = areas_of(by, *WATCHING)
    rows = run(
        IN_VIEW_SQL,
        {
            "west": west, "south": south, "east": east, "north": north, "after": after, "everywhere": "" in areas,
            "areas": [f"{one}%" for one in areas], "kinds": list(kinds), "limit": limit + 1,
        },
    )  # fmt: skip
    items = [
        {
            "id": row[0], "plate": row[1], "kind": row[2], "kind_zh": VEHICLE_KINDS[VehicleKind(row[2])][0],
            "kind_en": VEHICLE_KINDS[VehicleKind(row[2])][1], "firm": row[3], "synthetic": row[4], "at": row[5], "lon": row[6] / 1e7,
            "lat": row[7] / 1e7, "speed_kmh": row[8] / 10, "heading": row[9],
        }
        for row in rows[:limit]
    ]  # fmt: skip
    return {"items": items, "next": items[-1]["plate"] if len(rows) > limit else None}
