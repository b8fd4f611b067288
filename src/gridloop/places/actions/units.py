"""Says which unit answers for an area."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from gridloop.audit import actions as ledger
from gridloop.kernel import clock
from gridloop.kernel.caller import Caller
from gridloop.places.models import AreaUnit
from gridloop.places.rules import codes


def answer_for(area: str, kind: str, unit_id: int, *, by: Caller, now: dt.datetime) -> None:
    """From today the unit answers, among units of its kind, for the area; whoever did before, no longer does."""
    prefix = codes.area(area)
    today = clock.in_city(now).date()
    with transaction.atomic():
        before = AreaUnit.objects.select_for_update().filter(area=prefix, kind=kind, valid_to=None).first()
        if before is not None and before.unit_id == unit_id:
            return
        if before is not None:
            before.valid_to = today
            before.save(update_fields=["valid_to"])
        AreaUnit.objects.create(area=prefix, kind=kind, unit_id=unit_id, valid_from=today)
        ledger.record(
            by, "places.unit_answers", f"area:{prefix or 'all'}", at=now, area=prefix, unit=unit_id,
            detail={"kind": kind, "before": before.unit_id if before else None},
        )  # fmt: skip
