"""Issuing and revoking permits, declaring routes, and one-off events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from django.contrib.gis.geos import LineString
from django.db import transaction
from shapely.geometry.base import BaseGeometry

from gridloop.audit import actions as ledger
from gridloop.fleet.actions.telling import tell_gateway
from gridloop.fleet.actions.vehicles import PARTS
from gridloop.fleet.models import DeclaredRoute, Fence, Occasion, Permit, Rule, Vehicle
from gridloop.fleet.queries.areas import in_force
from gridloop.fleet.queries.scope import require_change, require_change_somewhere
from gridloop.fleet.rules.areas import NewPermit, checked_permit
from gridloop.fleet.rules.borders import checked_border
from gridloop.fleet.rules.kinds import ShapeKind
from gridloop.fleet.rules.plates import plate_of
from gridloop.fleet.rules.register import checked_code, checked_text
from gridloop.fleet.rules.spans import checked_spans
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed, NotFound, Refused

ROUTE_DAYS_MAX = 31


@dataclass(frozen=True, slots=True)
class NewRoute:
    """The way a vehicle says it will take: a line (GeoJSON or shapely, WGS-84) with the full width that it may use, and when."""

    number: str
    plate: str
    line: Mapping[str, Any] | BaseGeometry
    starts_at: datetime
    ends_at: datetime
    width_m: float = 200.0
    document: str = ""
    synthetic: bool = False


def issue_permits(rows: Sequence[NewPermit], *, by: Caller, now: datetime) -> int:
    """Issue many at once; numbers that are known are left alone. Returns how many were new; Malformed for the first bad one."""
    with transaction.atomic():
        checked = [checked_permit(row) for row in rows]
        vehicles = {row.plate: row for row in Vehicle.objects.filter(plate__in={one.plate for one in checked})}
        known = set(Permit.objects.filter(number__in=[one.number for one in checked]).values_list("number", flat=True))
        _fences_exist({code for one in checked for code in one.fences}, now)
        fresh = [_made(one, _registered(vehicles, one.plate, by)) for one in checked if one.number not in known]
        Permit.objects.bulk_create(fresh, batch_size=PARTS)
        if fresh:
            detail = {"count": len(fresh), "numbers": [one.number for one in fresh]}
            ledger.record(by, "fleet.permits_issued", f"permits:{fresh[0].number}", at=now, detail=detail)
            tell_gateway()
    return len(fresh)


def issue_permit(said: NewPermit, *, by: Caller, now: datetime) -> Permit:
    """Issue one; the same words again are the same permit. Refused for a number that stands for another one."""
    row = checked_permit(said)
    with transaction.atomic():
        vehicle = _registered({one.plate: one for one in Vehicle.objects.filter(plate=row.plate)}, row.plate, by)
        _fences_exist(set(row.fences), now)
        made = _made(row, vehicle)
        known = Permit.objects.filter(number=row.number).first()
        if known is not None:
            if any(getattr(known, name) != getattr(made, name) for name in PERMIT_COLUMNS):
                raise Refused(
                    f"permit {row.number} was issued already and says something else", zh=f"许可 {row.number} 已签发且内容不同", fields={"number": "issued"}
                )  # fmt: skip
            return known
        made.save()
        detail = {"plate": row.plate, "kind": row.kind, "fences": list(row.fences), "weekly": list(row.weekly), "issuer": row.issuer,
                  "from": row.valid_from.isoformat(), "to": row.valid_to.isoformat()}  # fmt: skip
        ledger.record(by, "fleet.permit_issued", f"permit:{made.number}", at=now, area=vehicle.area, detail=detail)
        tell_gateway()
    return made


def revoke_permit(number: str, why: str, *, by: Caller, now: datetime) -> Permit:
    """The permit lifts nothing any more from now on. Refused for one that is revoked or over."""
    reason = checked_text("why", why, chars_max=500, needed=True)
    with transaction.atomic():
        row = Permit.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise NotFound(f"there is no permit {number[:60]}", zh=f"没有许可 {number[:60]}")
        vehicle = Vehicle.objects.filter(pk=row.vehicle_id).first()
        require_change(by, vehicle.area if vehicle else "")
        if row.revoked_at is not None:
            if row.revoked_why == reason:
                return row
            raise Refused(f"permit {number} is revoked already", zh=f"许可 {number} 已吊销")
        if row.valid_to <= now:
            raise Refused(f"permit {number} is over already", zh=f"许可 {number} 已到期")
        row.revoked_at, row.revoked_why = now, reason
        row.save(update_fields=["revoked_at", "revoked_why"])
        detail = {"why": reason, "plate": vehicle.plate if vehicle else ""}
        ledger.record(
            by, "fleet.permit_revoked", f"permit:{number}", at=now, area=vehicle.area if vehicle else "", detail=detail
        )
        tell_gateway()
    return row


def declare_route(said: NewRoute, *, by: Caller, now: datetime) -> DeclaredRoute:
    """Write down a declared route; the same words again are the same route. Malformed for a line that is none, Refused for a number that is taken."""
    number = checked_code("number", said.number)
    span = said.ends_at - said.starts_at
    if not 0 < span.total_seconds() <= ROUTE_DAYS_MAX * 86_400:
        raise Malformed(
            f"a route ends after it starts and takes at most {ROUTE_DAYS_MAX} days", zh=f"路线的结束须晚于开始,且不超过 {ROUTE_DAYS_MAX} 天",
            fields={"ends_at": "after starts_at"},
        )  # fmt: skip
    border = checked_border(ShapeKind.CORRIDOR, said.line, radius_m=None, width_m=said.width_m, city=None)
    if not isinstance(border.geom, shapely.LineString):
        raise Malformed("a declared route is one line", zh="申报路线须为一条线", fields={"line": "LineString"})
    with transaction.atomic():
        plate = plate_of(said.plate)
        vehicle = _registered({one.plate: one for one in Vehicle.objects.filter(plate=plate)}, plate, by)
        made = DeclaredRoute(
            number=number, vehicle_id=vehicle.pk, line=LineString([(lon, lat) for lon, lat in shapely.get_coordinates(border.geom).tolist()], srid=4326), width_m=said.width_m,
            starts_at=said.starts_at, ends_at=said.ends_at, document=checked_text("document", said.document), synthetic=said.synthetic,
        )  # fmt: skip
        known = DeclaredRoute.objects.filter(number=number).first()
        if known is not None:
            if any(getattr(known, name) != getattr(made, name) for name in ROUTE_COLUMNS):
                raise Refused(
                    f"route {number} is declared already and says something else", zh=f"路线 {number} 已申报且内容不同"
                )
            return known
        made.save()
        detail = {
            "plate": plate,
            "from": said.starts_at.isoformat(),
            "to": said.ends_at.isoformat(),
            "width_m": said.width_m,
        }
        ledger.record(by, "fleet.route_declared", f"route:{number}", at=now, area=vehicle.area, detail=detail)
        tell_gateway()
    return made


def withdraw_route(number: str, *, by: Caller, now: datetime) -> None:
    """A declared route ends now; one that has not begun is taken away."""
    with transaction.atomic():
        row = DeclaredRoute.objects.select_for_update().filter(number=number).first()
        if row is None:
            raise NotFound(f"there is no declared route {number[:60]}", zh=f"没有申报路线 {number[:60]}")
        vehicle = Vehicle.objects.filter(pk=row.vehicle_id).first()
        require_change(by, vehicle.area if vehicle else "")
        if row.ends_at <= now:
            return
        if row.starts_at >= now:
            row.delete()
        else:
            row.ends_at = now
            row.save(update_fields=["ends_at"])
        ledger.record(by, "fleet.route_withdrawn", f"route:{number}", at=now, area=vehicle.area if vehicle else "")
        tell_gateway()


def put_occasion(
    code: str, name_zh: str, name_en: str, spans: Sequence[object], *, by: Caller, now: datetime
) -> Occasion:
    """A one-off event with its spans; the same code again has these spans from now on. Its old spans stand in the ledger."""
    require_change_somewhere(by)
    with transaction.atomic():
        row, _ = Occasion.objects.select_for_update().get_or_create(code=checked_code("code", code))
        before = {"name_zh": row.name_zh, "name_en": row.name_en, "spans": row.spans}
        row.name_zh, row.name_en = checked_text("name_zh", name_zh, needed=True), checked_text("name_en", name_en)
        row.spans = checked_spans(spans)
        after = {"name_zh": row.name_zh, "name_en": row.name_en, "spans": row.spans}
        if before == after:
            return row
        row.save()
        ledger.record(
            by, "fleet.occasion_set", f"occasion:{row.code}", at=now, detail={"before": before, "after": after}
        )
        tell_gateway()
    return row


def drop_occasion(code: str, *, by: Caller, now: datetime) -> None:
    """Take an event away; Refused while a rule in force names it."""
    require_change_somewhere(by)
    with transaction.atomic():
        row = Occasion.objects.select_for_update().filter(code=code).first()
        if row is None:
            raise NotFound(f"there is no occasion {code[:60]}", zh=f"没有活动 {code[:60]}")
        naming = list(Rule.objects.filter(in_force(now), occasion=code).values_list("code", flat=True)[:10])
        if naming:
            raise Refused(
                f"occasion {code} is named by {', '.join(naming)}; end these rules first",
                zh=f"规则 {'、'.join(naming)} 正在使用活动 {code},请先终止这些规则",
            )
        ledger.record(by, "fleet.occasion_dropped", f"occasion:{code}", at=now, detail={"spans": row.spans})
        row.delete()
        tell_gateway()


PERMIT_COLUMNS = ("kind", "vehicle_id", "fences", "weekly", "valid_from", "valid_to", "issuer")
ROUTE_COLUMNS = ("vehicle_id", "line", "width_m", "starts_at", "ends_at", "document")


def _registered(vehicles: Mapping[str, Vehicle], plate: str, by: Caller) -> Vehicle:
    found = vehicles.get(plate)
    if found is None:
        raise Malformed(
            f"no vehicle {plate} is registered; enter it in the register first",
            zh=f"未登记车辆 {plate},请先登记",
            fields={"plate": "not registered"},
        )
    require_change(by, found.area)
    return found


def _made(row: NewPermit, vehicle: Vehicle) -> Permit:
    return Permit(
        number=row.number, kind=row.kind, vehicle_id=vehicle.pk, fences=list(row.fences), weekly=[list(one) for one in row.weekly],
        valid_from=row.valid_from, valid_to=row.valid_to, issuer=row.issuer, synthetic=row.synthetic,
    )  # fmt: skip


def _fences_exist(codes: set[str], now: datetime) -> None:
    missing = (
        codes - set(Fence.objects.filter(in_force(now), code__in=codes).values_list("code", flat=True))
        if codes
        else set()
    )
    if missing:
        raise Malformed(
            f"there is no fence {min(missing)} in force", zh=f"没有生效中的围栏 {min(missing)}", fields={"fences": "unknown"}
        )  # fmt: skip
