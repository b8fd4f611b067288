"""Two units are merged in the masters: from a day on, whatever would go to the first goes to the second; nobody's open cases are touched."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from gridloop.audit import actions as ledger
from gridloop.cases import models
from gridloop.cases.actions.masters import LOCAL, end_before
from gridloop.cases.actions.report import home_area
from gridloop.identity import actions as identity
from gridloop.kernel.caller import Caller
from gridloop.kernel.clock import in_city
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import Malformed, Refused


def merge_unit(from_unit: int, to_unit: int | None, *, valid_from: date, by: Caller, now: datetime) -> None:
    """From this day on the work of one unit goes to another; None ends a merger. Malformed for a day that has passed, Refused for a ring."""
    identity.require_grant(by, Duty.ADMIN, area=home_area())
    today = in_city(now).date()
    if valid_from < today:
        raise Malformed(
            f"{valid_from} has passed; take {today} or a later day",
            zh=f"{valid_from} 已过,请选择 {today} 或之后的日期",
            fields={"valid_from": "has passed"},
        )
    with transaction.atomic():
        same = models.UnitMerger.objects.select_for_update().filter(from_unit=from_unit)
        last = same.filter(valid_to__isnull=True).first()
        if last is not None:
            end_before(last, same, day=valid_from, today=today)
        elif to_unit is None:
            raise Refused(f"unit {from_unit} is not merged into another one", zh=f"单位 {from_unit} 未并入其他单位")
        if to_unit is not None:
            _check_ring(from_unit, to_unit, valid_from)
            models.UnitMerger.objects.create(
                from_unit=from_unit, to_unit=to_unit, valid_from=valid_from, version=last.version + 1 if last else 1,
                source="set by the city", confidence=LOCAL,
            )  # fmt: skip
        detail = {"into": to_unit, "before": last.to_unit if last else None, "from": valid_from.isoformat()}
        action = "masters.unit_merged" if to_unit is not None else "masters.merger_ended"
        ledger.record(by, action, f"unit:{from_unit}", at=now, area=home_area(), unit=from_unit, detail=detail)


def _check_ring(from_unit: int, to_unit: int, day: date) -> None:
    """The units after this one must not lead back to it."""
    standing = models.UnitMerger.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    follows = dict(standing.values_list("from_unit", "to_unit"))
    unit: int | None = to_unit
    for _ in range(len(follows) + 1):
        if unit == from_unit:
            raise Refused(
                f"unit {to_unit} is merged into unit {from_unit} already; end that first",
                zh=f"单位 {to_unit} 已并入单位 {from_unit},请先结束该合并",
            )
        unit = follows.get(unit) if unit is not None else None
