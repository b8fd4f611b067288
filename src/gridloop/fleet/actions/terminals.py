"""Binding terminals to vehicles, blocking them, giving a new authentication code, and lists of vehicles."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.fleet.actions.telling import tell_gateway
from gridloop.fleet.actions.vehicles import LOCK_SQL, PARTS, Taken
from gridloop.fleet.models import Stranger, Terminal, Vehicle
from gridloop.fleet.queries.scope import require_change
from gridloop.fleet.rules.plates import terminal_name
from gridloop.fleet.rules.register import FRAMES_MAX, FRAMES_MIN, NewTerminal, checked_terminal
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed, NotFound, Refused
from gridloop.kernel.statements import run

CODE_BYTES = 8
TOLD = ("maker", "model", "device", "edition", "frames_per_min_max")


def bind_terminals(rows: Sequence[NewTerminal], *, by: Caller, now: datetime) -> list[Taken]:
    """Bind many to the vehicles with these plates, in the order given. One that is bound elsewhere stays there (`different`); twice changes nothing."""
    with transaction.atomic():
        run(LOCK_SQL)
        read = [_checked(row) for row in rows]
        good = [row for row in read if isinstance(row, NewTerminal)]
        vehicles = {row.plate: row for row in Vehicle.objects.filter(plate__in={row.plate for row in good})}
        here = {
            (row.protocol, row.name): row
            for row in Terminal.objects.filter(name__in={row.name for row in good}).select_related("vehicle")
        }
        fresh: dict[tuple[str, str], Terminal] = {}
        ended: list[Taken | tuple[str, str]] = []
        for row in read:
            if not isinstance(row, NewTerminal):
                ended.append(row)
                continue
            name, vehicle = (row.protocol, row.name), vehicles.get(row.plate)
            refusal = _not_ours(row, vehicle, by)
            if refusal is not None or vehicle is None:
                ended.append(refusal or Taken("refused"))
            elif name in here or name in fresh:
                ended.append(_met(row, (here | fresh)[name], vehicle))
            else:
                fresh[name] = _made(row, vehicle, now)
                ended.append(name)
        Terminal.objects.bulk_create(fresh.values(), batch_size=PARTS)
        if fresh:
            _known_now(list(fresh))
            _wrote_many(list(fresh.values()), by=by, now=now)
    return [Taken("new", fresh[one].pk) if isinstance(one, tuple) else one for one in ended]


def bind_terminal(row: NewTerminal, *, by: Caller, now: datetime) -> Terminal:
    """Bind one, also if another vehicle had it before: terminals are taken out of one vehicle and put into another."""
    row = checked_terminal(row)
    with transaction.atomic():
        run(LOCK_SQL)
        vehicle = Vehicle.objects.filter(plate=row.plate).first()
        if vehicle is None:
            why = _unknown(row)
            raise Refused(why[0], zh=why[1], fields={"plate": "not registered"})
        require_change(by, vehicle.area)
        found = Terminal.objects.select_related("vehicle").filter(protocol=row.protocol, name=row.name).first()
        before = found.vehicle if found else None
        if before is not None and before.pk != vehicle.pk:
            require_change(by, before.area)
        if found is not None and _met(row, found, vehicle).ending == "same":
            return found
        bound = found or _made(row, vehicle, now)
        _rebound(bound, row, vehicle)
        _known_now([(bound.protocol, bound.name)])
        detail = {
            "protocol": bound.protocol,
            "name": bound.name,
            "plate": vehicle.plate,
            "before": before.plate if before else "",
        }
        ledger.record(by, "fleet.terminal_bound", f"terminal:{bound.pk}", at=now, area=vehicle.area, detail=detail)
        tell_gateway()
    return bound


def unbind_terminal(terminal_id: int, *, by: Caller, now: datetime) -> Terminal:
    """The terminal sits in no vehicle any more; what it sends is refused as unregistered. Its code is forgotten."""
    with transaction.atomic():
        found = own_terminal(terminal_id, by)
        if found.vehicle is None:
            return found
        plate, area = found.vehicle.plate, found.vehicle.area
        found.vehicle, found.auth_hash = None, b""
        found.save(update_fields=["vehicle", "auth_hash"])
        detail = {"protocol": found.protocol, "name": found.name, "plate": plate}
        ledger.record(by, "fleet.terminal_unbound", f"terminal:{found.pk}", at=now, area=area, detail=detail)
        tell_gateway()
    return found


def block_terminal(terminal_id: int, *, blocked: bool, why: str, by: Caller, now: datetime) -> Terminal:
    """Take nothing from this terminal any more, or take it again; the reason stands in the ledger."""
    reason = why.strip()
    if blocked and not reason:
        raise Malformed("say why the terminal is blocked", zh="请说明封禁终端的原因", fields={"why": "required"})
    with transaction.atomic():
        found = own_terminal(terminal_id, by)
        if found.blocked == blocked:
            return found
        found.blocked = blocked
        found.save(update_fields=["blocked"])
        detail = {"protocol": found.protocol, "name": found.name, "why": reason[:500]}
        verb = "fleet.terminal_blocked" if blocked else "fleet.terminal_unblocked"
        ledger.record(by, verb, f"terminal:{found.pk}", at=now, area=_area(found), detail=detail)
        tell_gateway()
    return found


def new_code(terminal_id: int, *, by: Caller, now: datetime) -> str:
    """A fresh authentication code, shown this once; only its SHA-256 is kept. The old one opens nothing any more."""
    with transaction.atomic():
        found = own_terminal(terminal_id, by)
        code = secrets.token_hex(CODE_BYTES)
        found.auth_hash = hash_of(code)
        found.save(update_fields=["auth_hash"])
        detail = {"protocol": found.protocol, "name": found.name}
        ledger.record(by, "fleet.terminal_code_made", f"terminal:{found.pk}", at=now, area=_area(found), detail=detail)
        tell_gateway()
    return code


def limit_terminal(terminal_id: int, frames_per_min_max: int, *, by: Caller, now: datetime) -> Terminal:
    """How many frames a minute are taken from this terminal."""
    if not FRAMES_MIN <= frames_per_min_max <= FRAMES_MAX:
        raise Malformed(
            f"a terminal may send {FRAMES_MIN} to {FRAMES_MAX} frames a minute",
            zh=f"终端每分钟报文上限须在 {FRAMES_MIN} 至 {FRAMES_MAX} 之间",
            fields={"frames_per_min_max": f"{FRAMES_MIN} to {FRAMES_MAX}"},
        )
    with transaction.atomic():
        found = own_terminal(terminal_id, by)
        before, found.frames_per_min_max = found.frames_per_min_max, frames_per_min_max
        if before == frames_per_min_max:
            return found
        found.save(update_fields=["frames_per_min_max"])
        detail = {"name": found.name, "before": before, "after": frames_per_min_max}
        ledger.record(by, "fleet.terminal_limited", f"terminal:{found.pk}", at=now, area=_area(found), detail=detail)
        tell_gateway()
    return found


def hash_of(code: str) -> bytes:
    """What is kept of an authentication code."""
    return hashlib.sha256(code.encode()).digest()


def own_terminal(terminal_id: int, by: Caller) -> Terminal:
    """A terminal that the caller may change, locked; NotFound or NotAllowed. One in no vehicle is the whole city's."""
    found = Terminal.objects.select_for_update(of=("self",)).select_related("vehicle").filter(pk=terminal_id).first()
    if found is None:
        raise NotFound(f"there is no terminal {terminal_id}", zh=f"没有编号为 {terminal_id} 的终端")
    if found.vehicle is not None:
        require_change(by, found.vehicle.area)
    return found


def forget_stranger(stranger_id: int, *, by: Caller, now: datetime) -> None:
    """Take somebody off the list of strangers; whoever knocks again stands on it again."""
    with transaction.atomic():
        found = Stranger.objects.select_for_update().filter(pk=stranger_id).first()
        if found is None:
            raise NotFound(f"there is no stranger {stranger_id}", zh=f"没有编号为 {stranger_id} 的陌生终端")
        detail = {"protocol": found.protocol, "name": found.name, "reason": found.reason, "times": found.times}
        ledger.record(by, "fleet.stranger_forgotten", f"stranger:{found.pk}", at=now, detail=detail)
        found.delete()


def _area(found: Terminal) -> str:
    return found.vehicle.area if found.vehicle is not None else ""


def _checked(row: NewTerminal) -> NewTerminal | Taken:
    try:
        return checked_terminal(row)
    except GridloopError as wrong:
        return Taken("refused", why=(wrong.en, wrong.zh))


def _unknown(row: NewTerminal) -> tuple[str, str]:
    return f"no vehicle {row.plate} is registered; register it first", f"未登记车辆 {row.plate},请先登记"


def _not_ours(row: NewTerminal, vehicle: Vehicle | None, by: Caller) -> Taken | None:
    """Why this terminal cannot go into this vehicle, or None."""
    if vehicle is None:
        return Taken("refused", why=_unknown(row))
    try:
        require_change(by, vehicle.area)
    except GridloopError as wrong:
        return Taken("refused", why=(wrong.en, wrong.zh))
    return None


def _met(row: NewTerminal, here: Terminal, vehicle: Vehicle) -> Taken:
    differ = tuple(name for name in TOLD if getattr(row, name) != getattr(here, name))
    if here.vehicle_id != vehicle.pk:
        plate = here.vehicle.plate if here.vehicle is not None else ""
        en = f"terminal {row.name} sits in {plate or 'no vehicle'} already; bind it by itself to move it"
        return Taken("different", here.pk, (en, f"终端 {row.name} 已绑定{plate or '(无车辆)'};请单独改绑"), ("plate",))
    if differ:
        en = f"terminal {row.name} is known and differs in {', '.join(differ)}; it stays as it is"
        return Taken(
            "different", here.pk, (en, f"终端 {row.name} 已存在且内容不同({'、'.join(differ)});保持不变"), differ
        )
    return Taken("same", here.pk)


def _made(row: NewTerminal, vehicle: Vehicle, now: datetime) -> Terminal:
    return Terminal(
        protocol=row.protocol, name=terminal_name(row.protocol, row.name), vehicle=vehicle, maker=row.maker.strip(), model=row.model.strip(),
        device=row.device.strip(), edition=row.edition, auth_hash=hash_of(row.auth_code) if row.auth_code else b"",
        frames_per_min_max=row.frames_per_min_max, registered_at=now,
    )  # fmt: skip


def _rebound(bound: Terminal, row: NewTerminal, vehicle: Vehicle) -> None:
    """In another vehicle the old code is worth nothing."""
    if bound.vehicle_id != vehicle.pk:
        bound.auth_hash = b""
    bound.vehicle = vehicle
    for name in TOLD:
        setattr(bound, name, getattr(row, name))
    if row.auth_code:
        bound.auth_hash = hash_of(row.auth_code)
    bound.save()


def _known_now(names: Sequence[tuple[str, str]]) -> None:
    """Who was not registered is no stranger any more."""
    Stranger.objects.filter(name__in=[name for _, name in names], reason="unregistered").delete()


def _wrote_many(rows: list[Terminal], *, by: Caller, now: datetime) -> None:
    if len(rows) == 1:
        row = rows[0]
        plate, area = (row.vehicle.plate, row.vehicle.area) if row.vehicle is not None else ("", "")
        detail = {"protocol": row.protocol, "name": row.name, "plate": plate, "before": ""}
        ledger.record(by, "fleet.terminal_bound", f"terminal:{row.pk}", at=now, area=area, detail=detail)
    else:
        for begin in range(0, len(rows), PARTS):  # what has more does not fit in an entry
            part = rows[begin : begin + PARTS]
            many = {"count": len(part), "names": [f"{row.protocol}:{row.name}" for row in part]}
            ledger.record(by, "fleet.terminals_bound", f"terminals:{part[0].pk}-{part[-1].pk}", at=now, detail=many)
    tell_gateway()
