"""Asking something of a vehicle's terminal; the gateway hears of it when the transaction is committed, and writes what became of it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from gridloop.audit import actions as ledger
from gridloop.fleet.models import Order, Vehicle
from gridloop.fleet.queries import texts
from gridloop.fleet.queries.orders import chosen
from gridloop.fleet.queries.scope import WATCHING
from gridloop.fleet.queries.vehicles import own_vehicle
from gridloop.fleet.rules import orders as rules
from gridloop.fleet.rules.tracks import checked_reason
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound, Refused
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
                "this Idempotency-Key was used for another order; take a new one",
                zh="该 Idempotency-Key 已用于另一指令,请换一个",
            ) from None
        return before
    return made


def text_many(
    vehicle_ids: Sequence[int], text: str, *, typed: str, urgent: bool = False, key: str = "", by: Caller, now: datetime
) -> tuple[str, int]:
    """Send one text to many vehicles of one's area, after the sender has typed how many; answers its name and how many. One entry names them all."""
    ready = rules.checked("text", {"text": text, "urgent": urgent})
    vehicles = chosen(vehicle_ids, by)
    if not vehicles or len(vehicles) > rules.MANY_MAX:
        raise Malformed(
            f"choose 1 to {rules.MANY_MAX} vehicles of your area", zh=f"请选择本辖区 1 至 {rules.MANY_MAX} 辆车", fields={"vehicles": "1 to 2000"}
        )  # fmt: skip
    rules.confirmed(typed, len(vehicles))
    batch = (
        hashlib.sha256(f"{identity.require_person(by)}:{key}".encode()).hexdigest()[:32] if key else uuid.uuid4().hex
    )
    with transaction.atomic():
        before = Order.objects.filter(batch=batch).first()
        if before is not None:
            if before.said != ready:
                raise Refused(
                    "this Idempotency-Key was used for another text; use a fresh key for a new one",
                    zh="该 Idempotency-Key 已用于另一文字,新的文字请使用新的键",
                )
            return batch, len(vehicles)
        _send(batch, ready, [one for one, _ in vehicles], turn=0, by=by, now=now)
        detail = {"text": ready["text"], "batch": batch, "vehicles": [plate for _, plate in vehicles]}
        ledger.record(by, "fleet.text_sent_to_many", "fleet:orders", at=now, detail=detail)
    return batch, len(vehicles)


def text_again(batch: str, *, by: Caller, now: datetime) -> int:
    """Send a text once more to those of one's area whose last try was refused or did not arrive; answers how many. Refused while there are none."""
    with transaction.atomic():
        rows = list(texts.tries(batch, by).select_for_update())
        last = {row.vehicle_id: row for row in rows}
        again = sorted(one for one, row in last.items() if row.state in rules.FAILED)
        if not rows:
            raise NotFound("there is no such text in your area", zh="您的区域内没有该群发文字")
        if not again:
            raise Refused(
                "nobody is left whom this text did not reach; it is sent again to vehicles that refused it or were not reached",
                zh="没有需要重发的车辆;仅向拒绝或未送达的车辆重发",
            )
        _send(batch, rows[0].said, again, turn=len(rows), by=by, now=now)
        detail = {"batch": batch, "vehicles": again}
        ledger.record(by, "fleet.text_sent_again", "fleet:orders", at=now, detail=detail)
    return len(again)


def _send(
    batch: str, ready: Mapping[str, Any], vehicles: Sequence[int], *, turn: int, by: Caller, now: datetime
) -> None:
    """A row a vehicle; the same turn of the same text twice is once."""
    person = identity.require_person(by)
    Order.objects.bulk_create(
        [
            Order(vehicle_id=one, verb="text", said=dict(ready), asked_by_id=person, asked_at=now, batch=batch, key=f"{batch}:{turn}:{one}")
            for one in vehicles
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    tell_orders()


def _wrote(made: Order, vehicle: Vehicle, *, reason: str, by: Caller, now: datetime) -> None:
    detail = {"order": made.pk, "plate": vehicle.plate, "said": made.said} | ({"reason": reason} if reason else {})
    detail |= {"warning": made.warning_id} if made.warning_id else {}
    ledger.record(by, f"fleet.order_{made.verb}", f"vehicle:{vehicle.pk}", at=now, area=vehicle.area, detail=detail)
