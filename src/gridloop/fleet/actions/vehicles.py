"""Registering vehicles, changing what is known of them, taking them out of service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.fleet.actions.telling import tell_gateway
from gridloop.fleet.models import Vehicle, VehicleList
from gridloop.fleet.queries.scope import require_change
from gridloop.fleet.queries.vehicles import version_of
from gridloop.fleet.rules.register import NewVehicle, checked_vehicle
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed, NotFound, Refused, Stale
from gridloop.kernel.statements import run

LOCK_SQL = "select pg_advisory_xact_lock(hashtext('fleet_register'))"
KEPT = tuple(field.name for field in fields(NewVehicle))
PARTS = 2_000
Ending = Literal["new", "same", "different", "refused"]


@dataclass(frozen=True, slots=True)
class Taken:
    """How one row of many ended: its id where there is one, and for `different` and `refused` the reason (English, Chinese)."""

    ending: Ending
    id: int | None = None
    why: tuple[str, str] = ("", "")
    differ: tuple[str, ...] = ()


def register_vehicles(rows: Sequence[NewVehicle], *, by: Caller, now: datetime) -> list[Taken]:
    """Register many, in the order given. A plate that is here already stays as it is (`same` or `different`); twice changes nothing."""
    with transaction.atomic():
        run(LOCK_SQL)
        read = [_checked(row, by) for row in rows]
        plates = [row.plate for row in read if isinstance(row, NewVehicle)]
        here = {row.plate: row for row in Vehicle.objects.filter(plate__in=plates)}
        known_lists = set(VehicleList.objects.values_list("code", flat=True))
        fresh: dict[str, Vehicle] = {}
        ended: list[Taken | str] = []
        for row in read:
            if isinstance(row, NewVehicle) and row.plate not in here and row.plate not in fresh:
                unknown = set(row.lists) - known_lists
                if unknown:
                    ended.append(_refused(unknown_list(min(unknown))))
                    continue
                fresh[row.plate] = Vehicle(**_columns(row), registered_at=now, changed_at=now)
                ended.append(row.plate)
            else:
                ended.append(_met(row, here | fresh) if isinstance(row, NewVehicle) else row)
        Vehicle.objects.bulk_create(fresh.values(), batch_size=PARTS)
        if fresh:
            _wrote_many(list(fresh.values()), by=by, now=now)
    return [Taken("new", fresh[one].pk) if isinstance(one, str) else one for one in ended]


def register_vehicle(row: NewVehicle, *, by: Caller, now: datetime) -> int:
    """Register one; the same words again are the same vehicle. Malformed, NotAllowed, or Refused for a plate that is here with other words."""
    row = checked_vehicle(row)
    require_change(by, row.area)
    taken = register_vehicles([row], by=by, now=now)[0]
    if taken.ending == "different":
        raise Refused(
            f"{row.plate} is registered already and differs in {', '.join(taken.differ)}; open it and change it there",
            zh=f"{row.plate} 已登记,且以下内容不同:{'、'.join(taken.differ)};请打开该车辆修改",
            fields={"plate": "registered"},
        )
    if taken.id is None:
        raise Malformed(taken.why[0], zh=taken.why[1], fields={"lists": "unknown"})
    return taken.id


def change_vehicle(
    vehicle_id: int, said: dict[str, Any], *, by: Caller, now: datetime, version: int | None = None
) -> Vehicle:
    """Say something else of a vehicle; what is not in `said` stays. NotFound, Stale, Malformed; an answered change that changes nothing writes nothing."""
    with transaction.atomic():
        row = Vehicle.objects.select_for_update().filter(pk=vehicle_id).first()
        if row is None:
            raise NotFound(f"there is no vehicle {vehicle_id}", zh=f"没有编号为 {vehicle_id} 的车辆")
        require_change(by, row.area)
        before = held(row)
        after = checked_vehicle(replace(before, **said))
        require_change(by, after.area)
        if after == before:
            return row
        if version is not None and version != version_of(row):
            raise Stale(
                f"{row.plate} has been changed by somebody else; look at it again", zh=f"{row.plate} 已被他人修改,请重新查看"
            )  # fmt: skip
        unknown = set(after.lists) - set(VehicleList.objects.values_list("code", flat=True))
        if unknown:
            raise unknown_list(min(unknown))
        _free_plate(after.plate, row)
        for name, value in _columns(after).items():
            setattr(row, name, value)
        row.changed_at = now
        row.save()
        was = {name: getattr(before, name) for name in KEPT if getattr(before, name) != getattr(after, name)}
        detail = {"plate": row.plate, "before": was, "after": {name: getattr(after, name) for name in was}}
        ledger.record(by, "fleet.vehicle_changed", f"vehicle:{row.pk}", at=now, area=row.area, detail=detail)
        tell_gateway()
    return row


def held(row: Vehicle) -> NewVehicle:
    """What is kept of a vehicle, as somebody would register it."""
    return NewVehicle(**{name: getattr(row, name) for name in KEPT if name != "lists"}, lists=tuple(row.lists))


def unknown_list(code: str) -> Malformed:
    """The sentence about a list that there is not."""
    return Malformed(
        f"there is no list '{code}'; make it first", zh=f"没有名单“{code}”;请先建立", fields={"lists": "unknown"}
    )


def _checked(row: NewVehicle, by: Caller) -> NewVehicle | Taken:
    try:
        checked = checked_vehicle(row)
        require_change(by, checked.area)
    except GridloopError as wrong:
        return _refused(wrong)
    return checked


def _refused(wrong: GridloopError) -> Taken:
    return Taken("refused", why=(wrong.en, wrong.zh))


def _met(row: NewVehicle, here: dict[str, Vehicle]) -> Taken:
    """A plate that is here, or stands twice in the same rows."""
    known = here[row.plate]
    before = held(known)
    differ = tuple(name for name in KEPT if getattr(before, name) != getattr(row, name))
    if not differ:
        return Taken("same", known.pk)
    why = (
        f"{row.plate} is registered already and differs in {', '.join(differ)}; it stays as it is",
        f"{row.plate} 已登记且内容不同({'、'.join(differ)});原记录保持不变",
    )
    return Taken("different", known.pk, why, differ)


def _free_plate(plate: str, row: Vehicle) -> None:
    if plate != row.plate and Vehicle.objects.filter(plate=plate).exists():
        raise Refused(
            f"{plate} belongs to another vehicle of the register",
            zh=f"号牌 {plate} 已属于另一车辆",
            fields={"plate": "registered"},
        )


def _columns(row: NewVehicle) -> dict[str, Any]:
    return asdict(row) | {"lists": list(row.lists)}


def _wrote_many(rows: list[Vehicle], *, by: Caller, now: datetime) -> None:
    """One entry for one vehicle or for each part of many, with every plate: what has more does not fit in an entry."""
    if len(rows) == 1:
        row = rows[0]
        said = {name: value for name, value in asdict(held(row)).items() if value not in ("", None, ())}
        ledger.record(by, "fleet.vehicle_registered", f"vehicle:{row.pk}", at=now, area=row.area, detail=said)
    else:
        for begin in range(0, len(rows), PARTS):
            part = rows[begin : begin + PARTS]
            detail = {"count": len(part), "plates": [row.plate for row in part]}
            ledger.record(
                by, "fleet.vehicles_registered", f"vehicles:{part[0].pk}-{part[-1].pk}", at=now, detail=detail
            )
    tell_gateway()
