"""Says which unit answers for an area."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from gridloop.audit import actions as ledger
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed
from gridloop.places.models import AreaUnit
from gridloop.places.rules import codes


def answer_for(
    area: str, kind: str, unit_id: int, *, by: Caller, now: dt.datetime, valid_from: dt.date | None = None
) -> None:
    """From today or a later day the unit answers, among units of its kind, for the area; whoever did before, no longer does.

    What was announced for a later day and does not hold yet is replaced. Raises Malformed for a day that has passed.
    """
    prefix = codes.area(area)
    today = clock.in_city(now).date()
    day = valid_from or today
    if day < today:
        raise Malformed(
            f"{day} has passed; take {today} or a later day", zh=f"{day} 已过,请选择 {today} 或之后的日期", fields={"valid_from": "has passed"}
        )  # fmt: skip
    with transaction.atomic():
        rows = AreaUnit.objects.select_for_update().filter(area=prefix, kind=kind)
        before = rows.filter(valid_to=None).first()
        if before is not None and before.unit_id == unit_id and before.valid_from <= day:
            return
        if before is not None:
            _end(before, rows, day=day, today=today)
        AreaUnit.objects.create(area=prefix, kind=kind, unit_id=unit_id, valid_from=day)
        ledger.record(
            by, "places.unit_answers", f"area:{prefix or 'all'}", at=now, area=prefix, unit=unit_id,
            detail={"kind": kind, "before": before.unit_id if before else None, "from": day.isoformat()},
        )  # fmt: skip


def _end(before: AreaUnit, rows: QuerySet[AreaUnit], *, day: dt.date, today: dt.date) -> None:
    """The unit answers no more from that day on; what was only announced never will have held, and what it was to follow holds on until then."""
    if before.valid_from > today:
        rows.filter(valid_to=before.valid_from, valid_from__lt=before.valid_from).update(valid_to=day)
        before.valid_to = before.valid_from
    else:
        before.valid_to = day
    before.save(update_fields=["valid_to"])
