"""Shifts on foot: the own one, those that are open now, and who looked at the own positions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from gridloop.audit import queries as ledger
from gridloop.cases import sql as statements
from gridloop.cases.walks import sql
from gridloop.cases.walks.models import Walk
from gridloop.cases.walks.rules import runs_out, watched_areas
from gridloop.identity import actions as identity
from gridloop.identity import queries as people
from gridloop.kernel.caller import Caller

OUT_MAX = 1000
LOOKED = "walk.looked"
"""The ledger's word for a look at where workers are."""


@dataclass(frozen=True, slots=True)
class Terms:
    """As configured (section `walks`): hours after which a shift ends by itself, days that positions are kept, days after which a cell wants a patrol."""

    shift_hours: int = 12
    position_days: int = 30
    patrol_days: int = 7


def terms() -> Terms:
    """What the city has configured."""
    return Terms(**settings.GRIDLOOP_WALKS)


def shown(walk: Walk, *, now: dt.datetime) -> dict[str, Any]:
    """A shift as its worker sees it; one that has run out is over, even before the clock's job has ended it."""
    end = runs_out(walk.begun_at, hours=terms().shift_hours)
    ended = walk.ended_at or (end if end <= now else None)
    return {
        "key": walk.key, "area": walk.area, "begun_at": walk.begun_at, "ended_at": ended, "by_hours": walk.by_hours or (ended is not None and ended == end),
        "dropped": walk.dropped, "runs_out_at": end,
    }  # fmt: skip


def mine(*, by: Caller, now: dt.datetime) -> dict[str, Any]:
    """The caller's newest shift, and the terms; one statement."""
    walk = Walk.objects.filter(person_id=identity.require_person(by)).order_by("-id").first()
    agreed = terms()
    return {
        "walk": shown(walk, now=now) if walk else None,
        "shift_hours": agreed.shift_hours,
        "position_days": agreed.position_days,
    }


def out(*, by: Caller, now: dt.datetime) -> list[dict[str, Any]]:
    """Who is on shift in the caller's areas, each with their last position; two statements. The action writes the look down."""
    areas = watched_areas(by)
    if not areas:
        return []
    since = now - dt.timedelta(hours=terms().shift_hours)
    rows = statements.run(sql.text("out"), {"areas": [f"{area}%" for area in areas], "since": since, "most": OUT_MAX})
    names = people.person_names(row[1] for row in rows)
    return [
        {
            "person_id": person, "name": names.get(person, ""), "area": area, "begun_at": begun, "at": at, "lon": lon, "lat": lat, "accuracy_m": accuracy,
        }
        for _, person, area, begun, at, lon, lat, accuracy in rows
    ]  # fmt: skip


def looks(*, by: Caller, limit: int) -> list[dict[str, Any]]:
    """Who looked at where the caller was, newest first; one statement."""
    entries = ledger.looks_at(identity.require_person(by), action=LOOKED, limit=limit)
    return [{"at": one.at, "name": one.actor_name, "purpose": one.purpose, "position": one.position} for one in entries]
