"""Lists of vehicles that rules may name: making one, saying who is on it, ending it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from gridloop.audit import actions as ledger
from gridloop.fleet.actions.telling import tell_gateway
from gridloop.fleet.actions.vehicles import LOCK_SQL, PARTS
from gridloop.fleet.models import Rule, Vehicle, VehicleList
from gridloop.fleet.queries.areas import in_force
from gridloop.fleet.queries.lists import no_list, read_plates, version_of_plates
from gridloop.fleet.queries.scope import CHANGING, areas_of, require_change_somewhere, within
from gridloop.fleet.rules.register import checked_code, checked_text
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, Refused, Stale
from gridloop.kernel.statements import run


class Filled(NamedTuple):
    """Plates that came onto a list and that went off it."""

    added: tuple[str, ...]
    gone: tuple[str, ...]


def put_list(code: str, name_zh: str, name_en: str, note: str, *, by: Caller, now: datetime) -> VehicleList:
    """A list of vehicles that rules may name, or another name for one."""
    require_change_somewhere(by)
    with transaction.atomic():
        row, _ = VehicleList.objects.select_for_update().get_or_create(code=checked_code("code", code))
        before = (row.name_zh, row.name_en, row.note)
        row.name_zh, row.name_en = checked_text("name_zh", name_zh, needed=True), checked_text("name_en", name_en)
        row.note = checked_text("note", note)
        if before == (row.name_zh, row.name_en, row.note):
            return row
        row.save()
        ledger.record(
            by, "fleet.list_set", f"list:{row.code}", at=now, detail={"name_zh": row.name_zh, "note": row.note}
        )
    return row


def fill_list(code: str, lines: Sequence[str], *, by: Caller, now: datetime, version: int | None = None) -> Filled:
    """Exactly these vehicles of the caller's areas stand on the list from now on; those of other areas stay as they are.

    All or nothing: Malformed names the lines that are wrong. Stale where somebody else changed who is on it since `version`.
    """
    require_change_somewhere(by)
    with transaction.atomic():
        run(LOCK_SQL)
        if not VehicleList.objects.select_for_update().filter(code=code).exists():
            raise no_list(code)
        read = read_plates(lines, by)
        if read.wrong:
            first = read.wrong[0]
            raise Malformed(
                f"{len(read.wrong)} lines name no vehicle of your area, the first is line {first.line}: {first.why[0]}",
                zh=f"有 {len(read.wrong)} 行不是您辖区内的已登记车辆,首先是第 {first.line} 行:{first.why[1]}",
                fields={"lines": ", ".join(str(one.line) for one in read.wrong[:50])},
            )
        own = Vehicle.objects.select_for_update().filter(within(areas_of(by, *CHANGING)))
        rows = list(own.filter(Q(plate__in=read.plates) | Q(lists__contains=[code])).order_by("pk"))
        before = {row.plate for row in rows if code in row.lists}
        if version is not None and version != version_of_plates(before):
            raise Stale(
                f"somebody else has changed who is on list {code}; look at it again", zh=f"名单 {code} 的车辆已被他人修改,请重新查看"
            )  # fmt: skip
        wanted = set(read.plates)
        filled = Filled(tuple(sorted(wanted - before)), tuple(sorted(before - wanted)))
        if filled.added or filled.gone:
            _written(code, [row for row in rows if row.plate in wanted ^ before], wanted, now)
            detail = {"added": list(filled.added), "gone": list(filled.gone)}
            ledger.record(by, "fleet.list_filled", f"list:{code}", at=now, detail=detail)
            tell_gateway()
    return filled


def drop_list(code: str, *, by: Caller, now: datetime) -> None:
    """A list ends and nobody stands on it any more. Refused while a rule in force names it, or vehicles of areas that are not the caller's stand on it."""
    require_change_somewhere(by)
    with transaction.atomic():
        run(LOCK_SQL)
        row = VehicleList.objects.select_for_update().filter(code=code).first()
        if row is None:
            raise no_list(code)
        naming = list(Rule.objects.filter(in_force(now), lists__contains=[code]).values_list("code", flat=True)[:10])
        if naming:
            raise Refused(
                f"list {code} is named by {', '.join(naming)}; end these rules first", zh=f"规则 {'、'.join(naming)} 正在使用名单 {code},请先终止这些规则"
            )  # fmt: skip
        rows = list(Vehicle.objects.select_for_update().filter(lists__contains=[code]).order_by("pk"))
        own = set(
            Vehicle.objects.filter(within(areas_of(by, *CHANGING)), lists__contains=[code]).values_list("pk", flat=True)
        )
        elsewhere = len(rows) - len(own)
        if elsewhere:
            raise Refused(
                f"{elsewhere} vehicles of other areas stand on list {code}; who supervises them takes them off first",
                zh=f"名单 {code} 上还有 {elsewhere} 辆其他辖区的车辆,请其监管人员先移出",
            )
        _written(code, rows, set(), now)
        ledger.record(by, "fleet.list_dropped", f"list:{code}", at=now, detail={"plates": [one.plate for one in rows]})
        row.delete()
        tell_gateway()


def _written(code: str, rows: list[Vehicle], wanted: set[str], now: datetime) -> None:
    """Vehicles with the list's code or without it."""
    for row in rows:
        row.lists = sorted({*row.lists, code} if row.plate in wanted else set(row.lists) - {code})
        row.changed_at = now
    Vehicle.objects.bulk_update(rows, ["lists", "changed_at"], batch_size=PARTS)
