"""What people ask of the areas they follow."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Min

from gridloop.cases import sql
from gridloop.cases.nearby import rules
from gridloop.cases.nearby.models import Watch
from gridloop.cases.nearby.sql import NEWS
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.queries.rows import SELECTED, shown

OPEN_MAX = 40
OPEN_IN = f"""
select {SELECTED} from cases_case c
where c.place >= %(place)s and c.place < %(place)s || '~' and c.state not in ('closed', 'rejected', 'withdrawn', 'merged', 'voided')
order by c.id desc
limit %(most)s
"""  # noqa: S608 - constants only


def watches(person_id: int) -> list[dict[str, Any]]:
    """The areas that a person follows, oldest first, with their names; two statements."""
    rows = list(Watch.objects.filter(person_id=person_id).order_by("id"))
    known = names.places_named([row.place for row in rows if row.place])
    return [_shown(row, known) for row in rows]


def oldest_seen() -> datetime | None:
    """Up to when the one who was told longest ago has been told; None where nobody follows anything."""
    found: datetime | None = Watch.objects.aggregate(seen=Min("seen_at"))["seen"]
    return found


def news(since: datetime, until: datetime) -> list[tuple[int, list[rules.News]]]:
    """What is new between two moments by person, in the areas that each follows; two statements."""
    rows = sql.run(NEWS, {"since": since, "until": until})
    known = names.places_named([row[1] for row in rows if row[1]])
    return [
        (person, [rules.News(*_named(place, radius, known), taken, closed) for _, place, radius, taken, closed in mine])
        for person, mine in groupby(rows, key=lambda row: int(row[0]))
    ]


def _named(place: str, radius_m: int, known: dict[str, tuple[str, str]]) -> tuple[str, str]:
    return known.get(place, (place, place)) if place else rules.circle_words(radius_m)


def _shown(row: Watch, known: dict[str, tuple[str, str]]) -> dict[str, Any]:
    zh, en = _named(row.place, row.radius_m or 0, known)
    return {
        "id": row.pk, "place": row.place, "name_zh": zh, "name_en": en, "lon": row.lon, "lat": row.lat,
        "radius_m": row.radius_m, "classes": row.classes,
    }  # fmt: skip


def open_in(place: str, *, now: datetime) -> list[dict[str, Any]]:
    """The newest open cases in a division as anybody may see them: class, state, since when. Two statements."""
    rows = sql.run(OPEN_IN, {"place": place, "most": OPEN_MAX})
    kept = ("class_zh", "class_en", "state_zh", "state_en", "place_zh", "place_en", "opened_at", "due_at")
    return [{name: case[name] for name in kept} for case in shown(rows, masters_now.current(now), now)]
