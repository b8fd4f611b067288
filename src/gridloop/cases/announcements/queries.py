"""What people ask of announcements: what holds where they are, what waits at the desk, who follows the areas meant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Q

from gridloop.cases import sql
from gridloop.cases.announcements.models import Announcement
from gridloop.cases.announcements.rules.steps import (
    READERS,
    STATE_NAMES,
    STEPS,
    Verb,
    needs_second,
    phase,
)
from gridloop.cases.announcements.rules.words import CATEGORIES, SEVERITIES
from gridloop.cases.announcements.sql import FOLLOWERS, NEAR
from gridloop.cases.queries import names
from gridloop.identity import queries as identity
from gridloop.identity.queries import UnitView
from gridloop.kernel.caller import Caller, GrantView
from gridloop.kernel.errors import NotFound

SHOWN_AFTER = timedelta(days=7)
"""So long an announcement that is over or withdrawn is still shown, so that nobody wonders where it went."""
PUBLIC_MAX = 200
DESK_MAX = 200
NEAR_M = 1000


def published(now: datetime, *, spot: tuple[float, float] | None = None) -> list[dict[str, Any]]:
    """What went out and is coming, on, or over since a week at most; with a spot those that hold there come first. Three statements."""
    since = now - SHOWN_AFTER
    out = Announcement.objects.filter(ends_at__gt=since).exclude(published_at=None)
    rows = out.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=since)).order_by("-published_at")[:PUBLIC_MAX]
    shown = _shown(rows, now)
    near = _near([row["id"] for row in shown], spot) if spot else set()
    for row in shown:
        row["near"] = row["id"] in near if spot else None
    order = {"on": 0, "coming": 1}
    return sorted(shown, key=lambda row: (not row["near"], order.get(row["phase"], 2)))


def public_card(announcement_id: int, now: datetime) -> dict[str, Any]:
    """One that went out, however long ago; NotFound for a draft."""
    row = Announcement.objects.filter(pk=announcement_id).exclude(published_at=None).first()
    if row is None:
        raise missing(announcement_id)
    return _shown([row], now)[0] | {"near": None}


def at_desk(*, by: Caller, now: datetime) -> list[dict[str, Any]]:
    """What was written for areas that the caller sees, newest first, with the steps open to them."""
    seen = (one for one in Announcement.objects.order_by("-id").iterator() if _sees(by, one.areas))
    return _cards(list(islice(seen, DESK_MAX)), by, now)


def desk_card(announcement_id: int, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The same of one; NotFound for one whose areas the caller does not see."""
    row = Announcement.objects.filter(pk=announcement_id).first()
    if row is None or not _sees(by, row.areas):
        raise missing(announcement_id)
    return _cards([row], by, now)[0]


def followers(announcement_id: int) -> list[int]:
    """Ids of the people who follow an area or circle that it is about; one statement."""
    return [int(row[0]) for row in sql.run(FOLLOWERS, {"id": announcement_id})]


def missing(announcement_id: int) -> NotFound:
    """What is said of one that is not there or not for the caller."""
    return NotFound(f"there is no announcement {announcement_id}", zh=f"没有编号为 {announcement_id} 的通告")


def may(by: Caller, areas: Sequence[str], duties: Iterable[str]) -> bool:
    """Whether the caller holds one of these duties in each of the areas."""
    return all(grant_at(by, one, duties) is not None for one in areas)


def grant_at(by: Caller, area: str, duties: Iterable[str]) -> GrantView | None:
    """The caller's first grant for one of these duties that covers the area; one within a unit speaks for that unit."""
    wanted = frozenset(duties)
    return next((grant for grant in by.grants if grant.duty in wanted and area.startswith(_reach(grant))), None)


def _reach(grant: GrantView) -> str:
    """The area of a grant; one within a unit reaches no further than the unit's own area."""
    unit = names.unit(grant.unit_id)
    return max(grant.area, unit.area if unit else "", key=len)


def _sees(by: Caller, areas: Sequence[str]) -> bool:
    return any(
        one.startswith(reach) or reach.startswith(one)
        for reach in {_reach(grant) for grant in by.grants if grant.duty in READERS}
        for one in areas
    )


def _near(ids: list[int], spot: tuple[float, float]) -> set[int]:
    rows = sql.run(NEAR, {"ids": ids, "lon": spot[0], "lat": spot[1], "within_m": NEAR_M})
    return {int(row[0]) for row in rows}


def _cards(rows: Sequence[Announcement], by: Caller, now: datetime) -> list[dict[str, Any]]:
    """Rows as those in charge see them; one statement for how people's names are written in English."""
    english = identity.person_names_en(one for row in rows for one in (row.by_id, row.approved_by_id))
    return [_card(row, shown, english, by) for row, shown in zip(rows, _shown(rows, now), strict=True)]


def _shown(rows: Iterable[Announcement], now: datetime) -> list[dict[str, Any]]:
    """Rows as anybody may see them; two statements for names that are not known yet."""
    listed = list(rows)
    codes = {code for row in listed for code in row.areas}
    named = names.places_named(codes)
    units = names.units(row.unit_id for row in listed)
    return [_row(row, named, units, now) for row in listed]


def _row(
    row: Announcement, named: dict[str, tuple[str, str]], units: dict[int, UnitView], now: datetime
) -> dict[str, Any]:  # fmt: skip
    standing = phase(row.state, row.starts_at, row.ends_at, now)
    shape = json.loads(row.geom.geojson) if row.geom is not None else None
    unit = units.get(row.unit_id) if row.unit_id is not None else None
    category, severity = CATEGORIES[row.category], SEVERITIES[row.severity]
    return {
        "id": row.pk, "phase": standing, "phase_zh": STATE_NAMES[standing][0], "phase_en": STATE_NAMES[standing][1],
        "category": row.category, "category_zh": category.zh, "category_en": category.en,
        "severity": row.severity, "severity_zh": severity[0], "severity_en": severity[1],
        "title_zh": row.title_zh, "title_en": row.title_en, "text_zh": row.text_zh, "text_en": row.text_en,
        "areas": [{"code": code, "zh": named[code][0] or code, "en": named[code][1] or code} for code in row.areas],
        "shape": shape, "radius_m": row.radius_m, "lon": row.lon, "lat": row.lat,
        "starts_at": row.starts_at, "ends_at": row.ends_at, "published_at": row.published_at, "ended_at": row.ended_at,
        "withdrawn_at": row.withdrawn_at, "note": row.note if row.published_at else "",
        "unit_zh": unit.name_zh if unit else "", "unit_en": unit.name_en if unit else "",
    }  # fmt: skip


def _card(row: Announcement, shown: dict[str, Any], english: Mapping[int, str], by: Caller) -> dict[str, Any]:
    own = by.person_id in {row.by_id, row.asked_by_id}
    actions = [
        {"verb": verb, "zh": step.zh, "en": step.en, "note": step.note}
        for (state, verb), step in STEPS.items()
        if state == row.state
        and may(by, row.areas, step.duties)
        and not (step.second and own)
        and not (verb is Verb.END and shown["phase"] == "ended")
    ]
    return shown | {
        "state": row.state, "version": row.version, "note": row.note, "by": row.by_name,
        "by_en": english.get(row.by_id, ""), "mine": by.person_id == row.by_id, "approved_by": row.approved_name,
        "approved_by_en": english.get(row.approved_by_id or 0, ""), "asked_at": row.asked_at, "second": needs_second(row.areas), "actions": actions, "near": None,
    }  # fmt: skip
