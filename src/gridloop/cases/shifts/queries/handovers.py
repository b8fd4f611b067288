"""Hand-overs of a caller's area: the one that waits for its second signature, one by its id, those before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.cases.shifts.models import Handover
from gridloop.cases.shifts.rules import area_of, fingerprint
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound


def waiting(*, by: Caller) -> Handover | None:
    """The page of the caller's desk that one has signed and the other has not; one statement."""
    return Handover.objects.filter(area=area_of(by), incoming_at__isnull=True, withdrawn_at__isnull=True).first()


def handover(handover_id: int, *, by: Caller) -> Handover:
    """One hand-over of the caller's area; NotFound for another's."""
    found = Handover.objects.filter(pk=handover_id, area__startswith=area_of(by)).first()
    if found is None:
        raise NotFound(
            f"there is no hand-over {handover_id} at your desk", zh=f"本坐席没有编号为 {handover_id} 的交接班记录"
        )
    return found


def past(*, by: Caller, before: int | None, limit: int) -> dict[str, Any]:
    """Hand-overs of the area and what lies in it, newest first, without their pages; one statement."""
    asked = Handover.objects.filter(area__startswith=area_of(by)).defer("page")
    if before is not None:
        asked = asked.filter(pk__lt=before)
    rows = list(asked.order_by("-pk")[: limit + 1])
    return {"items": [_line(row) for row in rows[:limit]], "next": rows[limit - 1].pk if len(rows) > limit else None}


def shown(row: Handover) -> dict[str, Any]:
    """One hand-over with its page, and whether the page is still the one that was signed."""
    same = bytes(row.sha256) == fingerprint(row.page, row.note)
    return _line(row) | {"page": row.page, "note": row.note, "incoming_note": row.incoming_note, "intact": same}


def _line(row: Handover) -> dict[str, Any]:
    return {
        "id": row.pk, "area": row.area, "sha256": bytes(row.sha256).hex(), "outgoing_id": row.outgoing_id, "outgoing_name": row.outgoing_name,
        "outgoing_at": row.outgoing_at, "incoming_name": row.incoming_name, "incoming_at": row.incoming_at,
        "withdrawn_at": row.withdrawn_at, "took_s": _took_s(row.outgoing_at, row.incoming_at),
    }  # fmt: skip


def _took_s(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else (until - since).total_seconds()
