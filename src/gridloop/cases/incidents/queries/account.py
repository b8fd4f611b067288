"""How bringing cases together into one incident went, case by case, and how undoing it went."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridloop.cases.incidents.models import Incident
from gridloop.cases.mass import queries as masses
from gridloop.cases.queries import facts as facts_now
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import NotFound

UNDO = {"undo": "", "undo_en": "", "undo_zh": ""}


def incident_of(incident_id: int, *, by: Caller, now: datetime) -> Incident:
    """The grouping, for somebody who sees its leading case; NotFound for anybody else. Two statements."""
    found = Incident.objects.select_related("mass").filter(pk=incident_id).first()
    if found is None:
        raise NotFound(
            f"there is no grouping {incident_id} in your area", zh=f"在您的区域内没有编号为 {incident_id} 的并案操作"
        )
    facts_now.known(found.number, by=by, now=now)
    return found


def account(found: Incident) -> dict[str, Any]:
    """Each chosen case with its outcome, and with that of undoing; one statement."""
    kept = (
        masses.account(found.mass)
        if found.mass is not None
        else {"of": 0, "done": 0, "failed": 0, "totals": {}, "items": [], "ended_at": None}
    )
    items = [line | UNDO | found.undo.get(line["number"], {}) for line in kept["items"]]
    return {
        "id": found.pk,
        "into": found.number,
        "at": found.at,
        "note": found.note,
        **{name: kept[name] for name in ("of", "done", "failed", "totals", "ended_at")},
        "undo_at": found.undo_at,
        "undone_at": found.undone_at,
        "back": sum(one["undo"] == "back" for one in items),
        "stays": sum(one["undo"] == "stays" for one in items),
        "items": items,
    }  # fmt: skip
