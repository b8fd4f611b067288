"""A case as one row of a list: which columns are read, and what the web gets of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from gridloop.cases.queries import names
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.pictures import address as photo_address
from gridloop.cases.rules.states import AWAITING, OPEN, PAUSED, STATE_NAMES, State

COLUMNS = (
    "id", "number", "version", "state", "class_kind", "class_code", "urgency", "title", "place", "address", "unit_id", "lon", "lat", "opened_at",
    "due_at", "stage_due_at", "closed_at", "finished_at", "paused_at", "photo", "reports", "synthetic", "parent_id", "level",
)  # fmt: skip
SELECTED = ", ".join(f"c.{name}" for name in COLUMNS)


def shown(rows: Iterable[Sequence[Any]], masters: Masters, now: datetime) -> list[dict[str, Any]]:
    """Rows as the web shows them; names come from the process, so that a page costs no further statement once they are known."""
    cases = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    units = names.units(case["unit_id"] for case in cases)
    places = names.places_named(case["place"] for case in cases)
    return [_row(case, units, places, masters, now) for case in cases]


def is_late(
    state: State, due_at: datetime | None, finished_at: datetime | None, paused_at: datetime | None, now: datetime
) -> bool:
    """Whether the work was or is late: the unit's part ends with its answer, and a clock that stands still is never late."""
    if due_at is None:
        return False
    if finished_at is not None:
        return finished_at > due_at
    return state in OPEN and state not in PAUSED and paused_at is None and due_at < now


def _row(
    case: dict[str, Any], units: dict[int, Any], places: dict[str, tuple[str, str]], masters: Masters, now: datetime
) -> dict[str, Any]:
    state = State(case["state"])
    zh, en = STATE_NAMES[state]
    case_class = masters.classes.get((case["class_kind"] or "", case["class_code"] or ""))
    unit = units.get(case["unit_id"])
    place_zh, place_en = places.get(case["place"], ("", ""))
    return {
        "number": case["number"],
        "version": case["version"],
        "state": case["state"],
        "state_zh": zh,
        "state_en": en,
        "class_code": case["class_code"],
        "class_kind": case["class_kind"],
        "class_zh": case_class.zh if case_class else "",
        "class_en": case_class.en if case_class else "",
        "urgency": case["urgency"],
        "title": case["title"],
        "place": case["place"],
        "place_zh": place_zh,
        "place_en": place_en,
        "address": case["address"],
        "unit_id": case["unit_id"],
        "unit_zh": unit.name_zh if unit else "",
        "unit_en": unit.name_en if unit else "",
        "lon": case["lon"],
        "lat": case["lat"],
        "opened_at": case["opened_at"],
        "due_at": case["due_at"],
        "stage_due_at": case["stage_due_at"],
        "closed_at": case["closed_at"],
        "paused": state in PAUSED,
        "late": is_late(state, case["due_at"], case["finished_at"], case["paused_at"], now),
        "acknowledged": state not in AWAITING,
        "photo": photo_address(case["photo"], "thumb") if case["photo"] else None,
        "reports": case["reports"],
        "level": case["level"],
        "synthetic": case["synthetic"],
    }
