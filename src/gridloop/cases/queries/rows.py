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
    "reworks",
)  # fmt: skip
UNIT, PLACE = COLUMNS.index("unit_id"), COLUMNS.index("place")
STATES = {str(state): state for state in State}
NAMELESS = ("", "")
SELECTED = ", ".join(f"c.{name}" for name in COLUMNS)


def shown(rows: Iterable[Sequence[Any]], masters: Masters, now: datetime) -> list[dict[str, Any]]:
    """Rows as the web shows them; names come from the process, so that a page costs no further statement once they are known."""
    cases = list(rows)
    units = names.units({case[UNIT] for case in cases})
    places = names.places_named({case[PLACE] for case in cases})
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
    case: Sequence[Any], units: dict[int, Any], places: dict[str, tuple[str, str]], masters: Masters, now: datetime
) -> dict[str, Any]:
    (
        _, number, version, kept_state, class_kind, class_code, urgency, title, place, address, unit_id, lon, lat, opened_at,
        due_at, stage_due_at, closed_at, finished_at, paused_at, photo, reports, synthetic, _, level, reworks,
    ) = case  # fmt: skip
    state = STATES[kept_state]
    zh, en = STATE_NAMES[state]
    case_class = masters.classes.get((class_kind or "", class_code or ""))
    unit = units.get(unit_id)
    place_zh, place_en = places.get(place[: names.VILLAGE_DIGITS], NAMELESS)
    return {
        "number": number,
        "version": version,
        "state": kept_state,
        "state_zh": zh,
        "state_en": en,
        "class_code": class_code,
        "class_kind": class_kind,
        "class_zh": case_class.zh if case_class else "",
        "class_en": case_class.en if case_class else "",
        "urgency": urgency,
        "title": title,
        "place": place,
        "place_zh": place_zh,
        "place_en": place_en,
        "address": address,
        "unit_id": unit_id,
        "unit_zh": unit.name_zh if unit else "",
        "unit_en": unit.name_en if unit else "",
        "lon": lon,
        "lat": lat,
        "opened_at": opened_at,
        "due_at": due_at,
        "stage_due_at": stage_due_at,
        "closed_at": closed_at,
        "paused": state in PAUSED,
        "late": is_late(state, due_at, finished_at, paused_at, now),
        "acknowledged": state not in AWAITING,
        "photo": photo_address(photo, "thumb") if photo else None,
        "reports": reports,
        "level": level,
        "reworks": reworks,
        "synthetic": synthetic,
    }
