"""Texts that went to many vehicles: whom a filter names, which were sent, and how far each came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from gridloop.fleet.models import Order, Terminal, Vehicle
from gridloop.fleet.queries.orders import shown
from gridloop.fleet.queries.scope import WATCHING, areas_of, within
from gridloop.fleet.rules.orders import MANY_MAX, ORDER_STATES
from gridloop.identity import queries as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound
from gridloop.kernel.statements import run

SHOWN_MAX = 50
BATCHES_SQL = """
select o.batch, min(o.asked_at), min(o.asked_by_id), (array_agg(o.said order by o.id))[1], count(distinct o.vehicle_id)
from fleet_order o join fleet_vehicle v on v.id = o.vehicle_id
where o.batch <> '' and (%(everywhere)s or v.area like any(%(areas)s))
group by o.batch order by min(o.id) desc limit %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Whom:
    """Which vehicles: any of these kinds, firms, lists and plates, and in an area (prefix); every one that is named must fit."""

    kinds: tuple[str, ...] = ()
    firms: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    area: str = ""


def recipients(whom: Whom, *, by: Caller) -> dict[str, Any]:
    """Vehicles in service of the caller's area that a filter names, each with whether a JT/T 808 terminal sits in it and when that was heard; two statements."""
    found = Vehicle.objects.filter(within(areas_of(by, *WATCHING)), in_service=True)
    for column, wanted in (("kind__in", whom.kinds), ("firm__in", whom.firms), ("lists__overlap", whom.lists), ("plate__in", whom.plates)):  # fmt: skip
        if wanted:
            found = found.filter(Q(**{column: list(wanted)}))
    if whom.area:
        found = found.filter(area__startswith=whom.area)
    rows = list(found.order_by("plate").values_list("pk", "plate", "kind", "firm")[: MANY_MAX + 1])
    heard = _heard([row[0] for row in rows])
    items = [
        {"vehicle_id": one, "plate": plate, "kind": kind, "firm": firm, "has_terminal": one in heard, "last_seen_at": heard.get(one)}
        for one, plate, kind, firm in rows[:MANY_MAX]
    ]  # fmt: skip
    return {"items": items, "more": len(rows) > MANY_MAX}


def _heard(ids: Sequence[int]) -> dict[int, datetime | None]:
    rows = Terminal.objects.filter(vehicle_id__in=ids, protocol="jt808", blocked=False)
    return dict(rows.values_list("vehicle_id", "last_seen_at"))


def batches(*, by: Caller) -> list[dict[str, Any]]:
    """The newest texts to many of which some vehicle is of the caller's area; three statements."""
    areas = areas_of(by, *WATCHING)
    asked = {"everywhere": "" in areas, "areas": [f"{one}%" for one in areas], "limit": SHOWN_MAX}
    rows = run(BATCHES_SQL, asked)
    people = identity.person_names(row[2] for row in rows if row[2] is not None)
    states = _states([row[0] for row in rows], by)
    return [
        {
            "batch": batch, "asked_at": at, "asked_by": people.get(who or 0, ""), "text": said.get("text", ""), "vehicles": count,
            "states": dict(states.get(batch, Counter())),
        }
        for batch, at, who, said, count in rows
    ]  # fmt: skip


def _states(names: Sequence[str], by: Caller) -> dict[str, Counter[str]]:
    """The state of each vehicle's last try, by text."""
    seen = Vehicle.objects.filter(within(areas_of(by, *WATCHING)))
    rows = Order.objects.filter(batch__in=names, vehicle_id__in=seen.values("pk"))
    last: dict[tuple[str, int], str] = {
        (batch, vehicle): state for batch, vehicle, state in rows.order_by("pk").values_list("batch", "vehicle_id", "state")
    }  # fmt: skip
    found: dict[str, Counter[str]] = {}
    for (batch, _), state in last.items():
        found.setdefault(batch, Counter())[state] += 1
    return found


def batch(name: str, *, by: Caller) -> dict[str, Any]:
    """One text with the last try at each vehicle of the caller's area; three statements. NotFound where none of them is theirs."""
    rows = list(tries(name, by))
    if not rows:
        raise NotFound("there is no such text in your area", zh="您的区域内没有该群发文字")
    last = {row.vehicle_id: row for row in rows}
    people = identity.person_names({row.asked_by_id for row in rows if row.asked_by_id is not None})
    named = dict(Vehicle.objects.filter(pk__in=list(last)).values_list("pk", "plate"))
    items = [shown(row, people) | {"plate": named.get(row.vehicle_id, "")} for row in last.values()]
    return {
        "batch": name, "text": rows[0].said.get("text", ""), "asked_at": rows[0].asked_at, "asked_by": people.get(rows[0].asked_by_id or 0, ""),
        "states": dict(Counter(row.state for row in last.values())),
        "state_names": [{"code": code, "zh": zh, "en": en} for code, (zh, en) in ORDER_STATES.items()],
        "items": sorted(items, key=lambda one: one["plate"]),
    }  # fmt: skip


def tries(name: str, by: Caller) -> QuerySet[Order]:
    """All tries of a text at vehicles of the caller's area, oldest first."""
    seen = Vehicle.objects.filter(within(areas_of(by, *WATCHING)))
    return Order.objects.filter(batch=name, vehicle_id__in=seen.values("pk")).exclude(batch="").order_by("pk")
