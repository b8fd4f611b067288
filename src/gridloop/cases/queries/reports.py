"""What residents ask: their own reports, one by its secret, and what has been reported nearby. Nothing here names anybody."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from gridloop.cases import sql
from gridloop.cases.queries import facts as facts_now
from gridloop.cases.queries import masters as masters_now
from gridloop.cases.queries import residents
from gridloop.cases.queries.card import read, shown_card
from gridloop.cases.queries.rows import SELECTED, shown
from gridloop.cases.rules.intake import secret_hash
from gridloop.cases.rules.joining import Eyes
from gridloop.cases.rules.numbers import checked
from gridloop.kernel.caller import Caller
from gridloop.kernel.duties import Duty
from gridloop.kernel.errors import NotSignedIn

MINE_MAX = 200
NEAR_MAX = 20
NEAR_M = 300.0
CLOSED_WITHIN = timedelta(days=7)
PUBLIC_NOTES = frozenset({"refuse", "uphold", "reopen", "finish", "close"})
"""Verbs whose note is written for the reporter; every other note of the staff is theirs."""
PUBLIC_FIELDS = frozenset({"reason", "rating"})
CARD_FIELDS = (
    "number", "version", "state", "state_zh", "state_en", "class_code", "class_kind", "class_zh", "class_en", "urgency", "title", "place",
    "place_zh", "place_en", "address", "unit_zh", "unit_en", "lon", "lat", "opened_at", "due_at", "stage_due_at", "closed_at", "paused", "late",
    "acknowledged", "reports", "synthetic", "text", "chain_zh", "chain_en", "loop", "merged_into", "rating", "actions",
    "joined",
)  # fmt: skip
CITIZEN_VERBS = frozenset({"rate", "dispute", "withdraw", "appeal", "comment"})
REPORTED_WITH = """
select r.id, (select count(*) from cases_reporter other where other.case_id = c.id and other.person_id is null)
from cases_case c join cases_reporter r on r.case_id = c.id
where c.number = %(number)s and r.secret_hash = %(secret_hash)s
"""
MINE = f"""
select exists (select from cases_event e where e.case_id = c.id and e.verb = 'join' and e.by_id = %(person)s), {SELECTED} from cases_case c
where c.id in (select case_id from cases_reporter where person_id = %(person)s order by case_id desc limit {MINE_MAX})
order by c.id desc
"""  # noqa: S608 - constants only
NEAR = f"""
select st_distance(c.geom, spot.geom) * cos(radians(%(lat)s)), {SELECTED}
from cases_case c, st_transform(st_setsrid(st_makepoint(%(lon)s, %(lat)s), 4326), 3857) spot(geom)
where st_dwithin(c.geom, spot.geom, %(radius)s)
  and (c.state not in ('closed', 'rejected', 'withdrawn', 'merged', 'voided') or (c.state = 'closed' and c.closed_at > %(closed_after)s))
  and (%(class_code)s = '' or (c.class_code = %(class_code)s and (%(class_kind)s = '' or c.class_kind = %(class_kind)s)))
order by 1
limit {NEAR_MAX}
"""  # noqa: S608 - constants only


def holds_secret(number: str, secret: str) -> bool:
    """Whether this is the secret of a report behind this case; one statement, none without a secret."""
    return _eyes(number, secret) is not None


def _eyes(number: str, secret: str) -> Eyes | None:
    """Who looks by this secret, or None."""
    rows = sql.run(REPORTED_WITH, {"number": checked(number), "secret_hash": secret_hash(secret)}) if secret else []
    return Eyes(None, rows[0][0], alone=rows[0][1] == 1) if rows else None


def reader_of(number: str, secret: str) -> str:
    """How notices name the reader who holds this secret; NotFound for everybody else. One statement."""
    eyes = _eyes(number, secret)
    if eyes is None or eyes.row is None:
        raise facts_now.missing(number)
    return f"reporter:{eyes.row}"


def report_card(number: str, secret: str, *, by: Caller, now: datetime) -> dict[str, Any]:
    """The card as its reporter sees it: what happened and when, the notes meant for them, no name of anybody. NotFound for everybody else."""
    eyes = _eyes(number, secret)
    by_secret = eyes is not None
    if not by_secret and by.person_id is None:
        raise facts_now.missing(number)
    found, is_reporter = read(number, by=by, now=now, as_reporter=by_secret)
    if not is_reporter:
        raise facts_now.missing(number)
    eyes = eyes or Eyes(by.person_id, None, alone=False)
    whole = shown_card(found, by=by, now=now, is_reporter=True, reveal=False, eyes=eyes)
    whole = residents.for_reporter(
        whole, found.history, eyes
    )  # here a collector, too, reads as the reporter that they are
    tail = f"?secret={quote(secret)}" if by_secret else ""
    actions = [one for one in whole["actions"] if one["verb"] in CITIZEN_VERBS]
    own = {
        photo["id"] for event in whole["history"] if event["duty"] == Duty.CITIZEN for photo in event["photos"]
    }  # those of other residents have been left out
    return {name: whole[name] for name in CARD_FIELDS} | {
        "photo": whole["photo"] + tail if whole["photo"] else None,
        "photos": [_photo(one, tail) | {"own": one["id"] in own} for one in whole["photos"]],
        "history": [_event(one, tail) for one in whole["history"]],
        "actions": actions,
    }


def _photo(photo: dict[str, Any], tail: str) -> dict[str, Any]:
    return photo | {"thumb": photo["thumb"] + tail, "url": photo["url"] + tail, "by": None}


def _event(event: dict[str, Any], tail: str) -> dict[str, Any]:
    own = event["duty"] == Duty.CITIZEN
    fields = {name: value for name, value in (event["fields"] or {}).items() if name in PUBLIC_FIELDS}
    photos = [{**one, "thumb": one["thumb"] + tail, "url": one["url"] + tail} for one in event["photos"]]
    note = event["note"] if own or event["verb"] in PUBLIC_NOTES else ""
    return event | {"by": "", "note": note, "fields": fields, "photos": photos}


def mine(*, by: Caller, now: datetime) -> list[dict[str, Any]]:
    """The caller's own reports, newest first, also those that were merged; two statements."""
    if by.person_id is None:
        raise NotSignedIn(
            "sign in to see your reports, or open one with its secret", zh="请先登录查看您的上报,或凭查询码查看单个上报"
        )
    rows = sql.run(MINE, {"person": by.person_id})
    cases = shown([row[1:] for row in rows], masters_now.current(now), now)
    return [_joined(case) if row[0] else case for row, case in zip(rows, cases, strict=True)]


def _joined(case: dict[str, Any]) -> dict[str, Any]:
    """A case that somebody else reported first: by class, not in their words."""
    return case | {"title": case["class_zh"] or case["number"], "address": "", "photo": None}


def nearby(lon: float, lat: float, class_kind: str, class_code: str, *, now: datetime) -> list[dict[str, Any]]:
    """What has been reported within 300 m and is open, or was closed this week: by class, never by its words; two statements."""
    params = {
        "lon": lon,
        "lat": lat,
        "radius": NEAR_M / max(0.1, math.cos(math.radians(lat))),
        "closed_after": now - CLOSED_WITHIN,
        "class_kind": class_kind,
        "class_code": class_code,
    }
    rows = sql.run(NEAR, params)
    cases = shown([row[1:] for row in rows], masters_now.current(now), now)
    kept = ("number", "class_zh", "class_en", "state", "state_zh", "state_en", "urgency", "place_zh", "place_en", "lon", "lat", "opened_at",
            "due_at", "closed_at", "reports")  # fmt: skip
    return [
        {name: case[name] for name in kept}
        | {"title": case["class_zh"], "address": None, "photo": None, "distance_m": round(row[0], 1)}
        for row, case in zip(rows, cases, strict=True)
    ]
