"""Drawing fences, many or one, giving one another border, ending one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from gridloop.audit import actions as ledger
from gridloop.fleet.actions.telling import tell_gateway
from gridloop.fleet.actions.vehicles import PARTS, Taken
from gridloop.fleet.models import Fence, Rule
from gridloop.fleet.queries.areas import city_box, fence_now, in_force, moment_after
from gridloop.fleet.queries.scope import require_change
from gridloop.fleet.rules.borders import Border, checked_border
from gridloop.fleet.rules.kinds import ShapeKind
from gridloop.fleet.rules.register import checked_area, checked_code, checked_text
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import GridloopError, Malformed, Refused, Stale
from gridloop.kernel.statements import run

LOCK_SQL = "select pg_advisory_xact_lock(hashtext('fleet_fences'))"
NOTE_CHARS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class NewFence:
    """A fence as somebody draws it: `geometry` is a polygon, a point or a line (GeoJSON or shapely, WGS-84); `valid_to` ends it by itself."""

    code: str
    name_zh: str
    shape: str
    geometry: Mapping[str, Any] | BaseGeometry
    name_en: str = ""
    radius_m: float | None = None
    width_m: float | None = None
    area: str = ""
    note: str = ""
    valid_to: datetime | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fence that was kept, and what is odd about where it lies."""

    row: Fence
    notes: tuple[tuple[str, str], ...]
    changed: bool = True


def draw_fences(rows: Sequence[NewFence], *, by: Caller, now: datetime) -> list[Taken]:
    """Draw many, in the order given, one entry of the ledger. A code that is in force stays as it is (`same` or `different`); twice changes nothing."""
    with transaction.atomic():
        run(LOCK_SQL)
        codes = {row.code.strip() for row in rows}
        here = {row.code: row for row in Fence.objects.filter(in_force(now), code__in=codes)}
        last = _last_versions(codes)
        fresh: dict[str, Fence] = {}
        ended: list[Taken | str] = []
        for row in rows:
            try:
                made, _ = _made(row, now)
                require_change(by, made.area)
            except GridloopError as wrong:
                ended.append(Taken("refused", why=(wrong.en, wrong.zh)))
                continue
            known = (here | fresh).get(made.code)
            if known is None:
                made.version = last.get(made.code, 0) + 1
                fresh[made.code] = made
                ended.append(made.code)
            else:
                ended.append(_met(made, known))
        Fence.objects.bulk_create(fresh.values(), batch_size=PARTS)
        if fresh:
            _wrote_drawn(list(fresh.values()), by=by, now=now)
    return [Taken("new", fresh[one].pk) if isinstance(one, str) else one for one in ended]


def draw_fence(said: NewFence, *, by: Caller, now: datetime) -> Drawn:
    """Draw one; the same words again are the same fence. Malformed, NotAllowed, or Refused for a code that is in force with another border."""
    made, border = _made(said, now)
    require_change(by, made.area)
    with transaction.atomic():
        run(LOCK_SQL)
        known = Fence.objects.filter(in_force(now), code=made.code).first()
        if known is not None:
            if _differs(made, known):
                raise Refused(
                    f"fence {made.code} is in force already; open it and give it another border there",
                    zh=f"围栏 {made.code} 已生效;请打开后修改",
                    fields={"code": "in force"},
                )
            return Drawn(known, border.notes, changed=False)
        made.version = _last_versions({made.code}).get(made.code, 0) + 1
        made.made_by_id = by.person_id
        made.save()
        _wrote_drawn([made], by=by, now=now)
    return Drawn(made, border.notes)


def change_fence(code: str, said: Mapping[str, Any], *, by: Caller, now: datetime, version: int | None = None) -> Drawn:
    """From now on the fence has these other words or another border: the old version ends, a new one begins. What is not said stays."""
    with transaction.atomic():
        run(LOCK_SQL)
        now = moment_after(Fence.objects.filter(code=code), now)
        old = fence_now(code, now, lock=True)
        require_change(by, old.area)
        before = {name: getattr(old, name) for name in TOLD}
        words = NewFence(
            **(before | {"code": old.code, "geometry": shapely.from_wkb(bytes(old.geom.wkb))} | dict(said))
        )
        made, border = _made(words, now)
        require_change(by, made.area)
        if not _differs(made, old):
            return Drawn(old, border.notes, changed=False)
        if version is not None and version != old.version:
            raise Stale(
                f"fence {code} is at version {old.version} now; look at it again", zh=f"围栏 {code} 已更新至第 {old.version} 版,请重新查看"
            )  # fmt: skip
        made.version, made.made_by_id = _last_versions({code}).get(code, 0) + 1, by.person_id
        _ended(old, now)
        made.save()
        detail = {"version": made.version, "before": _told(old), "after": _told(made)}
        ledger.record(by, "fleet.fence_changed", f"fence:{code}", at=now, area=made.area, detail=detail)
        tell_gateway()
    return Drawn(made, border.notes)


def end_fence(code: str, why: str, *, by: Caller, now: datetime, version: int | None = None) -> Fence:
    """The fence holds no more from now on; Refused while a rule in force names it. Vehicles inside leave it with its end."""
    reason = checked_text("why", why, chars_max=500, needed=True)
    with transaction.atomic():
        run(LOCK_SQL)
        now = moment_after(Fence.objects.filter(code=code), now)
        old = fence_now(code, now, lock=True)
        require_change(by, old.area)
        if version is not None and version != old.version:
            raise Stale(
                f"fence {code} is at version {old.version} now; look at it again", zh=f"围栏 {code} 已更新,请重新查看"
            )
        naming = list(Rule.objects.filter(in_force(now), fences__contains=[code]).values_list("code", flat=True)[:10])
        if naming:
            raise Refused(
                f"fence {code} is named by {', '.join(naming)}; end or change these rules first",
                zh=f"规则 {'、'.join(naming)} 正在使用围栏 {code};请先停用或修改这些规则",
            )
        _ended(old, now)
        ledger.record(
            by,
            "fleet.fence_ended",
            f"fence:{code}",
            at=now,
            area=old.area,
            detail={"version": old.version, "why": reason},
        )
        tell_gateway()
    return old


TOLD = ("name_zh", "name_en", "shape", "radius_m", "width_m", "area", "note", "valid_to", "synthetic")


def _made(said: NewFence, now: datetime) -> tuple[Fence, Border]:
    try:
        kind = ShapeKind(said.shape)
    except ValueError:
        raise Malformed(
            f"'{said.shape[:20]}' is no shape; there are {', '.join(ShapeKind)}", zh=f"形状须为 {'、'.join(ShapeKind)} 之一", fields={"shape": "unknown"}
        ) from None  # fmt: skip
    if said.valid_to is not None and said.valid_to <= now:
        raise Malformed(
            "a fence ends after now; choose a later moment",
            zh="围栏的截止时间须晚于现在,请选择更晚的时间",
            fields={"valid_to": "has passed"},
        )
    border = checked_border(kind, said.geometry, radius_m=said.radius_m, width_m=said.width_m, city=city_box())
    row = Fence(
        code=checked_code("code", said.code), name_zh=checked_text("name_zh", said.name_zh, needed=True), name_en=checked_text("name_en", said.name_en),
        shape=kind.value, geom=GEOSGeometry(memoryview(shapely.to_wkb(border.geom)), srid=4326), radius_m=border.radius_m, width_m=border.width_m,
        area=checked_area(said.area), note=checked_text("note", said.note, chars_max=NOTE_CHARS_MAX), valid_from=now, valid_to=said.valid_to,
        synthetic=said.synthetic,
    )  # fmt: skip
    return row, border


def _differs(made: Fence, known: Fence) -> list[str]:
    differ = [name for name in TOLD if getattr(made, name) != getattr(known, name)]
    same = shapely.equals_exact(_shape(made), _shape(known), tolerance=0, normalize=True)
    return differ if same else [*differ, "geometry"]


def _shape(row: Fence) -> BaseGeometry:
    return shapely.from_wkb(bytes(row.geom.wkb))


def _met(made: Fence, known: Fence) -> Taken:
    differ = tuple(_differs(made, known))
    if not differ:
        return Taken("same", known.pk)
    en = f"fence {made.code} is in force already and differs in {', '.join(differ)}; it stays as it is"
    return Taken(
        "different", known.pk, (en, f"围栏 {made.code} 已生效且内容不同({'、'.join(differ)});保持不变"), differ
    )


def _last_versions(codes: set[str]) -> dict[str, int]:
    return dict(Fence.objects.filter(code__in=codes).order_by("version").values_list("code", "version"))


def _ended(old: Fence, now: datetime) -> None:
    old.valid_to = now
    old.save(update_fields=["valid_to"])


def _told(row: Fence) -> dict[str, Any]:
    """A fence for the ledger: its words, its border as text."""
    return {name: getattr(row, name) for name in TOLD if name != "valid_to"} | {
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "wkt": shapely.to_wkt(_shape(row), rounding_precision=7)[:20_000],
    }


def _wrote_drawn(rows: list[Fence], *, by: Caller, now: datetime) -> None:
    if len(rows) == 1:
        row = rows[0]
        detail = {"version": row.version, "after": _told(row)}
        ledger.record(by, "fleet.fence_drawn", f"fence:{row.code}", at=now, area=row.area, detail=detail)
    else:
        many = {"count": len(rows), "codes": [row.code for row in rows]}
        ledger.record(by, "fleet.fences_drawn", f"fences:{rows[0].code}", at=now, detail=many)
    tell_gateway()
