"""Asking something of a vehicle's terminal; the gateway hears of it when the transaction is committed, and writes what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.fleet.models import Order, Vehicle
from gridloop.fleet.queries.orders import chosen
from gridloop.fleet.queries.scope import WATCHING
from gridloop.fleet.queries.vehicles import own_vehicle
from gridloop.fleet.rules import orders as rules
from gridloop.fleet.rules.tracks import checked_reason
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, Refused
from gridloop.kernel.statements import run

ORDERS_SQL = "select pg_notify('fleet_orders', '')"


def tell_orders() -> None:
    """In the transaction of the order."""
    run(ORDERS_SQL)


def ask_terminal(
    vehicle_id: int, verb: str, said: Mapping[str, Any], *, reason: str = "", warning_id: int | None = None, key: str = "", by: Caller,
    now: datetime,
) -> Order:  # fmt: skip
    """Ask one thing of a vehicle of one's area; the same key again is the same order. Following needs a reason, which stands in the ledger."""
    ready = rules.checked(verb, said)
    bare = checked_reason(reason, needed=verb in {"track", "picture"})
    vehicle = own_vehicle(vehicle_id, by)
    identity.require_grant(by, *WATCHING, area=vehicle.area)
    whole = f"{by.person_id}:{key}" if key else None
    try:
        with transaction.atomic():
            made = Order.objects.create(
                vehicle_id=vehicle.pk, verb=verb, said=ready, asked_by_id=identity.require_person(by), asked_at=now, warning_id=warning_id,
                key=whole,
            )  # fmt: skip
            _wrote(made, vehicle, reason=bare, by=by, now=now)
            tell_orders()
    except IntegrityError:
        before = Order.objects.filter(key=whole).first()
        if before is None or (before.vehicle_id, before.verb, before.said) != (vehicle.pk, verb, ready):
            raise Refused(
                "this Idempotency-Key was used for another order", zh="该 Idempotency-Key 已用于另一指令"
            ) from None
        return before
    return made


def text_many(
    vehicle_ids: Sequence[int], text: str, *, typed: str, urgent: bool = False, key: str = "", by: Caller, now: datetime
) -> int:
    """Send one text to many vehicles of one's area, after the sender has typed how many; answers how many. One entry names them all."""
    ready = rules.checked("text", {"text": text, "urgent": urgent})
    vehicles = chosen(vehicle_ids, by)
    if not vehicles or len(vehicles) > rules.MANY_MAX:
        raise Malformed(
            f"choose 1 to {rules.MANY_MAX} vehicles of your area", zh=f"请选择本辖区 1 至 {rules.MANY_MAX} 辆车", fields={"vehicles": "1 to 2000"}
        )  # fmt: skip
    rules.confirmed(typed, len(vehicles))
    person = identity.require_person(by)
    keys = {one: f"{person}:{key}:{one}" if key else None for one, _ in vehicles}
    with transaction.atomic():
        Order.objects.bulk_create(
            [
                Order(vehicle_id=one, verb="text", said=ready, asked_by_id=person, asked_at=now, key=keys[one])
                for one, _ in vehicles
            ],
            ignore_conflicts=True,
        )
        detail = {"text": ready["text"], "vehicles": [plate for _, plate in vehicles]}
        ledger.record(by, "fleet.text_sent_to_many", "fleet:orders", at=now, detail=detail)
        tell_orders()
    return len(vehicles)


def _wrote(made: Order, vehicle: Vehicle, *, reason: str, by: Caller, now: datetime) -> None:
    detail = {"order": made.pk, "plate": vehicle.plate, "said": made.said} | ({"reason": reason} if reason else {})
    detail |= {"warning": made.warning_id} if made.warning_id else {}
    ledger.record(by, f"fleet.order_{made.verb}", f"vehicle:{vehicle.pk}", at=now, area=vehicle.area, detail=detail)
