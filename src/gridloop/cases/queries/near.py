"""Cases near a spot that may be the same problem, with each part of the likeness explained."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gridloop.cases import sql
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import names
from gridloop.cases.rules.masters import Masters
from gridloop.cases.rules.nearness import LIKELY, NEAR_M, likeness
from gridloop.cases.rules.pictures import address
from gridloop.cases.rules.states import STATE_NAMES, State
from gridloop.cases.rules.words import tokens
from gridloop.kernel.caller import Caller
from gridloop.kernel.errors import Malformed

SHOWN_MAX = 5
CLOSED_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where and what is compared; `without` leaves the case itself out."""

    lon: float
    lat: float
    class_key: tuple[str, str] | None
    text: str
    at: datetime
    without: int = 0


def near(
    lon: float, lat: float, *, class_kind: str = "", class_code: str = "", text: str = "", by: Caller, now: datetime
) -> list[dict[str, Any]]:
    """Cases that a report here and now may double, likeliest first; two statements. Nothing personal is in them, so anybody may ask."""
    if not (-180 <= lon <= 180 and -85 <= lat <= 85):
        raise Malformed(
            "lon and lat are WGS-84 degrees",
            zh="lon、lat 应为 WGS-84 经纬度",
            fields={"lon": "-180..180", "lat": "-85..85"},
        )
    key = (class_kind, class_code) if class_kind and class_code else None
    return candidates(Spot(lon, lat, key, text, now), masters_now.current(now), by=by, now=now)


def candidates(spot: Spot, masters: Masters, *, by: Caller, now: datetime) -> list[dict[str, Any]]:
    """The likeliest of the nearest, one statement."""
    params = {
        "lon": spot.lon,
        "lat": spot.lat,
        "radius": NEAR_M / math.cos(math.radians(spot.lat)),
        "closed_after": now - CLOSED_WITHIN,
        "without": spot.without,
    }
    words = frozenset(tokens(spot.text))
    found = [_candidate(row, spot, words, masters, by) for row in sql.run(sql.text("near"), params, prepare=True)]
    return sorted(found, key=lambda one: -one["score"])[:SHOWN_MAX]


def _candidate(row: tuple[Any, ...], spot: Spot, words: frozenset[int], masters: Masters, by: Caller) -> dict[str, Any]:
    (
        _,
        number,
        state,
        kind,
        code,
        title,
        tokens_there,
        opened_at,
        _,
        unit_id,
        photo,
        reports,
        version,
        reporter_id,
        distance_m,
    ) = row
    alike = likeness(
        distance_m=distance_m,
        class_a=spot.class_key,
        class_b=(kind, code) if kind and code else None,
        at_a=spot.at,
        at_b=opened_at,
        words_a=words,
        words_b=frozenset(tokens_there or ()),
    )
    case_class = masters.classes.get((kind or "", code or ""))
    unit = names.unit(unit_id)
    zh, en = STATE_NAMES[State(state)]
    return {
        "number": number, "version": version, "title": title, "state": state, "state_zh": zh, "state_en": en,
        "class_zh": case_class.zh if case_class else "", "class_en": case_class.en if case_class else "",
        "unit_zh": unit.name_zh if unit else "", "unit_en": unit.name_en if unit else "",
        "opened_at": opened_at, "photo": address(photo, "thumb") if photo else None, "reports": reports,
        "distance_m": alike.distance_m, "score": alike.score, "likely": alike.score >= LIKELY,
        "parts": {"distance": round(alike.distance, 3), "class": alike.same_class, "time": round(alike.time, 3), "text": round(alike.text, 3)},
        "why": alike.why(by.language), "mine": by.person_id is not None and reporter_id == by.person_id,
    }  # fmt: skip
